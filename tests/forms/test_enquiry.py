"""Somebody from outside asks about a resident: what may be told, by the kind of office, and the message (R101-R103)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from deskapp.desk.board import board
from deskapp.forms.steps import WrongState
from deskapp.forms.values import WrongAnswer
from tests.support import NOW, Desk, opened

ASKS = {"about": "room", "asker": "孙先生", "sought": "张先生", "known": "surname"}
WORD = {"answer": "message", "room": "3-2-1502", "message": "老同学,周末聚会", "phone": "13900005511"}


@pytest.fixture
def desk() -> Iterator[Desk]:
    with opened() as found:
        yield found


def at(desk: Desk, kind: str) -> None:
    desk.book.rules = replace(desk.book.rules, kind=kind)


def test_housing_tells_nothing(desk: Desk) -> None:
    """Where people live no room is ever told, whoever asks (R102)."""
    at(desk, "housing")
    before = desk.head
    with pytest.raises(WrongAnswer) as caught:
        desk.add("enquiry", **ASKS, answer="room_only")
    assert caught.value.field == "answer"
    with pytest.raises(WrongAnswer):
        desk.add("enquiry", **ASKS, answer="1")
    assert desk.head == before
    assert desk[desk.add("enquiry", **ASKS, answer="5")].fields["answer"] == "nothing"


def test_a_tower_tells_the_room_and_nothing_else(desk: Desk) -> None:
    """An office tower tells the room number only (R103)."""
    at(desk, "tower")
    number = desk.add("enquiry", **ASKS, answer="1")
    assert number == "WX20261122-001"
    assert (desk[number].state, desk[number].fields["answer"]) == ("answered", "room_only")


@pytest.mark.parametrize("kind", ["housing", "tower"])
@pytest.mark.parametrize("answer", ["called", "himself", "nothing"])
def test_what_every_office_answers(desk: Desk, kind: str, answer: str) -> None:
    at(desk, kind)
    number = desk.add("enquiry", **ASKS, answer=answer)
    assert (desk[number].state, desk[number].ended) == ("answered", True)


def test_a_message_stays_until_it_is_told(desk: Desk) -> None:
    """It is open, and on the board, until the resident knows; what he wishes is written down (R102, R17)."""
    number = desk.add("enquiry", **ASKS, **WORD)
    assert desk[number].state == "waiting"
    assert number in [line.record.number for line in board(desk.book, desk.clock.now).lines]
    desk.step(number, "tried", tried="off")
    desk.step(number, "note", remark="第三晚来问")
    desk.step(number, "pass_on", wish="declines")
    assert (desk[number].state, desk[number].fields["notified"]) == ("passed_on", "phone")
    with pytest.raises(WrongState):
        desk.step(number, "pass_on", wish="calls")
    other = desk.add("enquiry", **ASKS, **WORD)
    desk.step(other, "give_up", reason="查不到是谁")
    assert desk[other].state == "unreached"


@pytest.mark.parametrize("left_out", ["room", "message"])
def test_a_message_is_for_somebody_and_says_something(desk: Desk, left_out: str) -> None:
    with pytest.raises(WrongAnswer, match="a message needs it") as caught:
        desk.add("enquiry", **ASKS, **{k: v for k, v in WORD.items() if k != left_out})
    assert caught.value.field == left_out


def test_how_long_a_message_may_lie_is_the_offices(desk: Desk) -> None:
    assert desk[desk.add("enquiry", **ASKS, **WORD)].clocks == {}
    desk.book.rules = replace(desk.book.rules, limits={"enquiry_message": "24 h"})
    assert desk[desk.add("enquiry", **ASKS, **WORD)].clocks["message"].due == NOW + timedelta(hours=24)
    assert desk[desk.add("enquiry", **ASKS, answer="nothing")].clocks == {}


def test_no_resident_is_offered_and_every_answer_has_its_sentence(desk: Desk) -> None:
    """Whom he seeks is what he says, never what the book knows (ux F5.2)."""
    fields = desk.book.form("enquiry").fields
    assert all(fields[name].outsider for name in ("asker", "sought"))
    assert fields["sought"].say
    assert all(choice.say for choice in fields["answer"].choices)
