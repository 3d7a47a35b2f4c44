"""A disk that is full or may only be read, at the screen: told in words, what was typed stays, and is saved later."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from deskapp.book import journal
from deskapp.book.check import check
from deskapp.desk import office as offices
from deskapp.desk.office import Office
from deskapp.tui.screens.panel import PanelScreen
from tests import support
from tests.tui.conftest import Clock, Desk, Open

pytestmark = pytest.mark.skipif(not support.can_mount(), reason="needs a disk of its own, which only root can mount")


@pytest.fixture
def office(_founded: Path, tmp_path: Path, clock: Clock) -> Iterator[Office]:
    """The office, on a disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    with support.disk(folder, 3000):
        shutil.copytree(_founded, folder / "home")
        found = offices.open_office(folder / "home", clock)
        yield found
        found.book.close()


async def tried(d: Desk, says: str) -> int:
    """Type a note and save it: refused in words, the panel stays, the board can be read. The last entry's seq."""
    before = journal.last_head(d.app.office.book)
    await d.type("1\n3-2-1502\n11\n漏水\n")
    await d.press("f10")
    assert isinstance(d.app.screen, PanelScreen)
    assert says in d.text
    assert "漏水" in d.text
    assert journal.last_head(d.app.office.book) == before
    return before[0]


async def saved(d: Desk, seq: int) -> None:
    """The same panel, once more."""
    await d.press("f10")
    assert not isinstance(d.app.screen, PanelScreen)
    assert journal.last_head(d.app.office.book)[0] > seq
    assert check(d.app.office.book, full=True).problems == ()


@pytest.mark.slow
async def test_full(desk: Open, office: Office) -> None:
    async with desk() as d:
        filler = support.fill(office.home)
        seq = await tried(d, "磁盘已满")
        filler.unlink()
        await saved(d, seq)


@pytest.mark.slow
async def test_read_only(desk: Open, office: Office) -> None:
    disk = str(office.home.parent)
    office.book.close()
    support.mount("-o", "remount,ro", disk)
    async with desk() as d:
        seq = await tried(d, "只能看")
        support.mount("-o", "remount,rw", disk)
        await saved(d, seq)
