"""The desk left alone at its board: what it writes between two minutes, and what it costs."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.bench import office, terminal
from tests.bench.harness import Figure
from tests.bench.keys import signed_in
from tests.bench.terminal import Program

SECONDS = 60


def figures(folder: Path, big: Path) -> Iterator[Figure]:
    """A whole minute beside a bare app, both watched at once; a minute passes within it."""
    home = office.make(folder / "office", office.SMALL).parent  # its clocks have just begun
    with signed_in(home) as desk, terminal.peer("bare") as bare:
        bare.wait("ready to go")
        for one in (desk, bare):
            one.settle(1.0)
        before = [one.cpu() for one in (desk, bare)]
        between, tick = _watched((desk, bare))
        spent, least = (one.cpu() - start for one, start in zip((desk, bare), before, strict=True))
    yield Figure("bytes written between two minutes", between, 0, unit="B")
    yield Figure("bytes a minute writes / cells of the screen", tick, 0.5, terminal.ROWS * terminal.COLUMNS, unit="B")
    yield Figure(f"CPU of {SECONDS} idle seconds / bare app", spent, 1.1, least)


def _watched(programs: Sequence[Program]) -> tuple[int, int]:
    """Bytes of the first program outside the seconds in which the minute turns, and within them."""
    written = {False: 0, True: 0}
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        for one in programs:
            length = len(one.raw)
            one.read(0.25)
            if one is programs[0]:
                near = (time.time() + 2) % 60 < 4
                written[near] += len(one.raw) - length
    return written[False], written[True]
