"""The day's end at the screen: scene 6 from menu 43 on, by keys; and its pictures at both sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from textual.pilot import Pilot

from deskapp import paths
from deskapp.book import check, view
from deskapp.book.check import Report
from deskapp.desk import closing
from deskapp.desk.office import Office, open_office
from deskapp.exchange import dayclose, exporting, keys, landing, stick
from deskapp.tui.app import DeskApp
from deskapp.tui.screens.dayclose import DayScreen
from tests.exchange import pair as offices
from tests.exchange.pair import Pair
from tests.support import BOSS, CASHIER, NOW, PASSPHRASE
from tests.tui.conftest import Desk, Open

DAY = date(2026, 11, 21)
OUT = "可以拔出U盘了"


@pytest.fixture
def pair(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    """A desk at nine in the morning after a night with a late order and 20 yuan short; a stick is plugged in."""
    with offices.opened() as found:
        desk = found.desk
        desk.add("diary", room="3-2-1502", item="90", content="叫早", source="1", handling="1", caller="曾伟明")
        number = desk.dispatched()
        desk.step(number, "receive_slip", slip="1")
        desk.clock.pass_(minutes=52)
        desk.step(number, "arrive", told="1", late_reason="material")
        desk.add("cash", CASHIER, kind="short", amount="20", means="cash", purpose="x")
        desk.clock.now = NOW.replace(hour=9, minute=10)
        monkeypatch.setattr(stick, "_places", lambda: [found.stick])
        real = landing.disk_of
        monkeypatch.setattr(exporting, "disk_of", lambda path: -1 if path == desk.home else real(path))
        yield found


@pytest.fixture
def office(pair: Pair) -> Office:
    return open_office(pair.desk.home, pair.desk.clock)


@pytest.mark.slow
async def test_scene_6(desk: Open, pair: Pair, office: Office) -> None:
    """43, 2, in question, signed on paper: closed, printed and sent with ten keys."""
    async with desk(session=BOSS) as d:
        await d.type("43\n")
        assert "11-21 (11-21 08:00 至 11-22 08:00)" in d.text
        assert "短 20.00" in d.text
        assert "RB20261121" in d.text
        await d.type("2\n2\n\n")
        assert OUT in d.text
        assert "第1次导出" in d.text
        record = closing.closed(office.book, DAY)
        assert record is not None
        assert record.fields["difference"] == "question"
        assert [one.step for one in view.timeline(office.book.read, record)] == ["register", "print", "export"]
        assert len(list(pair.stick.iterdir())) == 1
        assert len(list(paths.prints(office.home).iterdir())) == 2
        await d.type("1\n")
        assert "补打 打印第2次" in d.text
        await d.type("2\n")
        assert "第2次导出" in d.text
        await d.type("\n")
        assert "已日结" in d.text
        await d.type("3\n")
        assert "工作日报 RB20261121" in d.text


@pytest.mark.slow
async def test_it_is_only_looked_at(desk: Open, pair: Pair, office: Office) -> None:
    """The log as a draft, another day, a wrong word, Esc: nothing was written."""
    async with desk(session=BOSS) as d:
        await d.type("43\n3\n")
        assert "工作日报" in d.text
        for _ in range(20):
            await d.press("f8")
        assert "草稿" in d.text
        await d.type("1120\n")
        assert "11-20 (11-20 08:00" in d.text
        await d.type("9\n")
        assert "打 1、2、3" in d.text
        await d.type("22\n")
        assert "还没完" in d.text
        await d.press("escape")
        assert not isinstance(d.app.screen, DayScreen)
        assert closing.closed(office.book, DAY) is None


@pytest.mark.slow
async def test_without_a_stick_the_day_is_closed_all_the_same(
    desk: Open, pair: Pair, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Said in words; a folder typed then takes the bundle."""
    monkeypatch.setattr(stick, "_places", list)
    async with desk(session=BOSS) as d:
        await d.type("43\n2\n1\n\n")
        assert "已经日结;下面这一步没做成" in d.text
        assert "没有找到U盘" in d.text
        assert closing.closed(office.book, DAY) is not None
        await d.type(f"{pair.stick}\n2\n")
        assert "第1次导出" in d.text


async def test_a_locked_key(desk: Open, pair: Pair, office: Office) -> None:
    """Closed; the passphrase is asked for, not shown, and the export goes on."""
    keys.rotate(pair.desk.home, pair.desk.book, BOSS, PASSPHRASE)
    async with desk(session=BOSS) as d:
        await d.type("43\n2\n1\n\n")
        assert "密钥的口令" in d.text
        await d.type(f"{PASSPHRASE}")
        assert PASSPHRASE not in d.text
        await d.type("\n")
        assert OUT in d.text


async def test_who_may_not(desk: Open, pair: Pair, office: Office) -> None:
    async with desk() as d:
        await d.type("43\n1\n1\n\n")
        assert "你的岗位不能" in d.text or "岗位" in d.text
        assert closing.closed(office.book, DAY) is None


async def test_somebody_was_quicker(desk: Open, pair: Pair, office: Office) -> None:
    async with desk(session=BOSS) as d:
        await d.type("43\n")
        closing.close(pair.desk.book, BOSS, closing.look(pair.desk.book, DAY))
        await d.type("1\n1\n\n")
        assert "刚刚已被别人日结" in d.text


SOUND = Report(2118, (2118, "0" * 56 + "a91c7e20"), ())
PAPERS = tuple(Path("/home/desk/reports", f"RB20261121.{end}") for end in ("html", "xlsx"))
STATES = {"43": "43\n", "closed": "43\n1\n2\n\n", "46": "46\n"}


@pytest.mark.slow
@pytest.mark.parametrize("size", [(80, 24), (60, 16)], ids=str)
@pytest.mark.parametrize("state", STATES)
def test_picture(
    pair: Pair, office: Office, snap_compare: Callable[..., bool], monkeypatch: pytest.MonkeyPatch, state: str,
    size: tuple[int, int],
) -> None:  # fmt: skip
    """As it was."""
    monkeypatch.setattr(DeskApp, "now", lambda self: pair.desk.clock())
    monkeypatch.setattr(check, "check", lambda *_, **__: SOUND)
    monkeypatch.setattr(dayclose, "papers", lambda *_: dayclose.Printed(PAPERS, 1))
    app = DeskApp(lambda: office, office_name=office.config.office, book_path=office.book.path)

    async def go(pilot: Pilot[object]) -> None:
        desk = Desk(app, pilot)
        await pilot.pause()
        app.screen.dismiss(BOSS)
        await pilot.pause()
        await desk.type(STATES[state])

    assert snap_compare(app, terminal_size=size, run_before=go)
