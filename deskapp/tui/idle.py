"""When nobody has typed for a while: the one alarm behind the lock.

Should it come late, whatever comes before it (a key, the minute, SIGCONT) looks at the time too.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from deskapp.tui.alarm import Alarm, clock

if TYPE_CHECKING:
    from deskapp.tui.app import DeskApp

MORE = 120.0
"""Seconds more while a form holds unsaved text: it may be a long call (ux 7.13)."""
REVEALED = 60.0
"""Seconds after a number was shown in clear."""
BUSY = 1.0
"""Seconds between looks while something is being saved: it wants its own screen."""


class Idle:
    """Calls `lock` when nothing was typed for too long."""

    def __init__(self, app: DeskApp, lock: Callable[[], None]) -> None:
        self._app = app
        self._lock = lock
        self._alarm = Alarm(partial(app.call_next, self.look))
        self._last = clock()
        self._revealed = False

    def start(self) -> None:
        """Somebody is there."""
        self.typed()
        self._wait()

    def stop(self) -> None:
        """Locked, or nobody is signed in."""
        self._alarm.stop()

    def typed(self) -> None:
        """A key came."""
        self._last = clock()
        self._revealed = False

    def revealed(self) -> None:
        """A number stands there in clear: less time, until the next key."""
        self._revealed = True
        self._wait()

    @property
    def over(self) -> bool:
        """Whether it is time to lock; asked before every key, so the shortest limit is looked at first."""
        return self._alarm.is_set and clock() - self._last >= REVEALED and self._left() <= 0

    def _usual(self) -> float:
        return 60.0 * int(self._app.office.config.lock.split()[0])

    def _left(self) -> float:
        limit = self._usual()
        if self._revealed:
            limit = min(limit, REVEALED)
        elif self._app.drafts.here:
            limit += MORE
        return limit - (clock() - self._last)

    def _wait(self) -> None:
        # No longer than usual: what gives more time may be gone by then.
        self._alarm.set(min(self._left(), self._usual()))

    def look(self) -> None:
        """The alarm rang."""
        if self._app.session is None:
            return
        if self._left() > 0:
            self._wait()
        elif self._app.typeahead.busy:
            self._alarm.set(BUSY)
        else:
            self._lock()
