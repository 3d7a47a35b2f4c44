"""One picture of each screen at 80x24: what changes on purpose is looked at and taken anew."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from deskapp.desk.office import Office
from deskapp.tui.app import DeskApp
from tests.tui.conftest import LI_MIN, Clock, Desk

LOCK = "\x0c"
STATES: dict[str, tuple[str, ...]] = {
    "board": (),
    "menu": ("0\n",),
    "help": ("00\n",),
    "orders": ("12\n",),
    "find": ("曾 3-\n",),
    "late": ("42\n",),
    "pin": ("85\n",),
    "all-steps": ("3-2-1502\n", "\n", "*"),
}
"""State -> what is typed on the board to get there. Panels and records have pictures of their own, as text."""


@pytest.fixture
def app(office: Office, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> DeskApp:
    """The screen at a moment that does not pass."""
    monkeypatch.setattr(DeskApp, "now", lambda self: clock())
    return DeskApp(lambda: office, office_name=office.config.office, book_path=office.book.path)


async def go(pilot: Pilot[object], typed: tuple[str, ...]) -> None:
    """Sign in and type."""
    app = pilot.app
    assert isinstance(app, DeskApp)
    desk = Desk(app, pilot)
    await pilot.pause()
    app.screen.dismiss(LI_MIN)
    await pilot.pause()
    for keys in typed:
        await (desk.press("ctrl+l") if keys == LOCK else desk.type(keys))


@pytest.mark.slow
@pytest.mark.parametrize("state", STATES)
def test_screen(app: DeskApp, snap_compare: Callable[..., bool], state: str) -> None:
    assert snap_compare(app, terminal_size=(80, 24), run_before=lambda pilot: go(pilot, STATES[state]))


def test_sign_in(app: DeskApp, snap_compare: Callable[..., bool]) -> None:
    assert snap_compare(app, terminal_size=(80, 24))


def test_small(app: DeskApp, snap_compare: Callable[..., bool]) -> None:
    """The board at 60x16, the least it stays usable at."""
    assert snap_compare(app, terminal_size=(60, 16), run_before=lambda pilot: go(pilot, ()))


@pytest.mark.slow
@pytest.mark.parametrize("size", [(80, 24), (60, 16)])
def test_locked(app: DeskApp, snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    """Who is signed in, and nothing of what he was doing."""
    assert snap_compare(app, terminal_size=size, run_before=lambda pilot: go(pilot, ("3-2-1502\n", "\n", LOCK)))
