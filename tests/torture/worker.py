"""A child that works until it is killed, saying each thing on a line of its own once it is safe."""

from __future__ import annotations

import contextlib
import itertools
import sys
from collections.abc import Iterator
from pathlib import Path

from deskapp.book import backup, journal, view
from deskapp.book.database import Book
from deskapp.book.journal import Request
from deskapp.desk import office as offices
from tests.support import BOSS, LI


def main(home: Path, work: str) -> None:
    """Do `work` again and again."""
    book = offices.open_office(home).book
    print("ready", flush=True)
    for n in itertools.count():
        WORK[work](book, n)


def say(seq: int, number: str | None) -> None:
    """Acknowledge: whoever reads this line may rely on it."""
    print(f"saved {seq} {number or '-'}", flush=True)


def add(book: Book, n: int) -> None:
    """An act over two forms: both entries or none."""
    answers = {"room": "3-2-1502", "item": "13", "content": f"马桶堵塞 {n}", "handling": "order"}
    for entry in journal.write(book, LI, [Request("register", answers, "diary"), Request("register", {}, "order")]):
        say(entry.seq, entry.number)


def step(book: Book, n: int) -> None:
    """A repeated step on one record."""
    number = view.page(book.read, "diary", open_only=True, limit=1) or [None]
    if number[0] is None:
        answers = {"room": "3-2-1502", "item": "13", "content": "漏水", "handling": "next_shift"}
        say(journal.write(book, LI, [Request("register", answers, "diary")])[0].seq, None)
        return
    entry = journal.write(book, LI, [Request("follow", {"followed": f"去看过 {n}"}, number=number[0].number)])[0]
    say(entry.seq, None)


def load(book: Book, n: int) -> None:
    """Forty records, all or none."""
    rows = [{"room": "3-2-1502", "name": f"张三{n}", "phone": f"138{n:04}{i:04}", "role": "owner"} for i in range(40)]
    for number in journal.load(book, BOSS, "customer", rows):
        say(view.record(book.read, number).seq, number)


def rebuild(book: Book, n: int) -> None:
    """A save, then the whole view made anew."""
    add(book, n)
    with book.writing("a rebuild") as conn:
        view.rebuild(book, conn)


def copy(book: Book, n: int) -> None:
    """A save, then a backup."""
    add(book, n)
    folder = book.path.with_name("backups")
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.deskapp.db"):
        old.unlink()
    backup.backup(book, folder)


def mutant(book: Book, n: int) -> None:
    """The mistake that the test must catch: to acknowledge before the commit."""
    writing = book.writing

    @contextlib.contextmanager
    def eager(doing: str = "a save") -> Iterator[object]:
        with writing(doing) as conn:
            yield conn
            seq, number = conn.execute("SELECT max(seq), max(number) FROM records").fetchone()
            say(seq, number)

    book.writing = eager  # type: ignore[method-assign, assignment]
    try:
        journal.write(
            book, LI, [Request("register", {"room": "3-2-1502", "item": "13", "content": f"漏 {n}"}, "diary")]
        )
    finally:
        book.writing = writing  # type: ignore[method-assign]


WORK = {"add": add, "step": step, "load": load, "rebuild": rebuild, "backup": copy, "mutant": mutant}

if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
