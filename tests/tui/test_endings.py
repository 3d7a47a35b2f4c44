"""However the whole program ends, what was typed is offered to who typed it; and it ends, with a true code."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deskapp.book import drafts
from deskapp.desk import office as offices
from deskapp.desk.office import Office
from tests.tui.altered import TROUBLE
from tests.tui.conftest import PASSPHRASE
from tests.tui.test_hands import ROOM, Altered, record, right, written
from tests.tui.test_real_terminal import PATIENCE, clean_end

HALF = f"1\n{ROOM}\n51\n马桶修好,地漏还"
"""A diary line that is not finished."""
SAID = "没存完的"


@pytest.fixture
def home(office: Office) -> Path:
    office.book.close()
    return office.home


@pytest.fixture
def half(home: Path) -> Iterator[Callable[..., Altered]]:
    """A desk at which somebody has typed half a line."""
    opened: list[Altered] = []

    def typed(*alterations: str, keys: str = HALF) -> Altered:
        terminal = Altered(home, *alterations)
        opened.append(terminal)
        terminal.sign_in()
        terminal.burst(keys)
        terminal.wait("地漏还")
        return terminal

    yield typed
    for one in opened:
        one.close()


def kept(home: Path, staff: str = "staff-3") -> list[str]:
    """What is on the disk for somebody."""
    office = offices.open_office(home)
    try:
        return [one.body for one in drafts.of(office.book, staff)]
    finally:
        office.book.close()


def until_kept(home: Path, words: str, staff: str = "staff-3") -> None:
    """Wait for what was typed to be on the disk."""
    end = time.monotonic() + PATIENCE
    while not any(words in body for body in kept(home, staff)):
        assert time.monotonic() < end, f"{words!r} was never kept"
        time.sleep(0.1)


def offered(home: Path, *, keys: str = "堵\n\n\n\n1\n") -> None:
    """The same person goes on where the cursor stood, saves, and is offered nothing more."""
    terminal = Altered(home)
    try:
        terminal.wait("工号")
        terminal.type(f"3\n{PASSPHRASE}\n")
        terminal.wait(SAID)
        terminal.wait("停在 内容")
        terminal.type("1\n")
        terminal.wait("地漏还")
        terminal.burst(keys)
        terminal.wait("已保存")
        assert terminal.leave() == 0
    finally:
        terminal.close()
    assert written(home)[-1][0].startswith("马桶修好,地漏还堵")
    assert kept(home) == []


def killed(terminal: Altered) -> None:
    os.kill(terminal.pid, signal.SIGKILL)
    assert terminal.ended() == -signal.SIGKILL


@pytest.mark.slow
def test_killed_after_the_last_key_was_kept(half: Callable[..., Altered], home: Path) -> None:
    """Nobody else is offered it; and keeping it paints nothing."""
    terminal = half()
    while terminal.read(0.3):
        pass
    painted = len(terminal.raw)
    until_kept(home, "地漏还")
    killed(terminal)
    assert len(terminal.raw) == painted
    other = Altered(home)
    other.sign_in("5")
    assert SAID not in other.text
    other.leave()
    other.close()
    offered(home)


@pytest.mark.slow
def test_two_people_at_one_desk(half: Callable[..., Altered], home: Path) -> None:
    """One locks, the other goes on, the power fails: each is offered his own."""
    terminal = half()
    terminal.burst("\x0c")
    terminal.wait("已锁屏")
    terminal.burst(f"\x1b[A5\n{PASSPHRASE}\n")
    terminal.wait("0全部功能")
    assert SAID not in terminal.text
    terminal.burst(f"1\n{ROOM}\n51\n楼道灯不亮")
    terminal.wait("楼道灯")
    until_kept(home, "楼道灯", "staff-5")
    killed(terminal)
    (his,), (hers,) = kept(home), kept(home, "staff-5")
    assert "地漏还" in his
    assert "楼道灯" in hers
    offered(home)
    assert kept(home, "staff-5") == [hers]


@pytest.mark.slow
def test_without_autosave_it_is_lost(half: Callable[..., Altered], home: Path) -> None:
    terminal = half("no_autosave")
    time.sleep(1.0)
    killed(terminal)
    assert kept(home) == []


ENDS = {"SIGHUP": 129, "SIGINT": 130, "SIGQUIT": 131, "SIGTERM": 143}


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["SIGTERM", *(pytest.param(n, marks=pytest.mark.slow) for n in ENDS if n != "SIGTERM")]
)
def test_told_to_end(half: Callable[..., Altered], home: Path, name: str) -> None:
    """At the last key."""
    terminal = half("no_autosave")
    os.kill(terminal.pid, getattr(signal, name))
    assert terminal.ended() == ENDS[name]
    if name != "SIGHUP":
        clean_end(terminal)
    assert len(kept(home)) == 1


@pytest.mark.slow
def test_the_system_s_own_end_loses_it(half: Callable[..., Altered], home: Path) -> None:
    terminal = half("no_autosave", "default_signals")
    os.kill(terminal.pid, signal.SIGTERM)
    assert terminal.ended() == -signal.SIGTERM
    assert kept(home) == []
    with pytest.raises(AssertionError):
        clean_end(terminal)


@pytest.mark.slow
def test_the_window_is_closed(half: Callable[..., Altered], home: Path) -> None:
    terminal = half("no_autosave")
    pid, terminal.pid = terminal.pid, 0
    terminal.hang_up()
    end = time.monotonic() + PATIENCE
    while not (done := os.waitpid(pid, os.WNOHANG))[0]:
        assert time.monotonic() < end
        time.sleep(0.01)
    assert os.waitstatus_to_exitcode(done[1]) == 129
    assert len(kept(home)) == 1


@pytest.mark.slow
def test_stopped_and_never_continued(half: Callable[..., Altered], home: Path) -> None:
    terminal = half("no_autosave")
    os.kill(terminal.pid, signal.SIGTSTP)
    os.waitpid(terminal.pid, os.WUNTRACED)
    killed(terminal)
    assert len(kept(home)) == 1


@pytest.mark.slow
def test_stopped_and_continued(half: Callable[..., Altered], home: Path) -> None:
    terminal = half()
    os.kill(terminal.pid, signal.SIGTSTP)
    os.waitpid(terminal.pid, os.WUNTRACED)
    os.kill(terminal.pid, signal.SIGCONT)
    terminal.burst("堵\n\n\n\n1\n")
    terminal.wait("已保存")
    assert terminal.leave() == 0
    assert written(home)[-1][0].startswith("马桶修好,地漏还堵")


@pytest.mark.slow
def test_a_crash(half: Callable[..., Altered], home: Path) -> None:
    """Nothing of it is in the last words or in the log."""
    terminal = half("crashes", "no_autosave")
    terminal.burst(TROUBLE)
    assert terminal.ended() == 70
    clean_end(terminal)
    last = terminal.raw[terminal.raw.rindex(b"\x1b[?1049l") :].decode()
    log = (home / "errors.log").read_text(encoding="utf-8")
    assert "地漏" not in last + log
    assert len(kept(home)) == 1


@pytest.mark.slow
@pytest.mark.parametrize("alteration", ["blocks", "blocks_in_sqlite"])
def test_ends_while_the_loop_is_busy(half: Callable[..., Altered], home: Path, alteration: str) -> None:
    """In Python's own time the handler keeps what was typed; elsewhere it was on the disk before."""
    terminal = half(alteration)
    until_kept(home, "地漏还")
    terminal.burst(TROUBLE)
    time.sleep(0.2)
    os.kill(terminal.pid, signal.SIGTERM)
    assert terminal.ended() == 143
    assert len(kept(home)) == 1


@pytest.mark.slow
def test_without_the_second_thread_it_never_ends(half: Callable[..., Altered], home: Path) -> None:
    terminal = half("blocks_in_sqlite", "no_backstop")
    terminal.burst(TROUBLE)
    time.sleep(0.2)
    os.kill(terminal.pid, signal.SIGTERM)
    time.sleep(3.0)
    assert os.waitpid(terminal.pid, os.WNOHANG) == (0, 0)


@pytest.mark.slow
@pytest.mark.parametrize("alteration", ["slow_saves", "saves_then_waits"])
def test_told_to_end_while_it_saves(half: Callable[..., Altered], home: Path, alteration: str) -> None:
    """What is saved is not offered once more, what is not saved is."""
    terminal = half(alteration)
    terminal.burst("堵\n\n\n\n1\n")
    terminal.wait("正在保存")
    os.kill(terminal.pid, signal.SIGTERM)
    assert terminal.ended() == 143
    assert len(written(home)) + len(kept(home)) == 1


@pytest.mark.slow
@pytest.mark.parametrize("run", range(20))
def test_killed_while_it_saves(half: Callable[..., Altered], home: Path, run: int) -> None:
    """At any moment of a save: saved, or offered; never both, never neither."""
    terminal = half()
    until_kept(home, "地漏还")
    terminal.burst("堵\n\n\n\n1\n")
    time.sleep(run * 0.004)
    killed(terminal)
    assert len(written(home)) + len(kept(home)) == 1


@pytest.mark.slow
def test_a_full_disk_is_told_and_typing_goes_on(half: Callable[..., Altered], home: Path) -> None:
    terminal = half("full_disk")
    terminal.wait("没能留底")
    terminal.burst("堵\n\n\n\n1\n")
    terminal.wait("已保存")
    assert terminal.leave() == 0
    assert written(home)[-1][0].startswith("马桶修好,地漏还堵")


@pytest.mark.slow
def test_a_burst_leaves_no_draft(home: Path) -> None:
    terminal = Altered(home)
    terminal.sign_in()
    terminal.burst("".join(map(record, range(10))))
    assert terminal.leave() == 0
    terminal.close()
    assert right(written(home))
    assert kept(home) == []
