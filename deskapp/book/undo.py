"""Taking back the last step within a few minutes, or the whole act it belongs to."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from deskapp.book import entry as ink
from deskapp.book import lineage, view
from deskapp.book.database import Book
from deskapp.book.entry import Entry
from deskapp.book.view import Record
from deskapp.errors import DeskError
from deskapp.forms.form import VOID, Step
from deskapp.forms.steps import Decision
from deskapp.forms.values import Value

MINUTES = 5
"""How long a step can be taken back; afterwards it is corrected."""


def last_step(entries: Sequence[Entry]) -> Entry | None:
    """The last step that still stands."""
    return next(reversed(ink.still(entries)), None)


def may_undo(entry: Entry, staff: str, now: datetime) -> bool:
    """Whether this person may still take the entry back."""
    age = now - datetime.fromisoformat(entry.at)
    return entry.by == staff and abs(age) <= timedelta(minutes=MINUTES)


def left_the_desk(book: Book, conn: sqlite3.Connection, last: Entry) -> Step | None:
    """The step of an entry's act by which somebody was told, if there is one: that is corrected (ux F9.9)."""
    for one in _act(conn, last):
        form = book.adopted(conn, lineage.root(conn, one.journal, one.rec), one.form, one.v)
        step = form.steps.get(one.step)
        told = one.step == "correct" and form.corrects and form.corrects.asks.keys() & one.data.keys()
        if step and (step.leaves or told):
            return step
    return None


def plan(
    book: Book, conn: sqlite3.Connection, record: Record, staff: str, now: datetime
) -> Iterator[tuple[Record, tuple[Decision, int]]]:
    """What to write to take back the record's last step; an act's steps go together, last first.

    Raises DeskError where nothing can be taken back any more.
    """
    last = last_step(view.timeline(conn, record))
    if last is None:
        raise DeskError("{number}: nothing to take back", number=record.number)
    if not may_undo(last, staff, now):
        raise DeskError("{number}: only your own step of the last {minutes} minutes can be taken back",
                        "use correct or void, with a reason", number=record.number, minutes=MINUTES)  # fmt: skip
    if (gone := left_the_desk(book, conn, last)) is not None:
        raise DeskError("{number}: {step} was told outside the desk and is not taken back",
                        "correct what is wrong, with a reason, and tell them",
                        number=record.number, step=gone.label)  # fmt: skip
    for entry in reversed(_act(conn, last)):
        one = view.record_at(conn, entry.journal, entry.rec)
        if one is None:
            continue
        entries = view.timeline(conn, one)
        if (top := last_step(entries)) is None or top.seq != entry.seq:
            raise DeskError("{number} has gone on since: it can't be taken back", "use correct or void, with a reason",
                            number=one.number)  # fmt: skip
        yield one, (_before(one, entries, entry), entry.seq)


def _act(conn: sqlite3.Connection, entry: Entry) -> list[Entry]:
    """The entries of the act that an entry belongs to; itself alone if of none."""
    if entry.act is None:
        return [entry]
    rows = conn.execute(
        f"SELECT {ink.COLUMNS} FROM journal WHERE journal = ? AND seq >= ? ORDER BY seq", (entry.journal, entry.act)
    )
    found = [ink.read(row) for row in rows]
    return [one for one in found if one.act == entry.act]


def _before(record: Record, entries: Sequence[Entry], entry: Entry) -> Decision:
    """The record as it stood before the entry, as the decision of an undo."""
    if entry.seq == entry.rec:
        return Decision(VOID, ended=True, marks=None, due=dict.fromkeys(record.clocks))
    kept = [one for one in ink.still(entries) if one.seq < entry.seq]
    values: dict[str, Value] = {}
    marks: frozenset[str] = frozenset()
    due: dict[str, str | None] = {}
    for one in kept:
        values.update({k: v for k, v in one.data.items() if v is not None})
        for name in [k for k, v in one.data.items() if v is None]:
            values.pop(name, None)
        marks = frozenset(one.marks) if one.marks is not None else marks
        due.update(one.due)
    back = {clock: due.get(clock) for clock in entry.due}
    return Decision(
        kept[-1].state, kept[-1].ended, marks if marks != record.marks else None, back,
        {name: values.get(name) for name in entry.data},
    )  # fmt: skip
