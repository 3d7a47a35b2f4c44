"""The hand-over record as a page: to read, and to be printed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from deskapp.errors import DeskError
from deskapp.i18n import _
from deskapp.tui.commandline import Command
from deskapp.tui.widgets.chrome import PagedScreen
from deskapp.tui.widgets.plain import RULE, Words

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from deskapp.tui.app import DeskApp


class RecordSheet(PagedScreen):
    """The record, line by line as it is printed; 1 writes the page that a browser prints."""

    LIVE: ClassVar[frozenset[str]] = frozenset({"F1", "F7", "F8", "F10", "Esc"})

    def __init__(self, number: str, words: str = "") -> None:
        super().__init__()
        self._number, self._words = number, words

    def where(self) -> str:
        """Which record."""
        return _("Hand-over record")

    def compose_body(self) -> ComposeResult:
        """The lines."""
        yield Words()

    def on_mount(self) -> None:
        """As it was signed."""
        from deskapp.reports import handover

        super().on_mount()
        lines = handover.text(self.app.office.book, self.app.office.config.office, self._number)
        self.query_one(Words).show([RULE, *lines])
        if self._words:
            self.say(self._words)

    def prompt(self) -> str:
        """What can be done with it."""
        return _("1 print  Esc board")

    def command(self, command: Command) -> None:
        """1 prints."""
        if command.kind == "menu" and command.number == 1:
            self.action_save()
        else:
            super().command(command)

    def action_save(self) -> None:
        """F10: write the page, and say where."""
        from deskapp.reports import handover

        office = self.app.office
        try:
            path = handover.write(office.book, office.config.office, self._number, office.home)
        except DeskError as error:
            self.refuse(error)
        else:
            self.say(_("written: {path}; open it and print two copies").format(path=path))


def keep_copy(app: DeskApp) -> None:
    """Copy the book into the office's folder for backups, where one is set, beside the work."""
    book, folder = app.office.book, app.office.config.backups
    if not folder:
        return

    def copy() -> None:
        from deskapp.book.backup import backup

        try:
            target, _report = backup(book, Path(folder))
        except DeskError as error:
            app.call_from_thread(_told, app, error)
        else:
            app.call_from_thread(_told, app, _("backup made: {path}").format(path=target.name))

    app.run_worker(copy, group="backup", thread=True)


def _told(app: DeskApp, outcome: str | DeskError) -> None:
    """Say how the copy went, on whatever screen is there."""
    if isinstance(outcome, DeskError):
        app.desk_screen.refuse(outcome)
    else:
        app.desk_screen.say(outcome)
