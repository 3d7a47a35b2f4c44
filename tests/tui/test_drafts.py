"""What was left unsaved: brought back box by box with its cursor, to its author alone; gone when saved or dropped."""

from __future__ import annotations

import dataclasses
import re

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.widgets.input import Selection

from deskapp.book import drafts, journal
from deskapp.book.journal import Request
from deskapp.desk.office import Office
from deskapp.errors import DeskError
from deskapp.tui import drafts as keeping
from deskapp.tui.screens.board import BoardScreen
from deskapp.tui.screens.correct import CorrectScreen
from deskapp.tui.screens.drafts import DraftsScreen, TextScreen
from deskapp.tui.screens.panel import PanelScreen
from deskapp.tui.widgets.sheet import Sheet
from tests.tui.conftest import FOUNDER, LI_MIN, Clock, Desk, Open

ROOM = "3-2-1502"
HALF = f"1\n{ROOM}\n11\n厨房"
ORDER = "WT20261122-002"


def sheet(desk: Desk) -> Sheet:
    """The boxes on the screen."""
    return desk.app.screen.query_one(Sheet)


def raws(desk: Desk) -> dict[str, str]:
    """What stands in them."""
    return {box.name: box.raw for box in sheet(desk).boxes}


def cut_off(desk: Desk) -> None:
    """What the last autosave would have left."""
    desk.app.drafts.keep_at_once()


def bodies(office: Office, staff: str = LI_MIN.staff) -> list[str]:
    return [one.body for one in drafts.of(office.book, staff)]


@pytest.mark.slow
async def test_a_panel_comes_back_as_it_was(desk: Open, office: Office) -> None:
    """Every box's own text, wrong ones too, the field and the cursor; saved, it is gone."""
    async with desk() as d:
        await d.type(f"{HALF}\n\n曾女士")
        await d.press("down", *"12x", "up", "left")
        before, cursor = raws(d), sheet(d).editor.cursor_position
        cut_off(d)
    async with desk() as d:
        assert isinstance(d.app.screen, DraftsScreen)
        assert "厨房" in d.text
        await d.type("1\n")
        assert raws(d) == before
        assert (sheet(d).box.name, sheet(d).editor.cursor_position) == ("caller", cursor)
        assert len(bodies(office)) == 1
        await d.press("down", "f6")
        await d.type("\n1\n")
        assert isinstance(d.app.screen, BoardScreen)
        assert bodies(office) == []
    async with desk() as d:
        assert isinstance(d.app.screen, BoardScreen)


@pytest.mark.slow
async def test_the_second_page_of_an_act_comes_back(desk: Open, office: Office) -> None:
    async with desk() as d:
        await d.type(f"{HALF}\n\n\n\n2\n2\n12\n")
        before = raws(d)
        assert "price" in before
        cut_off(d)
    async with desk() as d:
        await d.type("1\n")
        assert raws(d) == before
        assert sheet(d).box.name == "amount"
        await d.press("f7", "f7", "f7")
        assert raws(d)["content"].startswith("厨房")


@pytest.mark.slow
async def test_a_step_and_a_correction_of_a_record_come_back(desk: Open, office: Office, clock: Clock) -> None:
    async with desk() as d:
        d.app.open_panel("order", "arrive", ORDER)
        await d.settle()
        await d.type("-1")
        cut_off(d)
        await d.press("escape", "escape")
        clock.pass_(minutes=1)
        d.app.open_record(ORDER)
        await d.settle()
        await d.press("f6")
        await d.type("4\n浴室水管")
        cut_off(d)
    async with desk() as d:
        await d.type("1\n")
        assert isinstance(d.app.screen, CorrectScreen)
        assert raws(d)["content"] == "浴室水管"
        await d.type("\n1\n")
        assert len(bodies(office)) == 1
        await d.type("87\n1\n")
        assert isinstance(d.app.screen, PanelScreen)
        assert raws(d)["when"] == "-1"


@pytest.mark.slow
@pytest.mark.parametrize("size", [(80, 24), (60, 16)])
async def test_what_it_looks_like(desk: Open, clock: Clock, snapshot: SnapshotAssertion, size: tuple[int, int]) -> None:
    """Phones masked; the text of what can't be gone on with."""
    async with desk() as d:
        for keys in ("1\n4-1-0801\n51\n物业费\n\n\n13800131234", HALF, "2\n5-1-0302\n13"):
            await d.type(keys)
            await d.press("escape", "escape")
            await d.app.workers.wait_for_complete()
            clock.pass_(minutes=1)
        d.app.open_panel("order", "arrive", ORDER)
        await d.settle()
        await d.type("-1")
        cut_off(d)
    journal.write(d.app.office.book, FOUNDER, [Request("void", {"reason": "重复"}, None, ORDER)])
    async with desk(size=size) as d:
        assert re.sub(r"共 \d+ 条", "共 124 条", d.text) == snapshot(name="left unsaved")
        await d.type("1\n")
        assert d.text == snapshot(name="only to be read")


@pytest.mark.slow
async def test_nobody_else_sees_it(desk: Open, office: Office) -> None:
    async with desk() as d:
        await d.type(HALF)
        cut_off(d)
    async with desk(session=FOUNDER) as d:
        assert isinstance(d.app.screen, BoardScreen)
        await d.type("87\n")
        assert "厨房" not in d.text
        await d.press("escape")
        await d.type("1\n")
        await d.press("f7")
        assert raws(d)["room"] == ""
    assert len(bodies(office)) == 1


@pytest.mark.slow
async def test_dropped_or_left_for_later(desk: Open, office: Office) -> None:
    """Any other command is obeyed on the board: what was typed ahead for it is not in vain."""
    async with desk() as d:
        await d.type(HALF)
        cut_off(d)
    async with desk() as d:
        await d.type("12\n")
        assert "委托服务单" in d.lines()[0]
    async with desk() as d:
        await d.type("8\n5\n")
        assert len(bodies(office)) == 1
        await d.type("8\n1\n")
        assert "厨房" not in d.text
        await d.app.workers.wait_for_complete()
        assert bodies(office) == []


@pytest.mark.slow
async def test_left_and_taken_up_again_without_a_pause(desk: Open, office: Office) -> None:
    """Typed ahead: the disk need not have been reached."""
    async with desk() as d:
        await d.press(*(key if key != "\n" else "enter" for key in HALF), "escape", "escape", "1", "enter", "f7")
        assert raws(d)["content"].startswith("厨房")
        await d.type("\n\n\n\n1\n")
        assert isinstance(d.app.screen, BoardScreen)
        await d.app.workers.wait_for_complete()
        assert bodies(office) == []


async def test_an_emptied_form_is_not_kept(desk: Open, office: Office) -> None:
    async with desk() as d:
        await d.type(f"1\n{ROOM}")
        cut_off(d)
        assert len(bodies(office)) == 1
        await d.press("f6")
        cut_off(d)
        assert bodies(office) == []


@pytest.mark.slow
async def test_what_has_ended_is_there_to_be_read(desk: Open, office: Office, clock: Clock) -> None:
    async with desk() as d:
        d.app.open_panel("order", "arrive", ORDER)
        await d.settle()
        await d.type("-1")
        cut_off(d)
    journal.write(office.book, FOUNDER, [Request("void", {"reason": "重复"}, None, ORDER)])
    async with desk() as d:
        assert "不能接着填" in d.text
        await d.type("1\n")
        assert isinstance(d.app.screen, TextScreen)
        assert "-1" in d.text
        await d.press("escape")
        assert isinstance(d.app.screen, DraftsScreen)
        assert len(bodies(office)) == 1


@pytest.mark.slow
async def test_a_new_version_of_the_form_is_not_filled_by_guessing(desk: Open, office: Office) -> None:
    async with desk() as d:
        await d.type(HALF)
        cut_off(d)
    office.book.forms["diary"] = dataclasses.replace(office.book.forms["diary"], version=3)
    async with desk() as d:
        assert "不能接着填" in d.text


async def test_what_is_no_draft_of_ours_is_passed_over(desk: Open, office: Office) -> None:
    for body in (
        "",
        "[]",
        "{}",
        '{"screen": "os:system", "title": "", "texts": []}',
        '{"texts": 7, "screen": "panel"}',
    ):
        drafts.keep(office.book, [drafts.Draft(body or "empty", LI_MIN.staff, "2026-11-22T02:48:00+08:00", body)])
    async with desk() as d:
        assert isinstance(d.app.screen, BoardScreen)


@pytest.mark.slow
async def test_forms_wait_under_each_other(desk: Open, office: Office) -> None:
    """F5 and menu numbers park what is open, Esc Esc and a save return to it; a sixth is not opened."""
    async with desk() as d:
        await d.type(HALF)
        for n in range(1, 5):
            await d.press("f5")
            await d.type(str(n))
            assert f"挂起{n}" in d.lines()[0]
        await d.press("f5")
        assert raws(d)["room"] == "4"
        await d.press("escape", "escape")
        assert raws(d)["room"] == "3"
        assert "挂起3" in d.lines()[0]
        cut_off(d)
        assert len(bodies(office)) == 5
        await d.press("escape", "escape", "escape", "escape", "escape", "escape")
        assert raws(d)["content"].startswith("厨房")
        assert "挂起" not in d.lines()[0]


@pytest.mark.slow
async def test_it_is_written_once_and_in_a_thread(desk: Open, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many keys, one write; nothing changed, none."""
    written: list[int] = []
    keep = drafts.keep

    def counted(*args: object) -> None:
        written.append(1)
        keep(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(drafts, "keep", counted)
    monkeypatch.setattr(keeping, "PAUSE", 0.05)
    async with desk() as d:
        await d.type(HALF)
        while not written:
            await d.pilot.pause(0.05)
        await d.app.workers.wait_for_complete()
        first = len(written)
        assert first < 5
        await d.pilot.pause(0.2)
        await d.press("f1")
        await d.pilot.pause(0.2)
        assert len(written) <= first + 1
        sheet(d).editor.selection = Selection.cursor(0)


@pytest.mark.slow
async def test_a_disk_that_refuses_is_told_once(desk: Open, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise DeskError("the disk is full: nothing was saved")

    keep = drafts.keep
    monkeypatch.setattr(drafts, "keep", refuse)
    monkeypatch.setattr(keeping, "PAUSE", 0.01)
    monkeypatch.setattr(keeping, "RETRY", 0.01)
    async with desk() as d:
        await d.type(f"1\n{ROOM}")
        while "没能留底" not in d.text:
            await d.pilot.pause(0.02)
        d.app.desk_screen.say("")
        await d.type("1")
        await d.pilot.pause(0.2)
        assert "没能留底" not in d.text
        monkeypatch.setattr(drafts, "keep", keep)
        while not bodies(office):
            await d.pilot.pause(0.02)
