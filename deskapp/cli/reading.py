"""Commands that read: whatever is personal comes out masked unless it is revealed on paper."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from deskapp.book import view
from deskapp.book.desks import desks
from deskapp.cli import opening, output, records
from deskapp.desk import display
from deskapp.errors import DeskError, UsageError
from deskapp.forms.values import Context, Value, parse, stamp
from deskapp.i18n import _, pick

if TYPE_CHECKING:
    from deskapp.book.database import Book
    from deskapp.book.view import Record
    from deskapp.cli.general import Given
    from deskapp.forms.form import Form


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
            output.emit(records.item(book, found, clear=reveal))
            return
        form = display.form_of(book, found)
        marks = " ".join(display.state(form, mark) for mark in form.marks if mark in found.marks)
        print(output.line(found.number, pick(form.title), display.state(form, found.state), marks))
        output.pairs([
            (_("Opened"), f"{records.moment(found.opened)} {display.person(book, found.by)}"),
            *records.fields(book, form, found.fields, clear=reveal),
            *records.limits(form, found, book.now()),
        ])  # fmt: skip
        print()
        headings = (_("happened"), _("step"), _("who"), _("what"))
        entries = view.timeline(book.read, found)
        output.table(headings, list(records.history(book, form, entries, clear=reveal)), cut=False)


def list_(
    given: Given, form: str, where: Sequence[str], *, open_only: bool, limit: int, before: str | None, desk: str,
    json: bool,
) -> None:  # fmt: skip
    """A page of a form's records, of one desk if one is named."""
    with opening.office(given) as office:
        book = office.book
        asked = book.form(form)
        of, edge = _desk(book, desk), _edge(book, before, form)
        states, test = _where(book, asked, where, of)
        found = view.page(
            book.read, form, open_only=open_only, states=states, where=test, before=edge, limit=limit + 1, of=of
        )  # fmt: skip
        columns = [name for name in asked.list_ if name not in ("number", "opened", "state")]
        headings = [records.heading(asked, name) for name in columns]
        _page(book, found, limit, headings, lambda one: [records.cell(book, one, name) for name in columns], json=json)
        if not json and not of:
            output.side_by_side(display.totals(book, asked))


def find(given: Given, words: Sequence[str], *, limit: int, before: str | None, desk: str, json: bool) -> None:
    """Records that match every word, of one desk if one is named."""
    from deskapp.book import search
    from deskapp.desk.find import ask

    with opening.office(given) as office:
        book = office.book
        query = replace(ask(" ".join(map(opening.text, words)), book.now().date()), desk=_desk(book, desk))
        found = search.find(book.read, query, before=_edge(book, before), limit=limit + 1)
        headings = [_("Form"), _("Room"), _("About")]
        _page(book, found, limit, headings, lambda one: records.about(book, one), json=json)


def board(given: Given, *, public: bool, json: bool) -> None:
    """Everything with a running clock, promises, what to follow up; then how much is open."""
    from deskapp.desk.board import board as lines_of

    with opening.office(given) as office:
        book, now = office.book, office.book.now()
        shown = lines_of(book, now)
        lines = [line for line in shown.lines if line.stands or not public]
        if json:
            for line in lines:
                item = records.item(book, line.record)
                if public:
                    item = {key: item[key] for key in ("number", "form", "state")}
                due = records.due(line.stands) if line.stands else None
                output.emit(item | {"clock": line.clock, "clock_due": due, "late": line.late})
            return
        if shown.unsure:
            output.say(_("the computer's clock is in doubt: no minutes are shown"))
        headings = [_("Time"), _("Number"), _("State")]
        rows = [
            [
                display.left(line.stands, now, unsure=shown.unsure) if line.stands else "",
                line.record.number,
                display.state(line.form, line.record.state),
            ]
            for line in lines
        ]
        if not public:
            headings += [_("Room"), _("About"), _("Who")]
            for line, row in zip(lines, rows, strict=True):
                follow = line.record.fields.get(line.form.follow or "")
                row += [*records.about(book, line.record)[1:], display.person(book, str(follow or line.record.by))]
        if rows:
            output.table(headings, rows, whole=(0, 1))
        if not public:
            for one in shown.notices:
                output.say(output.line(_("notice"), one.record.number, *records.about(book, one.record)[1:]))
            sums = [(_("appointments today {n}"), shown.today), (_("paused {n}"), shown.paused)]
            output.side_by_side([
                *(
                    f"{pick(one.form.title)} {one.open}"
                    + "".join(f" {pick(label)} {n}" for label, n in one.tallies if n)
                    for one in shown.counts
                ),
                *(words.format(n=n) for words, n in sums),
            ])  # fmt: skip
        if shown.more:
            output.say(_("and {n} more").format(n=shown.more))


def reveals(given: Given, day: str | None, *, json: bool) -> None:
    """Who had numbers shown: one's own, a manager everybody's."""
    from datetime import timedelta

    from deskapp.desk import reveals as shown
    from deskapp.forms.values import read_day

    with opening.office(given) as office:
        book, now = office.book, office.book.now()
        until = None
        if day is not None and (until := read_day(opening.text(day), now.date(), "past")) is None:
            raise UsageError("{day} is not a day", "as 20261122, 1122, or 0 for today", day=day[:20])
        session = opening.signed_in(given, book)
        found = shown.report(book, session, until or now.date() - timedelta(days=shown.DAYS), until)
        if json:
            for one in found:
                output.emit({
                    "at": stamp(one.at), "day": one.day, "by": one.staff, "number": one.number, "form": one.form,
                    "fields": one.fields, "reason": one.reason,
                })  # fmt: skip
        elif found:
            rows = [[records.moment(one.at), one.name, one.number, one.fields, one.reason] for one in found]
            output.table([_("Time"), _("who"), _("Number"), _("Shown"), _("Reason")], rows, whole=(0, 2))
        else:
            output.say(_("nothing here"))


def _page(
    book: Book, found: Sequence[Record], limit: int, headings: Sequence[str], row: Callable[[Record], list[str]], *,
    json: bool,
) -> None:  # fmt: skip
    """The records found, one more than wanted telling that there are more."""
    shown = found[:limit]
    if json:
        for one in shown:
            output.emit(records.item(book, one))
    elif shown:
        rows = [[*records.start(book, one), *row(one)] for one in shown]
        output.table([_("Number"), _("State"), _("Opened"), *headings], rows)
    else:
        output.say(_("nothing here"))
    if len(found) > limit:
        output.say(_("there are more: --before {number}").format(number=shown[-1].number))


def _desk(book: Book, name: str) -> str:
    """The desk that was named, if one was; raises UsageError for one that nothing came from."""
    known = sorted(set(desks(book.read).of.values()))
    if (word := opening.text(name)) and word not in known:
        raise UsageError("nothing of a desk {desk} is here", "here are: {known}", desk=word[:40], known=" ".join(known))
    return word


def _edge(book: Book, before: str | None, form: str | None = None) -> int | None:
    if before is None:
        return None
    edge = opening.record(book, before)
    if form and edge.form != form:
        raise DeskError("{number} is not on form {form}", number=edge.number, form=form)
    return edge.id


def _where(book: Book, form: Form, words: Sequence[str], desk: str) -> tuple[tuple[str, ...], dict[str, Value]]:
    """The states and the values that a record must have."""
    # Records of older versions stand in states, and have fields, that today's form may not know.
    versions = book.versions(form.name)
    said = opening.named(form, opening.answers(words), form.fields)
    states: tuple[str, ...] = ()
    test: dict[str, Value] = {}
    whose = f"{desk}/" if desk else ""
    context = Context(book.now(), None, lambda name, number: view.fields(book.read, name, whose + number), book.forms)
    for name, raw in said.items():
        field = next((one.fields[name] for one in versions if name in one.fields), None)
        if name == "state" and field is None:
            states = _states(versions, str(raw))
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


def _states(versions: Sequence[Form], raw: str) -> tuple[str, ...]:
    """The states that are meant, by name or by label; one label may be that of several, over the versions."""
    found: dict[str, None] = {}
    for form in versions:
        for state in (*form.states, "void"):
            label = form.labels.get(state)
            if raw == state or (label and raw in (label.zh, label.en)):
                found[state] = None
    if found:
        return tuple(found)
    known = dict.fromkeys(state for form in versions for state in (*form.states, "void"))
    raise DeskError("{form} has no state {state}", "states: {known}", form=versions[0].name, state=raw[:40],
                    known=" ".join(known))  # fmt: skip


def _reveal(given: Given, book: Book, record: Record, reason: str) -> None:
    """Write down who saw what, and why: the fields' names, never their values."""
    from deskapp.book.journal import Request, write

    if not reason.strip():
        raise UsageError("say why: --reason")
    form = display.form_of(book, record)
    # A value that was corrected away can still be read in its entry.
    said = {name for entry in view.timeline(book.read, record) for name in entry.data}
    names = [name for name, field in form.fields.items() if field.personal and name in said]
    if not names:
        raise DeskError("{number}: nothing in it is masked", "show it without --reveal", number=record.number)
    session = opening.signed_in(given, book)
    answers = {"revealed": " ".join(names), "reason": reason}
    write(book, session, [Request("reveal", answers, record.form, record.number)])
