"""Mail by the armful: a delivery, the notice run, the basket, with their keys counted (ux 1 scenes 1 and 3, 3.6, 3.7)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from deskapp.book import journal, view
from deskapp.book.view import Record
from deskapp.desk.office import Office
from deskapp.tui.screens.arrivals import ArrivalsScreen
from deskapp.tui.screens.basket import BasketScreen
from deskapp.tui.screens.board import BoardScreen
from deskapp.tui.screens.slip import SlipScreen
from tests.tui.conftest import FOUNDER, LI_MIN, Clock, Desk, Open

ROOMS = [f"3-1-{floor:02}03" for floor in range(1, 15)]
PEOPLE = [f"{name}女士" for name in "钱孙周吴郑冯陈褚卫蒋沈韩杨朱"]


@pytest.fixture(autouse=True)
def _people(office: Office) -> None:
    """Fourteen homes, each with a phone of its own; two share the tail 5521."""
    journal.load(office.book, FOUNDER, "room", [{"code": room, "kind": "home"} for room in ROOMS])
    rows = [
        {"room": room, "name": name, "phone": f"1380013{n:04}", "role": "owner"}
        for n, (room, name) in enumerate(zip(ROOMS, PEOPLE, strict=True), 1001)
    ]
    rows += [{"room": "3-2-1502", "name": "曾女士", "phone": "13800131234", "role": "owner"}]
    rows += [{"room": room, "name": name, "phone": "13500135521", "role": "owner"}
             for room, name in (("5-1-0302", "郭先生"), ("2-1-0901", "何先生"))]  # fmt: skip
    journal.load(office.book, FOUNDER, "customer", rows)


def mail(d: Desk) -> list[Record]:
    return view.page(d.app.office.book.read, "mail", limit=50)[::-1]


async def keys(d: Desk, text: str, scans: str = "") -> int:
    """Type, and count what a hand pressed; what the scanner reads is not."""
    await d.type(text)
    return len(text) - len(scans)


async def test_fourteen_parcels_by_phone_tail(desk: Open) -> None:
    """Scene 1e: 170 keys at first."""
    async with desk() as d:
        head = await keys(d, "3\n1\n\n14\n\n")
        scans = [f"SF14033988200{n:02}\n" for n in range(14)]
        count = await keys(d, "".join(f"{scan}{1001 + n}\n" for n, scan in enumerate(scans)), "".join(scans))
        assert [one.fields["room"] for one in mail(d)] == ROOMS
        assert [one.fields["recipient"] for one in mail(d)] == PEOPLE
        assert [one.fields["pickup_code"] for one in mail(d)] == [f"0{n:03}" for n in range(1, 15)]
        assert {"head": head, "all": head + count} == {"head": 9, "all": 79}
