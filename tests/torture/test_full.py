"""A full disk: refused in words, nothing half written, what was saved stays saved, and work goes on afterwards (P3)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("resource")

ROOT = Path(__file__).parents[2]
BEGIN = f"""
import contextlib, json, resource, sys
sys.path.insert(0, {str(ROOT)!r})
from tests.support import *
from deskapp.book import database
from deskapp.book.backup import backup, restore
from deskapp.book.check import check
from deskapp.errors import Busy, Damaged, DeskError
from deskapp.forms.clocks import Rules

def size(path):
    return path.stat().st_size if path.exists() else 0

@contextlib.contextmanager
def full(most):
    "No file may grow beyond this size."
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

def say(**said):
    print(json.dumps(said, ensure_ascii=False))

def told(error):
    assert not isinstance(error, (Busy, Damaged)), repr(error)
    return str(error)
"""


def run(script: str) -> list[dict[str, object]]:
    """What a script says of itself, a line a thing."""
    done = subprocess.run(
        [sys.executable, "-c", BEGIN + script], capture_output=True, text=True, check=False, timeout=120,
        env={**os.environ, "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def in_words(message: object) -> bool:
    return any(words in str(message) for words in ("the disk is full", "the disk refused"))


@pytest.mark.slow
def test_saves() -> None:
    """Wherever in a save the space ends: refused, the last save stands, reading goes on, then work does."""
    said = run("""
with opened() as desk:
    desk.order()
    log = desk.book.path.with_name("book.db-wal")
    for more in range(0, 60_000, 2900):
        saved = desk.head
        with full(size(log) + more):
            try:
                while True:
                    desk.order(content="\u5b57" * 2000)
                    saved = desk.head
            except DeskError as error:
                say(message=told(error), same=desk.head == saved, read=desk["3-2-1502"].number)
        desk.order()
    say(problems=[str(p) for p in check(desk.book, full=True).problems])
""")
    assert said[-1] == {"problems": []}
    assert len(said) == 22
    for one in said[:-1]:
        assert in_words(one["message"])
        assert one["same"]
        assert one["read"] == "3-2-1502"


@pytest.mark.slow
def test_saved_is_not_called_unsaved() -> None:
    """A save whose copying into the book finds no space is saved all the same, and said to be."""
    said = run("""
database._CHECKPOINT_PAGES = 1
with opened() as desk:
    desk.order()
    with full(size(desk.book.path)):
        for _ in range(5):
            before = desk.head[0]
            try:
                number = desk.order(content="\u5b57" * 3000)
                say(saved=desk.head[0] - before, there=desk[number].state)
            except DeskError as error:
                say(saved=desk.head[0] - before, message=told(error))
    desk.order()
    say(problems=[str(p) for p in check(desk.book, full=True).problems])
""")
    assert said[-1] == {"problems": []}
    assert {"saved": 1, "there": "registered"} in said
    for one in said[:-1]:
        assert one["saved"] == (0 if "message" in one else 1), one


@pytest.mark.slow
def test_load() -> None:
    """A load that does not fit is refused as a whole."""
    said = run("""
from deskapp.book import journal
with opened() as desk:
    desk.order()
    before = desk.head
    with full(size(desk.book.path.with_name("book.db-wal")) + 50_000):
        try:
            journal.load(desk.book, BOSS, "room", [{"code": f"L-{n}"} for n in range(3000)])
        except DeskError as error:
            say(message=told(error), same=desk.head == before)
    journal.load(desk.book, BOSS, "room", [{"code": f"L-{n}"} for n in range(30)])
    say(problems=[str(p) for p in check(desk.book, full=True).problems])
""")
    assert said[-1] == {"problems": []}
    assert in_words(said[0]["message"])
    assert said[0]["same"]


@pytest.mark.slow
@pytest.mark.parametrize("part", [0.0, 0.3, 0.99])
def test_backup(part: float) -> None:
    """A backup that does not fit is refused, and no file is called one."""
    said = run(f"""
with opened() as desk:
    desk.order()
    usb = desk.home / "usb"
    usb.mkdir()
    with full(int({part} * size(desk.book.path))):
        try:
            backup(desk.book, usb)
        except DeskError as error:
            say(message=told(error))
    say(left=[p.name for p in usb.iterdir()])
    target, report = backup(desk.book, usb)
    say(problems=[str(p) for p in report.problems])
    say(left=[p.name for p in usb.iterdir()] == [target.name])
""")
    assert in_words(said[0]["message"])
    assert not [name for name in said[1]["left"] if str(name).endswith(".deskapp.db")]  # type: ignore[attr-defined]
    assert said[2:] == [{"problems": []}, {"left": True}]


@pytest.mark.slow
@pytest.mark.parametrize("part", [0.0, 0.5, 0.95])
def test_restore(part: float) -> None:
    """A restore that does not fit leaves the book in its place."""
    said = run(f"""
with opened() as desk:
    desk.order()
    file, _ = backup(desk.book, desk.home)
    number = desk.order()
    desk.book.close()
    with full(int({part} * size(file))):
        try:
            restore(file, desk.book.path, forms(), Rules(), staff="1", passphrase=PASSPHRASE, reason="x", now=Clock())
        except DeskError as error:
            say(message=told(error))
    desk.reopen()
    say(state=desk[number].state, problems=[str(p) for p in check(desk.book, full=True).problems])
""")
    assert in_words(said[0]["message"])
    assert said[1] == {"state": "registered", "problems": []}


@pytest.mark.slow
@pytest.mark.parametrize("most", [0, 60_000, 200_000])
def test_founding(most: int) -> None:
    """An office that does not fit is not founded, and can be founded afterwards."""
    said = run(f"""
with tempfile.TemporaryDirectory() as folder:
    home = Path(folder, "home")
    with full({most}):
        try:
            offices.found(home, "a", "desk-1", "b", PASSPHRASE, Clock())
        except DeskError as error:
            say(message=str(error))
    say(left=sorted(p.name for p in home.iterdir() if p.name in ("book.db", "config.toml")))
    office = offices.found(home, "a", "desk-1", "b", PASSPHRASE, Clock())
    say(problems=[str(p) for p in check(office.book, full=True).problems])
    office.book.close()
""")
    assert said[0]["message"]
    assert said[1:] == [{"left": []}, {"problems": []}]


@pytest.mark.slow
def test_sign_in() -> None:
    """Nobody signs in without the try being counted; when there is space again everybody does."""
    said = run("""
from deskapp.book.signin import sign_in
with opened() as desk:
    with full(0):
        try:
            sign_in(desk.book, "1", PASSPHRASE)
        except DeskError as error:
            say(message=told(error))
    say(staff=sign_in(desk.book, "1", PASSPHRASE).staff)
""")
    assert in_words(said[0]["message"])
    assert said[1] == {"staff": "staff-1"}
