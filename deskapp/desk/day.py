"""A business day, gathered from the journal: what was written, how its records stood before and after, what is open.

The same whenever it is asked for: what is mended on a later day belongs to that day.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from deskapp.book import days, desks, view
from deskapp.book.database import Book
from deskapp.book.entry import Entry
from deskapp.book.view import Record
from deskapp.desk import money
from deskapp.desk.money import Money
from deskapp.forms import clocks
from deskapp.forms.clocks import ClockState
from deskapp.forms.form import VOID, Clock, Form
from deskapp.forms.values import CHINA, Value

SHIFT = "shift"
_APART = frozenset({"daily", SHIFT})
"""Forms that are not the day's work but the frame round it."""


@dataclass(frozen=True, slots=True)
class Touched:
    """A record on which something was written that day."""

    form: Form
    before: Record | None
    """As it stood when the day began; None where it was registered on it."""
    after: Record
    entries: tuple[Entry, ...]
    """The day's, without what was taken back."""

    @property
    def fresh(self) -> bool:
        """Whether it was registered that day."""
        return self.before is None

    @property
    def ended(self) -> bool:
        """Whether it came to its end that day."""
        return self.after.ended and not (self.before and self.before.ended)


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
    reason: tuple[str, Value] | None
    """The field that says why, and what it says."""

    @property
    def over(self) -> bool:
        """Whether it ran out."""
        return self.state != clocks.KEPT


@dataclass(frozen=True, slots=True)
class Total:
    """What one form's records came to that day."""

    form: Form
    fresh: int
    ended: int
    void: int
    open: int


@dataclass(frozen=True, slots=True)
class Day:
    """One business day of one desk."""

    day: date
    begins: datetime
    ends: datetime
    desk: str
    head: tuple[int, str]
    """The last entry of the day: its seq and hash; (0, "") where nothing was written."""
    first: int
    entries: tuple[Entry, ...]
    touched: tuple[Touched, ...]
    open: tuple[tuple[Form, Record], ...]
    verdicts: tuple[Verdict, ...]
    paused: tuple[tuple[Form, Record, Clock, ClockState], ...]
    totals: tuple[Total, ...]
    money: Money

    def of(self, form: str) -> list[Touched]:
        """What was written on one form's records, by its time."""
        return [one for one in self.touched if one.form.name == form]

    def open_of(self, form: str) -> list[Record]:
        """One form's records that were open at the end."""
        return [record for one, record in self.open if one.name == form]

    def total(self, form: str) -> Total | None:
        """One form's."""
        return next((one for one in self.totals if one.form.name == form), None)

    @property
    def kept(self) -> int:
        """Clocks that were kept."""
        return sum(not one.over for one in self.verdicts)

    @property
    def late(self) -> int:
        """Clocks that ran out."""
        return sum(one.over for one in self.verdicts)

    @property
    def unexplained(self) -> int:
        """Clocks that ran out, should have a reason, and have none."""
        return sum(one.over and one.clock.late_asks is not None and one.reason is None for one in self.verdicts)


def moments(book: Book, day: date) -> tuple[datetime, datetime]:
    """When a business day begins and ends."""
    begins = datetime.combine(day, book.rules.day_starts, CHINA)
    return begins, begins + timedelta(days=1)


def gather(book: Book, day: date, desk: str = "") -> Day:
    """Read a business day, of this desk or of another whose journal is here."""
    conn = book.read
    begins, ends = moments(book, day)
    span = days.span(conn, day.isoformat(), desk)
    whose = desk or desks.desks(conn).own
    if span is None:
        return Day(day, begins, ends, whose, (0, ""), 0, (), (), (), (), (), (), Money())
    entries = days.entries(conn, day.isoformat(), desk)
    standing = {one.seq for one in days.still(entries)}
    touched = []
    for record in days.touched(conn, entries):
        form = book.adopted(conn, record.journal, record.form, record.v)
        timeline = view.timeline(conn, record)
        own = [one for one in timeline if one.day == day.isoformat() and one.seq <= span.last]
        before = [one for one in timeline if one.seq < own[0].seq]
        upto = [one for one in timeline if one.seq <= own[-1].seq]
        touched.append(Touched(
            form, days.stood(record, before) if before else None, days.stood(record, upto),
            tuple(one for one in own if one.seq in standing),
        ))  # fmt: skip
    forms = [one.name for one in book.forms.values() if one.board and one.name not in _APART]
    stood = [(book.adopted(conn, one.journal, one.form, one.v), one)
             for one in days.open_at(conn, forms, span.last, desk)]  # fmt: skip
    ended = min(ends, book.now())
    return Day(
        day, begins, ends, whose, (span.last, span.hash), span.first, tuple(entries), tuple(touched), tuple(stood),
        tuple(_verdicts(touched, stood, ended)), tuple(_paused(stood)), tuple(_totals(book, touched, stood)),
        money.gather((one.form, one.before, one.after, one.entries) for one in touched),
    )  # fmt: skip


def _verdicts(touched: list[Touched], stood: list[tuple[Form, Record]], ended: datetime) -> list[Verdict]:
    found = []
    for one in touched:
        stands = dict(one.before.clocks) if one.before else {}
        for entry in one.entries:
            for name, due in entry.due.items():
                clock = one.form.clocks.get(name)
                if clock is None:
                    continue
                if due in (clocks.KEPT, clocks.LATE):
                    before = stands.get(name) or one.after.clocks.get(name)
                    found.append(Verdict(
                        one.form, one.after, clock, due, before.due if before else None,
                        datetime.fromisoformat(entry.moment), _reason(clock, one.after, entry),
                    ))  # fmt: skip
                elif due and not due.startswith(("P", "-P")):
                    stands[name] = ClockState(clocks.RUNNING, datetime.fromisoformat(due))
    for form, record in stood:
        for name, state in record.clocks.items():
            if state.state == clocks.RUNNING and state.due and state.due < ended and name in form.clocks:
                clock = form.clocks[name]
                found.append(Verdict(form, record, clock, clocks.RUNNING, state.due, None, _reason(clock, record)))
    return found


def _reason(clock: Clock, record: Record, entry: Entry | None = None) -> tuple[str, Value] | None:
    """Why it was late: what the entry that stopped it says, or what was said since."""
    if clock.late_asks is None:
        return None
    said = entry.data.get(clock.late_asks) if entry else None
    value = said if said is not None else record.fields.get(clock.late_asks)
    return None if value is None else (clock.late_asks, value)


def _paused(stood: list[tuple[Form, Record]]) -> list[tuple[Form, Record, Clock, ClockState]]:
    return [
        (form, record, form.clocks[name], state) for form, record in stood
        for name, state in record.clocks.items() if state.state == clocks.PAUSED and name in form.clocks
    ]  # fmt: skip


def _totals(book: Book, touched: list[Touched], stood: list[tuple[Form, Record]]) -> list[Total]:
    counts: dict[str, Counter[str]] = {}
    for one in touched:
        count = counts.setdefault(one.form.name, Counter())
        void = one.after.state == VOID and (one.before is None or one.before.state != VOID)
        count["void"] += void
        count["fresh"] += one.fresh
        count["ended"] += one.ended and not void
    for form, record in stood:
        if not form.counts or record.state in form.counts:
            counts.setdefault(form.name, Counter())["open"] += 1
    return [
        Total(form, counts[form.name]["fresh"], counts[form.name]["ended"], counts[form.name]["void"],
              counts[form.name]["open"])
        for form in book.forms.values() if form.name in counts and form.name not in _APART
    ]  # fmt: skip
