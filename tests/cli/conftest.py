"""An office of its own for every test, and `deskapp WORDS` in this process: its code, what it printed, what it said."""

from __future__ import annotations

import io
import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from deskapp import __main__ as start
from deskapp import paths
from deskapp.book import journal, signin
from deskapp.book.session import Session
from deskapp.desk import office as offices
from deskapp.forms.form import ROLES
from deskapp.forms.values import CHINA

PASSPHRASE = "yangguang-2026"
MANAGER = Session("staff-1", "王敏", frozenset(ROLES))
CLERK = "3"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def number(self) -> str:
        """The one line that was printed."""
        assert (self.code, self.out.count("\n")) == (0, 1), self
        return self.out.strip()

    @property
    def items(self) -> list[dict[str, Any]]:
        """The JSON objects that were printed, a line each."""
        assert self.code == 0, self
        return [json.loads(line) for line in self.out.splitlines()]


Run = Callable[..., Ended]


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of an office, made once; its passphrases cost little to try."""
    home = tmp_path_factory.mktemp("founded") / "home"
    cost, signin._N = signin._N, 16
    try:
        book = offices.found(home, "阳光花园", "desk-017", MANAGER.name, PASSPHRASE).book
        rows: dict[str, list[dict[str, object]]] = {
            "staff": [
                {"code": CLERK, "name": "李敏", "reception": True},
                {"code": "4", "name": "钱芳", "cashier": True},
                {"code": "9", "name": "新人", "reception": True},
            ],
            "room": [{"code": code, "kind": "home"} for code in ("3-2-1502", "3-2-1503", "5-302")],
            "provider": [{"code": "21", "name": "王强", "kind": "own", "plumbing": True}],
        }
        for form, given in rows.items():
            journal.load(book, MANAGER, form, given)
        for staff in (CLERK, "4"):
            signin.set_passphrase(book, MANAGER, staff, PASSPHRASE)
        book.close()
    finally:
        signin._N = cost
    # Whatever the year is: nothing is unknown, so what a command says is about the command.
    paths.calendar(home).mkdir()
    for year in (datetime.now(CHINA).year + n for n in range(2)):
        (paths.calendar(home) / f"{year}.toml").write_text('holidays = ["01-01"]\n', "utf-8")
    return home


@pytest.fixture
def home(founded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that office, and its manager at the desk."""
    monkeypatch.setenv("DESKAPP_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("DESKAPP_STAFF", "1")
    return Path(shutil.copytree(founded, tmp_path / "home"))


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """`deskapp WORDS`, with nobody at the keyboard."""

    def command(*words: str, stdin: str = "") -> Ended:
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="ascii") for _ in range(2))
        monkeypatch.setattr(sys, "argv", ["deskapp", *words])
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        monkeypatch.setattr(sys, "stdout", out)
        monkeypatch.setattr(sys, "stderr", err)
        with pytest.raises(SystemExit) as left:
            start.main()
        said = [stream.buffer.getvalue().decode() for stream in (out, err) if stream.flush() is None]
        assert "Traceback" not in said[1]
        return Ended(int(left.value.code or 0), *said)

    return command


@pytest.fixture
def order(home: Path, run: Run) -> str:
    """A registered order; its number."""
    return run(
        "add",
        "order",
        "room=3-2-1502",
        "item=13",
        "content=马桶堵塞",
        "caller=曾丽",
        "phone=13800131234",
        "charge=free",
    ).number


def book_bytes(home: Path) -> dict[str, bytes]:
    """What the book's files hold; a reader may leave an empty log behind."""
    files = (home / name for name in ("book.db", "book.db-wal"))
    return {file.name: held for file in files if file.exists() and (held := file.read_bytes())}
