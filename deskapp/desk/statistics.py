"""Figures that people look at: late by hour, arrivals within thirty minutes, return visits (R31, R62-R64)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from deskapp.book import figures
from deskapp.book.database import Book

DAYS = 14
VISITED, AT_THE_DOOR = 60, 40
"""Percent of finished orders that are visited, and of visits at the door (R63, R64, P7.9-8 4.2.14)."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    part: int
    whole: int

    @property
    def percent(self) -> int | None:
        """Rounded down, so that nobody reaches a limit by rounding; None of nothing."""
        return self.part * 100 // self.whole if self.whole else None

    def __add__(self, other: Share) -> Share:
        return Share(self.part + other.part, self.whole + other.whole)


@dataclass(frozen=True, slots=True)
class Statistics:
    """The figures of some business days, by the day on which a record was registered; void records are left out."""

    since: date
    until: date
    late: tuple[int, ...]
    """Clocks that ran out, by hour of the day from 0."""
    arrived: dict[date, Share]
    """Within 30 minutes of taking the slip, or on time for the appointment (R31, P7.9-8 4.2.7)."""
    visited: dict[date, Share]
    """Finished orders with a return visit (R63)."""
    at_the_door: Share
    """Of the visits, those at the door: the manuals do not say of what the 40 percent are (R64)."""
    at_the_door_of_all: Share
    """Of all finished orders."""

    @property
    def days(self) -> list[date]:
        """Every one, also those without an order."""
        return [self.since + timedelta(n) for n in range((self.until - self.since).days + 1)]


def statistics(book: Book, until: date, days: int = DAYS) -> Statistics:
    """The figures of the business days that end with `until`, as they stand now."""
    since = until - timedelta(days - 1)
    span = since.isoformat(), until.isoformat(), book.now()
    conn = book.read
    late = figures.late_by_hour(conn, *span)
    arrived = figures.clocks_by_day(conn, "order", ("arrival", "appointment"), *span)
    visits = figures.marked_by_day(conn, "order", ("done", "closed"), "visited", "visit_mode", "door", *span)
    done, seen, door = (sum(one[n] for one in visits.values()) for n in range(3))
    return Statistics(
        since, until, tuple(late.get(hour, 0) for hour in range(24)),
        {date.fromisoformat(day): Share(kept, kept + over) for day, (kept, over) in arrived.items()},
        {date.fromisoformat(day): Share(marked, every) for day, (every, marked, _) in visits.items()},
        Share(door, seen), Share(door, done),
    )  # fmt: skip
