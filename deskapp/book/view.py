"""What is true now: records, clocks and links, built from the journal entry by entry."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from deskapp.book import entry as ink
from deskapp.book import index, lineage
from deskapp.book.entry import FACTS, Entry
from deskapp.errors import Damaged, DeskError
from deskapp.forms import clocks
from deskapp.forms.clocks import ClockState
from deskapp.forms.form import VOID, Form
from deskapp.forms.values import Fields, Value

if TYPE_CHECKING:
    from deskapp.book.database import Book

_COLUMNS = "id, journal, rec, form, v, number, state, ended, marks, opened, day, by, at, seq, fields"


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


# ---------------------------------------------------------------- reading


def _spoken(text: str) -> Any:
    """JSON of the view; Damaged where it is not."""
    try:
        return json.loads(text)
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
    for row in rows.fetchall():
        id_, journal, rec, form, v, number, state, ended, marks, opened, day, by, at, seq, values = row
        yield Record(
            id_, journal, rec, form, v, number, state, bool(ended), frozenset(_spoken(marks)),
            datetime.fromisoformat(opened), day, by, at, seq, _spoken(values), _clocks(conn, id_),
        )  # fmt: skip


def _clocks(conn: sqlite3.Connection, record: int) -> dict[str, ClockState]:
    rows = conn.execute("SELECT clock, state, due, left, started, stopped FROM due WHERE record = ?", (record,))
    return {
        clock: ClockState(
            state, due and datetime.fromisoformat(due), left and clocks.read_left(left),
            started and datetime.fromisoformat(started), stopped and datetime.fromisoformat(stopped),
        )
        for clock, state, due, left, started, stopped in rows
    }  # fmt: skip


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


# ---------------------------------------------------------------- building


def apply(book: Book, conn: sqlite3.Connection, id_: int, entry: Entry) -> None:
    """Bring the view up to date with one entry: copies what it says, decides nothing."""
    if entry.form == "form":
        _adopt(book, conn, entry)
    elif entry.form == "journal" or entry.step in FACTS:
        return
    elif entry.seq == entry.rec:
        _register(book, conn, id_, entry)
    else:
        _change(book, conn, entry)


def _adopt(book: Book, conn: sqlite3.Connection, entry: Entry) -> None:
    name, text = str(entry.data["form"]), str(entry.data["text"])
    conn.execute("INSERT INTO forms VALUES (?, ?, ?, ?)", (entry.journal, name, entry.data["version"], text))
    form = book.adopted(conn, entry.journal, name, int(entry.data["version"] or 0))
    columns = ", ".join(f"json_extract(fields, '$.{key}') AS \"{key}\"" for key in form.fields)
    conn.execute(f"DROP VIEW IF EXISTS form_{name}")
    conn.execute(
        f"CREATE VIEW form_{name} AS SELECT number, state, opened, day AS business_day, {columns} "
        f"FROM records WHERE form = '{name}'"
    )


def _register(book: Book, conn: sqlite3.Connection, id_: int, entry: Entry) -> None:
    number = entry.number or f"{entry.form}-{entry.rec}"
    values = {key: value for key, value in entry.data.items() if value is not None}
    form = book.adopted(conn, entry.journal, entry.form, entry.v)
    text = index.text(book, conn, form, values)
    conn.execute(
        "INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (id_, entry.journal, entry.rec, entry.form, entry.v, number, entry.state, entry.ended,
         ink.line(list(entry.marks or ())), entry.moment, entry.day, entry.by, entry.at, entry.seq,
         ink.line(values), text),
    )  # fmt: skip
    digits = len(number) - len(number.rstrip("0123456789"))
    if 0 < digits < 19:
        conn.execute(
            "INSERT INTO numbers VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET n = max(n, excluded.n)",
            (entry.journal, number[:-digits], int(number[-digits:])),
        )
    _total(conn, form, (VOID, {}), (entry.state, values))
    index.add(conn, id_, text)
    index.keys(conn, id_, form, values, {})
    _set_due(conn, id_, entry)


def _change(book: Book, conn: sqlite3.Connection, entry: Entry) -> None:
    journal = lineage.root(conn, entry.journal, entry.rec)
    id_, v, state, marks, old, text = conn.execute(
        "SELECT id, v, state, marks, fields, text FROM records WHERE rec = ? AND journal = ?", (entry.rec, journal)
    ).fetchone()
    form = book.adopted(conn, journal, entry.form, v)
    before: dict[str, Value] = _spoken(old)
    values = dict(before)
    for key, value in entry.data.items():
        if value is None:
            values.pop(key, None)
        else:
            values[key] = value
    conn.execute(
        "UPDATE records SET state = ?, ended = ?, marks = ?, at = ?, seq = ?, fields = ? WHERE id = ?",
        (entry.state, entry.ended, marks if entry.marks is None else ink.line(list(entry.marks)), entry.at, entry.seq,
         ink.line(values), id_),
    )  # fmt: skip
    _total(conn, form, (state, before), (entry.state, values))
    if entry.data:
        said = {key: value for key, value in entry.data.items() if value is not None}
        if more := index.text(book, conn, form, said):
            # The index only grows: what a corrected record once said still finds it.
            longer = f"{text}\n{more}"
            index.replace(conn, id_, text, longer)
            conn.execute("UPDATE records SET text = ? WHERE id = ?", (longer, id_))
        index.keys(conn, id_, form, values, before)
    _set_due(conn, id_, entry)


def _total(
    conn: sqlite3.Connection, form: Form, before: tuple[str, Fields], after: tuple[str, Fields]
) -> None:  # fmt: skip
    """Keep the running totals: what the record adds now, without what it added before."""
    for total in form.totals.values():
        if change := total.share(*after) - total.share(*before):
            sql = "INSERT INTO totals VALUES (?, ?) ON CONFLICT DO UPDATE SET amount = amount + excluded.amount"
            conn.execute(sql, (total.name, change))


def _set_due(conn: sqlite3.Connection, id_: int, entry: Entry) -> None:
    if entry.undoes is not None:
        _turn_back(conn, id_, entry)
        return
    for clock, due in entry.due.items():
        _turn(conn, id_, clock, due, entry.moment)


def _turn_back(conn: sqlite3.Connection, id_: int, entry: Entry) -> None:
    """Bring the clocks of an undone step to where the entries that still stand had brought them."""
    journal = lineage.root(conn, entry.journal, entry.rec)
    entries = [one for one in ink.of_record(conn, journal, entry.rec) if one.seq <= entry.seq]
    undone = {one.undoes for one in entries}
    for clock in entry.due:
        conn.execute("DELETE FROM due WHERE record = ? AND clock = ?", (id_, clock))
    for one in entries:
        if one.undoes is None and one.seq not in undone:
            for clock in one.due.keys() & entry.due.keys():
                _turn(conn, id_, clock, one.due[clock], one.moment)


def _turn(conn: sqlite3.Connection, id_: int, clock: str, due: str | None, moment: str) -> None:
    """Start, move, pause or stop a clock; only a start, not a move, sets when it began."""
    place = (id_, clock)
    if due is None:
        conn.execute("UPDATE due SET state = ?, left = NULL WHERE record = ? AND clock = ?", (clocks.DROPPED, *place))
    elif due in (clocks.KEPT, clocks.LATE):
        sql = "UPDATE due SET state = ?, left = NULL, stopped = ? WHERE record = ? AND clock = ?"
        conn.execute(sql, (due, moment, *place))
    elif due.startswith(("P", "-P")):
        sql = "UPDATE due SET state = ?, due = NULL, left = ? WHERE record = ? AND clock = ?"
        conn.execute(sql, (clocks.PAUSED, due, *place))
    else:
        conn.execute(
            "INSERT INTO due VALUES (?, ?, ?, ?, NULL, ?, NULL) ON CONFLICT DO UPDATE SET state = excluded.state, "
            "due = excluded.due, left = NULL, stopped = NULL, started = CASE WHEN due.state IN "
            "('running', 'paused') THEN due.started ELSE excluded.started END",
            (*place, clocks.RUNNING, due, moment),
        )


def rebuild(book: Book, conn: sqlite3.Connection, progress: object = None) -> int:
    """Make the whole view anew from the journal, inside the caller's transaction; how many entries."""
    from deskapp.book.schema import VIEW_TABLES

    for (name,) in conn.execute(
        "SELECT name FROM sqlite_master WHERE type = 'view' AND name LIKE 'form\\_%' ESCAPE '\\'"
    ).fetchall():
        conn.execute(f'DROP VIEW "{name}"')
    for table in VIEW_TABLES:
        conn.execute(f"DELETE FROM {table}")
    conn.execute("INSERT INTO search (search) VALUES ('delete-all')")
    n = 0
    for row in conn.execute(f"SELECT id, {ink.COLUMNS} FROM journal ORDER BY id"):
        apply(book, conn, row[0], ink.read(row[1:]))
        n += 1
        if callable(progress) and n % 1000 == 0:
            progress(n)
    return n
