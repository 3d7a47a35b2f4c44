"""What whoever signs in is told first: what is wrong with the office's files, and a clock that jumped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskapp.book import wallclock
from deskapp.i18n import _

if TYPE_CHECKING:
    from deskapp.tui.app import DeskApp


def tell(app: DeskApp) -> None:
    """The first thing that opening complained about, on the board."""
    if complaints := (*app.office.book.complaints, *app.office.complaints):
        app.call_after_refresh(app.desk_screen.refuse, complaints[0])
    else:
        tell_duty(app)


def ask_time(app: DeskApp) -> None:
    """Where the computer's clock jumped: what time is it?"""
    book = app.office.book
    if app.session and (jump := wallclock.jump(book.read, book.journal, app.now())):
        from deskapp.tui.screens.time import TimeScreen

        app.push_screen(TimeScreen(jump), lambda _answer: app.desk_screen.minute_passed())


def tell_duty(app: DeskApp) -> None:
    """Nobody on duty, or a shift that everybody forgot: said plainly, with the key that mends it (R141)."""
    from deskapp.desk import display, shifts

    book, now = app.office.book, app.now()
    shift = shifts.on_duty(book)
    if shift is None:
        last = shifts.last(book)
        sealed = last is not None and last.state == shifts.SEALED
        words = _("nobody is on duty: F10 takes the post")
        if sealed and last is not None:
            words += _("; {number} was sealed: count again first").format(number=display.called(book, last.number))
        app.call_after_refresh(app.desk_screen.say, words)
    elif shifts.forgotten(shift, now):
        words = _("{name} has not handed over since {since}: 9 closes the shift, sealed, with a reason")
        since = f"{shift.opened:%m-%d %H:%M}"
        app.call_after_refresh(app.desk_screen.say, words.format(name=display.person(book, shift.by), since=since))
