"""The visitors' book: who came, to whom, what the resident said, when he left (R133, R134)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from deskapp.desk.board import board
from deskapp.forms.steps import Missing, WrongState
from deskapp.forms.values import WrongAnswer
from tests.support import NOW, Desk, opened

COMES = {"purpose": "visit", "name": "孙先生", "sex": "1", "room": "3-2-1502", "answer": "agreed"}


@pytest.fixture
def desk() -> Iterator[Desk]:
    with opened() as found:
        yield found


def inside(desk: Desk) -> list[tuple[int, int]]:
    return [(c.open, c.late) for c in board(desk.book, desk.clock.now).counts if c.form.name == "visitor"]


def test_in_and_out(desk: Desk) -> None:
    number = desk.add("visitor", **COMES, unit="安居房产", phone="13900005511", identity="agent", heads="3")
    assert number == "LF20261122-001"
    assert desk[number].state == "inside"
    assert inside(desk) == [(1, 0)]
    desk.clock.pass_(hours=1)
    desk.step(number, "note", remark="车牌后三位6K8")
    desk.step(number, "left", left_at="-10")
    assert (desk[number].state, desk[number].fields["left_at"]) == ("left", "2026-11-22T04:05:00+08:00")
    assert inside(desk) == [(0, 0)]
    with pytest.raises(WrongState):
        desk.step(number, "left")


@pytest.mark.parametrize("left_out", list(COMES))
def test_what_the_book_asks(desk: Desk, left_out: str) -> None:
    """Nothing that the book asks has a default, least of all the resident's answer (R133)."""
    with pytest.raises(Missing) as caught:
        desk.add("visitor", **{k: v for k, v in COMES.items() if k != left_out})
    assert caught.value.field == left_out


@pytest.mark.parametrize("answer", ["refused", "nobody"])
def test_only_who_is_awaited_goes_in(desk: Desk, answer: str) -> None:
    number = desk.add("visitor", **(COMES | {"answer": answer}))
    assert (desk[number].state, desk[number].ended) == ("turned_away", True)
    choice = desk.book.form("visitor").fields["answer"].choice(answer)
    assert choice
    assert choice.say


def test_he_leaves_now_or_has_left(desk: Desk) -> None:
    number = desk.add("visitor", **COMES)
    with pytest.raises(WrongAnswer, match="still to come"):
        desk.step(number, "left", left_at="2026-11-22 09:00")


def test_how_long_is_too_long_is_the_offices(desk: Desk) -> None:
    """No clock until the office sets one; then a line once it is late."""
    assert desk[desk.add("visitor", **COMES)].clocks == {}
    desk.book.rules = replace(desk.book.rules, limits={"visit_length": "2 h"})
    number = desk.add("visitor", **COMES)
    assert desk[number].clocks["stay"].due == NOW + timedelta(hours=2)
    desk.clock.pass_(hours=3)
    assert inside(desk) == [(2, 1)]


def test_no_resident_is_offered() -> None:
    """He stands in front of the screen (ux F5.2)."""
    with opened() as desk:
        people = [f for f in desk.book.form("visitor").fields.values() if f.type == "person"]
        assert people
        assert all(field.outsider for field in people)
