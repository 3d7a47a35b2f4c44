"""Owner and supplier agree, both sign, one copy stays at the centre; it is renewed before it ends (R6)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

import pytest

from deskapp.desk.board import board
from deskapp.forms.steps import Missing, NotAllowed, WrongState
from deskapp.forms.values import WrongAnswer
from tests.support import LI, MANAGER, Desk, opened

WANTED = {"provider": "22", "room": "3-2-1502", "owner": "曾女士", "service": "空调年度保养两次"}
SIGNED = {
    "sign_owner": {"owner_how": "signed"},
    "sign_supplier": {"supplier_how": "both"},
    "file": {"place": "档案柜2"},
}


@pytest.fixture
def desk() -> Iterator[Desk]:
    with opened() as found:
        yield found


def valid(desk: Desk, **more: object) -> str:
    number = desk.add("agreement", **WANTED, **more)
    for step, answers in SIGNED.items():
        desk.step(number, step, **answers)
    return number


@pytest.mark.parametrize("order", permutations(SIGNED))
def test_in_force_once_both_signed_and_a_copy_is_here(desk: Desk, order: tuple[str, ...]) -> None:
    number = desk.add("agreement", **WANTED)
    for step in order:
        assert desk[number].state == "drawn"
        desk.step(number, step, **SIGNED[step])
    assert desk[number].state == "valid"


@pytest.mark.parametrize("missing", ["provider", "room", "owner", "service"])
def test_what_an_agreement_says(desk: Desk, missing: str) -> None:
    with pytest.raises(Missing) as caught:
        desk.add("agreement", **{key: value for key, value in WANTED.items() if key != missing})
    assert caught.value.field == missing


def test_it_is_linked_to_supplier_and_order(desk: Desk) -> None:
    order = desk.dispatched()
    given = {key: value for key, value in WANTED.items() if key != "room"}
    number = desk.add("agreement", source=order, **given)
    assert desk[number].fields["provider"] == "provider-22"
    assert desk[number].fields["room"] == "3-2-1502"
    with pytest.raises(WrongAnswer):
        desk.add("agreement", **(WANTED | {"provider": "99"}))


def test_quiet_until_its_last_day_is_over(desk: Desk) -> None:
    number = valid(desk, until="+30")
    desk.clock.pass_(days=29)
    assert not board(desk.book, desk.clock.now).lines
    desk.clock.pass_(days=2)
    desk.trust_clock()
    (line,) = board(desk.book, desk.clock.now).lines
    assert (line.record.number, line.late) == (number, True)


def test_a_renewal_moves_its_end(desk: Desk) -> None:
    number = valid(desk, until="+30")
    desk.clock.pass_(days=29)
    with pytest.raises(Missing):
        desk.step(number, "renew", until="+365", owner_how="signed")
    desk.step(number, "renew", until="+365", owner_how="signed", supplier_how="both")
    desk.clock.pass_(days=300)
    assert not board(desk.book, desk.clock.now).lines
    assert desk[number].state == "valid"


def test_unsigned_is_not_renewed_and_the_desk_does_not_end_it(desk: Desk) -> None:
    number = desk.add("agreement", **WANTED)
    with pytest.raises(WrongState):
        desk.step(number, "renew", until="+365", owner_how="signed", supplier_how="both")
    with pytest.raises(NotAllowed):
        desk.step(number, "end", LI, reason="不签了")
    desk.step(number, "end", MANAGER, reason="业主不签了")
    assert desk[number].state == "ended"
    with pytest.raises(WrongState):
        desk.step(number, "sign_owner", owner_how="signed")


def test_only_those_still_to_be_signed_are_counted(desk: Desk) -> None:
    assert desk.book.form("agreement").counts == ("drawn",)
    valid(desk)
    desk.add("agreement", **WANTED)
    (count,) = [one for one in board(desk.book, desk.clock.now).counts if one.form.name == "agreement"]
    assert count.open == 1
