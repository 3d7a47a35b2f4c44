"""Customers' data is taken out by quality, after quality and the company leader approved (R100, R150)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

import pytest

from deskapp.book.session import Session
from deskapp.desk.board import board
from deskapp.errors import DeskError
from deskapp.forms.steps import Missing, NotAllowed, WrongState
from tests.support import BOSS, LI, MANAGER, Desk, opened

QUALITY = Session("staff-7", "高建平", frozenset({"quality"}))
WANTED = {"scope": "3栋业主姓名电话", "purpose": "换电梯征求意见", "until": "+10"}
APPROVED = {"approve": {"opinion": "同意"}, "approve_leader": {"leader": "林国栋"}}
TAKEN = {"carrier": "print", "records": "96", "received_by": "6"}


@pytest.fixture
def desk() -> Iterator[Desk]:
    with opened() as found:
        found.add("staff", BOSS, code="7", name="高建平", quality="1")
        yield found


def test_only_the_manager_applies(desk: Desk) -> None:
    for one in (LI, QUALITY):
        with pytest.raises(NotAllowed):
            desk.add("data_use", one, **WANTED)
    number = desk.add("data_use", MANAGER, **WANTED)
    assert desk[number].fields["applicant"] == "staff-6"


@pytest.mark.parametrize("order", permutations(APPROVED))
def test_taken_out_after_both_in_whatever_order(desk: Desk, order: tuple[str, ...]) -> None:
    number = desk.add("data_use", MANAGER, **WANTED)
    for step in order:
        with pytest.raises(WrongState):
            desk.step(number, "extract", QUALITY, **TAKEN)
        desk.step(number, step, QUALITY, **APPROVED[step])
    with pytest.raises(NotAllowed):
        desk.step(number, "extract", MANAGER, **TAKEN)
    desk.step(number, "extract", QUALITY, **TAKEN)
    assert desk[number].state == "extracted"


def test_nobody_approves_his_own(desk: Desk) -> None:
    """The founder may do everything, but not allow himself."""
    number = desk.add("data_use", BOSS, **WANTED)
    for step, answers in APPROVED.items():
        with pytest.raises(DeskError, match="does not approve"):
            desk.step(number, step, BOSS, **answers)
        desk.step(number, step, QUALITY, **answers)
    with pytest.raises(NotAllowed):
        desk.step(number, "approve", MANAGER, opinion="同意")


@pytest.mark.parametrize("who", ["quality", "leader"])
def test_either_may_refuse_and_then_nothing_is_taken_out(desk: Desk, who: str) -> None:
    number = desk.add("data_use", MANAGER, **WANTED)
    desk.step(number, "approve", QUALITY, opinion="同意")
    with pytest.raises(Missing):
        desk.step(number, "refuse", QUALITY, refused_by=who)
    desk.step(number, "refuse", QUALITY, refused_by=who, reason="范围太大")
    with pytest.raises(WrongState):
        desk.step(number, "approve_leader", QUALITY, leader="林国栋")
    with pytest.raises(WrongState):
        desk.step(number, "extract", QUALITY, **TAKEN)


def test_destroyed_after_use_and_told_when_it_is_not(desk: Desk) -> None:
    number = desk.add("data_use", MANAGER, **WANTED)
    for step, answers in APPROVED.items():
        desk.step(number, step, QUALITY, **answers)
    assert "until" not in desk[number].clocks
    desk.step(number, "extract", QUALITY, **TAKEN)
    desk.clock.pass_(days=11)
    desk.trust_clock()
    (line,) = board(desk.book, desk.clock.now).lines
    assert (line.clock, line.late) == ("until", True)
    with pytest.raises(Missing) as caught:
        desk.step(number, "destroy", MANAGER, destroyed_how="shredded")
    assert caught.value.field == "witness"
    desk.step(number, "destroy", MANAGER, destroyed_how="shredded", witness="4")
    assert (desk[number].state, desk[number].clocks["until"].state) == ("destroyed", "late")
