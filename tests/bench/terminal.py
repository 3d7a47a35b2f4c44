"""A program at a pseudo-terminal, seen from outside: when what it paints arrives, and what it costs meanwhile."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

ROOT = Path(__file__).parents[2]
ROWS, COLUMNS = 30, 100
PATIENCE = 60.0
QUIET = 0.06
"""Seconds without output after which a picture is whole."""
UP, DOWN, PAGE_DOWN, ENTER = b"\x1b[A", b"\x1b[B", b"\x1b[6~", b"\r"
_ESCAPE = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_].*?(?:\x07|\x1b\\)|[ -/]*[0-Z\\`-~])", re.DOTALL)


class Program:
    """A started program; it is ended when its block is left."""

    def __init__(self, words: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        self.raw = b""
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        env = {**os.environ, "TERM": "xterm-256color", "PYTHONPATH": str(ROOT), **(environment or {})}
        # What is installed is compiled once; a start that compiles everything anew is nobody's.
        env.pop("PYTHONDONTWRITEBYTECODE", None)
        self.start = time.perf_counter()
        self.pid = os.fork()
        if self.pid == 0:
            os.login_tty(slave)
            os.chdir(ROOT)
            os.execve(sys.executable, [sys.executable, *words], env)
        os.close(slave)
        self.fd = master

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)

    def read(self, seconds: float) -> bool:
        """Take in what comes within so many seconds; whether anything did."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return False
        try:
            self.raw += os.read(self.fd, 1 << 16)
        except OSError as error:
            raise EOFError(f"the program has ended:\n{self.text()[-2000:]}") from error
        return True

    def text(self, since: int = 0) -> str:
        """What was painted, without what only moves and colours."""
        return _ESCAPE.sub(b"", self.raw[since:]).decode(errors="replace")

    def wait(self, words: str, since: int = 0) -> float:
        """Until these words come; seconds since the start."""
        end = time.perf_counter() + PATIENCE
        while words not in self.text(since):
            if time.perf_counter() > end:
                raise TimeoutError(f"{words!r} never came:\n{self.text()[-2000:]}")
            self.read(0.5)
        return time.perf_counter() - self.start

    def settle(self, quiet: float = QUIET) -> float:
        """Until nothing more comes; seconds since the start of the last that came."""
        last = time.perf_counter()
        while self.read(quiet):
            last = time.perf_counter()
        return last - self.start

    def press(self, *keys: bytes) -> None:
        """Type."""
        for key in keys:
            os.write(self.fd, key)

    def answer(self, key: bytes) -> tuple[float, float]:
        """Press a key; ms until the last of the answering picture, and ms of processor time it took."""
        spent, begun = self.cpu(), time.perf_counter() - self.start
        self.press(key)
        if not self.read(1.0):
            raise TimeoutError(f"no answer to {key!r}")
        return (self.settle(0.025) - begun) * 1e3, self.cpu() - spent

    def cpu(self) -> float:
        """Processor time so far in ms."""
        return time.clock_gettime_ns((~self.pid << 3) | 2) / 1e6  # the kernel's clock of another process

    def memory(self, what: str = "VmHWM") -> float:
        """MiB: the peak so far, or what is in use now (VmRSS)."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        return int(status.split(f"{what}:")[1].split()[0]) / 1024


def desk(home: Path) -> Program:
    """The desk of a home folder."""
    return Program(["-m", "deskapp", "--home", str(home), "--lang", "en"])


def peer(name: str, *words: str) -> Program:
    """A program to be measured against."""
    return Program(["-m", f"tests.bench.peers.{name}", *words])
