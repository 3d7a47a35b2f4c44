"""Shifts: who is on duty, and which entries are whose (R140, R141; ux F2.1-F2.10).

A shift's line is the `start` of its hand-over, as long as that holds: back on duty, it is gone. An entry of form
`shift` belongs to the shift that it is about; one in an act with such an entry goes along with it (what was found in
the count); any other belongs to the first shift whose line comes after it, or to the one that has none yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from deskapp.book import entry as ink
from deskapp.book import view
from deskapp.book.database import Book
from deskapp.book.entry import FACTS, Entry
from deskapp.book.journal import Request
from deskapp.book.view import Record
from deskapp.desk import display

FORM = "shift"
ON_DUTY, COUNTING, HANDED_OVER, SEALED = "on_duty", "counting", "handed_over", "sealed"
LONG = timedelta(hours=26)
"""A shift that is open longer was forgotten: the longest one is a day and a night, and somebody may come late."""
_PAGE = 20


def on_duty(book: Book) -> Record | None:
    """The shift that is open, whose `by` is who is on duty."""
    return next(iter(view.page(book.read, FORM, open_only=True, limit=1, of=view.OWN)), None)


def last(book: Book) -> Record | None:
    """The last shift that was handed over or sealed."""
    return next((one for one in _newest(book) if one.state in (HANDED_OVER, SEALED)), None)


def shifts(book: Book, day: str) -> list[Record]:
    """The shifts that began on a business day, the first one first."""
    found: list[Record] = []
    for one in _newest(book):
        if one.day < day:
            break
        if one.day == day and _counts(book, one):
            found.append(one)
    return found[::-1]


def line(book: Book, shift: Record) -> int | None:
    """The seq after which entries are the next shift's; None while it is on duty, or was never handed over."""
    at: int | None = None
    for entry in view.timeline(book.read, shift):
        if entry.step in FACTS:
            continue
        if entry.state == ON_DUTY:
            at = None
        elif at is None and entry.state == COUNTING:
            at = entry.seq
    return at


def entries(book: Book, shift: Record) -> list[Entry]:
    """Every entry of a shift, in order; none is of two, and none after the first shift began is of nobody."""
    before, own = _before(book, shift), line(book, shift)
    if not _counts(book, shift):
        before = own = shift.rec - 1  # taken back: only what was written about itself
    upto = None if own is None else view.timeline(book.read, shift)[-1].seq
    found = list(ink.between(book.read, book.journal, min(before, shift.rec - 1), upto))
    acts = {one.act: one.rec for one in found if one.form == FORM and one.act is not None}
    return [one for one in found if _owner(one, acts, before, own, shift.rec) == shift.rec]


def after(book: Book) -> list[Entry]:
    """What was written since the last shift ended, while nobody is on duty: the next shift's."""
    newest = next(_newest(book), None)
    if newest is None or on_duty(book):
        return []
    at = line(book, newest)
    found = list(ink.between(book.read, book.journal, _before(book, newest) if at is None else at))
    acts = {one.act for one in found if one.form == FORM and one.act is not None}
    return [one for one in found if one.form != FORM and one.act not in acts]


def relief(book: Book, shift: Record, now: datetime) -> tuple[str, datetime] | None:
    """Who stands in just now, and until when."""
    for entry in reversed(ink.standing(view.timeline(book.read, shift))):
        if entry.step == "relieve":
            since, until = (datetime.fromisoformat(str(entry.data[name])) for name in ("since", "until"))
            return (str(entry.data["relief"]), until) if since <= now < until else None
    return None


def opening(book: Book, now: datetime) -> Request:
    """What takes the post: the next shift by the clock, after the last one."""
    before = last(book)
    return Request("register", {"name": turn(now), "previous": before.number if before else None}, FORM)


def turn(now: datetime) -> str:
    """Which shift begins at this hour, as offices usually divide the day."""
    return "morning" if 4 <= now.hour < 12 else "middle" if 12 <= now.hour < 18 else "night"


def title(book: Book, shift: Record, now: datetime) -> str:
    """A shift in words: which, who, and who stands in for him."""
    form = display.form_of(book, shift)
    words = f"{display.value(book, form.fields['name'], shift.fields.get('name'))} {display.person(book, shift.by)}"
    stands_in = relief(book, shift, now)
    return f"{words} ({display.person(book, stands_in[0])} {stands_in[1]:%H:%M})" if stands_in else words


def forgotten(shift: Record, now: datetime) -> bool:
    """Whether nobody has handed it over for longer than any shift lasts."""
    return now - shift.opened > LONG


def _newest(book: Book, before: int | None = None) -> Iterator[Record]:
    """Shifts, the newest first, as many as somebody wants to see."""
    while page := view.page(book.read, FORM, before=before, limit=_PAGE, of=view.OWN):
        yield from page
        before = page[-1].id


def _before(book: Book, shift: Record) -> int:
    """The line of the shift before; where there is none, all since the first shift was opened is this one's."""
    oldest = shift
    for one in _newest(book, shift.id):
        if (at := line(book, one)) is not None:
            return at
        oldest = one
    return oldest.rec - 1


def _counts(book: Book, shift: Record) -> bool:
    """Whether it was a shift: open, or handed over; not one that was taken back."""
    return not shift.ended or line(book, shift) is not None


def _owner(entry: Entry, acts: dict[int, int], before: int, own: int | None, rec: int) -> int | None:
    if entry.form == FORM:
        return entry.rec
    if entry.act is not None and entry.act in acts:
        return acts[entry.act]
    return rec if before < entry.seq and (own is None or entry.seq <= own) else None
