"""A record in lines: how it stands, what it was opened with, what it hangs together with (ux 3.5)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.text import Text

from deskapp.book import undo, view
from deskapp.book.database import Book
from deskapp.book.entry import Entry
from deskapp.book.undo import MINUTES
from deskapp.book.view import Record
from deskapp.desk import display
from deskapp.forms.form import INTO, Field, Form
from deskapp.i18n import _, pick
from deskapp.text import cells, fit, show
from deskapp.tui.widgets.roomcard import wrapped

_LABEL = 8
_GAP = "   "


def status(book: Book, form: Form, record: Record, entries: Sequence[Entry], now: datetime, width: int) -> list[Text]:
    """State, marks with when they were set, and each clock with its due and verdict."""
    line = Text(no_wrap=True, overflow="crop")
    line.append(f"{_('state')} ").append(display.state(form, record.state), "bold")
    if INTO in record.fields:
        into = display.called(book, str(record.fields[INTO]))
        line.append(f" ({pick(form.fields[INTO].label)} {into})", "bold")
    wanted = form.closes.marks if form.closes else ()
    for mark in form.marks:
        if mark in record.marks:
            line.append(_GAP).append(display.state(form, mark), "bold").append(f" {_marked(mark, entries, now)}")
        elif mark in wanted:
            line.append(f"{_GAP}{display.state(form, mark)} -")
    return [line, *_clocks(form, record, now, width)]


def _clocks(form: Form, record: Record, now: datetime, width: int) -> list[Text]:
    lines: list[str] = []
    for name, clock in record.clocks.items():
        label = pick(form.clocks[name].label) if name in form.clocks else name
        due = display.moment(clock.due, now) if clock.due else "-"
        done = f"  {_('done')} {display.moment(clock.stopped, now)}" if clock.stopped else ""
        words = f"{label} {_('due')} {due}{done}  {display.verdict(clock, now)}"
        if lines and cells(lines[-1] + _GAP + words) <= width:
            lines[-1] += _GAP + words
        else:
            lines.append(f"{_('clock')} {words}")
    return [Text(show(words), no_wrap=True, overflow="crop") for words in lines]


def _marked(mark: str, entries: Sequence[Entry], now: datetime) -> str:
    """When a mark was set the last time."""
    held: frozenset[str] = frozenset()
    found = ""
    for entry in entries:
        if entry.marks is not None:
            if mark in entry.marks and mark not in held:
                found = display.moment(datetime.fromisoformat(entry.moment), now)
            held = frozenset(entry.marks)
    return found


def standing(book: Book, form: Form, record: Record) -> list[Field]:
    """What the record was opened with and stands by now; the other answers are in its timeline.

    Not the links, and not what a copy brought with it in turn: a price line says its own name and board.
    """
    register = form.steps["register"].asks
    copied = {mine for name in register for mine in form.fields[name].copies}
    return [
        one
        for name, one in form.fields.items()
        if name in record.fields
        and not _is_link(book, one)
        and (name in register or name in copied or name == form.follow or one.type == "money")
    ]


def _is_link(book: Book, asked: Field) -> bool:
    """Whether the field names a record that has a life of its own."""
    return asked.type == "record" and any(of in book.forms and not book.forms[of].number_field for of in asked.of)


def fields(book: Book, form: Form, record: Record, width: int) -> list[Text]:
    """The fields in two columns; what is long has the whole line."""
    rows: list[Text] = []
    half = ""
    room = width // 2 - _LABEL - 2
    for asked in standing(book, form, record):
        label = fit(show(pick(asked.label)), _LABEL)
        value = show(display.value(book, asked, record.fields[asked.name]), lines=asked.type == "note")
        if asked.type in ("note", "text") and (cells(value) > room or "\n" in value):
            rows += [Text(half, no_wrap=True)] if half else []
            half = ""
            for count, piece in enumerate(wrapped(value, width - _LABEL - 1)):
                rows.append(Text(" " * _LABEL if count else label, no_wrap=True).append(" ").append(piece))
        elif half:
            rows.append(Text(f"{half} {label} {fit(value, room)}", no_wrap=True))
            half = ""
        else:
            half = f"{label} {fit(value, room)}"
    return [*rows, Text(half, no_wrap=True)] if half else rows


def links(book: Book, form: Form, record: Record, now: datetime) -> list[Text]:
    """The records that this one came from, and those that name it."""
    found: list[str] = []
    seen = {record.number}
    for number in _linked(book, form, record):
        one = view.lookup(book.read, number)
        if one is None or number in seen:
            continue
        seen.add(number)
        own = display.form_of(book, one)
        if not own.number_field:
            short = display.short_number(own, number, now.date())
            found.append(f"{short} {display.state(own, one.state)} {display.what(book, own, one)}")
    label = fit(_("linked"), _LABEL)
    return [
        Text(show(f"{' ' * _LABEL if count else label} {words}"), no_wrap=True, overflow="crop")
        for count, words in enumerate(found)
    ]


def _linked(book: Book, form: Form, record: Record) -> Iterator[str]:
    for name, asked in form.fields.items():
        if asked.type == "record" and name in record.fields:
            yield str(record.fields[name])
    for _name, one in view.linked(book.read, record.number, limit=20):
        yield one.number


def saved(book: Book, entries: Sequence[Entry], now: datetime) -> str:
    """What was saved, in a line, and how to take it back."""
    told: list[str] = []
    for entry in entries:
        record = view.record_at(book.read, entry.journal, entry.rec)
        if record is not None:
            form = display.form_of(book, record)
            number = display.short_number(form, record.number, now.date())
            step = pick(form.steps[entry.step].label) if entry.step in form.steps else _(entry.step)
            told.append(f"{number} {step}" if number not in " ".join(told) else step)
    words = _("{time} saved {what}   (F6 takes it back, {minutes} minutes)")
    if entries[-1].step == "undo" or undo.left_the_desk(book, book.read, entries[-1]):
        words = _("{time} saved {what}")
    return words.format(time=f"{now:%H:%M}", what=" ".join(told), minutes=MINUTES)
