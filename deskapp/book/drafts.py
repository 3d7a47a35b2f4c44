"""What is typed and not saved yet, for its author alone: in the book's file, in no journal, bundle or other hand."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from deskapp.book.database import Book


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody has typed into one form that is open, or was left."""

    place: str
    """Names this one filling-in; no other ever has the same."""
    staff: str
    at: str
    """When it was typed."""
    body: str
    """What the screen says of it."""


def keep(book: Book, drafts: Iterable[Draft], gone: Iterable[str] = ()) -> None:
    """Put drafts in the place of what they were before, and forget those at the places `gone`; raises DeskError."""
    with book.writing("a draft") as conn:
        for place in gone:
            drop(conn, place)
        rows = [(one.staff, one.place, one.at, one.body) for one in drafts]
        conn.executemany("INSERT OR REPLACE INTO drafts (staff, place, at, body) VALUES (?, ?, ?, ?)", rows)


def drop(conn: sqlite3.Connection, place: str) -> None:
    """Forget a draft: it was saved, or nobody wants it."""
    conn.execute("DELETE FROM drafts WHERE place = ?", (place,))


def of(book: Book, staff: str) -> list[Draft]:
    """What somebody left, the latest first."""
    rows = book.read.execute("SELECT place, staff, at, body FROM drafts WHERE staff = ? ORDER BY at DESC", (staff,))
    return [Draft(*row) for row in rows]
