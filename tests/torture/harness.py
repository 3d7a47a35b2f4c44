"""Starts the work that is interrupted, and looks at what is left of it."""

from __future__ import annotations

import json
import os
import pickle
import random
import shutil
import signal
import sqlite3
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from deskapp import paths
from deskapp.book import schema
from deskapp.book.check import check
from deskapp.book.database import Book
from deskapp.forms.clocks import Rules
from tests import support
from tests.support import Clock
from tests.torture.recorder import Op

ROWS = 25
CALL = 3
UPGRADED = 400
"""Rows in a load, steps in an act, rows of the table that the newer program's migration makes."""
Notes = list[dict[str, Any]]


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

    def start(self, mode: str) -> tuple[int, Path]:
        """Start a worker: its process id, and where it notes what it was acknowledged."""
        self.kills += 1
        notes = self.folder / f"notes-{self.kills}"
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        self.child.stdin.write(f"{mode} {self.home} {notes}\n")
        self.child.stdin.flush()
        return int(self.child.stdout.readline()), notes

    def kill(self, mode: str, longest: float) -> Notes:
        """Let a worker work for a random while, kill it, and return what it was acknowledged."""
        pid, notes = self.start(mode)
        time.sleep(0.01 + self.rng.random() * longest)
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            if not mode.startswith("mutant"):  # only a mutant may break down by itself
                raise
        gone(pid)
        return [json.loads(line) for line in notes.read_text().splitlines()] if notes.exists() else []

    def record(self, mode: str, most: int) -> list[Op]:
        """Let a worker work until it was acknowledged so many things, twice; what it did to the disk."""
        pid, notes = self.start(f"record-{most}-{mode}")
        gone(pid)
        ops = pickle.loads(notes.read_bytes())
        assert isinstance(ops, list)
        return ops

    def look(self, notes: Notes) -> None:
        """The book opens and is sound, all that was acknowledged is in it, and work goes on."""
        look(self.home, notes)


def gone(pid: int) -> None:
    """Wait until a worker has left."""
    with suppress(ProcessLookupError):
        while True:
            os.kill(pid, 0)
            time.sleep(0.001)


def look(home: Path, notes: Notes) -> None:
    """The book opens and is sound, all that was acknowledged is in it, and work goes on."""
    clock = Clock()
    office = support._open(home, clock)
    book = office.book
    try:
        problems = check(book, full=True).problems
        assert problems == (), f"damaged: {problems}"
        assert book.complaints == []
        kept = dict(book.read.execute("SELECT seq, hash FROM journal"))
        branch = book.read.execute("SELECT max(branch) FROM journals").fetchone()[0]
        for note in notes:
            if "seq" in note:
                assert kept.get(note["seq"]) == note["hash"], f"lost: {note}"
            assert branch >= note.get("branch", ""), f"lost: {note}"
        whole(book.read)
        before = len(kept)
        support.Desk(office, clock).order()
        assert book.read.execute("SELECT count(*) FROM journal").fetchone()[0] > before
    finally:
        book.close()


def whole(conn: sqlite3.Connection) -> None:
    """Loads and acts are there whole or not at all."""
    sql = "SELECT count(*) FROM records WHERE number LIKE 'L%' GROUP BY substr(number, 1, instr(number, '-'))"
    assert {n for (n,) in conn.execute(sql)} <= {ROWS}, "a load in part"
    acts: dict[int, int] = {}
    for (head,) in conn.execute("SELECT head FROM journal"):
        said = json.loads(head)
        if (act := said.get("act")) is not None and said["form"] in ("diary", "order"):  # those of a call
            acts[act] = acts.get(act, 0) + 1
    assert set(acts.values()) <= {CALL}, "an act in part"


def look_at_backups(home: Path, notes: Notes) -> None:
    """Every backup that was acknowledged is there, and whatever is called one is whole."""
    names = {path.name for path in home.glob("*.deskapp.db")}
    assert {note["backup"] for note in notes if "backup" in note} <= names, "lost: a backup"
    for name in names:
        copy = Book(home / name, support.forms(), Rules(), Clock())
        problems = check(copy).problems
        assert problems == (), f"damaged: {problems}"
        copy.close()
        (home / name).unlink()


def look_at_upgrade(home: Path, before: list[tuple[int, str]]) -> None:
    """The book is wholly of the old schema, untouched but for that, or wholly of the new one."""
    conn = sqlite3.connect(paths.book(home))
    version = conn.execute("PRAGMA user_version").fetchone()[0]
    tables = {name for (name,) in conn.execute("SELECT name FROM sqlite_master")}
    assert conn.execute("SELECT seq, hash FROM journal").fetchall() == before
    if version == schema.SCHEMA:
        assert "extra" not in tables, "an upgrade in part"
    else:
        assert conn.execute("SELECT count(*) FROM extra").fetchone()[0] == UPGRADED, "an upgrade in part"
    conn.close()
    if version == schema.SCHEMA:
        look(home, [])


def entries(home: Path) -> list[tuple[int, str]]:
    """The chain as it stands in the file."""
    conn = sqlite3.connect(paths.book(home))
    try:
        return conn.execute("SELECT seq, hash FROM journal").fetchall()
    finally:
        conn.close()
