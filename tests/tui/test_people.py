"""Several people signed in at one screen: every word has its author, who leaves is gone, roles are those of now."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

import pytest

from deskapp.book import journal, view
from deskapp.book.journal import Request
from deskapp.book.session import session_of
from deskapp.desk.office import Office
from deskapp.tui.app import DeskApp
from deskapp.tui.menu import OWN
from deskapp.tui.screens.board import BoardScreen
from deskapp.tui.screens.panel import PanelScreen
from deskapp.tui.screens.records import RecordsScreen
from deskapp.tui.screens.signin import SignInScreen
from tests.tui.conftest import FOUNDER, PASSPHRASE, Desk, Open
from tests.tui.test_lock import HALF, PIN, boot, boxes, locked  # noqa: F401 - a fixture


async def change(d: Desk, who: str, secret: str = PASSPHRASE) -> None:
    """换人, from any screen."""
    if isinstance(d.app.screen, PanelScreen):
        await d.press("f2")
    await d.type(f"81\n{who}\n{secret}\n")


async def test_each_word_has_its_author(desk: Open, office: Office) -> None:
    """What stands in the journal is by whoever typed it, whoever else came between."""
    async with desk() as d:
        await d.type(HALF)
        await change(d, "5")
        assert "周洁" in d.lines()[0]
        assert isinstance(d.app.screen, BoardScreen)
        await d.press("escape")
        await d.type("1\n5-1-0302\n11\n周洁的话")
        await d.press("f10")
        zhou = d.app.saved
        assert zhou
        await change(d, "3", PIN)
        assert d.app.saved == ""
        assert boxes(d)[2].raw.startswith("半句")
        await d.press("f10")
        mine = d.app.saved
        by = {number: view.record(office.book.read, number) for number in (zhou, mine)}
        assert (by[zhou].by, by[zhou].fields["content"]) == ("staff-5", "周洁的话水管爆裂漏水")
        assert (by[mine].by, by[mine].fields["content"]) == ("staff-3", "半句水管爆裂漏水")
        await change(d, "5")
        assert d.app.saved == zhou
        await d.press("f6", "f6")
        entries = view.timeline(office.book.read, view.record(office.book.read, zhou))
        assert [(entry.step, entry.by) for entry in entries] == [("register", "staff-5"), ("undo", "staff-5")]


@pytest.mark.slow
async def test_who_leaves_and_who_goes_on(desk: Open) -> None:
    """83 signs oneself out; who stays goes on with his PIN; the last one ends the program."""
    async with desk() as d:
        await d.type("12\n")
        await change(d, "5")
        await d.type("83\n")
        assert locked(d)
        assert "3 李敏" in d.text
        assert "周洁" not in d.text
        await d.type(f"5\n{PIN}\n")
        assert "口令签到" in d.text
        await d.press("up")
        await d.type(f"3\n{PIN}\n")
        assert isinstance(d.app.screen, RecordsScreen)
        await d.type("83\n下班了,没人接\n")  # he is on duty
        assert d.app._exit


@pytest.mark.slow
async def test_everybody_is_signed_out_at_the_hand_over(desk: Open) -> None:
    async with desk() as d:
        await change(d, "5")
        d.app.people.sign_out()
        await d.settle()
        assert isinstance(d.app.screen, SignInScreen)
        assert d.app.people.signed_in == []
        assert "在岗" not in d.text
        await d.type(f"3\n{PIN}\n")
        assert isinstance(d.app.screen, SignInScreen)
        await d.press("up")
        await d.type(f"3\n{PASSPHRASE}\n")
        assert isinstance(d.app.screen, BoardScreen)


@pytest.mark.slow
async def test_the_post_is_taken_over(desk: Open) -> None:
    """Signed for: whoever comes is at the board, and nobody else is signed in."""
    async with desk() as d:
        await d.type(HALF)
        await change(d, "6")
        await change(d, "3", PIN)
        d.app.people.take_over(session_of(d.app.office.book.read, "staff-5"))
        await d.settle()
        assert isinstance(d.app.screen, BoardScreen)
        assert "周洁" in d.lines()[0]
        assert [one.staff for one in d.app.people.signed_in] == ["staff-5"]
        await d.press("ctrl+l")
        await d.press("up")
        await d.type(f"3\n{PIN}\n")
        assert "口令签到" in d.text
        await d.type(f"{PASSPHRASE}\n")
        assert "没存完" in d.text  # his draft


@pytest.mark.slow
async def test_half_typed_words_are_kept_for_who_is_signed_out(desk: Open) -> None:
    async with desk() as d:
        await d.type(HALF)
        d.app.people.sign_out("staff-3")
        await d.settle()
        await d.type(f"3\n{PASSPHRASE}\n1\n")
        await d.press("f7")
        assert boxes(d)[2].raw.startswith("半句")


# ---------------------------------------------------------------- roles


def step(office: Office, number: str, name: str, **answers: object) -> None:
    journal.write(office.book, FOUNDER, [Request(name, answers, None, number)])


@pytest.mark.slow
async def test_who_left_is_out_at_the_next_key(desk: Open, office: Office) -> None:
    async with desk() as d:
        await d.type("3-2-1502\n")
        step(office, "staff-3", "leave", reason="辞职")
        await d.press("down")
        assert locked(d)
        assert "在岗" not in d.text
        await d.type(f"3\n{PIN}\n")
        assert locked(d)
        await d.type(f"3\n{PASSPHRASE}\n")
        assert locked(d)


@pytest.mark.slow
async def test_who_left_while_another_was_at_the_keyboard(desk: Open, office: Office) -> None:
    async with desk() as d:
        await change(d, "5")
        step(office, "staff-3", "leave", reason="辞职")
        await change(d, "3", PIN)
        assert isinstance(d.app.screen, SignInScreen)
        assert d.app.session is None


async def test_a_role_goes_at_once(desk: Open, office: Office) -> None:
    async with desk() as d:
        assert d.app.session is not None
        assert "cashier" in d.app.session.roles
        step(office, "staff-3", "correct", cashier="2", reason="不再收款")
        await d.press("down")
        assert d.app.session.roles == {"reception"}


@pytest.mark.slow
async def test_the_report_of_numbers_shown(desk: Open) -> None:
    """One's own; the manager's has everybody's."""
    async with desk() as d:
        await d.type("3-2-1502\n\n10\n3\n")
        await d.press("escape", "escape", "escape")
        await d.type("86\n")
        assert "投诉" in d.text
        assert "联系电话" in d.text
        assert "1380013" not in d.text
        assert " 1 次" in d.text
        await change(d, "5")
        await d.type("86\n")
        assert " 0 次" in d.text
        await change(d, "1")
        await d.type("86\n")
        assert "李敏" in d.text


def test_every_own_function_of_the_menu_is_there(office: Office) -> None:

    app: Any = DeskApp(lambda: office, office_name="", book_path=office.book.path)
    assert set(app._bindings.key_to_bindings) == {"ctrl+l", "ctrl+p", "ctrl+c"}  # none of Textual's: no screenshot
    assert not app.ENABLE_COMMAND_PALETTE
    for own in OWN.values():
        assert ":" in own.opens or callable(attrgetter(own.opens)(app))
