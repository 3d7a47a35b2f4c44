"""What is true now: records, clocks and links, read from the view that is built from the journal."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from deskapp.book import entry as ink
from deskapp.book import index, lineage
from deskapp.book.entry import Entry
from deskapp.errors import Damaged, DeskError
from deskapp.forms import clocks
from deskapp.forms.clocks import ClockState
from deskapp.forms.values import Fields, Value

_COLUMNS = "id, journal, rec, form, v, number, state, ended, marks, opened, day, by, at, seq, fields"
_MANY = 500
"""How many values are asked for at once; a statement takes some hundreds anywhere."""


@dataclass(frozen=True, slots=True)
class Record:
    """A filled-in form as it stands."""

    id: int
    journal: int
    rec: int
    form: str
    v: int
    number: str
    state: str
    ended: bool
    marks: frozenset[str]
    opened: datetime
    day: str
    by: str
    """Who registered it."""
    at: str
    seq: int
    """The last entry's seq."""
    fields: Mapping[str, Value]
    clocks: Mapping[str, ClockState] = field(default_factory=dict)


def _spoken(text: str) -> Any:
    """JSON of the view; Damaged where it is not."""
    try:
        return ink.spoken(text)
    except ValueError as error:
        hint = "deskapp check tells more; restore a backup: deskapp restore"
        raise Damaged("the book is damaged ({error})", hint, error=type(error).__name__) from error


def record(conn: sqlite3.Connection, number: str) -> Record:
    """The record with this number; raises DeskError."""
    if found := lookup(conn, number):
        return found
    raise DeskError("there is no record {number}", "find looks for it by name, room or text", number=number[:40])


def lookup(conn: sqlite3.Connection, number: str) -> Record | None:
    """The record with this number, if there is one."""
    return _one(conn, "number = ?", (number,))


def record_at(conn: sqlite3.Connection, journal: int, rec: int) -> Record | None:
    """The record that an entry of this journal is about."""
    return _one(conn, "rec = ? AND journal = ?", (rec, lineage.root(conn, journal, rec)))


def _one(conn: sqlite3.Connection, where: str, values: Sequence[object]) -> Record | None:
    return next(_records(conn, where, values, limit=1), None)


def _records(
    conn: sqlite3.Connection, where: str, given: Sequence[object], *, limit: int, order: str = "id DESC"
) -> Iterator[Record]:
    rows = conn.execute(f"SELECT {_COLUMNS} FROM records WHERE {where} ORDER BY {order} LIMIT ?", (*given, limit))
    found = rows.fetchall()
    running = _clocks(conn, [row[0] for row in found])
    for row in found:
        id_, journal, rec, form, v, number, state, ended, marks, opened, day, by, at, seq, values = row
        yield Record(
            id_, journal, rec, form, v, number, state, bool(ended), frozenset(_spoken(marks)),
            datetime.fromisoformat(opened), day, by, at, seq, _spoken(values), running.get(id_, {}),
        )  # fmt: skip


def _clocks(conn: sqlite3.Connection, records: Sequence[int]) -> dict[int, dict[str, ClockState]]:
    """The clocks of these records, by record."""
    found: dict[int, dict[str, ClockState]] = {}
    for at in range(0, len(records), _MANY):
        some = records[at : at + _MANY]
        sql = f"SELECT * FROM due WHERE record IN ({','.join('?' * len(some))})"
        for id_, clock, state, due, left, started, stopped in conn.execute(sql, some):
            found.setdefault(id_, {})[clock] = ClockState(
                state, due and datetime.fromisoformat(due), left and clocks.read_left(left),
                started and datetime.fromisoformat(started), stopped and datetime.fromisoformat(stopped),
            )  # fmt: skip
    return found


def named(conn: sqlite3.Connection, number: str) -> tuple[tuple[int, str, int], Fields] | None:
    """The form that a record lives by (journal, name, version), and its fields: all that its name needs."""
    row = conn.execute("SELECT journal, form, v, fields FROM records WHERE number = ?", (number,)).fetchone()
    return (row[:3], _spoken(row[3])) if row else None


def fields(conn: sqlite3.Connection, form: str, number: str) -> Fields | None:
    """A record's field values and its `state`; None where there is no such record, or a void one."""
    row = conn.execute("SELECT form, state, fields FROM records WHERE number = ?", (number,)).fetchone()
    if row is None or row[0] != form or row[1] == "void":
        return None
    return {**_spoken(row[2]), "state": row[1]}


def holder(conn: sqlite3.Connection, name: str, value: str) -> str | None:
    """The number of the record that holds a value of a field whose values are used only once.

    A registration that was taken back holds nothing: it was never more than a slip of the finger.
    """
    sql = "SELECT number, journal, rec FROM links JOIN records ON id = record WHERE target = ? AND field = ?"
    for number, journal, rec in conn.execute(sql, (index.used(name, value), name)):
        if all(entry.undoes != rec for entry in ink.of_record(conn, journal, rec)):
            return str(number)
    return None


def page(
    conn: sqlite3.Connection, form: str, *, open_only: bool = False, states: Sequence[str] = (),
    where: Mapping[str, Value] | None = None, since: str | None = None,
    before: int | None = None, after: int | None = None, limit: int = 50,
) -> list[Record]:  # fmt: skip
    """A page of a form's records, newest first; `before`/`after` are ids (keyset, any depth costs the same).

    With `after`, the records just newer than it, still newest first. `since` is a business day.
    """
    test, values = _tests(form, open_only, states, where, since)
    if before is not None:
        test, values = f"{test} AND id < ?", [*values, before]
    if after is not None:
        newer = _records(conn, f"{test} AND id > ?", [*values, after], limit=limit, order="id")
        return list(newer)[::-1]
    return list(_records(conn, test, values, limit=limit))


def count(
    conn: sqlite3.Connection, form: str, *, open_only: bool = False, states: Sequence[str] = (),
    where: Mapping[str, Value] | None = None, since: str | None = None, most: int = 1000,
) -> int:  # fmt: skip
    """How many records a list holds, counted up to `most`."""
    test, values = _tests(form, open_only, states, where, since)
    sql = f"SELECT count(*) FROM (SELECT 1 FROM records WHERE {test} LIMIT ?)"
    return int(conn.execute(sql, (*values, most)).fetchone()[0])


def _tests(
    form: str, open_only: bool, states: Sequence[str], where: Mapping[str, Value] | None, since: str | None
) -> tuple[str, list[object]]:
    test, values = "form = ?", [form]  # type: tuple[str, list[object]]
    if open_only:
        test += " AND ended = 0"
    if states:
        test += f" AND state IN ({','.join('?' * len(states))})"
        values += states
    if since:
        test, values = f"{test} AND day >= ?", [*values, since]
    for name, value in (where or {}).items():
        test += " AND json_extract(fields, ?) = ?"
        values += [f"$.{name}", value]
    return test, values


def running(conn: sqlite3.Connection) -> list[Record]:
    """Every record with a clock that runs or is paused, the most urgent first."""
    live = "SELECT record FROM due WHERE state IN ('running', 'paused')"
    return list(_records(conn, f"id IN ({live})", (), limit=100_000))


def linked(
    conn: sqlite3.Connection, number: str, *, forms: Sequence[str] = (), limit: int = 50
) -> list[tuple[str, Record]]:  # fmt: skip
    """The records, of these forms if any are named, that name this one; newest first, each with the field that does."""
    places = ",".join("?" * len(forms))
    only = f"AND (SELECT form FROM records WHERE id = record) IN ({places})" if forms else ""
    sql = f"SELECT record, field FROM links WHERE target = ? {only} ORDER BY record DESC LIMIT ?"
    rows = conn.execute(sql, (number, *forms, limit)).fetchall()
    found = ((name, _one(conn, "id = ?", (id_,))) for id_, name in rows)
    return [(name, one) for name, one in found if one]


def by_ids(conn: sqlite3.Connection, ids: Sequence[int]) -> list[Record]:
    """The records with these ids, newest first."""
    return list(_records(conn, f"id IN ({','.join('?' * len(ids))})", ids, limit=len(ids)))


def total(conn: sqlite3.Connection, name: str) -> int:
    """A running total over all records of all forms that have it; money in hundredths."""
    row = conn.execute("SELECT amount FROM totals WHERE name = ?", (name,)).fetchone()
    return int(row[0]) if row else 0


def timeline(conn: sqlite3.Connection, of: Record) -> list[Entry]:
    """A record's entries, in order."""
    return list(ink.of_record(conn, of.journal, of.rec))


def tally(conn: sqlite3.Connection, of: Record, step: str) -> tuple[int, str | None]:
    """How often a step was recorded and not taken back, and when it last happened."""
    entries = timeline(conn, of)
    undone = {e.undoes for e in entries}
    moments = [e.moment for e in entries if e.step == step and e.seq not in undone]
    return len(moments), moments[-1] if moments else None
