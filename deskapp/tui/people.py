"""Who is signed in at this screen, and whose turn it is.

Several may be signed in, one is at the keyboard. Each has a pile of screens of his own (a mode, as Textual calls it)
that waits for him as he left it; the lock is a pile by itself, so behind it there is nothing to be seen. It all lives
in memory: after a restart everybody signs in anew, with the passphrase.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deskapp.errors import DeskError
from deskapp.tui.idle import Idle

if TYPE_CHECKING:
    from deskapp.book.session import Session
    from deskapp.tui.app import DeskApp


@dataclass(slots=True)
class _Person:
    session: Session
    saved: str = ""
    last_room: str = ""


class People:
    """The people at one screen; the one at the keyboard is the app's session."""

    def __init__(self, app: DeskApp) -> None:
        self._app = app
        self._people: dict[str, _Person] = {}
        self._version = 0
        self.idle = Idle(app, self.lock)

    @property
    def signed_in(self) -> list[Session]:
        """Everybody who is signed in, in the order they came."""
        return [person.session for person in self._people.values()]

    def get(self, staff: str) -> Session | None:
        """The session of somebody who is signed in: what a PIN can unlock."""
        person = self._people.get(staff)
        return person.session if person else None

    # Whose turn it is.

    def enter(self, session: Session | None) -> None:
        """Somebody has shown who he is: his screens as he left them, or the board."""
        from deskapp.tui import arrival
        from deskapp.tui.screens.board import BoardScreen

        if session is None:
            return
        app = self._app
        app.session = session
        first, known = not self._people, session.staff in self._people
        if (person := self._people.get(session.staff)) is None:
            person = self._people[session.staff] = _Person(session)
            app.add_mode(session.staff, BoardScreen)
        person.session = session
        app.saved, app.last_room = person.saved, person.last_room
        app.switch_mode(session.staff)
        if app.desk_screen.is_mounted:
            app.desk_screen.title_line()
        if first:
            arrival.tell(app)
        elif not known:
            arrival.tell_duty(app)
        if not known:
            app.drafts.offer()
        arrival.ask_time(app)
        self.idle.start()

    def lock(self) -> None:
        """Nothing of the book stays on the screen until somebody shows who he is."""
        staff = self._app.session.staff if self._app.session else ""
        self._app.call_next(self.ask, staff)

    def change(self) -> None:
        """81: somebody else's turn."""
        self._app.call_next(self.ask)

    def ask(self, staff: str = "") -> None:
        """Lock, and ask who goes on: `staff`, unless another number is typed. On the app's own pump."""
        from deskapp.tui.screens.signin import SignInScreen

        app = self._app
        if isinstance(app.screen, SignInScreen):
            return
        self.idle.stop()
        if app.session and (person := self._people.get(app.session.staff)):
            person.saved, person.last_room = app.saved, app.last_room
        app.session = None
        app.copy_to_clipboard("")
        app.switch_mode(app.DEFAULT_MODE)
        app.push_screen(SignInScreen(staff), self.enter)

    # Leaving.

    def leave(self) -> None:
        """83: sign oneself out; whoever is still signed in goes on, and the last one ends the program."""
        session = self._app.session
        if len(self._people) > 1 and session:
            self.sign_out(session.staff)
        elif session or not self._people:  # nobody ends it from before the lock
            self._app.exit()

    def sign_out(self, *staff: str) -> None:
        """Sign these out, or everybody; what they were typing is kept for them."""
        self._app.call_next(self._sign_out, *staff or tuple(self._people))

    def take_over(self, session: Session) -> None:
        """The hand-over is signed: the post, at the board, is this person's, and everybody else is signed out."""
        from deskapp.tui.screens.board import BoardScreen

        app = self._app
        self.enter(session)
        app.saved = ""
        while not isinstance(app.screen, BoardScreen) and len(app.screen_stack) > 1:
            app.pop_screen()
        if others := [staff for staff in self._people if staff != session.staff]:
            self.sign_out(*others)

    def _sign_out(self, *staff: str) -> None:
        if self._app.session and self._app.session.staff in staff:
            self.ask()
        self._forget(*staff)

    def _forget(self, *staff: str) -> None:
        self._app.drafts.keep_at_once()
        for one in staff:
            if self._people.pop(one, None):
                self._app.remove_mode(one)

    # As the records say.

    def look(self) -> None:
        """Before a key, on the minute, on waking: is it time to lock, and may he still do what he may?"""
        app = self._app
        if app.session is None:
            return
        if self.idle.over and not app.typeahead.busy:
            self.ask(app.session.staff)
            return
        with suppress(DeskError):  # a disk that is gone is told by whatever needs it
            book = app.office.book
            if (version := book.version) != self._version:
                self._version = version
                self._refresh(app.session)

    def _refresh(self, session: Session) -> None:
        from deskapp.book.session import session_of

        try:
            now = session_of(self._app.office.book.read, session.staff)
        except DeskError:
            self._sign_out(session.staff)  # he left the staff
            return
        if now != session and (person := self._people.get(session.staff)):
            self._app.session = person.session = now
            self._app.desk_screen.title_line()
