"""How records read to a person: values in words, short numbers, time left, masks."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal

from deskapp.book import view
from deskapp.book.database import Book
from deskapp.book.entry import Entry
from deskapp.book.view import Record
from deskapp.forms import clocks
from deskapp.forms.clocks import ClockState
from deskapp.forms.form import VOID, Field, Form, Step
from deskapp.forms.values import CHINA, Value
from deskapp.i18n import _, pick
from deskapp.text import mask_id, mask_name, mask_phone

_DATED = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})-([A-Z]?[0-9]+)\Z")
_MASKS = {"phone": mask_phone, "id-tail": mask_id, "person": mask_name}


def form_of(book: Book, record: Record) -> Form:
    """The form that a record lives by."""
    return book.adopted(book.read, record.journal, record.form, record.v)


def value(book: Book, field: Field, stored: Value | None, *, masked: bool = True) -> str:
    """A field's value in words. Masked: phones and ID numbers and, with them, whatever else is personal but a name."""
    if stored is None:
        return ""
    if masked and field.type != "person" and (field.personal or field.type in _MASKS):
        return _MASKS[field.type](str(stored)) if field.type in _MASKS else "*" * min(len(str(stored)), 6)
    match field.type:
        case "choice":
            choice = field.choice(stored)
            return pick(choice.label) if choice else str(stored)
        case "yes-no":
            return _("yes") if stored else _("no")
        case "money":
            return _("{amount} yuan").format(amount=stored)
        case "moment":
            return moment(datetime.fromisoformat(str(stored)), book.now())
        case "room" | "record" | "staff":
            return called(book, str(stored))
        case _:
            return str(stored)


def hidden(book: Book, field: Field, stored: Value | None) -> str:
    """A value as commands print it: everything personal masked, names too."""
    if stored is not None and field.type in _MASKS:
        return _MASKS[field.type](str(stored))
    return value(book, field, stored)


def called(book: Book, number: str) -> str:
    """What people call a record: a reference record by its name, any other by its short number."""
    names = book.names
    if number in names:
        return names[number]
    if (found := view.named(book.read, number)) is None:
        return number
    form = book.adopted(book.read, *found[0])
    name = found[1].get(form.naming or "")
    if name and not form.fields[form.naming or ""].personal:
        names[number] = str(name)
        return names[number]
    return short_number(form, number, book.now().date())


def short_number(form: Form, number: str, today: date) -> str:
    """A number as it is said: the form's sign, the day (of this month, or month and day), the serial."""
    found = _DATED.search(number)
    if not found or form.short is None:
        return number
    desk, slash, _plain = number.rpartition("/")
    year, month, day, serial = found.groups()
    sign = f"{desk}{slash}{pick(form.short)}"
    if (year, month) == (f"{today.year}", f"{today.month:02}"):
        return f"{sign}{day}-{serial}"
    return f"{sign}{'' if year == str(today.year) else year[2:]}{month}{day}-{serial}"


def state(form: Form, code: str) -> str:
    """A state or mark in words."""
    if code == VOID and VOID not in form.labels:
        return _("void")
    label = form.labels.get(code)
    return pick(label) if label else code


def what(book: Book, form: Form, record: Record) -> str:
    """What a record is about, in a line."""
    parts = (value(book, form.fields[name], record.fields.get(name)) for name in form.what)
    return " ".join(part for part in parts if part).replace("\n", " ")


def totals(book: Book, form: Form) -> list[str]:
    """What the form's records come to, in words: `Drawer 1280.00 yuan`."""
    found = []
    for total in form.totals.values():
        if total.label is None:
            continue
        amount = view.total(book.read, total.name)
        money = form.fields[total.sum].type == "money"
        shown = _("{amount} yuan").format(amount=f"{Decimal(amount).scaleb(-2):.2f}") if money else str(amount)
        found.append(f"{pick(total.label)} {shown}")
    return found


def person(book: Book, staff: str) -> str:
    """A member of staff or provider by name."""
    return called(book, staff)


def next_step(form: Form, record: Record, roles: frozenset[str]) -> Step | None:
    """The step that the board offers for a record."""
    return None if record.ended else form.next_step(record.state, record.marks, roles)


def moment(then: datetime, now: datetime) -> str:
    """A moment, short: the time today, `11-24 09:00` this year, else in full."""
    then = then.astimezone(CHINA)
    if then.date() == now.astimezone(CHINA).date():
        return f"{then:%H:%M}"
    return f"{then:%m-%d %H:%M}" if then.year == now.year else f"{then:%Y-%m-%d %H:%M}"


def left(clock: ClockState, now: datetime, *, since: datetime | None = None, unsure: bool = False) -> str:
    """The time a clock has left, or how late it is, in words; no minutes where the computer's clock is `unsure`.

    `since` is when it was paused.
    """
    if clock.state == clocks.PAUSED or clock.due is None:
        return _("paused {span}").format(span=span(now - since)) if since and not unsure else _("paused")
    if unsure:
        return _("unsure")
    ahead = clock.due - now
    return (_("left {span}") if ahead >= timedelta() else _("late {span}")).format(span=span(abs(ahead)))


def verdict(clock: ClockState, now: datetime) -> str:
    """How a clock stands: the time left, or what came of it."""
    match clock.state:
        case clocks.KEPT:
            return _("kept")
        case clocks.LATE:
            late = clock.stopped - clock.due if clock.stopped and clock.due else timedelta()
            return _("late {span}").format(span=span(late))
        case clocks.DROPPED:
            return _("dropped")
        case _:
            return left(clock, now)


def span(time: timedelta) -> str:
    """A span of time as the board says it: minutes below 100, then hours, from three days on days."""
    minutes = int(time.total_seconds() // 60)
    if minutes < 100:
        return _("{n:02}m").format(n=minutes)
    hours = minutes // 60
    return _("{n}h").format(n=hours) if hours < 72 else _("{n}d").format(n=hours // 24)


def told_late(entry: Entry) -> int:
    """How many minutes after it happened an entry was written; 0 when at once."""
    if entry.when is None:
        return 0
    return int((datetime.fromisoformat(entry.at) - datetime.fromisoformat(entry.when)).total_seconds() // 60)
