"""The anchor: the journal's head as it was when somebody last signed in, kept in a small file beside the book.

The chain proves that entries belong together, not that they are those of yesterday: an older copy of the book, or a
chain computed anew after a change, is sound in itself, but does not hold the head that was kept. Whoever can change
this file as well hides it from this computer, not from the heads on paper and in backups elsewhere.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from deskapp.book.disk import sync, told
from deskapp.errors import Damaged, DeskError
from deskapp.forms.values import stamp

if TYPE_CHECKING:
    from deskapp.book.database import Book

END = ".head"
"""What the file's name has more than the book's."""


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a journal, as somebody saw it."""

    at: str
    journal: str
    seq: int
    hash: str


def keep(book: Book) -> None:
    """Keep the book's head, in the place of one that the book still holds; one that it lost stays, as evidence."""
    # Where it can't be kept, the one before is as true as it was.
    with contextlib.suppress(DeskError), book.locked("a sign-in"), told(book.path):
        if missing(book) is None:
            write(book.path, [head(book)])


def head(book: Book) -> Head:
    """The last entry of the book's own journal; raises Damaged where it has none."""
    row = book.read.execute(
        "SELECT js.journal, j.seq, j.hash FROM journal j JOIN journals js ON js.id = j.journal "
        "WHERE j.journal = ? ORDER BY j.seq DESC LIMIT 1",
        (book.journal,),
    ).fetchone()
    if row is None:
        raise Damaged("{path} has no journal of its own", "restore a backup: deskapp restore", path=book.path)
    return Head(stamp(book.now()), *row)


def heads(path: Path) -> list[Head]:
    """The heads that are kept beside a book, as far as they can be read; two while a restore is under way."""
    try:
        lines = path.with_name(path.name + END).read_text(encoding="utf-8").splitlines()
        return [Head(**json.loads(line)) for line in lines]
    except (OSError, ValueError, TypeError):
        return []


def write(path: Path, kept: Sequence[Head]) -> None:
    """Keep heads beside a book, whole or not at all, under its lock; raises OSError."""
    file = path.with_name(path.name + END)
    part = file.with_name(f"{file.name}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
            out.writelines(f"{json.dumps(asdict(one))}\n" for one in kept)
            out.flush()
            os.fsync(out.fileno())
        part.replace(file)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    sync(path.parent)


def missing(book: Book) -> Damaged | None:
    """What is wrong where the book does not hold the head kept beside it; None where it does, or none is kept.

    Raises sqlite3.Error where the book can't be read.
    """
    found: Damaged | None = None
    for kept in heads(book.path):
        journal = book.read.execute("SELECT id FROM journals WHERE journal = ?", (kept.journal,)).fetchone()
        at = "SELECT hash FROM journal WHERE journal = ? AND seq = ?"
        row = book.read.execute(at, (journal[0], kept.seq)).fetchone() if journal else None
        if row and row[0] == kept.hash:
            return None
        found = _said(kept, known=journal is not None, there=row is not None)
    return found


def _said(kept: Head, *, known: bool, there: bool) -> Damaged:
    when = kept.at[:16].replace("T", " ")
    if not known:
        return Damaged("this is not the book that was here on {when}: it does not know its journal {journal}",
                       "tell the manager; a backup is put in its place by deskapp restore", when=when,
                       journal=kept.journal)  # fmt: skip
    if not there:
        return Damaged("entry {seq}, here on {when}, is gone: an older copy stands in the book's place",
                       "tell the manager; a backup is put in its place by deskapp restore", when=when,
                       seq=kept.seq)  # fmt: skip
    return Damaged("entry {seq} is not the one of {when}: it or one before it was rewritten",
                   "tell the manager; a backup is put in its place by deskapp restore", when=when,
                   seq=kept.seq)  # fmt: skip
