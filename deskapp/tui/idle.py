"""When nobody has typed for a while: the one timer behind the lock.

Measured on the clock that goes on while the computer sleeps. The event loop's own clock does not, so whatever happens
next (a key, the minute, SIGCONT) looks at the time too.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.timer import Timer

    from deskapp.tui.app import DeskApp

MORE = 120.0
"""Seconds more while a form holds unsaved text: it may be a long call (ux 7.13)."""
REVEALED = 60.0
"""Seconds after a number was shown in clear."""
BUSY = 1.0
"""Seconds between looks while something is being saved: it wants its own screen."""


def clock() -> float:
    """Seconds, those of sleep too."""
    if (boot := getattr(time, "CLOCK_BOOTTIME", None)) is not None:
        return time.clock_gettime(boot)
    return time.monotonic()


class Idle:
    """Calls `lock` when nothing was typed for too long."""

    def __init__(self, app: DeskApp, lock: Callable[[], None]) -> None:
        self._app = app
        self._lock = lock
        self._timer: Timer | None = None
        self._last = clock()
        self._revealed = False

    def start(self) -> None:
        """Somebody is there."""
        self.typed()
        self._wait()

    def stop(self) -> None:
        """Locked, or nobody is signed in."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

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
        """Whether it is time to lock."""
        return self._timer is not None and self._left() <= 0

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
        self._again(min(max(self._left(), 0.0), self._usual()))

    def _again(self, seconds: float) -> None:
        self.stop()
        self._timer = self._app.set_timer(seconds, self._look)

    def _look(self) -> None:
        if self._left() > 0:
            self._wait()
        elif self._app.typeahead.busy:
            self._again(BUSY)
        else:
            self._lock()
