"""A business day gathered: it agrees with the journal, counted here once more by walking the entries one by one."""

from __future__ import annotations

import json
import random
from collections import Counter
from datetime import date, timedelta

import pytest

from deskapp.book import view
from deskapp.book.journal import Request
from deskapp.desk import day as days
from deskapp.desk.day import Day, drawer_at, gather
from deskapp.desk.statistics import Share, statistics
from deskapp.errors import DeskError
from deskapp.forms import clocks
from tests.support import BOSS, CASHIER, LI, NOW, Desk, answers, forms, opened

WORK = ("diary", "order", "mail", "cash", "key", "complaint")
BEGIN = date(2026, 11, 21)


def busy(desk: Desk, rng: random.Random, hours: int) -> None:
    """Some days' work by chance, in every state and by all means, taken back and voided now and then."""
    numbers: list[str] = []
    known = {"room": ["3-2-1502", "5-302"], "provider": ["provider-21"], "staff": ["staff-3"], "item": ["item-13"]}

    def find(name: str) -> list[str]:
        return known.get(name, [])

    for _ in range(hours * 3):
        desk.clock.pass_(minutes=rng.randrange(5, 35))
        try:
            if not numbers or rng.random() < 0.4:
                form = forms()[rng.choice(WORK)]
                given = answers(form, form.steps["register"], desk.clock.now, rng, find)
                numbers.append(desk.add(form.name, BOSS, **given))
                continue
            number = rng.choice(numbers[-12:])
            record = desk[number]
            form = forms()[record.form]
            if allowed := form.allowed(record.state, record.marks, BOSS.roles):
                step = rng.choice(allowed)
                desk.write(BOSS, Request(step.name, answers(form, step, desk.clock.now, rng, find), None, number))
            if rng.random() < 0.2:
                desk.write(BOSS, Request("undo", {}, None, number))
        except DeskError:
            continue


def counted(desk: Desk, day: str) -> dict[str, object]:
    """The day by its raw lines alone."""
    heads = [json.loads(row[0]) for row in desk.book.read.execute("SELECT head FROM journal ORDER BY seq")]
    until = max((one["seq"] for one in heads if one["day"] == day), default=-1)
    upto = [one for one in heads if one["seq"] <= until]
    undone = {one["undoes"] for one in upto if "undoes" in one}
    mine = [one for one in upto if one["day"] == day]
    standing = [one for one in mine if one["seq"] not in undone and "undoes" not in one]
    fresh = Counter(one["form"] for one in mine if one["seq"] == one["rec"] and one["form"] not in ("form", "journal"))
    open_: dict[int, str] = {}
    for one in upto:
        if one["form"] not in ("form", "journal") and one["step"] not in ("reveal", "passphrase"):
            open_[one["rec"]] = "" if one.get("ended") else one["form"]
    verdicts = Counter(due for one in standing for due in one.get("due", {}).values() if due in ("kept", "late"))
    return {"entries": len(mine), "fresh": fresh, "open": Counter(filter(None, open_.values())), "verdicts": verdicts}


@pytest.mark.parametrize("seed", [1, 2])
def test_it_agrees_with_the_journal(seed: int) -> None:
    """Counts, clocks and what is open; and the days' money adds up to what the drawer should hold."""
    with opened() as desk:
        late = desk.dispatched()
        desk.step(late, "receive_slip", slip="1")
        desk.clock.pass_(minutes=45)
        desk.step(late, "arrive", told="1", late_reason="material")
        busy(desk, random.Random(seed), 60)
        found = [gather(desk.book, BEGIN + timedelta(days=n)) for n in range(4)]
        assert any(one.count(clocks.LATE) for one in found)
        for day in found:
            told = counted(desk, day.day.isoformat())
            assert len(day.entries) == told["entries"]
            fresh = told["fresh"]
            assert isinstance(fresh, Counter)
            for total in day.totals:
                assert total.fresh == fresh[total.form.name]
            standing = Counter(form.name for form, _record in day.open)
            board = {name for name, form in forms().items() if form.board}
            assert isinstance(told["open"], Counter)
            assert standing == Counter({name: n for name, n in told["open"].items() if name in board})
            assert Counter({"kept": day.count(clocks.KEPT), "late": day.count(clocks.LATE)}) == told["verdicts"]
        assert sum(day.money.amounts["drawer"] for day in found) == view.total(desk.book.read, "drawer")
        for day in found:
            if day.entries:
                before = sum(one.money.amounts["drawer"] for one in found if one.day <= day.day)
                assert drawer_at(desk.book, day.head[0]) == before


def test_a_day_stays_as_it_was() -> None:
    """Whatever is written later, the day gathered again is the same but for what was a member's name meanwhile."""
    with opened() as desk:
        busy(desk, random.Random(7), 30)
        then = gather(desk.book, BEGIN)
        busy(desk, random.Random(8), 40)
        again = gather(desk.book, BEGIN)
        assert _figures(then) == _figures(again)
        assert then.head == again.head


def _figures(day: Day) -> object:
    return (
        day.entries, [(one.record.number, one.state, one.due, one.stopped) for one in day.verdicts],
        [(one.form.name, one.fresh, one.ended, one.void, one.open) for one in day.totals], day.money,
        [(one.after.number, one.after.state, one.entries) for one in day.touched],
    )  # fmt: skip


def test_money_by_means_and_receipts() -> None:
    """By means, what a provider still holds, a void receipt, a hole; a correction counts on the day it is made."""
    with opened() as desk:
        one = desk.done()
        desk.step(one, "pay", pay_how="provider", received="80", cash="provider", receipt="0012345")
        for amount, means, receipt in (("100", "code", "0012346"), ("20", "cash", "0012348")):
            cash = desk.add("cash", CASHIER, kind="income", amount=amount, means=means, purpose="x")
            till = "till" if means == "cash" else "none"
            desk.step(cash, "take", CASHIER, tendered=amount, cash=till, receipt=receipt)
        desk.step(cash, "void_receipt", CASHIER, copies="all", reason="x")
        money = gather(desk.book, BEGIN).money
        assert (money.amounts["cash"], money.amounts["code"], money.amounts["provider"]) == (8000, 10000, 8000)
        assert (money.income, money.void, money.holes) == (18000, ["0012348"], ["0012347"])
        desk.clock.pass_(hours=8)
        desk.step(one, "correct", BOSS, received="60", reason="x")
        money = gather(desk.book, BEGIN + timedelta(days=1)).money
        assert (money.amounts["cash"], money.receipts) == (-2000, [])


def test_why_it_was_late() -> None:
    """Said with the step, or nobody was asked; what runs on has no reason yet."""
    with opened() as desk:
        late = desk.dispatched()
        desk.clock.pass_(minutes=2)
        desk.step(late, "receive_slip", slip="1")
        desk.clock.pass_(minutes=45)
        desk.step(late, "arrive", told="1", late_reason="material")
        never = desk.dispatched()
        desk.step(never, "receive_slip", slip="1")
        desk.clock.now = NOW.replace(hour=7, minute=50)
        desk.add("diary", room="0", content="x", item="90")
        day = gather(desk.book, BEGIN)
        [said] = [one for one in day.verdicts if one.state == clocks.LATE]
        assert (said.record.number, said.reason and said.reason[1]) == (late, "material")
        assert said.due is not None
        assert said.stopped == said.due + timedelta(minutes=15)
        [on] = [one for one in day.verdicts if one.state == clocks.RUNNING]
        assert (on.record.number, on.asked, on.reason) == (never, True, None)
        assert day.unexplained == 1


def test_statistics_leave_void_records_out() -> None:
    """Arrived in time and late, an hour's late ones, visits by phone and at the door."""
    with opened() as desk:
        for minutes in (10, 20, 45):
            number = desk.dispatched()
            desk.step(number, "receive_slip", slip="1")
            desk.clock.pass_(minutes=minutes)
            desk.step(number, "arrive", told="1", late_reason="material")
        desk.step(number, "done", result="fixed", as_ordered="same", materials="none")
        good = {"timely": "1", "manners": "1", "quality": "1", "satisfaction": "1"}
        desk.step(number, "visit", BOSS, visit_mode="door", **good)
        lost = desk.dispatched()
        desk.clock.pass_(minutes=30)
        desk.step(lost, "void", BOSS, reason="x")
        figures = statistics(desk.book, BEGIN)
        assert figures.arrived == {BEGIN: Share(2, 3)}
        assert figures.visited == {BEGIN: Share(1, 1)}
        assert (figures.at_the_door.percent, sum(figures.late)) == (100, 1)
        assert figures.late[4] == 1
        assert len(figures.days) == 14
        assert statistics(desk.book, BEGIN - timedelta(days=1)).arrived == {}


def test_nothing_was_written() -> None:
    with opened() as desk:
        desk.order()
        empty = gather(desk.book, date(2026, 11, 1))
        assert (empty.entries, empty.head, empty.left) == ((), (0, ""), 0)
        assert days.moments(desk.book, BEGIN)[0].hour == 8
        assert gather(desk.book, BEGIN).entries[-1].by == LI.staff
