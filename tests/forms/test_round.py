"""Rounds: several times a day, and a problem is written down at once and reported (R20)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from deskapp.desk.board import board
from deskapp.forms.steps import Missing, NotAllowed, WrongState
from deskapp.forms.values import WrongAnswer
from tests.support import CASHIER, Desk, opened


@pytest.fixture
def desk() -> Iterator[Desk]:
    with opened() as found:
        yield found


def test_nothing_found_is_one_line_and_over(desk: Desk) -> None:
    number = desk.add("round", finding="nothing")
    assert (desk[number].state, desk[number].fields["route"]) == ("closed", "building")
    assert not board(desk.book, desk.clock.now).lines
    with pytest.raises(Missing):
        desk.add("round")
    with pytest.raises(NotAllowed):
        desk.add("round", CASHIER, finding="nothing")


@pytest.mark.parametrize("finding", ["problem", "mended"])
def test_a_problem_is_said(desk: Desk, finding: str) -> None:
    with pytest.raises(WrongAnswer) as caught:
        desk.add("round", finding=finding)
    assert caught.value.field == "problem"
    number = desk.add("round", finding=finding, problem="B2出口灯不亮")
    assert desk[number].ended == (finding == "mended")


def test_a_problem_stays_on_the_board_until_it_is_mended(desk: Desk) -> None:
    number = desk.add("round", route="garage", place="5-302", finding="problem", problem="B2出口灯不亮")
    (line,) = board(desk.book, desk.clock.now).lines
    assert line.record.number == number
    with pytest.raises(Missing):
        desk.step(number, "report")
    order = desk.order()
    desk.step(number, "report", told="6", linked=order)
    assert desk[number].marks == {"reported"}
    desk.step(number, "fixed", result="已换灯管,复查灯亮")
    assert desk[number].state == "closed"
    with pytest.raises(WrongState):
        desk.step(number, "fixed", result="再修")


def test_it_is_passed_on_to_what_there_is(desk: Desk) -> None:
    number = desk.add("round", finding="problem", problem="积水")
    for wrong in ("WT20261122-099", "3-2-1502", "provider-21"):
        with pytest.raises(WrongAnswer):
            desk.step(number, "report", told="6", linked=wrong)
    line = desk.add("diary", room="3-2-1502", item="46", content="积水", handling="next_shift")
    desk.step(number, "report", told="6", linked=line)
    assert desk[number].fields["linked"] == line
