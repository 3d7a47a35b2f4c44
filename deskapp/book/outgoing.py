"""What is still to be sent: runs of entries that the other side has not acknowledged."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from deskapp.book import entry as ink
from deskapp.book import lineage
from deskapp.book.database import Book
from deskapp.book.desks import desks
from deskapp.errors import Damaged

_BEAT = 1000
"""Entries between two words about progress."""


@dataclass(frozen=True, slots=True)
class Run:
    """Entries `first` to `last` of a journal, over the hash before them; none where `last` is before `first`."""

    id: int
    journal: str
    first: int
    previous: str
    last: int


def party(book: Book) -> str:
    """The name of the desk whose book this is."""
    return desks(book.read).own


def journal_name(book: Book) -> str:
    """The name of the journal that it writes."""
    return str(book.read.execute("SELECT journal FROM journals WHERE id = ?", (book.journal,)).fetchone()[0])


def runs(book: Book, to: str) -> list[Run]:
    """What a party has not acknowledged: of our journal, after what is missing of those that it continues.

    Raises Damaged where the party holds other entries than we do, or more.
    """
    conn, found = book.read, list[Run]()
    end: int | None = None
    for journal in lineage.ancestors(conn, book.journal):
        run, acked = _run(conn, journal, to, end)
        if run.last >= run.first or journal == book.journal:
            found.append(run)
        if acked:  # whoever holds some of a journal holds what it continues
            break
        end = lineage.start(conn, journal)[0] - 1
    return found[::-1]


def _run(conn: sqlite3.Connection, journal: int, to: str, end: int | None) -> tuple[Run, bool]:
    """What is to be sent of one journal, up to `end`, and whether anything of it was acknowledged."""
    name = conn.execute("SELECT journal FROM journals WHERE id = ?", (journal,)).fetchone()[0]
    first, before = lineage.start(conn, journal)
    last = conn.execute("SELECT max(seq) FROM journal WHERE journal = ?", (journal,)).fetchone()[0]
    last = first - 1 if last is None else last if end is None else min(last, end)
    acked = conn.execute("SELECT seq, hash FROM acked WHERE party = ? AND journal = ?", (to, journal)).fetchone()
    if acked is None:
        return Run(journal, name, first, before or ink.GENESIS, last), False
    seq, hash_ = acked
    here = conn.execute("SELECT hash FROM journal WHERE journal = ? AND seq = ?", (journal, seq)).fetchone()
    if here is None or here[0] != hash_:
        raise Damaged("{party} holds entry {seq}, and it is not the one in this book",
                      "an older or another copy stands in the book's place: tell the manager", party=to,
                      seq=seq)  # fmt: skip
    return Run(journal, name, seq + 1, hash_, max(last, seq)), True


def halves(book: Book, run: Run) -> tuple[Run, Run]:
    """A run of two entries or more, in two."""
    middle = (run.first + run.last) // 2
    sql = "SELECT hash FROM journal WHERE journal = ? AND seq = ?"
    hash_ = book.read.execute(sql, (run.id, middle)).fetchone()[0]
    return replace(run, last=middle), replace(run, first=middle + 1, previous=hash_)


def lines(book: Book, run: Run, progress: Callable[[int], None] | None = None) -> Iterator[tuple[str, str, str | None]]:
    """The three lines of each entry of a run, as they are stored."""
    sql = "SELECT head, body, private FROM journal WHERE journal = ? AND seq BETWEEN ? AND ? ORDER BY seq"
    rows = book.read.execute(sql, (run.id, run.first, run.last))
    done = 0
    while lot := rows.fetchmany(_BEAT):
        yield from lot
        done += len(lot)
        if progress:
            progress(done)


def erased(book: Book, journal: str, first: int, last: int) -> bool:
    """Whether private lines of these entries of a journal were erased."""
    sql = """SELECT 1 FROM erased e JOIN journals j ON j.id = e.journal
        WHERE j.journal = ? AND e.seq BETWEEN ? AND ? LIMIT 1"""
    return book.read.execute(sql, (journal, first, last)).fetchone() is not None


def held_of(book: Book, desk: str) -> tuple[str, int, str] | None:
    """The newest journal of another desk, and the seq and hash of its last entry that this book holds."""
    sql = """SELECT js.journal, j.seq, j.hash FROM journals js JOIN journal j ON j.journal = js.id
        WHERE js.desk = ? ORDER BY js.id DESC, j.seq DESC LIMIT 1"""
    row = book.read.execute(sql, (desk,)).fetchone()
    return (row[0], row[1], row[2]) if row else None
