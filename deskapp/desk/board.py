"""The board: everything with a running clock by minutes to breach, promises, what to follow up, and counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from deskapp.book import view
from deskapp.book.database import Book
from deskapp.book.view import Record
from deskapp.desk import display
from deskapp.forms import clocks
from deskapp.forms.clocks import ClockState
from deskapp.forms.form import Form, Label, Step

CLOCK, PROMISE, FOLLOW = "clock", "promise", "follow"
_MOST = 200


@dataclass(frozen=True, slots=True)
class Line:
    """A record on the board, with the clock that brought it there."""

    record: Record
    form: Form
    group: str
    """clock, promise or follow."""
    clock: str | None = None
    stands: ClockState | None = None
    late: bool = False
    """Whether the clock has run out."""

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


def board(book: Book, now: datetime, most: int | None = None) -> Board:
    """The board at this moment: breached first, then by minutes; paused below; then promises; then follow-ups."""
    conn, most = book.read, _MOST if most is None else most
    lines: list[Line] = []
    shown: set[int] = set()
    late: dict[str, set[int]] = {}
    for record in view.running(conn):
        form = book.adopted(conn, record.journal, record.form, record.v)
        for name, stands in record.clocks.items():
            if stands.state not in (clocks.RUNNING, clocks.PAUSED):
                continue
            clock = form.clocks[name]
            over = stands.state == clocks.RUNNING and stands.due is not None and stands.due < now
            if over:
                late.setdefault(form.name, set()).add(record.id)
            if clock.quiet and not over:
                continue
            group = FOLLOW if clock.quiet else PROMISE if clock.due and name == PROMISE else CLOCK
            lines.append(Line(record, form, group, name, stands, over))
            shown.add(record.id)
    counts: list[Count] = []
    more = 0
    for form in book.forms.values():
        if not form.board:
            continue
        going = view.count(conn, form.name, open_only=True, states=form.counts, of=view.NEAR)
        counts.append(Count(form, going, len(late.get(form.name, ())), tuple(_tallies(book, form))))
        if form.board == "list":
            records = view.page(conn, form.name, open_only=True, limit=most, of=view.NEAR)
            more += max(0, counts[-1].open - len(records))
            for record in records:
                if record.id not in shown:
                    own = book.adopted(conn, record.journal, record.form, record.v)
                    lines.append(Line(record, own, FOLLOW))
    lines.sort(key=_urgency)
    return Board(tuple(lines[:most]), tuple(counts), more + max(0, len(lines) - most))


def _tallies(book: Book, form: Form) -> Iterator[tuple[Label, int]]:
    for one in form.tallies.values():
        own = partial(view.count, book.read, form.name, open_only=True, of=view.OWN)
        yield one.label, own(states=one.states, among=one.when, but=one.unless)


def _urgency(line: Line) -> tuple[int, int, float, int]:
    stands = line.stands
    paused = stands is not None and stands.state == clocks.PAUSED
    due = stands.due.timestamp() if stands and stands.due and not paused else float("inf")
    return (CLOCK, PROMISE, FOLLOW).index(line.group), paused, due, -line.record.id
