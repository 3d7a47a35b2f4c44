"""The running clocks at a glance: read in a few milliseconds, without the forms and before anything else is imported.

What visitors may see before anybody signs in, and the first picture of a start. The board itself is `desk.board`; a
test holds the two against each other.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import tomli

from deskapp.book import wallclock

_MOST = 200
_LIVE = """SELECT CASE WHEN j.desk = o.desk THEN r.number ELSE j.desk || '/' || r.number END,
        r.state, d.clock, d.due, d.state = 'paused', f.text, r.id
    FROM due AS d JOIN records AS r ON r.id = d.record
    JOIN journals AS j ON j.id = r.journal JOIN own JOIN journals AS o ON o.id = own.journal
    JOIN forms AS f ON f.journal = r.journal AND f.form = r.form AND f.v = r.v
    WHERE d.state IN ('running', 'paused') AND j.desk IN (o.desk, 'hq')"""
_TABLES = re.compile(r"^(?=\[)", re.MULTILINE)
_KEPT = ("[labels]", "[clocks.")


class Glance(NamedTuple):
    """One running or paused clock."""

    number: str
    sign: Mapping[str, str]
    """The form's short name, by language; empty where it has none."""
    state: Mapping[str, str]
    """The state in words, by language."""
    due: datetime | None
    paused: bool
    late: bool
    unsure: bool = False
    """Whether the computer's clock is in doubt: nobody knows how many minutes are left (ux F7.2)."""


def glance(path: Path, now: datetime) -> list[Glance]:
    """The clocks of a book in the board's order; nothing of a book that can't be read: opening it will say why."""
    try:
        conn = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, isolation_level=None)
        try:
            rows = conn.execute(_LIVE).fetchall()
            own = conn.execute("SELECT journal FROM own").fetchone()
            unsure = own is not None and wallclock.jump(conn, own[0], now) is not None
        finally:
            conn.close()
    except sqlite3.Error:
        return []
    forms: dict[str, Mapping[str, Any]] = {}
    found: list[tuple[tuple[int, bool, float, int], Glance]] = []
    for number, state, clock, due, paused, text, id_ in rows:
        form = forms[text] if text in forms else forms.setdefault(text, _outline(text))
        until = datetime.fromisoformat(due) if due else None
        late = not unsure and not paused and until is not None and until < now
        about = form.get("clocks", {}).get(clock, {})
        quiet = bool(about.get("quiet"))
        if quiet and not late:
            continue
        group = 2 if quiet else 1 if about.get("due") and clock == "promise" else 0
        urgency = until.timestamp() if until and not paused else float("inf")
        label = form.get("labels", {}).get(state, {"zh": state, "en": state})
        one = Glance(number, form.get("short", {}), label, until, bool(paused), late, unsure)
        found.append(((group, bool(paused), urgency, -id_), one))
    found.sort(key=lambda pair: pair[0])
    return [one for _urgency, one in found[:_MOST]]


def _outline(text: str) -> Mapping[str, Any]:
    """What a glance needs of a form: its head, labels and clocks. Reading all of it would take ten times as long."""
    head, *tables = _TABLES.split(text)
    try:
        return tomli.loads(head + "".join(table for table in tables if table.startswith(_KEPT)))
    except tomli.TOMLDecodeError:  # a line within a long text began with a bracket
        return tomli.loads(text)
