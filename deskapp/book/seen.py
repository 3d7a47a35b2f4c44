"""What somebody has not seen yet: the records written to since that person last left the board."""

from __future__ import annotations

import json
import sqlite3
from contextlib import suppress
from typing import TYPE_CHECKING

from deskapp.book import lineage
from deskapp.errors import DeskError

if TYPE_CHECKING:
    from deskapp.book.database import Book

_MOST = 5000
"""Entries looked at, the newest; who was away for longer sees everything anew anyhow."""


def changed(conn: sqlite3.Connection, staff: str) -> dict[tuple[int, int], bool]:
    """The records, by (journal, rec), that others wrote to since; and whether they were registered since.

    Nothing for somebody who has never left: all of it would be new.
    """
    last = conn.execute("SELECT entry FROM seen WHERE staff = ?", (staff,)).fetchone()
    if last is None:
        return {}
    found: dict[tuple[int, int], bool] = {}
    rows = "SELECT journal, rec, seq, head FROM journal WHERE id > ? AND rec IS NOT NULL ORDER BY id DESC LIMIT ?"
    for journal, rec, seq, head in conn.execute(rows, (last[0], _MOST)).fetchall():
        if json.loads(head)["by"] != staff:
            place = lineage.root(conn, journal, rec), rec
            found[place] = found.get(place, False) or seq == rec
    return found


def note(book: Book, staff: str) -> None:
    """This person has seen all there is. Where that can't be written, it is shown once more."""
    with suppress(DeskError), book.writing("what was seen") as conn:
        conn.execute("INSERT OR REPLACE INTO seen SELECT ?, ifnull(max(id), 0) FROM journal", (staff,))
