"""Going through a shelf one by one: what is not ticked is missing (ux F2.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from deskapp.book.view import Record
from deskapp.desk import counting, display
from deskapp.i18n import _
from deskapp.text import clean, fold
from deskapp.tui.widgets.chrome import ARROW, DeskScreen
from deskapp.tui.widgets.plain import Line
from deskapp.tui.widgets.prompted import Prompted
from deskapp.tui.widgets.records import Records
from deskapp.tui.widgets.rows import Column, Fixed, Row

if TYPE_CHECKING:
    from deskapp.desk.counting import Line as CountLine


class TickScreen(DeskScreen[list[str]]):
    """The things that the book has; it gives the numbers of those that are missing, None where it was left."""

    HAS_COMMAND = False
    AUTO_FOCUS = "#typed"
    LIVE: ClassVar[frozenset[str]] = frozenset({"F1", "F10", "Esc"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
    ]

    def __init__(self, line: CountLine) -> None:
        super().__init__()
        self._line = line
        self._there: set[str] = set()
        self._things: list[Record] = []

    def where(self) -> str:
        """What is gone through."""
        return _("One by one  {name}").format(name=self._line.name)

    def compose_body(self) -> ComposeResult:
        """The things, and the line to type in."""
        yield Line("-" * 400)
        yield Records([Column("", 1), Column(_("Number"), 10), Column(_("Room"), 11), Column(_("About"), 0)],
                      empty=_("nothing is open"))  # fmt: skip
        yield Prompted(id="typed")

    def on_mount(self) -> None:
        """The oldest first."""
        self._things = counting.listed(self.app.office.book, self._line)
        self._draw()

    def help_lines(self) -> list[str]:
        """How it is done."""
        return [_("Enter ticks the line, - leaves it out; a scan or the last digits tick that thing; + ends")]

    def _draw(self) -> None:
        self.query_one(Records).reload(Fixed([self._row(one) for one in self._things]))
        left = len(self._things) - len(self._there)
        self.query_one("#typed", Prompted).frame(_("not ticked: {n}   + ends").format(n=left) + ARROW)
        self.hint(self.help_lines()[0])

    def _row(self, one: Record) -> Row:
        book = self.app.office.book
        form = display.form_of(book, one)
        room = next((name for name, field in form.fields.items() if field.type == "room"), "")
        tail = next((str(one.fields.get(name, "")) for name, field in form.fields.items() if field.tail), "")
        return Row(one.number, (
            "v" if one.number in self._there else "",
            display.short_number(form, one.number, self.app.today),
            display.value(book, form.fields[room], one.fields.get(room)) if room else "",
            f"{display.what(book, form, one)} {tail}",
        ))  # fmt: skip

    def action_move(self, by: int) -> None:
        """Up, Down."""
        self.query_one(Records).move(by)

    def action_page(self, by: int) -> None:
        """PgUp, PgDn."""
        self.query_one(Records).page(by)

    @on(Input.Submitted, "#typed")
    def _typed(self, event: Input.Submitted) -> None:
        event.stop()
        text, event.input.value = fold(clean(event.value)), ""
        self.say("")
        records = self.query_one(Records)
        if text == "+":
            self.action_save()
            return
        found = [one for one in self._things if self._means(one, text)] if text not in ("", "-") else []
        if text in ("", "-") and records.row:
            number = str(records.row.id)
            (self._there.discard if text else self._there.add)(number)
            records.move(1)
        elif len(found) == 1:
            self._there.add(found[0].number)
            records.point(found[0].number)
        else:
            self.say(_("{n} things have that number").format(n=len(found)), wrong=True)
        self._draw()

    def _means(self, one: Record, text: str) -> bool:
        form = display.form_of(self.app.office.book, one)
        tails = [fold(str(one.fields.get(name, ""))) for name, field in form.fields.items() if field.tail]
        return any(value and value.endswith(text) for value in (fold(one.number), *tails))

    def action_save(self) -> None:
        """F10: what is not ticked is missing."""
        self.dismiss([one.number for one in self._things if one.number not in self._there])
