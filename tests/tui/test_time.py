"""The computer's clock jumped: whoever signs in is asked what time it is (ux 3.11)."""

from __future__ import annotations

import pytest

from deskapp.book import journal
from deskapp.desk.office import Office
from deskapp.tui.screens.board import BoardScreen
from deskapp.tui.screens.time import TimeScreen
from tests.tui.conftest import NIGHT, Clock, Open


async def test_nobody_is_asked_without_need(desk: Open) -> None:
    async with desk() as d:
        assert isinstance(d.app.screen, BoardScreen)


@pytest.mark.slow
async def test_a_flat_battery(desk: Open, office: Office, clock: Clock) -> None:
    """2019: the time is typed, the board goes by it; what can't be is refused and can be mended."""
    clock.now = NIGHT.replace(year=2019)
    async with desk() as d:
        assert isinstance(d.app.screen, TimeScreen)
        assert "2019-11-22 02:48" in d.text
        assert "2026-11-22 02:46" in d.text
        seq = journal.last_head(office.book)[0]
        for wrong in ("2561\n", "0230\n"):
            await d.type(wrong)
            assert isinstance(d.app.screen, TimeScreen)
            await d.press("end", *["backspace"] * 8)
        assert journal.last_head(office.book)[0] == seq
        await d.type("0252\n")
        assert isinstance(d.app.screen, BoardScreen)
        assert "11-22 周日 02:52" in d.text
        assert journal.last_head(office.book)[0] == seq + 1
        await d.press("ctrl+l")
        await d.type("3\nhuijing-2026\n")
        assert isinstance(d.app.screen, BoardScreen)


@pytest.mark.parametrize("key", ["enter", "escape"])
async def test_the_computer_is_right(desk: Open, office: Office, clock: Clock, key: str) -> None:
    """A holiday: Enter writes it down, Esc leaves it for the next who signs in."""
    clock.pass_(days=8)
    async with desk() as d:
        assert isinstance(d.app.screen, TimeScreen)
        seq = journal.last_head(office.book)[0]
        await d.press(key)
        assert isinstance(d.app.screen, BoardScreen)
        assert journal.last_head(office.book)[0] == seq + (key == "enter")
