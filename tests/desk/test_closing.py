"""Day close: what blocks and what only informs, in which order days are closed, twice, at once, and after an undo."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from deskapp.book.journal import Request
from deskapp.desk import closing
from deskapp.desk.closing import Closing
from deskapp.errors import DeskError
from deskapp.forms.load import parse_form
from tests.support import BOSS, CASHIER, LI, MANAGER, NOW, Desk, opened

DAY = date(2026, 11, 21)
SHIFT = """
form = "shift"
code = "shift"
version = 1
title = { zh = "班", en = "Shift" }
number = "JB{date}-{n:03}"
states = ["on_duty", "handed_over"]
ends = ["handed_over"]
labels = { on_duty = { zh = "当班", en = "On duty" }, handed_over = { zh = "已交班", en = "Handed over" } }
[fields.item]
type = "text"
label = { zh = "事项", en = "Item" }
[fields.why]
type = "text"
label = { zh = "原因", en = "Why" }
[steps.register]
label = { zh = "上岗", en = "Begin" }
who = ["reception", "manager"]
[steps.carry]
label = { zh = "交下", en = "Hand on" }
from = "open"
who = ["reception", "manager"]
asks = { item = "needed", why = "needed" }
[steps.sign_off]
label = { zh = "交班签字", en = "Sign off" }
from = "open"
who = ["reception", "manager"]
[steps.sign]
label = { zh = "接班", en = "Take over" }
from = "open"
to = "handed_over"
who = ["reception", "manager"]
"""


@pytest.fixture
def desk() -> Iterator[Desk]:
    """At 03:15 of the night shift, an hour's work done."""
    with opened() as found:
        found.order()
        yield found


def morning(desk: Desk, days: int = 0) -> None:
    desk.clock.now = NOW.replace(hour=9) + timedelta(days=days)


def close(desk: Desk, day: date = DAY, **answers: str) -> Closing:
    found = closing.look(desk.book, day)
    closing.close(desk.book, MANAGER, found, **answers)
    return closing.look(desk.book, day, verify=False)


def refused(desk: Desk, day: date = DAY) -> str:
    with pytest.raises(DeskError) as caught:
        close(desk, day)
    return str(caught.value)


def test_closed_once_with_its_figures_and_head(desk: Desk) -> None:
    assert "is not over" in refused(desk)
    morning(desk)
    seq, hash_ = desk.head
    found = close(desk)
    assert found.number == "RB20261121"
    said = desk["RB20261121"].fields
    assert (said["head"], said["head_hash"], said["orders"], said["days_late"]) == (seq, hash_, 1, 0)
    assert (said["prepared"], said["income"]) == (MANAGER.staff, "0.00")
    assert "closed already: RB20261121" in refused(desk)
    assert closing.note(desk.book, LI, desk["RB20261121"], "print") == 1
    assert closing.note(desk.book, LI, desk["RB20261121"], "print") == 2


def test_only_who_may(desk: Desk) -> None:
    morning(desk)
    found = closing.look(desk.book, DAY)
    for who in (LI, CASHIER):
        with pytest.raises(DeskError, match="your role"):
            closing.close(desk.book, who, found)


def test_two_at_once(desk: Desk) -> None:
    """Both looked; the second is told who was quicker."""
    morning(desk)
    first, second = closing.look(desk.book, DAY), closing.look(desk.book, DAY)
    closing.close(desk.book, MANAGER, first)
    with pytest.raises(DeskError, match="meanwhile: RB20261121"):
        closing.close(desk.book, BOSS, second)


def test_taken_back_and_closed_again(desk: Desk) -> None:
    """The number stays used; the second close has its own, and one more after a void."""
    morning(desk)
    close(desk)
    desk.step("RB20261121", "undo", MANAGER)
    assert close(desk).number == "RB20261121-2"
    desk.step("RB20261121-2", "void", MANAGER, reason="x")
    assert closing.first(desk.book) == DAY
    assert close(desk).number == "RB20261121-3"


def test_days_in_order_late_and_silent(desk: Desk) -> None:
    """Once begun no day is left out; a day without an entry is named; a late one says how late."""
    for days in (0, 1, 4):
        morning(desk, days)
        desk.order()
    morning(desk, 5)
    days = [date(2026, 11, n) for n in (21, 22, 23, 26)]
    assert closing.unclosed(desk.book)[-4:] == days
    assert closing.first(desk.book) == days[-1]
    close(desk, days[0])
    assert (closing.first(desk.book), closing.unclosed(desk.book)) == (days[1], days[1:])
    assert "2026-11-22 is not closed yet" in refused(desk, days[3])
    late = close(desk, days[1])
    assert (late.late, desk["RB20261122"].fields["days_late"]) == (4, 4)
    close(desk, days[2])
    last = closing.look(desk.book, days[3])
    assert last.silent == (date(2026, 11, 24), date(2026, 11, 25))
    assert last.blocked is None


def test_a_clock_in_doubt(desk: Desk) -> None:
    morning(desk, 3)
    assert "clock is in doubt" in refused(desk)


def test_a_book_that_does_not_verify(desk: Desk) -> None:
    morning(desk)
    conn = sqlite3.connect(desk.book.path)
    conn.execute("DROP TRIGGER journal_ink")
    conn.execute("UPDATE journal SET body = replace(body, '3-2-1502', '3-2-1503') WHERE seq = ?", (desk.head[0],))
    conn.commit()
    conn.close()
    assert closing.look(desk.book, DAY).blocked is not None
    assert "guard journal_ink" in refused(desk)


def test_shifts(desk: Desk) -> None:
    """Not handed over blocks, also when it began days before; what it counted and said is in the day."""
    desk.book.forms["shift"] = parse_form(SHIFT, "shift.toml")
    number = desk.add("shift")
    late = desk.dispatched()
    desk.step(late, "receive_slip", slip="1")
    morning(desk, 2)
    desk.order()
    assert f"shift {number} is not handed over" in refused(desk)
    assert number in refused(desk, DAY + timedelta(days=1))
    desk.step(number, "carry", item=late, why="前单未完")
    short = {"kind": "short", "amount": "20", "means": "cash", "purpose": "x"}
    desk.write(LI, Request("sign_off", {}, None, number), Request("register", short, "cash"))
    desk.add("cash", CASHIER, **(short | {"amount": "5"}))
    desk.step(number, "sign")
    desk.add("shift")
    found = closing.look(desk.book, DAY)
    assert (found.waiting, [one.number for one in found.shifts], found.difference) == ((), [number], -2000)
    assert found.day.unexplained == 0
    close(desk, verdict="question")
    said = desk["RB20261121"].fields
    assert (said["short"], said["difference"], said["shifts"]) == ("20.00", "question", number)
    booked = [closing.look(desk.book, DAY + timedelta(days=n), verify=False).difference for n in range(2)]
    assert booked == [-2000, 0]


def test_what_only_informs(desk: Desk) -> None:
    """Short, cash with a provider, late without a reason: all told, nothing blocks."""
    desk.add("cash", CASHIER, kind="short", amount="20", means="cash", purpose="x")
    one = desk.done()
    desk.step(one, "pay", pay_how="provider", received="80", cash="provider", receipt="0012345")
    late = desk.dispatched()
    desk.step(late, "receive_slip", slip="1")
    morning(desk)
    found = closing.look(desk.book, DAY)
    assert (found.difference, [one.number for one in found.outstanding], found.day.unexplained) == (-2000, [one], 1)
    close(desk)
    assert desk["RB20261121"].fields["difference"] == "question"


def test_a_restored_book_closes_under_its_letter(desk: Desk) -> None:
    from deskapp.book.backup import go_on

    morning(desk)
    go_on(desk.book, BOSS, "x")
    assert close(desk).number == "RB20261121B"
