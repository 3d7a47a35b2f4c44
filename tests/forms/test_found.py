"""Found things: counted by two, valuables reported, claimed by who can tell what they are (ux 5.9)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from deskapp.errors import DeskError
from deskapp.forms.steps import Missing, NotAllowed, WrongState
from deskapp.forms.values import WrongAnswer
from tests.support import MANAGER, NOW, Desk, opened

THING = {"thing": "雨伞", "features": "黑色长柄,柄缺角", "place": "0-1", "finder": "孙女士", "valuable": "no",
         "counted_by": "6", "shelf": "F3"}  # fmt: skip
CLAIM = {"described": "黑伞,柄上缺角", "proof": "told", "claimer": "李强", "claimer_tail": "123X", "signature": "paper"}


@pytest.fixture
def desk() -> Iterator[Desk]:
    with opened() as found:
        yield found


def thing(desk: Desk, **more: object) -> str:
    return desk.add("found", **(THING | more))


def test_found_and_claimed(desk: Desk) -> None:
    number = thing(desk)
    assert number == "SY20261122-001"
    assert (desk[number].state, desk[number].marks) == ("held", frozenset())
    assert set(desk[number].clocks) == {"keep"}
    desk.step(number, "notice", where="大堂公告栏")
    desk.step(number, "move", shelf="F5")
    desk.step(number, "note", remark="有人来问")
    for name in CLAIM:
        with pytest.raises(Missing) as caught:
            desk.step(number, "claim", **{k: v for k, v in CLAIM.items() if k != name})
        assert caught.value.field == name
    desk.step(number, "claim", **CLAIM)
    assert (desk[number].state, desk[number].clocks["keep"].state) == ("claimed", "kept")


def test_counted_by_two(desk: Desk) -> None:
    with pytest.raises(WrongAnswer) as caught:
        thing(desk, counted_by="3")
    assert caught.value.field == "counted_by"
    with pytest.raises(Missing):
        thing(desk, counted_by="")


@pytest.mark.parametrize("kind", ["cash", "papers", "goods"])
def test_valuables_are_reported_first(desk: Desk, kind: str) -> None:
    """To the manager or the police, by a clock; before that nobody gets them, and words alone never do."""
    number = thing(desk, valuable=kind)
    assert desk[number].marks == {"valuable"}
    assert desk[number].clocks["report"].due == NOW + timedelta(minutes=30)
    with pytest.raises(DeskError, match="reported to the manager"):
        desk.step(number, "claim", **(CLAIM | {"proof": "papers"}))
    desk.step(number, "report", reported_to="both", reported_at="-5")
    assert desk[number].marks == {"valuable", "reported"}
    assert desk[number].fields["reported_at"] == "2026-11-22T03:10:00+08:00"
    with pytest.raises(WrongAnswer, match="words alone") as caught:
        desk.step(number, "claim", **CLAIM)
    assert caught.value.field == "proof"
    with pytest.raises(DeskError, match="go to the police"):
        desk.step(number, "give_up", MANAGER, fate="given", reason="没人领")
    desk.step(number, "claim", **(CLAIM | {"proof": "papers"}))
    assert desk[number].state == "claimed"


def test_valuables_are_not_custody(desk: Desk) -> None:
    """R91 is about what is entrusted: a wallet that was found is taken in."""
    assert not [f for f in desk.book.form("found").fields.values() if f.refuses is not None]
    number = thing(desk, valuable="cash")
    desk.step(number, "to_police", station="湖滨所 民警012345", receipt_no="2026-118")
    assert (desk[number].state, desk[number].clocks["report"].state) == ("police", "kept")


def test_a_common_thing_is_not_reported(desk: Desk) -> None:
    number = thing(desk)
    assert "report" not in desk[number].clocks
    with pytest.raises(WrongState):
        desk.step(number, "report", reported_to="manager")


def test_given_up_after_the_offices_limit(desk: Desk) -> None:
    """The manuals give no length: a setting; and it is the manager who gives a thing up."""
    assert desk[thing(desk)].clocks["keep"].due == NOW + timedelta(days=30)
    desk.book.rules = replace(desk.book.rules, limits={"found_keep": "90 days", "found_report": "10 min"})
    number = thing(desk, valuable="papers")
    assert desk[number].clocks["keep"].due == NOW + timedelta(days=90)
    assert desk[number].clocks["report"].due == NOW + timedelta(minutes=10)
    other = thing(desk)
    with pytest.raises(NotAllowed):
        desk.step(other, "give_up", fate="thrown", reason="没人领")
    desk.step(other, "give_up", MANAGER, fate="thrown", reason="没人领")
    assert (desk[other].state, desk[other].ended) == ("given_up", True)
