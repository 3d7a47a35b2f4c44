"""Journals that continue one another: a restored book goes on as a new journal over the old one's last entry."""

from __future__ import annotations

import sqlite3

_FAMILY = """WITH RECURSIVE family (id) AS (
    SELECT ? UNION SELECT j.id FROM journals j JOIN family f ON j.continues = f.id) SELECT id FROM family"""


def root(conn: sqlite3.Connection, journal: int, rec: int) -> int:
    """The journal that registered record `rec`: this one, or the older one that it continues."""
    while True:
        first, continues = conn.execute("SELECT first, continues FROM journals WHERE id = ?", (journal,)).fetchone()
        if continues is None or rec >= first:
            return int(journal)
        journal = continues


def family(conn: sqlite3.Connection, journal: int) -> list[int]:
    """A journal and those that continue it."""
    return [row[0] for row in conn.execute(_FAMILY, (journal,))]


def ancestors(conn: sqlite3.Connection, journal: int) -> list[int]:
    """A journal and those that it continues, itself first."""
    found = [journal]
    while (
        older := conn.execute("SELECT continues FROM journals WHERE id = ?", (found[-1],)).fetchone()[0]
    ) is not None:
        found.append(older)
    return found


def start(conn: sqlite3.Connection, journal: int) -> tuple[int, str | None]:
    """The first seq of a journal, and the hash that its chain goes on from (None: from the beginning)."""
    first, continues = conn.execute("SELECT first, continues FROM journals WHERE id = ?", (journal,)).fetchone()
    if continues is None:
        return first, None
    older = root(conn, continues, first - 1)
    row = conn.execute("SELECT hash FROM journal WHERE journal = ? AND seq = ?", (older, first - 1)).fetchone()
    return first, row[0] if row else None
