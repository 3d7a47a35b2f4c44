"""The lock, the PIN and 换人: nothing to be read behind it, nothing typed is lost, every word has its author."""

from __future__ import annotations

import asyncio
import dataclasses
import threading

import pytest

from deskapp.book import journal, signin
from deskapp.book.pin import set_pin
from deskapp.book.session import session_of
from deskapp.desk.office import Office
from deskapp.tui import alarm, idle
from deskapp.tui.people import People
from deskapp.tui.screens.board import BoardScreen
from deskapp.tui.screens.panel import PanelScreen
from deskapp.tui.screens.pin import PinScreen
from deskapp.tui.screens.reveal import RevealScreen
from deskapp.tui.screens.signin import SignInScreen
from deskapp.tui.widgets.field import Box
from deskapp.tui.widgets.plain import Line
from tests.tui.conftest import FOUNDER, LI_MIN, PASSPHRASE, Desk, Open

PIN = "204817"
PRIVATE = ("3-2-1502", "5-1-0302", "马桶", "水管", "曾女士", "林先生", "王强", "138", "半句")
HALF = "1\n3-2-1502\n11\n半句"
"""A diary line, half typed."""


class Boot:
    """The clock that goes on while the computer sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def boot(monkeypatch: pytest.MonkeyPatch, office: Office) -> Boot:
    monkeypatch.setattr(signin, "_N", 16)
    set_pin(office.book, LI_MIN, PIN)
    clock = Boot()
    monkeypatch.setattr(idle, "clock", clock)
    return clock


async def quiet(d: Desk, boot: Boot, seconds: float) -> None:
    """Nobody types for so long; then the timer fires."""
    boot.now += seconds
    d.app.people.idle.look()
    await d.settle()


def locked(d: Desk) -> bool:
    """Whether the screen is locked, and nothing behind it can be read."""
    if not isinstance(d.app.screen, SignInScreen):
        return False
    assert d.app.session is None
    assert readable(d) == []
    return True


def readable(d: Desk) -> list[str]:
    """What can be read that nobody may read."""
    return [word for word in PRIVATE if word in d.text]


def boxes(d: Desk) -> list[Box]:
    assert isinstance(d.app.screen, PanelScreen)
    return d.app.screen.sheet.boxes


# ---------------------------------------------------------------- when


async def test_three_minutes(desk: Open, boot: Boot) -> None:
    async with desk() as d:
        await quiet(d, boot, 179)
        assert not locked(d)
        await d.press("down")
        await quiet(d, boot, 179)
        assert not locked(d)
        await quiet(d, boot, 2)
        assert locked(d)
        assert "在岗: 3 李敏" in d.text
        await quiet(d, boot, 9999)
        await d.type(f"{PIN}\n")
        assert isinstance(d.app.screen, BoardScreen)
        assert d.app.session == LI_MIN
        await quiet(d, boot, 181)
        assert locked(d)


@pytest.mark.slow
async def test_five_while_a_form_holds_unsaved_text(desk: Open, boot: Boot) -> None:
    """And field, text and cursor are there again."""
    async with desk() as d:
        await d.type(HALF)
        await d.press("left")
        before = d.app.screen
        await quiet(d, boot, 299)
        assert not locked(d)
        await quiet(d, boot, 2)
        assert locked(d)
        await d.type(f"{PIN}\n")
        assert d.app.screen is before
        await d.type("话")
        assert boxes(d)[2].raw.startswith("半话句")


@pytest.mark.slow
async def test_one_after_a_reveal(desk: Open, boot: Boot, office: Office) -> None:
    """The number is gone when its screen comes back."""
    async with desk() as d:
        await d.type("3-2-1502\n\n")
        await d.press("f9")
        await d.type("1\n")
        assert "138 0013 1234" in d.text
        await quiet(d, boot, 61)
        assert locked(d)
        await d.type(f"{PIN}\n")
        assert isinstance(d.app.screen, RevealScreen)
        assert "0013" not in d.text


async def test_the_setting(desk: Open, boot: Boot, office: Office) -> None:
    office.config = dataclasses.replace(office.config, lock="10 min")
    async with desk() as d:
        await quiet(d, boot, 599)
        assert not locked(d)
        await quiet(d, boot, 2)
        assert locked(d)


@pytest.mark.slow
@pytest.mark.parametrize("waking", ["key", "woke", "minute"])
async def test_the_computer_slept(desk: Open, boot: Boot, waking: str) -> None:
    """No timer went on meanwhile: whatever comes first locks, and no key reaches what was there."""
    async with desk() as d:
        await d.type(HALF)
        boot.now += 3600
        match waking:
            case "key":
                await d.type("12\n")
            case "woke":
                d.app.woke()
            case _:
                d.app._minute()
        await d.settle()
        assert locked(d)
        await d.type(f"{PIN}\n")
        assert boxes(d)[2].raw.startswith("半句")
        rows = d.app.office.book.read.execute("SELECT * FROM tries").fetchall()
        assert rows == []  # two digits meant for something else are no try at a PIN


@pytest.mark.slow
async def test_not_while_something_is_saved(desk: Open, boot: Boot, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is saved wants its own screen; then it is locked."""
    done = threading.Event()
    real = journal.write
    monkeypatch.setattr(journal, "write", lambda *said, **more: real(*said, **more) if done.wait(20) else None)
    async with desk() as d:
        await d.type(HALF)
        d.app.simulate_key("f10")
        while not d.app.typeahead._holds:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.001)
        boot.now += 999
        d.app.people.idle.look()
        d.app.people.look()
        assert not isinstance(d.app.screen, SignInScreen)
        done.set()
        await d.settle()
        d.app.people.idle.look()
        await d.settle()
        assert locked(d)


async def test_one_alarm(desk: Open, boot: Boot) -> None:
    """However often somebody types, one stands; locked, none."""
    async with desk() as d:
        await d.type("zs")
        await quiet(d, boot, 10)
        assert d.app.people.idle._alarm.is_set
        await d.press("ctrl+l")
        assert not d.app.people.idle._alarm.is_set


@pytest.mark.parametrize("timer", [None, "the system's"])
async def test_the_alarm(monkeypatch: pytest.MonkeyPatch, timer: str | None) -> None:
    """Once, at its last setting; and where the system has no such timer."""
    if timer is None:
        monkeypatch.setattr(alarm, "_timer", lambda seconds: None)
    rung: list[str] = []
    one = alarm.Alarm(lambda: rung.append("rung"))
    one.set(60)
    one.set(0.01)
    assert one.is_set
    while not rung:  # noqa: ASYNC110 - it is what is tested
        await asyncio.sleep(0.01)
    assert not one.is_set
    one.set(0.01)
    one.stop()
    await asyncio.sleep(0.1)
    assert rung == ["rung"]


# ---------------------------------------------------------------- what is behind it


async def test_a_lock_that_only_covers_is_found_out(desk: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant lays a cover over part of the board."""

    def cover(self: People, staff: str = "") -> None:
        self._app.session = None
        self._app.desk_screen.mount(Line(f"locked {staff}"), before="#message")

    async with desk() as d:
        await d.press("ctrl+l")
        assert readable(d) == []
        await d.type(f"{PIN}\n")
        monkeypatch.setattr(People, "ask", cover)
        await d.press("ctrl+l")
        assert readable(d) != []


@pytest.mark.slow
async def test_keys_at_the_lock_stay_at_the_lock(desk: Open) -> None:
    """None reaches the form behind; Esc, function keys and Ctrl+P open nothing."""
    async with desk() as d:
        await d.type(HALF)
        await d.press("ctrl+l")
        await d.press("escape", "f2", "f3", "f5", "f10", "ctrl+p", "tab", "ctrl+l")
        await d.type("乱打\n一气\n")
        assert locked(d)
        await d.press("escape")
        await d.type(f"3\n{PIN}\n")
        assert [box.raw for box in boxes(d)[:3]] == ["3-2-1502", "11", "半句水管爆裂漏水"]


@pytest.mark.slow
async def test_a_burst_through_the_lock(desk: Open) -> None:
    """Keys before it, the PIN, keys after it: each where it belongs."""
    async with desk() as d:
        keys = [*HALF, "ctrl+l", *PIN, "\n", *"话没说完"]
        await d.press(*("enter" if key == "\n" else key for key in keys))
        assert boxes(d)[2].raw.startswith("半句话没说完")


async def test_what_was_cut_is_nobody_elses(desk: Open) -> None:
    async with desk() as d:
        await d.type("曾女士")
        await d.press("home", "shift+end", "ctrl+x")
        assert d.app.clipboard == "曾女士"
        await d.press("ctrl+l")
        assert d.app.clipboard == ""
        await d.type("x" * 12)
        await d.press("home", "shift+end", "ctrl+x", "ctrl+c")
        assert d.app.clipboard == ""


# ---------------------------------------------------------------- the PIN


async def restart_refuses_the_pin(desk: Open) -> None:
    async with desk(session=None) as d:
        await d.type(f"3\n{PIN}\n")
        assert isinstance(d.app.screen, SignInScreen)
        assert "口令签到" in d.text


async def test_a_pin_does_not_survive_a_restart(desk: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant knows everybody on the staff as signed in."""
    await restart_refuses_the_pin(desk)
    monkeypatch.setattr(People, "get", lambda self, staff: session_of(self._app.office.book.read, staff))
    with pytest.raises(AssertionError):
        await restart_refuses_the_pin(desk)


@pytest.mark.slow
async def test_wrong_pins(desk: Open, office: Office) -> None:
    async with desk() as d:
        await d.press("ctrl+l")
        await d.type("204818\n")
        assert "解锁码不对" in d.text
        with office.book.writing() as conn:
            conn.execute("INSERT OR REPLACE INTO tries VALUES ('staff-3', 5, 0)")
        await d.type(f"{PIN}\n")
        assert "错了 5 次" in d.text
        assert locked(d)
        await d.type(f"{PASSPHRASE}\n")
        assert isinstance(d.app.screen, BoardScreen)
        await d.press("ctrl+l")
        await d.type(f"{PIN}\n")
        assert isinstance(d.app.screen, BoardScreen)


@pytest.mark.slow
async def test_setting_one(desk: Open, office: Office) -> None:
    """The passphrase proves whose it is, on an unlocked screen too; nothing of it is shown."""
    async with desk(session=FOUNDER) as d:
        await d.type("85\nnonsense-1\n918273\n918273\n")
        assert "口令不对" in d.text
        await d.press("up")
        await d.type(f"{PASSPHRASE}\n918273\n918274\n")
        assert "不一样" in d.text
        await d.type("123456\n123456\n")
        assert "太好猜" in d.text
        await d.type("91汇8")
        assert "请按 Shift" in d.text
        assert "918" not in d.text
        await d.type("273\n918273\n")
        assert isinstance(d.app.screen, BoardScreen)
        assert "解锁码设好了" in d.text
        await d.press("ctrl+l")
        await d.type("918273\n")
        assert isinstance(d.app.screen, BoardScreen)
        await d.type("85\n")
        await d.press("escape")
        assert not isinstance(d.app.screen, PinScreen)


@pytest.mark.slow
@pytest.mark.parametrize("signed_in", [False, True])
async def test_there_is_no_way_round_the_sign_in(desk: Open, signed_in: bool) -> None:
    """Help may be read by anybody; no command that is typed there, and no key, leads into the book."""
    async with desk(session=LI_MIN if signed_in else None) as d:
        await d.press("ctrl+l")
        for way in ("12\n", "曾女士\n", "3-2-1502\n", "0\n", "002\n", "1\n", "86\n", "..\n", *["83\n"] * signed_in):
            await d.press("f1")
            await d.type(way)
            assert readable(d) == []
            assert d.app.session is None
            while not isinstance(d.app.screen, SignInScreen):
                await d.press("escape")
            await d.press("escape")
        for key in ("f2", "f3", "f5", "f4", "f6", "f7", "f8", "f9", "f10", "ctrl+p", "+", "*"):
            await d.press("f1", key, "enter")
            assert readable(d) == []
            while not isinstance(d.app.screen, SignInScreen):
                await d.press("escape")
        assert not d.app._exit
