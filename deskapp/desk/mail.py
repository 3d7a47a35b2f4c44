"""Mail that comes in: for whom a piece is, what is wrong with it, what a courier's delivery comes to (R83-R86)."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time

from deskapp.book import view
from deskapp.book.database import Book
from deskapp.book.journal import Request
from deskapp.book.search import Query, Tail, find
from deskapp.book.view import Record
from deskapp.desk import people
from deskapp.errors import DeskError
from deskapp.forms.form import Choice, Field, Form
from deskapp.forms.values import CHINA, Context, Missing, Value, parse
from deskapp.text import fold

MAIL, DELIVERY = "mail", "delivery"
HELD, REFUSED, MISTAKEN = "held", "refused", "mistaken"
UNKNOWN = "0"
"""The room of a piece as long as nobody knows whose it is."""
_MOST = 1000
_TAIL = re.compile(r"[0-9]{4}\Z")


@dataclass(frozen=True, slots=True)
class Addressee:
    """For whom a piece is, as far as that is known."""

    room: str
    name: str = ""
    phone: str = ""
    declines: bool = False
    """Whether he said that the desk should not take mail in for him (R84)."""


def form_of(book: Book, name: str, *fields: str) -> Form:
    """A form of the mail room; raises DeskError where the office's own lacks what is worked with here."""
    form = book.forms.get(name)
    if form is None or not set(fields) <= form.fields.keys():
        raise DeskError("the form {form} is not the one that this function works with",
                        "use its list instead, or take the office's own form away", form=name)  # fmt: skip
    return form


def addressees(book: Book, typed: str) -> list[Addressee]:
    """For whom a piece may be: by room, by the last four of a phone, or 0; nobody where a tail is not known.

    Raises WrongAnswer for a room that there is not.
    """
    word = fold(typed).strip()
    tail = _TAIL.match(word)
    found = [_addressee(book, one) for one in people.by_tail(book, word)] if tail else []
    try:
        room = read_room(book, word)
    except DeskError:
        if not tail:
            raise
        return found
    return [*found, *([] if any(one.room == room for one in found) else [living(book, room)])]


def read_room(book: Book, typed: str) -> str:
    """The room that was typed; raises WrongAnswer, Missing."""
    field = Field("room", "room", form_of(book, MAIL, "room").fields["room"].label)
    room = parse(field, typed, Context(find=lambda form, number: view.fields(book.read, form, number)))
    if room is None:
        raise Missing(field)
    return str(room)


def living(book: Book, room: str) -> Addressee:
    """Who lives in a room, if that is one person only; any other name stands on the label."""
    found = people.residents(book, room)
    return _addressee(book, found[0]) if len(found) == 1 else Addressee(room)


def _addressee(book: Book, person: Record) -> Addressee:
    declines = person.fields.get("mail") is False
    return Addressee(
        people.room_of(book, person), people.name_of(book, person), people.phone_of(book, person)[1], declines
    )


def exceptions(form: Form) -> Field:
    """Whatever may be unusual about a piece, as one question: its condition, its kind; empty: nothing."""
    asked = form.fields["condition"]
    choices = [one for name in ("condition", "kind") for one in _unusual(form.fields[name])]
    return dataclasses.replace(asked, name="exception", choices=tuple(choices[:9]), default=None)


def _unusual(field: Field) -> Iterable[Choice]:
    return (choice for choice in field.choices if choice.code != field.default)


def piece(book: Book, delivery: Record, to: Addressee, waybill: str, exception: str) -> Request:
    """What registers a piece of a delivery."""
    form = form_of(book, MAIL, "condition", "kind", "delivery")
    answers: dict[str, object] = {"room": to.room, "delivery": delivery.number}
    answers |= {"recipient": to.name, "phone": to.phone, "waybill": waybill}
    if delivery.fields.get("carrier") == "ems":  # R83: 注明邮件种类
        answers["kind"] = "express"
    for name in ("condition", "kind"):
        if form.fields[name].choice(exception):
            answers[name] = exception
    return Request("register", {name: value for name, value in answers.items() if value}, MAIL)


def pieces(book: Book, delivery: str) -> list[Record]:
    """The pieces of a delivery in the order they were written down, but those taken out again."""
    found = [one for name, one in view.linked(book.read, delivery, forms=(MAIL,), limit=_MOST) if name == "delivery"]
    return [one for one in reversed(found) if one.state not in (MISTAKEN, "void")]


def sums(found: Iterable[Record]) -> tuple[int, int]:
    """How many pieces were taken in, and how many were not accepted."""
    states = [one.state for one in found]
    return len(states) - states.count(REFUSED), states.count(REFUSED)


def known(book: Book, waybill: str, *, but: str = "") -> Record | None:
    """The newest piece with this waybill that is in the book already."""
    tail = fold(waybill)[-4:]
    if len(tail) < 4:
        return None
    found = find(book.read, Query(((Tail(tail),),), forms=(MAIL,)), limit=_MOST)
    same = (one for one in found if fold(str(one.fields.get("waybill", ""))) == fold(waybill) and one.number != but)
    return next(same, None)


def last_delivery(book: Book, carrier: Value | None) -> Mapping[str, Value]:
    """What was said of the last delivery of a carrier; of any one where that is not known."""
    where = {"carrier": carrier} if carrier else {}
    found = view.page(book.read, DELIVERY, where=where, limit=1, of=view.OWN)
    return found[0].fields if found else {}


def unsigned(book: Book) -> Record | None:
    """The newest delivery that its courier has not signed."""
    return next(iter(view.page(book.read, DELIVERY, open_only=True, limit=1, of=view.OWN)), None)


def is_quiet(span: str, now: datetime) -> bool:
    """Whether nobody is called now: `22:00-08:00` goes over midnight."""
    begins, ends = (time.fromisoformat(edge) for edge in span.split("-"))
    here = now.astimezone(CHINA).time()
    return begins <= here < ends if begins <= ends else here >= begins or here < ends
