"""Taking back within a few minutes: a step, an act over two forms, a registration; and nobody else's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deskapp.book.check import check
from deskapp.book.journal import Request
from deskapp.errors import DeskError
from tests.support import BOSS, LI, MANAGER, Desk


def call(desk: Desk) -> tuple[str, str]:
    """A call that became a diary line and a dispatched order, in one act."""
    entries = desk.write(
        LI,
        Request("register", {"room": "3-2-1502", "item": "13", "handling": "order"}, "diary"),
        Request("register", {}, "order"),
        Request("dispatch", {"provider": "21", "charge": "free"}, "order"),
    )
    return str(entries[0].number), str(entries[1].number)


def test_undo_names_what_it_takes_back(desk: Desk) -> None:
    """State, values and dues return; the entry says which seq it took back, and both stay readable."""
    number = desk.dispatched()
    before = desk[number]
    desk.clock.pass_(minutes=1)
    step = desk.step(number, "wait", pause_reason="customer", until="+60", agreed="1", remark="不在家")
    assert desk[number].clocks["pickup"].state == "paused"
    undo = desk.step(number, "undo")
    assert undo.undoes == step.seq
    assert undo.data == dict.fromkeys(["pause_reason", "until", "agreed", "remark"])
    after = desk[number]
    assert replace(after, at=before.at, seq=before.seq) == before
    assert "不在家" in (desk.row(step.seq)[2] or "")


def test_undo_of_undo_goes_further_back(desk: Desk) -> None:
    """What was taken back is gone: the next undo takes the step before it, down to the registration."""
    number = desk.dispatched()
    desk.step(number, "receive_slip", slip="face")
    states = ["received", "dispatched", "registered", "void"]
    for state in states[1:]:
        desk.step(number, "undo")
        assert desk[number].state == state
    assert desk[number].clocks == {}
    with pytest.raises(DeskError, match="nothing to take back"):
        desk.step(number, "undo")
    assert desk[number].ended


def test_undo_then_on(desk: Desk) -> None:
    """After an undo work goes on as if the step had never been."""
    number = desk.dispatched()
    desk.step(number, "undo")
    desk.clock.pass_(minutes=1)
    desk.step(number, "dispatch", provider="21", charge="free", appointment="9")
    assert set(desk[number].clocks) == {"appointment"}
    assert check(desk.book, full=True).problems == ()


def test_undo_of_an_act(desk: Desk) -> None:
    """One undo takes the whole act back, over both forms, from whichever record it is asked (design: acts)."""
    for which in (0, 1):
        numbers = call(desk)
        entries = desk.write(LI, Request("undo", {}, None, numbers[which]))
        assert [e.step for e in entries] == ["undo"] * 3
        assert [e.form for e in entries] == ["order", "order", "diary"]
        assert [desk[n].state for n in numbers] == ["void", "void"]
        assert all(desk[n].clocks == {} for n in numbers)
    assert check(desk.book, full=True).problems == ()


def test_act_that_went_on(desk: Desk) -> None:
    """Once one record of an act has gone on, the act stays; the record's own later step can still be taken back."""
    diary, order = call(desk)
    desk.step(order, "receive_slip", slip="face")
    before = desk.head
    with pytest.raises(DeskError, match=f"{order} has gone on since"):
        desk.step(diary, "undo")
    assert desk.head == before
    desk.step(order, "undo")
    assert desk[order].state == "dispatched"
    desk.step(diary, "undo")
    assert (desk[diary].state, desk[order].state) == ("void", "void")


def test_act_return_slip(desk: Desk) -> None:
    """The slip brought back with signature and money is one act: taken back, the order is on site again."""
    number = desk.on_site()
    before = desk[number]
    desk.write(
        LI,
        Request("done", {"result": "1", "as_ordered": "1", "materials": "1"}, None, number),
        Request("sign", {"signed_by": "1"}, None, number),
        Request("slip_back", {}, None, number),
    )
    assert desk[number].state == "closed"
    desk.step(number, "undo")
    after = desk[number]
    assert replace(after, at=before.at, seq=before.seq) == before


def test_whose_and_when(desk: Desk) -> None:
    """Only one's own step, only for five minutes, whichever way the clock went."""
    number = desk.order()
    desk.step(number, "reply", BOSS, said="x")
    with pytest.raises(DeskError, match="only your own step"):
        desk.step(number, "undo")
    with pytest.raises(DeskError, match="only your own step"):
        desk.step(number, "undo", MANAGER)
    desk.clock.pass_(minutes=5)
    desk.step(number, "undo", BOSS)
    desk.step(number, "reply", BOSS, said="y")
    for minutes in (5.02, -11):
        desk.clock.pass_(minutes=minutes)
        with pytest.raises(DeskError, match="last 5 minutes"):
            desk.step(number, "undo", BOSS)


def test_undo_of_void_and_correct(desk: Desk) -> None:
    """A voided record stands again with its clocks; a corrected one with its old values."""
    number = desk.dispatched(appointment="9")
    before = desk[number]
    desk.step(number, "void", reason="点错")
    assert desk[number].clocks["appointment"].state == "dropped"
    desk.step(number, "undo")
    desk.step(number, "correct", caller="韩女士", content="马桶漏水", agreement="X", reason="听错")
    desk.step(number, "undo")
    after = desk[number]
    assert replace(after, at=before.at, seq=before.seq) == before


def test_what_somebody_was_told_is_corrected(desk: Desk) -> None:
    """The provider has the new time from us: taking it back in the book alone would send him at the wrong one."""
    number = desk.dispatched(appointment="9")
    desk.step(number, "correct", appointment="10", knows="repeated", reason="听错")
    with pytest.raises(DeskError, match="told outside"):
        desk.step(number, "undo")
    desk.step(number, "correct", appointment="9", knows="repeated", reason="又改")
    assert desk[number].fields["appointment"] == "2026-11-22T09:00:00+08:00"


def test_undo_of_a_stop_brings_the_first_due_back(desk: Desk) -> None:
    """A clock that ran twice returns to exactly what its first run came to."""
    number = desk.dispatched()
    desk.clock.pass_(minutes=11)
    desk.step(number, "receive_slip", slip="face")
    first = desk[number].clocks["pickup"]
    assert first.state == "late"
    desk.clock.pass_(minutes=1)
    desk.step(number, "transfer", provider="21", reason="换人")
    assert desk[number].clocks["pickup"].state == "running"
    desk.step(number, "undo")
    assert desk[number].clocks["pickup"] == first
    assert desk[number].clocks["arrival"].state == "running"


def test_shown_number_is_no_step(desk: Desk) -> None:
    """A reveal changes nothing and is not taken back; what lies before it still can be."""
    number = desk.order(phone="13800131234")
    desk.step(number, "reveal", revealed="phone", reason="回电")
    desk.step(number, "undo")
    assert desk[number].state == "void"


def test_not_in_an_act_with_others(desk: Desk) -> None:
    """An undo may stand beside other requests; all of it or none."""
    number = desk.order()
    other = desk.order()
    before = desk.head
    with pytest.raises(DeskError):
        desk.write(LI, Request("undo", {}, None, number), Request("arrive", {"told": "1"}, None, other))
    assert desk.head == before
