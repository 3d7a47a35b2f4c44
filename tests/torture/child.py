"""What is killed: works on an office as fast as it can, and notes each thing it was told was saved.

Started once; for each line on its input it forks a worker and prints that worker's process id, so that nothing is
imported again. A worker notes what it was acknowledged in a file, at once. One whose mode begins with `record-` is not
killed: it takes down what it does to the disk, for power cuts to be made of.
"""

from __future__ import annotations

import contextlib
import faulthandler
import json
import os
import pickle
import random
import signal
import sqlite3
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from deskapp.book import backup as copying
from deskapp.book import building, database, journal, schema
from deskapp.book.backup import backup, restore
from deskapp.book.journal import Request, Writer
from deskapp.desk import office as offices
from deskapp.errors import DeskError
from deskapp.forms.clocks import Rules
from tests import support
from tests.support import BOSS, LI, PASSPHRASE, Clock, Desk
from tests.torture.recorder import Recorder
from tests.week import Week

ROWS = 25
"""Records in each load."""


class Worker:
    """One run of one mode on one home."""

    def __init__(self, mode: str, home: Path, notes: Path) -> None:
        self.mode, self.home = mode, home
        self.rng = random.Random(os.getpid())
        self._parent = os.getppid()
        self._notes = os.open(notes, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def note(self, **said: object) -> None:
        os.write(self._notes, (json.dumps(said) + "\n").encode())
        if os.getppid() != self._parent:  # whoever should kill it was killed himself
            os._exit(0)

    def open(self) -> Desk:
        clock = Clock()
        return Desk(offices.open_office(self.home, clock), clock)

    def saved(self, desk: Desk) -> None:
        seq, hash_ = desk.head
        self.note(seq=seq, hash=hash_)

    def run(self) -> None:
        getattr(self, self.mode)()

    # ------------------------------------------------------------ what may be killed

    def add(self) -> None:
        desk = self.open()
        while True:
            desk.order()
            self.saved(desk)

    def step(self) -> None:
        desk = self.open()
        numbers = [desk.dispatched() for _ in range(3)]
        while True:
            number = self.rng.choice(numbers)
            with contextlib.suppress(DeskError):
                match self.rng.randrange(4):
                    case 0:
                        desk.step(number, "wait", pause_reason="1", until="+60", agreed="1")
                    case 1:
                        desk.step(number, "resume")
                    case 2:
                        desk.step(number, "correct", content="字" * self.rng.randrange(1, 500), reason="错")
                    case _:
                        desk.step(number, "undo")
                self.saved(desk)

    def act(self) -> None:
        desk = self.open()
        while True:
            desk.write(LI, *call())
            self.saved(desk)

    def hand_over(self) -> None:
        """Ends whatever hand-over the last one was killed in, and begins the next."""
        desk = self.open()
        week = Week(desk, os.getpid())
        while True:
            week.finish()
            self.saved(desk)
            week.work(1)

    def load(self) -> None:
        desk, run = self.open(), self.rng.randrange(10**6)
        for batch in range(10**6):
            rows = [{"code": f"L{run}.{batch}-{n}", "kind": "home"} for n in range(ROWS)]
            journal.load(desk.book, BOSS, "room", rows)
            self.saved(desk)

    def rebuild(self) -> None:
        desk = self.open()
        while True:
            with desk.book.writing() as conn:
                building.rebuild(desk.book, conn)
            desk.order()
            self.saved(desk)

    def backup(self) -> None:
        desk = self.open()
        while True:
            desk.order()
            target, _ = backup(desk.book, self.home)
            seq, hash_ = desk.head
            self.note(seq=seq, hash=hash_, backup=target.name)
            desk.clock.pass_(seconds=1)

    def restore(self) -> None:
        desk = self.open()
        desk.order()
        file, _ = backup(desk.book, self.home)
        self.saved(desk)
        desk.book.close()
        clock = Clock()
        for n in range(20):
            clock.pass_(seconds=1)
            restore(file, self.home / "book.db", support.forms(), Rules(), staff="1", passphrase=PASSPHRASE,
                    reason="x", now=clock)  # fmt: skip
            self.note(branch=chr(ord("B") + n))
        time.sleep(60)

    def found(self) -> None:
        offices.found(self.home, "汇景中心", "desk-017", "陈建国", PASSPHRASE, Clock())
        self.note(founded=True)
        time.sleep(60)

    def upgrade(self) -> None:
        with newer(400):
            self.open()
        self.note(upgraded=True)
        time.sleep(60)

    # ------------------------------------------------------------ mutants: the harness must notice these

    def mutant_leaves_it_to_the_log(self) -> None:
        """The setting that is often recommended for a book with a log; nothing is flushed when it is saved."""
        writer = database._writer

        def hasty(path: Path) -> sqlite3.Connection:
            conn = writer(path)
            conn.execute("PRAGMA synchronous = NORMAL")
            return conn

        database._writer = hasty
        self.add()

    def mutant_copies_without_flushing(self) -> None:
        """A backup that lies in the system's memory when it is said to be made."""

        def hasty(conn: sqlite3.Connection, target: Path) -> None:
            target.write_bytes(conn.serialize())

        copying.copy_to, copying.sync = hasty, lambda path: None
        self.backup()

    def mutant_acknowledges_before_commit(self) -> None:
        desk = self.open()
        while True:
            with desk.book.writing() as conn:
                writer = Writer(desk.book, conn, LI)
                writer.add(Request("register", {"room": "3-2-1502", "item": "13", "content": "x"}, "order"))
                self.note(seq=writer.seq, hash=writer.hash)
                time.sleep(0.002)

    def mutant_loads_row_by_row(self) -> None:
        desk = self.open()
        for batch in range(10**6):
            for n in range(ROWS):
                desk.add("room", BOSS, code=f"L{os.getpid()}.{batch}-{n}")

    def mutant_upgrades_statement_by_statement(self) -> None:
        with newer(400, whole=False):
            self.open()
        time.sleep(60)


class Enough(BaseException):
    """A recording is long enough."""


class Recorded(Worker):
    """A worker whose doings on the disk are taken down until it was acknowledged so many things."""

    def __init__(self, mode: str, home: Path, notes: Path) -> None:
        _, self.most, mode = mode.split("-", 2)
        super().__init__(mode, home, notes)
        self.noted, self.desks = 0, list[Desk]()
        self.recorder = Recorder(home)

    def note(self, **said: object) -> None:
        self.recorder.note(json.dumps(said).encode())
        self.noted += 1
        if self.noted % int(self.most) == 0:
            raise Enough

    def open(self) -> Desk:
        self.desks.append(super().open())
        return self.desks[-1]

    def run(self) -> None:
        """Twice, so that the book is closed and opened in between; it is upgraded once."""
        database._CHECKPOINT_PAGES = 40
        for _ in range(1 if self.mode == "upgrade" else 2):
            with contextlib.suppress(Enough):
                super().run()
            for desk in self.desks:
                desk.book.close()
        os.write(self._notes, pickle.dumps(self.recorder.ops))


def call() -> list[Request]:
    """A call that becomes a diary line, an order and its dispatch."""
    return [
        Request("register", {"room": "3-2-1502", "item": "13", "handling": "order"}, "diary"),
        Request("register", {}, "order"),
        Request("dispatch", {"provider": "21", "charge": "free"}, "order"),
    ]


@contextlib.contextmanager
def newer(rows: int, *, whole: bool = True) -> Iterator[None]:
    """A program one schema ahead, whose migration makes a table of so many rows."""
    from sqlite_utils import Database

    from deskapp.book.migrations import migrations

    ahead = schema.SCHEMA + 1

    def test_ahead(db: Database) -> None:
        statements = ["CREATE TABLE extra (n)", *(f"INSERT INTO extra VALUES ({n})" for n in range(rows))]
        for statement in (*statements, f"PRAGMA user_version = {ahead}"):
            if whole:
                db.execute(statement)
            else:
                db.conn.executescript(statement)
                time.sleep(0.0005)

    migrations()(test_ahead)
    schema.SCHEMA = ahead
    yield


def main() -> None:
    """Fork a worker for each line `MODE HOME NOTES`."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    support.forms()
    database.LOCK_SECONDS = 20.0
    print("ready", flush=True)
    for line in sys.stdin:
        mode, home, notes = line.split()
        if (pid := os.fork()) == 0:
            try:
                # One that never gets anywhere tells where it stands, and leaves.
                faulthandler.dump_traceback_later(150, exit=True)
                kind = Recorded if mode.startswith("record-") else Worker
                kind(mode, Path(home), Path(notes)).run()
            except BaseException:  # noqa: BLE001 - a mutant may break anything; who looks at the book will say so
                traceback.print_exc()
            finally:
                os._exit(0)
        print(pid, flush=True)


if __name__ == "__main__":
    main()
