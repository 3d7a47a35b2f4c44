"""Esc is Esc: bytes fed to the parser at the gaps at which the stock parser was measured."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual import events
from textual._xterm_parser import XTermParser

from deskapp.tui import input as desk_input
from deskapp.tui.input import DeskParser

GAPS = (0, 20, 60, 130)

Clock = Callable[[], float]


class Time:
    """A clock that only the test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    clock = Time()
    monkeypatch.setattr("textual._parser.get_time", clock)
    monkeypatch.setattr(desk_input, "get_time", clock)
    return clock


def read(parser: XTermParser, time: Time, chunks: list[str], gap_ms: int) -> list[str]:
    """What arrives when `chunks` come `gap_ms` apart; the driver asks `tick` every 10 ms and after each read."""
    seen: list[str] = []

    def note(messages: object) -> None:
        for message in messages:  # type: ignore[attr-defined]
            if isinstance(message, events.Key):
                seen.append(message.character if message.is_printable and message.character else message.key)
            elif isinstance(message, events.Paste):
                seen.append(f"paste:{message.text}")

    def wait(ms: int) -> None:
        end = time.now + ms / 1000
        while time.now < end - 1e-9:
            time.now = min(end, time.now + 0.01)
            note(parser.tick())

    for chunk in chunks:
        note(parser.feed(chunk))
        note(parser.tick())
        wait(gap_ms)
    wait(1500)
    return seen


CASES = {
    "esc digit": (["\x1b", "3"], ["escape", "3"]),
    "esc zero": (["\x1b", "0"], ["escape", "0"]),
    "esc enter": (["\x1b", "\r"], ["escape", "enter"]),
    "esc hanzi": (["\x1b", "张三"], ["escape", "张", "三"]),
    "esc esc": (["\x1b", "\x1b"], ["escape", "escape"]),
    "esc esc serial enter": (["\x1b", "\x1b", "003\r"], ["escape", "escape", "0", "0", "3", "enter"]),
    "esc tab": (["\x1b", "\t"], ["escape", "tab"]),
    "esc backspace": (["\x1b", "\x7f"], ["escape", "backspace"]),
    "esc room": (["\x1b", "3-2-1502"], ["escape", *"3-2-1502"]),
    "esc f10": (["\x1b", "\x1b[21~"], ["escape", "f10"]),
    "f10 split after esc [": (["\x1b[", "21~"], ["f10"]),
    "f10 split in the number": (["\x1b[2", "1~"], ["f10"]),
    "f10 in three reads": (["\x1b[2", "1", "~"], ["f10"]),
    "f3 split": (["\x1bO", "R"], ["f3"]),
    "up": (["\x1b[A"], ["up"]),
    "an unknown sequence types nothing": (["\x1b[99~", "7"], ["7"]),
    "a paste is one paste": (["\x1b[200~张\x1b三\x1b[201~", "7"], ["paste:张三", "7"]),
    "a paste in two reads": (["\x1b[200~3-2", "-1502\x1b[2", "01~\r"], ["paste:3-2-1502", "enter"]),
}


@pytest.mark.parametrize("gap", GAPS)
@pytest.mark.parametrize("case", CASES)
def test_desk_parser(case: str, gap: int, time: Time) -> None:
    chunks, wanted = CASES[case]
    assert read(DeskParser(), time, chunks, gap) == wanted


@pytest.mark.parametrize("case", CASES)
def test_one_read(case: str, time: Time) -> None:
    chunks, wanted = CASES[case]
    assert read(DeskParser(), time, ["".join(chunks)], 0) == wanted


@pytest.mark.parametrize("gap", GAPS)
def test_f10_split_after_its_esc(gap: int, time: Time) -> None:
    """Within the Esc wait it is F10; later Esc has gone out already, and still no text is typed."""
    wanted = ["f10"] if gap < 100 else ["escape", "f10"]
    assert read(DeskParser(), time, ["\x1b", "[21~"], gap) == wanted


def test_an_unfinished_sequence_is_typed_in_the_end(time: Time) -> None:
    assert read(DeskParser(), time, ["\x1b["], 1500) == ["escape", "["]


def test_a_paste_without_end_is_given(time: Time) -> None:
    parser = DeskParser()
    assert read(parser, time, ["\x1b[200~张三"], 3500) == ["paste:张三"]
    assert read(parser, time, ["7"], 0) == ["7"]


STOCK_FAILS = [
    *(("esc digit", gap) for gap in (0, 20, 60)),
    *(("esc zero", gap) for gap in (0, 20, 60)),
    *(("esc enter", gap) for gap in (0, 60)),
    ("esc hanzi", 0),
    ("f10 split in the number", 130),
    ("a paste is one paste", 0),
]


@pytest.mark.parametrize(("case", "gap"), STOCK_FAILS)
def test_the_stock_parser_is_still_wrong(case: str, gap: int, time: Time) -> None:
    """When Textual mends this, the test fails and `DeskParser` may go."""
    chunks, wanted = CASES[case]
    assert read(XTermParser(), time, chunks, gap) != wanted


def test_nothing_is_held_back_while_idle(time: Time) -> None:
    """The driver sleeps without a limit when the parser waits for nothing."""
    parser = DeskParser()
    list(parser.feed("3-2\x1b[21~"))
    assert parser.waiting is None
    list(parser.feed("\x1b"))
    assert parser.waiting == pytest.approx(desk_input.ESC_WAIT)


@pytest.mark.parametrize(
    ("sequence", "keys"),
    [
        ("\x1b[57403u\x1b[57412u\x1b[57400;129u", ["4", "-", "1"]),
        ("\x1b[57413u\x1b[57411;129u\x1b[57409u\x1b[57414u", ["+", "*", ".", "enter"]),
        ("\x1bOt\x1bOm\x1bOq\x1bOM", ["4", "-", "1", "enter"]),
        ("\x1b[57412;1:1u\x1b[57399;1:3u\x1b[1;1:2A7", ["-", "7"]),
    ],
    ids=["kitty", "its signs", "application mode", "what nobody asked for"],
)
def test_every_key_of_the_keypad_types_what_is_printed_on_it(sequence: str, keys: list[str], time: Time) -> None:
    """A room is `12-1502` whichever way the terminal tells of the keypad (ux 4.5)."""
    assert read(DeskParser(), time, [sequence], 0) == keys
