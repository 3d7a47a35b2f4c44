"""Scenes of the reference page with their keys counted: the budgets may only fall (ux 9, 11)."""

from __future__ import annotations

import pytest

from deskapp.book import journal, view
from deskapp.book.journal import Request
from deskapp.desk.office import Office
from deskapp.tui.screens.board import BoardScreen
from tests.tui.conftest import FOUNDER, Clock, Desk, Open

PINYIN = {
    "厨房": 8, "水管又漏": 12, "钥匙": 7, "曾": 5, "月": 4, "连续三晚": 14, "黑色左轮缺角": 21, "李强": 8,
}  # fmt: skip
"""Keys for Chinese text: full pinyin, and one key a word to choose it."""


async def keys(d: Desk, text: str, cost: str = "") -> int:
    """Type, and count what was pressed; `cost` stands for hanzi."""
    await d.type(text)
    return sum(PINYIN[cost] if char == cost[:1] else 0 if char in cost else 1 for char in text)


async def point(d: Desk, number: str) -> None:
    """Put the board's cursor on a record: one or two keys by the reference page's count."""
    board = d.app.screen
    assert isinstance(board, BoardScreen)
    await d.press("home")
    for _line in range(20):
        if board.number != number:
            await d.press("down")


@pytest.mark.slow
async def test_scene_1_keeps_to_its_keys(desk: Open, clock: Clock) -> None:
    """02:40, the pipe bursts: call, dispatch, arrival by radio, slip back with money. The first plan needed 165."""
    async with desk() as d:
        clock.at(2, 41)
        call = await keys(d, "1\n3-2-1502\n11\n厨房\n\n\n\n2\n", "厨房")
        clock.at(2, 46)
        dispatch = await keys(d, "\n\n\n\n21\n\n1\n")
        conn = d.app.office.book.read
        order = view.page(conn, "order", limit=1)[0]
        assert (order.state, order.fields["provider"]) == ("received", "provider-21")
        clock.at(3, 5)
        await point(d, order.number)
        arrive = 1 + await keys(d, "+0258\n\n")
        clock.at(3, 31)
        await point(d, order.number)
        back = 1 + await keys(d, "+0325\n\n\n\n1\n3\n80\n0012347\n2\n")
        order = view.record(conn, order.number)
        assert order.state == "closed"
        assert order.clocks["arrival"].state == "kept"
        counted = {"1a": call, "1b": dispatch, "1c": arrive, "1d": back}
        assert counted == {"1a": 28, "1b": 10, "1c": 8, "1d": 27}


async def test_the_same_with_function_keys_as_esc_and_digit(desk: Open) -> None:
    """No key can be stolen: Esc 0 saves where F10 opens the terminal's menu."""
    async with desk() as d:
        await d.type("1\n3-2-1502\n51\n")
        await d.press("escape", "0")
        one = view.page(d.app.office.book.read, "diary", limit=1)[0]
        assert one.fields["item"] == "item-51"


def add(office: Office, form: str, **answers: object) -> str:
    return str(journal.write(office.book, FOUNDER, [Request("register", answers, form)])[0].number)


@pytest.mark.slow
async def test_scene_4_the_wallet_and_the_suitcase(desk: Open, office: Office) -> None:
    """Refused with a sentence and a line in the diary; then the suitcase, for a friend to fetch."""
    add(office, "customer", room="4-1-0801", name="何先生", phone="13800133306", role="owner")
    async with desk() as d:
        used = await keys(d, "5\n4-1-0801\n\n1\n1\n")
        await d.press("f10")  # the diary line of the refusal
        await d.type("2\n2\n")
        await d.press("f4")
        used += 1 + 4 + 1 + await keys(d, "1\n\n")
        used += await keys(d, "黑色左轮缺角\n", "黑色左轮缺角")
        used += await keys(d, "1\n1\n")
        used += await keys(d, "李强\n", "李强") + await keys(d, "7718\n06\n\n1\n")
        await d.press("f10")
        used += 1
        conn = d.app.office.book.read
        thing = view.page(conn, "custody", limit=1)[0]
        assert (thing.fields["thing"], thing.fields["claimer"], thing.fields["tag"]) == ("行李箱", "李强", "06")
        assert "拒收" in str(view.page(conn, "diary", limit=1)[0].fields["content"])
        assert used == 72


async def test_scene_5_noise_at_night(desk: Open, office: Office, clock: Clock) -> None:
    """Room, subject, words, promise; a guard goes; the neighbour does not learn who called."""
    add(office, "customer", room="4-2-1103", name="郑先生", phone="13900006650", role="owner")
    async with desk() as d:
        clock.at(2, 50)
        used = await keys(d, "7\n4-2-1103\n31\n") + await keys(d, "连续三晚\n", "连续三晚")
        used += await keys(d, "1\n9\n1\n")
        await d.press("f10")
        one = view.page(d.app.office.book.read, "complaint", limit=1)[0]
        assert (one.fields["promised"], one.fields["sent"]) == ("2026-11-22T09:00:00+08:00", "guard")
        assert (one.fields["caller"], one.fields["phone"], one.fields["secret"]) == ("郑先生", "13900006650", "secret")
        assert used + 1 == 36


@pytest.mark.slow
async def test_scene_9_a_wrong_room_and_a_duplicate(desk: Open, office: Office, clock: Clock) -> None:
    """The plumber, the slip, the wrong flat and the diary line in one correction; the duplicate with its promise."""
    async with desk() as d:
        await d.type("1\n2-1-0901\n11\n\n\n\n\n2\n\n\n\n\n21\n\n1\n")
        wrong = view.page(d.app.office.book.read, "order", limit=1)[0].number
        clock.pass_(minutes=10)
        used = await keys(d, f"{wrong[-3:]}\n")
        await d.press("f6")
        used += 1 + await keys(d, "2\n4-1-0801\n\n1\n\n2\n\n")
        second = add(office, "order", room="4-1-0801", item="11", content="水管又漏,催师傅", charge="free")
        journal.write(office.book, FOUNDER, [Request("urged", {"said": "催", "promised": "05:30"}, None, second)])
        used += await keys(d, f"{second[-3:]}\n92\n\n")
        conn = d.app.office.book.read
        right, gone = view.record(conn, wrong), view.record(conn, second)
        assert (right.fields["room"], right.fields["knows"], right.fields["disturbed"]) == (
            "4-1-0801",
            "repeated",
            "no",
        )
        assert view.record(conn, str(right.fields["source"])).fields["room"] == "4-1-0801"
        assert (gone.state, gone.fields["into"]) == ("void", wrong)
        assert right.clocks["promise"].state == "running"
        assert used == 31


@pytest.mark.slow
async def test_scene_10_the_lady_zeng_of_building_3(desk: Open, office: Office) -> None:
    """Name, building, thing and month in one line; the newest of the few that fit is opened."""
    for when, room, caller, words in (
        ("2026-10-18 14:30", "3-2-1502", "曾女士", "钥匙丢了"), ("2026-10-19 09:00", "5-1-0302", "曾先生", "钥匙丢了"),
        ("2026-11-20 09:00", "3-2-1502", "曾女士", "钥匙找到"),
    ):  # fmt: skip
        add(office, "diary", when=when, room=room, item="90", content=words, caller=caller, handling="next_shift")
    async with desk() as d:
        used = (
            await keys(d, "曾 ", "曾")
            + await keys(d, "3- ")
            + await keys(d, "钥匙 ", "钥匙")
            + await keys(d, "10月\n", "月")
        )
        used += await keys(d, "\n")
        assert "钥匙丢了" in d.text
        assert "3-2-1502" in d.text
        assert used == 25
