"""Chance, the same every time: how much, which one, at what moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from itertools import accumulate
from random import Random
from typing import TypeVar

T = TypeVar("T")

_BUSY = tuple(accumulate((1, 0, 0, 0, 0, 1, 2, 6, 10, 11, 10, 8, 6, 6, 8, 9, 8, 8, 10, 10, 8, 5, 3, 2)))
"""How much has happened by the end of each hour of the day."""


class Often:
    """Things, and how often each comes."""

    def __init__(self, weights: Mapping[str, int]) -> None:
        self.things = list(weights)
        self.sums = list(accumulate(weights.values()))


class Dice:
    """Draws of one seed."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)

    def some(self, least: int, most: int) -> int:
        """A number from `least` to `most`."""
        return self.rng.randint(least, most)

    def chance(self, of: float) -> bool:
        """Whether it happens, of one."""
        return self.rng.random() < of

    def one(self, of: Sequence[T]) -> T:
        """Any of these."""
        return self.rng.choice(of)

    def often(self, of: Often) -> str:
        """One of these, by how often each comes."""
        return self.rng.choices(of.things, cum_weights=of.sums)[0]

    def moment(self, day: datetime) -> datetime:
        """A moment of the day, in the busy hours more likely."""
        hour = self.rng.choices(range(24), cum_weights=_BUSY)[0]
        return datetime.combine(day.date(), time(hour, self.some(0, 59), self.some(0, 59)), day.tzinfo)

    def minutes(self, after: datetime, least: int, most: int) -> datetime:
        """A moment so many minutes later."""
        return after + timedelta(minutes=self.some(least, most))

    def later(self, after: datetime, hours: tuple[int, int], days: int = 1) -> datetime:
        """A moment between these hours, so many days later."""
        begins = datetime.combine((after + timedelta(days=days)).date(), time(hours[0]), after.tzinfo)
        return begins + timedelta(seconds=self.some(0, (hours[1] - hours[0]) * 3600 - 1))
