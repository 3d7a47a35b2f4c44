"""A refusal: the sentence to read to the customer, the clause it rests on, and a note of it if wanted (ux 3.13)."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.widgets import Static

from deskapp.errors import Refused
from deskapp.forms.form import Field
from deskapp.i18n import _, pick
from deskapp.tui.commandline import Command
from deskapp.tui.quick import note
from deskapp.tui.widgets.chrome import DeskScreen
from deskapp.tui.widgets.roomcard import heading, wrapped


class RefusalScreen(DeskScreen[None]):
    """Nothing was saved; the panel below keeps all that was typed."""

    LIVE: ClassVar[frozenset[str]] = frozenset({"F1", "Esc"})

    def __init__(self, error: Refused, field: Field, *, room: str = "", about: str = "") -> None:
        super().__init__()
        self._error = error
        self._field = field
        self._room = room
        self._about = about
        self._text = Static("", markup=False)
        self._text.styles.height = "1fr"

    def where(self) -> str:
        """What was refused."""
        return _("not accepted: {label}").format(label=pick(self._field.label))

    def compose_body(self) -> ComposeResult:
        """The sentence."""
        yield self._text

    def prompt(self) -> str:
        """The two ways on."""
        return "1-2"

    def on_mount(self) -> None:
        """Lay the sentence out where it is read easily."""
        width = self.app.size.width
        said = wrapped(pick(self._error.say), width - 8)
        lines = [Text("-" * width), Text(), Text(f" {_('please say to the customer:')}", "bold"), Text()]
        lines += [Text("    ").append(line) for line in said]
        lines += [Text(), Text(f" {_('by: {cites}').format(cites=self._field.cites or '-')}"), Text()]
        lines += [heading(_("and then"), width),
                  Text(f" 1 {_('note the refusal in the diary')}   2 {_('back, to change it')}")]  # fmt: skip
        self._text.update(Text("\n").join(lines))
        self.say(_("nothing was saved; with 1 the diary will say: {words}").format(words=self._words()))

    def _words(self) -> str:
        label = pick(self._field.label)
        return " ".join(filter(None, (_("refused and explained:"), self._about, f"({label})")))

    def command(self, command: Command) -> None:
        """1 notes it, 2 and an empty Enter go back."""
        if command.kind == "menu" and command.number == 1:
            self._note()
        elif command.kind == "open" or (command.kind == "menu" and command.number == 2):
            self.dismiss(None)
        else:
            self.say(_("1 or 2"), wrong=True)

    def _note(self) -> None:
        """A line in the diary with the room and what was refused."""
        app = self.app
        self.dismiss(None)
        app.call_later(note, app, self._room, self._words())
