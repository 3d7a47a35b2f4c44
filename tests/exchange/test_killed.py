"""An export that is killed: what has its name is whole, what has not is swept by the next one."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import pytest

from deskapp import paths
from deskapp.exchange.exporting import export
from deskapp.exchange.keyring import HQ, Keyring
from tests import support
from tests.exchange.pair import Pair, nobody
from tests.support import Clock, Desk


def kill(pair: Pair, seconds: float) -> None:
    """Let a process write and export for a while, and kill it."""
    if (pid := os.fork()) == 0:
        try:
            clock = Clock()
            desk = Desk(support._open(pair.desk.home, clock), clock)
            while True:
                desk.order()
                ring = Keyring.open(desk.home)
                export(desk.book, ring, ring.signing(nobody), HQ, pair.stick)
        finally:
            os._exit(1)
    time.sleep(seconds)
    os.kill(pid, signal.SIGKILL)
    assert os.WIFSIGNALED(os.waitpid(pid, 0)[1]), "it ended by itself"


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
        kill(pair, 0.02 + rng.random() * 0.08)
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


@pytest.mark.slow
def test_killed_many_times(pair: Pair) -> None:
    killed(pair, 300)
