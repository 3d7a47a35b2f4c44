"""What the desk shows before anybody signs in: number, state and minutes of every running clock, no more."""

from __future__ import annotations

from datetime import datetime

from deskapp.book.database import Book
from deskapp.desk import display
from deskapp.desk.board import board
from deskapp.i18n import N_, _

Row = tuple[str, str, str]
COLUMNS = ((N_("Time"), 10), (N_("Number"), 12), (N_("State"), 12))
"""Heading and width of the three columns."""


def rows(book: Book, now: datetime) -> list[tuple[Row, bool]]:
    """Time left, short number, state, and whether it is late; visitors may read it."""
    found: list[tuple[Row, bool]] = []
    for line in board(book, now).lines:
        if line.stands is not None:
            number = display.short_number(line.form, line.record.number, now.date())
            state = display.state(line.form, line.record.state)
            found.append(((display.left(line.stands, now), number, state), line.late))
    return found


def headings() -> list[str]:
    """The column headings in the language spoken."""
    return [_(label) for label, _width in COLUMNS]
