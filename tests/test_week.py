"""A week of three shifts a day, with differences, refusals and a night without relief: nothing is lost between two."""

from __future__ import annotations

from decimal import Decimal

import pytest

from deskapp.desk import counting, handover, shifts
from tests.support import opened
from tests.week import MORNING, SHIFT, Week


@pytest.mark.slow
def test_a_week_of_shifts() -> None:
    with opened(MORNING) as desk:
        week = Week(desk)
        week.open()
        for nth in range(21):
            week.work(6)
            desk.clock.now = max(desk.clock.now, MORNING + SHIFT * (nth + 1))
            if nth == 4:
                week.refuse()
                week.account()
                week.work(2)
            if nth == 11:  # a night without relief: sealed, and opened by the next
                owner = week.successor
                week.seal()
                week.desk.clock.pass_(hours=1)
                week.work(1, by=owner)
                week.open(owner)
            elif nth % 5 == 2:
                before = counting.drawer(desk.book)
                week.hand_over(off=1, drawer=Decimal(-20), objection="少20元没说清" if nth > 5 else "")
                assert counting.drawer(desk.book) in (before - 20, before + 20)  # a sale may have come in between
            else:
                week.hand_over()
        week.account()
        shown = week.all()
        assert len(shown) == 22
        assert [one.state for one in shown].count("sealed") == 1
        assert sum("disputed" in one.marks for one in shown) == 3
        third = handover.told(desk.book, shown[2])
        assert third.cash is not None
        assert third.cash["cause"] == "unknown"
        assert third.counts["mail"]["origin"] == "asked"
        assert sum(len(shifts.shifts(desk.book, f"2026-11-{day}")) for day in range(16, 24)) == 22
