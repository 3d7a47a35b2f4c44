"""What ran out, by whom and why, and which clocks were paused: read from the book, nothing is written (ux 3.9)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from deskapp.book import entry as ink
from deskapp.book import view
from deskapp.book.database import Book
from deskapp.book.entry import Entry
from deskapp.book.view import Record
from deskapp.desk import display
from deskapp.forms import clocks
from deskapp.forms.form import Clock, Form
from deskapp.i18n import _, pick


@dataclass(frozen=True, slots=True)
class Late:
    """A clock that ran out, or was paused."""

    record: Record
    form: Form
    clock: Clock
    due: datetime | None
    """When it ran out; None for a pause."""
    stopped: datetime | None
    """When what was promised was done, or the clock went on; None: not yet."""
    span: timedelta
    """How late it is, or how long it stood still."""
    reason: str
    story: tuple[str, ...]
    """Who is at it, and the steps with their author and time: the dispatch, the slip, what the customer was told."""


@dataclass(frozen=True, slots=True)
class Lateness:
    """What became of the clocks since a moment; quiet ones, as the age of mail, are not promises."""

    since: datetime
    kept: int
    late: tuple[Late, ...]
    paused: tuple[Late, ...]

    @property
    def rate(self) -> float:
        """How many of a hundred were kept."""
        return 100 * self.kept / max(1, self.kept + len(self.late))


def lateness(book: Book, since: datetime, now: datetime) -> Lateness:
    """The clocks that stopped since, or run late, or were paused; the longest late first."""
    kept = 0
    late: list[Late] = []
    paused: list[Late] = []
    for record in view.ran(book.read, since):
        form = display.form_of(book, record)
        entries = ink.standing(view.timeline(book.read, record)) if _told(form, record, now) else []
        for name, stands in record.clocks.items():
            clock = form.clocks.get(name)
            if clock is None or clock.quiet:
                continue
            recent = stands.stopped is not None and stands.stopped >= since
            kept += recent and stands.state == clocks.KEPT
            over = stands.state == clocks.RUNNING and stands.due is not None and stands.due < now
            if stands.due and (over or (recent and stands.state == clocks.LATE)):
                done = None if over else stands.stopped
                reason, story = _reason(book, form, clock, record), tuple(_story(book, form, record, entries, now))
                late.append(Late(record, form, clock, stands.due, done, (done or now) - stands.due, reason, story))
            paused += _pauses(book, record, form, clock, entries, since, now)
    late.sort(key=lambda one: (-one.span, one.record.id))
    paused.sort(key=lambda one: (-one.span, one.record.id))
    return Lateness(since, kept, tuple(late), tuple(paused))


def _told(form: Form, record: Record, now: datetime) -> bool:
    """Whether the entries of the record are worth reading: a clock of it is late, or may be paused."""
    return any(
        stands.state in (clocks.LATE, clocks.PAUSED) or (stands.due is not None and stands.due < now)
        or (name in form.clocks and form.clocks[name].pauses)
        for name, stands in record.clocks.items()
    )  # fmt: skip


def _reason(book: Book, form: Form, clock: Clock, record: Record) -> str:
    name = clock.late_asks or ""
    return display.hidden(book, form.fields[name], record.fields.get(name)) if name else ""


def _story(book: Book, form: Form, record: Record, entries: list[Entry], now: datetime) -> Iterator[str]:
    if follow := record.fields.get(form.follow or ""):
        yield f"{pick(form.fields[form.follow or ''].label)} {display.person(book, str(follow))}"
    for one in entries:
        step = form.steps.get(one.step)
        if step is not None:
            when = display.moment(datetime.fromisoformat(one.moment), now)
            yield f"{pick(step.label)} {display.person(book, one.by)} {when}"


def _pauses(
    book: Book, record: Record, form: Form, clock: Clock, entries: list[Entry], since: datetime, now: datetime
) -> Iterator[Late]:
    """Each time the clock stood still, with what was said of it."""
    begun: Entry | None = None
    for one in (*entries, None):
        if one is not None and one.step in clock.pauses and begun is None:
            begun = one
        elif begun is not None and (one is None or one.step in clock.resumes | clock.stops | clock.drops):
            end = datetime.fromisoformat(one.moment) if one else None
            live = record.clocks[clock.name].state == clocks.PAUSED
            if (end or now) >= since and (one is not None or live):
                span = (end or now) - datetime.fromisoformat(begun.moment)
                yield Late(record, form, clock, None, end, span, _why(book, form, begun), ())
            begun = None


def _why(book: Book, form: Form, entry: Entry) -> str:
    """What the pausing step was answered: its choices, and what was agreed."""
    said = []
    for name, value in entry.data.items():
        field = form.fields.get(name)
        if field is not None and value is not None and field.type == "choice":
            said.append(display.value(book, field, value))
        elif field is not None and field.type == "yes-no":
            said.append(pick(field.label) if value else _("{field}: no").format(field=pick(field.label)))
    return " ".join(said)


def done(one: Late, now: datetime) -> str:
    """When it was done at last, in words."""
    return display.moment(one.stopped, now) if one.stopped else _("not done yet")


def summary(found: Lateness, now: datetime) -> str:
    """How many clocks there were, and how many were kept."""
    words = _("since {since}   {all} clocks   kept {kept}   late {late}   {rate:.1f}% kept")
    count = len(found.late)
    return words.format(since=display.moment(found.since, now), all=found.kept + count, kept=found.kept, late=count,
                        rate=found.rate)  # fmt: skip
