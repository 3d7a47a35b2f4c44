"""kill -9 at any moment: what was acknowledged is there, the book is sound, nothing is half done (P1).

The mutants at the end show that the harness can fail.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from deskapp import paths
from deskapp.book import schema
from deskapp.book.check import check
from deskapp.book.database import Book
from deskapp.desk import office as offices
from deskapp.forms.clocks import Rules
from tests import support
from tests.support import PASSPHRASE, Clock

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked processes")
ROWS = 25
CALL = 3


class Torture:
    """Kills workers, and looks at what they leave."""

    def __init__(self, child: subprocess.Popen[str], folder: Path) -> None:
        self.child, self.folder, self.rng = child, folder, random.Random()
        self.home = folder / "home"
        self.kills = 0

    def fresh(self) -> None:
        """A new copy of the office."""
        shutil.rmtree(self.home, ignore_errors=True)
        shutil.copytree(support.founded(), self.home)

    def kill(self, mode: str, longest: float) -> list[dict[str, object]]:
        """Let a worker work for a random while, kill it, and return what it was acknowledged."""
        self.kills += 1
        notes = self.folder / f"notes-{self.kills}"
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        self.child.stdin.write(f"{mode} {self.home} {notes}\n")
        self.child.stdin.flush()
        pid = int(self.child.stdout.readline())
        time.sleep(0.01 + self.rng.random() * longest)
        os.kill(pid, signal.SIGKILL)
        with suppress(ProcessLookupError):
            while True:
                os.kill(pid, 0)
                time.sleep(0.001)
        return [json.loads(line) for line in notes.read_text().splitlines()] if notes.exists() else []

    def look(self, notes: list[dict[str, object]]) -> None:
        """The book opens and is sound, all that was acknowledged is in it, and work goes on."""
        office = offices.open_office(self.home, Clock())
        book = office.book
        try:
            assert check(book, full=True).problems == ()
            kept = dict(book.read.execute("SELECT seq, hash FROM journal"))
            for note in notes:
                if "seq" in note:
                    assert kept.get(note["seq"]) == note["hash"], f"lost: {note}"
            self.whole(book.read)
            before = len(kept)
            support.Desk(office, Clock()).order()
            assert book.read.execute("SELECT count(*) FROM journal").fetchone()[0] > before
        finally:
            book.close()

    @staticmethod
    def whole(conn: sqlite3.Connection) -> None:
        """Loads and acts are there whole or not at all."""
        sql = "SELECT count(*) FROM records WHERE number LIKE 'L%' GROUP BY substr(number, 1, instr(number, '-'))"
        assert {n for (n,) in conn.execute(sql)} <= {ROWS}
        acts: dict[int, int] = {}
        for (head,) in conn.execute("SELECT head FROM journal"):
            if (act := json.loads(head).get("act")) is not None:
                acts[act] = acts.get(act, 0) + 1
        assert set(acts.values()) <= {CALL}


@pytest.fixture(scope="module")
def child() -> Iterator[subprocess.Popen[str]]:
    script = Path(__file__).with_name("child.py")
    one = subprocess.Popen([sys.executable, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert one.stdout is not None
    assert one.stdout.readline() == "ready\n"
    yield one
    one.communicate()


@pytest.fixture
def torture(child: subprocess.Popen[str]) -> Iterator[Torture]:
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(
        prefix="deskapp-kill-", dir=memory if os.access(memory, os.W_OK) else None
    ) as folder:
        found = Torture(child, Path(folder))
        found.fresh()
        yield found


MODES = ["add", "step", "act", "load", "rebuild"]


def run(torture: Torture, mode: str, kills: int) -> None:
    told, longest = 0, 0.15
    for n in range(kills):
        if n % 10 == 0:
            torture.fresh()
        notes = torture.kill(mode, longest)
        if not notes:  # a busy machine: give the work time to get somewhere
            longest = min(longest * 1.5, 3.0)
        told += len(notes)
        torture.look(notes)
    assert told  # else nothing was killed at work


@pytest.mark.parametrize("mode", MODES)
def test_kill(torture: Torture, mode: str) -> None:
    """Ten kills in each kind of work, on a book that goes on from one to the next."""
    run(torture, mode, 10)


@pytest.mark.slow
@pytest.mark.parametrize("mode", MODES)
def test_kill_long(torture: Torture, mode: str) -> None:
    """Two hundred of each."""
    run(torture, mode, 200)


def run_backup(torture: Torture, kills: int) -> None:
    for _ in range(kills):
        notes = torture.kill("backup", 0.5)
        torture.look(notes)
        names = {p.name for p in torture.home.glob("*.deskapp.db")}
        assert {note["backup"] for note in notes} <= names
        for name in names:
            copy = Book(torture.home / name, support.forms(), Rules(), Clock())
            assert check(copy).problems == ()
            copy.close()
        for name in names:
            (torture.home / name).unlink()


def test_kill_backup(torture: Torture) -> None:
    """What is called a backup is a whole one, at every moment."""
    run_backup(torture, 6)


@pytest.mark.slow
def test_kill_backup_long(torture: Torture) -> None:
    """A hundred times."""
    run_backup(torture, 100)


def run_restore(torture: Torture, kills: int) -> None:
    for _ in range(kills):
        torture.fresh()
        torture.kill("restore", 1.2)
        assert paths.book(torture.home).exists()
        torture.look([])


def test_kill_restore(torture: Torture) -> None:
    """There is a book at every moment: the old one or the restored one."""
    run_restore(torture, 5)


@pytest.mark.slow
def test_kill_restore_long(torture: Torture) -> None:
    """A hundred times."""
    run_restore(torture, 100)


def run_found(torture: Torture, kills: int) -> None:
    for _ in range(kills):
        shutil.rmtree(torture.home)
        notes = torture.kill("found", 0.6)
        if paths.book(torture.home).exists():
            office = offices.open_office(torture.home, Clock())
            assert check(office.book, full=True).problems == ()
        else:
            assert notes == []
            office = offices.found(torture.home, "汇景中心", "desk-017", "陈建国", PASSPHRASE, Clock())
        office.book.close()


def test_kill_founding(torture: Torture) -> None:
    """An office is founded whole, or can be founded again."""
    run_found(torture, 4)


@pytest.mark.slow
def test_kill_founding_long(torture: Torture) -> None:
    """A hundred times."""
    run_found(torture, 100)


def upgraded(torture: Torture, mode: str, longest: float) -> None:
    """Kill an upgrade: the book is wholly of the old schema, untouched but for that, or wholly of the new one."""
    torture.fresh()
    before = sqlite3.connect(paths.book(torture.home)).execute("SELECT seq, hash FROM journal").fetchall()
    torture.kill(mode, longest)
    conn = sqlite3.connect(paths.book(torture.home))
    version = conn.execute("PRAGMA user_version").fetchone()[0]
    tables = {name for (name,) in conn.execute("SELECT name FROM sqlite_master")}
    assert conn.execute("SELECT seq, hash FROM journal").fetchall() == before
    if version == schema.SCHEMA:
        assert "extra" not in tables
    else:
        assert conn.execute("SELECT count(*) FROM extra").fetchone()[0] == 400
    conn.close()
    if version == schema.SCHEMA:
        torture.look([])


def test_kill_upgrade(torture: Torture) -> None:
    """An upgrade is done or not done (P15)."""
    for _ in range(8):
        upgraded(torture, "upgrade", 0.15)


@pytest.mark.slow
def test_kill_upgrade_long(torture: Torture) -> None:
    """Two hundred times."""
    for _ in range(200):
        upgraded(torture, "upgrade", 0.15)


# ---------------------------------------------------------------- the harness itself


def torture_until(torture: Torture, mode: str, says: str) -> None:
    """Kill a mutant until the harness notices; it must."""
    for _ in range(100):
        try:
            if mode.startswith("mutant_upgrades"):
                upgraded(torture, mode, 0.4)
            else:
                torture.look(torture.kill(mode, 0.1))
        except AssertionError as error:
            assert says in str(error)  # noqa: PT017
            return
    raise AssertionError("a mutant went unnoticed")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mode", "says"),
    [
        ("mutant_acknowledges_before_commit", "lost"),
        ("mutant_loads_row_by_row", f"<= {{{ROWS}}}"),
        ("mutant_upgrades_statement_by_statement", "extra"),
    ],
)
def test_mutant(torture: Torture, mode: str, says: str) -> None:
    """A desk that says saved before it is, a load or an upgrade in pieces: each is noticed."""
    torture_until(torture, mode, says)
