"""The record under real keys: what it shows, its steps by number, corrections, undo, numbers in clear."""

from __future__ import annotations

import json

import pytest

from deskapp.book import journal, view
from deskapp.book.entry import Entry
from deskapp.book.journal import Request
from deskapp.text import cells
from deskapp.tui.screens import reveal
from deskapp.tui.screens.board import BoardScreen
from deskapp.tui.screens.panel import PanelScreen
from deskapp.tui.screens.record import RecordScreen, numbers
from deskapp.tui.screens.reveal import RevealScreen
from tests.tui.conftest import FOUNDER, LI_MIN, Clock, Desk, Open

ORDER = "WT20261122-002"
PHONE = "13800131234"


def seq(d: Desk) -> int:
    """The journal's last entry."""
    return journal.last_head(d.app.office.book)[0]


def timeline(d: Desk, number: str = ORDER) -> list[Entry]:
    """The entries of a record."""
    conn = d.app.office.book.read
    return view.timeline(conn, view.record(conn, number))


async def look(d: Desk, number: str = ORDER) -> None:
    """Open a record."""
    d.app.open_record(number)
    await d.settle()


def arrives(d: Desk, **answers: object) -> None:
    """The provider arrives."""
    journal.write(d.app.office.book, LI_MIN, [Request("arrive", {"told": "radio", **answers}, None, ORDER)])


async def test_state_marks_clocks_fields_and_entries_are_in_words(desk: Open, clock: Clock) -> None:
    """ux 3.5: everything a clerk asks about an order, on one screen."""
    async with desk() as d:
        clock.at(3, 5)
        arrives(d, when="0258")
        await look(d)
        assert "状态 到达" in d.text
        assert "签字 -" in d.text
        assert "到达 限 03:16  实 02:58  按时" in d.text
        assert "138****1234" in d.text
        assert PHONE not in d.text
        row = next(line for line in d.lines() if line.startswith("02:58"))
        assert "03:05" in row
        assert "补记 晚7分" in row
        assert all(cells(line) == 80 for line in d.lines())


async def test_an_empty_enter_does_nothing_at_all(desk: Open) -> None:
    """Type-ahead must never write (ux 4.3)."""
    async with desk() as d:
        await look(d)
        before, text = seq(d), d.text
        await d.type("\n\n\n")
        assert isinstance(d.app.screen, RecordScreen)
        assert (seq(d), d.text) == (before, text)


async def test_numbers_of_steps_never_change(desk: Open) -> None:
    """A step's number is its place in the form; the record's own numbers are nobody else's."""
    async with desk() as d:
        for form in d.app.office.book.forms.values():
            given = numbers(form)
            assert (
                len({n for n, _name in given})
                == len(given)
                == len(form.steps) - ("register" in form.steps) - ("reveal" in form.steps)
            )
            assert not {10, 11, 12} & {n for n, _name in given}
        await look(d)
        place = {name: n for n, name in numbers(d.app.office.book.forms["order"])}["wait"]
        assert f"{place} 暂停" in d.text
        arrives(d)
        await d.press("escape")
        await look(d)
        assert f"{place} 暂停" in d.text


async def test_digits_open_the_panel_of_a_step(desk: Open) -> None:
    """Digits and Enter; a step that is not possible now says so."""
    async with desk() as d:
        await look(d)
        by_name = {name: n for n, name in numbers(d.app.office.book.forms["order"])}
        await d.type(f"{by_name['done']}\n")
        assert isinstance(d.app.screen, RecordScreen)
        assert "现在不能" in d.lines()[21]
        await d.type(f"{by_name['wait']}\n")
        assert isinstance(d.app.screen, PanelScreen)


@pytest.mark.slow
async def test_plus_opens_the_next_step_and_writes_nothing(desk: Open) -> None:
    """`+` needs no Enter, and the panel needs its own."""
    async with desk() as d:
        await look(d)
        before = seq(d)
        await d.type("+")
        assert isinstance(d.app.screen, PanelScreen)
        assert seq(d) == before
        await d.type("\n\n")
        assert timeline(d)[-1].step == "arrive"
        assert "已保存" in d.lines()[21]


async def test_a_correction_shows_old_and_new(desk: Open, clock: Clock) -> None:
    """F6, the field's number, the new value, a reason by digit (ux 3.19)."""
    async with desk() as d:
        clock.pass_(minutes=10)
        await look(d)
        await d.press("f6")
        field = next(line for line in d.lines() if "委托内容" in line).split("委托内容")[0].split()[-1]
        await d.type(f"{field}\n水管接头漏水\n2\n")
        last = timeline(d)[-1]
        assert (last.step, last.data["content"]) == ("correct", "水管接头漏水")
        assert last.data["reason"] == "客户说错"
        assert "厨房水管爆裂漏水 -> 水管接头漏水" in d.text


@pytest.mark.slow
async def test_a_wrong_room_after_dispatch_asks_who_must_be_told(desk: Open, clock: Clock) -> None:
    """The provider walks by his slip, not by the book: untold, it is red on the board until he was told (ux F9.1)."""
    async with desk() as d:
        await look(d)
        await d.press("f6")
        field = next(line for line in d.lines() if "房号" in line).split("房号")[0].split()[-1]
        await d.type(f"{field}\n5-1-0302\n\n")
        assert "到达 03:16: 不变" in d.text
        assert "请您复述" in d.text
        await d.press("f10")
        assert "师傅知道" in d.lines()[21]
        await d.type("2\n\n2\n")
        told = timeline(d)[-1].data
        assert [told[name] for name in ("knows", "reprint", "disturbed", "reason")] == [
            "not_yet", "again", "no", "输错",
        ]  # fmt: skip
        await d.press("escape")
        clock.pass_(minutes=2)
        d.app._minute()
        red = next(line for line in d.lines() if "告知师傅" in line)
        assert "超 01分" in red
        await d.press("home", *("down" for _ in range(d.lines().index(red) - 3)), "+")
        await d.type("\n1\n")
        assert timeline(d)[-1].step == "inform"
        assert "告知师傅" not in "".join(d.lines()[2:20])


async def test_a_dash_empties_a_field(desk: Open, clock: Clock) -> None:
    """What was said by mistake can be taken away; the old value stays in the timeline."""
    async with desk() as d:
        clock.pass_(minutes=10)
        await look(d)
        await d.press("f6")
        rows = [line for line in d.lines() if "顾客" in line]
        words = rows[0].split()
        await d.type(f"{words[words.index('顾客') - 1]}\n-\n2\n")
        assert "caller" not in view.record(d.app.office.book.read, ORDER).fields
        assert "曾女士 -> -" in d.text


@pytest.mark.slow
async def test_the_last_step_is_taken_back_within_minutes(desk: Open) -> None:
    """F6 0: the entry stays, shown as taken back; the clock runs again."""
    async with desk() as d:
        await look(d)
        await d.type("+\n\n")
        assert timeline(d)[-1].step == "arrive"
        await d.press("f6")
        assert "撤回: 到达" in d.text
        await d.type("0\n")
        assert timeline(d)[-1].step == "undo"
        assert "状态 已领单" in d.text
        assert any("到达" in line and "撤回" in line for line in d.lines()[:17])
        assert "已撤回" in d.lines()[21]


@pytest.mark.slow
async def test_the_number_of_the_undo_writes_nothing_by_itself(desk: Open) -> None:
    """It opens F6 with its answer ready; only that panel's Enter writes."""
    async with desk() as d:
        await look(d)
        await d.type("+\n\n")
        await d.type("*")
        number = next(word for word in d.text.split() if word.startswith("9") and f"{word} 撤回" in d.text)
        before = seq(d)
        await d.type(f"{number}\n")
        assert seq(d) == before
        await d.type("\n")
        assert timeline(d)[-1].step == "undo"


async def test_somebody_elses_step_is_not_offered_back(desk: Open, clock: Clock) -> None:
    """Nor one's own after five minutes."""
    async with desk() as d:
        clock.pass_(minutes=6)
        await look(d)
        assert "撤回" not in d.text
        await d.press("f6")
        assert "撤回" not in d.text


@pytest.mark.slow
async def test_a_number_is_shown_for_a_reason_and_hidden_again(desk: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """One entry that names the fields and not their values; nothing of it stays on the screen (ux 3.16)."""
    async with desk() as d:
        await look(d)
        await d.press("f9")
        assert PHONE not in d.text
        monkeypatch.setattr(reveal, "SECONDS", 0.05)
        await d.type("1\n")
        assert "138 0013 1234" in d.text
        last = timeline(d)[-1]
        assert last.step == "reveal"
        assert last.data["revealed"] == "phone"
        assert PHONE not in json.dumps(dict(last.data))
        await d.pilot.pause(0.2)
        assert isinstance(d.app.screen, RecordScreen)
        assert "0013" not in d.text
        assert "138****1234" in d.text


@pytest.mark.slow
async def test_without_a_reason_nothing_is_shown(desk: Open) -> None:
    """An empty Enter is no reason; Esc leaves at once."""
    async with desk() as d:
        await look(d)
        before = seq(d)
        await d.press("f9", "enter")
        assert isinstance(d.app.screen, RevealScreen)
        assert PHONE not in d.text
        assert seq(d) == before
        await d.press("escape")
        assert isinstance(d.app.screen, RecordScreen)


async def test_previous_and_next_of_the_list_it_came_from(desk: Open) -> None:
    """F7, F8 and their numbers 11, 12."""
    async with desk() as d:
        assert isinstance(d.app.screen, BoardScreen)
        await d.press("down", "up", "enter")
        first = d.lines()[0]
        await d.press("f8")
        assert d.lines()[0] != first
        await d.type("11\n")
        assert d.lines()[0] == first


@pytest.mark.slow
async def test_both_ends_of_a_link_name_each_other(desk: Open) -> None:
    """The order says which call it came from, the call which order came of it."""
    async with desk() as d:
        await d.type("1\n3-2-1502\n11\n\n\n\n\n2\n1\n\n\n\n21\n\n\n")
        conn = d.app.office.book.read
        order, diary = view.page(conn, "order", limit=1)[0], view.page(conn, "diary", limit=1)[0]
        assert order.fields["source"] == diary.number
        await look(d, order.number)
        assert "记22-" in d.text
        await d.press("escape")
        await look(d, diary.number)
        assert "委22-003" in d.text


@pytest.mark.slow
async def test_a_long_timeline_scrolls(desk: Open) -> None:
    """PgDn to the last entry; the steps stay in their place."""
    async with desk() as d:
        for n in range(30):
            answers = {"remark": f"第{n}次说明" + "很长的话" * 20}
            journal.write(d.app.office.book, LI_MIN, [Request("note", answers, None, ORDER)])
        await look(d)
        assert "第29次" not in d.text
        steps = [line for line in d.lines() if line.startswith("-- 下一步")]
        await d.press(*["pagedown"] * 20)
        assert "很长的话" in d.text
        assert "第29次" in d.text
        assert [line for line in d.lines() if line.startswith("-- 下一步")] == steps


async def test_hostile_values_are_only_text(desk: Open, clock: Clock) -> None:
    """Markup in a record is shown as it was written."""
    async with desk() as d:
        answers = {"remark": "[/x][bold]王[red]五 \u202e"}
        journal.write(d.app.office.book, LI_MIN, [Request("note", answers, None, ORDER)])
        await look(d)
        await d.press("pagedown")
        assert "[/x][bold]王[red]五" in d.text


@pytest.mark.slow
@pytest.mark.parametrize("size", [(80, 24), (60, 16), (120, 40)])
async def test_every_line_is_as_wide_as_the_screen(desk: Open, size: tuple[int, int]) -> None:
    """No wide character is cut in two at the edge."""
    async with desk(size=size) as d:
        for number in (ORDER, "RZ20261122-001", "3-2-1502", "staff-3", "item-11"):
            await look(d, number)
            assert all(cells(line) == size[0] for line in d.lines())
            await d.press("escape")


@pytest.mark.slow
async def test_a_managers_steps_are_not_listed_for_the_desk(desk: Open) -> None:
    """Only what this person may do now."""
    async with desk() as d:
        await look(d)
        await d.type("*")
        assert "超范围" in d.text
        labels = {step.name: step.label.zh for step in d.app.office.book.forms["order"].steps.values()}
        mine = d.text
    async with desk(session=FOUNDER) as d:
        await look(d)
        await d.type("*")
        assert labels["scope_change"] in d.text
        assert f" {labels['waiver']}" in d.text
        assert f" {labels['waiver']} " not in mine
