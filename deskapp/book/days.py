"""Business days in the journal: what was written on one, and how records stood at its end.

Days are an entry's own, decided when it was written; a clock that jumped mixes them, and the order stays the seq's.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import takewhile

from deskapp.book import entry as ink
from deskapp.book import view
from deskapp.book.desks import desks
from deskapp.book.entry import Entry
from deskapp.book.schema import DAY
from deskapp.book.view import Record
from deskapp.forms import clocks
from deskapp.forms.clocks import ClockState
from deskapp.forms.form import VOID
from deskapp.forms.values import Value


@dataclass(frozen=True, slots=True)
class Span:
    """The entries of a business day: from `first` to `last`, though not all between need be of it."""

    first: int
    last: int
    hash: str
    """The last one's."""
    count: int


def entries(conn: sqlite3.Connection, day: str, desk: str = "") -> list[Entry]:
    """Everything that was written on a business day at this desk, or at another, in order."""
    found = []
    for journal in _journals(conn, desk):
        sql = f"SELECT {ink.COLUMNS} FROM journal INDEXED BY journal_day WHERE journal = ? AND {DAY} = ? ORDER BY seq"
        found += [ink.read(row) for row in conn.execute(sql, (journal, day))]
    return sorted(found, key=lambda one: one.seq)


def span(conn: sqlite3.Connection, day: str, desk: str = "") -> Span | None:
    """Where a business day stands in the journal; None where nothing was written on it."""
    found = []
    for journal in _journals(conn, desk):
        sql = f"SELECT min(seq), max(seq), count(*) FROM journal INDEXED BY journal_day WHERE journal = ? AND {DAY} = ?"
        first, last, count = conn.execute(sql, (journal, day)).fetchone()
        if count:
            found.append((first, last, count, journal))
    if not found:
        return None
    last, journal = max((one[1], one[3]) for one in found)
    hash_ = conn.execute("SELECT hash FROM journal WHERE journal = ? AND seq = ?", (journal, last)).fetchone()[0]
    return Span(min(one[0] for one in found), last, hash_, sum(one[2] for one in found))


def written(conn: sqlite3.Connection, since: str, until: str, desk: str = "") -> list[str]:
    """The business days from `since` to `until` on which anything was written."""
    found = set()
    sql = f"SELECT min({DAY}) FROM journal INDEXED BY journal_day WHERE journal = ? AND {DAY} > ? AND {DAY} <= ?"
    for journal in _journals(conn, desk):
        at = f"{since[:-1]}{chr(ord(since[-1]) - 1)}~"  # sorts just before the first day
        while (at := conn.execute(sql, (journal, at, until)).fetchone()[0]) is not None:
            found.add(at)
    return sorted(found)


def first_record(conn: sqlite3.Connection, day: str) -> int:
    """The id from which on the records of a business day and later ones are found; past all where there are none."""
    sql = f"SELECT min(id) FROM journal INDEXED BY journal_day WHERE journal = ? AND {DAY} >= ?"
    found = (conn.execute(sql, (journal, day)).fetchone()[0] for journal in _journals(conn, ""))
    return min((one for one in found if one is not None), default=1 << 62)


def act(conn: sqlite3.Connection, journal: int, first: int) -> list[Entry]:
    """The entries of an act, which begins with this one."""
    sql = f"SELECT {ink.COLUMNS} FROM journal WHERE journal = ? AND seq >= ? ORDER BY seq"
    rows = (ink.read(row) for row in conn.execute(sql, (journal, first)))
    return list(takewhile(lambda one: one.act == first or one.form == "form", rows))


def touched(conn: sqlite3.Connection, written: Iterable[Entry]) -> list[Record]:
    """The records that these entries are about, as they stand now, in the order in which they came up."""
    seen: dict[int, Record] = {}
    for journal, rec in dict.fromkeys((one.journal, one.rec) for one in written):
        if (found := view.record_at(conn, journal, rec)) is not None:
            seen.setdefault(found.id, found)
    return list(seen.values())


def open_at(conn: sqlite3.Connection, forms: Sequence[str], seq: int, desk: str = "") -> list[Record]:
    """The records of these forms that were open when entry `seq` had been written, as they stood then; oldest first."""
    whose = desk or desks(conn).own
    found = {one.id: one for form in forms for one in view.page(conn, form, open_only=True, of=whose, limit=1 << 30)}
    found |= {one.id: one for one in changed_since(conn, seq, desk) if one.rec <= seq and one.form in forms}
    stood = (as_of(conn, one, seq) for _, one in sorted(found.items()))
    return [one for one in stood if one is not None and not one.ended]


def changed_since(conn: sqlite3.Connection, seq: int, desk: str = "") -> list[Record]:
    """The records on which anything was written after entry `seq`, as they stand now."""
    found: dict[int, Record] = {}
    for journal in _journals(conn, desk):
        rows = conn.execute("SELECT DISTINCT rec FROM journal WHERE journal = ? AND seq > ?", (journal, seq))
        for (rec,) in rows.fetchall():
            if (one := view.record_at(conn, journal, rec)) is not None:
                found[one.id] = one
    return list(found.values())


def as_of(conn: sqlite3.Connection, record: Record, seq: int) -> Record | None:
    """A record as it stood when entry `seq` had been written; None where it was not there yet."""
    if record.rec > seq:
        return None
    if record.seq <= seq:
        return record
    return stood(record, [one for one in view.timeline(conn, record) if one.seq <= seq])


def stood(record: Record, entries: Sequence[Entry]) -> Record:
    """A record after these of its entries."""
    standing = ink.still(entries)
    if not standing:
        return replace(record, state=VOID, ended=True, marks=frozenset(), clocks={}, seq=entries[-1].seq)
    values: dict[str, Value] = {}
    turned: dict[str, ClockState] = {}
    marks: tuple[str, ...] = ()
    for one in standing:
        for name, value in one.data.items():
            if value is None:
                values.pop(name, None)
            else:
                values[name] = value
        marks = one.marks if one.marks is not None else marks
        for clock, due in one.due.items():
            turned[clock] = _turned(turned.get(clock), due, one.moment)
    last = standing[-1]
    return replace(
        record, state=last.state, ended=last.ended, marks=frozenset(marks), fields=values, clocks=turned,
        at=entries[-1].at, seq=entries[-1].seq,
    )  # fmt: skip


def _turned(before: ClockState | None, due: str | None, moment: str) -> ClockState:
    """A clock after an entry turned it: what `dues` lays in the view."""
    stands = before or ClockState(clocks.RUNNING)
    at = datetime.fromisoformat(moment)
    if due is None:
        return replace(stands, state=clocks.DROPPED, left=None)
    if due in (clocks.KEPT, clocks.LATE):
        return replace(stands, state=due, left=None, stopped=at)
    if due.startswith(("P", "-P")):
        return replace(stands, state=clocks.PAUSED, due=None, left=clocks.read_left(due))
    going = before is not None and before.state in (clocks.RUNNING, clocks.PAUSED)
    return ClockState(clocks.RUNNING, datetime.fromisoformat(due), None, stands.started if going else at)


def _journals(conn: sqlite3.Connection, desk: str) -> list[int]:
    known = desks(conn)
    return known.journals(desk or known.own)
