"""Nothing leaks: not from a program that breaks, not from the lock, not into the terminal's own memory."""

from __future__ import annotations

import os
import re
import signal
import sys
from pathlib import Path

import pytest

from deskapp import paths
from deskapp.book import signin
from deskapp.book.pin import set_pin
from deskapp.desk.office import Office
from tests.tui.conftest import LI_MIN, PASSPHRASE
from tests.tui.test_real_terminal import Terminal, clean_end, home  # noqa: F401 - a fixture

SECRET = "13912345678"
NAME = "郑小满"
PIN = "204817"
ENTER_SCREEN, LEAVE_SCREEN = b"\x1b[?1049h", b"\x1b[?1049l"
DOWN, PAGE_DOWN, F1, F9 = "\x1b[B", "\x1b[6~", "\x1bOP", "\x1b[20~"

SABOTAGE = """
import asyncio, atexit, importlib, os, sys
from deskapp.__main__ import main

module, _, path = os.environ["SABOTAGE"].partition(":")
how = os.environ["HOW"]
target = importlib.import_module(module)
*owners, name = path.split(".")
for owner in owners:
    target = getattr(target, owner)

HELD = []  # until the program has ended, and the screen no longer catches what is printed
atexit.register(HELD.clear)

class Dying:
    def __init__(self, phone): self.phone = phone
    def __del__(self): raise ValueError(self.phone)

def broken(*args, **more):
    customer, phone = "NAME", "SECRET"
    raise KeyError(f"{customer} {phone}")

async def later():
    broken()

real = getattr(target, name)
def patched(*args, **more):
    if not os.path.exists(os.environ["ARMED"]):
        return real(*args, **more)
    if how == "task":
        HELD.append(asyncio.get_running_loop().create_task(later()))
    elif how == "dying":
        HELD.append(Dying("SECRET"))
    else:
        broken(*args)
    return real(*args, **more)
setattr(target, name, patched)
main()
""".replace("SECRET", SECRET).replace("NAME", NAME)

SCREENS = "deskapp.tui.screens"
BREAKS: dict[str, tuple[str, str, str]] = {
    "board": ("", f"{SCREENS}.board:BoardScreen.action_move", DOWN),
    "records": ("12\n", f"{SCREENS}.records:RecordsScreen.command", "1\n"),
    "record": ("3-2-1502\n\n", f"{SCREENS}.record:RecordScreen.action_page", PAGE_DOWN),
    "find": ("曾 3-\n", f"{SCREENS}.find:FindScreen.action_move", DOWN),
    "menu": ("0\n", f"{SCREENS}.menu:MenuScreen.command", "12\n"),
    "help": ("", f"{SCREENS}.help:HelpScreen.compose_body", "00\n"),
    "panel": ("+", f"{SCREENS}.filling:FillScreen.changed", "5"),
    "save": ("1\n3-2-1502\n11\n", "deskapp.book.journal:write", "\x1b0"),
    "correct": ("3-2-1502\n\n", f"{SCREENS}.correct:CorrectScreen.compose_body", "91\n"),
    "reveal": ("3-2-1502\n\n10\n1\n", f"{SCREENS}.reveal:RevealScreen.action_reveal", F9),
    "reveals": ("", f"{SCREENS}.reveals:report", "86\n"),
    "pin": ("85\n", f"{SCREENS}.pin:set_pin", f"{PASSPHRASE}\n918273\n918273\n"),
    "exchange": ("", f"{SCREENS}.exchange:ExchangeScreen._look", "44\n"),
    "lock": ("", f"{SCREENS}.signin:shown", f"82\n{PIN}\n"),
    "reader": ("", "deskapp.tui.input:DeskParser.feed", "x"),
}
"""Screen -> the keys that lead to it, what breaks there, the keys that break it."""
QUICK = ("board", "reader")


class Broken(Terminal):
    """deskapp with one function that raises, a customer's name and number in its message and its variables."""

    PROGRAM = ("-c", SABOTAGE)


@pytest.fixture
def bold(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """李敏 has a PIN."""
    monkeypatch.setattr(signin, "_N", 16)
    set_pin(office.book, LI_MIN, PIN)


def leaked(terminal: Terminal, home: Path) -> list[str]:  # noqa: F811
    """Where the secret can be read: what the terminal got, what lies in the home."""
    found = ["the terminal"] if any(word.encode() in terminal.raw for word in (SECRET, NAME)) else []
    files = [file for file in home.rglob("*") if file.is_file()]
    return found + [file.name for file in files if any(word.encode() in file.read_bytes() for word in (SECRET, NAME))]


def sabotaged(home: Path, what: str, how: str = "raise") -> Broken:  # noqa: F811
    """Signed in, on the screen where it will break, and the keys typed that break it."""
    keys, path, last = BREAKS[what]
    armed = home.with_name("armed")
    terminal = Broken(home=home, SABOTAGE=path, HOW=how, ARMED=str(armed))
    terminal.wait("工号")
    terminal.type(f"3\n{PASSPHRASE}\n")
    terminal.wait("0全部功能")
    terminal.type(keys)
    while terminal.read(0.3):
        pass
    armed.touch()
    terminal.type(last)
    return terminal


@pytest.mark.slow
@pytest.mark.parametrize("what", [pytest.param(one, marks=() if one in QUICK else pytest.mark.slow) for one in BREAKS])
def test_a_program_that_breaks_tells_nothing(bold: None, home: Path, what: str) -> None:  # noqa: F811
    """Calm words, the exit code of a fault, and a log of kinds and lines; nothing of what was on the screen."""
    terminal = sabotaged(home, what)
    assert terminal.ended() == 70
    clean_end(terminal)
    words = terminal.raw[terminal.raw.rindex(LEAVE_SCREEN) :].decode()
    assert "程序自己出错停下了" in words
    for private in ("曾女士", "3-2-1502", "水管", "1380013", PASSPHRASE, PIN):
        assert private not in words
    assert leaked(terminal, home) == []
    assert "KeyError" in (paths.log(home)).read_text("utf-8")
    terminal.close()


@pytest.mark.slow
@pytest.mark.parametrize("how", ["task", "dying"])
def test_what_breaks_beside_the_screen_tells_nothing(bold: None, home: Path, how: str) -> None:  # noqa: F811
    """Python writes the words of such an error to the terminal by itself, at the latest when the program ends."""
    terminal = sabotaged(home, "board", how)
    assert terminal.leave() == 0
    assert leaked(terminal, home) == []
    terminal.close()


@pytest.mark.slow
def test_the_lock_leaves_nothing_in_the_terminal(bold: None, home: Path) -> None:  # noqa: F811
    """Neither on the screen nor in what it scrolls back to, in its clipboard or its title; nor does the end."""
    terminal = Terminal(home=home)
    terminal.wait("工号")
    terminal.type(f"3\n{PASSPHRASE}\n3-2-1502\n\n10\n1\n")
    terminal.wait("138 0013 1234")
    terminal.type("\x0c")
    terminal.wait("已锁屏")
    while terminal.read(0.3):
        pass
    locked = len(terminal.raw)
    for private in ("曾女士", "3-2-1502", "水管", "0013", "1380013"):
        assert private not in terminal.text
    terminal.type(f"乱打{PIN}")
    terminal.wait("请按 Shift")
    os.kill(terminal.pid, signal.SIGTERM)
    assert terminal.ended() == 128 + signal.SIGTERM
    clean_end(terminal)
    raw = terminal.raw.decode()
    for private in ("曾女士", "水管", "0013", PIN):
        assert private not in terminal.raw[locked:].decode()
    assert raw.index("\x1b[?1049h") < raw.index("曾女士")
    assert "曾女士" not in raw[raw.rindex("\x1b[?1049l") :]
    assert not re.search(r"\x1b\](0|1|2|52);", raw)
    assert PASSPHRASE not in raw
    terminal.close()


@pytest.mark.slow
def test_ctrl_x_stays_in_the_program(bold: None, home: Path) -> None:  # noqa: F811
    """OSC 52 would hand what was cut to every program of the terminal."""
    terminal = Terminal(home=home)
    terminal.wait("工号")
    terminal.type(f"3\n{PASSPHRASE}\n")
    terminal.wait("0全部功能")
    terminal.type("郑小满", "\x1b[H", "\x1b[1;2F", "\x18", "\x16", "\x16")
    terminal.wait("郑小满郑小满")
    assert b"\x1b]52" not in terminal.raw
    terminal.close()


class Quick(Terminal):
    """deskapp with seconds for minutes, and an hour more on the clock once a file is there."""

    PROGRAM = (
        "-c",
        """
import os
from deskapp.__main__ import main
from deskapp.tui import idle

real = idle.clock
idle.clock = lambda: real() + 3600 * os.path.exists(os.environ["SLEPT"])
idle.Idle._usual = lambda self: float(os.environ["SECONDS"])
main()
""",
    )


@pytest.mark.slow
def test_nobody_types(home: Path) -> None:  # noqa: F811
    """It locks by itself, and once it is locked nothing more is written."""
    terminal = Quick(home=home, SECONDS="1.5", SLEPT="")
    terminal.wait("工号")
    terminal.type(f"3\n{PASSPHRASE}\n")
    terminal.wait("0全部功能")
    terminal.wait("已锁屏")
    while terminal.read(0.3):
        pass
    assert "曾女士" not in terminal.text
    before = len(terminal.raw)
    terminal.read(1.0)
    assert len(terminal.raw) - before < 300  # the minute may have changed
    terminal.close()


@pytest.mark.slow
def test_stopped_for_long(home: Path) -> None:  # noqa: F811
    """On SIGCONT it is locked before anybody has touched a key."""
    slept = home.with_name("slept")
    terminal = Quick(home=home, SECONDS="180", SLEPT=str(slept))
    terminal.wait("工号")
    terminal.type(f"3\n{PASSPHRASE}\n")
    terminal.wait("0全部功能")
    tasks = Path(f"/proc/{terminal.pid}/task")
    threads = len([*tasks.iterdir()]) if sys.platform == "linux" else 0
    for last in (False, True):
        os.kill(terminal.pid, signal.SIGSTOP)
        os.waitpid(terminal.pid, os.WUNTRACED)
        if last:
            slept.touch()
        terminal.screen.reset()
        os.kill(terminal.pid, signal.SIGCONT)
        terminal.wait("已锁屏" if last else "0全部功能")
    if threads:  # one of them alone reads the keys
        assert len([*tasks.iterdir()]) == threads
    terminal.type(f"{PASSPHRASE}\n")
    terminal.wait("0全部功能")
    terminal.close()
