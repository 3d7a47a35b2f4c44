"""Phone and ID numbers in clear: a reason first, one entry that names the fields, hidden again by itself (ux 3.16)."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from deskapp.book import view
from deskapp.book.entry import Entry
from deskapp.desk import display
from deskapp.desk.reveals import requests
from deskapp.errors import DeskError
from deskapp.forms.form import Field, Form, Label
from deskapp.i18n import N_, _, pick
from deskapp.text import fit, show
from deskapp.tui.reading import Reader
from deskapp.tui.screens.filling import FillScreen
from deskapp.tui.widgets.field import Box, Pick

SECONDS = 30
REASONS = (
    N_("notice or call back"), N_("visit"), N_("complaint"), N_("identity check"), N_("emergency"),
)  # fmt: skip


class RevealScreen(FillScreen[None]):
    """Asks why, writes it down, then shows the numbers until Esc, F9 or SECONDS have passed."""

    def __init__(self, number: str, fields: Sequence[str]) -> None:
        super().__init__()
        self._number = number
        self._names = fields
        self._shown = False
        self._form: Form

    def where(self) -> str:
        """Which record."""
        short = display.short_number(self._form, self._number, self.app.today)
        return f"{_('show the number')} {short}"

    def on_mount(self) -> None:
        """Ask for the reason."""
        self.reader = Reader(self.app, self.sheet)
        record = view.record(self.book.read, self._number)
        self._form = display.form_of(self.book, record)
        words = _("reason")
        box = Box(Field("reason", "text", Label(words, words), length=60), needed=True)
        box.picks = tuple(Pick(_(reason), _(reason)) for reason in REASONS)
        self.sheet.head([Text("-" * self.app.size.width, no_wrap=True)])
        self.show_page([box])

    def form_of(self, box: Box) -> Form:
        """The record's form."""
        return self._form

    def sections(self) -> list[Text]:
        """The reasons by digit; once written down, the numbers."""
        width = self.app.size.width
        if not self._shown:
            options = "  ".join(f"{i} {_(reason)}" for i, reason in enumerate(REASONS, 1))
            note = _("written down: who, when, which fields, why; never the number itself")
            return [Text(), Text(options), Text(), Text("-" * width), Text(note)]
        record = view.record(self.book.read, self._number)
        lines = [Text(), Text("-" * width), Text()]
        for name in self._names:
            asked = self._form.fields[name]
            words = spoken(str(record.fields.get(name, "")))
            lines += [Text(f"    {fit(show(pick(asked.label)), 12)} ").append(show(words), "bold"), Text()]
        return [*lines, Text("-" * width), Text(_("Esc or F9 hides it; at most {n} seconds").format(n=SECONDS))]

    def complete(self) -> None:
        """Write the reason down, with the names of the fields and not their values."""
        if self._shown:
            self.dismiss(None)
            return
        wanted = requests(self.book, [self._number], str(self.sheet.boxes[0].value))
        self.app.write(wanted, self._written)

    def _written(self, result: list[Entry] | DeskError) -> None:
        if isinstance(result, DeskError):
            self.wrong(result)
            return
        self._shown = True
        self.say("")
        self.refresh_below()
        self.app.people.idle.revealed()
        self.set_timer(SECONDS, self._hide)

    def _hide(self) -> None:
        if self.is_current:
            self.dismiss(None)

    def on_screen_suspend(self) -> None:
        """Covered or locked: nothing stays in sight below."""
        if self._shown:
            self._shown = False
            self.refresh_below()

    def action_reveal(self) -> None:
        """F9 again hides it."""
        self.dismiss(None)

    def leave(self) -> None:
        """Esc."""
        self.dismiss(None)

    def esc_leaves_at_once(self) -> bool:
        """Nothing typed here is worth keeping."""
        return True


def spoken(number: str) -> str:
    """A mobile number as people read it aloud: 138 0013 1234."""
    if len(number) == 11 and number.isdigit():
        return f"{number[:3]} {number[3:7]} {number[7:]}"
    return number
