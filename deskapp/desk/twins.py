"""A matter that came twice: which open records may be the same one, and making one part of the other (ux F9.5-F9.8)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from deskapp.book import view
from deskapp.book.database import Book
from deskapp.book.journal import Request
from deskapp.book.view import Record
from deskapp.forms.clocks import RUNNING
from deskapp.forms.form import INTO, VOID, Form
from deskapp.forms.values import Fields, Value, stamp

_NEWEST = 100


def twins(book: Book, form: Form, answer: Value | None, *, than: Record | None = None) -> list[Record]:
    """The open records that answer alike what tells one matter from another, newest first.

    Where they are others `than` one record, those that are about what it is about come before.
    """
    if form.twin is None or answer is None or form.twin.form not in book.forms:
        return []
    found = view.linked(book.read, str(answer), forms=[form.twin.form], limit=_NEWEST)
    steps = {form.twin.step, form.twin.double} - {None}  # an older version of the form may lack them
    open_ = [
        one for name, one in found
        if name == form.twin.by and not one.ended
        and steps <= book.adopted(book.read, one.journal, one.form, one.v).steps.keys()
    ]  # fmt: skip
    if than is None:
        return open_
    alike = {one.id: sum(one.fields.get(name) == than.fields.get(name) for name in form.what) for one in open_}
    return sorted((one for one in open_ if one.id != than.id), key=lambda one: -alike[one.id])


def carried(book: Book, form: Form, values: Fields, into: Record, step: str) -> dict[str, Value]:
    """What a step on the other record takes over; of two promises the earlier one, of one that is over nothing."""
    twin = form.twin
    other = book.adopted(book.read, into.journal, into.form, into.v)
    if twin is None or step not in other.steps:
        return {}
    asks = other.steps[step].asks
    found = {mine: values[theirs] for mine, theirs in twin.copies.items() if mine in asks and theirs in values}
    for name in [name for name in found if other.fields[name].type == "moment"]:
        if datetime.fromisoformat(str(found[name])) < book.now():
            del found[name]
    for name, clock in into.clocks.items():
        due = other.clocks[name].due
        if due in asks and clock.state == RUNNING and clock.due and due is not None and clock.due > book.now():
            said = found.get(due)
            if said is None or clock.due < datetime.fromisoformat(str(said)):
                found[due] = stamp(clock.due)
    return found


def merge(
    record: Record, form: Form, into: str, *, reason: str, urged: bool, answers: Mapping[str, object],
    recall: Mapping[str, object] | None = None,
) -> list[Request]:  # fmt: skip
    """The requests, written together, that make a record part of another one of its form.

    `answers` are those of the step on the other record: that the customer asked again, or that it stood there twice.
    `recall` are those of the step that calls back whoever is on his way.
    """
    twin = form.twin
    assert twin is not None
    step = twin.step if urged or twin.double is None else twin.double
    first = [Request(twin.recall, recall, None, record.number)] if recall is not None and twin.recall else []
    return [
        *first,
        Request(VOID, {"reason": reason, INTO: into}, None, record.number),
        Request(step, answers, None, into),
    ]


def voided(book: Book, form: Form, record: Record, answers: Mapping[str, object]) -> list[Request]:
    """The requests that make a record void; named where it goes `into`, it goes on there as written twice."""
    void = Request(VOID, answers, None, record.number)
    if form.twin is None or form.twin.double is None or not answers.get(INTO):
        return [void]
    into = view.record(book.read, str(answers[INTO]))
    taken = carried(book, form, record.fields, into, form.twin.double)
    return [void, Request(form.twin.double, taken, None, into.number)]
