"""What the keyboard sends, read rightly: Esc is always Esc, a pasted text never becomes keys, no byte ends the desk.

Measured on Textual 8.2.8 with an 80x24 pseudo-terminal (`tests/tui/test_input.py` keeps the stock parser failing):

- Esc and then a digit within 100 ms is one Alt key: a pound sign goes into the field, no Esc arrives. Esc and Enter
  is Enter alone (it saves what should have been left); Esc and hanzi is the hanzi alone. `ESCDELAY=1` does not help.
- A function key split by a slow line for more than 100 ms is typed into the field as text.
- An Esc inside a paste breaks it, and the tail arrives as key presses *before* the paste.
- One byte that is not UTF-8 ends the program with exit code 0; a closed terminal spins a processor.

So here only `ESC [` and `ESC O` begin a key; `ESC` and anything else is Esc and then that character, whatever the gap.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from textual import events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._keyboard_protocol import FUNCTIONAL_KEYS
from textual._time import get_time
from textual._xterm_parser import XTermParser

if TYPE_CHECKING:
    from textual.driver import Driver
    from textual.message import Message

ESC = "\x1b"
PASTE_START, PASTE_END = "\x1b[200~", "\x1b[201~"
ESC_WAIT = 0.1
"""Seconds a lone Esc waits for `[` or `O`."""
SEQUENCE_WAIT = 1.0
"""Seconds a begun sequence waits for its rest: a slow line may split it."""
PASTE_WAIT = 3.0
"""Seconds of silence after which a paste without its end mark counts as ended."""

_WHOLE = re.compile(r"\x1b(\[\[[A-E]|\[[0-?]*[ -/]*[@-Z\\-~]|O[0-9;]*[@-~])")
_BEGUN = re.compile(r"\x1b(\[\[?|\[[0-?]*[ -/]*|O[0-9;]*)?")
_KEYPAD = re.compile(r"\x1b\[574(09|1[0-36])[;:0-9]*u")
_SIGNS = {"09": ".", "10": "/", "11": "*", "12": "-", "13": "+", "16": ","}
"""The keypad's signs as kitty's protocol calls them: it sends names of their own, without text (ux 4.5)."""
_TILDE = re.compile(r"\x1b\[(\d+)[;:0-9]*~")
_LATE_TAIL = re.compile(r"\[[0-9;]*[~A-Z]")


class DeskParser(XTermParser):
    """Cuts the input into characters, whole key sequences and pastes, and lets Textual name them."""

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._held = ""
        self._paste: str | None = None
        self._deadline: float | None = None
        self._lapsed = 0.0

    @property
    def waiting(self) -> float | None:
        """Seconds until `tick` has something to decide; None while nothing is held back."""
        return None if self._deadline is None else max(0.0, self._deadline - get_time())

    def feed(self, data: str) -> Iterable[Message]:
        """Read `data`, yield the events that are complete."""
        if not data:
            yield from super().feed(data)
            return
        if self._paste is not None:
            yield from self._pasted(data)
            return
        late = get_time() - self._lapsed < SEQUENCE_WAIT and _LATE_TAIL.fullmatch(data)
        if late and not self._held and ESC + data in ANSI_SEQUENCES_KEYS:
            data = ESC + data  # its Esc was given up a moment ago; a key is still better than text in a field
        self._lapsed = 0.0
        for at, character in enumerate(data):
            yield from self._character(character)
            if self._paste is not None:
                yield from self._pasted(data[at + 1 :])
                return

    def tick(self) -> Iterable[Message]:
        """Give up waiting where the time has passed."""
        if self._deadline is None or get_time() < self._deadline:
            return
        self._deadline = None
        if self._paste is not None:
            yield self._end_paste(self._paste)
            return
        if self._held == ESC:
            self._lapsed = get_time()
        yield from self._give_up()

    def _character(self, character: str) -> Iterator[Message]:
        held = self._held + character
        if not self._held:
            if character == ESC:
                self._hold(ESC, ESC_WAIT)
            else:
                # An Enter typed before the terminal was ours has become a line feed; Ctrl+J is not used.
                yield from super().feed("\r" if character == "\n" else character)
        elif _BEGUN.fullmatch(held):
            self._hold(held, SEQUENCE_WAIT)
        elif held == PASTE_START:
            self._drop()
            self._paste = ""
        elif _WHOLE.fullmatch(held) and (held[1] == "[" or held in ANSI_SEQUENCES_KEYS):
            self._drop()
            yield from self._sequence(held)
        else:
            yield from self._give_up()
            yield from self._character(character)

    def _sequence(self, sequence: str) -> Iterator[Message]:
        """A whole sequence; one that Textual does not know is dropped, not typed."""
        if sign := _KEYPAD.fullmatch(sequence):
            yield from super().feed(_SIGNS[sign[1]])
            return
        if ":" in sequence:
            return  # sub-parameters are sent only to who asks for them, and Textual breaks down over them
        number = _TILDE.match(sequence)
        if number and sequence not in ANSI_SEQUENCES_KEYS and f"{number[1]}~" not in FUNCTIONAL_KEYS:
            return  # Textual would take the number for a character: ESC [99~ types a c
        yield from super().feed(sequence)
        if self._awaiting.timeout is not None:
            self._gen = self.parse(self._tokens.append)
            self._awaiting = next(self._gen)
            self._timeout_time = None

    def _give_up(self) -> Iterator[Message]:
        """What is held is no sequence: Esc, and then the characters as they were typed."""
        typed = self._held[1:]
        self._drop()
        yield events.Key("escape", ESC)
        for character in typed:
            yield from self._character(character)

    def _hold(self, held: str, seconds: float) -> None:
        self._held = held
        self._deadline = get_time() + seconds

    def _drop(self) -> None:
        self._held = ""
        self._deadline = None

    def _pasted(self, data: str) -> Iterator[Message]:
        assert self._paste is not None
        self._deadline = get_time() + PASTE_WAIT
        seen = max(0, len(self._paste) - len(PASTE_END))
        self._paste += data
        end = self._paste.find(PASTE_END, seen)
        if end >= 0:
            rest = self._paste[end + len(PASTE_END) :]
            yield self._end_paste(self._paste[:end])
            if rest:
                yield from self.feed(rest)

    def _end_paste(self, text: str) -> Message:
        self._paste = None
        self._deadline = None
        return events.Paste(text.replace(ESC, "").replace("\x00", ""))


def driver_class() -> type[Driver] | None:
    """The terminal driver with this parser; None: Textual's own choice."""
    if sys.platform == "win32":
        from textual.drivers import win32

        win32.XTermParser = DeskParser
        return None
    from deskapp.tui.terminal import TerminalDriver

    return TerminalDriver
