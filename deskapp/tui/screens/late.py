"""What ran out: each broken promise with its reason, below it the story of the one under the cursor (ux 3.9)."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from textual.app import ComposeResult

from deskapp.desk import display
from deskapp.desk.late import Late, Lateness, done, lateness, summary
from deskapp.i18n import _, pick
from deskapp.text import cells
from deskapp.tui.commandline import Command
from deskapp.tui.screens.listing import ListScreen
from deskapp.tui.widgets.plain import RULE, Line, Words
from deskapp.tui.widgets.records import Records
from deskapp.tui.widgets.rows import Column, Fixed, Heading, Row
from deskapp.tui.widgets.rows import Line as ListLine

DAYS = (1, 7, 30)
"""How far back a digit looks."""
STORY = 4
"""Lines below the list."""


class LateScreen(ListScreen[None]):
    """The clocks that ran out, then those that were paused."""

    LIVE: ClassVar[frozenset[str]] = ListScreen.LIVE

    def __init__(self) -> None:
        super().__init__()
        self._days = DAYS[0]
        self._told: dict[int, Late] = {}

    def where(self) -> str:
        """What ran out."""
        return _("What ran out")

    def prompt(self) -> str:
        """What the digits do."""
        return _("1 one day  2 seven days  3 thirty days  Enter opens")

    def compose_body(self) -> ComposeResult:
        """The sum, the lines, the story of one of them."""
        yield Line(id="sum")
        yield Records([
            Column(_("Number"), 10), Column(_("Room"), 9), Column(_("About"), 10, drop=1), Column(_("Due"), 11),
            Column(_("Done"), 11, drop=2), Column(_("Late"), 5), Column(_("Reason"), 0),
        ], empty=_("nothing ran out"))  # fmt: skip
        yield Words(id="story")

    def on_screen_resume(self) -> None:
        """As it is now."""
        self.query_one("#story").styles.height = STORY + 1
        self._show()

    def command(self, command: Command) -> None:
        """A digit looks further back."""
        if command.kind == "menu" and 0 < command.number <= len(DAYS):
            self._days = DAYS[command.number - 1]
            self._show()
        else:
            super().command(command)

    def number_of(self, row: Row) -> str:
        """A record may have broken several promises."""
        assert isinstance(row.id, int)
        return self._told[row.id].record.number

    def moved(self) -> None:
        """The story of the line under the cursor."""
        row = self.records.row
        one = self._told.get(row.id) if row and isinstance(row.id, int) else None
        lines = [""]
        for part in one.story if one else ():
            longer = f"{lines[-1]}   {part}"
            if cells(longer) > self.app.size.width:
                lines.append(f"   {part}")
            else:
                lines[-1] = longer
        self.query_one("#story", Words).show([RULE, *lines])

    def _show(self) -> None:
        now = self.app.now()
        found = lateness(self.app.office.book, now - timedelta(days=self._days), now)
        self.query_one("#sum", Line).show(summary(found, now))
        self._told = dict(enumerate((*found.late, *found.paused)))
        self.records.reload(Fixed(self._lines(found)))
        self.moved()

    def _lines(self, found: Lateness) -> list[ListLine]:
        rows: list[ListLine] = [self._row(at, one) for at, one in self._told.items()]
        if found.paused:
            rows.insert(len(found.late), Heading(_("clocks that were paused")))
        return rows

    def _row(self, at: int, one: Late) -> Row:
        book, record, form, now = self.app.office.book, one.record, one.form, self.app.now()
        room = next((name for name, field in form.fields.items() if field.type == "room"), "")
        return Row(at, (
            display.short_number(form, record.number, now.date()),
            display.value(book, form.fields[room], record.fields.get(room)) if room else "",
            display.what(book, form, record),
            display.moment(one.due, now) if one.due else pick(one.clock.label),
            done(one, now) if one.due or one.stopped else "",
            display.span(one.span),
            one.reason,
        ), "late" if one.due and not one.stopped else "")  # fmt: skip
