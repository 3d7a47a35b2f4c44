"""Clocks: when a promise is due, with pauses, office hours and working days."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from deskapp.forms.values import CHINA

_LIMIT = re.compile(r"([1-9][0-9]{0,4}) (min|h|days|working hours|working days)\Z")
RUNNING, PAUSED, KEPT, LATE, DROPPED = "running", "paused", "kept", "late", "dropped"


@dataclass(frozen=True, slots=True)
class Hours:
    """Office hours, and the days that differ from the ordinary week."""

    opens: time = time(9)
    closes: time = time(18)
    holidays: Container[date] = frozenset()
    workdays: Container[date] = frozenset()

    def works(self, day: date) -> bool:
        """Whether the office works on that day."""
        return day in self.workdays or (day.weekday() < 5 and day not in self.holidays)

    def add(self, start: datetime, span: timedelta) -> datetime:
        """The moment when this much office time has passed since `start`."""
        here = start.astimezone(CHINA)
        day, left = here.date(), span
        for _ in range(4000):
            if self.works(day):
                opens, closes = (datetime.combine(day, edge, CHINA) for edge in (self.opens, self.closes))
                begin = max(here, opens)
                if begin < closes:
                    if left <= closes - begin:
                        return begin + left
                    left -= closes - begin
            day += timedelta(days=1)
        return datetime.combine(day, self.closes, CHINA)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How much office time lies between two moments."""
        total, day = timedelta(), start.astimezone(CHINA).date()
        while day <= end.astimezone(CHINA).date():
            if self.works(day):
                opens, closes = (datetime.combine(day, edge, CHINA) for edge in (self.opens, self.closes))
                total += max(min(end, closes) - max(start, opens), timedelta())
            day += timedelta(days=1)
        return total

    @property
    def day(self) -> timedelta:
        """The length of a working day."""
        return datetime.combine(date.min, self.closes) - datetime.combine(date.min, self.opens)


@dataclass(frozen=True, slots=True)
class Rules:
    """The office's settings that entries are decided by."""

    day_starts: time = time(8)
    limits: Mapping[str, str] = field(default_factory=dict)
    """What the office set in place of limits of the forms, by the clock's `setting`."""
    hours: Hours = Hours()
    kind: str = "housing"

    def limit(self, own: str | None, setting: str | None) -> str | None:
        """A clock's limit: what the office set, or the form's own."""
        return self.limits.get(setting, own) if setting else own

    def business_day(self, moment: datetime) -> date:
        """The business day of a moment: 02:00 belongs to the day that began the evening before."""
        here = moment.astimezone(CHINA)
        return here.date() - timedelta(days=here.time() < self.day_starts)


@dataclass(frozen=True, slots=True)
class ClockState:
    """Where a clock of a record stands."""

    state: str
    """running, paused, kept, late or dropped."""
    due: datetime | None = None
    left: timedelta | None = None
    started: datetime | None = None
    stopped: datetime | None = None


def read_limit(text: str) -> tuple[int, str]:
    """A limit such as `30 min` as (count, unit); raises ValueError."""
    if not (found := _LIMIT.match(text)):
        raise ValueError(text)
    return int(found[1]), found[2]


def _span(count: int, unit: str, hours: Hours) -> timedelta:
    match unit:
        case "min":
            return timedelta(minutes=count)
        case "days":
            return timedelta(days=count)
        case "working days":
            return hours.day * count
        case _:
            return timedelta(hours=count)


def due_after(limit: str, start: datetime, hours: Hours) -> datetime:
    """When a limit that starts now is due."""
    count, unit = read_limit(limit)
    span = _span(count, unit, hours)
    return hours.add(start, span) if unit.startswith("working") else start + span


def time_left(limit: str | None, now: datetime, due: datetime, hours: Hours) -> timedelta:
    """What is left at a pause; negative when already late. Office time for working limits."""
    if limit and read_limit(limit)[1].startswith("working") and due > now:
        return hours.between(now, due)
    return due - now


def due_again(limit: str | None, now: datetime, left: timedelta, hours: Hours) -> datetime:
    """When a clock resumed now is due."""
    if limit and read_limit(limit)[1].startswith("working") and left > timedelta():
        return hours.add(now, left)
    return now + left


def write_left(left: timedelta) -> str:
    """Time left as an ISO 8601 duration in seconds, as a paused clock stands in an entry."""
    seconds = round(left.total_seconds())
    return f"PT{seconds}S" if seconds >= 0 else f"-PT{-seconds}S"


def read_left(text: str) -> timedelta:
    """The inverse of `write_left`; raises ValueError."""
    if not (found := re.match(r"(-?)PT([0-9]+)S\Z", text)):
        raise ValueError(text)
    return timedelta(seconds=int(found[2]) * (-1 if found[1] else 1))
