"""F6 on a record: take the last step back, or correct one field with a reason (ux 3.19)."""

from __future__ import annotations

from typing import Self

from rich.text import Text

from deskapp.book import undo, view
from deskapp.book.entry import Entry
from deskapp.book.journal import Request
from deskapp.book.view import Record
from deskapp.desk import display
from deskapp.errors import DeskError, Refused
from deskapp.forms.form import Field, Form, Label
from deskapp.forms.values import Value
from deskapp.i18n import N_, _, pick
from deskapp.text import cells, fit, show
from deskapp.tui.reading import Reader
from deskapp.tui.screens.kept import KeptScreen
from deskapp.tui.typed import CORRECT, Typed
from deskapp.tui.widgets.field import Box, Pick
from deskapp.tui.widgets.roomcard import heading

REASONS = (N_("typed wrongly"), N_("the customer said it wrongly"), N_("heard wrongly"), N_("the customer changed it"))
UNDO, EMPTY = "0", "-"
_COLUMN = 38


class CorrectScreen(KeptScreen[list[Entry] | None]):
    """First which field, by its digits; then the new value and the reason. 0 takes the last step back."""

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
        if last and session and undo.may_undo(last, session.staff, self.app.now()):
            self._last = last
        register = self._form.steps["register"].asks
        self._fields = [
            one for name, one in self._form.fields.items()
            if name not in ("reason", self._form.number_field) and (name in self._record.fields or name in register)
        ]  # fmt: skip
        words = _("which field")
        self._which = Box(Field("which", "text", Label(words, words), length=2), needed=True)
        self._which.raw = self._which.start = UNDO if self._undoing and self._last else ""
        self.sheet.head([Text("-" * self.app.size.width, no_wrap=True)])
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
            clocks = [pick(c.label) for c in self._form.clocks.values() if c.due == self._value_box.name]
            lines.append(Text(f" {_('now')}: {old or '-'}", no_wrap=True))
            lines.append(Text(f" {_('the old value stays readable; - empties the field')}", no_wrap=True))
            if clocks:
                lines.append(Text(f" {_('moves the time limit')}: {' '.join(clocks)}", no_wrap=True))
            return [*lines, Text(), heading(_("reasons"), width), self._reasons()]
        two = width >= 2 * _COLUMN
        cut = -(-len(self._fields) // 2) if two else len(self._fields)
        for row in range(cut):
            cell = self._cell(row, _COLUMN if two else width)
            lines.append(Text(cell + (self._cell(row + cut, _COLUMN) if two else ""), no_wrap=True))
        return lines

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
            self._value_box = Box(asked, needed=True)
            if asked.type == "person" and (room := self._record.fields.get("room")):
                self._value_box.picks = self.reader.answers.people(str(room))
            reason = Box(Field("reason", "note", self._form.fields["reason"].label, length=500), needed=True)
            reason.picks = tuple(Pick(_(one), _(one)) for one in REASONS)
            self.show_page([self._which, self._value_box, reason])

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
            reason = self.sheet.boxes[-1].value
            answers = {self._value_box.name: self._value_box.value, "reason": reason}
            self.app.write([Request("correct", answers, self._form.name, self._number)], self._written, self.place)

    def _written(self, result: list[Entry] | DeskError) -> None:
        if isinstance(result, Refused):
            self.refused(self.sheet.box, result)
        elif isinstance(result, DeskError):
            self.point_at(getattr(result, "field", ""))
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
