"""Ends from outside: a closed window, a dropped line, a shutdown. What was typed is kept, the terminal given back.

`asyncio` would run a handler only when its loop is free; Python's own runs between two steps of the main thread, also
while the loop is busy. Should even that not come, or a draft not reach the disk, a second thread ends the program all
the same: the system tells it of the signal directly.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import FrameType

LAST_SECONDS = 0.7
"""How long a program that is told to end may take to put drafts away."""
_RESET = b"\x1b[?2004l\x1b[?7h\x1b[?2048l\x1b[?1049l\x1b[?25h\x1b[?1004l"
"""No bracketed paste, own screen, cursor: what Textual's driver does at its own end. Not by way of a stream, whose
lock somebody may hold."""
_ENDS = ("SIGHUP", "SIGTERM", "SIGINT", "SIGQUIT")

first: list[Callable[[], None]] = []
"""What is done before an end from outside."""
_before: list[list[Any]] = []
"""What the terminal was set to when we took it."""


def hang_up() -> None:
    """The terminal is gone, and nobody has told us so."""
    os.kill(os.getpid(), signal.SIGHUP)


@contextmanager
def taken() -> Iterator[None]:
    """No echo and keys one by one, until the terminal is given back as it was; ends from outside are caught."""
    if sys.platform != "win32":
        _silence()
    _catch()
    try:
        yield
    finally:
        _restore()


def _silence() -> None:
    import termios

    with suppress(termios.error):
        before = termios.tcgetattr(sys.stdin.fileno())
        silent = [*before]
        silent[3] &= ~(termios.ECHO | termios.ICANON)
        termios.tcsetattr(sys.stdin.fileno(), termios.TCSANOW, silent)
        _before.append(before)


def _restore() -> None:
    if sys.platform == "win32" or not _before:
        return
    import termios

    with suppress(termios.error):
        termios.tcsetattr(sys.stdin.fileno(), termios.TCSANOW, _before[-1])


def _catch() -> None:
    numbers = [getattr(signal, name) for name in _ENDS if hasattr(signal, name)]
    for number in numbers:
        signal.signal(number, _end)
    if sys.platform == "win32":
        return
    told, tell = os.pipe()
    os.set_blocking(tell, False)
    signal.set_wakeup_fd(tell, warn_on_full_buffer=False)
    threading.Thread(target=_watch, args=(told, frozenset(numbers)), name="ending", daemon=True).start()


def _watch(told: int, ends: frozenset[int]) -> None:
    """In a thread: let a signal to end have its time, and no more."""
    while received := os.read(told, 64):
        for number in ends.intersection(received):
            time.sleep(LAST_SECONDS)
            os._exit(128 + number)


def _end(number: int, _frame: FrameType | None) -> None:
    for name in _ENDS:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    for work in first:
        work()
    if number != getattr(signal, "SIGHUP", None):  # nobody is there to write to
        _restore()
        with suppress(OSError):
            assert sys.__stderr__ is not None
            os.write(sys.__stderr__.fileno(), _RESET)
    os._exit(128 + number)
