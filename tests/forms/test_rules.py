"""The manuals' rules, by their numbers, in an office's own book."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import permutations

import pytest

from deskapp.book.journal import Request
from deskapp.errors import DeskError, Refused
from deskapp.forms.clocks import ClockState
from deskapp.forms.steps import Missing, NotAllowed, WrongState
from deskapp.forms.values import WrongAnswer
from tests.support import BOSS, CASHIER, MANAGER, NOW, Desk, opened


@pytest.fixture
def desk() -> Iterator[Desk]:
    with opened() as found:
        yield found


def due(desk: Desk, number: str, clock: str) -> timedelta | None:
    """What a running clock has, counted from the test's beginning; None where it does not run."""
    stands = desk[number].clocks.get(clock)
    return stands.due - NOW if stands and stands.state == "running" and stands.due else None


def minutes(n: float) -> timedelta:
    return timedelta(minutes=n)


def stands(desk: Desk, number: str, clock: str) -> ClockState:
    return desk[number].clocks[clock]


# ---------------------------------------------------------------- R31: thirty minutes


def test_r31_thirty_minutes_from_the_slip(desk: Desk) -> None:
    """The thirty minutes begin when the provider takes the slip, not at the call (warning 6)."""
    number = desk.order()
    assert desk[number].clocks == {}
    desk.clock.pass_(minutes=4)
    desk.step(number, "dispatch", provider="21", charge="free")
    assert due(desk, number, "pickup") == minutes(14)
    assert due(desk, number, "arrival") is None
    desk.clock.pass_(minutes=20)
    desk.step(number, "receive_slip", slip="radio")
    assert stands(desk, number, "pickup").state == "late"
    assert due(desk, number, "arrival") == minutes(54)
    desk.clock.pass_(minutes=30)
    desk.step(number, "arrive", told="radio")
    assert stands(desk, number, "arrival").state == "kept"


def test_r31_slip_told_later(desk: Desk) -> None:
    """A slip taken at 03:20 and typed at 03:40 is due at 03:50."""
    number = desk.dispatched()
    desk.clock.pass_(minutes=25)
    desk.step(number, "receive_slip", slip="phone", when="0320")
    assert due(desk, number, "arrival") == minutes(35)


def test_r31_late_arrival_says_why(desk: Desk) -> None:
    """Who arrives late says why; the refusal writes nothing."""
    number = desk.dispatched()
    desk.step(number, "receive_slip", slip="face")
    desk.clock.pass_(minutes=30, seconds=1)
    before = desk.head
    with pytest.raises(Missing) as caught:
        desk.step(number, "arrive", told="radio")
    assert caught.value.field == "late_reason"
    assert desk.head == before
    desk.step(number, "arrive", told="radio", late_reason="earlier_job")
    assert stands(desk, number, "arrival").state == "late"
    # came in time, typed late: nobody is asked why
    other = desk.dispatched()
    desk.step(other, "receive_slip", slip="face")
    desk.clock.pass_(minutes=45)
    desk.step(other, "arrive", told="slip", when="-20")
    assert stands(desk, other, "arrival").state == "kept"


def test_r31_appointment_replaces(desk: Desk) -> None:
    """An agreed time replaces the thirty minutes, and is itself kept or late."""
    number = desk.dispatched(appointment="9")
    desk.step(number, "receive_slip", slip="face")
    assert {n: c.state for n, c in desk[number].clocks.items()} == {"appointment": "running"}
    assert due(desk, number, "appointment") == timedelta(hours=5, minutes=45)
    desk.clock.pass_(hours=5, minutes=46)
    with pytest.raises(Missing):
        desk.step(number, "arrive", told="radio")
    desk.step(number, "arrive", told="radio", late_reason="way")
    assert stands(desk, number, "appointment").state == "late"


def test_r31_second_visit_has_its_own_thirty_minutes(desk: Desk) -> None:
    """An appointment that was kept does not excuse the next visit."""
    number = desk.dispatched(appointment="9")
    desk.step(number, "receive_slip", slip="face")
    desk.step(number, "arrive", told="radio")
    desk.step(number, "done", result="temporary", as_ordered="same", materials="none")
    assert desk[number].state == "registered"
    desk.step(number, "dispatch", provider="21", charge="free")
    assert due(desk, number, "pickup") == minutes(10)
    desk.step(number, "receive_slip", slip="face")
    assert due(desk, number, "arrival") == minutes(30)
    assert stands(desk, number, "appointment").state == "kept"


def test_r31_wait_keeps_what_is_left(desk: Desk) -> None:
    """A wait stops the thirty minutes; who arrives out of it is judged by what was left."""
    number = desk.dispatched()
    desk.step(number, "receive_slip", slip="face")
    desk.clock.pass_(minutes=12)
    desk.step(number, "wait", pause_reason="customer", until="+120", agreed="1")
    assert stands(desk, number, "arrival").left == minutes(18)
    assert stands(desk, number, "arrival").due is None
    desk.clock.pass_(hours=1)
    other = desk.clock.now
    desk.step(number, "resume")
    assert stands(desk, number, "arrival").due == other + minutes(18)
    desk.clock.pass_(minutes=5)
    desk.step(number, "wait", pause_reason="customer", until="+120", agreed="1")
    desk.clock.pass_(hours=1)
    desk.step(number, "arrive", told="radio")
    assert stands(desk, number, "arrival").state == "kept"
    assert "waiting" not in desk[number].marks


def test_r43_new_appointment(desk: Desk) -> None:
    """A new time moves the due and ends what waited for the slip or the arrival."""
    number = desk.dispatched()
    desk.step(number, "receive_slip", slip="face")
    desk.step(number, "rebook", appointment="23-10")
    assert stands(desk, number, "arrival").state == "dropped"
    assert due(desk, number, "appointment") == timedelta(days=1, hours=6, minutes=45)
    desk.step(number, "rebook", appointment="23-14")
    assert due(desk, number, "appointment") == timedelta(days=1, hours=10, minutes=45)
    desk.step(number, "nobody_home", notice="1")
    assert stands(desk, number, "appointment").state == "dropped"


def test_correcting_an_appointment_moves_it(desk: Desk) -> None:
    """A field that a clock is due by, corrected, moves the due in the same entry; the old stays readable."""
    number = desk.dispatched(appointment="9")
    desk.clock.pass_(minutes=7)
    entry = desk.step(number, "correct", appointment="10", reason="听错", knows="repeated")
    assert entry.due == {"appointment": "2026-11-22T10:00:00+08:00"}
    assert due(desk, number, "appointment") == timedelta(hours=6, minutes=45)
    assert stands(desk, number, "appointment").started == NOW


# ---------------------------------------------------------------- twice the same, and what a correction leaves to do


def test_a_record_becomes_part_of_an_open_one_that_nobody_goes_to_twice(desk: Desk) -> None:
    """Never of itself, of one that has ended or of none; first whoever is on his way is called back (F9.5, F9.7)."""
    kept, second, over = desk.dispatched(), desk.order(), desk.order()
    desk.step(over, "void", BOSS, reason="点错")
    for into in (second, over, "WT20261122-099"):
        with pytest.raises(WrongAnswer):
            desk.step(second, "void", BOSS, reason="重复", into=into)
    with pytest.raises(WrongState, match="on his way"):
        desk.step(kept, "void", BOSS, reason="重复", into=second)
    desk.step(kept, "recall", informed="radio")
    assert (desk[kept].state, desk[kept].clocks["pickup"].state) == ("registered", "dropped")
    desk.step(kept, "void", BOSS, reason="重复", into=second)
    assert (desk[kept].state, desk[kept].fields["into"]) == ("void", second)


def test_a_correction_after_dispatch_says_who_was_told(desk: Desk) -> None:
    """Before, nobody walks anywhere; after it, untold runs a minute on the board until he is told (F9.1)."""
    number = desk.order()
    desk.step(number, "correct", room="3-2-1503", reason="听错")
    desk.step(number, "dispatch", provider="21", charge="free")
    desk.step(number, "correct", content="厨房", reason="听错")
    told = {"knows": "not_yet", "reprint": "again", "disturbed": "no"}
    for less in told:
        with pytest.raises(Missing):
            desk.step(number, "correct", room="3-2-1502", reason="听错", **{k: v for k, v in told.items() if k != less})
    before = desk[number].clocks["pickup"].due
    desk.step(number, "correct", room="3-2-1502", reason="听错", **told)
    assert desk[number].clocks["pickup"].due == before
    assert due(desk, number, "untold") == timedelta(minutes=1)
    desk.step(number, "correct", room="3-2-1503", reason="又改", **told)
    desk.clock.pass_(minutes=2)
    desk.step(number, "correct", room="3-2-1502", reason="又改", **{**told, "knows": "repeated"})
    assert stands(desk, number, "untold").state == "late"


# ---------------------------------------------------------------- R15, R29, R30: the price first


def test_r15_price_before_work(desk: Desk) -> None:
    """By the board: the price line, amount and the customer's yes come before anybody is sent."""
    number = desk.order(item="11", charge="board")
    for less in ({"consent": "phone"}, {"price": "14"}, {"price": "14", "consent": "no"}):
        with pytest.raises(DeskError):
            desk.step(number, "dispatch", provider="21", charge="board", **less)
    desk.step(number, "dispatch", provider="21", charge="board", price="14", consent="phone")
    record = desk[number]
    assert (record.fields["amount"], record.fields["service"], record.fields["board"]) == ("80.00", "疏通马桶", "1")


def test_r15_the_item_brings_the_price(desk: Desk) -> None:
    """The order keeps what the board said on the day, also when the board changes."""
    number = desk.order(charge="board")
    assert desk[number].fields["amount"] == "80.00"
    desk.step("price-14", "reprice", BOSS, amount="120", board="2")
    assert desk[number].fields["amount"] == "80.00"
    assert desk[desk.order(charge="board")].fields["amount"] == "120.00"


def test_r29_off_the_board(desk: Desk) -> None:
    """What is not on the board is reviewed by the manager first, and not by reception alone."""
    number = desk.order(charge="off_board")
    with pytest.raises(DeskError, match="reviewed by the manager"):
        desk.step(number, "dispatch", provider="21", charge="off_board")
    desk.step(number, "ask_review")
    with pytest.raises(NotAllowed):
        desk.step(number, "review", review="能做")
    desk.step(number, "review", MANAGER, review="能做,120元")
    desk.step(number, "dispatch", provider="21", charge="off_board")
    assert desk[number].state == "dispatched"


def test_r30_unable(desk: Desk) -> None:
    """Unable: explained, ended, and nothing runs any more."""
    number = desk.order(charge="off_board")
    desk.step(number, "refuse", MANAGER, explained="高空外墙没有资质")
    assert desk[number].ended
    with pytest.raises(WrongState):
        desk.step(number, "dispatch", provider="21", charge="free")


def test_r29_by_phone_is_confirmed_by_that_manager(desk: Desk) -> None:
    """What a manager allowed by phone stays unconfirmed until that manager, and no other, confirms it."""
    number = desk.order(charge="off_board")
    desk.step(number, "ask_review")
    desk.step(number, "review_by_phone", approver="6", asked_at="-5", approver_said="先做")
    assert desk[number].marks == {"reviewed", "unconfirmed"}
    desk.step(number, "dispatch", provider="21", charge="off_board")
    with pytest.raises(NotAllowed):
        desk.step(number, "confirm", confirmation="yes")
    with pytest.raises(DeskError, match="孙经理 allowed it by phone"):
        desk.step(number, "confirm", BOSS, confirmation="yes")
    desk.step(number, "confirm", MANAGER, confirmation="yes")
    assert "unconfirmed" not in desk[number].marks
    with pytest.raises(WrongState, match="needs"):
        desk.step(number, "confirm", MANAGER, confirmation="yes")


def test_r29_an_approver_who_left(desk: Desk) -> None:
    """Once that manager has left the staff, another may confirm; else it would stay open for ever."""
    number = desk.order(charge="off_board")
    desk.step(number, "refuse_by_phone", approver="6", asked_at="now", approver_said="不做", explained="没有资质")
    desk.step("staff-6", "leave", BOSS, reason="调走")
    desk.step(number, "confirm", BOSS, confirmation="no", reason="没有记录")
    assert desk[number].marks == {"reviewed"}


# ---------------------------------------------------------------- R39: trained


def test_r39_only_the_trained_are_sent(desk: Desk) -> None:
    """Nobody is sent to a home for a trade he was not trained in, by dispatch, transfer or rework."""
    number = desk.order()
    with pytest.raises(DeskError, match="赵刚 is not trained for Plumbing"):
        desk.step(number, "dispatch", provider="22", charge="free")
    desk.step(number, "dispatch", provider="21", charge="free")
    with pytest.raises(DeskError, match="not trained"):
        desk.step(number, "transfer", provider="22", reason="忙")
    desk.step("provider-22", "train", BOSS, plumbing="1")
    desk.step(number, "transfer", provider="22", reason="忙")
    assert desk[number].fields["provider"] == "provider-22"


def test_r39_who_left_is_not_sent(desk: Desk) -> None:
    """Somebody who works here no more is sent nowhere."""
    desk.step("provider-21", "leave", BOSS, reason="辞职")
    number = desk.order()
    with pytest.raises(DeskError, match="王强"):
        desk.step(number, "dispatch", provider="21", charge="free")
    desk.step("provider-21", "come_back", BOSS)
    desk.step(number, "dispatch", provider="21", charge="free")


# ---------------------------------------------------------------- R35, R36, R53, R54: how an order ends


@pytest.mark.parametrize("order", list(permutations(["sign", "slip_back", "pay"])))
def test_r35_marks_in_any_order(desk: Desk, order: tuple[str, ...]) -> None:
    """Signature, slip and money come as they come; the last one closes the order."""
    answers = {
        "sign": {"signed_by": "self"},
        "slip_back": {},
        "pay": {"pay_how": "code", "received": "80", "cash": "none"},
    }
    number = desk.order(charge="board")
    desk.step(number, "dispatch", provider="21", charge="board", consent="phone")
    desk.step(number, "receive_slip", slip="face")
    desk.step(number, "arrive", told="radio")
    desk.step(number, "done", result="fixed", as_ordered="same", materials="none")
    for step in order:
        assert desk[number].state == "done"
        desk.step(number, step, **answers[step])
    assert desk[number].state == "closed"
    assert desk[number].ended


def test_r35_free_work_needs_no_money(desk: Desk) -> None:
    """Free work closes without a payment, and so does work whose whole price was waived (R54)."""
    free = desk.done()
    desk.step(free, "slip_back")
    desk.step(free, "sign", signed_by="self")
    assert desk[free].state == "closed"
    paid = desk.done()
    desk.step(paid, "correct", charge="on_site", amount="50", reason="要收费")
    desk.step(paid, "slip_back")
    desk.step(paid, "sign", signed_by="self")
    assert desk[paid].state == "done"
    desk.step(paid, "waiver", MANAGER, waiver="all", reason="返工")
    assert desk[paid].state == "closed"


def test_r52_who_takes_money(desk: Desk) -> None:
    """The cashier takes money and sends nobody."""
    number = desk.order()
    with pytest.raises(NotAllowed):
        desk.step(number, "dispatch", CASHIER, provider="21", charge="free")
    desk.step(number, "pay", CASHIER, pay_how="desk", received="80", cash="till")
    assert desk[number].marks == {"paid"}


def test_r41_rework(desk: Desk) -> None:
    """Rework opens a closed order again: the slip and the signature are wanted anew, what was paid stays paid."""
    number = desk.done()
    desk.step(number, "pay", pay_how="code", received="80", cash="none")
    desk.step(number, "slip_back")
    desk.step(number, "sign", signed_by="self")
    assert desk[number].ended
    desk.step(number, "rework", apologised="1", appointment="9", reason="又漏")
    record = desk[number]
    assert (record.state, record.ended, record.marks) == ("dispatched", False, {"paid"})
    assert due(desk, number, "appointment") == timedelta(hours=5, minutes=45)


# ---------------------------------------------------------------- R17, R90, R91 and the rest


def test_r17_a_promise_says_until_when(desk: Desk) -> None:
    """Who is to be answered later is told when, and the promise runs until it is kept."""
    line: dict[str, object] = {"room": "3-2-1502", "item": "90", "content": "问物业费", "handling": "reply"}
    with pytest.raises(DeskError, match="until when"):
        desk.add("diary", **line)
    number = desk.add("diary", **line, promised="+15")
    assert due(desk, number, "promise") == minutes(15)
    desk.clock.pass_(minutes=16)
    desk.step(number, "reply", said="月底前交")
    assert stands(desk, number, "promise").state == "late"


CUSTODY: dict[str, object] = {
    "room": "3-2-1502", "depositor": "曾女士", "cash": "2", "valuables": "2", "thing": "纸箱", "quantity": "1",
    "condition": "1", "lock": "1", "tag": "A12", "declared": "1", "category": "1",
}  # fmt: skip


@pytest.mark.parametrize("said", [{"cash": "1"}, {"valuables": "1"}, {"declared": "2"}])
def test_r91_no_cash_no_valuables(desk: Desk, said: dict[str, object]) -> None:
    """Refused with the sentence to read, and nothing of it is written."""
    before = desk.head
    with pytest.raises(Refused) as caught:
        desk.add("custody", **(CUSTODY | said))
    assert caught.value.say.zh.endswith("。") or caught.value.say.zh.endswith("？") or "?" in caught.value.say.zh
    assert desk.head == before
    # nor later, as a correction
    number = desk.add("custody", **CUSTODY)
    with pytest.raises(Refused):
        desk.step(number, "correct", **said, reason="错")


def test_r90_until_or_age(desk: Desk) -> None:
    """Kept until the agreed day, or else the office's usual time; an extension moves it."""
    number = desk.add("custody", **CUSTODY)
    assert due(desk, number, "age") == timedelta(days=3)
    desk.step(number, "extend", until="30")
    assert stands(desk, number, "age").state == "dropped"
    assert stands(desk, number, "until").due == NOW.replace(day=30, hour=23, minute=59, second=59)
    other = desk.add("custody", **CUSTODY, until="25")
    assert "age" not in desk[other].clocks


def test_call_to_order(desk: Desk) -> None:
    """A call typed once is a diary line, an order with what the caller said, and its dispatch; each an entry."""
    entries = desk.write(
        BOSS,
        Request("register", {"room": "3-2-1502", "item": "13", "content": "二楼马桶", "caller": "曾女士",
                             "phone": "13800131234", "handling": "order"}, "diary"),
        Request("register", {}, "order"),
        Request("dispatch", {"provider": "21", "charge": "free"}, "order"),
        Request("receive_slip", {"slip": "1"}, "order"),
    )  # fmt: skip
    assert [e.step for e in entries] == ["register", "register", "dispatch", "receive_slip"]
    assert len({e.act for e in entries}) == 1
    diary, order = desk["RZ20261122-001"], desk["WT20261122-001"]
    assert diary.state == "closed"
    assert order.fields["source"] == diary.number
    assert [order.fields[n] for n in ("room", "content", "caller", "phone")] == [
        "3-2-1502", "二楼马桶", "曾女士", "13800131234",
    ]  # fmt: skip
    assert due(desk, order.number, "arrival") == minutes(30)
