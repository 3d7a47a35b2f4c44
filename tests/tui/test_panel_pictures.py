"""One picture of each state of panels and records, as plain lines that a person can read in a review."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from deskapp.book import journal
from deskapp.book.journal import Request
from deskapp.desk.office import Office
from tests.tui.conftest import FOUNDER, LI_MIN, Clock, Open

ROOM = "3-2-1502"
ORDER = "WT20261122-002"
CALL = f"1\n{ROOM}\n11\n厨房\n\n1\n\n"
PICTURES = {
    "a diary line is begun": ("1\n", ()),
    "a room is typed": (f"1\n{ROOM}\n", ()),
    "an item with its card": (f"1\n{ROOM}\n11\n", ()),
    "the second page": (CALL + "2\n2\n12\n", ()),
    "an answer is wrong": (f"1\n{ROOM}\n11\n\n7\n", ()),
    "the list behind the star": (f"1\n{ROOM}\n*", ()),
    "the help of a field": (CALL, ("f1",)),
    "phrases": (f"1\n{ROOM}\n11\n厨房", ("f4",)),
    "a sentence to read": (f"1\n{ROOM}\n11\n厨房", ("f4", "6")),
    "after Esc": (CALL, ("escape",)),
    "custody": ("5\n", ()),
    "cash is refused": (f"5\n{ROOM}\n1\n\n1\n", ()),
}


@pytest.fixture(autouse=True)
def _people(office: Office) -> None:
    """Somebody lives in the flat, and the room has a notice."""
    answers = {"room": ROOM, "name": "曾女士", "phone": "13800131234", "role": "owner"}
    journal.write(office.book, FOUNDER, [Request("register", answers, "customer")])
    journal.write(office.book, LI_MIN, [Request("notice", {"note": "谢绝访客至11-27"}, None, ROOM)])


@pytest.mark.slow
@pytest.mark.parametrize("name", PICTURES)
async def test_a_panel(desk: Open, snapshot: SnapshotAssertion, name: str) -> None:
    """As the clerk sees it."""
    typed, keys = PICTURES[name]
    async with desk() as d:
        await d.type(typed)
        await d.press(*keys)
        assert d.text == snapshot


@pytest.mark.parametrize("name", ["a room is typed", "the list behind the star", "custody"])
async def test_a_panel_on_a_narrow_screen(desk: Open, snapshot: SnapshotAssertion, name: str) -> None:
    """60 columns, 16 lines."""
    async with desk(size=(60, 16)) as d:
        await d.type(PICTURES[name][0])
        assert d.text == snapshot


@pytest.mark.slow
async def test_a_record_and_what_opens_from_it(desk: Open, snapshot: SnapshotAssertion, clock: Clock) -> None:
    """The order on site; its correction, its number in clear, its slip coming back."""
    async with desk() as d:
        clock.at(3, 5)
        journal.write(d.app.office.book, LI_MIN, [Request("arrive", {"told": "radio", "when": "0258"}, None, ORDER)])
        d.app.open_record(ORDER)
        await d.settle()
        assert d.text == snapshot(name="record")
        await d.press("f6")
        assert d.text == snapshot(name="correct")
        await d.type("2\n")
        assert d.text == snapshot(name="correct a room")
        await d.press("escape", "escape", "f9")
        assert d.text == snapshot(name="why a number")
        await d.type("1\n")
        assert d.text == snapshot(name="a number in clear")
        await d.press("escape")
        await d.type("+")
        assert d.text == snapshot(name="slip back")


@pytest.mark.slow
@pytest.mark.parametrize("size", [(80, 24), (60, 16)])
async def test_void_or_merge(office: Office, desk: Open, snapshot: SnapshotAssertion, size: tuple[int, int]) -> None:
    """Two orders of one leak side by side; a plumber of the second one is called back first."""
    answers = {"room": ROOM, "item": "11", "content": "水管又漏,催师傅", "caller": "曾女士", "charge": "free"}
    number = str(journal.write(office.book, LI_MIN, [Request("register", answers, "order")])[0].number)
    journal.write(office.book, LI_MIN, [Request("dispatch", {"charge": "free", "provider": "22"}, None, number)])
    async with desk(size=size) as d:
        await d.type(f"{number[-3:]}\n92\n")
        assert d.text == snapshot
