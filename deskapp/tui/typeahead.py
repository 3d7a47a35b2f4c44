"""Keys typed ahead land in order and in the field they were meant for.

Textual hands a printable key to the focused field at once and lets Enter and function keys bubble through field,
screen and app first, so in a burst (a scanner, a fast clerk, a slow save) the text after an Enter reaches the field
before the Enter has moved the cursor (Textual #6605). Here the keys wait in one queue, and the next one goes out only
when every message pump from the focused field to the app has nothing left to do and nothing is being saved.
No key is ever thrown away.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from textual import events
from textual.app import App, ScreenStackError
from textual.dom import DOMNode
from textual.message_pump import MessagePump

CLOSED_POLL = 0.05
"""Seconds between looks whether a pump closed before it reached our mark."""


class TypeAhead:
    """The queue of one app; `add` in the app's `on_event`, `start` when it is mounted."""

    def __init__(self, app: App[object]) -> None:
        self._app = app
        self._keys: deque[events.Key | events.Paste] = deque()
        self._released: events.Event | None = None
        self._holds = 0
        self._changed = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()
        self._task: asyncio.Task[None] | None = None
        self.last = 0.0
        """When the last key came, on the monotonic clock."""

    def start(self) -> None:
        """Begin to release keys."""
        self._task = asyncio.create_task(self._run(), name="typeahead")

    def stop(self) -> None:
        """The app ends."""
        if self._task is not None:
            self._task.cancel()

    def takes(self, event: events.Event) -> bool:
        """Queue `event` if it is a key that has just been typed; else it is for the app to handle."""
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded or event is self._released:
            return False
        self.last = monotonic()
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

    def stay(self) -> None:
        """Hold the keys until as many `go`s have come."""
        self._holds += 1

    def go(self) -> None:
        """Take one `stay` back."""
        self._holds -= 1
        self._changed.set()

    async def idle(self) -> None:
        """Wait until every key typed so far has been handled, and what it set going is saved."""
        await _passed(self._app)
        await self._empty.wait()

    async def _run(self) -> None:
        while True:
            if self._keys and not self._holds:
                await self._settle()
                if not self._holds:
                    self._released = self._keys.popleft()
                    self._app.post_message(self._released)
                    await self._settle()
                continue
            if not self._keys and not self._holds:
                self._empty.set()
            self._changed.clear()
            await self._changed.wait()

    async def _settle(self) -> None:
        """Wait until two rounds through the pumps find the same screen, the same focus and empty queues."""
        before: object = None
        while True:
            chain = self._chain()
            for pump in chain:
                await _passed(pump)
            now = (id(chain[0]), len(chain), all(pump.message_queue_size == 0 for pump in chain))
            if now == before and now[2]:
                return
            before = now

    def _chain(self) -> list[MessagePump]:
        """The pumps a key goes through: focused widget, its parents, the screen, the app."""
        try:
            target: DOMNode = self._app.focused or self._app.screen
        except ScreenStackError:
            return [self._app]
        return [*target.ancestors_with_self]


async def _passed(pump: MessagePump) -> None:
    """Wait until `pump` has handled what was in its queue; a pump that closes has nothing left to say."""
    mark = asyncio.Event()
    if not pump.call_later(mark.set):
        return
    while not mark.is_set() and not pump._closed:  # noqa: SLF001 - nothing public says it
        try:
            await asyncio.wait_for(mark.wait(), CLOSED_POLL)
        except TimeoutError:
            continue
