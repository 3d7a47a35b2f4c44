"""Shifts and hand-overs as entries: whose each is, what is handed on, and that two people alone can always finish."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from deskapp.book import view
from deskapp.book.journal import Request
from deskapp.book.session import Session, session_of
from deskapp.book.view import Record
from deskapp.desk import counting, handover, shifts
from deskapp.errors import DeskError
from deskapp.forms.steps import Missing, NotAllowed
from tests.support import BOSS, LI, MANAGER, opened
from tests.week import MORNING, WANG, ZHOU, Week

ACTS = ("work", "begin", "count", "short", "find", "off", "sign", "objects", "refuse", "resume", "seal", "open", "undo",
        "void", "relieve", "restart")  # fmt: skip


@pytest.fixture
def week() -> Iterator[Week]:
    with opened(MORNING) as desk:
        found = Week(desk)
        found.open()
        yield found


def act(week: Week, name: str) -> None:
    """Something that somebody does, as far as it is possible now."""
    shift = shifts.on_duty(week.desk.book)
    if name == "work":
        week.work(1, by=LI)
    elif name == "restart":
        week.desk.reopen()
    elif name == "open":
        week.open(week.dice.choice(week.people))
    elif name == "begin":
        week.begin(week.owner)
    elif name in ("count", "short"):
        week.count(week.owner, drawer=Decimal(-20 if name == "short" else 0))
    elif shift is not None:
        by, requests = said(week, name, shift)
        week.write(by, *requests)


def said(week: Week, name: str, shift: Record) -> tuple[Session, list[Request]]:
    """Who writes what, in acts that are one write."""
    book, number, owner, other = week.desk.book, shift.number, week.owner, week.successor
    thing = {"room": "3-2-1502", "kind": "parcel", "condition": "good"}
    found = {"line": "mail", "origin": "this_shift"}
    relief = {"relief": other.staff, "until": "+15"}
    return {
        "find": (owner, [Request("register", thing, "mail"), Request("book", found, None, number)]),
        "off": (owner, handover.sign_off(book, shift)),
        "sign": (other, handover.sign(shift, week.desk.clock())),
        "objects": (other, handover.sign(shift, week.desk.clock(), "不清楚")),
        "refuse": (other, handover.refuse(shift, "不清楚", MANAGER.staff)),
        "resume": (owner, [Request("resume", {}, None, number)]),
        "seal": (owner, handover.seal(book, shift, MANAGER.staff, "没人来")),
        "undo": (owner, [Request("undo", {}, None, number)]),
        "void": (BOSS, [Request("void", {"reason": "录错"}, None, number)]),
        "relieve": (owner, [Request("relieve", relief, None, number)]),
    }[name]


def from_anywhere(acts: list[str], seed: int) -> None:
    with opened(MORNING) as desk:
        week = Week(desk, seed)
        week.open()
        for name in acts:
            with contextlib.suppress(DeskError, AssertionError):  # refused, or nobody is on duty
                act(week, name)
        week.finish()
        assert shifts.on_duty(desk.book) is not None
        week.account()


_ANYTHING = {"acts": st.lists(st.sampled_from(ACTS), max_size=14), "seed": st.integers(0, 99)}
_QUIET = {"deadline": None, "suppress_health_check": list(HealthCheck)}


@settings(max_examples=6, **_QUIET)
@example(acts=["work", "void"], seed=0)
@example(acts=["begin", "void"], seed=0)
@given(**_ANYTHING)
def test_from_anywhere_two_people_finish_and_every_entry_is_of_one_shift(acts: list[str], seed: int) -> None:
    from_anywhere(acts, seed)


@pytest.mark.slow
@settings(max_examples=150, **_QUIET)
@given(**_ANYTHING)
def test_from_anywhere_at_length(acts: list[str], seed: int) -> None:
    from_anywhere(acts, seed)


def test_one_post_one_person(week: Week) -> None:
    """A second shift is refused, by whatever way; also by taking back the end of the first."""
    with pytest.raises(DeskError, match="not finished"):
        week.open(ZHOU)
    first = week.shift.number
    week.seal()
    week.open(ZHOU)
    with pytest.raises(DeskError, match="not finished"):
        week.desk.step(first, "undo", LI)
    assert week.desk[first].state == "sealed"


def test_the_line(week: Week) -> None:
    """What comes after the start is the next shift's, but for what the count finds; refused, it is his own again."""
    book = week.desk.book
    week.begin(LI)
    cut = week.shift
    after = week.desk.add("diary", LI, room="0", item="90", content="灯不亮", source="3", handling="next_shift")
    act(week, "find")
    own = {entry.number for entry in shifts.entries(book, cut) if entry.number}
    assert after not in own
    assert any(number.startswith("YJ") for number in own)
    new = [item.record.number for item in handover.items(book, cut, week.desk.clock()) if item.new]
    assert new == [after]
    week.count(LI)
    act(week, "refuse")
    assert after in {entry.number for entry in shifts.entries(book, week.shift)}
    assert handover.told(book, week.shift).ends["refuse"].data["told"] == MANAGER.staff


def test_a_difference_is_booked_once(week: Week) -> None:
    """Short by 20: the outgoing person's signature books it with its cause; the next drawer begins there."""
    book = week.desk.book
    week.work(12, by=LI)
    before = counting.drawer(book)
    week.begin(LI)
    with pytest.raises(Missing):
        week.write(LI, counting.cash(book, week.shift.number, {"n100": 1}))
    week.count(LI, drawer=Decimal(-20))
    assert counting.drawer(book) == before
    act(week, "off")
    act(week, "find")  # counted on: the signature is gone, the difference stays booked
    assert "signed" not in week.shift.marks
    act(week, "off")
    gap = before - counting.drawer(book)
    assert gap > 0
    [short] = view.page(book.read, "cash", where={"kind": "short"})
    assert (Decimal(str(short.fields["amount"])), short.state) == (gap, "booked")
    act(week, "sign")
    assert short.rec in {entry.seq for entry in shifts.entries(book, week.all()[0])}


@pytest.mark.parametrize(
    ("by", "request_", "error"),
    [
        (LI, Request("sign", {}), "drawer|Drawer"),
        (LI, Request("sign_off", {}), "Drawer"),
        (LI, Request("seal", {"told": "6", "reason": "x"}), "Drawer"),
        (LI, Request("cash", {"drawer": "0", "counted": "5"}), "notes come to"),
        (LI, Request("count", {"line": "mail", "expected": "3", "found": "2"}), "Where it differs"),
        (LI, Request("refuse", {"objection": "x", "told": "6", "incoming": "5"}), "for himself"),
        (LI, Request("count", {"line": "mail", "found": "-1"}), "Counted"),
    ],
)
def test_what_is_refused(week: Week, by: Any, request_: Request, error: str) -> None:
    week.begin(LI)
    before = week.desk.head
    with pytest.raises(DeskError, match=error):
        week.write(by, Request(request_.step, request_.answers, None, week.shift.number))
    assert week.desk.head == before


def test_nobody_signs_for_himself(week: Week) -> None:
    """Who handed over does not take over; who may not sit at the desk neither."""
    week.begin(LI)
    week.count(LI)
    act(week, "off")
    with pytest.raises(DeskError, match="hands over"):
        week.write(LI, *handover.sign(week.shift, week.desk.clock()))
    helper = week.desk.add("staff", BOSS, code="8", name="小工", assistant=True)
    assert helper == "staff-8"
    with pytest.raises(NotAllowed):
        week.write(session_of(week.desk.book.read, helper), *handover.sign(week.shift, week.desk.clock()))
    week.write(WANG, *handover.sign(week.shift, week.desk.clock()))
    assert week.shift.by == WANG.staff


def test_receipts_follow_the_last_hand_over(week: Week) -> None:
    """The next number is the one after the last used since; a number typed far off leads nowhere; a new book begins."""
    book = week.desk.book
    assert counting.next_receipt(book) is None
    week._money(LI)
    assert counting.next_receipt(book) == "0000002"
    week.hand_over()
    week.receipts = 9_000_000
    week._money(ZHOU)
    assert counting.next_receipt(book) == "0000002"
    week.receipts = 1
    week._money(ZHOU)
    assert counting.next_receipt(book) == "0000003"
    said = {"book": "08", "first": "0000101", "last": "0000102", "used_to": "0000002"}
    week.desk.write(
        LI, Request("register", {"kind": "book", "means": "cash"}, "cash"), Request("change_book", said, "cash")
    )
    assert counting.next_receipt(book) == "0000101"
    week.receipts = 100
    week._money(ZHOU)
    week._money(ZHOU)
    assert counting.next_receipt(book) is None


def test_what_an_office_counts_is_its_own(week: Week) -> None:
    """A line more, a line less; an older book that never had any counts what ships with the program."""
    book = week.desk.book
    assert [line.code for line in counting.lines(book)] == ["keys", "mail", "custody", "found", "seal", "receipts"]
    week.desk.add("count", BOSS, code="torch", name="手电筒", fixed="2")
    week.desk.step("count-seal", "drop", BOSS)
    lines = {line.code: counting.expected(book, line) for line in counting.lines(book)}
    assert "seal" not in lines
    assert (lines["torch"], lines["keys"]) == (2, 6)
    week.hand_over()
    assert handover.told(book, week.all()[0]).counts["torch"]["found"] == 2


@pytest.mark.slow
def test_two_thousand_open_items(week: Week) -> None:
    """They are handed on in one entry, and every one of them is named."""
    from deskapp.book import journal

    row = {"room": "3-2-1502", "item": "13", "content": "𠮷<b>[b]=1+1", "charge": "free"}
    journal.load(week.desk.book, LI, "order", [row] * 2000)
    orders = {one.number for one in view.page(week.desk.book.read, "order", limit=3000)}
    week.hand_over()
    assert orders <= set(handover.told(week.desk.book, week.all()[0]).carried)
    week.account()


def test_a_clock_that_jumped_moves_no_entry(week: Week) -> None:
    """Whose an entry is goes by its number: an hour back, a year on, and nothing changes hands."""
    week.work(3)
    week.hand_over()
    week.desk.clock.pass_(hours=-5)
    week.work(3)
    week.desk.clock.pass_(days=400)
    assert shifts.forgotten(week.shift, week.desk.clock())
    week.hand_over()
    week.account()


def test_relief_is_named_while_it_lasts(week: Week) -> None:
    act(week, "relieve")
    book, clock = week.desk.book, week.desk.clock
    found = shifts.relief(book, week.shift, clock())
    assert found is not None
    assert found[0] == ZHOU.staff
    assert ZHOU.name in shifts.title(book, week.shift, clock())
    clock.pass_(minutes=16)
    assert shifts.relief(book, week.shift, clock()) is None
