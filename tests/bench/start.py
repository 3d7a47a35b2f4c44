"""A start: the first picture, the field to sign in, the board after the passphrase; what they take of memory."""

from __future__ import annotations

import hashlib
import os
import signal
import sqlite3
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from statistics import median

from deskapp import paths
from tests.bench import office, terminal
from tests.bench.harness import Figure, both, in_turn
from tests.bench.terminal import Program

ROUNDS = 7
ROW, FIELD, TYPED, BOARD, NEXT = "Dispatched", "Staff number", "Staff number   [ 1", "All functions", "Slip"
"""Words that tell pictures apart; `NEXT` stands in a row of the board alone."""
Pair = tuple[float, float]
"""Ms by the clock and ms of processor time."""
SHUNNED = ("typer", "sqlite_utils", "pypinyin", "cryptography")
_LISTING = """import runpy, signal, sys
to = sys.argv.pop(1)
signal.signal(signal.SIGUSR1, lambda *_: open(to, "w").write(" ".join(sys.modules)))
runpy.run_module("deskapp", run_name="__main__")
"""
"""The desk, which tells what it has imported when it is asked."""


def figures(folder: Path, big: Path) -> Iterator[Figure]:
    """In wall time, as a clerk sees it; memory from the kernel."""
    small = office.make(folder / "small", office.SMALL).parent
    firsts, bares, scrypts = in_turn(ROUNDS, lambda: _start(big), _bare, lambda: _scrypt(big))
    (painted, spent), (usable, spent_usable), (board, spent_board), (peak, _) = _medians(firsts)
    (bare, spent_bare), (bare_peak, _) = _medians(bares)
    [(scrypt, spent_scrypt)] = _medians(scrypts)
    for name, taken, spent_on, goal in (
        ("first paint of the public board", painted, spent, 0.15),
        ("sign-in field usable", usable, spent_usable, 1.1),
        ("passphrase to full board, less scrypt", board - scrypt, spent_board - spent_scrypt, 0.3),
    ):
        yield Figure(f"{name} / bare app", taken, goal, bare, note=f"of CPU {spent_on / spent_bare:.2g}")
    yield Figure("peak memory at sign-in / bare app", peak, 1.3, bare_peak, "MiB")
    little = median(_start(small)[3][0] for _ in range(3))
    yield Figure(f"the same with {office.SMALL:,} records / bare app", little, 1.3, bare_peak, "MiB")
    at_board = [_board(home) for home in (big, small)]
    for name, (memory, top) in zip(("", f", {office.SMALL:,} records"), at_board, strict=True):
        yield Figure(f"memory at the board{name} / bare app", memory, 1.3, bare_peak, "MiB",
                     f"peak {top:.0f} MiB with scrypt's 32")  # fmt: skip
    found = _imported(big, folder)
    yield Figure("shunned modules imported at sign-in", len(found), 0, unit="", note=" ".join(found))


def _medians(rounds: Sequence[Sequence[Pair]]) -> list[Pair]:
    """Of each figure, both sides for themselves."""
    return [
        (median(one for one, _ in column), median(other for _, other in column)) for column in zip(*rounds, strict=True)
    ]


def _start(home: Path) -> tuple[Pair, ...]:
    """To the first row, to a typed digit in the field, from the passphrase to the full board; MiB before it."""
    with terminal.desk(home) as desk:
        painted = desk.wait(ROW) * 1e3, desk.cpu()
        desk.press(b"1")  # waits in the terminal until somebody takes it
        usable = desk.wait(TYPED) * 1e3, desk.cpu()
        desk.settle()
        peak = desk.memory()
        desk.press(terminal.ENTER, office.PASSPHRASE.encode())
        desk.settle(0.3)
        since, begun, spent = len(desk.raw), time.perf_counter() - desk.start, desk.cpu()
        desk.press(terminal.ENTER)
        board = (desk.wait(NEXT, since) - begun) * 1e3, desk.cpu() - spent
    return painted, usable, board, (peak, 0)


def _bare() -> tuple[Pair, ...]:
    with terminal.peer("bare") as bare:
        painted = bare.wait("ready to go") * 1e3, bare.cpu()
        bare.settle()
        return painted, (bare.memory(), 0)


def _scrypt(home: Path) -> tuple[Pair, ...]:
    """What the key of a passphrase takes."""
    conn = sqlite3.connect(paths.book(home))
    salt, n, r, p = conn.execute("SELECT salt, n, r, p FROM credentials").fetchone()
    conn.close()
    key = partial(hashlib.scrypt, office.PASSPHRASE.encode(), salt=salt, n=n, r=r, p=p, maxmem=256 * n * r)
    spent, taken = both(key)
    return ((taken, spent),)


def _board(home: Path) -> tuple[float, float]:
    """MiB in use at the board, and the peak up to there: what scrypt took is given back."""
    with terminal.desk(home) as desk:
        desk.wait(FIELD)
        desk.press(b"1", terminal.ENTER, office.PASSPHRASE.encode(), terminal.ENTER)
        desk.wait(BOARD)
        desk.settle(0.5)
        return desk.memory("VmRSS"), desk.memory()


def _imported(home: Path, folder: Path) -> list[str]:
    """Which of the shunned modules stand in memory when the field to sign in is painted."""
    told = folder / "modules"
    with Program(["-c", _LISTING, str(told), "--home", str(home), "--lang", "en"]) as desk:
        desk.wait(FIELD)
        os.kill(desk.pid, signal.SIGUSR1)
        while not told.exists():
            desk.read(0.1)
    return sorted(set(told.read_text(encoding="utf-8").split()) & set(SHUNNED))
