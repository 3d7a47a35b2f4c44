"""When a promise is due: limits, office hours over weekends and holidays, business days."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp.forms.clocks import (
    Hours,
    Rules,
    due_after,
    due_again,
    read_left,
    read_limit,
    time_left,
    write_left,
)
from deskapp.forms.values import CHINA

# The National Day week of 2026, with the Sunday and the Saturday that are worked for it.
OCTOBER = Hours(
    holidays=frozenset(date(2026, 10, day) for day in range(1, 8)),
    workdays=frozenset({date(2026, 9, 20), date(2026, 10, 10)}),
)


def at(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("limit", "start", "due"),
    [
        ("30 min", at(11, 22, 3, 15), at(11, 22, 3, 45)),
        ("24 h", at(11, 22, 3, 15), at(11, 23, 3, 15)),
        ("3 days", at(2, 27, 10), at(3, 2, 10)),
        # office hours 9 to 18: a Sunday night's promise begins on Monday morning
        ("8 working hours", at(11, 22, 3, 15), at(11, 23, 17)),
        ("1 working hours", at(11, 20, 17, 30), at(11, 23, 9, 30)),
        ("1 working hours", at(11, 20, 17), at(11, 20, 18)),
        ("9 working hours", at(11, 20, 9), at(11, 20, 18)),
        ("1 working days", at(11, 20, 12), at(11, 23, 12)),
        ("7 working days", at(11, 16, 9), at(11, 24, 18)),
        # R115 over the holidays: 30 Sep, 8, 9 and the worked Saturday 10, then 12, 13, 14
        ("7 working days", at(9, 30, 9), at(10, 14, 18)),
        ("1 working days", at(9, 19, 20), at(9, 20, 18)),
        ("1 working hours", at(9, 30, 17, 30), at(10, 8, 9, 30)),
    ],
)
def test_due(limit: str, start: datetime, due: datetime) -> None:
    """Minutes, hours and days run through; working ones only while the office is open (R114, R115)."""
    assert due_after(limit, start, OCTOBER) == due


@pytest.mark.parametrize(
    "text", ["", "30", "0 min", "-1 h", "30 mins", " 30 min", "1.5 h", "100000 min", "30 min\n", "pickup"]
)
def test_no_limit(text: str) -> None:
    """Anything else is no limit."""
    with pytest.raises(ValueError, match=r"^") as caught:
        read_limit(text)
    assert text in str(caught.value)


HOURS = st.builds(
    Hours,
    opens=st.times(time(0), time(11)).map(lambda t: t.replace(microsecond=0)),
    closes=st.times(time(12), time(23, 59)).map(lambda t: t.replace(microsecond=0)),
    holidays=st.frozensets(st.dates(date(2026, 9, 1), date(2026, 10, 31)), max_size=10),
    workdays=st.frozensets(st.dates(date(2026, 9, 1), date(2026, 10, 31)), max_size=5),
)
STARTS = st.datetimes(datetime(2026, 9, 1), datetime(2026, 10, 31), timezones=st.just(CHINA))  # noqa: DTZ001
SPANS = st.timedeltas(timedelta(seconds=1), timedelta(hours=100))


@given(hours=HOURS, start=STARTS, span=SPANS)
def test_between_undoes_add(hours: Hours, start: datetime, span: timedelta) -> None:
    """What was added in office time lies between, and it ends while the office is open."""
    end = hours.add(start, span)
    assert hours.between(start, end) == span
    assert hours.works(end.date())
    assert hours.opens < end.time() <= hours.closes


@given(hours=HOURS, start=STARTS, first=SPANS, second=SPANS)
def test_add_in_parts(hours: Hours, start: datetime, first: timedelta, second: timedelta) -> None:
    """A pause of no length changes nothing: two parts added one after the other are the whole."""
    assert hours.add(hours.add(start, first), second) == hours.add(start, first + second)


@given(
    limit=st.sampled_from(["30 min", "24 h", "3 days", "8 working hours", "2 working days"]),
    start=STARTS,
    used=st.floats(0, 0.99),
    pause=st.timedeltas(timedelta(), timedelta(days=9)),
)
def test_pause_keeps_what_was_left(limit: str, start: datetime, used: float, pause: timedelta) -> None:
    """What was left at the pause is left at the resume, whatever lay between (design: clocks)."""
    due = due_after(limit, start, OCTOBER)
    stop = start + (due - start) * used
    left = time_left(limit, stop, due, OCTOBER)
    again = due_again(limit, stop + pause, left, OCTOBER)
    assert time_left(limit, stop + pause, again, OCTOBER) == left


def test_pause_when_late() -> None:
    """What was late at the pause is as late at the resume."""
    left = time_left("8 working hours", at(11, 23, 12), at(11, 23, 10), OCTOBER)
    assert left == timedelta(hours=-2)
    assert due_again("8 working hours", at(11, 28, 12), left, OCTOBER) == at(11, 28, 10)


@given(st.integers(-(10**7), 10**7))
def test_left_is_written(seconds: int) -> None:
    """Time left reads back as it was written."""
    left = timedelta(seconds=seconds)
    assert read_left(write_left(left)) == left


@pytest.mark.parametrize("text", ["", "PT", "PT1M", "P1D", "PT5S\n", "--PT5S", "PT-5S"])
def test_left_is_refused(text: str) -> None:
    """Anything else is no time left."""
    with pytest.raises(ValueError, match=r"^"):
        read_left(text)


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (at(11, 22, 2), date(2026, 11, 21)),
        (at(11, 22, 7, 59), date(2026, 11, 21)),
        (at(11, 22, 8), date(2026, 11, 22)),
        (at(11, 22, 23, 59), date(2026, 11, 22)),
        (at(1, 1, 0), date(2025, 12, 31)),
    ],
)
def test_business_day(now: datetime, day: date) -> None:
    """Two in the night belongs to the shift that began in the evening (design decision 6), in any zone."""
    assert Rules().business_day(now) == day
    assert Rules().business_day(now.astimezone()) == day
    assert Rules(day_starts=time(0)).business_day(now) == now.date()
