"""What became of the clocks on a business day, and why the late ones were late (F6.1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from deskapp.book import entry as ink
from deskapp.book import view
from deskapp.book.database import Book
from deskapp.book.entry import Entry
from deskapp.book.view import Record
from deskapp.forms import clocks
from deskapp.forms.clocks import ClockState
from deskapp.forms.form import Clock, Field, Form
from deskapp.forms.values import Value

if TYPE_CHECKING:
    from deskapp.desk.day import Touched

SHIFT = "shift"
Why = tuple[Field, Value]
"""The field that says why, and what it says."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A clock that was decided that day, or had run out when it ended and still ran."""

    form: Form
    record: Record
    clock: Clock
    state: str
    """kept, late, or running."""
    due: datetime | None
    stopped: datetime | None
    reason: Why | None
    asked: bool
    """Whether there should be a reason."""

    @property
    def over(self) -> bool:
        """Whether it ran out."""
        return self.state != clocks.KEPT


def shifts(book: Book, day: date, desk: str) -> list[Record]:
    """The shifts that began on the day, oldest first, as they stand now: their hand-over may end after it."""
    if SHIFT not in book.forms:
        return []
    since = view.page(book.read, SHIFT, since=day.isoformat(), of=desk, limit=1000)
    return [one for one in reversed(since) if one.day == day.isoformat()]


def handed_on(book: Book, day: date, desk: str) -> dict[str, Why]:
    """Why an item was handed on unfinished, as the hand-over says it: the reason of what still runs late (F6.1)."""
    found: dict[str, Why] = {}
    for record in shifts(book, day, desk):
        why = book.adopted(book.read, record.journal, record.form, record.v).fields.get("why")
        for entry in ink.still(view.timeline(book.read, record)):
            said = entry.data.get("why")
            if why is not None and said is not None and entry.data.get("item"):
                found[str(entry.data["item"])] = (why, said)
    return found


def verdicts(
    touched: Sequence[Touched], stood: Sequence[tuple[Form, Record]], ended: datetime, handed: Mapping[str, Why]
) -> Iterator[Verdict]:
    """The clocks that records' entries of a day decided, and those that had run out at its end and ran on."""
    for one in touched:
        stands = dict(one.before.clocks) if one.before else {}
        for entry in one.entries:
            for name, due in entry.due.items():
                if (clock := one.form.clocks.get(name)) is None:
                    continue
                if due in (clocks.KEPT, clocks.LATE):
                    before = stands.get(name) or one.after.clocks.get(name)
                    stopped = datetime.fromisoformat(entry.moment)
                    yield _verdict(one.form, one.after, clock, due, before.due if before else None, stopped, handed,
                                   entry)  # fmt: skip
                elif due and not due.startswith(("P", "-P")):
                    stands[name] = ClockState(clocks.RUNNING, datetime.fromisoformat(due))
    for form, record in stood:
        for name, state in record.clocks.items():
            if state.state == clocks.RUNNING and state.due and state.due < ended and name in form.clocks:
                yield _verdict(form, record, form.clocks[name], clocks.RUNNING, state.due, None, handed)


def _verdict(
    form: Form, record: Record, clock: Clock, state: str, due: datetime | None, stopped: datetime | None,
    handed: Mapping[str, Why], entry: Entry | None = None,
) -> Verdict:  # fmt: skip
    """With the reason that the entry that stopped it says, that was said since, or at the hand-over."""
    name, asked = clock.late_asks, clock.late_asks is not None
    said = entry.data.get(name) if entry and name else None
    value = said if said is not None else record.fields.get(name) if name else None
    given = (form.fields[name], value) if name and value is not None else handed.get(record.number)
    return Verdict(form, record, clock, state, due, stopped, given, asked)


def paused(stood: Sequence[tuple[Form, Record]]) -> list[tuple[Form, Record, Clock, ClockState]]:
    """The clocks that stood still: they look innocent (F6.3)."""
    return [
        (form, record, form.clocks[name], state) for form, record in stood
        for name, state in record.clocks.items() if state.state == clocks.PAUSED and name in form.clocks
    ]  # fmt: skip
