"""What is typed and not saved: when it goes to the disk, what is kept of it, and to whom it is offered.

Every key in a form starts a clock unless one runs; when it has run off, what changed is written in a thread. What is
saved takes its draft along in its own transaction (`book.drafts`).
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Protocol, cast

from deskapp.errors import DeskError
from deskapp.i18n import _, tell

if TYPE_CHECKING:
    from textual.timer import Timer

    from deskapp.book.drafts import Draft
    from deskapp.tui.app import DeskApp
    from deskapp.tui.typed import Typed

PAUSE = 0.8
"""Seconds that what is typed may wait: with the writing itself it is on the disk within one."""
RETRY = 5.0
"""Seconds after which a disk that refused is asked again."""
MOST_PARKED = 5
"""Forms that may wait under others."""


class Keeping(Protocol):
    """A screen that something is typed into."""

    place: str

    @property
    def author(self) -> str:
        """Whose text it is."""

    def typed(self) -> Typed | None:
        """What is typed and not saved; None for nothing."""


class Drafts:
    """The drafts of one app."""

    def __init__(self, app: DeskApp) -> None:
        self._app = app
        self._known: dict[str, Draft] = {}
        """What there is, as far as it was looked at, by place."""
        self._waiting: dict[str, Draft | None] = {}
        """What is not on the disk yet; None is to be forgotten."""
        self._timer: Timer | None = None
        self._writing = False
        self._told = False
        self._used: set[str] = set()
        self._turn = threading.RLock()
        """Held while a form is saved or a draft written: what has just been saved is not written once more."""

    # Keeping.

    def touch(self) -> None:
        """Something was typed."""
        self._wait(PAUSE)

    def _wait(self, seconds: float) -> None:
        if self._timer is None:
            self._timer = self._app.set_timer(seconds, self._due)

    def _due(self) -> None:
        self._timer = None
        self.keep()

    def keep(self) -> None:
        """Write what changed, in a thread."""
        self._look()
        if self._writing:
            self._wait(PAUSE)
        elif self._waiting:
            self._writing = True
            self._app.run_worker(self._in_thread, group="drafts", thread=True)

    def _in_thread(self) -> None:
        batch, refused = dict(self._waiting), None
        try:
            self._write(batch)
        except DeskError as error:
            refused = error
        self._app.call_later(self._written, batch, refused)

    def keep_at_once(self) -> None:
        """Write what changed before anything else happens: the program is about to end, or to be stopped."""
        self._look()
        with suppress(DeskError):
            self._write(self._waiting)

    def _look(self) -> None:
        """See what has changed."""
        from deskapp.book.drafts import Draft

        for screen in self._open():
            place, typed, known = screen.place, screen.typed(), self._known.get(screen.place)
            if place in self._used:
                continue
            if typed is None:
                if known:
                    del self._known[place]
                    self._waiting[place] = None
            elif (body := typed.body) != (known and known.body):
                draft = Draft(place, screen.author, self._app.now().isoformat(), body)
                self._known[place] = self._waiting[place] = draft

    def _write(self, batch: Mapping[str, Draft | None]) -> None:
        with self._turn:
            wanted = {place: one for place, one in batch.items() if one is None or place not in self._used}
            if wanted:
                from deskapp.book import drafts as store

                gone = [place for place, one in wanted.items() if one is None]
                store.keep(self._app.office.book, filter(None, wanted.values()), gone)

    def _written(self, batch: Mapping[str, Draft | None], refused: DeskError | None) -> None:
        self._writing = False
        if refused is None:
            self._told = False
            self._waiting = {place: one for place, one in self._waiting.items() if batch.get(place, place) is not one}
            return
        if not self._told:
            self._told = True
            self._app.desk_screen.say(_("what you type is not kept: {why}").format(why=tell(refused)[0]), wrong=True)
        self._wait(RETRY)

    @contextmanager
    def using(self, place: str) -> Iterator[None]:
        """Save what was typed at a place; done without an error, its draft is used up."""
        with self._turn:
            yield
            self._used.add(place)

    def drop(self, place: str) -> None:
        """Forget a draft, because its author says so."""
        self._used.add(place)
        self._waiting[place] = None
        self.keep()

    # Looking.

    @property
    def here(self) -> bool:
        """Whether something unsaved stands on the screen that is shown."""
        return any(one.typed() is not None for one in _forms([self._app.screen]))

    @property
    def parked(self) -> int:
        """How many forms wait under the screen that is shown."""
        return sum(one.typed() is not None for one in _forms(self._app.screen_stack[:-1]))

    def room(self) -> bool:
        """Whether a form may be opened over those that are open; says why not."""
        if sum(one.typed() is not None for one in _forms(self._app.screen_stack)) < MOST_PARKED:
            return True
        words = _("{n} forms are waiting already: finish one first")
        self._app.desk_screen.say(words.format(n=MOST_PARKED), wrong=True)
        return False

    def left(self) -> list[tuple[Draft, Typed]]:
        """What whoever is signed in has left and not gone on with, the latest first."""
        from deskapp.tui.typed import read

        session = self._app.session
        if session is None:
            return []
        opened = {one.place for one in self._open()} | self._used
        known = sorted(self._known.values(), key=lambda one: one.at, reverse=True)
        mine = ((one, read(one)) for one in known if one.staff == session.staff and one.place not in opened)
        return [(one, typed) for one, typed in mine if typed is not None]

    def offer(self) -> None:
        """Show somebody who has signed in what he left; nothing where he left nothing."""
        from deskapp.book import drafts as store

        session = self._app.session
        if session is None:
            return
        found = {one.place: one for one in store.of(self._app.office.book, session.staff)}
        self._known = {place: one for place, one in found.items() if place not in self._waiting} | self._known
        if self.left():
            from deskapp.tui.screens.drafts import DraftsScreen

            self._app.push_screen(DraftsScreen())

    def _open(self) -> list[Keeping]:
        """Every form that is open, whoever's it is."""
        return _forms(screen for pile in self._app._screen_stacks.values() for screen in pile)  # noqa: SLF001


def _forms(screens: Iterable[object]) -> list[Keeping]:
    return [cast("Keeping", screen) for screen in screens if hasattr(screen, "place")]
