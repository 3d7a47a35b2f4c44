"""Commands that read: whatever is personal comes out masked unless it is revealed on paper."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from deskapp.book import view
from deskapp.cli import opening, output
from deskapp.desk import display
from deskapp.errors import DeskError, UsageError
from deskapp.forms import clocks
from deskapp.forms.values import Context, Value, parse, stamp
from deskapp.i18n import _, pick

if TYPE_CHECKING:
    from deskapp.book.database import Book
    from deskapp.book.entry import Entry
    from deskapp.book.view import Record
    from deskapp.cli.app import Given
    from deskapp.forms.clocks import ClockState
    from deskapp.forms.form import Field, Form

_MASKED = frozenset({"text", "note", "person", "phone", "id-tail"})


def show(given: Given, number: str, *, json: bool, reveal: bool, reason: str) -> None:
    """A record, its clocks and its entries; in clear when the reveal was written down."""
    if reason and not reveal:
        raise UsageError("--reason goes with --reveal")
    with opening.office(given) as office:
        book = office.book
        found = opening.record(book, number)
        if reveal:
            _reveal(given, book, found, opening.text(reason))
        if json:
            output.emit(_item(book, found, clear=reveal))
            return
        form = display.form_of(book, found)
        marks = " ".join(display.state(form, mark) for mark in form.marks if mark in found.marks)
        print(output.line(found.number, pick(form.title), display.state(form, found.state), marks))
        output.pairs([
            (_("Opened"), f"{_moment(found.opened)} {display.person(book, found.by)}"),
            *_fields(book, form, found.fields, clear=reveal),
            *_clocks(form, found, book.now()),
        ])  # fmt: skip
        print()
        headings = (_("happened"), _("step"), _("who"), _("what"))
        output.table(headings, _entries(book, form, view.timeline(book.read, found), clear=reveal), cut=False)


def list_(
    given: Given, form: str, where: Sequence[str], *, open_only: bool, limit: int, before: str | None, json: bool
) -> None:
    """A page of a form's records."""
    with opening.office(given) as office:
        book = office.book
        asked = book.form(form)
        edge = _edge(book, before, form)
        states, test = _where(book, asked, where)
        found = view.page(
            book.read, form, open_only=open_only, states=states, where=test, before=edge, limit=limit + 1
        )  # fmt: skip
        columns = [name for name in asked.list_ if name not in ("number", "opened", "state")]
        headings = [_heading(asked, name) for name in columns]
        _page(book, found, limit, headings, lambda one: [_column(book, one, name) for name in columns], json=json)


def find(given: Given, words: Sequence[str], *, limit: int, before: str | None, json: bool) -> None:
    """Records that match every word."""
    from deskapp.book import search
    from deskapp.desk.find import ask

    with opening.office(given) as office:
        book = office.book
        query = ask(" ".join(map(opening.text, words)), book.now().date())
        found = search.find(book.read, query, before=_edge(book, before), limit=limit + 1)
        headings = [_("Form"), _("Room"), _("About")]
        _page(book, found, limit, headings, lambda one: _about(book, one), json=json)


def board(given: Given, *, public: bool, json: bool) -> None:
    """Everything with a running clock, promises, what to follow up; then how much is open."""
    from deskapp.desk.board import board as lines_of

    with opening.office(given) as office:
        book, now = office.book, office.book.now()
        shown = lines_of(book, now)
        lines = [line for line in shown.lines if line.stands or not public]
        if json:
            for line in lines:
                item = _item(book, line.record, clear=False)
                if public:
                    item = {key: item[key] for key in ("number", "form", "state")}
                due = _due(line.stands) if line.stands else None
                output.emit(item | {"clock": line.clock, "clock_due": due, "late": line.late})
            return
        headings = [_("Time"), _("Number"), _("State")]
        rows = [
            [
                display.left(line.stands, now) if line.stands else "",
                line.record.number,
                display.state(line.form, line.record.state),
            ]
            for line in lines
        ]
        if not public:
            headings += [_("Room"), _("About"), _("Who")]
            for line, row in zip(lines, rows, strict=True):
                follow = line.record.fields.get(line.form.follow or "")
                row += [*_about(book, line.record)[1:], display.person(book, str(follow or line.record.by))]
        if rows:
            output.table(headings, rows)
        if not public:
            print(output.line(*(f"{pick(one.form.title)} {one.open}" for one in shown.counts)))
        if shown.more:
            output.say(_("and {n} more").format(n=shown.more))


# ---------------------------------------------------------------- as rows


def _head(book: Book, record: Record) -> list[str]:
    form = display.form_of(book, record)
    return [record.number, display.state(form, record.state), _moment(record.opened)]


def _about(book: Book, record: Record) -> list[str]:
    form = display.form_of(book, record)
    room = next((name for name, one in form.fields.items() if one.type == "room" and name in record.fields), "")
    return [pick(form.title), _shown(book, form, room, record.fields.get(room)), display.what(book, form, record)]


def _heading(form: Form, column: str) -> str:
    if column == "what":
        return _("About")
    label = form.steps[column[6:]].label if column.startswith("steps.") else form.fields[column].label
    return pick(label)


def _column(book: Book, record: Record, column: str) -> str:
    form = display.form_of(book, record)
    if column == "what":
        return display.what(book, form, record)
    if column.startswith("steps."):
        times, last = view.tally(book.read, record, column[6:])
        return f"{times} {display.moment(datetime.fromisoformat(last), book.now())}" if last else ""
    return _shown(book, form, column, record.fields.get(column))


def _shown(book: Book, form: Form, name: str, value: Value | None, *, clear: bool = False) -> str:
    """A field's value in words; a form of another version may not have the field at all."""
    field = form.fields.get(name)
    if field is None:
        return ""
    return display.value(book, field, value, masked=False) if clear else display.hidden(book, field, value)


def _fields(book: Book, form: Form, values: Mapping[str, Value], *, clear: bool) -> list[tuple[str, str]]:
    return [
        (pick(field.label), _shown(book, form, name, values[name], clear=clear))
        for name, field in form.fields.items()
        if name in values
    ]


def _clocks(form: Form, record: Record, now: datetime) -> Iterator[tuple[str, str]]:
    for name, stands in record.clocks.items():
        due = f"({_moment(stands.due)})" if stands.due and stands.state == clocks.RUNNING else ""
        label = pick(form.clocks[name].label) if name in form.clocks else name
        yield _("limit {clock}").format(clock=label), output.line(display.verdict(stands, now), due)


def _entries(book: Book, form: Form, entries: Sequence[Entry], *, clear: bool) -> list[list[str]]:
    undone = {entry.undoes for entry in entries}
    rows = []
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
        moment = _moment(datetime.fromisoformat(entry.moment))
        rows.append([moment, pick(step.label) if step else entry.step, who, output.line(*notes, *answers)])
    return rows


def _moment(moment: datetime) -> str:
    return stamp(moment)[:16].replace("T", " ")


# ---------------------------------------------------------------- as JSON


def _item(book: Book, record: Record, *, clear: bool) -> dict[str, object]:
    """A record with its values as they are stored; a field whose name is taken goes on with `_` behind."""
    form = display.form_of(book, record)
    item: dict[str, object] = {
        "number": record.number, "form": record.form, "state": record.state, "opened_at": stamp(record.opened),
        "marks": [mark for mark in form.marks if mark in record.marks],
        "due": {clock: _due(stands) for clock, stands in record.clocks.items()},
    }  # fmt: skip
    for name, value in record.fields.items():
        key = name if name not in item else f"{name}_"
        item[key] = value if clear else _masked(book, form.fields.get(name), value)
    return item


def _masked(book: Book, field: Field | None, value: Value) -> Value:
    return display.hidden(book, field, value) if field and field.personal and field.type in _MASKED else value


def _due(stands: ClockState) -> str | None:
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


# ---------------------------------------------------------------- what was asked


def _page(
    book: Book, found: Sequence[Record], limit: int, headings: Sequence[str], row: Callable[[Record], list[str]], *,
    json: bool,
) -> None:  # fmt: skip
    """The records found, one more than wanted telling that there are more."""
    shown = found[:limit]
    if json:
        for one in shown:
            output.emit(_item(book, one, clear=False))
    elif shown:
        rows = [[*_head(book, one), *row(one)] for one in shown]
        output.table([_("Number"), _("State"), _("Opened"), *headings], rows)
    else:
        output.say(_("nothing here"))
    if len(found) > limit:
        output.say(_("there are more: --before {number}").format(number=shown[-1].number))


def _edge(book: Book, before: str | None, form: str | None = None) -> int | None:
    if before is None:
        return None
    edge = opening.record(book, before)
    if form and edge.form != form:
        raise DeskError("{number} is not on form {form}", number=edge.number, form=form)
    return edge.id


def _where(book: Book, form: Form, words: Sequence[str]) -> tuple[tuple[str, ...], dict[str, Value]]:
    """The states and the values that a record must have."""
    said = opening.named(form, opening.answers(words), form.fields)
    states: tuple[str, ...] = ()
    test: dict[str, Value] = {}
    context = Context(book.now(), None, lambda name, number: view.fields(book.read, name, number), book.forms)
    for name, raw in said.items():
        field = form.fields.get(name)
        if name == "state" and field is None:
            states = (_state(form, str(raw)),)
            continue
        if field is None:
            raise DeskError("{form} has no field {name} here", "fields: {known}", form=form.name, name=name[:40],
                            known=" ".join(("state", *form.fields)))  # fmt: skip
        # What may be asked is wider than what may be written: a past appointment, an amount out of range.
        value = parse(replace(field, refuses=None, tense="", min=None, max=None), raw, context)
        if value is None:
            raise opening.not_an_answer(f"{name}=")
        test[name] = value
    return states, test


def _state(form: Form, raw: str) -> str:
    known = (*form.states, "void")
    for state in known:
        label = form.labels.get(state)
        if raw == state or (label and raw in (label.zh, label.en)):
            return state
    raise DeskError("{form} has no state {state}", "states: {known}", form=form.name, state=raw[:40],
                    known=" ".join(known))  # fmt: skip


def _reveal(given: Given, book: Book, record: Record, reason: str) -> None:
    """Write down who saw what, and why: the fields' names, never their values."""
    from deskapp.book.journal import Request, write

    if not reason.strip():
        raise UsageError("say why: --reason")
    form = display.form_of(book, record)
    fields = (form.fields[name] for name in record.fields if name in form.fields)
    names = [pick(field.label) for field in fields if field.personal]
    if not names:
        raise DeskError("{number}: nothing in it is masked", "show it without --reveal", number=record.number)
    session = opening.signed_in(given, book)
    write(book, session, [Request("reveal", {"reason": f"{reason} ({' '.join(names)})"}, record.form, record.number)])
