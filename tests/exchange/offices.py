"""Head office and a desk to play with: homes made once a process, copied for each test."""

from __future__ import annotations

import atexit
import contextlib
import functools
import json
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from sqlite_utils import Database

from deskapp.book import entry as ink
from deskapp.book import foreign
from deskapp.book.database import Book
from deskapp.book.migrations import migrations
from deskapp.desk import office as offices
from tests import support
from tests.support import BOSS, NOW, PASSPHRASE, Clock, Desk


class Line(NamedTuple):
    """An entry's lines as a bundle's reader gives them."""

    seq: int
    head: str
    body: str
    private: str | None
    hash: str
    fields: dict[str, Any]


def lines(book: Book, journal: int | None = None, first: int = 0, last: int = 10**9) -> list[Line]:
    """Lines of a journal in a book."""
    rows = book.read.execute(
        "SELECT seq, head, body, private, hash FROM journal WHERE journal = ? AND seq BETWEEN ? AND ? ORDER BY seq",
        (journal or book.journal, first, last),
    )
    return [Line(*row, json.loads(row[1])) for row in rows]


def line(seq: int, previous: str, head: dict[str, Any], data: Any, private: Any = None) -> Line:
    """A line that another's program may have written."""
    body = json.dumps({"salt": "00" * 16, "data": data})
    apart = None if private is None else json.dumps({"salt": "11" * 16, "data": private})
    said = {"seq": seq, **head, "body": ink.digest(body)} | ({} if apart is None else {"private": ink.digest(apart)})
    text = json.dumps(said, separators=(",", ":"))
    return Line(seq, text, body, apart, ink.link(previous, text), said)


def name_of(book: Book) -> str:
    """The name of a book's own journal."""
    return str(book.read.execute("SELECT journal FROM journals WHERE id = ?", (book.journal,)).fetchone()[0])


def take(book: Book, desk: str, name: str, given: list[Line]) -> list[int]:
    """Lay lines of a journal over a book, a new journal if it is one; the seqs that could not be shown."""
    with book.writing("an import") as conn:
        there = foreign.known(conn, name)
        if there is None:
            opened = foreign.opening(given[0])
            assert opened is not None
            there = foreign.begin(conn, name, desk, opened)
        return foreign.append(book, conn, there.id, given)[1]


def downgrade(path: Path, version: int) -> None:
    """Make of a closed book what a program of an older schema would have: without what came later."""
    fresh = Database(memory=True)
    later = [one.name for one in migrations.pending(fresh)][version:]
    migrations.apply(fresh, stop_before=later[0])
    before, indexes = set(fresh.table_names()), _indexes(fresh)
    migrations.apply(fresh)
    conn = sqlite3.connect(path)
    for table in set(fresh.table_names()) - before:
        conn.execute(f"DROP TABLE {table}")
    for index in set(_indexes(fresh)) - indexes:
        conn.execute(f"DROP INDEX IF EXISTS {index}")
    conn.executemany("DELETE FROM _sqlite_migrations WHERE name = ?", [(name,) for name in later])
    conn.execute(f"PRAGMA user_version = {version}")
    conn.commit()
    conn.close()


def _indexes(db: Database) -> set[str]:
    """What is looked things up by; those of a dropped table go with it."""
    return {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'index'")}


@functools.cache
def head_office() -> Path:
    """The home of a head office; made once a process."""
    folder = Path(tempfile.mkdtemp(prefix="deskapp-hq-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    offices.found(folder / "home", "总部", "hq", BOSS.name, PASSPHRASE, Clock(NOW - timedelta(days=3))).book.close()
    return folder / "home"


@contextlib.contextmanager
def hq(clock: Clock | None = None) -> Iterator[Desk]:
    """A copy of it, open."""
    with tempfile.TemporaryDirectory(prefix="deskapp-hq-") as folder:
        home = Path(shutil.copytree(head_office(), Path(folder, "home")))
        clock = clock or Clock()
        desk = Desk(support._open(home, clock), clock)
        try:
            yield desk
        finally:
            desk.book.close()
