"""`deskapp late`: what ran out and why."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from deskapp.cli import opening, output, records
from deskapp.desk import display
from deskapp.forms.values import stamp
from deskapp.i18n import _, pick

if TYPE_CHECKING:
    from deskapp.book.database import Book
    from deskapp.cli.general import Given
    from deskapp.desk.late import Late


def late(given: Given, days: int, *, json: bool) -> None:
    """The clocks that ran out in these days, then the pauses."""
    from deskapp.desk.late import done, lateness, summary

    with opening.office(given) as office:
        book, now = office.book, office.book.now()
        found = lateness(book, now - timedelta(days=days), now)
        if json:
            for one in (*found.late, *found.paused):
                output.emit(records.item(book, one.record) | {
                    "clock": one.clock.name, "paused": one.due is None, "due": stamp(one.due) if one.due else None,
                    "done": stamp(one.stopped) if one.stopped else None, "minutes": one.span // timedelta(minutes=1),
                    "reason": one.reason,
                })  # fmt: skip
            return
        output.say(summary(found, now))
        for one in found.late:
            due = display.moment(one.due, now) if one.due else ""
            print(_line(book, one, due, done(one, now), _("late {span}")))
            print(f"    {output.line(*one.story)}")
        if found.paused:
            output.say(_("clocks that were paused"))
        for one in found.paused:
            print(_line(book, one, "", "", _("paused {span}")))


def _line(book: Book, one: Late, due: str, stopped: str, words: str) -> str:
    span = words.format(span=display.span(one.span))
    clock = pick(one.clock.label)
    return output.line(one.record.number, *records.about(book, one.record)[1:], clock, due, stopped, span, one.reason)
