"""What a report is made of, whatever it becomes: facts, tables of plain text, room for signatures; and its words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from deskapp.book.database import Book
from deskapp.book.entry import Entry
from deskapp.desk import display
from deskapp.desk.statistics import Statistics
from deskapp.forms.form import Field, Form
from deskapp.forms.values import CHINA, Value
from deskapp.i18n import _, pick
from deskapp.text import mask_id, mask_phone

Row = tuple[str, ...]
_MOBILE = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")
_IDENTITY = re.compile(r"(?<![0-9])[1-9][0-9]{16}[0-9Xx](?![0-9])")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings."""

    title: str
    heads: Row
    rows: Sequence[Row]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A paper: what it is, what it says, who signs, and by what the journal vouches for it."""

    title: str
    office: str
    number: str
    made: datetime
    copy: str
    """Which print it is, or that it is a draft; in words."""
    facts: Sequence[tuple[str, str]]
    tables: Sequence[Table]
    signatures: Sequence[tuple[str, str]]
    """Who signs, and the name where it is known."""
    head: tuple[int, str]
    statistics: Statistics | None = None

    @property
    def foot(self) -> str:
        """The last line: the journal's last entry and its hash, and which print this is."""
        seq, hash_ = self.head
        return _("journal up to entry {seq}, hash {hash}").format(seq=seq, hash=hash_) + f"   {self.copy}"


def at(moment: datetime | None) -> str:
    """A moment on paper: the year is the report's."""
    return f"{moment.astimezone(CHINA):%m-%d %H:%M}" if moment else "-"


def masked(text: str) -> str:
    """Free words with the phones and identity numbers in them masked: the paper leaves the house."""
    text = _IDENTITY.sub(lambda found: mask_id(found[0]), text)
    return _MOBILE.sub(lambda found: mask_phone(found[0]), text)


def said(book: Book, field: Field, value: Value | None) -> str:
    """A value on paper: everything personal masked, moments with their day."""
    if value is None:
        return ""
    if field.type == "moment":
        return at(datetime.fromisoformat(str(value)))
    words = display.hidden(book, field, value)
    return masked(words) if field.type in ("note", "text") and not field.unique else words


def what(book: Book, form: Form, values: object) -> str:
    """What a record is about, in a line."""
    fields: dict[str, Value] = dict(values)  # type: ignore[call-overload]
    parts = (said(book, form.fields[name], fields.get(name)) for name in form.what)
    return " ".join(part for part in parts if part).replace("\n", " ")


def room(book: Book, form: Form, values: object) -> str:
    """The room that a record is of."""
    fields: dict[str, Value] = dict(values)  # type: ignore[call-overload]
    named = next((name for name, field in form.fields.items() if field.type == "room" and name in fields), None)
    return display.called(book, str(fields[named])) if named else ""


def did(book: Book, form: Form, entry: Entry, *, without: Sequence[str] = ()) -> str:
    """One entry in words: when, which step, who, and what was answered."""
    step = pick(form.steps[entry.step].label) if entry.step in form.steps else entry.step
    who = display.person(book, entry.by)
    if entry.for_:
        who = _("{for_}/{by}").format(for_=display.person(book, entry.for_), by=who)
    answers = [
        f"{pick(form.fields[name].label)} {said(book, form.fields[name], value) or '-'}"
        for name, value in entry.data.items()
        if name in form.fields and name not in without and not (value == 0 and form.fields[name].default == "0")
    ]  # fmt: skip
    if entry.erased:
        answers.append(_("(erased)"))
    when = f"{datetime.fromisoformat(entry.moment).astimezone(CHINA):%H:%M}"
    return f"{when} {step} {who}" + (f": {'; '.join(answers)}" if answers else "")
