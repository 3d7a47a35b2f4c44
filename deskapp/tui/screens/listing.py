"""What screens with a list have in common: the command line below has the keyboard, the list follows it."""

from __future__ import annotations

from typing import ClassVar, Generic

from textual.binding import Binding, BindingType

from deskapp.book import view
from deskapp.book.view import Record
from deskapp.desk import display
from deskapp.forms.form import Form, Step
from deskapp.i18n import _
from deskapp.tui.commandline import Command
from deskapp.tui.widgets.chrome import DeskScreen, Result
from deskapp.tui.widgets.records import Records
from deskapp.tui.widgets.rows import Row


class ListScreen(DeskScreen[Result], Generic[Result]):
    """A list, its cursor, and what a line can be asked for: open it, its next step."""

    LIVE: ClassVar[frozenset[str]] = frozenset({"F1", "F2", "F3", "F4", "F5", "F7", "F8", "Esc"})
    BINDINGS: ClassVar[list[BindingType]] = [
        # Before the command line, which has no use for them: three pumps fewer on the way.
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("pageup", "page(-1)", show=False, priority=True),
        Binding("pagedown", "page(1)", show=False, priority=True),
        Binding("home,ctrl+home", "newest", show=False),
        Binding("end,ctrl+end", "oldest", show=False),
    ]

    def on_mount(self) -> None:
        """Listen to the list."""
        self.records.when_moved = self.moved

    @property
    def records(self) -> Records:
        """The list."""
        return self.query_one(Records)

    def moved(self) -> None:
        """The cursor is on another record."""

    def number_of(self, row: Row) -> str:
        """The number of the record that a line stands for."""
        return str(row.id)

    @property
    def number(self) -> str:
        """The record under the cursor; empty where there is none."""
        row = self.records.row
        return self.number_of(row) if row else ""

    def record(self) -> Record | None:
        """The record under the cursor, as the book has it now; remembers its room for `..`."""
        record = view.lookup(self.app.office.book.read, self.number)
        if record is not None:
            form = display.form_of(self.app.office.book, record)
            places = [name for name, one in form.fields.items() if one.type == "room" and name in record.fields]
            self.app.last_room = str(record.fields[places[0]]) if places else self.app.last_room
        return record

    def command(self, command: Command) -> None:
        """Empty Enter opens, `+` is the next step, `*` all of them; the rest is as everywhere."""
        match command.kind:
            case "open":
                self.open_line()
            case "next":
                self.action_next_step()
            case "steps":
                self.action_choose()
            case _:
                self.app.obey(command)

    def open_line(self) -> None:
        """Enter: look at the record; it never writes."""
        if self.record() is not None:
            self.app.open_record(self.number)

    def action_choose(self) -> None:
        """F4 or `*`: every step of the record; they stand on it."""
        self.open_line()

    def action_next_step(self) -> None:
        """`+`: the panel of the next step; nothing is written before that panel is saved."""
        record, session = self.record(), self.app.session
        if record is None or session is None:
            return
        form = display.form_of(self.app.office.book, record)
        step = self.next_step(form, record, session.roles)
        if step is None:
            self.say(_("no next step for you here; Enter opens the record"), wrong=True)
        else:
            self.app.open_panel(form.name, step.name, record.number)

    def next_step(self, form: Form, record: Record, roles: frozenset[str]) -> Step | None:
        """The step that `+` opens on a line."""
        return display.next_step(form, record, roles)

    def action_move(self, by: int) -> None:
        """Up, Down."""
        self.records.move(by)

    def action_page(self, by: int) -> None:
        """PgUp, PgDn."""
        self.records.page(by)

    def action_newest(self) -> None:
        """Home."""
        self.records.home()

    def action_oldest(self) -> None:
        """End."""
        self.records.end()

    def action_previous(self) -> None:
        """F7."""
        self.records.move(-1)

    def action_following(self) -> None:
        """F8."""
        self.records.move(1)
