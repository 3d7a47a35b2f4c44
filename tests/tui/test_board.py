"""The board: what it says and in which order, when it moves, and that it never writes."""

from __future__ import annotations

import random

import pytest
from textual.geometry import Region

from deskapp.book import journal, view
from deskapp.book.journal import Request, last_head
from deskapp.desk.office import Office
from deskapp.tui.screens import board as board_module
from deskapp.tui.screens.board import BoardScreen
from deskapp.tui.screens.panel import PanelScreen
from deskapp.tui.screens.record import RecordScreen
from tests.tui.conftest import FOUNDER, LI_MIN, PASSPHRASE, Clock, Desk, Open


def board_of(d: Desk) -> BoardScreen:
    screen = d.app.screen
    assert isinstance(screen, BoardScreen)
    return screen


def seq(office: Office) -> int:
    return last_head(office.book)[0]


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has typed for long."""
    monkeypatch.setattr(board_module, "QUIET", 0.0)


@pytest.mark.slow
async def test_late_first_then_by_minutes_then_promises(desk: Open) -> None:
    async with desk() as d:
        lines = d.lines()
        assert lines[0].startswith("值班台  汇景中心  夜班 李敏")
        assert lines[0].rstrip().endswith("11-22 周日 02:48")
        assert lines[3].startswith("> 超 13分  委22-001   5-1-0302")
        assert lines[4].startswith("  剩 28分  委22-002   3-2-1502")
        assert lines[5].startswith("-- 答应客户的事 ---")
        assert lines[6].startswith("  05:30    记22-001   1-1-0601")
        assert lines[7].startswith("-- 要跟进 ---")
        assert "委托单 2 超时 1" in d.text
        assert "邮件" not in "".join(lines[8:20])  # what nothing is open of is not counted
        assert "曾女士" not in d.text  # visitors see this screen
        assert "1380013" not in d.text


async def test_the_minute_changes_only_the_minutes(desk: Open, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    async with desk() as d:
        await d.settle()
        painted: list[Region] = []
        board = board_of(d)
        monkeypatch.setattr(board.records, "refresh", lambda *regions, **_kw: painted.extend(regions))
        board.minute()
        assert painted == []
        clock.pass_(minutes=1)
        board.minute()
        assert painted == [Region(2, 2, 8, 1), Region(2, 3, 8, 1)]


async def test_what_runs_out_is_said_in_words(desk: Open, clock: Clock) -> None:
    async with desk() as d:
        clock.pass_(minutes=29)
        d.app.screen.minute_passed()
        await d.settle()
        assert "03:17 超时了: 委22-002" in d.text
        assert "03:17" in d.lines()[0]


async def test_lines_do_not_move_under_a_finger(desk: Open, office: Office, clock: Clock, quiet: None) -> None:
    """A new breach goes to its place only when nobody is aiming; the cursor stays on its record."""
    async with desk() as d:
        board = board_of(d)
        await d.press("down")
        assert board.number == "WT20261122-002"
        board_module.QUIET = 10.0
        came = Request("arrive", {"told": "1", "late_reason": "1"}, None, "WT20261122-001")
        journal.write(office.book, LI_MIN, [came])
        made = journal.write(office.book, LI_MIN, [Request("register", {
            "room": "2-1-0901", "item": "90", "content": "答复", "source": "1", "handling": "reply", "promised": "+10",
        }, "diary")])  # fmt: skip
        board.minute()
        await d.settle()
        assert board.number == "WT20261122-002"
        shown = [line for line in d.lines() if "22-00" in line]
        assert "委22-002" in shown[0]
        assert made[0].number
        board_module.QUIET = 0.0
        board.minute()
        await d.settle()
        assert board.number == "WT20261122-002"


@pytest.mark.slow
async def test_the_cursor_holds_through_fifty_minutes(desk: Open, office: Office, clock: Clock, quiet: None) -> None:
    chance = random.Random(17)
    async with desk() as d:
        board = board_of(d)
        for item in range(12):
            answers = {"room": "1-1-0601", "item": "90", "content": f"第{item}件", "source": "1", "handling": "reply",
                       "promised": f"+{chance.randrange(2, 90)}"}  # fmt: skip
            journal.write(office.book, LI_MIN, [Request("register", answers, "diary")])
        board.minute()
        await d.press(*["down"] * 7)
        held = board.number
        for _minute in range(50):
            clock.pass_(minutes=chance.choice((1, 1, 2, 5)))
            board.minute()
            await d.settle()
            assert board.number == held


async def test_enter_opens_and_never_writes(desk: Open, office: Office) -> None:
    async with desk() as d:
        before = seq(office)
        await d.press("enter")
        assert isinstance(d.app.screen, RecordScreen)
        await d.press("enter", "enter")
        await d.press("escape")
        assert isinstance(d.app.screen, BoardScreen)
        assert seq(office) == before


async def test_plus_opens_the_panel_of_the_next_step_and_writes_nothing(desk: Open, office: Office) -> None:
    async with desk() as d:
        before = seq(office)
        await d.press("down", "+")
        assert isinstance(d.app.screen, PanelScreen)
        assert d.lines()[0].startswith("到达 委22-002")
        await d.press("escape", "escape")
        assert isinstance(d.app.screen, BoardScreen)
        assert seq(office) == before
        await d.type("＋")  # the input method is on
        assert isinstance(d.app.screen, PanelScreen)


@pytest.mark.slow
async def test_f6_twice_takes_my_last_save_back(desk: Open, office: Office) -> None:
    async with desk() as d:
        await d.press("f6")
        assert "没有可以撤回的" in d.text
        await d.press("down", "+", "f10")
        await d.settle()
        assert "已保存" in d.text
        assert view.record(office.book.read, "WT20261122-002").state == "on_site"
        before = seq(office)
        await d.press("f6")
        assert seq(office) == before
        assert "委22-002" in d.lines()[21]
        await d.press("down")  # any other key: the question is forgotten
        await d.press("f6")
        assert seq(office) == before
        await d.press("f6")
        await d.settle()
        assert view.record(office.book.read, "WT20261122-002").state == "received"
        assert seq(office) == before + 1
        await d.press("f6")
        assert "没有可以撤回的" in d.text


@pytest.mark.slow
async def test_f6_too_late(desk: Open, office: Office, clock: Clock) -> None:
    async with desk() as d:
        await d.press("down", "+", "f10")
        await d.settle()
        clock.pass_(minutes=6)
        await d.press("f6", "f6")
        await d.settle()
        assert view.record(office.book.read, "WT20261122-002").state == "on_site"
        assert "更正" in d.lines()[21]


async def test_a_command_beside_the_desk_is_seen(desk: Open, office: Office) -> None:
    """Another process writes while the screen is open: the next key, or the next minute, shows it."""
    async with desk() as d:
        answers = {"room": "4-2-1103", "item": "90", "content": "楼上噪音", "source": "1", "handling": "next_shift"}
        journal.write(office.book, FOUNDER, [Request("register", answers, "diary")])
        assert "楼上噪音" not in d.text
        await d.press("down")
        assert "楼上噪音" in d.text


async def test_nothing_behind_the_board(desk: Open) -> None:
    async with desk() as d:
        await d.press("escape", "escape", "ctrl+q", "ctrl+c")
        assert isinstance(d.app.screen, BoardScreen)
        assert "83" in d.lines()[21]
        await d.type("83\n")
        assert "不能空岗" in d.text
        await d.type("下班有急事\n")
        assert d.app.return_code == 0


@pytest.mark.slow
async def test_many_open_lines_do_not_drown_the_board(desk: Open, office: Office) -> None:
    answers = {"room": "0", "item": "90", "source": "3", "handling": "next_shift"}
    rows = [{**answers, "content": f"第{n}件"} for n in range(260)]
    journal.load(office.book, LI_MIN, "diary", rows)
    async with desk() as d:
        assert board_of(d).records.loaded <= 203
        assert "还有" in d.text


@pytest.mark.slow
async def test_small_screens(desk: Open) -> None:
    """60x16: 跟进 and 状态 go, command and keys stay."""
    async with desk(size=(60, 16)) as d:
        assert "跟进" not in d.lines()[1]
        assert "状态" not in d.lines()[1]
        assert "==>" in d.lines()[14]
        assert d.lines()[15].startswith("F1帮助")
        assert "0全部" in d.text
    async with desk(size=(40, 10)) as d:
        assert "==>" in d.text
        assert "委22-001" in d.text


@pytest.mark.slow
async def test_what_changed_is_told_marked_and_gone_to(desk: Open, office: Office, clock: Clock) -> None:
    """Since this person was last at the board; his own doing is no news, and the mark is a word."""
    async with desk() as d:
        assert "有变" not in d.text
        await d.press("ctrl+l")
        await d.app.workers.wait_for_complete()
        answers = {"room": "2-1-0901", "item": "90", "content": "水表", "source": "1", "handling": "next_shift"}
        journal.write(office.book, FOUNDER, [Request("register", answers, "diary")])
        journal.write(office.book, FOUNDER, [Request("note", {"remark": "催过"}, None, "WT20261122-002")])
        await d.type(f"{PASSPHRASE}\n")
        assert "你离开后 2 条有变" in d.text
        assert "改 " in next(line for line in d.lines() if "委22-002" in line)
        await d.press("/")
        assert board_of(d).number == "WT20261122-002"
        await d.press("tab")
        assert board_of(d).number == "RZ20261122-003"
        assert "新 " in next(line for line in d.lines() if line.startswith(">"))
        await d.press("tab", "tab")
        assert board_of(d).number == "RZ20261122-003"
        await d.press("ctrl+l")
        await d.app.workers.wait_for_complete()
        await d.type(f"{PASSPHRASE}\n")
        await d.press("/")
        assert "没有别的变化" in d.text


async def test_no_minutes_while_the_clock_is_in_doubt(desk: Open, clock: Clock) -> None:
    clock.pass_(days=-2000)
    async with desk(keys=("escape",)) as d:
        assert board_of(d).number
        assert "未确认" in d.lines()[3]
        assert not any(word in d.text for word in ("超 ", "剩 "))


async def test_notices_stand_last(desk: Open, office: Office) -> None:
    answers = {"kind": "1", "text": "水箱清洗", "scope": "3", "until": "+600"}
    journal.write(office.book, FOUNDER, [Request("register", answers, "notice")])
    async with desk() as d:
        lines = d.lines()
        at = next(y for y, line in enumerate(lines) if line.startswith("-- 公告 -"))
        assert lines[at + 1].startswith("  -11-22   告22-001")
        assert "停水 水箱清洗" in lines[at + 1]
        await d.press("end", "enter")
        assert isinstance(d.app.screen, RecordScreen)
