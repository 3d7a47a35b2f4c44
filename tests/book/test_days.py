"""Business days in the journal: a record as it stood is the record as it was seen then, whatever came afterwards."""

from __future__ import annotations

import contextlib
import random
from datetime import timedelta

import pytest

from deskapp.book import days, view
from deskapp.book.journal import Request
from deskapp.errors import DeskError
from tests.support import BOSS, LI, NOW, Desk, answers, forms, opened


def wander(desk: Desk, rng: random.Random, form: str, steps: int) -> list[view.Record]:
    """A record's life by chance, with corrections, undos and a void now and then; how it stood after each entry."""
    known = {"room": ["3-2-1502"], "provider": ["provider-21"], "staff": ["staff-3"], "item": ["item-13"]}
    one, number, stood = forms()[form], "", list[view.Record]()

    def write(step: str, given: dict[str, object]) -> None:
        nonlocal number
        with contextlib.suppress(DeskError):
            request = Request(step, given, None, number) if number else Request(step, given, form)
            entries = desk.write(BOSS, request)
            number = number or str(entries[-1].number)
            stood.append(desk[number])

    while not number:
        write("register", answers(one, one.steps["register"], desk.clock.now, rng, lambda name: known.get(name, [])))
    for _ in range(steps):
        desk.clock.pass_(minutes=rng.randrange(1, 200))
        record = desk[number]
        if allowed := one.allowed(record.state, record.marks, BOSS.roles):
            step = rng.choice(allowed)
            write(step.name, answers(one, step, desk.clock.now, rng, lambda name: known.get(name, [])))
        if rng.random() < 0.3:
            write("undo", {})
    return stood


@pytest.mark.parametrize("form", ["order", "mail", "complaint", "cash"])
def test_a_record_as_it_stood(form: str) -> None:
    """The view is looked at after each entry; later the same is read from the journal."""
    with opened() as desk:
        rng = random.Random(form)
        stood = [one for _ in range(4) for one in wander(desk, rng, form, 8)]
        assert len(stood) > 15
        for then in stood:
            assert days.as_of(desk.book.read, desk[then.number], then.seq) == then


def test_each_moment_of_an_order() -> None:
    """Clocks too: what ran, was paused, kept or late at every entry, also after an undo."""
    with opened() as desk:
        number = desk.dispatched()
        moments = [desk[number]]
        for step, minutes, given in (
            ("receive_slip", 5, {"slip": "1"}), ("wait", 3, {"pause_reason": "1", "until": "+60", "agreed": "1"}),
            ("undo", 1, {}), ("arrive", 40, {"told": "1", "late_reason": "1"}),
            ("correct", 2, {"content": "另一句", "reason": "x"}),
            ("void", 1, {"reason": "x"}),
        ):  # fmt: skip
            desk.clock.pass_(minutes=minutes)
            desk.step(number, step, LI if step != "void" else BOSS, **given)
            moments.append(desk[number])
        assert {one.state for one in moments[0].clocks.values()} == {"running"}
        assert moments[-2].clocks["arrival"].state == "late"
        for then in moments:
            assert days.as_of(desk.book.read, desk[number], then.seq) == then
        assert days.as_of(desk.book.read, desk[number], desk[number].rec - 1) is None


def test_days_mixed_by_a_clock_that_jumped() -> None:
    """A morning in 2019 amid the night: every day has its own entries, and none is lost or told twice."""
    with opened() as desk:
        first = desk.order()
        night = desk.clock.now
        desk.clock.now = NOW.replace(year=2019)
        wrong = desk.order()
        desk.clock.now = night + timedelta(hours=6)
        last = desk.order()
        conn = desk.book.read
        told = {day: days.entries(conn, day) for day in days.written(conn, "2000-01-01", "2030-01-01")}
        assert sum(map(len, told.values())) == desk.head[0] + 1
        for number, day in ((first, "2026-11-21"), (wrong, "2019-11-21"), (last, "2026-11-22")):
            assert desk[number].seq in [one.seq for one in told[day]]
            assert (span := days.span(conn, day)) is not None
            assert span.count == len(told[day])
        assert days.written(conn, "2026-11-22", "2026-11-22") == ["2026-11-22"]
        assert days.written(conn, "2026-11-23", "2030-01-01") == []
        assert days.span(conn, "2026-11-23") is None


def test_what_was_open() -> None:
    """An order closed since was open then; one begun since was not; of ten open ones none is missed."""
    with opened() as desk:
        number = desk.done()
        seq = desk.head[0]
        later = desk.order()
        desk.step(number, "sign", signed_by="1")
        desk.step(number, "slip_back")
        assert desk[number].ended
        then = days.open_at(desk.book.read, ["order"], seq)
        assert [one.number for one in then] == [number]
        assert then[0].state == "done"
        now = days.open_at(desk.book.read, ["order"], desk.head[0])
        assert [one.number for one in now] == [later]
