"""The board: everything with a running clock by minutes to breach, promises, what to follow up, and counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from deskapp.book import entry as ink
from deskapp.book import view, wallclock
from deskapp.book.database import Book
from deskapp.book.view import Record
from deskapp.desk import display
from deskapp.desk.card import announced
from deskapp.forms import clocks
from deskapp.forms.clocks import ClockState
from deskapp.forms.form import Form, Label, Step

CLOCK, PROMISE, FOLLOW, NOTICE = "clock", "promise", "follow", "notice"
APPOINTMENT = "appointment"
_MOST = 200


@dataclass(frozen=True, slots=True)
class Line:
    """A record on the board, with the clock that brought it there."""

    record: Record
    form: Form
    group: str
    """clock, promise, follow or notice."""
    clock: str | None = None
    stands: ClockState | None = None
    late: bool = False
    """Whether the clock has run out."""
    since: datetime | None = None
    """When the clock was paused."""

    def to_do(self, roles: frozenset[str]) -> Step | None:
        """The record's next step; but what the clock that brought it here waits for, where no step leads to that."""
        natural = display.next_step(self.form, self.record, roles)
        if self.clock is None or self.group == PROMISE or self.record.ended:
            return natural
        stops = self.form.clocks[self.clock].stops
        if natural and natural.name in stops:
            return natural
        allowed = self.form.allowed(self.record.state, self.record.marks, roles)
        return next((step for step in allowed if step.name in stops and not (step.to or step.sets)), natural)


@dataclass(frozen=True, slots=True)
class Count:
    """How many records of a form are open, or in the states that it counts, and how many of them are late."""

    form: Form
    open: int
    late: int
    tallies: tuple[tuple[Label, int], ...] = ()
    """What the form's tallies come to."""


@dataclass(frozen=True, slots=True)
class Board:
    """What is open now."""

    lines: tuple[Line, ...]
    counts: tuple[Count, ...]
    more: int
    """Lines left out, were there ever so many."""
    notices: tuple[Line, ...] = ()
    """What is announced and in force."""
    paused: int = 0
    """Clocks that stand still."""
    today: int = 0
    """Appointments of this day that are still to be kept."""
    unsure: bool = False
    """Whether the computer's clock is in doubt: then nothing is late, and nobody knows how many minutes are left."""


def board(book: Book, now: datetime, most: int | None = None) -> Board:
    """The board at this moment: breached first, then by minutes; paused below; then promises; then follow-ups."""
    conn, most = book.read, _MOST if most is None else most
    unsure = wallclock.jump(conn, book.journal, now) is not None
    paused = today = 0
    lines: list[Line] = []
    shown: dict[int, str] = {}
    late: dict[str, set[int]] = {}
    for record in view.running(conn):
        form = book.adopted(conn, record.journal, record.form, record.v)
        for name, stands in record.clocks.items():
            if stands.state not in (clocks.RUNNING, clocks.PAUSED):
                continue
            clock = form.clocks[name]
            over = not unsure and stands.state == clocks.RUNNING and stands.due is not None and stands.due < now
            paused += stands.state == clocks.PAUSED
            today += name == APPOINTMENT and stands.due is not None and stands.due.date() == now.date()
            if over:
                late.setdefault(form.name, set()).add(record.id)
            if clock.quiet and not over:
                continue
            group = FOLLOW if clock.quiet else PROMISE if clock.due and name == PROMISE else CLOCK
            lines.append(Line(record, form, group, name, stands, over))
            shown[record.id] = form.name
    counts: list[Count] = []
    more = 0
    for form in book.forms.values():
        if not form.board:
            continue
        going = view.count(conn, form.name, open_only=True, states=form.counts, of=view.NEAR)
        counts.append(Count(form, going, len(late.get(form.name, ())), tuple(_tallies(book, form))))
        if form.board == "list":
            going -= sum(name == form.name for name in shown.values())
            for record in view.page(conn, form.name, open_only=True, limit=most, of=view.NEAR):
                if record.id not in shown:
                    own = book.adopted(conn, record.journal, record.form, record.v)
                    lines.append(Line(record, own, FOLLOW))
                    going -= 1
            more += max(0, going)
    lines.sort(key=_urgency)
    kept = [_dated(book, line) for line in lines[:most]]
    notices = (Line(one.record, one.form, NOTICE) for one in announced(book, now) if not one.form.board)
    more += max(0, len(lines) - most)
    return Board(tuple(kept), tuple(counts), more, tuple(notices), paused, today, unsure)


def _dated(book: Book, line: Line) -> Line:
    """A line that says since when its clock has stood still."""
    if line.stands is None or line.clock is None or line.stands.state != clocks.PAUSED:
        return line
    pauses = line.form.clocks[line.clock].pauses
    moments = [one.moment for one in ink.standing(view.timeline(book.read, line.record)) if one.step in pauses]
    return replace(line, since=datetime.fromisoformat(moments[-1])) if moments else line


def _tallies(book: Book, form: Form) -> Iterator[tuple[Label, int]]:
    for one in form.tallies.values():
        own = partial(view.count, book.read, form.name, open_only=True, of=view.OWN)
        yield one.label, own(states=one.states, among=one.when, but=one.unless)


def _urgency(line: Line) -> tuple[int, int, float, int]:
    stands = line.stands
    paused = stands is not None and stands.state == clocks.PAUSED
    due = stands.due.timestamp() if stands and stands.due and not paused else float("inf")
    return (CLOCK, PROMISE, FOLLOW).index(line.group), paused, due, -line.record.id
