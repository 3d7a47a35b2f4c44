"""Whether another desk's entry says what this program can show: what can't be shown stays in the journal, unshown.

An own entry was decided by the forms before it was written. Another desk's is as authentic, but may have been written
by any program: whatever the view or a screen would stumble over is found here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from deskapp.book.entry import Entry
from deskapp.forms import clocks
from deskapp.forms.form import Field, Form

_LARGEST = 2**53


def readable(entry: Entry) -> bool:
    """Whether its head and data are of the kinds that entries are of; raises ValueError or TypeError where not."""
    maybe = (entry.number, entry.when, entry.for_)
    texts = [entry.at, entry.day, entry.by, entry.form, entry.step, entry.state, *(entry.marks or ()), *entry.data]
    texts += [text for text in maybe if text is not None]
    for n in (entry.v, entry.rec, entry.act, entry.undoes):
        if n is not None and not (type(n) is int and 0 <= n < _LARGEST):
            return False
    for value in entry.data.values():
        if isinstance(value, str):
            texts.append(value)
        elif not (value is None or type(value) is bool or (type(value) is int and abs(value) < _LARGEST)):
            return False
    return (
        _is_text("".join(texts))  # at once; one that is no text at all raises TypeError
        and _is_yes_no(entry.ended)
        and _is_table(entry.due)
        and all(_is_text(clock) and _is_due(due) for clock, due in entry.due.items())
        and _is_moment(entry.at)
        and (entry.when is None or _is_moment(entry.when))
        and date.fromisoformat(entry.day) is not None
    )


def fits(form: Form, entry: Entry) -> bool:
    """Whether its clocks are the form's, and its values such as the form's fields hold."""
    for name, value in entry.data.items():
        if value is not None and name in form.fields and not _holds(form.fields[name], value):
            return False
    return entry.due.keys() <= form.clocks.keys()


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


def _is_due(value: object) -> bool:
    if value is None or value in (clocks.KEPT, clocks.LATE):
        return True
    if not isinstance(value, str):
        return False
    return clocks.read_left(value) is not None if value.startswith(("P", "-P")) else _is_moment(value)


def _is_moment(text: str) -> bool:
    """A moment with its offset; raises ValueError for what is no moment at all."""
    return datetime.fromisoformat(text).tzinfo is not None
