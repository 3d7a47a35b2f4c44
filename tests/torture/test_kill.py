"""kill -9 at any moment: what was acknowledged is there, whole, and the view is what the journal says (P1)."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from deskapp.book.check import check
from deskapp.desk.office import open_office
from tests.support import NOW, Clock, opened

WORKS = ("add", "step", "load", "rebuild", "backup")


def killed(home: Path, work: str, after: float) -> list[tuple[int, str]]:
    """Let a child work, kill it; what it had acknowledged."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.torture.worker", str(home), work],
        stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2], env={**os.environ, "PYTHONPATH": "."},
    ) as child:  # fmt: skip
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        time.sleep(after)
        child.send_signal(signal.SIGKILL)
        lines = child.stdout.read().splitlines()
    said = []
    for line in lines:
        with contextlib.suppress(ValueError):  # the last line may be cut short
            _word, seq, number = line.split(" ")
            said.append((int(seq), number))
    return said


def lost(home: Path, said: list[tuple[int, str]]) -> list[str]:
    """What is wrong with the book after a kill: acknowledged things that are gone, and whatever check finds."""
    book = open_office(home, Clock(NOW)).book
    try:
        top = book.read.execute("SELECT max(seq) FROM journal").fetchone()[0]
        gone = [f"entry {seq}" for seq, _ in said if seq > top]
        known = {row[0] for row in book.read.execute("SELECT number FROM records")}
        gone += [number for _, number in said if number not in ("-", "") and number not in known]
        return gone + [str(problem) for problem in check(book, full=True).problems]
    finally:
        book.close()


def torture(home: Path, works: tuple[str, ...], kills: int) -> tuple[int, list[str]]:
    """Kill again and again on one book; how much was acknowledged, and all that went wrong."""
    rng = random.Random(7)
    acknowledged, wrong = 0, []
    for n in range(kills):
        said = killed(home, works[n % len(works)], rng.uniform(0.0, 0.25))
        acknowledged += len(said)
        wrong += lost(home, said)
    return acknowledged, wrong


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The folder of a founded office."""
    with opened(tmp_path) as desk:
        return desk.home


def test_a_killed_desk_loses_nothing_it_acknowledged(home: Path) -> None:
    """Ten kills over every kind of work."""
    acknowledged, wrong = torture(home, WORKS, 10)
    assert not wrong
    assert acknowledged > 20


def test_the_harness_catches_an_early_acknowledgement(home: Path) -> None:
    """The mutant acknowledges before the commit; the first of many kills that hits the gap shows it."""
    rng = random.Random(3)
    for _ in range(60):
        said = killed(home, "mutant", rng.uniform(0.0, 0.1))
        if lost(home, said):
            return
    pytest.fail("sixty kills never hit the mutant")


@pytest.mark.slow
@pytest.mark.parametrize("work", WORKS)
def test_a_hundred_kills(home: Path, work: str) -> None:
    """A hundred kills in each kind of work."""
    _, wrong = torture(home, (work,), 100)
    assert not wrong
