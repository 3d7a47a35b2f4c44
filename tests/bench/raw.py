"""The floor of every write: the very rows that the program made, put into the same tables by bare SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from deskapp.book.index import document
from deskapp.book.schema import VIEW_TABLES

Rows = Sequence[tuple[object, ...]]
_SEARCH = "INSERT INTO search (rowid, text) VALUES (?, ?)"


@dataclass(frozen=True, slots=True)
class Made:
    """Rows by the statement that puts them in place."""

    rows: dict[str, Rows]

    def insert(self, conn: sqlite3.Connection, part: int = 0, parts: int = 1) -> None:
        """An equal part of them in one transaction, one executemany a table."""
        conn.execute("BEGIN IMMEDIATE")
        for sql, rows in self.rows.items():
            conn.executemany(sql, rows[part * len(rows) // parts : (part + 1) * len(rows) // parts])
        conn.execute("COMMIT")


def writer(path: Path) -> sqlite3.Connection:
    """A connection with the durability of the book's own."""
    conn = sqlite3.connect(path, isolation_level=None)
    for pragma in ("synchronous = FULL", "wal_autocheckpoint = 0", "temp_store = MEMORY"):
        conn.execute(f"PRAGMA {pragma}")
    return conn


def made(before: Path, after: Path) -> Made:
    """What stands in one book and not in the other, which it grew from."""
    conn = sqlite3.connect(after)
    conn.execute("ATTACH ? AS old", (str(before),))
    found = {}
    for table in ("journal", *VIEW_TABLES):
        if rows := conn.execute(f"SELECT * FROM main.{table} EXCEPT SELECT * FROM old.{table}").fetchall():
            found[_into(table, rows)] = rows
    texts = conn.execute("SELECT id, text FROM main.records EXCEPT SELECT id, text FROM old.records ORDER BY 1")
    found[_SEARCH] = [*_documents(texts)]
    conn.close()
    return Made(found)


def view(path: Path) -> Iterator[tuple[str, Rows]]:
    """All rows of the view, a table after the other: of a big book, all at once would not fit into memory."""
    conn = sqlite3.connect(path)
    for table in VIEW_TABLES:
        if rows := conn.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall():
            yield _into(table, rows), rows
    yield _SEARCH, [*_documents(conn.execute("SELECT id, text FROM records ORDER BY id"))]
    conn.close()


def _into(table: str, rows: Rows) -> str:
    return f"INSERT OR REPLACE INTO {table} VALUES ({','.join('?' * len(rows[0]))})"


def _documents(texts: Iterable[tuple[int, str]]) -> Iterator[tuple[object, ...]]:
    return ((id_, document(text)) for id_, text in texts)
