"""An export that is killed: what has its name is whole, what has not is swept by the next one."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from deskapp import paths
from deskapp.book.check import check
from deskapp.book.desks import HQ
from deskapp.errors import DeskError
from deskapp.exchange import keys
from deskapp.exchange.exporting import export
from deskapp.exchange.keyring import Keyring
from tests import support
from tests.exchange.pair import Pair, nobody
from tests.support import BOSS, Clock, Desk


def kill(pair: Pair, seconds: float, work: Callable[[Desk, Path], object]) -> None:
    """Let a process do something over and over for a while, and kill it."""
    if (pid := os.fork()) == 0:
        try:
            clock = Clock()
            desk = Desk(support._open(pair.desk.home, clock), clock)
            while True:
                work(desk, pair.stick)
        finally:
            os._exit(1)
    time.sleep(seconds)
    os.kill(pid, signal.SIGKILL)
    assert os.WIFSIGNALED(os.waitpid(pid, 0)[1]), "it ended by itself"


def exporting(desk: Desk, stick: Path) -> None:
    desk.order()
    ring = Keyring.open(desk.home)
    export(desk.book, ring, ring.signing(nobody), HQ, stick)


def rotating(desk: Desk, stick: Path) -> None:
    keys.rotate(desk.home, desk.book, BOSS)


def look(pair: Pair, folder: Path) -> None:
    for file in folder.iterdir():
        if file.suffix == ".age":
            man, lines = pair.receive(file)
            assert len(lines) == man.count
        else:
            assert file.suffix == ".part" or file.name == ".lock", file


def killed(pair: Pair, times: int) -> None:
    rng = random.Random()
    for _ in range(times):
        kill(pair, 0.02 + rng.random() * 0.08, exporting)
        for folder in (pair.stick, paths.outbox(pair.desk.home)):
            if folder.exists():
                look(pair, folder)
        for file in pair.stick.glob("*.age"):
            file.unlink()
    (sent,) = pair.send()
    assert [file.name for file in pair.stick.iterdir()] == [sent.path.name]
    assert sorted(file.name for file in paths.outbox(pair.desk.home).iterdir()) == [".lock", sent.path.name]
    assert pair.receive(sent.path)[0].head_hash == pair.desk.head[1]


def test_killed(pair: Pair) -> None:
    killed(pair, 3)


def changes_killed(pair: Pair, times: int) -> None:
    """A whole key is there or it is said what to do; the book is sound and the next change works."""
    rng, folder = random.Random(), paths.keys(pair.desk.home)
    before = sorted(file.name for file in folder.iterdir())
    for _ in range(times):
        kill(pair, 0.02 + rng.random() * 0.08, rotating)
        for file in folder.iterdir():
            assert file.stat().st_mode & 0o777 == 0o600
        ring = Keyring.open(pair.desk.home)
        with suppress(DeskError):  # killed between two names: they are not of one key
            ring.signing(nobody)
        public = keys.rotate(pair.desk.home, pair.desk.book, BOSS)
        assert Keyring.open(pair.desk.home).signing(nobody).public == public
        assert sorted(file.name for file in folder.iterdir()) == before
    assert check(pair.desk.book).problems == ()


def test_changes_killed(pair: Pair) -> None:
    changes_killed(pair, 2)


@pytest.mark.slow
def test_changes_killed_many_times(pair: Pair) -> None:
    changes_killed(pair, 300)


@pytest.mark.slow
def test_killed_many_times(pair: Pair) -> None:
    killed(pair, 300)
