"""Journals of other desks: their lines are put in exactly as they came, and laid over the view.

Whoever calls has found them authentic (signature, chain, digests) and in order. Nothing authentic is refused.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from deskapp.book import entry as ink
from deskapp.book import lineage
from deskapp.book.building import LOT, Builder
from deskapp.book.database import Book

_ENTRY = (
    "INSERT OR FAIL INTO journal (id, journal, seq, rec, head, body, private, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
_LARGEST = 2**63
_CACHE = 16 * 1024
"""KiB of pages that an import keeps in memory: a long one takes little more than a short one."""


class Line(Protocol):
    """An entry's lines as they came, its hash, and what its head line says."""

    @property
    def seq(self) -> int: ...  # noqa: D102
    @property
    def head(self) -> str: ...  # noqa: D102
    @property
    def body(self) -> str: ...  # noqa: D102
    @property
    def private(self) -> str | None: ...  # noqa: D102
    @property
    def hash(self) -> str: ...  # noqa: D102
    @property
    def fields(self) -> Mapping[str, Any]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Journal:
    """A journal that the book holds, and how far."""

    id: int
    name: str
    desk: str
    first: int
    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Opening:
    """What a journal's first entry says of it."""

    desk: str
    continues: str | None
    from_seq: int
    from_hash: str
    journal: str | None = None
    """Its own name; openings before that was written down say none."""
    branch: str = ""


def known(conn: sqlite3.Connection, name: str) -> Journal | None:
    """The journal of this name, if the book has it."""
    row = conn.execute("SELECT id, journal, desk, first FROM journals WHERE journal = ?", (name,)).fetchone()
    if row is None:
        return None
    last = "SELECT seq, hash FROM journal WHERE journal = ? ORDER BY seq DESC LIMIT 1"
    if (head := conn.execute(last, (row[0],)).fetchone()) is None:
        first, previous = lineage.start(conn, row[0])
        head = (first - 1, previous or ink.GENESIS)
    return Journal(*row, *head)


def of_desk(conn: sqlite3.Connection, desk: str) -> list[Journal]:
    """The journals of a desk, the oldest first."""
    names = conn.execute("SELECT journal FROM journals WHERE desk = ? ORDER BY id", (desk,)).fetchall()
    return [one for (name,) in names if (one := known(conn, name))]


def hash_at(conn: sqlite3.Connection, name: str, seq: int) -> str | None:
    """The hash of an entry of a journal or, before its first one, of the journal that it continues."""
    row = conn.execute("SELECT id FROM journals WHERE journal = ?", (name,)).fetchone()
    if row is None or seq < 0:
        return ink.GENESIS if seq < 0 else None
    at = (lineage.root(conn, row[0], seq), seq)
    found = conn.execute("SELECT hash FROM journal WHERE journal = ? AND seq = ?", at).fetchone()
    return str(found[0]) if found else None


def opening(line: Line) -> Opening | None:
    """What a line says as the first of a journal; None where it is not one."""
    try:
        if (line.fields.get("form"), line.fields.get("step")) != ("journal", "open"):
            return None
        said = json.loads(line.body)["data"]
        name = str(said["journal"]) if "journal" in said else None
        if "continues" not in said:
            return Opening(str(said["desk"]), None, -1, ink.GENESIS, name)
        return Opening(str(said["desk"]), str(said["continues"]), int(said["from_seq"]), str(said["from_hash"]), name,
                       str(said.get("branch", "")))  # fmt: skip
    except (ValueError, KeyError, TypeError):
        return None


def erases(line: Line) -> set[int]:
    """The seqs whose private lines an entry says were erased."""
    if '"erase"' not in line.head and "\\" not in line.head:
        return set()
    if (line.fields.get("form"), line.fields.get("step")) != ("journal", "erase"):
        return set()
    try:
        return ink.erased_by(json.loads(line.body)["data"], line.seq)
    except (ValueError, KeyError, TypeError, AttributeError):
        return set()


def erased(conn: sqlite3.Connection, name: str) -> set[int]:
    """The seqs of a journal whose private lines were erased by entries that are here."""
    rows = conn.execute(
        "SELECT seq FROM erased JOIN journals ON id = erased.journal WHERE journals.journal = ?", (name,)
    )
    return {seq for (seq,) in rows}


def begin(conn: sqlite3.Connection, name: str, desk: str, opened: Opening) -> Journal:
    """Make room for a journal that the book has not yet; its older one, if it continues one, is there."""
    older = known(conn, opened.continues) if opened.continues is not None else None
    letters = [row[0] or "A" for row in conn.execute("SELECT branch FROM journals WHERE desk = ?", (desk,))]
    branch = chr(max(map(ord, letters)) + 1) if letters else ""
    if len(opened.branch) == 1 and "B" <= opened.branch <= "Z" and opened.branch not in letters:
        branch = opened.branch
    conn.execute(
        "INSERT INTO journals (journal, desk, branch, first, continues) VALUES (?, ?, ?, ?, ?)",
        (name, desk, branch, opened.from_seq + 1, older.id if older else None),
    )
    made = known(conn, name)
    assert made is not None
    return made


def append(
    book: Book, conn: sqlite3.Connection, journal: int, lines: Iterable[Line],
    progress: Callable[[int], None] | None = None,
) -> tuple[int, list[int]]:  # fmt: skip
    """Put lines at the end of a journal and over the view, in the caller's transaction.

    How many they were, and the seqs of those that say nothing this program can show.
    """
    conn.execute(f"PRAGMA cache_size = -{_CACHE}")
    builder = Builder(book, conn)
    id_: int = conn.execute("SELECT max(id) FROM journal").fetchone()[0] or 0
    waiting: list[tuple[object, ...]] = []
    unread: list[int] = []
    n = 0
    for line in lines:
        id_, n, fields = id_ + 1, n + 1, line.fields
        rec = fields.get("rec")
        if type(rec) is not int or not 0 <= rec < _LARGEST:
            rec = None
        waiting.append((id_, journal, line.seq, rec, line.head, line.body, line.private, line.hash))
        try:
            entry = ink.told(journal, line.seq, fields, line.body, line.private, line.hash)
        except (ValueError, KeyError, TypeError):
            unread.append(line.seq)
        else:
            if entry.undoes is not None or entry.form == "journal" or len(waiting) >= LOT:
                _put(conn, waiting)  # turning clocks back looks at the entries, and so does erasing
            builder.apply(id_, entry)
        if len(builder) >= LOT:
            builder.flush()
        if progress and n % 1000 == 0:
            progress(n)
    _put(conn, waiting)
    builder.flush()
    return n, sorted([*unread, *(seq for _, seq in builder.strange)])


def _put(conn: sqlite3.Connection, waiting: list[tuple[object, ...]]) -> None:
    conn.executemany(_ENTRY, waiting)
    waiting.clear()
