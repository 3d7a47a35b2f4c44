"""Keys typed ahead land in order and in the field they were meant for.

Textual hands a printable key to the focused field at once and lets Enter and function keys bubble through field,
screen and app first, so in a burst (a scanner, a fast clerk, a slow save) the text after an Enter reaches the field
before the Enter has moved the cursor (Textual #6605). Here the keys wait in one queue, and the next one goes out only
when every message pump from the focused field to the app has nothing left to do and nothing is being saved.
No key is ever thrown away but those that Esc overtakes, where it leaves a screen that is at work.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

from textual import events
from textual.app import App, ScreenStackError
from textual.dom import DOMNode
from textual.message_pump import MessagePump

EAGER_TURNS = 200
"""Turns of the event loop that are waited for without sleeping."""
PATIENT = 0.002
"""Seconds between looks afterwards: something takes its time."""


class TypeAhead:
    """The queue of one app; `add` in the app's `on_event`, `start` when it is mounted."""

    def __init__(self, app: App[object]) -> None:
        self._app = app
        self._keys: deque[events.Key | events.Paste] = deque()
        self._released: events.Event | None = None
        self._holds = 0
        self._leave: Callable[[], None] | None = None
        self._changed = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()
        self._task: asyncio.Task[None] | None = None
        self.last = 0.0
        """When the last key came, on the monotonic clock."""
        self.typed = 0
        """How many keys have gone out."""

    def start(self) -> None:
        """Begin to release keys."""
        self._task = asyncio.create_task(self._run(), name="typeahead")

    def stop(self) -> None:
        """The app ends."""
        self._empty.set()
        if self._task is not None:
            self._task.cancel()

    def takes(self, event: events.Event) -> bool:
        """Queue `event` if it is a key that has just been typed; else it is for the app to handle."""
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded or event is self._released:
            return False
        self.last = monotonic()
        if self._holds and self._leave is not None and isinstance(event, events.Key) and event.key == "escape":
            self._keys.clear()  # they were meant for what is left now
            leave, self._leave = self._leave, None
            self._app.call_later(leave)
            return True
        self._keys.append(event)
        self._empty.clear()
        self._changed.set()
        return True

    @contextmanager
    def hold(self) -> Iterator[None]:
        """No key goes out inside: something runs that will change where the next key belongs."""
        self.stay()
        try:
            yield
        finally:
            self.go()

    def stay(self, leave: Callable[[], None] | None = None) -> None:
        """Hold the keys until as many `go`s have come; Esc does not wait where there is something to `leave`."""
        self._holds += 1
        self._leave = leave

    def go(self) -> None:
        """Take one `stay` back."""
        self._holds -= 1
        self._leave = None
        self._changed.set()

    @property
    def busy(self) -> bool:
        """Whether keys wait, or something is being saved."""
        return bool(self._keys or self._holds)

    async def idle(self) -> None:
        """Wait until every key typed so far has been handled, and what it set going is saved."""
        await self._settle()
        await self._empty.wait()

    async def _run(self) -> None:
        while True:
            if self._keys and not self._holds:
                await self._settle()
                if self._keys and not self._holds:
                    self._released = self._keys.popleft()
                    self.typed += 1
                    self._app.post_message(self._released)
                continue
            if not self._holds:
                await self._settle()
                if not self._keys and not self._holds:
                    self._empty.set()
            self._changed.clear()
            if not self._keys or self._holds:
                await self._changed.wait()

    async def _settle(self) -> None:
        """Wait until, twice in a row, no pump that a key goes through has anything to do."""
        quiet = turns = 0
        while quiet < 2:
            await asyncio.sleep(0 if turns < EAGER_TURNS else PATIENT)
            turns += 1
            quiet = quiet + 1 if all(map(_waits, self._chain())) else 0

    def _chain(self) -> list[MessagePump]:
        """The pumps a key goes through: focused widget, its parents, the screen, the app."""
        try:
            target: DOMNode = self._app.focused or self._app.screen
        except ScreenStackError:
            return [self._app]
        return [*target.ancestors_with_self]


def _waits(pump: MessagePump) -> bool:
    """Whether a pump waits for its next message: nothing queued, nothing being handled, or closed for good.

    Asking by a message of our own would take a millisecond a key; whoever waits on its queue says the same at once.
    """
    queue: Any = pump._message_queue  # noqa: SLF001 - nothing public says it
    return pump._closed or bool(queue.empty() and queue.ready_event._waiters)  # noqa: SLF001
