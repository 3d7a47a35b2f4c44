"""kill -9 at any moment: what was acknowledged is there, the book is sound, nothing is half done (P1).

The mutants at the end show that the harness can fail.
"""

from __future__ import annotations

import os
import shutil

import pytest

from deskapp import paths
from deskapp.book.check import check
from deskapp.desk import office as offices
from tests.support import PASSPHRASE, Clock, Desk
from tests.torture.harness import Torture, entries, look_at_backups, look_at_upgrade
from tests.week import Week

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked processes")
MODES = ["add", "step", "act", "load", "rebuild"]


def run(torture: Torture, mode: str, kills: int) -> None:
    n, told, longest = 0, 0, 0.15
    while n < kills or not told:  # else nothing was killed at work
        assert n < kills + 30
        if n % 10 == 0:
            torture.fresh()
        notes = torture.kill(mode, longest)
        # A busy machine: give the work time to get somewhere.
        longest = max(longest * 0.9, 0.15) if notes else min(longest * 1.5, 3.0)
        told += len(notes)
        torture.look(notes)
        n += 1


@pytest.mark.parametrize("mode", MODES)
def test_kill(torture: Torture, mode: str) -> None:
    """A few kills in each kind of work, on a book that goes on from one to the next."""
    run(torture, mode, 4)


@pytest.mark.slow
@pytest.mark.parametrize("mode", MODES)
def test_kill_long(torture: Torture, mode: str) -> None:
    """Sixty of each; five hundred and fifty in all."""
    run(torture, mode, 60)


def run_hand_over(torture: Torture, kills: int) -> None:
    """Killed in start, count or signature: each is done or not done, and two people finish it."""
    for n in range(kills):
        if n % 6 == 0:
            torture.fresh()
        torture.look(torture.kill("hand_over", 1.0))
        if n % 6 in (3, 5):
            clock = Clock()
            desk = Desk(offices.open_office(torture.home, clock), clock)
            week = Week(desk)
            week.finish()
            week.account()
            desk.book.close()


@pytest.mark.slow
def test_kill_hand_over(torture: Torture) -> None:
    """A few times, on a book that goes on from one to the next."""
    run_hand_over(torture, 4)


@pytest.mark.slow
def test_kill_hand_over_long(torture: Torture) -> None:
    """Sixty times."""
    run_hand_over(torture, 60)


def run_backup(torture: Torture, kills: int) -> None:
    for _ in range(kills):
        notes = torture.kill("backup", 0.5)
        torture.look(notes)
        look_at_backups(torture.home, notes)


@pytest.mark.slow
def test_kill_backup(torture: Torture) -> None:
    """What is called a backup is a whole one, at every moment."""
    run_backup(torture, 3)


@pytest.mark.slow
def test_kill_backup_long(torture: Torture) -> None:
    """Fifty times."""
    run_backup(torture, 50)


def run_restore(torture: Torture, kills: int) -> None:
    for _ in range(kills):
        torture.fresh()
        torture.look(torture.kill("restore", 1.2))


@pytest.mark.slow
def test_kill_restore(torture: Torture) -> None:
    """There is a book at every moment: the old one or the restored one."""
    run_restore(torture, 2)


@pytest.mark.slow
def test_kill_restore_long(torture: Torture) -> None:
    """Fifty times."""
    run_restore(torture, 50)


def run_found(torture: Torture, kills: int) -> None:
    for _ in range(kills):
        shutil.rmtree(torture.home)
        notes = torture.kill("found", 0.6)
        if paths.book(torture.home).exists():
            office = offices.open_office(torture.home, Clock())
            assert check(office.book, full=True).problems == ()
        else:
            assert notes == []
            office = offices.found(torture.home, "汇景中心", "desk-017", "陈建国", PASSPHRASE, Clock())
        office.book.close()


@pytest.mark.slow
def test_kill_founding(torture: Torture) -> None:
    """An office is founded whole, or can be founded again."""
    run_found(torture, 2)


@pytest.mark.slow
def test_kill_founding_long(torture: Torture) -> None:
    """Fifty times."""
    run_found(torture, 50)


def upgraded(torture: Torture, mode: str, longest: float) -> None:
    """Kill an upgrade: the book is wholly of the old schema, untouched but for that, or wholly of the new one."""
    torture.fresh()
    before = entries(torture.home)
    torture.kill(mode, longest)
    look_at_upgrade(torture.home, before)


@pytest.mark.slow
def test_kill_upgrade(torture: Torture) -> None:
    """An upgrade is done or not done (P15)."""
    for _ in range(4):
        upgraded(torture, "upgrade", 0.15)


@pytest.mark.slow
def test_kill_upgrade_long(torture: Torture) -> None:
    """A hundred times."""
    for _ in range(100):
        upgraded(torture, "upgrade", 0.15)


# ---------------------------------------------------------------- the harness itself


def torture_until(torture: Torture, mode: str, says: str) -> None:
    """Kill a mutant until the harness notices; it must."""
    for n in range(100):
        longest = 0.1 + n / 40  # a busy machine: later and later, so that it got somewhere
        try:
            if mode.startswith("mutant_upgrades"):
                upgraded(torture, mode, longest + 0.3)
            else:
                torture.look(torture.kill(mode, longest))
        except AssertionError as error:
            assert says in str(error)  # noqa: PT017
            return
    raise AssertionError("a mutant went unnoticed")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mode", "says"),
    [
        ("mutant_acknowledges_before_commit", "lost"),
        ("mutant_loads_row_by_row", "a load in part"),
        ("mutant_upgrades_statement_by_statement", "an upgrade in part"),
    ],
)
def test_mutant(torture: Torture, mode: str, says: str) -> None:
    """A desk that says saved before it is, a load or an upgrade in pieces: each is noticed."""
    torture_until(torture, mode, says)
