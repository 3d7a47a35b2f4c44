"""Find: several words at once, each in its own meaning, newest records first."""

from __future__ import annotations

import itertools
import math
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from deskapp.book import view
from deskapp.book.index import terms
from deskapp.book.view import Record
from deskapp.text import fold

RECENT = 2000
"""How many of the newest records one character is looked for in before the index is asked."""
_MOST_READINGS = 16


@dataclass(frozen=True, slots=True)
class Text:
    """A word anywhere in a record's text."""

    word: str


@dataclass(frozen=True, slots=True)
class Name:
    """The beginning of a name's pinyin, or of its initials, from any of its characters on."""

    key: str


@dataclass(frozen=True, slots=True)
class Tail:
    """The last four digits or more of a phone or waybill."""

    digits: str


@dataclass(frozen=True, slots=True)
class Room:
    """A room, or all of a building or unit; ending in `-`, these alone."""

    number: str


@dataclass(frozen=True, slots=True)
class Number:
    """A record's number, or its beginning; with `serial`, its last digits."""

    number: str
    serial: bool = False


Reading = Text | Name | Tail | Room | Number


@dataclass(frozen=True, slots=True)
class Query:
    """What to find: a record must match one reading of each word, and the limits."""

    words: tuple[tuple[Reading, ...], ...] = ()
    since: str | None = None
    until: str | None = None
    """Opened from `since` to `until`, days, both included."""
    forms: tuple[str, ...] = ()
    desk: str = ""
    """Whose records; everybody's without one."""


def find(conn: sqlite3.Connection, query: Query, *, before: int | None = None, limit: int = 50) -> list[Record]:
    """The newest records that match, older than id `before`; nothing for a query that says nothing."""
    return view.by_ids(conn, _ids(conn, query, before, limit))


def forms(conn: sqlite3.Connection, query: Query, *, limit: int) -> list[str]:
    """Which forms the newest records that match are on, one for each."""
    ids = _ids(conn, query, None, limit)
    rows = conn.execute(f"SELECT form FROM records WHERE id IN ({','.join('?' * len(ids))})", ids)
    return [row[0] for row in rows]


def _ids(conn: sqlite3.Connection, query: Query, before: int | None, limit: int) -> list[int]:
    if not query.words and query.since is None:
        return []
    ids: set[int] = set()
    if math.prod(map(len, query.words)) > _MOST_READINGS:
        ids.update(_Search(query, before).scan(conn, limit))
    else:
        for readings in itertools.product(*query.words):
            ids.update(_Search(query, before).ids(conn, readings, limit))
    return sorted(ids, reverse=True)[:limit]


@dataclass
class _Search:
    """The tests that a record must pass, put together as SQL."""

    query: Query
    before: int | None
    tests: list[str] = field(default_factory=list)
    values: list[object] = field(default_factory=list)

    def scan(self, conn: sqlite3.Connection, limit: int) -> list[int]:
        """The newest records where every word holds in one of its readings, looked at one by one."""
        for word in self.query.words:
            either = [_holds(reading) for reading in word]
            self._test(f"({' OR '.join(sql for sql, _ in either)})", *(value for _, given in either for value in given))
        self._limit()
        return self._select(conn, "records r", "r.id", limit)

    def ids(self, conn: sqlite3.Connection, readings: Sequence[Reading], limit: int) -> list[int]:
        """The newest records where this reading of every word holds."""
        words = [fold(reading.word) for reading in readings if isinstance(reading, Text)]
        others = [reading for reading in readings if not isinstance(reading, Text)]
        for reading in (*others[1:], *map(Text, words)):
            sql, values = _holds(reading)
            self._test(sql, *values)
        self._limit()
        if others:
            return self._among(conn, others[0], limit)
        if not words:
            return self._select(conn, "records r", "r.id", limit)
        long = [term for word in words for term in terms(word) if len(term) > 1]
        if long:
            return self._match(conn, " AND ".join(_quoted(term) for term in dict.fromkeys(long)), limit)
        short = [term for word in words for term in terms(word)]
        if not short:
            return self._select(conn, "records r", "r.id", limit)
        newest = conn.execute("SELECT max(id) FROM records").fetchone()[0] or 0
        # One character is common: the newest records usually hold it often enough.
        recent = self._select(conn, "records r", "r.id", limit, f"r.id > {newest - RECENT} AND ")
        if len(recent) == limit:
            return recent
        return self._match(conn, " AND ".join(f"{_quoted(term)}*" for term in dict.fromkeys(short)), limit)

    def _limit(self) -> None:
        """Days, forms and the page."""
        for column, edge, sign in (("r.opened", self.query.since, ">="), ("r.opened", self.query.until, "<=")):
            if edge is not None:
                self._test(f"{column} {sign} ?", edge if sign == ">=" else f"{edge}~")
        if self.query.forms:
            self._test(f"r.form IN ({','.join('?' * len(self.query.forms))})", *self.query.forms)
        if self.query.desk:
            self._test("r.journal IN (SELECT id FROM journals WHERE desk = ?)", self.query.desk)
        if self.before is not None:
            self._test("r.id < ?", self.before)

    def _test(self, sql: str, *values: object) -> None:
        self.tests.append(sql)
        self.values += values

    def _among(self, conn: sqlite3.Connection, reading: Reading, limit: int) -> list[int]:
        """The newest of those that a reading stands for, walked from the newest of each name, tail or room down."""
        found: set[int] = set()
        before = "" if self.before is None else f" AND s.record < {self.before:d}"
        joined = " CROSS JOIN records r ON r.id = s.record" if self.tests else ""
        where = f"{' AND '.join(self.tests) or 1}{before}"
        for sql, values in _sets(reading):
            among = f"SELECT DISTINCT s.record FROM ({sql}) s{joined} WHERE {where} ORDER BY s.record DESC LIMIT ?"
            found.update(row[0] for row in conn.execute(among, (*values, *self.values, limit)))
        return sorted(found, reverse=True)[:limit]

    def _match(self, conn: sqlite3.Connection, match: str, limit: int) -> list[int]:
        """The index streams its hits newest first; each is then looked at, so that no hit is a false one."""
        self.values.insert(0, match)
        bound = (
            "s.search MATCH ? AND " if self.before is None else f"s.search MATCH ? AND s.rowid < {self.before:d} AND "
        )
        return self._select(conn, "search s CROSS JOIN records r ON r.id = s.rowid", "s.rowid", limit, bound)

    def _select(self, conn: sqlite3.Connection, source: str, order: str, limit: int, first: str = "") -> list[int]:
        where = first + (" AND ".join(self.tests) or "1")
        sql = f"SELECT r.id FROM {source} WHERE {where} ORDER BY {order} DESC LIMIT ?"
        return [row[0] for row in conn.execute(sql, (*self.values, limit))]


def _holds(reading: Reading) -> tuple[str, Sequence[object]]:
    """The test of one reading, and its values."""
    if isinstance(reading, Text):
        return "instr(r.text, ?)", [fold(reading.word)]
    sets = list(_sets(reading))
    return f"r.id IN ({' UNION ALL '.join(sql for sql, _ in sets)})", [value for _, given in sets for value in given]


def _sets(reading: Reading) -> Iterator[tuple[str, tuple[object, ...]]]:
    """The ids that a selective reading stands for, as SQL."""
    match reading:
        case Name(key):
            sql = "SELECT name FROM name_keys WHERE key >= ? AND key < ?"
            yield f"SELECT record FROM name_records WHERE name IN ({sql})", (key, key + "\U0010ffff")
        case Tail(digits):
            longer = " AND instr((SELECT lower(fields) FROM records WHERE id = record), ?)" if len(digits) > 4 else ""
            yield f"SELECT record FROM tails WHERE tail = ?{longer}", (digits[-4:], digits)[: 1 + bool(longer)]
        case Room(number):
            # the sign after - is .
            whole = number.removesuffix("-")
            for low, high in ((f"{whole}-", f"{whole}."), (number, f"{number}\x00")):
                yield "SELECT record FROM links WHERE target >= ? AND target < ?", (low, high)
                yield "SELECT id AS record FROM records WHERE number >= ? AND number < ? AND form = 'room'", (low, high)
        case Number(number, serial=True):
            recent = "id > (SELECT max(id) FROM records) - 20000"
            yield (
                f"SELECT id AS record FROM records WHERE {recent} AND substr(number, ?) = ?",
                (-len(number) - 1, f"-{number}"),
            )
            # with the letter of a restored book
            yield f"SELECT id AS record FROM records WHERE {recent} AND number GLOB ?", (f"*-[A-Z]{number}",)
        case Number(number) if "/" in number:
            desk, _, plain = number.partition("/")
            journals = "SELECT id FROM journals WHERE desk = ?"
            for one in (plain, plain.upper()):
                yield (
                    f"SELECT id AS record FROM records WHERE number >= ? AND number < ? AND journal IN ({journals})",
                    (one, one + "\U0010ffff", desk),
                )
            yield "SELECT record FROM links WHERE target = ?", (number,)
        case Number(number):
            yield "SELECT id AS record FROM records WHERE number >= ? AND number < ?", (number, number + "\U0010ffff")
            yield "SELECT record FROM links WHERE target = ?", (number,)
        case _:
            raise AssertionError(reading)


def _quoted(term: str) -> str:
    return '"' + term.replace('"', '""') + '"'
