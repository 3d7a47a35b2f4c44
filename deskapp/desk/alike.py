"""Records that say the same because one was copied from the other: a correction may go to all of them (ux F9.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from deskapp.book import view
from deskapp.book.database import Book
from deskapp.book.journal import Request
from deskapp.book.view import Record
from deskapp.desk import display
from deskapp.desk.people import is_person
from deskapp.forms.form import Form
from deskapp.forms.values import Value

_MOST = 20


@dataclass(frozen=True, slots=True)
class Alike:
    """A record whose field says what is being corrected elsewhere."""

    record: Record
    form: Form
    field: str

    @property
    def asks(self) -> bool:
        """Whether a correction there has consequences of its own, and so its own questions."""
        return bool(self.form.corrects and self.form.corrects.of(self.record.state, {self.field}))

    def request(self, value: Value, reason: object) -> Request:
        """The same correction there."""
        return Request("correct", {self.field: value, "reason": reason}, None, self.record.number)


def alike(book: Book, form: Form, record: Record, name: str, roles: frozenset[str]) -> list[Alike]:
    """The records that this person may correct and that say the same as a field of this one, by copying it."""
    old = record.fields.get(name)
    found: dict[int, Alike] = {}
    for one in _copies(book, form, record, name) if old is not None else ():
        may = any(step.name == "correct" for step in one.form.allowed(one.record.state, one.record.marks, roles))
        if may and one.record.fields.get(one.field) == old and one.record.journal == record.journal:
            found.setdefault(one.record.id, one)
    return list(found.values())


def _copies(book: Book, form: Form, record: Record, name: str) -> Iterator[Alike]:
    """Where the field came from, and where it went."""
    for link, asked in form.fields.items():
        theirs = asked.copies.get(name) if asked.type == "record" else None
        source = view.lookup(book.read, str(record.fields[link])) if theirs and link in record.fields else None
        if source and theirs and _lives(own := display.form_of(book, source)):
            yield Alike(source, own, theirs)
    for link, other in view.linked(book.read, record.number, limit=_MOST):
        own = display.form_of(book, other)
        copies: Mapping[str, str] = own.fields[link].copies if link in own.fields else {}
        yield from (Alike(other, own, mine) for mine, theirs in copies.items() if theirs == name)


def _lives(form: Form) -> bool:
    """Whether its records are matters, not tables and people that matters refer to."""
    return not form.number_field and not is_person(form)
