"""Notices: on the cards of the rooms they cover, until their time or until they are taken down (R47)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from deskapp.desk.board import board
from deskapp.desk.card import card
from deskapp.forms.steps import Missing, NotAllowed, WrongState
from deskapp.forms.values import WrongAnswer
from tests.support import CASHIER, Desk, opened

TEXT = "换水泵,停水"


@pytest.fixture
def desk() -> Iterator[Desk]:
    with opened() as found:
        yield found


def shown(desk: Desk, room: str) -> list[str]:
    """The notices on a room's card."""
    return [one.record.number for one in card(desk.book, room, desk.clock.now).announced]


@pytest.mark.parametrize(
    ("scope", "rooms"),
    [
        ("", {"3-2-1502", "3-2-1503", "3-1-0803", "12-1-0101", "5-302"}),
        ("3", {"3-2-1502", "3-2-1503", "3-1-0803"}),
        ("3-2", {"3-2-1502", "3-2-1503"}),
        ("3-2-1502", {"3-2-1502"}),
        ("1", set()),  # not building 12
    ],
)
def test_it_stands_on_the_cards_of_the_rooms_it_covers(desk: Desk, scope: str, rooms: set[str]) -> None:
    number = desk.add("notice", kind="water", text=TEXT, scope=scope)
    every = ("3-2-1502", "3-2-1503", "3-1-0803", "12-1-0101", "5-302")
    assert {room for room in every if shown(desk, room) == [number]} == rooms


def test_its_time_is_over(desk: Desk) -> None:
    """The card says it no more; the board says that the paper is still on the wall."""
    number = desk.add("notice", kind="power", text=TEXT, until="+120")
    assert not board(desk.book, desk.clock.now).lines
    desk.clock.pass_(minutes=60)
    desk.step(number, "extend", until="+120", remark="供电局说要晚两小时")
    desk.clock.pass_(minutes=100)
    assert shown(desk, "3-2-1502") == [number]
    desk.clock.pass_(minutes=21)
    assert shown(desk, "3-2-1502") == []
    (line,) = board(desk.book, desk.clock.now).lines
    assert (line.record.number, line.late) == (number, True)
    desk.step(number, "take_down", reason="已恢复")
    assert not board(desk.book, desk.clock.now).lines
    assert desk[number].clocks["until"].state == "late"


def test_a_standing_instruction_lasts_until_it_is_taken_down(desk: Desk) -> None:
    number = desk.add("notice", kind="instruction", text="快递不放消防通道")
    desk.clock.pass_(days=400)
    assert shown(desk, "5-302") == [number]
    with pytest.raises(Missing):
        desk.step(number, "take_down")
    desk.step(number, "take_down", reason="取消")
    assert shown(desk, "5-302") == []
    with pytest.raises(WrongState):
        desk.step(number, "extend", until="+60", remark="再贴")


def test_what_is_refused(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        desk.add("notice", CASHIER, kind="water", text=TEXT)
    with pytest.raises(Missing):
        desk.add("notice", kind="water")
    with pytest.raises(WrongAnswer):
        desk.add("notice", kind="water", text=TEXT, until="2026-11-21 09:00")


def test_visitors_are_refused_with_a_sentence(desk: Desk) -> None:
    """What is to be said stands with the answer itself; what is a fact of the day has words for it."""
    kind = desk.book.form("notice").fields["kind"]
    said = {choice.code for choice in kind.choices if choice.say}
    assert {"water", "power", "no_visitors"} <= said
