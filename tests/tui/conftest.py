"""A real office in a folder of its own, at 02:48 of a November night, and the desk's screen driven by keys."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot

from deskapp.book import journal
from deskapp.book.journal import Request
from deskapp.book.session import Session
from deskapp.desk import office as offices
from deskapp.desk.office import Office
from deskapp.forms.values import CHINA
from deskapp.text import cells
from deskapp.tui.app import DeskApp

NIGHT = datetime(2026, 11, 22, 2, 48, tzinfo=CHINA)
PASSPHRASE = "huijing-2026"
ROLES = frozenset({"reception", "cashier", "assistant", "manager", "quality"})
FOUNDER = Session("staff-1", "陈建国", ROLES)
LI_MIN = Session("staff-3", "李敏", frozenset({"reception", "cashier"}))


class Clock:
    """The time, moved by the test alone."""

    def __init__(self, now: datetime = NIGHT) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def at(self, hour: int, minute: int, day: int = 22) -> None:
        self.now = self.now.replace(day=day, hour=hour, minute=minute, second=0)

    def pass_(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture(scope="session")
def _founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office with people, rooms and a night's work; made once and copied for each test."""
    home = tmp_path_factory.mktemp("office") / "home"
    clock = Clock(NIGHT - timedelta(days=2))
    office = offices.found(home, "汇景中心", "desk-017", "陈建国", PASSPHRASE, clock)
    book = office.book

    def add(form: str, session: Session = FOUNDER, **answers: object) -> str:
        return str(journal.write(book, session, [Request("register", answers, form)])[0].number)

    def step(number: str, name: str, **answers: object) -> None:
        journal.write(book, LI_MIN, [Request(name, answers, None, number)])

    add("staff", code="3", name="李敏", reception=True, cashier=True)
    add("staff", code="5", name="周洁", reception=True)
    add("staff", code="6", name="李明", reception=True)
    for code in ("3-2-1502", "5-1-0302", "2-1-0901", "1-1-0601", "4-2-1103", "6-1-0204", "4-1-0801"):
        add("room", code=code, kind="home")
    for code, name in (("21", "王强"), ("22", "赵刚")):
        add("provider", code=code, name=name, kind="own", plumbing=True, electric=True, general=True, on_duty=True)
    for number in ("staff-3", "staff-5", "staff-6"):
        from deskapp.book.signin import set_passphrase

        set_passphrase(book, FOUNDER, number, PASSPHRASE)

    clock.now = NIGHT - timedelta(hours=6, minutes=48)
    add("shift", LI_MIN, name="night")
    clock.now = NIGHT - timedelta(minutes=43)
    first = add("order", LI_MIN, room="5-1-0302", item="13", content="马桶堵塞外溢", charge="free")
    step(first, "dispatch", charge="free", provider="22")
    step(first, "receive_slip", slip="1")
    clock.now = NIGHT - timedelta(minutes=4)
    second = add("order", LI_MIN, room="3-2-1502", item="11", content="厨房水管爆裂漏水", caller="曾女士",
                 phone="13800131234", charge="free")  # fmt: skip
    step(second, "dispatch", charge="free", provider="21")
    clock.now = NIGHT - timedelta(minutes=2)
    step(second, "receive_slip", slip="1")
    add("diary", LI_MIN, room="1-1-0601", item="90", content="叫早,赶飞机", source="1", caller="林先生",
        handling="reply", promised="05:30")  # fmt: skip
    add("diary", LI_MIN, room="0", item="90", content="B2车库灯不亮,已告工程", source="3", handling="next_shift")
    office.book.close()
    return home


@pytest.fixture
def clock() -> Clock:
    """The office's clock."""
    return Clock()


@pytest.fixture
def office(_founded: Path, tmp_path: Path, clock: Clock) -> Office:
    """A copy of the office, open."""
    home = tmp_path / "home"
    shutil.copytree(_founded, home)
    return offices.open_office(home, clock)


class Desk:
    """The screen under a test: keys go in, lines come out."""

    def __init__(self, app: DeskApp, pilot: Pilot[object]) -> None:
        self.app, self.pilot = app, pilot

    async def press(self, *keys: str) -> None:
        """Press keys and wait until the last one has had all its effects."""
        for key in keys:
            self.app.simulate_key(key)
        await self.settle()

    async def type(self, text: str) -> None:
        """Type characters, all at once, as a fast clerk or a scanner does; a line break is Enter."""
        await self.press(*("enter" if char == "\n" else char for char in text))

    async def settle(self) -> None:
        """Wait for typed keys, workers and the picture."""
        idle = asyncio.create_task(self.app.typeahead.idle())
        failed = asyncio.create_task(self.app._exception_event.wait())
        await asyncio.wait((idle, failed), timeout=30, return_when=asyncio.FIRST_COMPLETED)
        failed.cancel()
        if not idle.done():
            idle.cancel()
            raise self.app._exception or TimeoutError("the screen is busy for ever")
        if self.app._exit:
            return
        await self.app.screen.wait_for_refresh()

    def lines(self) -> list[str]:
        """What stands on the screen, line by line."""
        width, height = self.app.size
        strips = self.app.screen._compositor.render_strips()
        assert len(strips) == height
        drawn = ["".join(segment.text for segment in strip) for strip in strips]
        return [line + " " * (width - cells(line)) for line in drawn]

    @property
    def text(self) -> str:
        """The whole screen."""
        return "\n".join(self.lines())


Open = Callable[..., AbstractAsyncContextManager[Desk]]


@pytest.fixture
def desk(office: Office) -> Open:
    """Open the screen inside a test: `async with desk() as d:`, signed in as 李敏 unless said otherwise."""

    @asynccontextmanager
    async def opened(
        *, size: tuple[int, int] = (80, 24), session: Session | None = LI_MIN, keys: Sequence[str] = ()
    ) -> AsyncIterator[Desk]:
        app = DeskApp(lambda: office, office_name=office.config.office, book_path=office.book.path,
                      clock=office.book.now)  # fmt: skip
        async with app.run_test(size=size) as pilot:
            found = Desk(app, pilot)
            await pilot.pause()
            if session is not None:
                app.screen.dismiss(session)
                await pilot.pause()
            await found.press(*keys)
            yield found

    return opened
