"""What is typed and not saved: when it goes to the disk, what is kept of it, and to whom it is offered.

Every key in a form starts a clock unless one runs; when it has run off, what changed is written in a thread. What is
saved takes its draft along in its own transaction (`book.drafts`).
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
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
        self._kept: dict[str, Draft] = {}
        """What is on the disk, as far as it was looked at, by place."""
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
        if self._writing:
            self._wait(PAUSE)
            return
        drafts, gone = self._changed()
        if not drafts and not gone:
            return
        self._writing = True

        def write() -> None:
            refused = None
            try:
                self._write(drafts, gone)
            except DeskError as error:
                refused = error
            self._app.call_later(self._written, drafts, gone, refused)

        self._app.run_worker(write, group="drafts", thread=True)

    def keep_at_once(self) -> None:
        """Write what changed before anything else happens: the program is about to end, or to be stopped."""
        with suppress(DeskError):
            self._write(*self._changed())

    def _changed(self) -> tuple[list[Draft], list[str]]:
        from deskapp.book.drafts import Draft

        drafts: list[Draft] = []
        gone: list[str] = []
        for screen in self._open():
            typed, kept = screen.typed(), self._kept.get(screen.place)
            if typed is None:
                if kept:
                    gone.append(screen.place)
            elif (body := typed.body) != (kept and kept.body):
                drafts.append(Draft(screen.place, screen.author, self._app.now().isoformat(), body))
        return drafts, gone

    def _write(self, drafts: list[Draft], gone: list[str]) -> None:
        with self._turn:
            drafts = [one for one in drafts if one.place not in self._used]
            if drafts or gone:
                from deskapp.book import drafts as store

                store.keep(self._app.office.book, drafts, gone)

    def _written(self, drafts: list[Draft], gone: list[str], refused: DeskError | None) -> None:
        self._writing = False
        if refused is None:
            self._told = False
            self._kept.update((one.place, one) for one in drafts)
            for place in (*gone, *self._used):
                self._kept.pop(place, None)
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
        """Forget a draft, because its author says so; raises DeskError."""
        from deskapp.book import drafts as store

        with self._turn:
            store.keep(self._app.office.book, (), [place])
            self._used.add(place)
            self._kept.pop(place, None)

    # Looking.

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
        kept = sorted(self._kept.values(), key=lambda one: one.at, reverse=True)
        mine = ((one, read(one)) for one in kept if one.staff == session.staff and one.place not in opened)
        return [(one, typed) for one, typed in mine if typed is not None]

    def offer(self) -> None:
        """Show somebody who has signed in what he left; nothing where he left nothing."""
        from deskapp.book import drafts as store

        session = self._app.session
        if session is None:
            return
        self._kept |= {one.place: one for one in store.of(self._app.office.book, session.staff)}
        if self.left():
            from deskapp.tui.screens.drafts import DraftsScreen

            self._app.push_screen(DraftsScreen())

    def _open(self) -> list[Keeping]:
        """Every form that is open, whoever's it is."""
        return _forms(screen for pile in self._app._screen_stacks.values() for screen in pile)  # noqa: SLF001


def _forms(screens: Iterable[object]) -> list[Keeping]:
    return [cast("Keeping", screen) for screen in screens if hasattr(screen, "place")]
