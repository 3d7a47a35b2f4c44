"""What changed on the board since the person at it last left it."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from deskapp.book import seen
from deskapp.i18n import _

if TYPE_CHECKING:
    from deskapp.book.session import Session
    from deskapp.book.view import Record
    from deskapp.tui.screens.board import BoardScreen

SELDOM = timedelta(minutes=5)
"""Between two notes of what was seen: leaving the board for a moment is no reason to write."""


class News:
    """Looked up when somebody comes to the board; what he does himself is none."""

    def __init__(self, board: BoardScreen) -> None:
        self._board = board
        self._who: Session | None = None
        self._changed: dict[tuple[int, int], bool] = {}
        self._noted: datetime | None = None

    def arrived(self) -> bool:
        """Whether somebody else is at the board than a moment ago; then it is known what is new to him."""
        app = self._board.app
        who = app.session
        if who is None or who is self._who:
            return False
        self._who, self._noted = who, app.now()
        self._changed = seen.changed(app.office.book.read, who.staff)
        return True

    def __contains__(self, record: Record) -> bool:
        return (record.journal, record.rec) in self._changed

    def word(self, record: Record) -> str:
        """What a line says of a record first: new, changed, or nothing."""
        new = self._changed.get((record.journal, record.rec))
        return "" if new is None else _("new line") if new else _("changed line")

    def left(self) -> None:
        """The board is left: it has been seen as it is. At once where somebody signs out, else now and then."""
        app = self._board.app
        if self._who is None or (app.session and self._noted and app.now() - self._noted < SELDOM):
            return
        app.run_worker(partial(seen.note, app.office.book, self._who.staff), group="seen", thread=True)
        self._noted = app.now()
        if app.session is None:
            self._who = None

    def ended(self) -> None:
        """The program ends."""
        if self._who is not None:
            seen.note(self._board.app.office.book, self._who.staff)
