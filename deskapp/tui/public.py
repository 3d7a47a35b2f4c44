"""What the desk shows before anybody signs in: number, state and minutes of every running clock, no more.

Light: the first picture is drawn with it before the forms are read and Textual is imported.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

from deskapp.book.glance import Glance, glance
from deskapp.i18n import ENGLISH, N_, _, lang

Row = tuple[str, str, str]
COLUMNS = ((N_("Time"), 10), (N_("Number"), 12), (N_("State"), 12))
"""Heading and width of the three columns."""

_DATED = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})-([A-Z]?[0-9]+)\Z")


def rows(book: Path, now: datetime) -> list[tuple[Row, bool]]:
    """Time left, short number, state, and whether it is late."""
    return [((_left(one, now), _number(one, now.date()), _pick(one.state)), one.late) for one in glance(book, now)]


def headings() -> list[str]:
    """The column headings in the language spoken."""
    return [_(label) for label, _width in COLUMNS]


# As `desk.display` says it, which would bring the forms along; a test holds the two against each other.


def _pick(label: Mapping[str, str]) -> str:
    return label.get("en" if lang() == ENGLISH else "zh", "")


def _number(one: Glance, today: date) -> str:
    found, sign = _DATED.search(one.number), _pick(one.sign)
    if not found or not sign:
        return one.number
    year, month, day, serial = found.groups()
    if (year, month) == (f"{today.year}", f"{today.month:02}"):
        return f"{sign}{day}-{serial}"
    return f"{sign}{'' if year == str(today.year) else year[2:]}{month}{day}-{serial}"


def _left(one: Glance, now: datetime) -> str:
    if one.paused or one.due is None:
        return _("paused")
    if one.unsure:
        return _("time unsure")
    span = one.due - now
    return (_("left {span}") if span >= timedelta() else _("late {span}")).format(span=_span(abs(span)))


def _span(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes < 100:
        return _("{n:02}m").format(n=minutes)
    hours = minutes // 60
    return _("{n}h").format(n=hours) if hours < 72 else _("{n}d").format(n=hours // 24)
