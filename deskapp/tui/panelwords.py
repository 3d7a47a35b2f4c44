"""What a panel says around its boxes: which record or call it is about, what to do now, what one save writes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rich.text import Text

from deskapp.book import view
from deskapp.book.database import Book
from deskapp.book.view import Record
from deskapp.desk import display
from deskapp.forms.clocks import read_limit
from deskapp.forms.form import Clock, Form, Step, Twin
from deskapp.forms.values import given_in
from deskapp.i18n import N_, _, pick
from deskapp.text import show
from deskapp.tui.plan import Part, Said
from deskapp.tui.widgets.field import Box, Pick
from deskapp.tui.widgets.roomcard import heading, wrapped

CARD = "card"
"""The field of a record that says what to do at once (ux F1.9)."""
_UNITS = {
    "min": N_("{n} minutes"), "h": N_("{n} hours"), "days": N_("{n} days"), "working hours": N_("{n} working hours"),
    "working days": N_("{n} working days"),
}  # fmt: skip


def of_record(book: Book, form: Form, record: Record, step: Step, now: datetime) -> Text:
    """Which record, in a line: its room, what it is about, who follows it, its state, how often the step was done."""
    rooms = [one for one in form.fields.values() if one.type == "room"]
    parts = [display.value(book, one, record.fields.get(one.name)) for one in rooms]
    parts.append(display.what(book, form, record))
    if form.follow:
        parts.append(display.value(book, form.fields[form.follow], record.fields.get(form.follow)))
    parts.append(display.state(form, record.state))
    parts.append(_often(book, record, step, now) if step.to is None else "")
    return _line("  ".join(filter(None, parts)))


def _often(book: Book, record: Record, step: Step, now: datetime) -> str:
    """How often a step was done before, and when last; nothing the first time."""
    count, last = view.tally(book.read, record, step.name)
    words = _("{step}: {n} times, last {time}")
    return (
        words.format(step=pick(step.label), n=count, time=display.moment(datetime.fromisoformat(last), now))
        if last
        else ""
    )


def twin(book: Book, record: Record, now: datetime) -> Pick:
    """A record that may be the same matter, to pick by digit."""
    form = display.form_of(book, record)
    step = form.steps[form.twin.step] if form.twin and form.twin.step in form.steps else None
    said = [display.short_number(form, record.number, now.date()), display.what(book, form, record),
            display.state(form, record.state), _often(book, record, step, now) if step else ""]  # fmt: skip
    return Pick(record.number, "  ".join(filter(None, said)))


def of_twins(book: Book, how: Twin, found: Sequence[Record], now: datetime) -> str:
    """That the matter may stand open already, and what to press then."""
    form = display.form_of(book, found[0])
    words = _("open here: + {step}; another one: go on.  {record}")
    more = f" ({len(found)})" if len(found) > 1 else ""
    return words.format(record=twin(book, found[0], now).label + more, step=pick(form.steps[how.step].label))


def of_call(book: Book, form: Form, said: Said) -> Text:
    """What the page before was about: room, caller, what."""
    asked = [one for one in form.fields.values() if one.type in ("room", "person") or one.name in form.what]
    return _line("  ".join(filter(None, (display.value(book, one, said.get((form.name, one.name))) for one in asked))))


def _line(words: str) -> Text:
    return Text(show(words), no_wrap=True, overflow="crop")


def emergency(book: Book, boxes: Sequence[Box], width: int) -> list[Text]:
    """The card of a record that was named in a box: what to say and do now."""
    for box in boxes:
        record = view.lookup(book.read, str(box.value)) if box.field.type == "record" and box.value else None
        if record is not None and CARD in record.fields:
            form = display.form_of(book, record)
            title = f"{pick(form.fields[CARD].label)} {display.called(book, record.number)}"
            return [heading(title, width), *wrapped(str(record.fields[CARD]), width)]
    return []


def to_say(box: Box, kind: str, width: int) -> list[Text]:
    """The sentences to say to the customer while a box is answered: its own, or one for each answer."""
    if box.field.refuses is not None:
        return []  # that one is read only when it is needed
    sentences = [pick(box.field.say)] if box.field.say else []
    for digit, choice in enumerate(box.field.choices, 1):
        if choice.say and given_in(choice, kind):
            sentences.append(f"{digit} {pick(choice.label)}: {pick(choice.say)}")
    lines = [line for sentence in sentences for line in wrapped(show(sentence), width)]
    return [heading(_("say"), width), *lines] if lines else []


def of_save(book: Book, parts: Sequence[Part], boxes: Sequence[Box], width: int) -> list[Text]:
    """What one save writes, and which promises it starts; nothing for a single step without any."""
    promises = dict.fromkeys(
        f"{pick(clock.label)} {limit(within)}" + (f" ({clock.cites})" if clock.cites else "")
        for i, part in enumerate(parts) for clock in part.form.clocks.values()
        if part.step.name in clock.starts and not clock.quiet and _will_run(clock, boxes)
        and (within := book.rules.limit(clock.limit, clock.setting))
        and not any(later.form is part.form and later.step.name in clock.stops for later in parts[i:])
    )  # fmt: skip
    if len(parts) < 2 and not promises:
        return []
    lines = [heading(_("when saved"), width)]
    if len(parts) > 1:
        steps = [(f"{pick(part.form.title)} " if part.enters else "") + pick(part.step.label) for part in parts]
        lines.append(_line(_("written at once: {steps} ({n})").format(steps=", ".join(steps), n=len(parts))))
    if promises:
        lines.append(_line(_("promises: {promises}").format(promises="; ".join(promises))))
    return lines


def _will_run(clock: Clock, boxes: Sequence[Box]) -> bool:
    """Whether what stands in the boxes now is what a clock asks for."""
    known = {box.name: box for box in boxes}
    for name, wanted in clock.when.items():
        box = known.get(name)
        chosen = box.field.choices[box.chosen - 1].code if box and box.chosen and box.field.choices else None
        if chosen not in wanted:
            return False
    return True


def limit(written: str) -> str:
    """A limit in words."""
    count, unit = read_limit(written)
    return _(_UNITS[unit]).format(n=count)
