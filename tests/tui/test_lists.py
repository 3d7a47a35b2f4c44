"""Lists, find, menu, help: what digits mean where, and what is shown to whom."""

from __future__ import annotations

import pytest

from deskapp.book import journal, view
from deskapp.book.journal import Request, last_head
from deskapp.desk.office import Office
from deskapp.tui.screens.board import BoardScreen
from deskapp.tui.screens.find import FindScreen
from deskapp.tui.screens.help import HelpScreen
from deskapp.tui.screens.menu import MenuScreen
from deskapp.tui.screens.panel import PanelScreen
from deskapp.tui.screens.record import RecordScreen
from deskapp.tui.screens.records import RecordsScreen
from deskapp.tui.screens.signin import SignInScreen
from tests.tui.conftest import FOUNDER, LI_MIN, Clock, Desk, Open


@pytest.fixture
def mail(office: Office) -> list[str]:
    """Three pieces in the rack."""
    mine = (("SF1403398820015", "2019"), ("YT8812345678901", "2024"))
    pieces = (*(("3-2-1502", *one) for one in mine), ("1-1-0601", "", "2031"))
    numbers = []
    common = {"kind": "1", "carrier": "1", "condition": "1", "recipient": "曾女士"}
    for room, waybill, code in pieces:
        answers = {"room": room, "waybill": waybill, "pickup_code": code, **common}
        entries = journal.write(office.book, LI_MIN, [Request("register", answers, "mail")])
        numbers.append(str(entries[0].number))
    return numbers


def listed(d: Desk) -> list[str]:
    """The lines of a list, without what stands around it."""
    lines = d.lines()
    start = next(at for at, line in enumerate(lines) if at > 1 and line.startswith("-----"))
    return [line for line in lines[start + 1 : -3] if line.strip()]


def numbers(d: Desk) -> list[str]:
    return [line[2:].split()[0] for line in listed(d)]


# ---------------------------------------------------------------- lists


async def test_filters_by_digit(desk: Open) -> None:
    async with desk() as d:
        await d.type("12\n")
        assert isinstance(d.app.screen, RecordsScreen)
        assert "[1未办结2]" in d.lines()[1]
        assert numbers(d) == ["委22-002", "委22-001"]
        await d.type("4\n")
        assert "[4超时1]" in d.lines()[1]
        assert numbers(d) == ["委22-001"]
        await d.type("9\n")
        assert "[4超时1]" in d.lines()[1]
        assert "1 到 " in d.lines()[21]
        await d.type("3\n")
        assert d.lines()[21].strip() == ""  # what was wrong goes with the next command
        assert len(listed(d)) == 2


@pytest.mark.slow
async def test_a_list_of_many_pages(desk: Open, office: Office) -> None:
    answers = {"room": "0", "item": "90", "source": "3", "handling": "on_the_spot"}
    rows = [{**answers, "content": f"第{n}件"} for n in range(200)]
    journal.load(office.book, LI_MIN, "diary", rows)
    async with desk() as d:
        await d.type("11\n3\n")
        assert "99+" in d.lines()[1]
        assert "PgDn" in d.lines()[1]
        seen: list[str] = []
        while True:
            seen += [number for number in numbers(d) if number not in seen]
            if "PgDn" not in d.lines()[1]:
                break
            await d.press("pagedown")
        assert seen == [f"记22-{n:03}" for n in range(202, 0, -1)]
        await d.press("home")
        assert listed(d)[0].startswith("> 记22-202")
        await d.press("end")
        assert listed(d)[-1].startswith("> 记22-001")


async def test_what_is_missing_stands_in_words(desk: Open, clock: Clock, office: Office) -> None:
    for step, answers in (("arrive", {"told": "1"}), ("done", {"result": "1", "as_ordered": "1", "materials": "1"})):
        journal.write(office.book, LI_MIN, [Request(step, answers, None, "WT20261122-002")])
    async with desk() as d:
        await d.type("12\n3\n")
        assert "完工" in listed(d)[0]
        assert "签字 回单" in listed(d)[0]


@pytest.mark.slow
async def test_enter_opens_and_the_list_is_there_again(desk: Open) -> None:
    async with desk() as d:
        await d.type("12\n")
        await d.press("down", "enter")
        assert isinstance(d.app.screen, RecordScreen)
        await d.press("escape")
        assert isinstance(d.app.screen, RecordsScreen)
        assert listed(d)[1].startswith(">")
        await d.press("+")
        assert isinstance(d.app.screen, PanelScreen)
        assert "委22-001" in d.lines()[0]


@pytest.mark.parametrize("typed", ["2024", "YT8812345678901", "8901"])
async def test_a_piece_is_picked_by_code_or_tail(desk: Open, mail: list[str], typed: str) -> None:
    """Where a record is picked for a step: what somebody says, or the scanner reads, opens the panel of that piece."""
    async with desk() as d:
        d.app.open_list("mail", "collect")
        await d.type(f"{typed}\n")
        assert isinstance(d.app.screen, PanelScreen)
        assert d.app.screen._number == mail[1]


async def test_a_room_with_two_pieces_leaves_the_choice(desk: Open, mail: list[str]) -> None:
    async with desk() as d:
        d.app.open_list("mail", "collect")
        await d.settle()
        assert len(listed(d)) == 3
        await d.type("3-2-1502\n")
        assert len(listed(d)) == 2
        await d.press("down", "enter")
        assert isinstance(d.app.screen, PanelScreen)
        assert d.app.screen._number == mail[0]
        await d.press("escape", "escape")
        await d.type("9999\n")
        assert "没有可办这一步的" in d.lines()[21]


async def test_esc_shows_all_pieces_again(desk: Open, mail: list[str]) -> None:
    async with desk() as d:
        d.app.open_list("mail", "collect")
        await d.type("3-2-1502\n")
        await d.press("escape")
        assert isinstance(d.app.screen, RecordsScreen)
        assert len(listed(d)) == 3
        await d.press("escape")
        assert isinstance(d.app.screen, BoardScreen)


# ---------------------------------------------------------------- find


@pytest.mark.slow
async def test_find_by_several_words_with_ranges_and_preview(desk: Open) -> None:
    async with desk() as d:
        await d.type("曾 3-\n")
        assert isinstance(d.app.screen, FindScreen)
        assert "曾 3-" in d.lines()[1]
        assert "1 条" in d.lines()[1]
        assert "3委托单1" in d.lines()[2]
        assert listed(d)[0].startswith("> 2026-11-22 委托单")
        assert "-- 委22-002 ---" in d.text
        assert "曾女士" in d.text
        assert "138****1234" in d.text  # a phone stays masked
        await d.type("2\n")
        assert "[2工作日志0]" in d.lines()[2]
        await d.type("0\n")
        assert "[0全部1]" in d.lines()[2]
        await d.press("enter")
        assert isinstance(d.app.screen, RecordScreen)


async def test_find_says_how_when_there_is_nothing(desk: Open) -> None:
    async with desk() as d:
        await d.type("没有的人\n")
        assert "没找到" in d.text or "没有找到" in d.text
        assert "几个词用空格隔开" in d.text
        await d.press("enter", "+", "pagedown", "end", "home")
        assert isinstance(d.app.screen, FindScreen)
        await d.type("B2\n")
        assert "记22-002" in d.text


@pytest.mark.slow
async def test_find_over_many_windows(desk: Open, office: Office) -> None:
    answers = {"room": "0", "item": "90", "source": "3", "handling": "on_the_spot"}
    rows = [{**answers, "content": f"灯坏 第{n}盏"} for n in range(400)]
    journal.load(office.book, LI_MIN, "diary", rows)
    async with desk() as d:
        await d.type("灯坏\n")
        assert "99+" in d.lines()[1]
        records = d.app.screen.query_one("Records")
        first = d.lines()[5]
        for _press in range(60):
            await d.press("pagedown")
        assert "第0盏" in d.text
        for _press in range(60):
            await d.press("pageup")
        assert d.lines()[5] == first
        assert records.loaded <= 256


@pytest.mark.slow
async def test_a_serial_opens_the_one_of_today(desk: Open) -> None:
    async with desk() as d:
        await d.type("委22-002\n")
        assert isinstance(d.app.screen, RecordScreen)
        await d.press("escape")
        await d.type("WT20261122-001\n")
        assert isinstance(d.app.screen, RecordScreen)
        await d.press("escape")
        await d.type("002\n")  # an order and a diary line
        assert isinstance(d.app.screen, FindScreen)
        assert len(listed(d)[:2]) == 2


@pytest.mark.slow
async def test_the_last_room_once_more(desk: Open) -> None:
    async with desk() as d:
        await d.type("..\n")
        assert "还没有" in d.lines()[21]
        await d.press("enter", "escape")
        await d.type("。。\n")
        assert isinstance(d.app.screen, FindScreen)
        assert "5-1-0302" in d.lines()[1]


# ---------------------------------------------------------------- menu, help


@pytest.mark.slow
async def test_the_menu_is_what_the_forms_say(desk: Open, office: Office) -> None:
    async with desk() as d:
        await d.type("0\n")
        assert isinstance(d.app.screen, MenuScreen)
        first = d.text
        await d.press("pagedown")
        for form in office.book.forms.values():
            for number in form.menu:
                assert f"{number:>2} " in first + d.text
        await d.type("12\n")
        assert isinstance(d.app.screen, RecordsScreen)
        await d.press("escape")
        assert isinstance(d.app.screen, BoardScreen)
        await d.press("f2", "f2")
        assert isinstance(d.app.screen, MenuScreen)
        await d.type("98\n")
        assert "98" in d.lines()[21]
        assert isinstance(d.app.screen, MenuScreen)


@pytest.mark.slow
async def test_every_menu_number_opens_something(desk: Open, office: Office) -> None:
    before = last_head(office.book)
    numbers = sorted(number for form in office.book.forms.values() for number in form.menu)
    async with desk(session=FOUNDER) as d:
        for number in numbers:
            await d.type(f"{number}\n")
            assert isinstance(d.app.screen, RecordsScreen | PanelScreen), number
            while not isinstance(d.app.screen, BoardScreen):
                await d.press("escape")
    assert last_head(office.book) == before


@pytest.mark.slow
async def test_help_says_what_can_be_done_here(desk: Open, office: Office) -> None:
    async with desk() as d:
        await d.press("f1")
        assert isinstance(d.app.screen, HelpScreen)
        assert "有人打电话" in d.text
        await d.press("pagedown")
        head = last_head(office.book)[1]
        assert head[:4] in d.text
        assert "book.db" in d.text
        await d.press("f1")
        assert isinstance(d.app.screen, BoardScreen)
        await d.type("00\n")
        assert isinstance(d.app.screen, HelpScreen)
        await d.type("12\n")
        assert isinstance(d.app.screen, RecordsScreen)
        await d.press("f1")
        assert "有人打电话" not in d.text


@pytest.mark.slow
async def test_change_user_lock_and_redraw(desk: Open) -> None:
    async with desk() as d:
        await d.type("84\n")
        assert isinstance(d.app.screen, BoardScreen)
        await d.type("82\n")
        assert isinstance(d.app.screen, SignInScreen)


@pytest.mark.slow
async def test_f3_and_ctrl_p(desk: Open) -> None:
    async with desk() as d:
        await d.press("f3")
        assert isinstance(d.app.screen, FindScreen)
        await d.press("f3", "escape")
        assert isinstance(d.app.screen, BoardScreen)
        await d.press("ctrl+p")
        assert isinstance(d.app.screen, MenuScreen)


async def test_a_burst_across_screens(desk: Open, office: Office) -> None:
    """Leave the form, open an order, look at its list: typed ahead in one go, Esc among it."""
    async with desk() as d:
        for key in ["+", "escape", "escape", *"12", "enter", "down", "enter"]:
            d.app.simulate_key(key)
        await d.settle()
        assert isinstance(d.app.screen, RecordScreen)
        assert view.record(office.book.read, "WT20261122-001").number in d.text
