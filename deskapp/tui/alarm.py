"""An alarm on the clock that goes on while the computer sleeps.

The event loop's clock stands still then: a lock due during the night would come minutes after the lid is opened, with
the book in sight until then. Linux has a timer on that clock (timerfd, which Python itself offers from 3.13 on);
elsewhere the loop's own has to do, and the next key or minute looks at the time.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress

_NONBLOCK_CLOEXEC = 0o4000 | 0o2000000


def clock() -> float:
    """Seconds, those of sleep too."""
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


class Alarm:
    """Calls `ring` once, after so many seconds."""

    def __init__(self, ring: Callable[[], None]) -> None:
        self._ring = ring
        self._fd: int | None = None
        self._later: asyncio.TimerHandle | None = None

    @property
    def is_set(self) -> bool:
        """Whether it will ring."""
        return self._fd is not None or self._later is not None

    def set(self, seconds: float) -> None:
        """Ring in so many seconds, and not when it would have rung."""
        self.stop()
        seconds = max(seconds, 0.001)
        loop = asyncio.get_running_loop()
        self._fd = _timer(seconds)
        if self._fd is None:
            self._later = loop.call_later(seconds, self._rung)
        else:
            loop.add_reader(self._fd, self._rung)

    def stop(self) -> None:
        """Do not ring."""
        if self._later is not None:
            self._later.cancel()
            self._later = None
        if self._fd is not None:
            with suppress(RuntimeError):  # the loop has ended
                asyncio.get_running_loop().remove_reader(self._fd)
            os.close(self._fd)
            self._fd = None

    def _rung(self) -> None:
        self.stop()
        self._ring()


def _timer(seconds: float) -> int | None:
    """A descriptor that can be read once the time has passed; None where there is no such thing."""
    if sys.platform != "linux":
        return None
    import ctypes

    library = ctypes.CDLL(None)
    try:
        made = library.timerfd_create(time.CLOCK_BOOTTIME, _NONBLOCK_CLOEXEC)
    except AttributeError:
        return None
    whole, part = divmod(seconds, 1)
    wanted = (ctypes.c_long * 4)(0, 0, int(whole), int(part * 1e9))
    if made >= 0 and library.timerfd_settime(made, 0, wanted, None) != 0:
        os.close(made)
        return None
    return int(made) if made >= 0 else None
