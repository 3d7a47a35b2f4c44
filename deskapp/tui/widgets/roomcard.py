"""The card of a room and of an emergency, in lines of the screen."""

from __future__ import annotations

from datetime import datetime

from rich.text import Text

from deskapp.book.database import Book
from deskapp.book.view import Record
from deskapp.desk import display
from deskapp.desk.card import Matter, Often, card
from deskapp.i18n import _, pick
from deskapp.text import cells, fit, show

MOST_OPEN = 3
_NEVER_FIRST = frozenset(",.;:!?)]\u3001\u3002\uff01\uff09\uff0c\uff1a\uff1b\uff1f\u300b\u300d\u300f\u3011\u201d")


def heading(words: str, width: int) -> Text:
    """A group's heading: `-- words ------`."""
    line = fit(f"-- {show(words)} ", min(width, cells(show(words)) + 4))
    return Text(line + "-" * max(0, width - cells(line)), no_wrap=True, end="")


def lines(book: Book, room: str, now: datetime, width: int, *, without: str | None = None) -> list[Text]:
    """The room's card: a heading and at most five lines; nothing where there is nothing to say.

    `without` is the record that is being worked on.
    """
    found = card(book, room, now)
    going = [one for one in found.open if one.record.number != without]
    rows = [f"{_('notice')} {note}" for note in found.notices]
    rows += [_announced(book, one) for one in found.announced if one.record.number != without][:MOST_OPEN]
    rows += [_often(book, one, now) for one in found.often]
    rows += [_matter(book, _("open"), one, now) for one in going[:MOST_OPEN]]
    if len(going) > MOST_OPEN:
        rows[-1] += "  " + _("and {n} more").format(n=len(going) - MOST_OPEN)
    rows += [_matter(book, _("before"), one, now) for one in found.last if one.record.number != without][:2]
    kept = [f"{pick(form.title)} {len(records)} {_codes(book, records)}" for form, records in found.kept]
    kept += [display.what(book, one.form, one.record) for one in found.standing]
    if kept:
        rows.append("  ".join(kept))
    if not rows:
        return []
    title = _("this room {room}").format(room=display.called(book, room))
    return [heading(title, width), *(Text(show(row), no_wrap=True, overflow="crop") for row in rows)]


def _announced(book: Book, one: Matter) -> str:
    until = one.form.card.until if one.form.card else None
    ends = display.value(book, one.form.fields[until], one.record.fields.get(until)) if until else ""
    words = f"{pick(one.form.title)} {display.what(book, one.form, one.record)}"
    return f"{words}  {_('until')} {ends}" if ends else words


def _often(book: Book, one: Often, now: datetime) -> str:
    words = _("{title}: {n} in {days} days, last {number} {state}")
    return words.format(title=pick(one.form.title), n=one.times, days=one.form.repeats.days if one.form.repeats else 0,
                        number=display.short_number(one.form, one.last.number, now.date()),
                        state=display.state(one.form, one.last.state))  # fmt: skip


def _matter(book: Book, word: str, one: Matter, now: datetime) -> str:
    number = display.short_number(one.form, one.record.number, now.date())
    days = (now.date() - one.record.opened.date()).days
    ago = _("{n} days ago").format(n=days) if days else _("today")
    state = display.state(one.form, one.record.state)
    return f"{word} {number} {ago} {state}  {display.what(book, one.form, one.record)}"


def _codes(book: Book, records: tuple[Record, ...]) -> str:
    """The numbers of a few kept things, so that they are found on the shelf at once."""
    numbers = [display.called(book, one.number) for one in records[:3]]
    return f"({' '.join(numbers)})"


def wrapped(text: str, width: int) -> list[Text]:
    """A longer text in lines of this many cells; its own line ends are kept, no line begins with a stop or comma."""
    rows: list[Text] = []
    for part in show(text, lines=True).split("\n"):
        left = part
        while cells(left) > width:
            cut = _cut(left, width)
            rows.append(Text(left[:cut], no_wrap=True))
            left = left[cut:].lstrip(" ")
        rows.append(Text(left, no_wrap=True))
    return rows


def _cut(line: str, width: int) -> int:
    """Where to break a line that is too long."""
    cut = len(fit(line, width).rstrip(" "))
    while cut > 1 and line[cut] in _NEVER_FIRST:
        cut -= 1
    across = line[cut - 1 : cut + 1]
    return line.rindex(" ", 0, cut) + 1 if across.isascii() and across.isalnum() and " " in line[:cut] else cut
