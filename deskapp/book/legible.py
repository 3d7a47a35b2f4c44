"""Whether another desk's entry says what this program can show: what can't be shown stays in the journal, unshown.

An own entry was decided by the forms before it was written. Another desk's is as authentic, but may have been written
by any program: whatever the view or a screen would stumble over is found here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal

from deskapp.book.entry import Entry
from deskapp.forms import clocks
from deskapp.forms.form import Field, Form

_LARGEST = 2**53


def readable(entry: Entry) -> bool:
    """Whether its head and data are of the kinds that entries are of."""
    texts = (entry.at, entry.day, entry.by, entry.form, entry.step, entry.state)
    maybe = (entry.number, entry.when, entry.for_)
    numbers = (entry.v, entry.rec, *(n for n in (entry.act, entry.undoes) if n is not None))
    return (
        all(map(_is_text, texts))
        and all(text is None or _is_text(text) for text in maybe)
        and all(type(n) is int and 0 <= n < _LARGEST for n in numbers)
        and _is_yes_no(entry.ended)
        and all(map(_is_text, entry.marks or ()))
        and _is_table(entry.due)
        and all(_is_text(name) and _is_value(value) for name, value in entry.data.items())
        and all(_is_text(clock) and _is_due(due) for clock, due in entry.due.items())
        and all(_is_moment(text) for text in (entry.at, entry.when) if text is not None)
        and date.fromisoformat(entry.day) is not None
    )


def fits(form: Form, entry: Entry) -> bool:
    """Whether its clocks are the form's, and its values such as the form's fields hold."""
    said: Iterable[tuple[Field, object]] = (
        (form.fields[name], value) for name, value in entry.data.items() if value is not None and name in form.fields
    )
    return entry.due.keys() <= form.clocks.keys() and all(_holds(field, value) for field, value in said)


def _holds(field: Field, value: object) -> bool:
    match field.type:
        case "yes-no":
            return type(value) is bool
        case "count":
            return type(value) is int
        case "money":
            return isinstance(value, str) and Decimal(value).is_finite()
        case "moment":
            return isinstance(value, str) and _is_moment(value)
        case "day":
            return isinstance(value, str) and date.fromisoformat(value) is not None
        case _:
            return isinstance(value, str)


def _is_table(value: object) -> bool:
    return isinstance(value, Mapping)


def _is_yes_no(value: object) -> bool:
    return type(value) is bool


def _is_text(value: object) -> bool:
    """Text that can be stored: no half of a pair of surrogates."""
    return isinstance(value, str) and (value.isascii() or value.encode(errors="replace").decode() == value)


def _is_value(value: object) -> bool:
    return value is None or type(value) is bool or (type(value) is int and abs(value) < _LARGEST) or _is_text(value)


def _is_due(value: object) -> bool:
    if value is None or value in (clocks.KEPT, clocks.LATE):
        return True
    if not isinstance(value, str):
        return False
    return clocks.read_left(value) is not None if value.startswith(("P", "-P")) else _is_moment(value)


def _is_moment(text: str) -> bool:
    """A moment with its offset; raises ValueError for what is no moment at all."""
    return datetime.fromisoformat(text).tzinfo is not None
