"""One picture of each state of the stick's screen at 80x24, and of two at 60x16."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from deskapp.desk.office import Office
from deskapp.errors import DeskError
from deskapp.exchange import stick
from deskapp.exchange.arrived import Arrived
from deskapp.exchange.exporting import Exported
from deskapp.exchange.stick import Due, Found, Locked, Stick
from deskapp.tui import stickwords
from deskapp.tui.app import DeskApp
from deskapp.tui.screens.exchange import ExchangeScreen
from tests.tui.conftest import LI_MIN, Clock, Desk

FOLDER = Path("/media/qiantai/KINGSTON")
BUNDLE = FOLDER / "desk-017_hq_3f9a01bc_0000002005-0000002118.zip.age"
READY = Found(Stick(FOLDER, 6_800_000_000), 1, [Due("hq", 2005, 2118, "2026-11-21T17:30:00+08:00")])
NOTHING = Found(None, 0, READY.due)
FEED = "hq_desk-017_77aa01bc_0000000000-0000000011.zip.age"
CAME = [
    Arrived(FOLDER / FEED, "APPLIED",
            DeskError("{n} entries of {party} were taken, up to {seq}", "nothing more to do", n=12, party="hq",
                      seq=11)),
    Arrived(FOLDER / "hq_desk-017_77aa01bc_0000000012-0000000014.zip.age", "DAMAGED",
            DeskError("there is no room left in {path}: nothing was written",
                      "free some space there, or take another stick", path=FOLDER)),
]  # fmt: skip
NO_KEYS = DeskError("this office has no keys yet", "a manager makes them: deskapp keys new")
FULL = DeskError("there is no room left in {path}: nothing was written", "free some space there, or take another stick",
                 path=FOLDER)  # fmt: skip


def exported(carried: bool) -> list[Exported]:
    return [Exported(BUNDLE, "00", "hq", "3f9a01bc", 2005, 2118, 114, 2, False, carried)]


STATES: dict[str, tuple[Found, object, str]] = {
    "none": (NOTHING, None, ""),
    "ready": (READY, None, ""),
    "came": (Found(READY.stick, 0, READY.due, None, CAME), None, ""),
    "no-keys": (Found(READY.stick, 0, [], NO_KEYS, [], NO_KEYS), None, ""),
    "working": (READY, None, "working"),
    "sent": (READY, exported(True), "1\n"),
    "own-disk": (READY, exported(False), "1\n"),
    "full": (READY, FULL, "1\n"),
    "locked": (READY, Locked("the key is locked", "give its passphrase"), "1\n"),
    "taken": (READY, CAME[:1], "2\n"),
    "taken-some": (READY, CAME, "2\n"),
}
"""State -> what a look shows, what the work ends with, and what is typed."""


@pytest.fixture
def app(office: Office, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> DeskApp:
    """The screen at a moment that does not pass."""
    monkeypatch.setattr(DeskApp, "now", lambda self: clock())
    return DeskApp(lambda: office, office_name=office.config.office, book_path=office.book.path)


def picture(
    app: DeskApp, snap_compare: Callable[..., bool], monkeypatch: pytest.MonkeyPatch, state: str, size: tuple[int, int]
) -> bool:
    """Whether the screen in a state is as it was."""
    look, ends, typed = STATES[state]

    def work(*given: object) -> object:
        if isinstance(ends, DeskError):
            raise ends
        return ends

    monkeypatch.setattr(stick, "look", lambda *given: look)
    monkeypatch.setattr(stick, "send", work)
    monkeypatch.setattr(stick, "take", work)

    async def go(pilot: Pilot[object]) -> None:
        desk = Desk(app, pilot)
        await pilot.pause()
        app.screen.dismiss(LI_MIN)
        await pilot.pause()
        await desk.type("44\n")
        if typed == "working":
            assert isinstance(app.screen, ExchangeScreen)
            app.screen.show(lambda width: stickwords.stages("reading back", 0, width))
            await pilot.pause()
        else:
            await desk.type(typed)

    return snap_compare(app, terminal_size=size, run_before=go)


@pytest.mark.slow
@pytest.mark.parametrize("state", STATES)
def test_state(app: DeskApp, snap_compare: Callable[..., bool], monkeypatch: pytest.MonkeyPatch, state: str) -> None:
    assert picture(app, snap_compare, monkeypatch, state, (80, 24))


@pytest.mark.slow
@pytest.mark.parametrize("state", ["ready", "sent"])
def test_small(app: DeskApp, snap_compare: Callable[..., bool], monkeypatch: pytest.MonkeyPatch, state: str) -> None:
    assert picture(app, snap_compare, monkeypatch, state, (60, 16))
