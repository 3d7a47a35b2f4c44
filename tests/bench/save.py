"""One saved step: what it costs beside bare inserts of the same rows, and how often the disk is waited for."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from statistics import median

from deskapp import paths
from deskapp.book import journal
from deskapp.book.database import Book
from deskapp.book.journal import Request
from deskapp.book.session import Session
from deskapp.desk.demo.cast import Row
from deskapp.desk.office import open_office
from tests.bench import harness, office, raw
from tests.bench.harness import Figure, in_turn
from tests.bench.terminal import ROOT

SAVES, ROUNDS, LOADED = 200, 5, 5_000
_TRACED = """import os, sys
from itertools import islice
from pathlib import Path
from deskapp.book import journal
from deskapp.desk.office import open_office
from tests.bench import office, save
book = open_office(Path(sys.argv[1])).book
boss, lines = office.manager(book), office.diary(office.SMALL, seed=4)
journal.load(book, boss, "diary", islice(lines, int(sys.argv[2])))
save.saved(book, boss, list(islice(lines, 3)))
os.write(1, b"from here")
save.saved(book, boss, list(islice(lines, save.SAVES)))
os._exit(0)
"""
"""Saves after the log was emptied, or was filled by a load; nothing that is done at the end is counted."""


def figures(folder: Path, big: Path) -> Iterator[Figure]:
    """Lines of the diary, one at a time, as a panel writes them."""
    base = office.make(folder / "office", office.SMALL).parent
    lines = list(islice(office.diary(office.SMALL, seed=4), SAVES))

    def ours() -> tuple[float, float]:
        book = open_office(office.copied(base, folder / "saved")).book
        boss = office.manager(book)
        saved(book, boss, lines[:1])
        spent, taken = harness.both(lambda: saved(book, boss, lines[1:]))
        book.close()
        return spent / len(lines[1:]), taken / len(lines[1:])

    ours()
    same = raw.made(paths.book(base), paths.book(folder / "saved"))

    def bare() -> float:
        conn = raw.writer(paths.book(office.copied(base, folder / "bare")))
        same.insert(conn, 0, SAVES)
        spent, _ = harness.both(lambda: [same.insert(conn, part, SAVES) for part in range(1, SAVES)])
        conn.close()
        return spent / (SAVES - 1)

    measured, floors, syncs = in_turn(ROUNDS, ours, bare, lambda: _sync(folder / "synced"))
    spent, taken = (median(column) for column in zip(*measured, strict=True))
    yield Figure("a saved step / the same rows by bare inserts, CPU", spent, 2, median(floors))
    yield Figure("a saved step / a raw fdatasync, by the clock", taken, 6, median(syncs))
    for name, rows in (("", 0), (f", after a load of {LOADED:,}", LOADED)):
        log, book = _syncs(office.copied(base, folder / "traced"), rows)
        # A checkpoint waits for the log, for the book, and for the log's new beginning.
        yield Figure(
            f"fsyncs a save{name}", (log - 2 * book) / SAVES, 1, unit="", note=f"and {book} checkpoints, 3 each"
        )


def saved(book: Book, session: Session, lines: Sequence[Row]) -> None:
    """Save each line by itself."""
    for line in lines:
        journal.write(book, session, [Request("register", line, "diary")])


def _sync(path: Path) -> float:
    """Ms to append a page to a file and wait for the disk: the median of many."""
    with path.open("ab", buffering=0) as file:

        def one() -> None:
            file.write(b"x" * 4096)
            os.fdatasync(file.fileno())

        return median(harness.wall(one) for _ in range(SAVES // 2))


def _syncs(home: Path, rows: int) -> tuple[int, int]:
    """How often so many saves wait for the disk: for the log, and for the book itself."""
    trace = home / "strace"
    words = ["strace", "-f", "-y", "-e", "trace=fsync,fdatasync,write", "-o", str(trace), sys.executable, "-c", _TRACED]
    subprocess.run([*words, str(home), str(rows)], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    _, _, after = trace.read_text(encoding="utf-8", errors="replace").partition('"from here"')
    log, book = (len(re.findall(rf"sync\(\d+<[^>]*{name}>", after)) for name in ("book\\.db-wal", "book\\.db"))
    return log, book
