"""The stick: what would go and what came, one digit for each way, and when it may be pulled out (ux 3.17, F6.9)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on
from textual.widgets import Input

from deskapp.errors import DeskError
from deskapp.i18n import _
from deskapp.text import clean, fold
from deskapp.tui import stickwords
from deskapp.tui.screens.working import AskingScreen
from deskapp.tui.widgets.chrome import ARROW
from deskapp.tui.widgets.prompted import Prompted

if TYPE_CHECKING:
    from deskapp.exchange.arrived import Arrived
    from deskapp.exchange.exporting import Exported
    from deskapp.exchange.stick import Found


class ExchangeScreen(AskingScreen):
    """A look at the stick, then 1 exports and 2 imports."""

    def __init__(self, outward: bool) -> None:
        super().__init__()
        self._outward = outward
        self._folder: Path | None = None
        """As typed by hand; else a stick is looked for."""
        self._turn = 0
        self._found: Found | None = None
        self._secret = ""

    def where(self) -> str:
        """Which way."""
        return _("To the stick") if self._outward else _("From the stick")

    def help_lines(self) -> list[str]:
        """What the digits do."""
        return [_("1 exports, 2 imports, 3 takes the next stick; Enter looks again; a folder may be typed")]

    def on_mount(self) -> None:
        """Look at once."""
        self.show(lambda width: [_(" looking for the stick ...")])
        self._ask()
        self._look()

    def question(self) -> None:
        """Which way, or where to."""
        self._ask()

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
        self.show(lambda width: stickwords.look(found, width))

    def _export(self) -> None:
        if (folder := self._where_to()) is None:
            return
        book, home, secret = self.app.office.book, self.app.office.home, self._secret
        self._secret = ""
        self.show(lambda width: stickwords.stages("writing", 0, width))

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
        self.show(lambda width: stickwords.reading(0))

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
        self.show(draw)
        self.desk.desk_screen.say(trouble or _("the stick may be pulled out"), wrong=bool(trouble))

    def _where_to(self) -> Path | None:
        if self._found is None or self._found.stick is None:
            self.say(_("no stick found: plug it in and press Enter, or type its folder"), wrong=True)
            return None
        return self._found.stick.folder

    def _progress(self, draw: Callable[[int], list[str]]) -> None:
        """From the thread: how far it is."""
        self.desk.call_from_thread(self.show, draw)

    def failed(self, error: DeskError) -> None:
        """Why not, and what to do; a locked key is asked for its passphrase."""
        from deskapp.exchange.stick import Locked

        if not self.left:
            if isinstance(error, Locked):
                self._ask(secret=True)
            self.show(lambda width: stickwords.refused(error, width))
        super().failed(error)
