"""A matter that came twice: told at the room field, urged in one go, merged without losing a word (ux 3.19)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from deskapp.book import journal, view
from deskapp.book.entry import Entry
from deskapp.book.journal import Request
from deskapp.book.view import Record
from deskapp.desk.office import Office
from deskapp.tui.screens.panel import PanelScreen
from tests.tui.conftest import LI_MIN, Clock, Desk, Open

LEAK, CLOGGED = "WT20261122-002", "WT20261122-001"
"""The open orders of 3-2-1502, slip taken two minutes ago, and of 5-1-0302."""


def record(d: Desk, number: str) -> Record:
    return view.record(d.app.office.book.read, number)


def entries(d: Desk, number: str) -> list[Entry]:
    return view.timeline(d.app.office.book.read, record(d, number))


def second(office: Office, **more: object) -> str:
    """The same leak a second time."""
    answers = {"room": "3-2-1502", "item": "11", "content": "水管又漏,催师傅", "caller": "曾女士", "charge": "free"}
    return str(journal.write(office.book, LI_MIN, [Request("register", answers | more, "order")])[0].number)


@pytest.mark.slow
async def test_an_open_order_is_told_at_the_room_field(desk: Open, clock: Clock) -> None:
    """Before anything else is typed; `+` goes on with it, and what was typed is not lost (F9.6, F9.8)."""
    async with desk() as d:
        await d.type("2\n3-2-1502\n")
        assert "该房有未完单: + 催单" in d.lines()[21]
        assert "委22-002  爆管漏水 厨房水管爆裂漏水  已领单" in d.lines()[21]
        await d.type("\n水又大了\n")
        await d.press("shift+tab", "up", "up", "up", "up", "+")
        assert "催单 委22-002" in d.lines()[0]
        assert "水又大了" in d.text
        await d.type("\n\n+15\n")
        last = entries(d, LEAK)[-1]
        assert (last.step, last.data["said"]) == ("urged", "水又大了")
        assert record(d, LEAK).clocks["promise"].state == "running"
        assert not isinstance(d.app.screen, PanelScreen)
        assert len(view.page(d.app.office.book.read, "order")) == 2
        clock.pass_(minutes=5)
        await d.type("1\n3-2-1502\n+")
        assert "催单已1次,上次02:48" in d.lines()[1]
        await d.press("escape", "escape")
        assert "工作日志" in d.lines()[0]


async def test_typed_ahead_it_is_another_order(desk: Open) -> None:
    """The warning asks nothing: keys that were on their way are answers to the form's own questions."""
    async with desk() as d:
        await d.type("2\n3-2-1502\n13\n马桶堵\n\n\n\n")
        first = view.page(d.app.office.book.read, "order", limit=1)[0]
        assert (first.fields["item"], first.fields["content"]) == ("item-13", "马桶堵马桶堵塞")
        assert first.number not in (LEAK, CLOGGED)


@pytest.mark.slow
async def test_of_several_one_is_picked(office: Office, desk: Open) -> None:
    """Two are open: a digit says which."""
    number = second(office)
    async with desk() as d:
        await d.type("2\n3-2-1502\n")
        assert "(2)" in d.lines()[21]
        await d.type("+2")
        assert "催单 委22-002" in d.lines()[0]
        await d.press("escape", "escape")
        await d.type("+1")
        assert number[-3:] in d.lines()[0]


@pytest.mark.slow
async def test_a_second_order_becomes_part_of_the_first(office: Office, desk: Open, clock: Clock) -> None:
    """Its number stays, void; its words and promise go on; no figure counts it; one undo takes it apart (F9.5)."""
    number = second(office)
    journal.write(office.book, LI_MIN, [Request("urged", {"said": "催", "promised": "05:30"}, None, number)])
    clock.pass_(minutes=10)
    async with desk() as d:
        await d.type(f"{number[-3:]}\n92\n")
        assert "委22-002" in d.lines()[1] + d.lines()[2]
        assert "05:30" in d.text
        assert "不进统计" in d.text
        await d.press("enter")
        gone, kept = record(d, number), record(d, LEAK)
        assert (gone.state, gone.fields["into"]) == ("void", LEAK)
        assert "作废 (并入 委22-002)" in d.lines()[1]
        last = entries(d, LEAK)[-1]
        assert (last.step, last.data["said"]) == ("urged", "水管又漏,催师傅")
        due = kept.clocks["promise"].due
        assert due is not None
        assert f"{due:%H:%M}" == "05:30"
        assert gone.clocks["promise"].state == "dropped"
        assert view.count(d.app.office.book.read, "order", open_only=True) == 2
        await d.press("f6")
        await d.type("0\n")
        assert record(d, number).state == "registered"
        assert "promise" not in record(d, LEAK).clocks


async def test_what_was_written_twice_asks_no_promise(office: Office, desk: Open) -> None:
    """A duplicate is no second call: no promise is invented for it."""
    number = second(office)
    async with desk() as d:
        await d.type(f"{number[-3:]}\n92\n2\n")
        last = entries(d, LEAK)[-1]
        assert (last.step, last.data) == ("doubled", {"remark": "水管又漏,催师傅"})


@pytest.mark.slow
async def test_a_promise_that_is_over_is_made_anew(office: Office, desk: Open, clock: Clock) -> None:
    """Nobody is promised the past, and no promise is dropped in silence."""
    number = second(office)
    journal.write(office.book, LI_MIN, [Request("urged", {"said": "催", "promised": "+5"}, None, number)])
    clock.pass_(minutes=9)
    async with desk() as d:
        await d.type(f"{number[-3:]}\n92\n2\n")
        await d.press("enter")
        assert "答复时限" in d.lines()[21]
        await d.type("+10\n")
        assert record(d, number).state == "void"
        due = record(d, LEAK).clocks["promise"].due
        assert due == clock.now.replace(microsecond=0) + timedelta(minutes=10)


@pytest.mark.slow
async def test_no_merge_while_a_second_plumber_is_on_his_way(office: Office, desk: Open) -> None:
    """He is called back first, in the same panel (F9.7); what he was told is not taken back."""
    number = second(office)
    journal.write(office.book, LI_MIN, [Request("dispatch", {"charge": "free", "provider": "22"}, None, number)])
    async with desk() as d:
        await d.type(f"{number[-3:]}\n92\n2\n")
        assert "赵刚" in d.text
        assert "先通知他不用去" in d.text
        await d.press("enter")
        assert "通知师傅" in d.lines()[21]
        assert record(d, number).state == "dispatched"
        await d.type("1\n")
        assert [one.step for one in entries(d, number)][-2:] == ["recall", "void"]
        assert entries(d, LEAK)[-1].step == "doubled"
        await d.press("f6")
        assert "撤回" not in d.text.split("原因")[0].split("更正")[-1]


@pytest.mark.slow
async def test_no_double_is_voided_or_kept(office: Office, desk: Open) -> None:
    """To void it alone asks why; to keep both writes nothing."""
    number = second(office)
    async with desk() as d:
        await d.type(f"{number[-3:]}\n92\n4\n")
        assert record(d, number).state == "registered"
        await d.type("92\n3\n")
        await d.press("f10")
        assert "原因" in d.lines()[21]
        await d.type("客户不修了\n")
        gone = record(d, number)
        assert (gone.state, gone.fields.get("into")) == ("void", None)
