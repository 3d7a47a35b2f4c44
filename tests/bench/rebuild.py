"""`rebuild`: the view of the whole book made anew, against executemany of its rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from deskapp import paths
from deskapp.book.building import rebuild
from deskapp.book.schema import VIEW_TABLES
from deskapp.desk.office import open_office
from tests.bench import harness, office, raw
from tests.bench.harness import Figure

LARGE = 100_000
"""From here on one round of each is long enough."""


def figures(folder: Path, big: Path) -> Iterator[Figure]:
    """In a copy of the big book; both begin by emptying the view."""
    conn = sqlite3.connect(paths.book(big))
    records: int = conn.execute("SELECT count(*) FROM records").fetchone()[0]
    conn.close()

    def ours() -> float:
        book = open_office(office.copied(big, folder / "rebuilt")).book

        def work() -> None:
            with book.writing("a rebuild") as conn:
                rebuild(book, conn)
            book.close()

        return harness.cpu(work)

    def bare() -> float:
        path = paths.book(office.copied(big, folder / "bare"))
        conn = raw.writer(path)

        def empty() -> None:
            conn.execute("BEGIN IMMEDIATE")
            for table in VIEW_TABLES:
                conn.execute(f"DELETE FROM {table}")
            conn.execute("INSERT INTO search (search) VALUES ('delete-all')")

        def keep() -> None:
            conn.execute("COMMIT")
            conn.close()

        spent = harness.cpu(empty)
        for sql, rows in raw.view(paths.book(big)):
            spent += harness.cpu(lambda: conn.executemany(sql, rows))  # noqa: B023 - done at once
        return spent + harness.cpu(keep)

    rounds = 1 if records >= LARGE else 5
    yield harness.against(f"rebuild of {records:,} records / executemany of their rows, CPU", 2, rounds, ours, bare)
