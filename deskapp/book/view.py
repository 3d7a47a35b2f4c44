"""What is true now: records, clocks and links, read from the view that is built from the journal."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from deskapp.book import desks as whose
from deskapp.book import entry as ink
from deskapp.book import index, lineage
from deskapp.book.desks import Desks, desks
from deskapp.book.entry import Entry
from deskapp.errors import Damaged, DeskError
from deskapp.forms import clocks
from deskapp.forms.clocks import ClockState
from deskapp.forms.values import Fields, Value, stamp

_COLUMNS = "id, journal, rec, form, v, number, state, ended, marks, opened, day, by, at, seq, fields"
Answers = Mapping[str, Sequence[object]]
OWN, NEAR = "own", "near"
"""Whose records: the own desk's, or head office's too."""
_MANY = 500
"""How many values are asked for at once; a statement takes some hundreds anywhere."""
_LAST_CODES = 100
"""Among how many of the newest records the code given last is looked for."""


@dataclass(frozen=True, slots=True)
class Record:
    """A filled-in form as it stands."""

    id: int
    journal: int
    rec: int
    form: str
    v: int
    number: str
    """What it is called here; another desk's record bears the desk's name: desk-017/WT20261122-003."""
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
    """The record with this number; raises DeskError, also where several desks have one and none is ours."""
    place, several = _place(conn, number)
    if place and (found := _one(conn, "id = ?", (place,))):
        return found
    if several:
        raise DeskError("{number} is of several desks: {numbers}", "name the desk with it", number=number[:40],
                        numbers=" ".join(f"{desk}/{number}" for desk in several))  # fmt: skip
    raise DeskError("there is no record {number}", "find looks for it by name, room or text", number=number[:40])


def lookup(conn: sqlite3.Connection, number: str) -> Record | None:
    """The record with this number, if there is one and it is clear whose."""
    place, _ = _place(conn, number)
    return _one(conn, "id = ?", (place,)) if place else None


def _place(conn: sqlite3.Connection, number: str) -> tuple[int | None, list[str]]:
    """The id of the record that a number names here, or the desks that have such a number."""
    sql = "SELECT id, journal, form FROM records WHERE number = ?"
    rows = conn.execute(sql, (number,)).fetchall()
    if len(rows) == 1:
        return rows[0][0], []
    desk = ""
    if not rows and "/" in number:
        desk, plain = desks(conn).parted(number)
        rows = conn.execute(sql, (plain,)).fetchall()
    at, several = whose.pick(desks(conn), [row[1:] for row in rows], desk) if rows else (None, [])
    return (None, several) if at is None else (rows[at][0], [])


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
    known = desks(conn) if found else None
    for row in found:
        id_, journal, rec, form, v, number, state, ended, marks, opened, day, by, at, seq, values = row
        one = Record(
            id_, journal, rec, form, v, number, state, bool(ended), frozenset(_spoken(marks)),
            datetime.fromisoformat(opened), day, by, at, seq, _spoken(values), running.get(id_, {}),
        )  # fmt: skip
        yield one if known is None or known.of.get(journal) == known.own else _abroad(conn, known, one)


def _abroad(conn: sqlite3.Connection, known: Desks, one: Record) -> Record:
    """Another desk's record, with its number, its people and what it refers to as they are named here."""
    links = whose.references(conn, one.journal, one.form, one.v)
    guided = one.form in whose.GUIDED and known.of.get(one.journal) == whose.HQ
    return replace(
        one, number=one.number if guided else known.named(one.journal, one.number), by=known.named(one.journal, one.by),
        fields=whose.abroad(known, one.journal, links, one.fields),
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


def named(
    conn: sqlite3.Connection, number: str, journal: int | None = None
) -> tuple[tuple[int, str, int], Fields] | None:
    """The form that a record lives by (journal, name, version), and its fields: all that its name needs.

    With `journal`, the record that the number means in that journal, which may be another desk's.
    """
    if journal is not None and (known := desks(conn)).of.get(journal) != known.own:
        number = known.named(journal, number)
    place, _ = _place(conn, number)
    row = place and conn.execute("SELECT journal, form, v, fields FROM records WHERE id = ?", (place,)).fetchone()
    return (row[:3], _spoken(row[3])) if row else None


def fields(conn: sqlite3.Connection, form: str, number: str) -> Fields | None:
    """The values of a record that an answer may name, and its `state`; None where there is none, or a void one.

    Without a desk's name the record is our own, or a price of head office's board: whatever else others have of that
    number does not count here.
    """
    sql = "SELECT form, state, fields, journal, id, v FROM records WHERE number = ?"
    rows = conn.execute(sql, (number,)).fetchall()
    known = desks(conn)
    desk = known.own
    if not rows and "/" in number and form != "staff":
        desk, plain = known.parted(number)
        rows = conn.execute(sql, (plain,)).fetchall()
    rows = [row for row in rows if row[0] == form and _counts(known, desk, row[3], form)]
    if not rows:
        return None
    _, state, said, journal, _, v = max(rows, key=lambda row: (known.of.get(row[3]) == whose.HQ, row[3]))
    if state == "void":
        return None
    values = _spoken(said)
    if known.of.get(journal) != known.own:
        values = whose.abroad(known, journal, whose.references(conn, journal, form, v), values)
    return {**values, "state": state}


def _counts(known: Desks, desk: str, journal: int, form: str) -> bool:
    """Whether a record of this journal is what a number of that desk means."""
    of = known.of.get(journal)
    return of == desk or (form in whose.GUIDED and of == whose.HQ and desk == known.own)


def holder(conn: sqlite3.Connection, name: str, value: str) -> str | None:
    """The number of the record that holds a value of a field whose values are used only once.

    A registration that was taken back holds nothing: it was never more than a slip of the finger.
    """
    ours = desks(conn)
    sql = (
        "SELECT number, journal, rec FROM links JOIN records ON id = record "
        f"WHERE target = ? AND field = ? AND {ours.among(ours.own)}"
    )
    for number, journal, rec in conn.execute(sql, (index.used(name, value), name)):
        if all(entry.undoes != rec for entry in ink.of_record(conn, journal, rec)):
            return str(number)
    return None


def codes(conn: sqlite3.Connection, form: str, name: str) -> tuple[set[str], str]:
    """The codes in a field of our own open records of a form, and the one given last."""
    ours = desks(conn)
    test = f"form = ? AND {ours.among(ours.own)}"
    sql = f"SELECT json_extract(fields, ?) FROM records WHERE {test} AND ended = 0"
    taken = {str(row[0]) for row in conn.execute(sql, (f"$.{name}", form)) if row[0] is not None}
    sql = f"SELECT json_extract(fields, ?) FROM records WHERE {test} ORDER BY id DESC LIMIT {_LAST_CODES}"
    newest = (str(row[0]) for row in conn.execute(sql, (f"$.{name}", form)) if row[0] is not None)
    return taken, next(newest, "")


def highest(conn: sqlite3.Connection, name: str, first: str = "", last: str = "") -> str | None:
    """The highest value said of a field whose values are used only once, from one to another."""
    low, high = index.used(name, first), index.used(name, last) if last else f"{index.used(name, '')}\U0010ffff"
    sql = "SELECT max(target) FROM links WHERE target BETWEEN ? AND ? AND field = ?"
    found = conn.execute(sql, (low, high, name)).fetchone()[0]
    return str(found).partition("=")[2] if found else None


def page(
    conn: sqlite3.Connection, form: str, *, open_only: bool = False, states: Sequence[str] = (),
    where: Mapping[str, Value] | None = None, since: str | None = None,
    before: int | None = None, after: int | None = None, limit: int = 50, of: str = "",
    among: Answers | None = None, but: Answers | None = None,
) -> list[Record]:  # fmt: skip
    """A page of a form's records, newest first; `before`/`after` are ids (keyset, any depth costs the same).

    With `after`, the records just newer than it, still newest first. `since` is a business day; `of` says whose
    records: OWN, NEAR (head office's too), a desk's, or everybody's; `among` only those with one of these answers,
    `but` those with none of these.
    """
    test, values = _tests(conn, form, open_only, states, where, since, of, among, but)
    if before is not None:
        test, values = f"{test} AND id < ?", [*values, before]
    if after is not None:
        newer = _records(conn, f"{test} AND id > ?", [*values, after], limit=limit, order="id")
        return list(newer)[::-1]
    return list(_records(conn, test, values, limit=limit))


def count(
    conn: sqlite3.Connection, form: str, *, open_only: bool = False, states: Sequence[str] = (),
    where: Mapping[str, Value] | None = None, since: str | None = None, most: int = 1000, of: str = "",
    among: Answers | None = None, but: Answers | None = None,
) -> int:  # fmt: skip
    """How many records a list holds, counted up to `most`."""
    test, values = _tests(conn, form, open_only, states, where, since, of, among, but)
    sql = f"SELECT count(*) FROM (SELECT 1 FROM records WHERE {test} LIMIT ?)"
    return int(conn.execute(sql, (*values, most)).fetchone()[0])


def _tests(
    conn: sqlite3.Connection, form: str, open_only: bool, states: Sequence[str], where: Mapping[str, Value] | None,
    since: str | None, of: str, among: Answers | None, but: Answers | None,
) -> tuple[str, list[object]]:  # fmt: skip
    test, values = "form = ?", [form]  # type: tuple[str, list[object]]
    if of and (only := _of(conn, of)) != "1":
        test += f" AND {only}"
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
    for sign, answers in (("IN", among), ("NOT IN", but)):
        for name, wanted in (answers or {}).items():
            test += f" AND coalesce(json_extract(fields, ?), '') {sign} ({','.join('?' * len(wanted))})"
            values += [f"$.{name}", *wanted]
    return test, values


def _of(conn: sqlite3.Connection, of: str) -> str:
    known = desks(conn)
    return known.near if of == NEAR else known.among(known.own if of == OWN else of)


def running(conn: sqlite3.Connection) -> list[Record]:
    """Every record here or at head office with a clock that runs or is paused, the most urgent first."""
    live = "SELECT record FROM due WHERE state IN ('running', 'paused')"
    return list(_records(conn, f"id IN ({live}) AND {desks(conn).near}", (), limit=100_000))


def ran(conn: sqlite3.Connection, since: datetime) -> list[Record]:
    """Every own record with a clock that stopped since, or still runs or is paused; newest first."""
    known = desks(conn)
    among = "state IN ('running', 'paused') OR state IN ('kept', 'late') AND stopped >= ?"
    test = f"id IN (SELECT record FROM due WHERE {among}) AND {known.among(known.own)}"
    return list(_records(conn, test, (stamp(since),), limit=100_000))


def linked(
    conn: sqlite3.Connection, number: str, *, forms: Sequence[str] = (), limit: int = 50
) -> list[tuple[str, Record]]:  # fmt: skip
    """The records, of these forms if any are named, that name this one; newest first, each with the field that does.

    Those of its own desk call it by its number, all others by the desk's name too.
    """
    known = desks(conn)
    desk, plain = known.parted(number)
    test, values = "target = ?", [plain]
    if not known.alone:
        afar = f"{desk}/{plain}"
        test, values = f"target IN (?, ?) AND (target = ? OR {known.among(desk)})", [plain, afar, afar]
    if forms:
        test, values = f"{test} AND form IN ({','.join('?' * len(forms))})", [*values, *forms]
    sql = f"SELECT record, field FROM links CROSS JOIN records ON id = record WHERE {test} ORDER BY record DESC LIMIT ?"
    rows = conn.execute(sql, (*values, limit)).fetchall()
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
    """A record's entries, in order; another desk's name its people and records as they are named here."""
    entries = list(ink.of_record(conn, of.journal, of.rec))
    known = desks(conn)
    if known.of.get(of.journal) == known.own:
        return entries
    links = whose.references(conn, of.journal, of.form, of.v)
    return [_entry_abroad(known, links, entry) for entry in entries]


def _entry_abroad(known: Desks, links: frozenset[str], entry: Entry) -> Entry:
    said = {name: value for name, value in entry.data.items() if value is not None}
    data = {**entry.data, **whose.abroad(known, entry.journal, links, said)}
    for_ = known.named(entry.journal, entry.for_) if entry.for_ else None
    return replace(entry, by=known.named(entry.journal, entry.by), for_=for_, data=data)


def tally(conn: sqlite3.Connection, of: Record, step: str) -> tuple[int, str | None]:
    """How often a step was recorded and not taken back, and when it last happened."""
    moments = [one.moment for one in ink.standing(timeline(conn, of)) if one.step == step]
    return len(moments), moments[-1] if moments else None
