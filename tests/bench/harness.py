"""What every bench stands on: rounds taken in turn, medians, and a figure beside its goal."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table."""

    name: str
    value: float
    goal: float
    floor: float = 1.0
    """What the value is divided by; 1 where the goal is the value itself."""
    unit: str = "ms"
    note: str = ""

    @property
    def ratio(self) -> float:
        """How many floors the value is."""
        return self.value / self.floor if self.floor else float("inf")

    @property
    def met(self) -> bool:
        """Whether the goal is met."""
        return self.ratio <= self.goal


def both(work: Callable[[], object]) -> tuple[float, float]:
    """Ms of processor time, which others on the machine do not lengthen much, and ms by the clock."""
    spent, taken = time.process_time_ns(), time.perf_counter_ns()
    work()
    return (time.process_time_ns() - spent) / 1e6, (time.perf_counter_ns() - taken) / 1e6


def cpu(work: Callable[[], object]) -> float:
    """Ms of processor time."""
    return both(work)[0]


def wall(work: Callable[[], object]) -> float:
    """Ms by the clock."""
    taken = time.perf_counter_ns()
    work()
    return (time.perf_counter_ns() - taken) / 1e6


def in_turn(rounds: int, *works: Callable[[], Any]) -> list[list[Any]]:
    """What each measured, round by round: one after the other, so that a busy minute meets all of them."""
    taken: list[list[Any]] = [[] for _ in works]
    for nth in range(rounds):
        order = range(len(works)) if nth % 2 else reversed(range(len(works)))
        for which in order:
            gc.collect()  # nobody pays for what another left
            taken[which].append(works[which]())
    return taken


def against(name: str, goal: float, rounds: int, work: Callable[[], float], floor: Callable[[], float],
            note: str = "", unit: str = "ms") -> Figure:  # fmt: skip
    """A figure from rounds in turn: the medians of both."""
    values, floors = in_turn(rounds, work, floor)
    return Figure(name, median(values), goal, median(floors), unit, note)


def percentile(values: Sequence[float], part: float) -> float:
    """The value that this part of them does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]
