"""The computer's clock jumps: seen, refused to commands, asked about, written down; the order stays that of seq."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from deskapp.book import journal, wallclock
from deskapp.book.check import check
from deskapp.errors import DeskError
from deskapp.forms.values import CHINA
from tests.support import BOSS, LI, NOW, Desk


def notes(desk: Desk) -> list[tuple[int, str, dict[str, str]]]:
    """The entries about the time: their seq, their moment, what they say."""
    rows = desk.book.read.execute("SELECT seq, head, body FROM journal ORDER BY seq").fetchall()
    heads = [(seq, json.loads(head), json.loads(body)["data"]) for seq, head, body in rows]
    return [(seq, head["at"], data) for seq, head, data in heads if (head["form"], head["step"]) == ("journal", "time")]


@pytest.mark.parametrize(
    ("away", "seen"),
    [
        (timedelta(minutes=-5), False), (timedelta(minutes=-5, seconds=-1), True), (timedelta(days=-2800), True),
        (timedelta(), False), (timedelta(hours=24), False), (timedelta(hours=24, seconds=1), True),
        (timedelta(days=3650), True),
    ],
)  # fmt: skip
def test_what_is_a_jump(desk: Desk, away: timedelta, seen: bool) -> None:
    """More than five minutes back, more than a day ahead."""
    desk.order()
    desk.clock.now = NOW + away
    assert bool(wallclock.jump(desk.book.read, desk.book.journal, desk.clock.now)) == seen


@pytest.mark.parametrize("year", [2019, 2026, 2027])
def test_back_is_written_down_once(desk: Desk, year: int) -> None:
    """Before the first entry after it, also at the end of a year; the order stays that of writing."""
    desk.clock.now = datetime(2027, 1, 1, 0, 10, tzinfo=CHINA)
    first = desk.order()
    seq = desk.head[0]
    desk.clock.now = datetime(year, 12 if year < 2027 else 1, 31 if year < 2027 else 1, 0, 4, tzinfo=CHINA)
    numbers = [first, *(desk.order() for _ in range(3))]
    journal.load(desk.book, BOSS, "room", [{"code": "9-1"}, {"code": "9-2"}])
    assert [(one[0], one[2]["last"]) for one in notes(desk)] == [(seq + 1, "2027-01-01T00:10:00+08:00")]
    assert notes(desk)[0][1] == notes(desk)[0][2]["computer"]
    seqs = [desk[number].seq for number in numbers]
    assert seqs == sorted(seqs)
    assert len(set(numbers)) == 4
    assert check(desk.book, full=True).problems == ()


def test_a_load_that_is_refused_writes_nothing_down(desk: Desk) -> None:
    desk.order()
    desk.clock.pass_(days=-1)
    with pytest.raises(journal.BadRows):
        journal.load(desk.book, BOSS, "room", [{"code": ""}])
    assert notes(desk) == []


def test_a_time_that_was_told(desk: Desk) -> None:
    """The program goes by it from then on, whatever the computer's clock does; the next start asks again."""
    desk.order()
    computer = desk.clock.now = datetime(2019, 1, 1, 0, 7, tzinfo=CHINA)
    told = NOW + timedelta(minutes=40)
    wallclock.settle(desk.book, LI, told)
    assert [one[1:] for one in notes(desk)] == [
        ("2026-11-22T03:55:00+08:00", {"last": "2026-11-22T03:15:00+08:00", "computer": "2019-01-01T00:07:00+08:00",
                                       "told": "2026-11-22T03:55:00+08:00"}),
    ]  # fmt: skip
    desk.clock.now = computer - timedelta(days=90)
    assert desk.order() == "WT20261122-002"
    assert told <= desk.book.now() < told + timedelta(minutes=5)
    assert len(notes(desk)) == 1
    desk.reopen()
    assert wallclock.jump(desk.book.read, desk.book.journal, desk.book.now()) is not None
    assert check(desk.book, full=True).problems == ()


def test_the_computer_is_right(desk: Desk) -> None:
    """After a holiday, or when the last entry was written under a wrong clock: noted, and not asked about again."""
    desk.order()
    desk.clock.pass_(days=8)
    wallclock.settle(desk.book, LI, None)
    assert [set(one[2]) for one in notes(desk)] == [{"last", "computer"}]
    wallclock.settle(desk.book, LI, None)
    assert len(notes(desk)) == 1
    assert desk.order() == "WT20261130-001"


@pytest.mark.parametrize("away", [timedelta(minutes=-6), timedelta(days=400)])
def test_a_time_that_cannot_be(desk: Desk, away: timedelta) -> None:
    desk.order()
    desk.clock.now = NOW - timedelta(days=2000)
    head = desk.head
    with pytest.raises(DeskError, match="can't be"):
        wallclock.settle(desk.book, LI, NOW + away)
    assert desk.head == head
    assert desk.book.now() == desk.clock.now


def test_commands_are_refused(desk: Desk) -> None:
    """Nobody is there to be asked; ahead it is only said."""
    desk.order()
    assert wallclock.refuse_back(desk.book) is None
    desk.clock.pass_(minutes=-6)
    with pytest.raises(DeskError, match="2026-11-22 03:09, but the last entry is of 2026-11-22 03:15"):
        wallclock.refuse_back(desk.book)
    desk.clock.pass_(days=30)
    jump = wallclock.refuse_back(desk.book)
    assert jump is not None
    assert "03:09" in str(wallclock.ahead(jump))
