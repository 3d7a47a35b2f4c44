"""Signing in and locking: what may be seen before, who goes on where, what a wrong passphrase costs."""

from __future__ import annotations

import asyncio
import dataclasses
import threading
from datetime import datetime, timedelta

import pytest
from textual.widgets import Input

from deskapp import paths
from deskapp.book import anchor, signin
from deskapp.book.database import Book
from deskapp.desk import display
from deskapp.desk.board import board
from deskapp.desk.office import Office
from deskapp.tui import paint, public
from deskapp.tui.screens.board import BoardScreen
from deskapp.tui.screens.panel import PanelScreen
from deskapp.tui.screens.records import RecordsScreen
from deskapp.tui.screens.signin import SignInScreen
from tests.tui.conftest import FOUNDER, LI_MIN, NIGHT, PASSPHRASE, Clock, Desk, Open

PRIVATE = ("3-2-1502", "5-1-0302", "马桶", "水管", "曾女士", "林先生", "王强", "李敏")


async def sign_in(d: Desk, who: str, passphrase: str = PASSPHRASE) -> None:
    await d.type(f"{who}\n{passphrase}\n")


async def test_nothing_private_before(desk: Open) -> None:
    async with desk(session=None) as d:
        assert "委22-001" in d.text
        assert "剩 28分" in d.text
        for word in PRIVATE:
            assert word not in d.text
        await d.press("f2", "f3", "f5", "ctrl+p")
        assert isinstance(d.app.screen, SignInScreen)


@pytest.mark.parametrize("who", ["3", "03", "staff-3", "zj", "周洁", "ZHOUJIE"])
async def test_by_number_or_initials(desk: Open, who: str) -> None:
    async with desk(session=None) as d:
        await sign_in(d, who)
        assert isinstance(d.app.screen, BoardScreen)
        assert d.app.session is not None
        assert d.app.session.name == ("李敏" if "3" in who else "周洁")


async def test_initials_of_two(desk: Open) -> None:
    """Numbers are said, names are not."""
    async with desk(session=None) as d:
        await sign_in(d, "lm")
        assert isinstance(d.app.screen, SignInScreen)
        assert "3 6" in d.text
        assert "李" not in d.text


@pytest.mark.slow
async def test_a_wrong_passphrase_costs_a_wait_said_in_words(desk: Open) -> None:
    async with desk(session=None) as d:
        await sign_in(d, "3", "nonsense-1")
        assert "口令不对" in d.text
        assert d.app.screen.query_one("#passphrase", Input).value == ""
        for n in range(2, 8):  # on a slow machine the first, short waits are over before the next try
            await d.type(f"nonsense-{n}\n")
            if "秒" in d.text:
                break
        assert "秒" in d.text
        assert d.app.session is None


async def test_nobody_of_that_number(desk: Open) -> None:
    async with desk(session=None) as d:
        await sign_in(d, "77")
        assert d.app.session is None
        assert d.app.focused is not None
        assert d.app.focused.id == "staff"


async def test_the_input_method_at_the_passphrase(desk: Open) -> None:
    async with desk(session=None) as d:
        await d.type("3\nhui汇景jing")
        assert d.app.screen.query_one("#passphrase", Input).value == "huijing"
        assert "请按 Shift" in d.text
        assert "汇景jing" not in d.text
        assert "[ *******" in d.text


async def test_keys_typed_while_it_checks_belong_to_the_board(desk: Open) -> None:
    async with desk(session=None) as d:
        await d.type(f"3\n{PASSPHRASE}\n12\n")
        assert "顾客委托服务单" in d.lines()[0]


@pytest.mark.slow
async def test_somebody_else_is_signed_in_while_it_checks(desk: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo signs its receptionist in; who was typing his own passphrase meanwhile loses no key after it."""
    checking = threading.Event()
    real = signin.sign_in
    monkeypatch.setattr(signin, "sign_in", lambda *said: real(*said) if checking.wait(20) else None)
    async with desk(session=None) as d:
        for char in f"3\n{PASSPHRASE}\n12\n":
            d.app.simulate_key("enter" if char == "\n" else char)
        while not d.app.typeahead._holds:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.001)
        d.app._welcomed(FOUNDER)
        checking.set()
        await d.settle()
        assert isinstance(d.app.screen, RecordsScreen)
        assert d.app.session == FOUNDER
        d.app._welcomed(LI_MIN)  # too late: nobody is put out of his own screen
        assert isinstance(d.app.screen, RecordsScreen)


@pytest.mark.slow
async def test_lock_hides_everything_and_the_same_person_goes_on(desk: Open) -> None:
    async with desk() as d:
        await d.press("+")
        await d.type("0230")
        await d.press("ctrl+l")
        assert isinstance(d.app.screen, SignInScreen)
        assert d.app.session is None
        for word in PRIVATE[:-1]:
            assert word not in d.text
        await d.type(f"{PASSPHRASE}\n")
        assert isinstance(d.app.screen, PanelScreen)
        assert "0230" in d.text


@pytest.mark.slow
async def test_somebody_else_begins_at_the_board(desk: Open) -> None:
    async with desk() as d:
        await d.press("+", "ctrl+l")
        await d.press("up")
        await d.type("5\n")
        await d.type(f"{PASSPHRASE}\n")
        assert isinstance(d.app.screen, BoardScreen)
        assert "周洁" in d.lines()[0]
        await d.press("escape")
        assert isinstance(d.app.screen, BoardScreen)


@pytest.mark.slow
async def test_locked_twice_is_locked_once(desk: Open) -> None:
    async with desk() as d:
        await d.press("ctrl+l", "ctrl+l")
        await d.type(f"{PASSPHRASE}\n")
        assert isinstance(d.app.screen, BoardScreen)


@pytest.mark.parametrize("minutes", [0, 20, 31, 60, 163, 60 * 23])
def test_the_public_board_says_what_the_board_says(office: Office, clock: Clock, minutes: int) -> None:
    """The quick reading against the board and its words."""
    clock.now = NIGHT + timedelta(minutes=minutes)
    shown = [
        (
            display.left(line.stands, clock.now),
            display.short_number(line.form, line.record.number, clock.now.date()),
            display.state(line.form, line.record.state),
        )
        for line in board(office.book, clock.now).lines
        if line.stands is not None
    ]
    assert [row for row, _late in public.rows(office.book.path, clock.now)] == shown
    assert len(shown) >= 2


@pytest.mark.parametrize("now", [NIGHT + timedelta(days=2), NIGHT - timedelta(days=2000)])
def test_the_public_board_of_a_clock_in_doubt(office: Office, now: datetime) -> None:
    rows = public.rows(office.book.path, now)
    assert rows
    for (time, _number, _state), late in rows:
        assert (time, late) == ("时间未确认", False)


async def test_the_first_picture_is_the_sign_in(desk: Open, office: Office, clock: Clock) -> None:
    """What is painted before Textual is there stays where it is when the screen takes over."""
    painted = paint.lines(office.home, office.config.office, clock.now, 80, 24)
    async with desk(session=None) as d:
        for was, line in zip(painted[1:], d.lines()[1:], strict=False):
            assert line.rstrip() == was
        assert d.lines()[0].startswith(painted[0])


def test_a_book_that_cannot_be_read_paints_nothing(office: Office) -> None:
    office.book.close()
    path = paths.book(office.home)
    path.write_bytes(b"not a book")
    assert public.rows(path, NIGHT) == []


async def test_a_book_that_is_not_the_one_of_yesterday_is_said(desk: Open, office: Office) -> None:
    """On the board, as soon as somebody is there to read it."""
    kept = anchor.head(office.book)
    anchor.write(office.book.path, [dataclasses.replace(kept, seq=kept.seq + 5)])
    book = Book(office.book.path, office.book.forms, office.book.rules, office.book.now)
    office.book.close()
    office.book = book
    async with desk() as d:
        assert "台账被换成了较旧的一份" in d.text
