"""A business day, gathered from the journal: what was written, how its records stood before and after, what is open.

The same whenever it is asked for: what is mended on a later day belongs to that day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from deskapp.book import days, desks, view
from deskapp.book import entry as ink
from deskapp.book.database import Book
from deskapp.book.entry import Entry
from deskapp.book.view import Record
from deskapp.desk import money
from deskapp.desk.money import Money
from deskapp.desk.verdicts import SHIFT, Verdict, handed_on, paused, verdicts
from deskapp.forms.clocks import ClockState
from deskapp.forms.form import VOID, Clock, Form
from deskapp.forms.values import CHINA

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

    def count(self, state: str) -> int:
        """Clocks that were kept or stopped late that day, or had run out at its end and ran on."""
        return sum(one.state == state for one in self.verdicts)

    @property
    def left(self) -> int:
        """How many records stayed open, as the board counts them."""
        return sum(one.open for one in self.totals)

    @property
    def unexplained(self) -> int:
        """Clocks that ran out, should have a reason, and have none."""
        return sum(one.over and one.asked and one.reason is None for one in self.verdicts)


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
    standing = {one.seq for one in ink.still(entries)}
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
    judged = verdicts(touched, stood, min(ends, book.now()), handed_on(book, day, whose))
    return Day(
        day, begins, ends, whose, (span.last, span.hash), span.first, tuple(entries), tuple(touched), tuple(stood),
        tuple(judged), tuple(paused(stood)), tuple(_totals(book, touched, stood)),
        money.gather((one.form, one.before, one.after, one.entries) for one in touched),
    )  # fmt: skip


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


def drawer_at(book: Book, seq: int) -> int:
    """What the drawer should have held when entry `seq` had been written; hundredths."""
    conn = book.read
    amount = view.total(conn, "drawer")
    for record in days.changed_since(conn, seq):
        form = book.adopted(conn, record.journal, record.form, record.v)
        if "drawer" in form.totals:
            then = days.as_of(conn, record, seq)
            amount += money.share(form, then)["drawer"] - money.share(form, record)["drawer"]
    return amount


def difference(book: Book, day: Day, shifts: Sequence[Record]) -> int:
    """What is over (or, below 0, short): as the day's shifts booked it, wherever the night ended, and others (F2.4).

    A hand-over books it in the act of its signature; that of the night before is the day's before.
    """
    conn = book.read
    found = Counter[str]()
    for shift in shifts:
        for act in {entry.act for entry in ink.still(view.timeline(conn, shift)) if entry.act is not None}:
            for record in days.touched(conn, days.act(conn, shift.journal, act)):
                found.update(money.share(book.adopted(conn, record.journal, record.form, record.v), record))
    handed = {entry.act for entry in day.entries if entry.form == SHIFT and entry.act is not None}
    for one in day.touched:
        if not any(entry.act in handed for entry in one.entries):
            found.update(money.share(one.form, one.after))
            found.subtract(money.share(one.form, one.before))
    return found["over"] - found["short"]
