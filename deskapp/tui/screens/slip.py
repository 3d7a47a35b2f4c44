"""The slip of a delivery on the screen: print it, have it signed (ux 2.1, 3.6)."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from deskapp.book.entry import Entry
from deskapp.book.journal import Request
from deskapp.desk import display, mail, slip
from deskapp.desk.mail import DELIVERY
from deskapp.errors import DeskError
from deskapp.i18n import _, pick
from deskapp.tui.commandline import Command
from deskapp.tui.widgets.chrome import DeskScreen
from deskapp.tui.widgets.plain import Words


class SlipScreen(DeskScreen[list[Entry] | None]):
    """1 the courier signed, 2 he left without; gives the entries, None where it goes on."""

    LIVE: ClassVar[frozenset[str]] = frozenset({"F1", "F7", "F8", "Esc"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pageup,up,f7", "turn(-1)", show=False),
        Binding("pagedown,down,f8", "turn(1)", show=False),
    ]

    def __init__(self, number: str) -> None:
        super().__init__()
        self._number = number

    def where(self) -> str:
        """The paper."""
        form = self.app.office.book.forms[DELIVERY]
        return f"{pick(form.title)} {display.short_number(form, self._number, self.app.today)}"

    def prompt(self) -> str:
        """What the digits do."""
        return _("1 the courier signed  2 he left without  3 print  Esc goes on")

    def compose_body(self) -> ComposeResult:
        """The page."""
        yield Words()

    def on_mount(self) -> None:
        """Lay it out; print it at once, as the courier waits."""
        self.query_one(Words).show(slip.lines(self.app.office, self._number))
        self._print()

    def _print(self) -> None:
        try:
            path = slip.print_out(self.app.office, self._number)
        except DeskError as error:
            self.refuse(error)
        else:
            self.say(_("printed to {path}").format(path=f"{path.parent.name}/{path.name}"))

    def command(self, command: Command) -> None:
        """1 and 2 end the delivery, 3 prints once more."""
        match command.text:
            case "1" | "2":
                taken, refused = mail.sums(mail.pieces(self.app.office.book, self._number))
                answers = {"signature": command.text, "taken": taken, "refused": refused}
                self.app.write([Request("sign", answers, DELIVERY, self._number)], self._written)
            case "3":
                self._print()
            case _:
                self.say(_("1, 2 or 3; Esc goes on with the pieces"), wrong=True)

    def _written(self, result: list[Entry] | DeskError) -> None:
        if isinstance(result, DeskError):
            self.refuse(result)
        else:
            self.dismiss(result)

    def action_turn(self, by: int) -> None:
        """A page of it."""
        self.query_one(Words).turn(by)
