"""Made-up offices: a small one to be copied, and the big book, made once by the program's own pen."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from deskapp import paths
from deskapp.book import journal
from deskapp.book.database import Book, beijing_now
from deskapp.book.journal import Request
from deskapp.book.session import Session, session_of
from deskapp.desk.demo.cast import Cast, Row
from deskapp.desk.demo.stage import Clock
from deskapp.desk.office import FOUNDER, found
from deskapp.resources import load_toml

PASSPHRASE = "bench-bench-bench"
SMALL = 1_000
_A_DAY, _RUNNING = 600, 15


@cache
def cast(records: int) -> Cast:
    """Who lives and works in an office of so many records: the same people every time."""
    return Cast(random.Random(17), max(200, records // 20))


def customers(records: int) -> Iterator[Row]:
    """Other people, who move into the rooms of an office of so many records."""
    homes = cast(records).rooms
    return ({**person.row, "room": homes[n % len(homes)]["code"]} for n, person in enumerate(cast(1_000_000).people))


def diary(records: int, seed: int = 17) -> Iterator[Row]:
    """Lines of the work diary, for ever: who called from where about what, no two quite alike."""
    rng, texts, people = random.Random(seed), load_toml("demo", "texts.toml"), cast(records).people
    topics: list[tuple[str, list[str]]] = [(code, topic["says"]) for code, topic in texts["spot"].items()]
    weights = [texts["spot"][code]["often"] for code, _ in topics]
    rare = "".join(load_toml("demo", "names.toml")["surnames"])
    while True:
        code, says = rng.choices(topics, weights)[0]
        person = rng.choice(people)
        odd = "".join(rng.choices(rare, k=rng.randrange(2, 5)))
        row: Row = {
            "room": person.room,
            "item": code,
            "content": f"{rng.choice(texts['places'])}{odd},{rng.choice(says)}",
        }
        if rng.random() < 0.8:
            row["caller"] = cast(records).called(person)
            if rng.random() < 0.4 and "phone" in person.row:
                row["phone"] = person.row["phone"]
        yield row


def make(home: Path, records: int) -> Path:
    """An office with so many records, at work for as long as they take, and some clocks running; the book's path."""
    if paths.book(home).exists():
        return paths.book(home)
    part = home.with_name(f"{home.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    days = records // _A_DAY + 1
    clock = Clock(beijing_now() - timedelta(days=days))
    book = found(part, "bench", "desk-001", "Bench", PASSPHRASE, clock).book
    try:
        _fill(book, clock, records)
    finally:
        book.close()
    part.rename(home)
    return paths.book(home)


def manager(book: Book) -> Session:
    """Who holds every role."""
    return session_of(book.read, f"staff-{FOUNDER}")


def _fill(book: Book, clock: Clock, records: int) -> None:
    boss = manager(book)
    rooms, people = cast(records).rooms, cast(records).people
    journal.load(book, boss, "room", rooms)
    journal.load(book, boss, "provider", [{"code": "21", "name": "Wang", "kind": "own", "plumbing": True}])
    journal.load(book, boss, "customer", [person.row for person in people])
    lines, left = diary(records), records - len(people) - len(rooms)
    while left > 0:
        journal.load(book, boss, "diary", islice(lines, min(left, _A_DAY)))
        left -= _A_DAY
        clock.moment += timedelta(days=1)
    for minutes in range(_RUNNING, 0, -1):
        clock.moment = beijing_now() - timedelta(minutes=minutes)
        dispatch(book, boss, next(lines))


def dispatch(book: Book, session: Session, line: Row) -> str:
    """An order that is waiting for its provider; its number."""
    order: dict[str, Any] = {**line, "item": "13", "charge": "free"}
    number = str(journal.write(book, session, [Request("register", order, "order")])[-1].number)
    journal.write(book, session, [Request("dispatch", {"provider": "21", "charge": "free"}, None, number)])
    return number


def copied(home: Path, to: Path) -> Path:
    """A copy of an office to write in."""
    shutil.rmtree(to, ignore_errors=True)
    return Path(shutil.copytree(home, to))
