"""The daily log: everything of a business day, in the order in which a day is closed (ux 2.5)."""

from __future__ import annotations

from collections.abc import Iterator

from deskapp.book.database import Book
from deskapp.desk.day import Day
from deskapp.desk.statistics import Statistics
from deskapp.desk.verdicts import SHIFT
from deskapp.i18n import _
from deskapp.reports import sections
from deskapp.reports.tables import Report, Table

FIRST = ("diary", "order", "complaint", "incident")
"""The forms whose records are told first."""


def report(
    book: Book, day: Day, office: str, number: str, copy: str, *, facts: tuple[tuple[str, str], ...] = (),
    prepared: str = "", reviewed: str = "", statistics: Statistics | None = None,
) -> Report:  # fmt: skip
    """The log of a day; `facts` are what only who closes it knows."""
    return Report(
        _("Daily log"), office, number, book.now(), copy, (*_facts(day), *facts), tuple(_tables(book, day)),
        ((_("prepared by"), prepared), (_("reviewed by"), reviewed), (_("stamp"), "")), day.head, statistics,
    )  # fmt: skip


def span(day: Day) -> str:
    """A business day with its two moments, as it is written once (ux 2.2)."""
    return _("{day} ({begins} to {ends})").format(
        day=f"{day.day:%m-%d}", begins=f"{day.begins:%m-%d %H:%M}", ends=f"{day.ends:%m-%d %H:%M}"
    )


def _facts(day: Day) -> Iterator[tuple[str, str]]:
    yield _("business day"), f"{day.day:%Y-%m-%d}  {span(day)}"
    yield _("desk"), day.desk
    if day.entries:
        words = _("{n}: {first} to {last}")
        yield _("entries"), words.format(n=len(day.entries), first=day.first, last=day.head[0])
    else:
        yield _("entries"), _("nothing was written on this day")


def _tables(book: Book, day: Day) -> Iterator[Table]:
    yield from sections.hand_overs(book, day)
    yield sections.money(day.money)
    yield sections.late(book, day)
    yield sections.kept(day)
    yield sections.paused(book, day)
    yield sections.totals(day)
    yield sections.still_open(book, day)
    yield sections.held(book, day)
    yield sections.keys(book, day)
    names = [name for name in dict.fromkeys((*FIRST, *book.forms)) if name != SHIFT]
    for name in names:
        if touched := day.of(name):
            yield sections.records(book, touched)
    yield sections.corrections(book, day)
