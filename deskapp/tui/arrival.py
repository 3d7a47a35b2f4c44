"""What whoever signs in is told first: what is wrong with the office's files, and a clock that jumped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskapp.book import wallclock

if TYPE_CHECKING:
    from deskapp.tui.app import DeskApp


def tell(app: DeskApp) -> None:
    """The first thing that opening complained about, on the board."""
    if complaints := (*app.office.book.complaints, *app.office.complaints):
        app.call_after_refresh(app.desk_screen.refuse, complaints[0])


def ask_time(app: DeskApp) -> None:
    """Where the computer's clock jumped: what time is it?"""
    book = app.office.book
    if app.session and (jump := wallclock.jump(book.read, book.journal, app.now())):
        from deskapp.tui.screens.time import TimeScreen

        app.push_screen(TimeScreen(jump), lambda _: app.desk_screen.minute_passed())
