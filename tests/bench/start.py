"""A start: the first picture, the field to sign in, the board after the passphrase; what they take of memory."""

from __future__ import annotations

import hashlib
import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from deskapp import paths
from tests.bench import office, terminal
from tests.bench.harness import Figure, in_turn
from tests.bench.terminal import Program

ROUNDS = 7
ROW, FIELD, TYPED, BOARD = "Dispatched", "Staff number", "Staff number   [ 1", "All functions"
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
    painted, usable, board, peak = (median(column) for column in zip(*firsts, strict=True))
    bare, bare_peak = (median(column) for column in zip(*bares, strict=True))
    scrypt = median(scrypts)
    yield Figure("first paint of the public board / bare app", painted, 0.15, bare)
    yield Figure("sign-in field usable / bare app", usable, 1.1, bare)
    yield Figure(
        "passphrase to board, less scrypt / bare app", board - scrypt, 0.3, bare, note=f"scrypt {scrypt:.0f} ms"
    )
    yield Figure("peak memory at sign-in / bare app", peak, 1.3, bare_peak, "MiB")
    little = median(_start(small)[3] for _ in range(3))
    yield Figure(f"the same with {office.SMALL:,} records / bare app", little, 1.3, bare_peak, "MiB")
    at_board = [_board(home) for home in (big, small)]
    for name, (memory, top) in zip(("", f", {office.SMALL:,} records"), at_board, strict=True):
        yield Figure(f"memory at the board{name} / bare app", memory, 1.3, bare_peak, "MiB",
                     f"peak {top:.0f} MiB with scrypt's 32")  # fmt: skip
    found = _imported(big, folder)
    yield Figure("shunned modules imported at sign-in", len(found), 0, unit="", note=" ".join(found))


def _start(home: Path) -> tuple[float, float, float, float]:
    """Ms to the first row, to a typed digit in the field, from the passphrase to the board; MiB before it."""
    with terminal.desk(home) as desk:
        painted = desk.wait(ROW)
        desk.press(b"1")  # waits in the terminal until somebody takes it
        usable = desk.wait(TYPED)
        desk.settle()
        peak = desk.memory()
        desk.press(terminal.ENTER, office.PASSPHRASE.encode())
        desk.settle(0.3)
        since, begun = len(desk.raw), time.perf_counter() - desk.start
        desk.press(terminal.ENTER)
        board = desk.wait(BOARD, since) - begun
    return painted * 1e3, usable * 1e3, board * 1e3, peak


def _bare() -> tuple[float, float]:
    with terminal.peer("bare") as bare:
        painted = bare.wait("ready to go")
        bare.settle()
        return painted * 1e3, bare.memory()


def _scrypt(home: Path) -> float:
    """What the key of a passphrase takes, in ms."""
    conn = sqlite3.connect(paths.book(home))
    salt, n, r, p = conn.execute("SELECT salt, n, r, p FROM credentials").fetchone()
    conn.close()
    begun = time.perf_counter()
    hashlib.scrypt(office.PASSPHRASE.encode(), salt=salt, n=n, r=r, p=p, maxmem=256 * n * r)
    return (time.perf_counter() - begun) * 1e3


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
