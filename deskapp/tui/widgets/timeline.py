"""A record's entries as a person reads them: when it happened, when it was typed, step, who, what (ux 3.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from rich.text import Text

from deskapp.book.database import Book
from deskapp.book.entry import Entry
from deskapp.desk import display
from deskapp.forms import clocks
from deskapp.forms.form import INTO, Form
from deskapp.forms.values import Value
from deskapp.i18n import _, pick
from deskapp.text import cells, fit, show

TOLD_LATE = 5
"""Minutes between what happened and its writing from which the entry says so."""
_STEP, _WHO = 10, 12
_BARE = frozenset({"yes-no", "count", "money", "moment", "day", "text", "id-tail"})
"""Types whose values say little without their field's name."""


def lines(
    book: Book, form: Form, entries: Sequence[Entry], now: datetime, width: int, *, above: Mapping[str, Value]
) -> list[Text]:
    """A head line and the entries in order; what does not fit on a line goes on below in the same column.

    `above` is what the reader has before his eyes already: the first entry does not say it again.
    """
    undone = {entry.undoes for entry in entries if entry.undoes is not None}
    stamp = 11 if any(_days(entry, now) for entry in entries) else 5
    before = stamp * 2 + _STEP + _WHO + 4
    room = width - before
    columns = ((_("happened"), stamp), (_("written"), stamp), (_("step"), _STEP), (_("who"), _WHO), (_("what"), room))
    head = " ".join(fit(words, size) for words, size in columns)
    rows = [Text(head, "bold", no_wrap=True, overflow="crop")]
    values: dict[str, Value] = {}
    for entry in entries:
        taken_back = entry.seq in undone
        step = _step(form, entry)
        left = " ".join((
            fit(_moment(entry.moment, now, stamp), stamp),
            fit(_moment(entry.at, now, stamp) if entry.when else "", stamp),
            fit(step, _STEP), fit(_who(book, entry), _WHO),
        ))  # fmt: skip
        what = _what(book, form, entry, values, entries, above if entry.seq == entry.rec else {})
        if taken_back:
            what = f"{_('taken back')}: {what}"
        for count, piece in enumerate(_cut(show(what), max(room, 10)) or [""]):
            line = Text(no_wrap=True, overflow="crop")
            line.append(left if count == 0 else " " * (before - 1))
            line.append(" " + piece)
            if taken_back:
                line.stylize("dim")
            rows.append(line)
        if not taken_back:
            _take(values, entry)
    return rows


def _take(values: dict[str, Value], entry: Entry) -> None:
    for name, value in entry.data.items():
        if value is None:
            values.pop(name, None)
        else:
            values[name] = value


def _days(entry: Entry, now: datetime) -> bool:
    return datetime.fromisoformat(entry.moment).date() != now.date()


def _moment(stamp: str, now: datetime, width: int) -> str:
    moment = datetime.fromisoformat(stamp)
    return f"{moment:%m-%d %H:%M}" if width > 5 else f"{moment:%H:%M}"


def _step(form: Form, entry: Entry) -> str:
    return pick(form.steps[entry.step].label) if entry.step in form.steps else entry.step


def _who(book: Book, entry: Entry) -> str:
    by = display.person(book, entry.by)
    return _("{for_}/{by}").format(for_=display.person(book, entry.for_), by=by) if entry.for_ else by


def _what(
    book: Book, form: Form, entry: Entry, values: Mapping[str, Value], entries: Sequence[Entry],
    above: Mapping[str, Value],
) -> str:  # fmt: skip
    """What an entry said, in words: its answers, what a correction changed, what came of its clocks."""
    parts: list[str] = []
    if entry.undoes is not None:
        back = next((one for one in entries if one.seq == entry.undoes), None)
        parts.append(_("took back: {step}").format(step=_step(form, back)) if back else _("took back a step"))
    elif entry.step == "correct":
        answers = {"reason", *(form.corrects.asks if form.corrects else ())}
        for name, value in entry.data.items():
            if value is not None and name in answers:
                parts.append(_answer(book, form, name, value))
            else:
                parts.append(_change(book, form, name, values.get(name), value))
    else:
        parts += [_answer(book, form, name, value) for name, value in entry.data.items()
                  if value is not None and above.get(name) != value]  # fmt: skip
    for clock, due in entry.due.items():
        if due in (clocks.KEPT, clocks.LATE) and entry.undoes is None and clock in form.clocks:
            parts.append(f"{pick(form.clocks[clock].label)} {_('kept') if due == clocks.KEPT else _('late')}")
    if entry.erased:
        parts.append(_("(erased)"))
    if (late := display.told_late(entry)) >= TOLD_LATE:
        parts.append(_("told {n} min late").format(n=late))
    return "  ".join(dict.fromkeys(part for part in parts if part))


def _answer(book: Book, form: Form, name: str, value: Value) -> str:
    asked = form.fields.get(name)
    if asked is None:
        return str(value)
    words = display.value(book, asked, value)
    return f"{pick(asked.label)} {words}" if asked.type in _BARE or name == INTO else words


def _change(book: Book, form: Form, name: str, old: Value | None, new: Value | None) -> str:
    asked = form.fields.get(name)
    label = pick(asked.label) if asked else name
    words = [display.value(book, asked, value) if asked else str(value) for value in (old, new)]
    return f"{label} {words[0] or '-'} -> {words[1] or '-'}"


def _cut(text: str, width: int) -> list[str]:
    pieces, line = [], ""
    for char in text:
        if cells(line + char) > width:
            pieces.append(line)
            line = ""
        line += char
    return [*pieces, line] if line else pieces
