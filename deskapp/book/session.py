"""Who is signed in, and what the records say of him: his name and his roles."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from deskapp.book.desks import desks
from deskapp.errors import DeskError
from deskapp.forms.form import ROLES
from deskapp.text import clean, fold


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody signed in: the staff number stands in every entry he writes."""

    staff: str
    name: str
    roles: frozenset[str]


def session_of(conn: sqlite3.Connection, number: str) -> Session:
    """The session of a member of staff as the records say; raises DeskError for one who left."""
    sql = f"SELECT state, fields FROM records WHERE number = ? AND form = 'staff' AND {_ours(conn)} ORDER BY id DESC"
    row = conn.execute(sql, (number,)).fetchone()
    if row is None or row[0] != "active":
        raise DeskError("{staff} is not on the staff", "a manager registers staff", staff=number)
    fields = json.loads(row[1])
    return Session(
        number, str(fields.get("name", number)), frozenset(role for role in ROLES if fields.get(role) is True)
    )


def staff_number(conn: sqlite3.Connection, typed: str) -> str:
    """The staff number that was typed, in full; raises DeskError."""
    word = clean(typed)
    plain = fold(word)
    for number in (word, plain, *(f"staff-{code}" for code in (word, plain, plain.upper(), plain.lstrip("0")))):
        sql = f"SELECT 1 FROM records WHERE number = ? AND form = 'staff' AND {_ours(conn)}"
        if conn.execute(sql, (number,)).fetchone():
            return number
    raise DeskError("{staff} is not on the staff", "a manager registers staff", staff=word[:20] or "-")


def _ours(conn: sqlite3.Connection) -> str:
    """The test that a record is of this desk: another desk's staff never signs in here."""
    known = desks(conn)
    return known.among(known.own)
