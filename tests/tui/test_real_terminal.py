"""The whole program at a pseudo-terminal: starting, typing ahead, foreign bytes, a second screen, ways to end."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from codecs import getincrementaldecoder
from collections.abc import Iterator
from pathlib import Path

import pyte
import pytest

from deskapp.desk.office import Office
from tests.tui.conftest import PASSPHRASE

PATIENCE = 60.0
"""Seconds after which something has gone wrong, even on a busy machine."""


class Terminal:
    """deskapp in a terminal, and what stands on it."""

    PROGRAM: tuple[str, ...] = ("-m", "deskapp")

    def __init__(
        self, *words: str, home: Path, size: tuple[int, int] = (80, 24), charset: str = "utf-8",
        program: tuple[str, ...] = (), **environment: str,
    ) -> None:  # fmt: skip
        self.screen = pyte.Screen(*size)
        self._stream = pyte.Stream(self.screen)
        self._decode = getincrementaldecoder(charset)().decode
        self.charset = charset
        self.raw = b""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            _resize(0, *size)
            os.environ.update({"TERM": "xterm-256color", "DESKAPP_HOME": str(home), **environment})
            os.execv(sys.executable, [sys.executable, *(program or self.PROGRAM), *words])

    def resize(self, columns: int, lines: int) -> None:
        self.screen.resize(lines, columns)
        _resize(self.fd, columns, lines)

    def type(self, *chunks: str | bytes, gap: float = 0.0) -> None:
        for chunk in chunks:
            os.write(self.fd, chunk if isinstance(chunk, bytes) else chunk.replace("\n", "\r").encode(self.charset))
            time.sleep(gap)

    def read(self, seconds: float = 0.0) -> bool:
        """Take in what was written; whether anything was."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            return False
        self.raw += data
        # pyte takes what follows the > or < of a private mode for text.
        self._stream.feed(self._decode(data).replace("\x1b[<u", ""))
        return bool(data)

    @property
    def text(self) -> str:
        # pyte leaves an empty cell after a wide character.
        columns, lines = range(self.screen.columns), range(self.screen.lines)
        return "\n".join("".join(self.screen.buffer[y][x].data for x in columns) for y in lines)

    def wait(self, words: str) -> None:
        """Until these words stand on the screen."""
        end = time.monotonic() + PATIENCE
        while words not in self.text:
            assert time.monotonic() < end, f"{words!r} never came:\n{self.text}"
            self.read(0.05)

    def leave(self) -> int:
        """83 and, where he is on duty, a reason; the exit code."""
        self.type("83\n下班了,没人接\n")
        return self.ended()

    def ended(self) -> int:
        """Wait for the end; the exit code, or minus the signal."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            self.read(0.02)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.pid = 0
                while self.read():
                    pass
                return os.waitstatus_to_exitcode(status)
        raise AssertionError(f"still running:\n{self.text}")

    def close(self) -> None:
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        if self.fd >= 0:
            os.close(self.fd)

    def hang_up(self) -> None:
        """Close the window: the program's terminal is gone."""
        os.close(self.fd)
        self.fd = -1


def _resize(fd: int, columns: int, lines: int) -> None:
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))


@pytest.fixture
def home(office: Office) -> Path:
    office.book.close()
    return office.home


@pytest.fixture
def at(home: Path) -> Iterator[Terminal]:
    """The desk, open and signed in."""
    terminal = Terminal(home=home)
    terminal.wait("工号")
    terminal.type(f"3\n{PASSPHRASE}\n")
    terminal.wait("0全部功能")
    yield terminal
    terminal.close()


def clean_end(terminal: Terminal) -> None:
    """The terminal is as it was: own screen, cursor, no bracketed paste."""
    for reset in (b"\x1b[?1049l", b"\x1b[?25h"):
        assert reset in terminal.raw[terminal.raw.rindex(b"\x1b[?1049h") :]


@pytest.mark.parametrize("delay", [0.0, 0.1, 0.4])
def test_keys_typed_before_the_screen_is_there(home: Path, delay: float) -> None:
    """Number, passphrase and the first command, typed at a program that is only starting."""
    terminal = Terminal(home=home)
    time.sleep(delay)
    terminal.type(f"3\n{PASSPHRASE}\n12\n")
    terminal.wait("顾客委托服务单  汇景中心  李敏")
    terminal.type("\x1b")
    terminal.wait("0全部功能")
    assert terminal.leave() == 0
    clean_end(terminal)
    terminal.close()


@pytest.mark.slow
def test_nothing_typed_ahead_is_echoed(home: Path) -> None:
    """From the first picture on; what is typed before there is a program at all, the terminal shows by itself."""
    terminal = Terminal(home=home)
    terminal.wait("委22-001")
    terminal.type(f"3\n{PASSPHRASE}\n12\n")
    terminal.wait("顾客委托服务单  汇景中心  李敏")
    assert PASSPHRASE.encode() not in terminal.raw
    terminal.close()


@pytest.mark.slow
def test_the_first_picture_is_public_and_plain(home: Path) -> None:
    terminal = Terminal(home=home)
    terminal.wait("委22-001")
    first = terminal.raw[: terminal.raw.index("委22-001".encode())]
    assert b"\x1b[?2026$p" not in first  # Textual is not there yet
    terminal.wait("工号")
    for word in ("李敏", "3-2-1502", "曾女士"):
        assert word not in terminal.raw.decode()
    terminal.close()


@pytest.mark.slow
@pytest.mark.parametrize("gap", [0.0, 0.02, 0.06, 0.13])
def test_esc_and_what_follows_it(at: Terminal, gap: float) -> None:
    """In a form: Esc Esc leaves, at any gap; then a number is a number."""
    at.type("+")
    at.wait("怎么知道")
    at.type("\x1b", "\x1b", "1", "2", "\r", gap=gap)
    at.wait("[1未办结2]")


@pytest.mark.slow
def test_a_function_key_in_two_reads(at: Terminal) -> None:
    at.type("\x1b[1", "3~", gap=0.3)  # F3
    at.wait("在最下面一行打要找的")


@pytest.mark.slow
def test_bytes_that_are_not_utf8(at: Terminal) -> None:
    """A terminal set to GBK types 张: the desk stays, and says that it did not understand."""
    at.type(b"\xd5\xc5\xff\x80")
    at.type("\n")
    at.wait("没找到") if "没找到" in at.text else at.wait("找:")
    at.type("\x1b")
    at.wait("0全部功能")


@pytest.mark.slow
def test_a_paste_is_text(at: Terminal) -> None:
    """Enter and Esc in a paste are no keys."""
    at.type("\x1b[200~曾\r3-\x1b\x1b\x1b[201~")
    at.wait("==> 曾 3-")
    at.type("\n")
    at.wait("委22-002")


@pytest.mark.slow
def test_a_second_screen_is_told_who_has_it(at: Terminal, home: Path) -> None:
    second = Terminal(home=home)
    assert second.ended() == 3
    told = second.raw.decode()
    assert str(at.pid) in told
    clean_end(second)
    second.close()
    assert at.leave() == 0
    third = Terminal(home=home)
    third.wait("工号")
    third.close()


@pytest.mark.slow
def test_a_killed_screen_leaves_no_lock(at: Terminal, home: Path) -> None:
    os.kill(at.pid, signal.SIGKILL)
    assert at.ended() == -signal.SIGKILL
    again = Terminal(home=home)
    again.wait("工号")
    again.close()


@pytest.mark.slow
def test_told_to_end(at: Terminal) -> None:
    os.kill(at.pid, signal.SIGTERM)
    assert at.ended() == 128 + signal.SIGTERM
    clean_end(at)


@pytest.mark.slow
def test_the_window_is_closed(at: Terminal) -> None:
    """Gone at once, and no processor spins on a terminal that is not there."""
    pid = at.pid
    at.hang_up()
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            at.pid = 0
            assert os.waitstatus_to_exitcode(status) in (128 + signal.SIGHUP, -signal.SIGHUP)
            return
        time.sleep(0.02)
    raise AssertionError("still running")


@pytest.mark.slow
def test_the_terminal_goes_without_a_signal(home: Path) -> None:
    """Nobody tells us (a lost line, a program that is not the terminal's own): the empty read does."""
    ours, theirs = pty.openpty()
    _resize(theirs, 80, 24)
    environment = {**os.environ, "TERM": "xterm-256color", "DESKAPP_HOME": str(home)}
    desk = subprocess.Popen(
        [sys.executable, "-m", "deskapp"], stdin=theirs, stdout=theirs, stderr=theirs, env=environment,
        start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    seen = b""
    while "工号".encode() not in seen:
        seen += os.read(ours, 65536)
    os.close(ours)
    assert desk.wait(PATIENCE) == 129


@pytest.mark.slow
def test_suspended_and_continued(at: Terminal) -> None:
    at.type("12")
    at.wait("==> 12")
    os.kill(at.pid, signal.SIGTSTP)
    os.waitpid(at.pid, os.WUNTRACED)
    os.kill(at.pid, signal.SIGCONT)
    at.type("\n")
    at.wait("[1未办结2]")


@pytest.mark.slow
def test_nothing_is_written_while_nobody_types(at: Terminal) -> None:
    at.type("\x1b")
    at.wait("83")
    while at.read(0.5):
        pass
    before = len(at.raw)
    at.read(3.0)
    # The title may have changed its minute, and the minutes left of three lines.
    assert len(at.raw) - before < 700


@pytest.mark.slow
def test_a_broken_book_is_told_in_words(home: Path) -> None:
    (home / "book.db").write_bytes(b"this is not a book" * 100)
    terminal = Terminal(home=home)
    assert terminal.ended() == 4
    assert "Traceback" not in terminal.raw.decode()
    clean_end(terminal)
    terminal.close()


@pytest.mark.slow
def test_the_first_run_asks_four_questions(tmp_path: Path) -> None:
    home = tmp_path / "new"
    terminal = Terminal(home=home)
    for question, answer in (
        ("名称", "汇景中心"), ("代号", "desk-017"), ("姓名", "陈建国"), ("口令", PASSPHRASE),
        ("再输一遍", "something else"), ("不一样", PASSPHRASE), ("再输一遍", PASSPHRASE),
    ):  # fmt: skip
        terminal.wait(question)
        terminal.screen.reset()
        terminal.type(f"{answer}\n")
    terminal.wait("工号")
    terminal.type(f"1\n{PASSPHRASE}\n")
    terminal.wait("汇景中心  陈建国")
    assert PASSPHRASE.encode() not in terminal.raw
    assert terminal.leave() == 0
    terminal.close()


def test_without_a_terminal(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "deskapp"], env={**os.environ, "DESKAPP_HOME": str(home)}, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "终端" in done.stderr
