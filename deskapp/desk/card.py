"""The card of a room: what the desk knows of it, shown the moment its number is typed (ux F9.6, F10, 3.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from deskapp.book import view
from deskapp.book.database import Book
from deskapp.book.view import Record
from deskapp.desk import display
from deskapp.desk.people import is_person
from deskapp.forms.form import VOID, Form
from deskapp.forms.timing import end_of
from deskapp.text import fold

_SIGNS = re.compile(r"[^0-9a-z]+")
NEWEST = 100
"""Records of the room looked at; older ones are history, found by the search."""
RECENT_DAYS = 60
"""A finished matter of the last weeks may be the same one again: rework is free (R41), repeats are told (R126)."""


@dataclass(frozen=True, slots=True)
class Matter:
    """A record of the room."""

    form: Form
    record: Record


@dataclass(frozen=True, slots=True)
class Often:
    """As many records about the room as its form finds worth telling, and the newest of them."""

    form: Form
    times: int
    last: Record


@dataclass(frozen=True, slots=True)
class Card:
    """What stands open at a room, what was finished lately, what is kept or announced for it, who lives there."""

    room: str
    people: int
    notices: tuple[str, ...]
    """What is to be remembered about the room: the notes on its own record."""
    open: tuple[Matter, ...]
    """Open records that the board lists, newest first."""
    kept: tuple[tuple[Form, tuple[Record, ...]], ...]
    """Open records that are only counted: mail on the shelf, things in custody, keys out."""
    announced: tuple[Matter, ...]
    """What is announced for this room, its building or every room, and not over yet."""
    standing: tuple[Matter, ...]
    """Open records that are neither: notices and standing instructions."""
    often: tuple[Often, ...]
    """What came up again and again lately."""
    last: tuple[Matter, ...]
    """The last finished one of each form that the board lists, within RECENT_DAYS."""


def card(book: Book, room: str, now: datetime) -> Card:
    """The card of a room by its number."""
    matters: list[Matter] = []
    people = 0
    for name, record in view.linked(book.read, room, limit=NEWEST):
        form = display.form_of(book, record)
        asked = form.fields.get(name)
        if asked is None or asked.type != "room" or any(one.record.id == record.id for one in matters):
            continue
        if is_person(form):
            people += not record.ended
        else:
            matters.append(Matter(form, record))
    kept: dict[str, list[Matter]] = {}
    last: dict[str, Matter] = {}
    for one in matters:
        if not one.record.ended and one.form.board == "count":
            kept.setdefault(one.form.name, []).append(one)
        lately = (now - one.record.opened).days <= RECENT_DAYS and one.record.state != VOID
        if one.record.ended and one.form.board == "list" and lately:
            last.setdefault(one.form.name, one)
    going = [one for one in matters if not one.record.ended]
    own = view.lookup(book.read, room)
    notices = [str(own.fields[name]) for name, one in display.form_of(book, own).fields.items()
               if one.type == "note" and name in own.fields] if own else []  # fmt: skip
    return Card(
        room, people, tuple(notices),
        tuple(one for one in going if one.form.board == "list" and not one.form.card),
        tuple((found[0].form, tuple(one.record for one in found)) for found in kept.values()),
        tuple(one for one in announced(book, now) if covers(_scope(one), room)),
        tuple(one for one in going if one.form.board is None and one.form.what and not one.form.card),
        tuple(_often(matters, now)),
        tuple(last.values()),
    )  # fmt: skip


def _often(matters: list[Matter], now: datetime) -> Iterator[Often]:
    """The forms of which there are more records about the room, lately, than they let pass."""
    recent: dict[str, list[Matter]] = {}
    for one in matters:
        how = one.form.repeats
        if how and one.record.state != VOID and now - one.record.opened < timedelta(how.days):
            recent.setdefault(one.form.name, []).append(one)
    for found in recent.values():
        form = found[0].form
        if form.repeats and len(found) >= form.repeats.times:
            yield Often(form, len(found), found[0].record)


def announced(book: Book, now: datetime) -> Iterator[Matter]:
    """What is announced anywhere and not over yet, newest first by form."""
    for name, current in book.forms.items():
        for record in view.page(book.read, name, open_only=True, limit=NEWEST, of=view.NEAR) if current.card else ():
            form = display.form_of(book, record)
            if form.card is None:
                continue
            until = record.fields.get(form.card.until) if form.card.until else None
            if until is None or end_of(str(until)) >= now:
                yield Matter(form, record)


def _scope(matter: Matter) -> str:
    return str(matter.record.fields.get(matter.form.card.covers, "")) if matter.form.card else ""


def covers(scope: str, room: str) -> bool:
    """Whether a scope means this room: it is empty, or the number's beginning: a building, a unit, the room itself."""
    parts, whole = (_SIGNS.sub("-", fold(text)).strip("-").split("-") for text in (scope, room))
    return parts in ([""], whole[: len(parts)])
