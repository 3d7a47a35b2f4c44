"""Verifying the book: the chain, entry by entry; the view against a rebuild; the file."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from deskapp.book import anchor, building, lineage
from deskapp.book import desks as whose
from deskapp.book import entry as ink
from deskapp.book.database import Book
from deskapp.book.disk import copy_to, told
from deskapp.book.schema import VIEW_TABLES, assert_triggers
from deskapp.errors import Damaged, DeskError

_NAMED = {
    "names": "SELECT name FROM names ORDER BY 1",
    "name_keys": "SELECT k.key, n.name FROM name_keys k LEFT JOIN names n ON n.id = k.name ORDER BY 1, 2",
    "name_records": "SELECT n.name, r.record FROM name_records r LEFT JOIN names n ON n.id = r.name ORDER BY 1, 2",
}
"""Names as such: which id one has is nobody's matter, and an erasure leaves out some."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found: nothing wrong when `problems` is empty."""

    entries: int
    head: tuple[int, str]
    problems: tuple[DeskError, ...]


def check(book: Book, *, full: bool = False, progress: Callable[[int], None] | None = None) -> Report:
    """Verify the chain; with `full` also that the view equals a rebuild, and the file's pages."""
    problems: list[DeskError] = []
    conn = book.read
    with told(book.path):
        pages = conn.execute("PRAGMA integrity_check(1)" if full else "PRAGMA quick_check(1)").fetchone()[0]
        if pages != "ok":
            problems.append(Damaged("the file is damaged: {what}", what=pages.splitlines()[-1]))
        try:
            assert_triggers(conn)
        except Damaged as damage:
            problems.append(damage)
        if full:
            problems += _schema_differs(conn)
        entries, head, broken = _chain(book, conn, progress)
        problems += broken
        if lost := anchor.missing(book):
            problems.append(lost)
        if full and not problems:
            problems += _view_differs(book)
    return Report(entries, head, tuple(problems))


def _chain(
    book: Book, conn: sqlite3.Connection, progress: Callable[[int], None] | None
) -> tuple[int, tuple[int, str], list[DeskError]]:
    """Walk every journal; names the first bad seq of each."""
    n, own = 0, (-1, ink.GENESIS)
    problems: list[DeskError] = []
    desks = whose.desks(conn)
    for journal, name in conn.execute("SELECT id, journal FROM journals ORDER BY id").fetchall():
        seq, previous = lineage.start(conn, journal)
        hash_ = previous or ink.GENESIS
        rows = conn.execute(f"SELECT {ink.COLUMNS}, rec FROM journal WHERE journal = ? ORDER BY seq", (journal,))
        for *row, rec in rows:
            what = _wrong(conn, tuple(row), rec, seq, hash_, own=desks.of[journal] == desks.own)
            if what:
                problems.append(
                    Damaged("journal {journal}, entry {seq}: {what}", "restore a backup: deskapp restore",
                            journal=name, seq=seq, what=what)
                )  # fmt: skip
                break
            n, seq, hash_ = n + 1, seq + 1, row[5]
            if progress and n % 1000 == 0:
                progress(n)
        if journal == book.journal:
            own = (seq - 1, hash_)
    return n, own, problems


def _wrong(conn: sqlite3.Connection, row: tuple[object, ...], rec: int, seq: int, previous: str, *, own: bool) -> str:
    """What is wrong with an entry, in a word; empty when nothing is. Another desk's need not be readable here."""
    _, stands, head, body, private, hash_ = row
    if stands != seq:
        return "missing"
    if not isinstance(head, str) or not isinstance(body, str) or ink.link(previous, head) != hash_:
        return "the head line was changed"
    try:
        sealed = ink.sealed(head)
        entry = ink.read(row) if own else None  # type: ignore[arg-type]
    except (ValueError, KeyError, TypeError):
        return "the lines can't be read"
    if sealed.seq != seq or (entry and (entry.seq != seq or entry.rec != rec)):
        return "the row does not agree with the head line"
    if ink.digest(body) != sealed.body:
        return "the body line was changed"
    if private is None:
        gone = "SELECT 1 FROM erased WHERE journal = ? AND seq = ?"
        if sealed.private and not conn.execute(gone, row[:2]).fetchone():
            return "the private line is missing"
    elif ink.digest(str(private)) != sealed.private:
        return "the private line was changed"
    return ""


def _schema_differs(conn: sqlite3.Connection) -> Iterator[DeskError]:
    """Where the file's tables are not those that this program makes; a flipped bit can change their very words."""
    from deskapp.book.migrations import migrate

    fresh = sqlite3.connect(":memory:", isolation_level=None)
    migrate(fresh)
    sql = r"SELECT type || ' ' || name, sql FROM sqlite_master WHERE name NOT LIKE 'form\_%' ESCAPE '\'"
    here, ours = (dict(one.execute(rf"{sql} AND name NOT LIKE '\_sqlite%' ESCAPE '\'")) for one in (conn, fresh))
    fresh.close()
    for name in sorted(here.keys() | ours.keys()):
        if here.get(name) != ours.get(name):
            yield Damaged("the book's {what} is not as it was made", "restore a backup: deskapp restore", what=name)


def _view_differs(book: Book) -> Iterator[DeskError]:
    """Where the live view is not what a rebuild makes; rebuilt in a copy, never in the book."""
    with tempfile.TemporaryDirectory(prefix="deskapp-check-") as folder:
        path = Path(folder) / "book.db"
        copy_to(book.read, path)
        conn = sqlite3.connect(path, isolation_level=None)
        try:
            before = _dump(conn)
            conn.execute("BEGIN")
            building.rebuild(book, conn)
            after = _dump(conn)
            conn.execute("ROLLBACK")
        finally:
            conn.close()
    for table, rows in before.items():
        if rows != after[table]:
            yield Damaged(
                "the view's table {table} is not what the journal says", "deskapp rebuild makes it anew", table=table
            )


def _dump(conn: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    dump = {
        table: conn.execute(_NAMED.get(table, f"SELECT * FROM {table} ORDER BY 1, 2")).fetchall()
        for table in VIEW_TABLES
    }
    conn.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.terms USING fts5vocab (main, search, row)")
    dump["search"] = conn.execute("SELECT term, doc FROM temp.terms ORDER BY term").fetchall()
    views = "SELECT name, sql FROM sqlite_master WHERE type = 'view' ORDER BY name"
    dump["views"] = conn.execute(views).fetchall()
    return dump
