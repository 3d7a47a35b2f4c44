"""Erasing: private lines that an entry names go; then the file is made anew, so that nothing of them stays in it.

What was written over stays in a SQLite file here and there: in free pages, in the search index, in the log. Between
the save that drops the lines and the new file the book says that it is unclean, so that a cut in between is mended.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from deskapp.book import entry as ink
from deskapp.book import lineage
from deskapp.errors import Busy, DeskError

if TYPE_CHECKING:
    from deskapp.book.database import Book
    from deskapp.book.view import Record

Place = tuple[int, int]
"""A journal and a seq."""
_SHORTEST = 2
"""Characters of a value that a draft is searched for."""
_IN_MEMORY = 256 << 20
"""Bytes of a book up to which it is made anew in memory; a larger one in the system's folder for such files."""


def private(conn: sqlite3.Connection, of: Record) -> list[int]:
    """The seqs of a record's entries that have a private line."""
    found = "SELECT seq FROM journal WHERE journal = ? AND private IS NOT NULL AND "
    own = conn.execute(f"{found} seq = ?", (of.journal, of.rec)).fetchall()
    for one in lineage.family(conn, of.journal):
        own += conn.execute(f"{found} rec = ? AND rec <> seq", (one, of.rec)).fetchall()
    return sorted(seq for (seq,) in own)


def drop_drafts(conn: sqlite3.Connection, journal: int, seqs: Iterable[int]) -> None:
    """Drop whatever somebody is typing that holds what is about to be erased from this journal."""
    drafts = conn.execute("SELECT staff, place, body FROM drafts").fetchall()
    if not drafts:
        return
    said: set[str] = set()
    for seq in seqs:
        place = (lineage.root(conn, journal, seq), seq)
        row = conn.execute("SELECT private FROM journal WHERE journal = ? AND seq = ?", place).fetchone()
        said.update(map(str, ink.spoken(row[0])["data"].values()))
    words = {
        word for one in said if len(one) >= _SHORTEST for word in (one, json.dumps(one)[1:-1], ink.line(one)[1:-1])
    }
    for staff, where, body in drafts:
        if any(word in body for word in words):
            conn.execute("DELETE FROM drafts WHERE staff = ? AND place = ?", (staff, where))


def drop(conn: sqlite3.Connection, places: Sequence[Place]) -> bool:
    """Drop private lines that an entry has named, in the caller's transaction; whether any was there."""
    sql = "UPDATE journal SET private = NULL WHERE journal = ? AND seq = ? AND private IS NOT NULL"
    conn.executemany("INSERT OR IGNORE INTO erased VALUES (?, ?)", places)
    return conn.executemany(sql, places).rowcount > 0


def records(conn: sqlite3.Connection, places: Iterable[Place]) -> list[Any]:
    """The rows of the records that these entries are about."""
    recs: dict[Place, None] = {}
    for journal, seq in places:
        row = conn.execute("SELECT rec FROM journal WHERE journal = ? AND seq = ?", (journal, seq)).fetchone()
        if row and row[0] is not None:
            recs[row[0], lineage.root(conn, journal, row[0])] = None
    rows = (conn.execute("SELECT * FROM records WHERE rec = ? AND journal = ?", rec).fetchone() for rec in recs)
    return [row for row in rows if row]


def entries(conn: sqlite3.Connection, journal: int, rec: int, before: int) -> Iterator[Any]:
    """The rows of a record's entries (ink.COLUMNS) before the one with this id, in the order they came in."""
    of = f"SELECT id, {ink.COLUMNS} FROM journal WHERE"
    rows = conn.execute(f"{of} journal = ? AND seq = ?", (journal, rec)).fetchall()
    for one in lineage.family(conn, journal):
        rows += conn.execute(f"{of} journal = ? AND rec = ? AND rec <> seq AND id < ?", (one, rec, before)).fetchall()
    return (row[1:] for row in sorted(rows))


def unfinished(book: Book) -> DeskError | None:
    """What is said of a book that still holds what was erased."""
    if not _unclean(book):
        return None
    return DeskError("what was erased may still stand in the book's file", "finish it: deskapp erase", path=book.path)


def clean(book: Book) -> bool:
    """Make the file anew if lines were erased since it was; whether they were. Raises Busy, DeskError."""
    if not _unclean(book):
        return False
    with book.whole("an erasure") as conn:
        if book.path.stat().st_size > _IN_MEMORY:
            conn.execute("PRAGMA temp_store = FILE")
        # The index keeps what was taken from it until its parts are merged.
        conn.execute("INSERT INTO search (search) VALUES ('optimize')")
        conn.execute("VACUUM")
        _empty_log(conn)
        conn.execute("DELETE FROM unclean")
        _empty_log(conn)
    return True


def _unclean(book: Book) -> bool:
    return book.read.execute("SELECT 1 FROM unclean").fetchone() is not None


def _empty_log(conn: sqlite3.Connection) -> None:
    if conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
        raise Busy("the book is in use: {holder}", "try again when it is done", holder="another program")
