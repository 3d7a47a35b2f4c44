"""The hand-over record on paper: ten blocks, 80 columns, everything escaped, the head hash as it was signed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

import pytest

from deskapp.book.journal import Request
from deskapp.desk import handover, shifts
from deskapp.errors import DeskError
from deskapp.reports import handover as paper
from deskapp.text import cells
from tests.support import LI, opened
from tests.week import MORNING, ZHOU, Week

HOSTILE = "<script>alert(1)</script> [b]=1+1 \"'& 𠮷𡚸"


@pytest.fixture(scope="module")
def week() -> Iterator[Week]:
    """A shift with everything: relief, a late order, found, missing, short, refused, then taken under objection."""
    with opened(MORNING) as desk:
        found = Week(desk)
        found.open()
        found.work(12, by=LI)
        late = desk.dispatched()
        desk.step(found.shift.number, "relieve", LI, relief="staff-5", until="+15")
        desk.clock.pass_(hours=2)
        found.refuse()
        shift = found.shift
        found.write(LI, *handover.act(shift, handover.carry(shift, late, "earlier_job", "staff-5", HOSTILE)))
        thing = {"room": "3-2-1502", "kind": "parcel", "condition": "good"}
        found.write(LI, Request("register", thing, "mail"),
                    Request("book", {"line": "mail", "origin": "this_shift"}, None, shift.number))  # fmt: skip
        found.count(LI, drawer=Decimal(-20))
        found.write(LI, *handover.sign_off(desk.book, found.shift, HOSTILE * 3))
        found.write(ZHOU, *handover.sign(found.shift, desk.clock(), HOSTILE, "staff-6"))
        found.work(3, by=ZHOU)
        yield found


def test_ten_blocks_in_eighty_columns(week: Week) -> None:
    shift = week.all()[0]
    lines = paper.text(week.desk.book, "汇景中心", shift.number)
    assert all(cells(line) <= 80 for line in lines)
    heads = [line.split()[0] for line in lines if re.match(r" [一二三四五六七八九十] ", line)]
    assert heads == list("一二三四五六七八九十")
    whole = "\n".join(lines)
    for said in ("短款", "盘点补登", "顶岗 周洁", "前单未完", "不接", "孙经理", "交班人签字 李敏", "接班人签字 周洁"):
        assert said in whole, said
    assert "𠮷" in whole


def test_the_hash_is_that_of_the_signature_whenever_it_is_printed(week: Week) -> None:
    """What was written later changes nothing on the paper."""
    shift = week.all()[0]
    signed = handover.told(week.desk.book, shift).ends["sign_disputed"]
    before = paper.text(week.desk.book, "汇景中心", shift.number)
    assert signed.hash in "".join(before).replace(" ", "")
    assert f"第{signed.seq}条" in "".join(before)
    week.work(4, by=ZHOU)
    assert [line for line in paper.text(week.desk.book, "汇景中心", shift.number) if "第" in line][-1] in before


def test_the_page_holds_no_markup_of_anybody(week: Week) -> None:
    said = paper.page(week.desk.book, "汇景<b>中心", week.all()[0].number)
    assert "<script" not in said
    assert "&lt;script&gt;" in said
    assert "<b>" not in said
    assert "𡚸" in said
    assert "http" not in said


def test_a_shift_that_goes_on_can_be_printed_too(week: Week) -> None:
    shift = shifts.on_duty(week.desk.book)
    assert shift is not None
    assert any("现金没有点" in line for line in paper.text(week.desk.book, "汇景中心", shift.number))
    with pytest.raises(DeskError, match="no hand-over record"):
        paper.text(week.desk.book, "汇景中心", "staff-3")


def test_lines_break_within_the_page() -> None:
    for text in ("一" * 200, "a" * 200, "a b " * 80, "", "一a" * 70):
        rows = paper.wrapped(text, 4)
        assert all(cells(row) <= 80 for row in rows)
        assert "".join(row.strip() for row in rows).replace(" ", "") == text.replace(" ", "")
