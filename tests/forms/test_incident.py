"""Incidents: the supervisor at once, help, cause and expected time for every caller, and a report (R144, R47)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from deskapp.desk.board import board
from deskapp.desk.card import card
from deskapp.desk.display import what
from deskapp.forms.steps import Missing, NotAllowed, WrongState
from tests.support import LI, MANAGER, Desk, opened


@pytest.fixture
def desk() -> Iterator[Desk]:
    with opened() as found:
        yield found


def lift(desk: Desk, **more: object) -> str:
    return desk.add("incident", kind="lift", place="3-2-1502", scope="3-2", happened="2号梯停在6楼,没人", **more)


def told(desk: Desk, room: str) -> list[str]:
    """What a caller from this room is told."""
    return [what(desk.book, one.form, one.record) for one in card(desk.book, room, desk.clock.now).announced]


def test_callers_are_told_cause_and_expected_time_until_it_is_over(desk: Desk) -> None:
    number = lift(desk)
    assert told(desk, "3-2-1503") == ["电梯停运"]
    assert told(desk, "3-1-0803") == []
    desk.step(number, "update", progress="维保到场", cause="主板烧坏", repair_by="+90")
    assert told(desk, "3-2-1503") == ["电梯停运 主板烧坏 04:45"]
    desk.clock.pass_(minutes=100)
    assert told(desk, "3-2-1503") == ["电梯停运 主板烧坏 04:45"]  # late, and still going on
    assert board(desk.book, desk.clock.now).lines[0].clock == "tell"
    desk.step(number, "restore", progress="换主板,试运行正常")
    desk.clock.pass_(seconds=1)
    assert told(desk, "3-2-1503") == []
    assert desk[number].clocks["repair"].state == "late"


def test_the_supervisor_is_told_at_once(desk: Desk) -> None:
    number = lift(desk)
    assert desk[number].clocks["tell"].due == desk.clock.now + timedelta(minutes=10)
    desk.clock.pass_(minutes=4)
    desk.step(number, "tell", supervisor="6", ordered="先安抚住户")
    assert desk[number].clocks["tell"].state == "kept"
    assert "told" in desk[number].marks


def test_who_tells_late_says_why(desk: Desk) -> None:
    number = lift(desk)
    desk.clock.pass_(minutes=11)
    with pytest.raises(Missing) as caught:
        desk.step(number, "tell", supervisor="6")
    assert caught.value.field == "late_reason"
    desk.step(number, "tell", supervisor="6", late_reason="三位都没接电话")
    assert desk[number].clocks["tell"].state == "late"
    other = lift(desk)
    desk.clock.pass_(minutes=30)
    desk.step(other, "tell", supervisor="6", when="-25")  # told in time, typed later
    assert desk[other].clocks["tell"].state == "kept"


def test_a_new_time_is_an_update(desk: Desk) -> None:
    number = lift(desk, repair_by="+30")
    desk.step(number, "update", progress="还要等配件")
    assert desk[number].clocks["repair"].due == desk.clock.now + timedelta(minutes=30)
    desk.step(number, "update", progress="配件下午到", repair_by="+300")
    assert desk[number].clocks["repair"].due == desk.clock.now + timedelta(minutes=300)


def test_help_is_called_as_often_as_it_takes(desk: Desk) -> None:
    number = lift(desk)
    for helper in ("maintainer", "fire"):
        desk.step(number, "call", helper=helper, answered="20分钟到")
    assert desk[number].marks == {"called"}
    with pytest.raises(Missing):
        desk.step(number, "call")


def test_it_is_closed_by_the_manager_with_a_report_after_he_was_told(desk: Desk) -> None:
    number = lift(desk)
    with pytest.raises(WrongState):
        desk.step(number, "close", MANAGER, report="换主板")
    desk.step(number, "restore", progress="好了")
    with pytest.raises(NotAllowed):
        desk.step(number, "close", LI, report="换主板")
    with pytest.raises(WrongState):
        desk.step(number, "close", MANAGER, report="换主板")
    desk.step(number, "tell", supervisor="6")
    with pytest.raises(Missing):
        desk.step(number, "close", MANAGER)
    desk.step(number, "close", MANAGER, report="主板老化,已换,慰问两户")
    assert desk[number].state == "closed"
    with pytest.raises(WrongState):
        desk.step(number, "update", progress="又停了")
