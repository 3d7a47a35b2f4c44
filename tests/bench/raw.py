"""The floor of every write: the very rows that the program made, put into the same tables by bare SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from deskapp.book.index import terms
from deskapp.book.schema import VIEW_TABLES

Rows = Sequence[tuple[object, ...]]
_SEARCH = "INSERT INTO search (rowid, text) VALUES (?, ?)"


@dataclass(frozen=True, slots=True)
class Made:
    """Rows by the statement that puts them in place."""

    rows: dict[str, Rows]

    def insert(self, path: Path) -> None:
        """All of them in one transaction, one executemany a table."""
        conn = writer(path)
        conn.execute("BEGIN IMMEDIATE")
        for sql, rows in self.rows.items():
            conn.executemany(sql, rows)
        conn.execute("COMMIT")
        conn.close()


def writer(path: Path) -> sqlite3.Connection:
    """A connection with the durability of the book's own."""
    conn = sqlite3.connect(path, isolation_level=None)
    for pragma in ("synchronous = FULL", "wal_autocheckpoint = 0", "temp_store = MEMORY"):
        conn.execute(f"PRAGMA {pragma}")
    return conn


def made(before: Path, after: Path, *, journal: bool = True) -> Made:
    """What stands in one book and not in the other, which it grew from; with `journal`, the entries too."""
    conn = sqlite3.connect(after)
    conn.execute("ATTACH ? AS old", (str(before),))
    found: dict[str, Rows] = {}
    for table in (*(("journal",) if journal else ()), *VIEW_TABLES):
        rows = conn.execute(f"SELECT * FROM main.{table} EXCEPT SELECT * FROM old.{table}").fetchall()
        if rows:
            found[f"INSERT OR REPLACE INTO {table} VALUES ({','.join('?' * len(rows[0]))})"] = rows
    texts = conn.execute("SELECT id, text FROM main.records EXCEPT SELECT id, text FROM old.records ORDER BY 1")
    found[_SEARCH] = [(id_, " ".join(dict.fromkeys(terms(text)))) for id_, text in texts]
    conn.close()
    return Made(found)
