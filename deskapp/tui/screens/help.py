"""F1: what can I do here, the keys, and where the book is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult

from deskapp import __version__
from deskapp.book.journal import last_head
from deskapp.i18n import N_, _
from deskapp.text import cells, fit
from deskapp.tui.commandline import Command
from deskapp.tui.widgets.chrome import DeskScreen, PagedScreen
from deskapp.tui.widgets.plain import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS: Sequence[tuple[str, str]] = (
    ("Enter", N_("opens the line under the cursor; it never writes")),
    ("+   *", N_("the next step of that line; all its steps")),
    ("0   00", N_("all functions; this help")),
    ("003", N_("a serial number: the order of today, said as number three")),
    ("1234", N_("the last four of a phone, a waybill or a pick-up code")),
    ("3-2-1502", N_("a room; 3.2.1502 and 321502 are the same; 3- is the building")),
    ("..", N_("the last room once more")),
    ("zs", N_("a name, its initials, or any words: find")),
)
KEYS: Sequence[tuple[str, str]] = (
    ("F1-F10", N_("as on the last line; where the terminal takes them, in a form: Esc and the digit")),
    ("Up Down", N_("move the cursor; PgUp PgDn by pages, Home to the newest, End to the oldest")),
    ("F6", N_("on the board: take back my last step, within five minutes")),
    ("Esc", N_("one screen back; in a form twice, what was typed stays")),
    ("Ctrl+L", N_("lock the screen; also 82. 81 somebody else's turn, 85 my PIN, 83 leave")),
)


class HelpScreen(PagedScreen):
    """Pages of plain lines; any command closes it and is obeyed."""

    PUBLIC = True
    LIVE: ClassVar[frozenset[str]] = frozenset({"Esc"})

    def __init__(self, of: DeskScreen[Any]) -> None:
        super().__init__()
        self._of = of

    def where(self) -> str:
        """Help, and for which screen."""
        return f"{_('Help')} - {self._of.where()}"

    def prompt(self) -> str:
        """How to get on."""
        return _("PgDn: more, Esc or Enter: back")

    def compose_body(self) -> ComposeResult:
        """The lines."""
        yield Words(self._lines())

    def _lines(self) -> list[str]:
        lines: list[str] = []
        own = self._of.help_lines()
        if own:
            lines += [f"-- {_('Here')}", *(f" {line}" for line in own)]
        if self._of.HAS_MENU:
            tasks = [(entry.task, entry) for entry in self.app.menu.group(0) if entry.task]
            lines.append(f"-- {_('Who is at the counter? Type the digit, then Enter')}")
            wide = min(54, self.app.size.width - 18)
            lines += [f"  {_dotted(task, wide)} {entry.number}  {entry.word}" for task, entry in tasks]
        lines += [f"-- {_('The line at the bottom')}", *(f" {fit(sign, 10)}{_(text)}" for sign, text in COMMANDS)]
        lines += [f"-- {_('Keys')}", *(f" {fit(key, 10)}{_(text)}" for key, text in KEYS)]
        return lines + self._facts()

    def _facts(self) -> list[str]:
        office = self.app.office
        seq, head = last_head(office.book)
        path, room = str(office.book.path), max(10, self.app.size.width - 12)
        facts = [
            *((_("Book") if not at else "", path[at : at + room]) for at in range(0, len(path), room)),
            (_("Desk"), f"{office.config.desk}  {office.config.office}"),
            (_("Last entry"), f"{seq}   {head[:4]} {head[4:8]} {head[8:12]} {head[12:16]}"),
            (_("Program"), f"deskapp {__version__}"),
        ]
        return [f"-- {_('This desk')}", *(f" {fit(name, 10)}{text}" for name, text in facts)]

    def command(self, command: Command) -> None:
        """Enter goes back; anything else is meant for the screen below."""
        self.dismiss(None)
        if command.kind not in ("open", "help", "next", "steps", "changed"):
            self.app.call_later(self.app.obey, command)

    def action_help(self) -> None:
        """F1 again."""
        self.dismiss(None)


def _dotted(text: str, width: int) -> str:
    return f"{text} {'.' * max(2, width - cells(text) - 1)}"
