"""Seven days go to head office on a stick that is once lost: its daily logs are the desk's, its journal too."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from deskapp.book import entry as ink
from deskapp.book.check import check
from deskapp.desk import closing
from deskapp.desk.day import Day, gather
from deskapp.exchange import dayclose, stick
from tests.exchange.pair import Pair, opened
from tests.support import MANAGER, NOW
from tests.week import SHIFT, Week

MORNING = NOW.replace(hour=8, minute=0) + timedelta(days=1)
LOST, SEALED, REFUSED = 3, 13, 4


def _carried(pair: Pair, *, lost: bool) -> None:
    """The stick goes to head office, unless it is lost on the way, and comes back with what it has to say."""
    if lost:
        for file in pair.stick.iterdir():
            file.unlink()
        return
    hq, desk = pair.hq, pair.desk
    taken = stick.take(hq.book, hq.home, pair.stick, lambda _entries: None)
    assert {one.outcome for one in taken} <= {"APPLIED", "DUPLICATE"}
    stick.send(hq.book, hq.home, pair.stick, "", lambda _entries: None, lambda _stage: None)
    stick.take(desk.book, desk.home, pair.stick, lambda _entries: None)


def _figures(day: Day) -> tuple[object, ...]:
    """What both sides must agree upon."""
    return day.head, len(day.entries), day.money.amounts


@pytest.mark.slow
def test_a_week_with_a_lost_stick() -> None:
    """A refusal, differences, a night without relief, a stick that never arrives: nothing is missing at the end."""
    with opened() as pair:
        desk, hq = pair.desk, pair.hq
        desk.clock.now = hq.clock.now = MORNING
        week, closed = Week(desk, seed=5), []
        week.open()
        for nth in range(21):
            week.work(5)
            desk.clock.now = hq.clock.now = max(desk.clock.now, MORNING + SHIFT * (nth + 1))
            if nth == REFUSED:
                week.refuse()
            if nth == SEALED:
                owner = week.successor
                week.seal()
                week.open(owner)
            else:
                week.hand_over(off=int(nth % 6 == 1), drawer=Decimal(-20 * (nth % 5 == 2)))
            if nth % 3 < 2:
                continue
            day = MORNING.date() + timedelta(days=nth // 3)
            record, _entries = closing.close(desk.book, MANAGER, closing.look(desk.book, day))
            outcome = dayclose.Outcome(record)
            dayclose.send(desk.office, MANAGER, outcome, pair.stick)
            assert outcome.trouble is None
            _carried(pair, lost=nth // 3 == LOST)
            closed.append((day, record.number))
        week.account()
        stick.send(desk.book, desk.home, pair.stick, "", lambda _entries: None, lambda _stage: None)
        _carried(pair, lost=False)

        assert len(closed) == 7
        for day, number in closed:
            there = closing.closed(hq.book, day, "desk-017")
            assert there is not None
            assert there.number == f"desk-017/{number}"
            assert _figures(gather(hq.book, day, "desk-017")) == _figures(gather(desk.book, day))
        assert _journal(pair) == [(one.seq, one.hash) for one in ink.between(desk.book.read, desk.book.journal, -1)]
        assert check(hq.book, full=True).problems == ()


def _journal(pair: Pair) -> list[tuple[int, str]]:
    """The desk's journal as head office has it, as far as the desk's last bundle went."""
    book = pair.hq.book
    (theirs,) = [row[0] for row in book.read.execute("SELECT id FROM journals WHERE desk = 'desk-017'")]
    return [(one.seq, one.hash) for one in ink.between(book.read, theirs, -1)]
