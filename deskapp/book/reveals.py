"""The entries that say who saw a number in clear."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from deskapp.book import entry as ink
from deskapp.book.desks import desks
from deskapp.book.entry import Entry


def reveals(conn: sqlite3.Connection, since: str) -> Iterator[Entry]:
    """This desk's reveals since a business day (2026-11-22), newest first."""
    known = desks(conn)
    sql = (
        f"SELECT {ink.COLUMNS} FROM journal WHERE {known.among(known.own)} "
        """AND head LIKE '%"step":"reveal"%' ORDER BY id DESC"""
    )
    for row in conn.execute(sql):
        entry = ink.read(row)
        if entry.day < since:
            return
        if entry.step == "reveal":
            yield entry
