"""Keys: what each opens, who has it, since when, until when, and how many there are at any moment (R96)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from deskapp.book import view
from deskapp.book.search import find
from deskapp.desk.board import board
from deskapp.desk.find import ask
from deskapp.errors import DeskError
from deskapp.forms.steps import Missing, NotAllowed, WrongState
from deskapp.forms.values import WrongAnswer
from tests.support import LI, MANAGER, NOW, Desk, opened

KEY = {"opens": "入户门", "room": "3-2-1502", "keys": "2", "consent_needed": "2"}
TAKE = {"holder": "21", "purpose": "repair", "until": "+120", "signature": "paper"}
BACK = {"same": "all", "signed_back": "paper"}


@pytest.fixture
def desk() -> Iterator[Desk]:
    with opened() as found:
        yield found


def key(desk: Desk, peg: str = "022", **more: object) -> str:
    return desk.add("key", **({"peg": peg} | KEY | more))


def taken(desk: Desk, peg: str = "022", **more: object) -> str:
    number = key(desk, peg)
    desk.step(number, "take", **(TAKE | more))
    return number


def test_the_record_is_the_peg(desk: Desk) -> None:
    assert key(desk) == "key-022"
    with pytest.raises(DeskError):
        key(desk)
    # its three digits find it, as those of a serial do
    assert [one.number for one in find(desk.book.read, ask("022", NOW.date(), forms=("key",)))] == ["key-022"]
    with pytest.raises(Missing) as caught:
        desk.add("key", peg="023", opens="水泵房")
    assert caught.value.field == "consent_needed"


def test_out_and_back(desk: Desk) -> None:
    number = taken(desk)
    found = desk[number]
    assert (found.state, found.fields["holder"]) == ("out", "provider-21")
    assert found.clocks["until"].due == NOW + timedelta(hours=2)
    with pytest.raises(WrongState):
        desk.step(number, "take", **TAKE)
    desk.clock.pass_(hours=1)
    desk.step(number, "extend", until="18")
    assert desk[number].clocks["until"].due == datetime.fromisoformat("2026-11-22T18:00:00+08:00")
    with pytest.raises(Missing) as caught:
        desk.step(number, "back", same="all")
    assert caught.value.field == "signed_back"
    desk.step(number, "back", **BACK)
    assert (desk[number].state, desk[number].clocks["until"].state) == ("in", "kept")
    desk.step(number, "take", **(TAKE | {"holder": "3"}))
    assert (desk[number].fields["holder"], desk[number].clocks["until"].state) == ("staff-3", "running")


@pytest.mark.parametrize("left_out", ["holder", "purpose", "until", "signature"])
def test_nothing_of_a_loan_goes_without_saying(desk: Desk, left_out: str) -> None:
    number = key(desk)
    with pytest.raises(Missing) as caught:
        desk.step(number, "take", **{k: v for k, v in TAKE.items() if k != left_out})
    assert caught.value.field == left_out


def test_consent(desk: Desk) -> None:
    """A key of a vacant room goes out with consent only (R96, ux 5.5)."""
    number = key(desk, consent_needed="1")
    with pytest.raises(WrongAnswer, match="consent") as caught:
        desk.step(number, "take", **TAKE)
    assert caught.value.field == "consent"
    desk.step(number, "take", **TAKE, consent="phone")
    assert desk[number].state == "out"


def test_who_takes_it(desk: Desk) -> None:
    """Staff, provider, resident, or the visitor who was written down first."""
    visitor = desk.add("visitor", purpose="agent", name="孙先生", sex="1", room="3-2-1502", answer="agreed")
    for peg, holder, number in (
        ("1", "6", "staff-6"),
        ("2", "22", "provider-22"),
        ("3", "customer-00001", "customer-00001"),
        ("4", visitor, visitor),
    ):
        assert desk[taken(desk, peg, holder=holder)].fields["holder"] == number
    with pytest.raises(WrongAnswer):
        taken(desk, "5", holder="孙先生")


def test_lost(desk: Desk) -> None:
    """Reported (R95), found again, or struck off when the lock is changed; the clock waits for nobody."""
    number = taken(desk)
    desk.step(number, "lost", harm="掉在工地", told="both")
    assert desk[number].clocks["until"].state == "dropped"
    with pytest.raises(NotAllowed):
        desk.step(number, "retire", settlement="已换锁芯")
    desk.step(number, "found", remark="在工具箱里")
    assert desk[number].state == "in"
    desk.step(number, "lost", harm="柜里没有", told="manager")
    desk.step(number, "retire", MANAGER, settlement="已换锁芯")
    assert desk[number].ended


def test_home_to_the_owner(desk: Desk) -> None:
    number = taken(desk)
    gives = {"owner": "曾女士", "owner_tail": "123X", "owner_signed": "paper"}
    with pytest.raises(WrongState):
        desk.step(number, "hand_back", **gives)
    desk.step(number, "chase", remark="答应五点送回")
    desk.step(number, "back", **BACK)
    desk.step(number, "hand_back", **gives)
    assert (desk[number].state, desk[number].ended) == ("returned", True)


def test_how_many_at_any_moment(desk: Desk) -> None:
    """Keys in and out by the count of each peg; on the board only what is out, a line when late."""
    number = taken(desk)
    other = key(desk, "023", keys="3")

    def totals() -> tuple[int, int]:
        return view.total(desk.book.read, "keys_in"), view.total(desk.book.read, "keys_out")

    assert totals() == (3, 2)
    desk.step(other, "recount", MANAGER, keys="4", reason="加配一把")
    assert totals() == (4, 2)
    shown = board(desk.book, desk.clock.now)
    assert [(c.open, c.late) for c in shown.counts if c.form.name == "key"] == [(1, 0)]
    assert not [line for line in shown.lines if line.form.name == "key"]
    shown = board(desk.book, NOW + timedelta(hours=3))
    assert [(c.open, c.late) for c in shown.counts if c.form.name == "key"] == [(1, 1)]
    assert [line.record.number for line in shown.lines if line.form.name == "key"] == [number]
    desk.step(number, "back", **BACK)
    assert totals() == (6, 0)
    desk.step(number, "note", remark="蓝色圈")
    desk.step(other, "lost", LI, harm="x", told="manager")
    assert totals() == (2, 0)
