"""What the words typed into find mean: rooms, names, tails, numbers, days, or any text."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from deskapp.book.search import Name, Number, Query, Reading, Room, Tail, Text
from deskapp.book.view import Record
from deskapp.forms.form import Form
from deskapp.forms.values import read_day
from deskapp.i18n import _
from deskapp.text import fold

_ROOM = re.compile(r"[0-9a-z]{1,4}([-.][0-9a-z]{1,6}){0,3}[-.]?\Z")
_PHONE = re.compile(r"\+[0-9]+\Z|[0-9]+(-[0-9]+)+\Z")
"""A phone as it is written on paper, with signs; rooms look alike, and a word may be both."""
_ABROAD = re.compile(r"[a-z0-9][a-z0-9_.-]*/[a-z0-9-]+\Z")
"""A number of another desk: desk-017/WT20261122-003."""
_MAX_WORDS = 8


def ask(typed: str, today: date, *, forms: tuple[str, ...] = ()) -> Query:
    """The query for what was typed; words are parted by blanks and all must match.

    `3-2-1502` a room, `3-` a building, `zs` initials, `1234` a tail, `003` a serial, `WT20261122-003` a number,
    the catalogue's words for yesterday, last week and a month, `1023` a day; anything else is text (ux.md 3.10).
    """
    words: list[tuple[Reading, ...]] = []
    since = until = None
    for word in fold(typed).split()[:_MAX_WORDS]:
        if span := _span(word, today):
            since, until = (edge.isoformat() for edge in span)
        else:
            words.append(_readings(word))
    return Query(tuple(words), since, until, forms)


def meant(forms: Mapping[str, Form], found: Sequence[Record], typed: str, today: date) -> Record | None:
    """The one record that is surely meant: the only one, the open one with this code, today's with this serial.

    Of today's records of a serial the one that is still open is meant: the order, not the call that became it.
    """
    given = {name: [one.name for one in form.fields.values() if one.given] for name, form in forms.items()}
    coded = [one for one in found if not one.ended and typed in (one.fields.get(f) for f in given.get(one.form, ()))]
    todays = [one for one in found if len(typed) == 3 and one.opened.date() == today]
    going = [one for one in todays if not one.ended]
    return next((some[0] for some in (found, coded, todays, going) if len(some) == 1), None)


def _readings(word: str) -> tuple[Reading, ...]:
    """Every meaning of a word; a record must match one of them."""
    found: list[Reading] = []
    if word.isascii() and any(mark in word[1:] for mark in "-.") and _ROOM.match(word):
        found.append(Room(word.replace(".", "-").upper()))
    if word.isascii() and word.isalpha():
        found.append(Name(word))
    if word.isdigit() and len(word) == 3:
        found.append(Number(word, serial=True))
    if word.isascii() and word.isalnum() and len(word) >= 4 and any(c.isdigit() for c in word):
        found.append(Tail(word))
    if _PHONE.match(word) and len(digits := re.sub("[^0-9]", "", word)) >= 7:
        found.append(Tail(digits[-11:]))
    if _ABROAD.match(word):
        found.append(Number(word))
    elif re.match(r"[a-z]{2,8}-?[0-9]", word):
        # Numbers are kept as they are printed: the form's letters large, a reference form's name small.
        found += [Number(word.upper()), Number(word)]
    return (*found, Text(word))


def _span(word: str, today: date) -> tuple[date, date] | None:
    """The days that a word of time stands for."""
    monday = today - timedelta(days=today.weekday())
    first = today.replace(day=1)
    before = first - timedelta(days=1)
    words = {
        _("today"): (today, today),
        _("yesterday"): (today - timedelta(days=1), today - timedelta(days=1)),
        _("thisweek"): (monday, today),
        _("lastweek"): (monday - timedelta(days=7), monday - timedelta(days=1)),
        _("thismonth"): (first, today),
        _("lastmonth"): (before.replace(day=1), before),
    }
    if word in words:
        return words[word]
    if month := re.match(re.escape(_("month{n}")).replace(r"\{n\}", r"(1[0-2]|[1-9])") + r"\Z", word):
        number = int(month[1])
        year = today.year - (number > today.month)
        return date(year, number, 1), date(year, number, monthrange(year, number)[1])
    if re.match(r"20[0-9]{6}\Z", word) and (day := read_day(word, today, "past")):
        return day, day
    return None
