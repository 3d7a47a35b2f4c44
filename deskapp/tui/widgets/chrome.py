"""The frame of every screen: title, work, task menu, message, command line or hint, function keys (ux 3.1).

No borders and no drawn boxes: rules are `-`. Text is drawn as it is, never as markup. Between two minutes, and while
nobody types, nothing here repaints.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from textual import events, on
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input

from deskapp.errors import DeskError
from deskapp.i18n import N_, _, tell
from deskapp.text import cells, fit
from deskapp.tui.commandline import Command, read
from deskapp.tui.widgets.plain import Line, Words
from deskapp.tui.widgets.prompted import Prompted

if TYPE_CHECKING:
    from deskapp.tui.app import DeskApp

__all__ = ["CommandLine", "DeskScreen", "Line", "PagedScreen", "Result", "Words"]

Result = TypeVar("Result")

KEYS: Sequence[tuple[str, str]] = (
    ("F1", N_("Help")),
    ("F2", N_("New")),
    ("F3", N_("Find")),
    ("F4", N_("Choose")),
    ("F5", N_("Note")),
    ("F6", N_("Correct")),
    ("F7", N_("Prev")),
    ("F8", N_("Next")),
    ("F9", N_("Number")),
    ("F10", N_("Save")),
    ("Esc", N_("Back")),
)
"""The key line: the same keys in the same places on every screen; what does nothing here is left blank."""

MENU_FROM = 16
"""Lines of screen from which the task menu is shown; the message, command and key lines never go before it."""
KEYS_FROM = 8
ARROW = " ==> "
"""Between what to type and what is typed."""
OFFICE_FROM = 72
"""Columns from which the title line names the office."""
WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))


def moment(now: datetime) -> str:
    """What the title line says of the time: it changes on the minute only."""
    return f"{now:%m-%d} {_(WEEKDAYS[now.weekday()])} {now:%H:%M}"


class CommandLine(Prompted):
    """The line that takes digits: `+` and `*` act at once while it is empty, Enter reads the rest."""

    NARROWEST = 12
    """Cells left to type in."""

    @dataclass
    class Given(Message):
        """A command was given."""

        command: Command

    def __init__(self) -> None:
        super().__init__(id="command")
        self.disable_messages(Input.Changed)  # nobody listens; each would go through three pumps

    def ask(self, text: str, width: int) -> None:
        """Say what to type, on a screen of this width."""
        room = max(0, width - self.NARROWEST - cells(ARROW))
        self.frame(fit(text, min(cells(text), room)) + ARROW)

    def action_home(self, select: bool = False) -> None:
        """In the empty line Home is the list's."""
        if not self.value:
            raise SkipAction
        super().action_home(select)

    def action_end(self, select: bool = False) -> None:
        """In the empty line End is the list's."""
        if not self.value:
            raise SkipAction
        super().action_end(select)

    def watch_value(self, value: str) -> None:
        """A sign in the empty line acts at once."""
        command = read(value)
        if command.kind in ("next", "steps", "changed"):
            self._give(command)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self._give(read(event.value))

    def _give(self, command: Command) -> None:
        self.clear()
        self.post_message(self.Given(command))


class DeskScreen(Screen[Result], Generic[Result]):
    """A screen of the desk. What it is called, what stands in the middle and what a command means is the subclass's."""

    AUTO_FOCUS = "#command"
    ESCAPE_TO_MINIMIZE = False
    HAS_MENU: ClassVar[bool] = False
    HAS_COMMAND: ClassVar[bool] = True
    PUBLIC: ClassVar[bool] = False
    """Whether it may be seen before anybody has signed in."""
    LIVE: ClassVar[frozenset[str]] = frozenset({"F1", "F2", "F3", "F5", "Esc"})
    """The function keys that do something here."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "help", show=False, id="help"),
        Binding("f2", "new", show=False, id="new"),
        Binding("f3", "find", show=False, id="find"),
        Binding("f4", "choose", show=False, id="choose"),
        Binding("f5", "quick", show=False, id="quick"),
        Binding("f6", "correct", show=False, id="correct"),
        Binding("f7", "previous", show=False, id="previous"),
        Binding("f8", "following", show=False, id="following"),
        Binding("f9", "reveal", show=False, id="reveal"),
        Binding("f10", "save", show=False, id="save"),
        Binding("escape", "back", show=False, id="back"),
    ]

    _wrong = False
    _where = ""

    # What a subclass says of itself.

    def where(self) -> str:
        """The name of the screen, first on the title line."""
        return ""

    def compose_body(self) -> ComposeResult:
        """What stands between title and menu."""
        yield from ()

    def command(self, command: Command) -> None:
        """A command was given at the bottom."""
        self.app.obey(command)

    def prompt(self) -> str:
        """What the command line is ready to take."""
        return _("room, serial, tail, name or menu number")

    def help_lines(self) -> list[str]:
        """What F1 says of this screen, before what holds everywhere."""
        return []

    def minute(self) -> None:
        """A minute has passed, or the book was written by somebody else."""

    # For everybody.

    if TYPE_CHECKING:
        app: DeskApp  # a property there; the desk has only this one

    def compose(self) -> ComposeResult:
        """Title, body, menu, message, command or hint, keys."""
        yield Line(id="title")
        yield from self.compose_body()
        if self.HAS_MENU:
            yield Line(id="menu")
        yield Line(id="message")
        if self.HAS_COMMAND:
            yield CommandLine()
        else:
            yield Line(id="hint")
        yield Line(id="keys")

    def on_mount(self) -> None:
        """Say what never changes."""
        self._fit(self.app.size.width, self.app.size.height)

    def on_resize(self, event: events.Resize) -> None:
        """A smaller terminal drops what matters least (ux 3.1 rule 7)."""
        self._fit(event.size.width, event.size.height)

    def on_screen_resume(self) -> None:
        """What was over this screen is gone: fewer forms are parked, the terminal's cursor is in the field again."""
        self.title_line()
        if isinstance(self.focused, Input):
            self.app.cursor_position = self.focused.cursor_screen_offset

    def say(self, text: str, *, wrong: bool = False) -> None:
        """Line 22: what was saved, or what is `wrong`: that goes with the next command, the other stays."""
        self._wrong = wrong
        line = self.query_one("#message", Line)
        line.set_class(wrong, "wrong")
        line.show(text)

    def refuse(self, error: DeskError) -> None:
        """Say what is wrong and what to do instead, in one line."""
        message, hint = tell(error)
        self.say(f"{message}  {hint}" if hint else message, wrong=True)

    def give_up(self, error: DeskError) -> None:
        """Nothing can be done here: leave, and say why on the screen below."""
        app = self.app
        self.dismiss(None)
        app.call_later(lambda: app.desk_screen.refuse(error))

    def hint(self, text: str, right: str = "") -> None:
        """Line 23 where there is no command line."""
        self.query_one("#hint", Line).show(text, right)

    def ask(self, text: str) -> None:
        """Line 23: what to type."""
        self.query_one(CommandLine).ask(text, self.app.size.width)

    def title_left(self, text: str) -> None:
        """What the title line calls this screen from now on."""
        self._where = text
        self.title_line()

    def title_line(self) -> None:
        """Line 1: where, office, who, and the time."""
        session = self.app.session
        office = self.app.office_name if self.app.size.width >= OFFICE_FROM else ""
        parked = _("parked {n}").format(n=n) if (n := self.app.drafts.parked) else ""
        parts = [self._where or self.where(), office, session.name if session else "", parked]
        self.query_one("#title", Line).show("  ".join(filter(None, parts)), moment(self.app.now()))

    def minute_passed(self) -> None:
        """The app's one timer: the title, and what the screen itself keeps."""
        self.title_line()
        self.minute()

    def key_line(self) -> str:
        """Line 24: live keys in their fixed places; a narrow screen gives only the live ones."""
        shown = [(f"{key}{_(word)}", key in self.LIVE) for key, word in KEYS]
        line = " ".join(text if live else " " * cells(text) for text, live in shown)
        if cells(line.rstrip()) > self.app.size.width:
            line = " ".join(text for text, live in shown if live)
        return line

    def menu_line(self) -> str:
        """Line 21: the menu numbers of one digit."""
        words = self.app.menu.line()
        wide = " " + "  ".join(words)
        return wide if cells(wide) <= self.app.size.width else " ".join([*words[:-1], _("0All")])

    def _fit(self, width: int, height: int) -> None:
        self.query_one("#keys", Line).show(self.key_line())
        self.query_one("#keys", Line).display = height >= KEYS_FROM
        if self.HAS_MENU:
            menu = self.query_one("#menu", Line)
            menu.show(self.menu_line())
            menu.display = height >= MENU_FROM
        if self.HAS_COMMAND:
            self.ask(self.prompt())
        self.title_line()

    @on(CommandLine.Given)
    def _given(self, event: CommandLine.Given) -> None:
        event.stop()
        if self._wrong:
            self.say("")
        self.command(event.command)

    # What the keys do unless a screen says otherwise.

    def action_help(self) -> None:
        """F1: what can I do here."""
        self.app.open_help(self)

    def action_new(self) -> None:
        """F2: the menu of tasks."""
        self.app.open_menu()

    def action_find(self) -> None:
        """F3."""
        self.app.open_find("")

    def action_choose(self) -> None:
        """F4."""

    def action_quick(self) -> None:
        """F5: a line in the diary, over anything."""
        from deskapp.tui.quick import note

        note(self.app, self.room_here())

    def room_here(self) -> str:
        """The room that this screen is about, if it is about one."""
        return ""

    def action_correct(self) -> None:
        """F6."""

    def action_previous(self) -> None:
        """F7."""

    def action_following(self) -> None:
        """F8."""

    def action_reveal(self) -> None:
        """F9."""

    def action_save(self) -> None:
        """F10."""

    def action_back(self) -> None:
        """Esc: one screen back."""
        if len(self.app.screen_stack) > 1:
            self.dismiss(None)


class PagedScreen(DeskScreen[None]):
    """A screen of plain lines, by pages."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pageup,up,f7", "turn(-1)", show=False),
        Binding("pagedown,down,f8", "turn(1)", show=False),
    ]

    def action_turn(self, by: int) -> None:
        """PgUp, PgDn."""
        self.query_one(Words).turn(by)
