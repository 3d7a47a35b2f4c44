"""The real program with one thing made worse: `python -m tests.tui.altered ALTERATION…`, for tests and mutants."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterable
from typing import Any

from textual import events
from textual._xterm_parser import XTermParser
from textual.message import Message

from deskapp import __main__ as program
from deskapp.book import journal
from deskapp.errors import DeskError
from deskapp.tui import drafts, ending, terminal, typeahead
from deskapp.tui.screens.filling import FillScreen

SLOW = 0.3
TROUBLE = "\x07"
"""Ctrl+G in a form does what the alteration says."""


def slow_saves() -> None:
    """A disk that takes its time: the form stays open for so long after Enter."""
    write = journal.write

    def slowly(*args: Any, **words: Any) -> Any:
        time.sleep(SLOW)
        return write(*args, **words)

    journal.write = slowly  # type: ignore[assignment]


def saves_then_waits() -> None:
    """It is in the book, and nobody has been told."""
    write = journal.write

    def slowly(*args: Any, **words: Any) -> Any:
        written = write(*args, **words)
        time.sleep(SLOW)
        return written

    journal.write = slowly  # type: ignore[assignment]


def no_queue() -> None:
    """Mutant: keys go where Textual sends them."""
    typeahead.TypeAhead.takes = lambda self, event: False  # type: ignore[method-assign, assignment]


def stock_parser() -> None:
    """Mutant: Textual's own reading of the keyboard."""

    class Stock(XTermParser):
        waiting = 0.01

        def feed(self, data: str) -> Iterable[Message]:
            return super().feed(data)

    terminal.DeskParser = Stock  # type: ignore[assignment, misc]


def no_autosave() -> None:
    """Mutant: nothing goes to the disk while it is typed."""
    drafts.Drafts.touch = lambda self: None  # type: ignore[method-assign]


def default_signals() -> None:
    """Mutant: the system's own ways to end."""
    ending._catch = lambda: None


def no_backstop() -> None:
    """Mutant: only the main thread ends the program."""
    ending._watch = lambda *_: None  # type: ignore[assignment]


def full_disk() -> None:
    """No draft can be written."""

    def refuse(*_: Any) -> None:
        raise DeskError("the disk is full: nothing was saved", "free some space and save again")

    from deskapp.book import drafts as store

    store.keep = refuse  # type: ignore[assignment]


def _on_trouble(work: Any) -> None:
    typed_key = FillScreen.typed_key

    def altered(self: FillScreen[Any], event: events.Key) -> bool:
        if event.character == TROUBLE:
            work(self)
        return typed_key(self, event)

    FillScreen.typed_key = altered  # type: ignore[method-assign]


def crashes() -> None:
    """An error that nobody foresaw, with a customer's words in it."""

    def crash(screen: FillScreen[Any]) -> None:
        raise RuntimeError(screen.sheet.box.raw)

    _on_trouble(crash)


def blocks() -> None:
    """The loop is busy for ever, in Python."""
    _on_trouble(lambda screen: [time.sleep(0.01) for _ in range(6000)])


def blocks_in_sqlite() -> None:
    """The loop is busy for ever, where no handler of ours runs."""
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    _on_trouble(lambda screen: screen.book.read.execute(endless).fetchone())


def main() -> None:
    """The alterations, then the program."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # a test may itself run without a terminal
    names = sys.argv[1:]
    sys.argv[1:] = []
    for name in names:
        globals()[name]()
    program.main()


if __name__ == "__main__":
    main()
