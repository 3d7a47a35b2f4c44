"""What goes before numbers are shown: an entry a record, one reason for a whole run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from deskapp.desk.reveals import hidden, report, requests
from tests.support import BOSS, LI, Desk, opened


@pytest.fixture
def desk() -> Iterator[Desk]:
    with opened() as found:
        yield found


def test_one_reason_serves_a_run(desk: Desk) -> None:
    """Each record keeps who saw it and why; one without a number needs no entry."""
    with_phone = [desk.order(phone="13800131234"), desk.order(phone="13900131234")]
    without = desk.order()
    entries = desk.write(LI, *requests(desk.book, [*with_phone, without], "通知取件"), act=False)
    assert [entry.rec for entry in entries] == [desk[number].rec for number in with_phone]
    assert {(entry.step, entry.act, entry.data["revealed"], entry.data["reason"]) for entry in entries} == {
        ("reveal", None, "phone", "通知取件")
    }
    assert not any("3800131234" in str(row) for entry in entries for row in desk.row(entry.seq))


def test_who_is_told_of_whose(desk: Desk) -> None:
    """One's own; a manager everybody's, newest first, within the days that were asked for."""
    number = desk.order(phone="13800131234")
    day = desk.clock().date()
    desk.write(LI, *requests(desk.book, [number], "回电"))
    desk.write(BOSS, *requests(desk.book, [number], "核对"))
    desk.clock.pass_(days=2)
    desk.write(LI, *requests(desk.book, [number], "上门"))
    since = day - timedelta(days=31)
    assert [(one.staff, one.reason) for one in report(desk.book, BOSS, since)] == [
        ("staff-3", "上门"), ("staff-1", "核对"), ("staff-3", "回电"),
    ]  # fmt: skip
    assert [one.reason for one in report(desk.book, LI, since)] == ["上门", "回电"]
    assert [one.reason for one in report(desk.book, BOSS, since, day)] == ["核对", "回电"]
    assert [one.reason for one in report(desk.book, BOSS, day + timedelta(days=1))] == ["上门"]
    first = report(desk.book, BOSS, since)[0]
    assert (first.number, first.name, first.fields) == (number, "李敏", "联系电话")


def test_what_is_hidden(desk: Desk) -> None:
    record = desk[desk.order(phone="13800131234", caller="曾女士")]
    assert hidden(desk.book.form("order"), record) == ["phone"]
