"""Keys typed ahead: in order, into the field they were meant for, at any speed and over slow saves."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import ClassVar

import pytest
from textual import events, on
from textual.app import App, ComposeResult, ScreenStackError
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Input

from deskapp.tui.typeahead import TypeAhead

RECORDS = [(f"业主{n}号", f"15{n:02}") for n in range(10)]


class EntryScreen(Screen[None]):
    """Two fields; Enter in the last saves, slowly, and leaves."""

    def compose(self) -> ComposeResult:
        yield Input(id="name")
        yield Input(id="room")

    @on(Input.Submitted, "#name")
    def _next(self) -> None:
        self.query_one("#room").focus()

    @on(Input.Submitted, "#room")
    async def _save(self) -> None:
        name, room = (box.value for box in self.query(Input))
        await self.app.save(self, (name, room))  # type: ignore[attr-defined]


class EntryApp(App[None]):
    """F2 opens the entry. With `ordered` the keys wait their turn; without, as Textual has it."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f2", "enter", "")]

    def __init__(self, *, ordered: bool, blocking: float = 0.0, waiting: float = 0.0) -> None:
        super().__init__()
        self.typeahead = TypeAhead(self)
        self.saved: list[tuple[str, str]] = []
        self._ordered, self._blocking, self._waiting = ordered, blocking, waiting

    def on_mount(self) -> None:
        if self._ordered:
            self.typeahead.start()

    def on_unmount(self) -> None:
        self.typeahead.stop()

    async def on_event(self, event: events.Event) -> None:
        if not (self._ordered and self.typeahead.takes(event)):
            await super().on_event(event)

    def action_enter(self) -> None:
        self.push_screen(EntryScreen())

    async def save(self, screen: EntryScreen, record: tuple[str, str]) -> None:
        if self._blocking:
            time_wasted = asyncio.get_running_loop().time() + self._blocking
            while asyncio.get_running_loop().time() < time_wasted:
                pass
        if self._waiting:
            self.typeahead.stay()
            self.run_worker(self._slowly(screen, record))
            return
        self.saved.append(record)
        screen.dismiss(None)

    async def _slowly(self, screen: EntryScreen, record: tuple[str, str]) -> None:
        await asyncio.sleep(self._waiting)
        self.saved.append(record)
        screen.dismiss(None)
        self.typeahead.go()


def typed() -> list[events.Key]:
    keys: list[events.Key] = []
    for name, room in RECORDS:
        keys.append(events.Key("f2", None))
        keys += [events.Key(char, char) for char in name]
        keys.append(events.Key("enter", "\r"))
        keys += [events.Key(char, char) for char in room]
        keys.append(events.Key("enter", "\r"))
    return keys


async def burst(app: EntryApp, keys: Sequence[events.Key], gap: float) -> list[tuple[str, str]]:
    async with app.run_test() as pilot:
        await pilot.pause()
        for key in keys:
            app.post_message(key)
            if gap:
                await asyncio.sleep(gap)
        if app._ordered:
            await app.typeahead.idle()
        await pilot.pause(0.3)
        return app.saved


@pytest.mark.parametrize("gap", [0.0, 0.002])
@pytest.mark.parametrize("slow", [{}, {"blocking": 0.03}, {"waiting": 0.03}], ids=["quick", "blocking", "in a thread"])
async def test_ten_records_in_a_burst(gap: float, slow: dict[str, float]) -> None:
    assert await burst(EntryApp(ordered=True, **slow), typed(), gap) == RECORDS


async def test_the_stock_order_is_still_wrong() -> None:
    """When Textual mends #6605 this fails, and the queue may go."""
    app = EntryApp(ordered=False)
    with suppress(ScreenStackError):  # it may even leave a screen that is not there
        await burst(app, typed(), 0.0)
    assert app.saved != RECORDS


async def test_a_paste_waits_its_turn() -> None:
    enter = [events.Key("enter", "\r") for _count in range(2)]
    keys = [events.Key("f2", None), events.Paste("王强"), enter[0], events.Paste("3-2-1502"), enter[1]]
    assert await burst(EntryApp(ordered=True), keys, 0.0) == [("王强", "3-2-1502")]  # type: ignore[arg-type]


async def test_held_keys_are_kept() -> None:
    app = EntryApp(ordered=True)
    async with app.run_test():
        with app.typeahead.hold():
            for key in typed()[:9]:
                app.post_message(key)
            await asyncio.sleep(0.05)
            assert len(app.screen_stack) == 1
        await app.typeahead.idle()
        assert len(app.screen_stack) == 2 or app.saved
