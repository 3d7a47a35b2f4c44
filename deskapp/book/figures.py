"""Figures over many records, counted by SQLite: own records, void ones left out."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from deskapp.book.days import first_record
from deskapp.book.desks import desks
from deskapp.forms.values import stamp

_OVER = "(d.state = 'late' OR (d.state = 'running' AND d.due < :now))"
_COUNTED = "r.id >= :first AND r.day BETWEEN :since AND :until AND r.state <> 'void'"


def late_by_hour(conn: sqlite3.Connection, since: str, until: str, now: datetime) -> dict[int, int]:
    """How many clocks ran out in each hour of the day, of records that were registered on these business days."""
    sql = f"""SELECT CAST(substr(d.due, 12, 2) AS INTEGER), count(*)
        FROM records r JOIN due d ON d.record = r.id WHERE {_COUNTED} AND {_own(conn)} AND {_OVER} GROUP BY 1"""
    return dict(conn.execute(sql, _given(conn, since, until, now)).fetchall())


def clocks_by_day(
    conn: sqlite3.Connection, form: str, names: tuple[str, ...], since: str, until: str, now: datetime
) -> dict[str, tuple[int, int]]:
    """How many of a form's clocks were kept and how many ran out, by the business day of registering."""
    places = ",".join(f"'{name}'" for name in names)
    sql = f"""SELECT r.day, sum(d.state = 'kept'), sum({_OVER})
        FROM records r JOIN due d ON d.record = r.id
        WHERE r.form = :form AND d.clock IN ({places}) AND {_COUNTED} AND {_own(conn)} GROUP BY 1"""
    rows = conn.execute(sql, _given(conn, since, until, now) | {"form": form})
    return {day: (kept, late) for day, kept, late in rows}


def marked_by_day(
    conn: sqlite3.Connection, form: str, states: tuple[str, ...], mark: str, field: str, value: str,
    since: str, until: str, now: datetime,
) -> dict[str, tuple[int, int, int]]:  # fmt: skip
    """Of a form's records in these states: how many there are, have a mark, and have besides it this answer; by day."""
    among = ",".join(f"'{state}'" for state in states)
    has = "EXISTS (SELECT 1 FROM json_each(r.marks) WHERE value = :mark)"
    sql = f"""SELECT r.day, count(*), sum({has}), sum({has} AND json_extract(r.fields, '$.' || :field) = :value)
        FROM records r WHERE r.form = :form AND r.state IN ({among}) AND {_COUNTED} AND {_own(conn)} GROUP BY 1"""
    given = _given(conn, since, until, now) | {"form": form, "mark": mark, "field": field, "value": value}
    return {day: (all_, marked, answered or 0) for day, all_, marked, answered in conn.execute(sql, given)}


def _own(conn: sqlite3.Connection) -> str:
    known = desks(conn)
    return known.among(known.own)


def _given(conn: sqlite3.Connection, since: str, until: str, now: datetime) -> dict[str, object]:
    return {"first": first_record(conn, since), "since": since, "until": until, "now": stamp(now)}
