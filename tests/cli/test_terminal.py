"""Commands at a real terminal: what is asked there, what is never shown, what fits."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from deskapp.text import cells
from tests.cli.conftest import PASSPHRASE, Run

Typed = Callable[..., tuple[int, str]]


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Typed:
    """`deskapp WORDS` in a terminal of 80 columns; each answer is typed when its question stands there."""
    monkeypatch.delenv("DESKAPP_PASSPHRASE", raising=False)

    def command(*words: str, answers: tuple[tuple[str, str], ...] = ()) -> tuple[int, str]:
        pid, terminal = pty.fork()
        if pid == 0:
            os.execv(sys.executable, [sys.executable, "-m", "deskapp", *words])
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        seen, waiting, end = b"", list(answers), time.monotonic() + 30
        while time.monotonic() < end:
            if waiting and seen.decode(errors="ignore").count(waiting[0][0]) > len(answers) - len(waiting):
                os.write(terminal, waiting.pop(0)[1].encode() + b"\n")
            if not select.select([terminal], [], [], 0.1)[0]:
                continue
            try:
                seen += os.read(terminal, 65536)
            except OSError:
                break
        os.close(terminal)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), seen.decode()

    return command


def test_a_passphrase_is_asked_for_and_not_shown(home, typed: Typed):
    code, seen = typed("add", "room", "code=9", "kind=home", answers=(("口令: ", PASSPHRASE),))

    assert code == 0
    assert seen.split()[-1] == "9"
    assert PASSPHRASE not in seen


@pytest.mark.slow
def test_an_office_is_founded_by_a_passphrase_typed_twice(tmp_path: Path, typed: Typed):
    words = ("init", "--office", "阳光花园", "--desk", "d1", "--manager", "王敏")
    code, seen = typed(*words, answers=((": ", PASSPHRASE), (": ", "another-one-9")))
    assert (code, (tmp_path / "home" / "book.db").exists()) == (1, False)
    assert PASSPHRASE not in seen

    code, seen = typed(*words, answers=((": ", PASSPHRASE), (": ", PASSPHRASE)))
    assert (code, (tmp_path / "home" / "book.db").exists()) == (0, True)
    assert PASSPHRASE not in seen


@pytest.mark.slow
def test_the_end_of_the_file_and_ctrl_c_are_answers_too(home, typed: Typed):
    assert typed("add", "room", "code=9", "kind=home", answers=(("口令: ", "\x04"),))[0] == 1
    assert typed("add", "room", "code=9", "kind=home", answers=(("口令: ", "\x03"),))[0] == 130


@pytest.mark.slow
def test_a_new_passphrase_is_typed_twice(home, run: Run, typed: Typed):
    answers = (("口令: ", PASSPHRASE), ("口令: ", "the first one 9"), (": ", "the first one 9"))

    code, _ = typed("passphrase", "9", answers=answers)

    assert code == 0


@pytest.mark.slow
def test_a_list_fits_the_terminal_and_shows_all_of_it_elsewhere(home, run: Run, typed: Typed, monkeypatch):
    monkeypatch.setenv("DESKAPP_PASSPHRASE", PASSPHRASE)
    number = run("add", "diary", "room=0", "item=45", "source=1", "handling=5", f"content={'很长的话' * 50}").number
    monkeypatch.delenv("DESKAPP_PASSPHRASE")

    for words in (("list", "diary"), ("find", number), ("board",)):
        code, seen = typed(*words)
        assert code == 0
        assert number in seen
        assert max(map(cells, seen.splitlines())) <= 80
    assert "很长的话" * 50 in typed("show", number)[1].replace("\r\n", "")
