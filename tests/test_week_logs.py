"""Seven daily logs of a week of shifts agree with the journal, and with what each hand-over counted."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest

from deskapp.book import entry as ink
from deskapp.book import view
from deskapp.desk import closing, counting
from deskapp.desk.day import gather
from deskapp.errors import DeskError
from deskapp.forms import clocks
from tests.support import MANAGER, opened
from tests.week import MORNING, SHIFT, Week


def test_seven_days() -> None:
    """Differences, refusals, a night without relief: each day is closed once its shifts are handed over, not before."""
    with opened(MORNING) as desk:
        week, book = Week(desk, seed=3), desk.book
        week.open()
        logs = {}
        for nth in range(21):
            week.work(6)
            desk.clock.now = max(desk.clock.now, MORNING + SHIFT * (nth + 1))
            day = date(2026, 11, 16) + timedelta(days=nth // 3)
            if nth % 3 == 2:
                with pytest.raises(DeskError, match="not handed over"):
                    closing.close(book, MANAGER, closing.look(book, day, verify=False))
            if nth == 4:
                week.refuse()
            if nth == 11:
                owner = week.successor
                week.seal()
                week.open(owner)
            elif nth % 5 == 2:
                week.hand_over(off=1, drawer=Decimal(-20))
            else:
                week.hand_over()
            if nth % 3 == 2:
                looked = closing.look(book, day)
                closing.close(book, MANAGER, looked)
                logs[day] = (looked, gather(book, day))
        entries = list(ink.between(book.read, book.journal, -1))
        booked = 0
        heads = Counter(entry.day for entry in entries)
        for day, (looked, then) in logs.items():
            again = gather(book, day)
            assert again.head == then.head
            assert len(again.entries) == heads[day.isoformat()]
            said = desk[looked.number].fields
            assert said["head_hash"] == next(one.hash for one in entries if one.seq == said["head"])
            booked += looked.difference
            assert (then.count(clocks.KEPT), then.count(clocks.LATE)) == (
                again.count(clocks.KEPT),
                again.count(clocks.LATE),
            )
        assert len(logs) == 7
        drawn = sum(gather(book, date.fromisoformat(day)).money.amounts["drawer"] for day in heads)
        assert Decimal(drawn) / 100 == counting.drawer(book)
        every = [one for kind in ("over", "short") for one in view.page(book.read, "cash", where={"kind": kind})]
        signs = {"over": 100, "short": -100}
        assert booked == sum(Decimal(str(one.fields["amount"])) * signs[str(one.fields["kind"])] for one in every)
        assert [day.day for day, _ in sorted(logs.items()) if logs[day][0].difference] == [16, 17, 18, 20, 21]
        assert all(looked.late == 0 and not looked.silent for looked, _ in logs.values())
