"""`load`: many records of one form in a transaction, against executemany of the same rows."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from deskapp import paths
from deskapp.book import journal
from deskapp.desk.demo.cast import Row
from deskapp.desk.office import open_office
from tests.bench import harness, office, raw
from tests.bench.harness import Figure

ROWS, ROUNDS = 5_000, 5


def figures(folder: Path, big: Path) -> Iterator[Figure]:
    """Customers, whose names are indexed by their letters, and diary lines, which are the most."""
    base = folder / "load"
    office.make(base, office.SMALL)
    yield _figure(folder, base, "customer", list(islice(office.customers(office.SMALL), ROWS)))
    yield _figure(folder, base, "diary", list(islice(office.diary(office.SMALL, seed=1), ROWS)))


def _figure(folder: Path, base: Path, form: str, rows: list[Row]) -> Figure:
    def load() -> float:
        book = open_office(office.copied(base, folder / "loaded")).book
        boss = office.manager(book)

        def work() -> None:
            journal.load(book, boss, form, rows)
            book.close()  # which copies the log into the book, as the bare connection's end does

        return harness.cpu(work)

    load()
    same = raw.made(paths.book(base), paths.book(folder / "loaded"))

    def bare() -> float:
        conn = raw.writer(paths.book(office.copied(base, folder / "bare")))

        def work() -> None:
            same.insert(conn)
            conn.close()

        return harness.cpu(work)

    return harness.against(f"load {ROWS:,} of {form} / executemany, CPU", 2, ROUNDS, load, bare)
