"""Who lives where: people are the records of any form that is named by a person and belongs to a room."""

from __future__ import annotations

from deskapp.book import view
from deskapp.book.database import Book
from deskapp.book.search import Query, Tail, find
from deskapp.book.view import Record
from deskapp.forms.form import Form

MOST = 500


def is_person(form: Form) -> bool:
    """Whether the form's records are people: named by a field of type person."""
    return form.naming is not None and form.fields[form.naming].type == "person"


def residents(book: Book, room: str) -> list[Record]:
    """The people of a room, who came first at the top."""
    forms = _forms(book)
    found = view.linked(book.read, room, forms=forms, limit=MOST) if forms else ()
    return [one for _name, one in reversed(found) if not one.ended and name_of(book, one)]


def by_tail(book: Book, digits: str) -> list[Record]:
    """The people with a phone that ends so, who came first at the top."""
    if not (forms := _forms(book)):
        return []
    found = find(book.read, Query(((Tail(digits),),), forms=tuple(forms)), limit=MOST)
    return [one for one in reversed(found) if not one.ended and phone_of(book, one)[1].endswith(digits)]


def name_of(book: Book, person: Record) -> str:
    """What somebody is called."""
    return str(person.fields.get(book.forms[person.form].naming or "", ""))


def room_of(book: Book, person: Record) -> str:
    """Where somebody lives."""
    rooms = (name for name, one in book.forms[person.form].fields.items() if one.type == "room")
    return next((str(person.fields[name]) for name in rooms if name in person.fields), "")


def phone_of(book: Book, person: Record) -> tuple[str, str]:
    """The field of somebody's phone, and the number; both empty where none is known."""
    for name, one in book.forms[person.form].fields.items():
        if one.type == "phone" and name in person.fields:
            return name, str(person.fields[name])
    return "", ""


def _forms(book: Book) -> list[str]:
    return [name for name, form in book.forms.items() if is_person(form)]
