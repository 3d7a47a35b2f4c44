"""The stick: what would go and what came, one digit for each way, and when it may be pulled out (ux 3.17, F6.9)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from deskapp.errors import DeskError
from deskapp.i18n import _
from deskapp.text import clean, fold
from deskapp.tui import stickwords
from deskapp.tui.screens.working import WorkingScreen
from deskapp.tui.widgets.chrome import ARROW
from deskapp.tui.widgets.plain import RULE, Words
from deskapp.tui.widgets.prompted import Prompted

if TYPE_CHECKING:
    from deskapp.exchange.arrived import Arrived
    from deskapp.exchange.exporting import Exported
    from deskapp.exchange.stick import Found


class ExchangeScreen(WorkingScreen):
    """A look at the stick, then 1 exports and 2 imports."""

    HAS_COMMAND = False
    AUTO_FOCUS = "#typed"
    LIVE: ClassVar[frozenset[str]] = frozenset({"F1", "F7", "F8", "Esc"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pageup,up,f7", "turn(-1)", show=False),
        Binding("pagedown,down,f8", "turn(1)", show=False),
    ]

    def __init__(self, outward: bool) -> None:
        super().__init__()
        self._outward = outward
        self._folder: Path | None = None
        """As typed by hand; else a stick is looked for."""
        self._turn = 0
        self._found: Found | None = None
        self._secret = ""
        self._draw: Callable[[int], list[str]] = lambda width: [_(" looking for the stick ...")]

    def where(self) -> str:
        """Which way."""
        return _("To the stick") if self._outward else _("From the stick")

    def help_lines(self) -> list[str]:
        """What the digits do."""
        return [_("1 exports, 2 imports, 3 takes the next stick; Enter looks again; a folder may be typed")]

    def compose_body(self) -> ComposeResult:
        """What was found, and the field."""
        yield Words()
        yield Prompted(id="typed")

    def on_mount(self) -> None:
        """Look at once."""
        self._ask()
        self._look()

    def on_resize(self, event: events.Resize) -> None:
        """Sentences are laid out anew."""
        self._show(self._draw)
        self._ask()

    def action_turn(self, by: int) -> None:
        """A page of it."""
        self.query_one(Words).turn(by)

    def action_new(self) -> None:
        """What is typed here is for the stick."""

    action_find = action_quick = action_new

    def _show(self, draw: Callable[[int], list[str]]) -> None:
        self._draw = draw
        if self.is_mounted and not self.left:
            self.query_one(Words).show([RULE, *draw(self.app.size.width)])

    def _ask(self, *, secret: bool = False) -> None:
        field = self.query_one("#typed", Prompted)
        field.password = secret
        field.frame((_("passphrase of the key") if secret else _("1 export  2 import  Enter look again")) + ARROW)
        self.hint("" if secret else _("no stick found? type its folder, as /media/usb"))

    @on(Input.Submitted, "#typed")
    def _typed(self, event: Input.Submitted) -> None:
        event.stop()
        field = self.query_one("#typed", Prompted)
        raw, secret = event.value, field.password
        field.clear()
        self.say("")
        if secret:
            self._secret = raw
            self._ask()
            (self._export if raw else self._look)()
            return
        match fold(clean(raw)).strip():
            case "1":
                self._export()
            case "2":
                self._import()
            case "3":
                self._turn += 1
                self._look()
            case "":
                self._look()
            case text if len(text) > 1 and not text.isdigit():
                self._folder = Path(clean(raw)).expanduser().absolute()
                self._look()
            case _:
                self.say(_("1 or 2, Enter, or a folder"), wrong=True)

    # The work.

    def _look(self) -> None:
        book, home, folder, turn = self.app.office.book, self.app.office.home, self._folder, self._turn

        def job() -> Found:
            from deskapp.exchange import stick

            return stick.look(book, home, folder, turn)

        self.work(job, self._looked)

    def _looked(self, found: Found) -> None:
        self._found = found
        self._show(lambda width: stickwords.look(found, width))

    def _export(self) -> None:
        if (folder := self._where_to()) is None:
            return
        book, home, secret = self.app.office.book, self.app.office.home, self._secret
        self._secret = ""
        self._show(lambda width: stickwords.stages("writing", 0, width))

        def job() -> list[Exported]:
            from deskapp.exchange import stick

            return stick.send(
                book, home, folder, secret,
                lambda entries: self._progress(lambda width: stickwords.stages("writing", entries, width)),
                lambda stage: self._progress(lambda width: stickwords.stages(stage, 0, width)),
            )  # fmt: skip

        self.work(job, self._sent)

    def _sent(self, files: list[Exported]) -> None:
        self._end(
            "" if all(one.carried for one in files) else _("this is the computer's own disk: is the stick plugged in?"),
            lambda width: [*stickwords.stages("done", 0, width), *stickwords.sent(files, width)],
        )

    def _import(self) -> None:
        if (folder := self._where_to()) is None:
            return
        book, home = self.app.office.book, self.app.office.home
        self._show(lambda width: stickwords.reading(0))

        def job() -> list[Arrived]:
            from deskapp.exchange import stick

            return stick.take(
                book, home, folder, lambda entries: self._progress(lambda width: stickwords.reading(entries))
            )

        self.work(job, self._taken)

    def _taken(self, files: list[Arrived]) -> None:
        self._end(stickwords.trouble(files), lambda width: stickwords.taken(files, width))

    def _end(self, trouble: str, draw: Callable[[int], list[str]]) -> None:
        """Say how it ended, here or wherever the clerk is now."""
        self._show(draw)
        self.desk.desk_screen.say(trouble or _("the stick may be pulled out"), wrong=bool(trouble))

    def _where_to(self) -> Path | None:
        if self._found is None or self._found.stick is None:
            self.say(_("no stick found: plug it in and press Enter, or type its folder"), wrong=True)
            return None
        return self._found.stick.folder

    def _progress(self, draw: Callable[[int], list[str]]) -> None:
        """From the thread: how far it is."""
        self.desk.call_from_thread(self._show, draw)

    def failed(self, error: DeskError) -> None:
        """Why not, and what to do; a locked key is asked for its passphrase."""
        from deskapp.exchange.stick import Locked

        if not self.left:
            if isinstance(error, Locked):
                self._ask(secret=True)
            self._show(lambda width: stickwords.refused(error, width))
        super().failed(error)
