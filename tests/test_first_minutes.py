"""README's first five minutes, on the real program in a real 80x24 terminal, as a new user would go."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pyte
import pytest

from deskapp.book import view
from deskapp.desk.demo import open_demo
from deskapp.desk.office import open_office
from deskapp.forms.values import CHINA

PATIENCE = 30
ROOT = Path(__file__).parents[1]


class Terminal:
    """A program in a pseudo-terminal, and what its screen shows."""

    def __init__(self, *words: str) -> None:
        self.screen = pyte.Screen(80, 24)
        self.stream = pyte.ByteStream(self.screen)
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            environment = {**os.environ, "TERM": "xterm-256color", "LINES": "24", "COLUMNS": "80"}
            os.chdir(ROOT)
            os.execvpe(sys.executable, [sys.executable, "-m", "deskapp", *words], environment)

    def read(self, seconds: float) -> None:
        """Take in what is written within this time."""
        if select.select([self.fd], [], [], seconds)[0]:
            try:
                self.stream.feed(os.read(self.fd, 65536))
            except OSError:
                time.sleep(seconds)

    @property
    def text(self) -> str:
        """The screen; pyte leaves an empty cell behind each wide character."""
        return "\n".join("".join(self.screen.buffer[y][x].data for x in range(80)) for y in range(24))

    def see(self, *words: str) -> None:
        """Wait until all the words stand on the screen."""
        end = time.monotonic() + PATIENCE
        while not all(word in self.text for word in words):
            assert time.monotonic() < end, f"{words} is not on the screen:\n{self.text}"
            self.read(0.05)

    def type(self, keys: str) -> None:
        """Type, as fast as it goes."""
        os.write(self.fd, keys.replace("\n", "\r").encode())

    def hang_up(self) -> int:
        """Close the window; the exit status."""
        os.close(self.fd)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            done, status = os.waitpid(self.pid, os.WNOHANG)
            if done:
                return status
            time.sleep(0.02)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        pytest.fail("the program outlives its terminal")


@contextmanager
def desk(home: Path, *greeting: str) -> Iterator[Terminal]:
    """The demonstration's desk on the screen: the board, or what it says first."""
    terminal = Terminal("demo", "--home", str(home))
    try:
        terminal.see(*(greeting or ("值班台", "李敏", "==>")))
        yield terminal
    finally:
        terminal.hang_up()


def command(home: Path, *words: str) -> str:
    """A command in a second terminal; what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "deskapp", "--home", str(home), "--as", "3", *words],
        capture_output=True, text=True, check=True, cwd=ROOT,
        env={**os.environ, "DESKAPP_PASSPHRASE": "demo-demo-demo"},
    )  # fmt: skip
    return done.stdout


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal is Unix's")
def test_a_new_user_does_the_days_work_and_finds_it_again(tmp_path: Path) -> None:
    home = tmp_path / "demo"
    open_demo(home).book.close()

    with desk(home) as terminal:
        terminal.type("1\n3-2-1502\n11\n阳台\n\n\n\n2\n")  # a caller, typed ahead of the screen
        terminal.see("转委托单", "阳台")
        terminal.type("1\n\n\n\n21\n\n1\n")
        terminal.see("已保存", "派单")

        terminal.type("3\n\n\n\n\n\n3-2-1502\n\x1b0")  # a delivery of one parcel; Esc 0 is F10
        terminal.see("投递交接条", "实收 1")
        terminal.type("1\n")
        terminal.see("值班台", "已保存 投")
        terminal.type("4\n3-2-1502\n")
        terminal.see("篮中", "签收")
        terminal.type("+\n1\n")
        terminal.see("值班台", "领走")

        terminal.type("5\n3-2-1502\n1\n1\n")
        terminal.see("请对客户说", "现金和贵重物品前台不能代为保管")
        terminal.type("2\n\x1b\x1b")
        terminal.see("值班台")

        terminal.type("zs\n")
        terminal.see("查找", "张")
        terminal.type("\x1b")

        # While the desk is open, a second terminal works on the same book.
        number = command(home, "add", "diary", "room=3-2-1502", "item=11", "content=第二个终端记的").strip()
        assert "第二个终端记的" in command(home, "list", "diary", "--limit", "1")
        folder = tmp_path / "stick"
        folder.mkdir()
        command(home, "backup", str(folder))
        assert len(list(folder.glob("*.db"))) == 1

    with desk(home, "没存完", "停在") as terminal:  # the thing in custody that was refused
        terminal.type("9\n")
        terminal.see("值班台", "李敏", "==>")
        terminal.type("阳台\n")
        terminal.see("查找", "阳台")

    office = open_office(home)
    today = datetime.now(CHINA).date().isoformat()
    orders = view.page(office.book.read, "order", limit=1)
    parcels = view.page(office.book.read, "mail", limit=1)
    custody = view.page(office.book.read, "custody", limit=5)
    assert "阳台" in str(orders[0].fields["content"])
    assert (orders[0].state, orders[0].fields["provider"]) == ("received", "provider-21")
    assert view.record(office.book.read, number).fields["content"] == "第二个终端记的"
    assert (parcels[0].fields["room"], parcels[0].ended) == ("3-2-1502", True)
    assert not [
        one
        for one in custody
        if one.opened.date().isoformat() == today and one.by == "staff-3" and one.fields["thing"] == ""
    ]
    office.book.close()
