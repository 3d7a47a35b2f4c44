"""F6 on a record: take the last step back, or correct one field, and what follows from that (ux 3.19)."""

from __future__ import annotations

from typing import Self

from rich.text import Text

from deskapp.book import undo, view
from deskapp.book.entry import Entry
from deskapp.book.journal import Request
from deskapp.book.view import Record
from deskapp.desk import display
from deskapp.desk.alike import Alike, alike
from deskapp.errors import DeskError, Refused
from deskapp.forms.clocks import RUNNING
from deskapp.forms.form import Field, Form, Label
from deskapp.forms.values import Missing, Value
from deskapp.i18n import N_, _, pick
from deskapp.text import cells, fit, show
from deskapp.tui import panelwords as words_of
from deskapp.tui.reading import Reader
from deskapp.tui.screens.kept import KeptScreen
from deskapp.tui.typed import CORRECT, Typed
from deskapp.tui.widgets.field import Box, Pick
from deskapp.tui.widgets.roomcard import heading

REASONS = (N_("typed wrongly"), N_("the customer said it wrongly"), N_("heard wrongly"), N_("the customer changed it"))
UNDO, EMPTY = "0", "-"
TOGETHER = "together"
_COLUMN = 38


class CorrectScreen(KeptScreen[list[Entry] | None]):
    """First which field, by its digits; then the new value and the reason; then who must know of it.

    0 takes the last step back.
    """

    def __init__(self, number: str, *, undoing: bool = False) -> None:
        super().__init__()
        self._number = number
        self._undoing = undoing
        self._record: Record
        self._form: Form
        self._last: Entry | None = None
        self._fields: list[Field] = []
        self._which: Box
        self._value_box: Box | None = None
        self._alike: list[Alike] = []

    def where(self) -> str:
        """Which record."""
        return f"{_('correct')} {display.short_number(self._form, self._number, self.app.today)}"

    def on_mount(self) -> None:
        """Ask which field."""
        self.reader = Reader(self.app, self.sheet)
        self._record = view.record(self.book.read, self._number)
        self._form = display.form_of(self.book, self._record)
        session = self.app.session
        last = undo.last_step(view.timeline(self.book.read, self._record))
        mine = last and session and undo.may_undo(last, session.staff, self.app.now())
        if last and mine and not undo.left_the_desk(self.book, self.book.read, last):
            self._last = last
        register = self._form.steps["register"].asks
        apart = {"reason", self._form.number_field, *(self._form.corrects.asks if self._form.corrects else ())}
        self._fields = [
            one for name, one in self._form.fields.items()
            if name not in apart and (name in self._record.fields or name in register)
        ]  # fmt: skip
        words = _("which field")
        self._which = Box(Field("which", "text", Label(words, words), length=2), needed=True)
        self._which.raw = self._which.start = UNDO if self._undoing and self._last else ""
        rule = Text("-" * self.app.size.width, no_wrap=True)
        about = words_of.of_record(self.book, self._form, self._record, self._form.steps["correct"], self.app.now())
        self.sheet.head([about, rule])
        self.show_page([self._which])
        self.opened()

    def form_of(self, box: Box) -> Form:
        """The record's form."""
        return self._form

    def sections(self) -> list[Text]:
        """The fields by number, with what stands in them."""
        width = self.app.size.width
        lines = [Text()]
        if self._last and self._value_box is None:
            step = self._form.steps.get(self._last.step)
            label = pick(step.label) if step else self._last.step
            lines.append(Text(f" 0 {_('take back')}: {label}", "bold", no_wrap=True))
        if self._value_box is not None:
            old = self._stored(self._value_box.field)
            lines.append(Text(f" {_('now')}: {old or '-'}   {_('the old value stays readable; - empties the field')}",
                              no_wrap=True))  # fmt: skip
            lines += [Text(f" {words}", no_wrap=True, overflow="crop") for words in self._follows()]
            at = self.sheet.box
            if at.name == "reason":
                return [*lines, Text(), heading(_("reasons"), width), self._reasons()]
            return [*lines, *words_of.to_say(at, self.book.rules.kind, width)]
        two = width >= 2 * _COLUMN
        cut = -(-len(self._fields) // 2) if two else len(self._fields)
        for row in range(cut):
            cell = self._cell(row, _COLUMN if two else width)
            lines.append(Text(cell + (self._cell(row + cut, _COLUMN) if two else ""), no_wrap=True))
        return lines

    def _follows(self) -> list[str]:
        """What the correction does to the clocks, and which records say the same."""
        name, form, now = self._value_box.name if self._value_box else "", self._form, self.app.now()
        found = []
        for clock, stands in self._record.clocks.items():
            if stands.state == RUNNING and stands.due and clock in form.clocks:
                moves = name in (form.clocks[clock].due, form.clocks[clock].unless, *form.clocks[clock].when)
                words = _("{clock} {due}: moved by this") if moves else _("{clock} {due}: does not change")
                due = display.moment(stands.due, now)
                found.append(words.format(clock=pick(form.clocks[clock].label), due=due))
        for asking, words in ((False, _("the same stands in {records}")), (True, _("correct it also in {records}"))):
            if numbers := [display.called(self.book, one.record.number) for one in self._alike if one.asks is asking]:
                found.append(words.format(records=" ".join(numbers)))
        return found

    def _cell(self, index: int, width: int) -> str:
        if index >= len(self._fields):
            return ""
        one = self._fields[index]
        head = f"{index + 1:>2} {fit(show(pick(one.label)), 10)} "
        return head + fit(self._stored(one), width - cells(head) - 2) + "  "

    def _stored(self, one: Field) -> str:
        return display.value(self.book, one, self._record.fields.get(one.name))

    def _reasons(self) -> Text:
        return Text("  ".join(f"{i} {_(reason)}" for i, reason in enumerate(REASONS, 1)), no_wrap=True)

    def accepted(self, box: Box) -> None:
        """The field is picked: ask its new value and the reason."""
        if box is not self._which:
            return
        word = str(box.value)
        index = int(word) - 1 if word.isascii() and word.isdigit() else -1
        if word == UNDO and self._last:
            return
        if not 0 <= index < len(self._fields):
            self._value_box = None
            return
        asked = self._fields[index]
        if self._value_box is None or self._value_box.name != asked.name:
            self._ask(asked)

    def _ask(self, asked: Field) -> None:
        """The new value, the reason, and what a correction of this field leaves to be done."""
        self._value_box = Box(asked, needed=True)
        if asked.type == "person" and (room := self._record.fields.get("room")):
            self._value_box.picks = self.reader.answers.people(str(room))
        reason = Box(
            Field("reason", "note", self._form.fields["reason"].label, length=500), needed=True, raw="1", start="1"
        )
        reason.picks = tuple(Pick(_(one), _(one)) for one in REASONS)
        corrects, session = self._form.corrects, self.app.session
        follow = corrects.of(self._record.state, {asked.name}) if corrects else []
        boxes = [self._which, self._value_box, reason, *(self._box(self._form.fields[name]) for name in follow)]
        roles = session.roles if session else frozenset[str]()
        self._alike = alike(self.book, self._form, self._record, asked.name, roles)
        if not all(one.asks for one in self._alike):
            words = _("correct them too")
            boxes.append(self._box(Field(TOGETHER, "yes-no", Label(words, words), default=True)))
        self.show_page(boxes)

    def _box(self, asked: Field) -> Box:
        default = "" if asked.default is None else self.reader.answers.raw(asked, asked.default)
        return Box(asked, needed=True, raw=default, start=default)

    def read(self, box: Box) -> Value | None:
        """A lone dash empties the field."""
        if box is self._value_box and box.raw.strip() == EMPTY:
            return EMPTY
        return super().read(box)

    def complete(self) -> None:
        """Write it."""
        if self._value_box is None and self._which.value == UNDO and self._last:
            self.app.write([Request("undo", {}, self._form.name, self._number)], self._written, self.place)
        elif self._value_box is None:
            self.say(_("type the number of a field"), wrong=True)
        else:
            value = self._value_box.value
            answers = {box.name: box.value for box in self.sheet.boxes[1:]}
            together = answers.pop(TOGETHER, False)
            requests = [Request("correct", answers, self._form.name, self._number)]
            if together and value is not None:
                requests += [one.request(value, answers["reason"]) for one in self._alike if not one.asks]
            self.app.write(requests, self._written, self.place)

    def _written(self, result: list[Entry] | DeskError) -> None:
        if isinstance(result, Refused):
            self.refused(self.sheet.box, result)
        elif isinstance(result, DeskError):
            name = getattr(result, "field", "")
            if isinstance(result, Missing) and not self.sheet.named(name):
                # What the new value brings with it has a consequence that the field itself has not.
                self.show_page([*self.sheet.boxes, self._box(self._form.fields[name])])
            self.point_at(name)
            self.wrong(result)
        else:
            self.dismiss(result)

    # Kept while it is typed.

    @classmethod
    def made_for(cls, typed: Typed) -> Self:
        """The correction of the same record."""
        return cls(str(typed.number))

    def outline(self) -> Typed:
        """The record."""
        return Typed(CORRECT, self.where(), number=self._number, versions={self._form.name: self._form.version})

    def fill(self, typed: Typed) -> None:
        """The field by its name: its digits may be others now."""
        numbers = {one.name: str(i) for i, one in enumerate(self._fields, 1)}
        self._which.raw = next((numbers[text.name] for text in typed.texts if text.name in numbers), "")
        if self._which.raw and self.take(self._which):
            for text in typed.texts:
                if text.name != self._which.name and (box := self.sheet.named(text.name)):
                    box.raw, box.typed = text.raw, True
