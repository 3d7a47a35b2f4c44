"""Find over the whole book: the fifty newest of a query, against a look at every record; both must find the same."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from statistics import median
from string import ascii_lowercase

from deskapp import paths
from deskapp.book import view
from deskapp.book.pinyin import keys
from deskapp.book.search import Name, Query, Text, find
from tests.bench.harness import Figure, cpu, percentile

QUERIES, LIMIT, SCANS = 300, 50, 5
_INDEX = ("search%", "names", "name_keys", "name_records", "tails", "sqlite_autoindex_names%")


def figures(folder: Path, big: Path) -> Iterator[Figure]:
    """In one process, on a connection that only reads, warm; processor time, which is all that a warm query takes."""
    conn = sqlite3.connect(f"file:{paths.book(big)}?mode=ro", uri=True)
    rng = random.Random(5)
    words, chars, initials = _words(conn, rng), _chars(conn, rng), _initials(conn, rng)
    letters = [letter for letter in ascii_lowercase if letter not in "iuv"]  # no syllable begins with these
    scan = "SELECT count(*) FROM records WHERE instr(text, ?)"
    like = "SELECT count(*) FROM records WHERE text LIKE ?"
    full = median(cpu(lambda w=word: conn.execute(scan, (w,)).fetchall()) for word in words[:SCANS])
    liked = median(cpu(lambda w=word: conn.execute(like, (f"%{w}%",)).fetchall()) for word in initials[:SCANS])
    for name, asked, goal, floor in (
        ("find, 2+ characters, p99 / full scan", words, 1 / 200, full),
        ("find, 1 character, p99 / full scan", chars, 1 / 30, full),
        ("find, initials, p99 / LIKE", initials, 1 / 50, liked),
        ("find, a single initial, p99 / LIKE", letters, 1 / 50, liked),
    ):
        reading = Name if asked in (initials, letters) else Text
        queries = [Query(words=((reading(word),),)) for word in asked]
        for query in queries:
            find(conn, query, limit=LIMIT)  # warm
        taken = [cpu(lambda q=query: find(conn, q, limit=LIMIT)) for query in queries]
        note = f"p50 {median(taken):.2g}, worst {max(taken):.3g}"
        yield Figure(name, percentile(taken, 0.99), goal, floor, note=note)
    wrong = _otherwise(conn, [*words, *chars][::2])
    yield Figure(f"of {QUERIES} queries, found otherwise than by a scan", wrong, 0, unit="")
    yield _share(conn)
    yield _depth(conn)
    conn.close()


def _texts(conn: sqlite3.Connection, rng: random.Random) -> Iterator[str]:
    """The texts of records anywhere in the book, for ever."""
    last = conn.execute("SELECT max(id) FROM records").fetchone()[0]
    while True:
        row = conn.execute("SELECT text FROM records WHERE id >= ? LIMIT 1", (rng.randrange(last),)).fetchone()
        if row and row[0]:
            yield row[0]


def _words(conn: sqlite3.Connection, rng: random.Random) -> list[str]:
    """Two to four characters in a row that stand somewhere; a few that stand nowhere."""
    found: dict[str, None] = {}
    for text in _texts(conn, rng):
        line = rng.choice(text.splitlines())
        if len(line) < 2:
            continue
        at = rng.randrange(len(line) - 1)
        word = line[at : at + rng.randrange(2, 5)]
        if rng.random() < 0.1:
            word = word[::-1]
        if word.isalnum() and len(word) > 1:
            found[word] = None
        if len(found) == QUERIES:
            return list(found)
    raise AssertionError


def _chars(conn: sqlite3.Connection, rng: random.Random) -> list[str]:
    """Single characters, every one that some hundred texts have."""
    texts = (text for text, _ in zip(_texts(conn, rng), range(QUERIES), strict=False))
    found = sorted({char for text in texts for char in text if char.isalnum()})
    return [rng.choice(found) for _ in range(QUERIES)]


def _initials(conn: sqlite3.Connection, rng: random.Random) -> list[str]:
    """What is typed for a name: the first two letters and more of one of its keys."""
    names = [row[0] for row in conn.execute("SELECT name FROM names ORDER BY id LIMIT 20000")]
    spelled = (sorted(key for key in keys(rng.choice(names)) if key.isascii() and len(key) > 1) for _ in range(QUERIES))
    return [rng.choice(ways or ["zs"])[: rng.randrange(2, 5)] for ways in spelled]


def _otherwise(conn: sqlite3.Connection, words: Sequence[str]) -> int:
    """How many queries find other records than a look at every text, from the newest on."""
    wanted: dict[str, list[int]] = {word: [] for word in words}
    left = set(wanted)
    for id_, text in conn.execute("SELECT id, text FROM records ORDER BY id DESC"):
        for word in [word for word in left if word in text]:
            wanted[word].append(id_)
            if len(wanted[word]) == LIMIT:
                left.discard(word)
    found = {word: [one.id for one in find(conn, Query(words=((Text(word),),)), limit=LIMIT)] for word in wanted}
    return sum(found[word] != wanted[word] for word in wanted)


def _share(conn: sqlite3.Connection) -> Figure:
    """The pages of all that is there only to find by."""
    sizes: Iterable[tuple[str, int]] = conn.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name")
    sizes = [(name, size / 2**20) for name, size in sizes]
    index = sum(size for name, size in sizes if _is_index(name))
    return Figure("what find needs / the book, size", index, 0.55, sum(size for _, size in sizes), "MiB")


def _is_index(name: str) -> bool:
    return any(name.startswith(one[:-1]) if one.endswith("%") else name == one for one in _INDEX)


def _depth(conn: sqlite3.Connection) -> Figure:
    """A page of a list far down, against the first."""
    oldest = view.page(conn, "diary", after=0, limit=1)[0].id
    first, deep = (
        median(cpu(lambda b=before: view.page(conn, "diary", before=b)) for _ in range(31))
        for before in (None, oldest + 2 * LIMIT)
    )
    return Figure("the deepest page of a list / the first", deep, 2, first)
