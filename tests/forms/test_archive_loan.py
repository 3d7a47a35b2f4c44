"""Customers' files: looked at when registered, lent by special permission, counted when they are back (R105)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from deskapp.errors import DeskError
from deskapp.forms.steps import Missing, NotAllowed, WrongState
from tests.support import BOSS, CASHIER, LI, MANAGER, Desk, opened

WHO = {"borrower": "林国栋", "dept": "财务部", "room": "3-2-1502", "file": "D3-1502", "why": "核对装修押金"}
OUT = {"pages": "6", "until": "+2", "signature": "paper"}


@pytest.fixture
def desk() -> Iterator[Desk]:
    with opened() as found:
        yield found


def lent(desk: Desk) -> str:
    number = desk.add("archive_loan", kind="lend", **WHO)
    desk.step(number, "allow", MANAGER, terms="只借装修协议,两天内还")
    desk.step(number, "lend", **OUT)
    return number


@pytest.mark.parametrize("missing", ["borrower", "dept", "file", "why"])
def test_who_which_and_why(desk: Desk, missing: str) -> None:
    with pytest.raises(Missing) as caught:
        desk.add("archive_loan", **{key: value for key, value in WHO.items() if key != missing})
    assert caught.value.field == missing
    with pytest.raises(NotAllowed):
        desk.add("archive_loan", CASHIER, **WHO)


def test_reading_at_the_desk_needs_no_permission_and_takes_nothing_away(desk: Desk) -> None:
    number = desk.add("archive_loan", **WHO)
    assert desk[number].state == "viewing"
    with pytest.raises(WrongState):
        desk.step(number, "lend", **OUT)
    desk.step(number, "back", complete="all")
    assert desk[number].state == "back"


def test_nothing_leaves_without_special_permission(desk: Desk) -> None:
    number = desk.add("archive_loan", kind="lend", **WHO)
    with pytest.raises(WrongState):
        desk.step(number, "lend", **OUT)
    with pytest.raises(NotAllowed):
        desk.step(number, "allow", LI, terms="借")
    desk.step(number, "allow", MANAGER, terms="只借装修协议")
    with pytest.raises(Missing) as caught:
        desk.step(number, "lend", pages="6", signature="paper")
    assert caught.value.field == "until"


def test_permission_by_phone_is_confirmed(desk: Desk) -> None:
    number = desk.add("archive_loan", kind="lend", **WHO)
    desk.step(number, "allow_by_phone", approver="6", approver_said="借给财务,明天还")
    desk.step(number, "lend", **OUT)
    with pytest.raises(DeskError, match="confirms it"):
        desk.step(number, "confirm", BOSS)
    desk.step(number, "confirm", MANAGER)
    assert desk[number].marks == frozenset()


def test_it_may_be_refused(desk: Desk) -> None:
    number = desk.add("archive_loan", kind="lend", **WHO)
    desk.step(number, "refuse", reason="经理不在,事由不清")
    with pytest.raises(WrongState):
        desk.step(number, "lend", **OUT)


def test_the_clock_runs_from_the_day_it_leaves(desk: Desk) -> None:
    number = desk.add("archive_loan", kind="lend", until="+1", **WHO)
    assert desk[number].clocks == {}
    desk.step(number, "allow", MANAGER, terms="两天")
    desk.step(number, "lend", **OUT)
    assert f"{desk[number].clocks['until'].due:%m-%d %H:%M}" == "11-24 23:59"
    with pytest.raises(NotAllowed):
        desk.step(number, "extend", LI, until="+9", terms="再用")
    desk.step(number, "extend", MANAGER, until="+5", terms="审计未完")
    desk.clock.pass_(days=4)
    desk.step(number, "remind", remark="已电话催")
    desk.step(number, "back", complete="damaged")
    assert desk[number].clocks["until"].state == "kept"


def test_what_comes_back_incomplete_is_still_out(desk: Desk) -> None:
    number = lent(desk)
    desk.clock.pass_(days=3)
    desk.step(number, "back", complete="missing", remark="平面图没还")
    assert (desk[number].state, desk[number].marks) == ("out", {"incomplete"})
    desk.step(number, "back", complete="all")
    assert (desk[number].state, desk[number].marks) == ("back", frozenset())
    assert desk[number].clocks["until"].state == "late"
