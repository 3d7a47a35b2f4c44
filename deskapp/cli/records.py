"""How a record reads on the command line: as rows of words, or as one line of JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from deskapp.book import view
from deskapp.cli import output
from deskapp.desk import display
from deskapp.forms import clocks
from deskapp.forms.values import Value, stamp
from deskapp.i18n import _, pick

if TYPE_CHECKING:
    from deskapp.book.database import Book
    from deskapp.book.entry import Entry
    from deskapp.book.view import Record
    from deskapp.forms.clocks import ClockState
    from deskapp.forms.form import Field, Form

_MASKED = frozenset({"text", "note", "person", "phone", "id-tail"})


def start(book: Book, record: Record) -> list[str]:
    """What every list begins with: number, state, when it was opened."""
    form = display.form_of(book, record)
    return [record.number, display.state(form, record.state), moment(record.opened)]


def about(book: Book, record: Record) -> list[str]:
    """What a list of several forms goes on with: form, room, what it is about."""
    form = display.form_of(book, record)
    room = next((name for name, one in form.fields.items() if one.type == "room" and name in record.fields), "")
    return [pick(form.title), _shown(book, form, room, record.fields.get(room)), display.what(book, form, record)]


def heading(form: Form, column: str) -> str:
    """What stands above a column of a form's list."""
    if column == "what":
        return _("About")
    label = form.steps[column[6:]].label if column.startswith("steps.") else form.fields[column].label
    return pick(label)


def cell(book: Book, record: Record, column: str) -> str:
    """What stands in a column of a form's list: a value, what it is about, or a step's count and last time."""
    form = display.form_of(book, record)
    if column == "what":
        return display.what(book, form, record)
    if column.startswith("steps."):
        times, last = view.tally(book.read, record, column[6:])
        return f"{times} {display.moment(datetime.fromisoformat(last), book.now())}" if last else ""
    return _shown(book, form, column, record.fields.get(column))


def fields(book: Book, form: Form, values: Mapping[str, Value], *, clear: bool) -> list[tuple[str, str]]:
    """The labels and values of a record."""
    return [
        (pick(field.label), _shown(book, form, name, values[name], clear=clear))
        for name, field in form.fields.items()
        if name in values
    ]


def limits(form: Form, record: Record, now: datetime) -> Iterator[tuple[str, str]]:
    """The clocks of a record and how they stand."""
    for name, stands in record.clocks.items():
        until = f"({moment(stands.due)})" if stands.due and stands.state == clocks.RUNNING else ""
        label = pick(form.clocks[name].label) if name in form.clocks else name
        yield _("limit {clock}").format(clock=label), output.line(display.verdict(stands, now), until)


def history(book: Book, form: Form, entries: Sequence[Entry], *, clear: bool) -> Iterator[list[str]]:
    """The entries of a record: when, which step, who, what was said."""
    undone = {entry.undoes for entry in entries}
    for entry in entries:
        answers = (
            f"{pick(form.fields[name].label)} {_shown(book, form, name, value, clear=clear) or '-'}"
            for name, value in entry.data.items()
            if name in form.fields
        )
        notes = [_("taken back")] if entry.seq in undone else []
        notes += [_("(erased)")] if entry.erased else []
        who = display.person(book, entry.by)
        if entry.for_:
            who = _("{for_}/{by}").format(for_=display.person(book, entry.for_), by=who)
        step = form.steps.get(entry.step)
        happened = moment(datetime.fromisoformat(entry.moment))
        yield [happened, pick(step.label) if step else entry.step, who, output.line(*notes, *answers)]


def moment(when: datetime) -> str:
    """A moment in full, to the minute."""
    return stamp(when)[:16].replace("T", " ")


def item(book: Book, record: Record, *, clear: bool = False) -> dict[str, object]:
    """A record as JSON, its values as they are stored; a field whose name is taken goes on with `_` behind."""
    form = display.form_of(book, record)
    found: dict[str, object] = {
        "number": record.number, "form": record.form, "state": record.state, "opened_at": stamp(record.opened),
        "marks": [mark for mark in form.marks if mark in record.marks],
        "due": {clock: due(stands) for clock, stands in record.clocks.items()},
    }  # fmt: skip
    for name, value in record.fields.items():
        key = name if name not in found else f"{name}_"
        found[key] = value if clear else _masked(book, form.fields.get(name), value)
    return found


def due(stands: ClockState) -> str | None:
    """A clock as entries write it: a moment, what is left while paused, kept, late; null when dropped."""
    match stands.state:
        case clocks.RUNNING:
            return stamp(stands.due) if stands.due else None
        case clocks.PAUSED:
            return clocks.write_left(stands.left) if stands.left is not None else None
        case clocks.DROPPED:
            return None
        case verdict:
            return verdict


def _shown(book: Book, form: Form, name: str, value: Value | None, *, clear: bool = False) -> str:
    """A field's value in words; a form of another version may not have the field at all."""
    field = form.fields.get(name)
    if field is None:
        return ""
    return display.value(book, field, value, masked=False) if clear else display.hidden(book, field, value)


def _masked(book: Book, field: Field | None, value: Value) -> Value:
    return display.hidden(book, field, value) if field and field.personal and field.type in _MASKED else value
