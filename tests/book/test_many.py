"""Several at once: processes and threads write one linear chain, readers never wait, and who waits is told for whom."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from deskapp.book import database, view
from deskapp.book.check import check
from deskapp.errors import Busy
from tests.support import Desk, opened

ROOT = Path(__file__).parents[2]
CHILD = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
from tests.support import Clock, Desk, offices
desk = Desk(offices.open_office(Path(sys.argv[1]), Clock()), Clock())
"""


def child(desk: Desk, script: str, *args: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", CHILD + script, str(desk.home), *args],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


ADD = """
print("ready", flush=True); sys.stdin.readline()
for _ in range(int(sys.argv[2])):
    print(desk.order(), flush=True)
desk.book.close()
"""


@pytest.mark.slow
@pytest.mark.parametrize(("processes", "each"), [(2, 20), (6, 8)])
def test_processes(desk: Desk, processes: int, each: int) -> None:
    """Each entry once, one chain without a gap, no number twice (P5)."""
    start = desk.head[0]
    children = [child(desk, ADD, str(each)) for _ in range(processes)]
    for one in children:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in children:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    numbers: list[str] = []
    for one in children:
        out, err = one.communicate(timeout=60)
        assert one.returncode == 0, err
        numbers += out.split()
    assert sorted(numbers) == [f"WT20261122-{n:03}" for n in range(1, processes * each + 1)]
    assert desk.head[0] == start + processes * each + 1  # and the form's adoption, once
    report = check(desk.book, full=True)
    assert report.problems == ()
    assert report.entries == desk.head[0] + 1


NO_TURNS = """
import contextlib, time
from deskapp.book import database
def begin(book):
    conn = book._writer = book._writer or database._writer(book.path)
    conn.execute("BEGIN")
    conn.execute("SELECT max(seq) FROM journal").fetchone()
    time.sleep(0.01)
    return conn
database.Book._begin = begin
database.Book.locked = lambda self, doing: contextlib.nullcontext()
"""


@pytest.mark.slow
def test_mutant_without_turns(desk: Desk) -> None:
    """Who reads the last entry before his turn has come is refused, or breaks the chain."""
    children = [child(desk, NO_TURNS + ADD, "20") for _ in range(3)]
    for one in children:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in children:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    ended = [one.communicate(timeout=120) and one.returncode for one in children]
    assert any(ended) or check(desk.book, full=True).problems


def test_threads(desk: Desk) -> None:
    """Threads of one process take turns, too; reading beside them sees only whole entries."""
    numbers: list[str] = []
    wrong: list[object] = []
    stop = threading.Event()

    def write() -> None:
        numbers.extend(desk.order() for _ in range(10))

    def read() -> None:
        seen = 0
        while not stop.is_set():
            records = view.page(desk.book.read, "order", limit=100)
            if len(records) < seen or any(one.state != "registered" for one in records):
                wrong.append(records)
            seen = len(records)

    writers = [threading.Thread(target=write) for _ in range(4)]
    reader = threading.Thread(target=read)
    reader.start()
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    stop.set()
    reader.join()
    assert sorted(numbers) == [f"WT20261122-{n:03}" for n in range(1, 41)]
    assert wrong == []
    assert check(desk.book, full=True).problems == ()


HOLD = """
with desk.book.writing("a very long load"):
    print("held", flush=True)
    sys.stdin.readline()
desk.book.close()
"""


@pytest.fixture
def held(desk: Desk) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the book until it is sent a line."""
    one = child(desk, HOLD)
    assert one.stdout is not None
    assert one.stdout.readline() == "held\n"
    yield one
    one.kill()
    one.communicate()


@pytest.mark.slow
def test_busy_names_the_holder(desk: Desk, held: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waited in vain is told what holds the book, since when, and that nothing was saved; readers do not wait."""
    monkeypatch.setattr(database, "LOCK_SECONDS", 0.3)
    assert desk["3-2-1502"].number == "3-2-1502"
    with pytest.raises(Busy) as caught:
        desk.order()
    assert f"a very long load ({held.pid}, " in str(caught.value)
    assert caught.value.exit_code == 3
    held.communicate("\n", timeout=20)
    assert desk.order() == "WT20261122-001"


def test_five_seconds() -> None:
    """A command waits five seconds, no more (design: the book)."""
    assert database.LOCK_SECONDS == 5


@pytest.mark.slow
def test_waits_its_turn(desk: Desk, held: subprocess.Popen[str]) -> None:
    """Who need not wait long gets the turn."""
    assert held.stdin is not None
    timer = threading.Timer(0.4, lambda: held.communicate("\n"))
    timer.start()
    assert desk.order() == "WT20261122-001"
    timer.join()


def test_killed_holder_holds_nothing(desk: Desk, held: subprocess.Popen[str]) -> None:
    """A process that was killed in the middle of a write holds the book no longer and left nothing in it (P5)."""
    before = desk.head
    held.kill()
    held.communicate()
    assert desk.head == before
    assert desk.order() == "WT20261122-001"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}', "\xff", '{"pid": {}, "doing": "\x1b[2J", "since": []}'])
def test_odd_holder_file(desk: Desk, held: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Whatever stands in the file that names the holder, the refusal is in words."""
    monkeypatch.setattr(database, "LOCK_SECONDS", 0.05)
    (desk.home / "holder.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(Busy, match="the book is in use: "):
        desk.order()


def test_reader_sees_what_another_wrote(desk: Desk) -> None:
    """A screen that is open sees what a command beside it saved, and is told by data_version."""
    version = desk.book.read.execute("PRAGMA data_version").fetchone()
    one = child(desk, ADD, "1")
    out, err = one.communicate("\n", timeout=30)
    assert one.returncode == 0, err
    number = out.split()[-1]
    assert desk.book.read.execute("PRAGMA data_version").fetchone() != version
    assert desk[number].state == "registered"
    assert desk.order() == "WT20261122-002"


def test_long_reader_stops_nobody(desk: Desk) -> None:
    """A reader in the middle of its reading keeps what it began with, while others save."""
    desk.order()
    reader = desk.book.read
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM records WHERE form = 'order'").fetchone() == (1,)
    thread = threading.Thread(target=lambda: [desk.order() for _ in range(3)])
    thread.start()
    thread.join()
    assert reader.execute("SELECT count(*) FROM records WHERE form = 'order'").fetchone() == (1,)
    reader.execute("COMMIT")
    assert reader.execute("SELECT count(*) FROM records WHERE form = 'order'").fetchone() == (4,)


def test_another_program_that_writes(desk: Desk) -> None:
    """A stock tool in the middle of a write is waited for, then told of; nothing is written into its transaction."""
    desk.order()
    before = desk.head
    assert desk.book._writer is not None
    desk.book._writer.execute("PRAGMA busy_timeout = 50")
    tool = sqlite3.connect(desk.book.path, isolation_level=None)
    tool.execute("BEGIN IMMEDIATE")
    with pytest.raises(Busy, match="another program"):
        desk.order()
    tool.execute("ROLLBACK")
    tool.close()
    assert desk.head == before
    assert desk.order() == "WT20261122-002"


def test_two_desks_in_one_process() -> None:
    """Two books are two: what is written in the one is not in the other."""
    with opened() as first, opened() as second:
        first.order()
        assert second.head != first.head
        assert second.order() == "WT20261122-001"
        holder = json.loads((second.home / "holder.json").read_text())
        assert holder["doing"]
