"""Opening: what is not a sound book of ours is refused in words, and not a byte of it changes."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from deskapp.book import schema
from deskapp.book.check import check
from deskapp.book.database import Book
from deskapp.book.disk import copy_to
from deskapp.errors import Damaged, DeskError
from deskapp.forms.clocks import Rules
from tests import support
from tests.support import Clock, Desk, nobody_can_run


def header(at: int, value: int, size: int = 4) -> Callable[[bytes], bytes]:
    return lambda data: data[:at] + value.to_bytes(size, "big") + data[at + size :]


def sqlite(*statements: str) -> Callable[[bytes], bytes]:
    def make(_: bytes) -> bytes:
        conn = sqlite3.connect(":memory:")
        for statement in statements:
            conn.execute(statement)
        return conn.serialize()

    return make


ALIEN: list[tuple[str, Callable[[bytes], bytes], str]] = [
    ("empty", lambda data: b"", "is empty"),
    ("text", lambda data: b"Dear diary" * 400, "is not a book"),
    ("random", lambda data: random.Random(1).randbytes(8192), "is not a book"),
    ("zip", lambda data: b"PK\x03\x04" + data, "is not a book"),
    ("magic alone", lambda data: data[:16], "cut short"),
    ("half a header", lambda data: data[:99], "cut short"),
    ("first page", lambda data: data[:4096], "cut short"),
    ("half", lambda data: data[: len(data) // 2], "cut short"),
    ("a byte less", lambda data: data[:-1], "cut short"),
    ("zeros", lambda data: bytes(8192), "is not a book"),
    ("foreign", sqlite("CREATE TABLE books (id)"), "is not a book"),
    ("foreign id", header(68, 0x12345678), "is not a book"),
    ("newer", header(60, schema.SCHEMA + 1), "newer deskapp"),
    ("much newer", header(60, 2**31 - 1), "newer deskapp"),
]


@pytest.mark.parametrize(("change", "says"), [case[1:] for case in ALIEN], ids=[case[0] for case in ALIEN])
def test_alien_file(desk: Desk, change: Callable[[bytes], bytes], says: str) -> None:
    """Empty, foreign, cut short, newer or garbage: refused by name, the file untouched, nothing beside it (P7, P15)."""
    desk.book.close()
    path = desk.book.path
    data = change(path.read_bytes())
    path.write_bytes(data)
    beside = sorted(p.name for p in desk.home.iterdir())
    with pytest.raises(Damaged, match=says) as caught:
        desk.reopen()
    assert caught.value.exit_code == 4
    assert path.read_bytes() == data
    assert sorted(p.name for p in desk.home.iterdir()) == beside


def test_no_book(desk: Desk) -> None:
    """No book, and a folder in its place, are told in words."""
    desk.book.close()
    desk.book.path.unlink()
    with pytest.raises(DeskError, match="there is no book"):
        desk.reopen()
    desk.book.path.mkdir()
    with pytest.raises(DeskError):
        desk.reopen()


def test_pages_of_garbage(desk: Desk) -> None:
    """A sound header over spoiled pages: refused at the start or found by the check, never a traceback."""
    desk.order(caller="曾女士")
    desk.book.close()
    whole = desk.book.path.read_bytes()
    rng = random.Random(3)
    for page in rng.sample(range(1, len(whole) // 4096), 12):
        desk.book.path.write_bytes(whole[: page * 4096] + rng.randbytes(4096) + whole[page * 4096 + 4096 :])
        try:
            desk.reopen()
            assert check(desk.book, full=True).problems
        except Damaged:
            pass


def flip(desk: Desk, seed: int, times: int) -> None:
    number = desk.order(caller="曾女士")
    shown, lines = desk[number], entries(desk.book.path)
    desk.book.close()
    whole = desk.book.path.read_bytes()
    rng = random.Random(seed)
    found = 0
    for _ in range(times):
        at, bit = rng.randrange(100, len(whole)), rng.randrange(8)
        spoiled = bytearray(whole)
        spoiled[at] ^= 1 << bit
        desk.book.path.write_bytes(spoiled)
        try:
            desk.reopen()
            told = bool(check(desk.book, full=True).problems)
            same = desk[number] == shown and entries(desk.book.path) == lines
        except Damaged:
            told, same = True, False
        except sqlite3.DatabaseError:  # the test's own look
            told, same = bool(check(desk.book).problems), False
        assert told or same, (at, bit)
        found += told
    assert found


@pytest.mark.slow
def test_flipped_bits(desk: Desk) -> None:
    """A single flipped bit is refused, found, or changes nothing that anybody sees (P7)."""
    flip(desk, 1, 16)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10, 18))
def test_many_flipped_bits(desk: Desk, seed: int) -> None:
    """The same for many more bits."""
    flip(desk, seed, 100)


@pytest.mark.slow
def test_mutant(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the chain there are flips that nobody would tell."""
    monkeypatch.setattr("deskapp.book.check._wrong", lambda *_, **__: "")
    with pytest.raises((AssertionError, ValueError, KeyError)):
        flip(desk, 1, 500)


def entries(path: Path) -> list[tuple[object, ...]]:
    conn = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    rows = conn.execute("SELECT seq, head, body, private, hash FROM journal ORDER BY seq").fetchall()
    conn.close()
    return rows


def test_spoiled_schema(desk: Desk) -> None:
    """A table whose very words changed is told, not stumbled over."""
    desk.book.close()
    conn = sqlite3.connect(desk.book.path)
    conn.execute("PRAGMA writable_schema = ON")
    conn.execute("UPDATE sqlite_master SET sql = replace(sql, 'left TEXT', 'left TEXS') WHERE name = 'due'")
    conn.execute("CREATE TABLE more (id)")
    conn.commit()
    conn.close()
    problems = [str(problem) for problem in check(desk.reopen().book, full=True).problems]
    assert any("table due is not" in problem for problem in problems)
    assert any("table more is not" in problem for problem in problems)


def test_a_schema_that_is_no_text_any_more(desk: Desk) -> None:
    """SQLite's complaint repeats the broken words; they are not even UTF-8."""
    desk.book.close()
    data = desk.book.path.read_bytes()
    assert b"CREATE TABLE due (" in data
    desk.book.path.write_bytes(data.replace(b"CREATE TABLE due (", b"CREATE TABL\xa9 due ("))
    with pytest.raises(Damaged, match="damaged"):
        desk.reopen()


def test_a_checkpoint_cut_off(desk: Desk) -> None:
    """A copy of the log into the book, cut off after its first page, is a book all the same: the log has the rest."""
    numbers = [desk.order(content="字" * 3000) for _ in range(30)]
    short = desk.book.path.read_bytes()
    log = desk.book.path.with_name("book.db-wal").read_bytes()
    copy = desk.home / "copy.db"
    copy_to(desk.book.read, copy)
    whole = copy.read_bytes()
    assert len(whole) > len(short)
    copy.unlink()
    desk.book.close()
    # the pages are copied in their order: the first, which says how many there are, before the file has grown
    wal_page = whole[:18] + b"\x02\x02" + whole[20:4096]
    desk.book.path.write_bytes(wal_page + short[4096:])
    desk.book.path.with_name("book.db-wal").write_bytes(log)
    desk.reopen()
    assert check(desk.book, full=True).problems == ()
    assert [desk[number].number for number in numbers] == numbers
    # but without its log it is cut short
    desk.book.close()
    desk.book.path.write_bytes(wal_page + short[4096:])
    desk.book.path.with_name("book.db-wal").unlink()
    with pytest.raises(Damaged, match="cut short"):
        desk.reopen()


def test_two_are_not_made(desk: Desk) -> None:
    """A book is not made over another one."""
    before = desk.head
    with pytest.raises(DeskError, match="already a book"):
        Book.create(desk.book.path, support.forms(), Rules(), lambda book: None, desk="d", journal="j")
    assert desk.reopen().head == before


def test_made_whole_or_not_at_all(tmp_path: Path) -> None:
    """What goes wrong while a book is made leaves none, and the next try makes one."""
    from deskapp.forms.load import Forms

    path = tmp_path / "book.db"

    def fail(book: Book) -> None:
        with book.writing() as conn:
            conn.execute("INSERT INTO tries VALUES ('x', 1, 0)")
        raise DeskError("no")

    for _ in range(2):
        with pytest.raises(DeskError, match="no"):
            Book.create(path, Forms(), Rules(), fail, Clock(), desk="d", journal="j")
        assert not [p.name for p in tmp_path.iterdir() if p.name.startswith("book.db")]
    Book.create(path, Forms(), Rules(), lambda book: None, Clock(), desk="d", journal="j").close()
    assert sorted(p.name for p in tmp_path.iterdir() if "part" in p.name) == []
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_for_the_owner_s_eyes(desk: Desk) -> None:
    """The book and its log are readable by nobody else."""
    desk.order()
    for name in ("book.db", "book.db-wal", "book.db-shm"):
        assert stat.S_IMODE((desk.home / name).stat().st_mode) & 0o077 == 0, name


def test_closed_book_is_one_file(desk: Desk) -> None:
    """Closed, the log is in the book: a copy of the file is the book."""
    number = desk.order()
    desk.book.close()
    assert not [p for p in desk.home.iterdir() if p.name.endswith(("-wal", "-shm"))]
    other = desk.home / "elsewhere"
    other.mkdir()
    shutil.copy(desk.book.path, other / "book.db")
    shutil.copy(desk.home / "config.toml", other)
    book = Book(other / "book.db", support.forms(), Rules(), desk.clock)
    assert book.read.execute("SELECT count(*) FROM records WHERE number = ?", (number,)).fetchone() == (1,)
    book.close()


def test_settings_of_the_connections(desk: Desk) -> None:
    """Durable, in turns, and never checkpointing by itself (design: the book; P2)."""
    desk.order()
    writer = desk.book._writer
    assert writer is not None
    assert writer.execute("PRAGMA synchronous").fetchone() == (2,)
    assert writer.execute("PRAGMA wal_autocheckpoint").fetchone() == (0,)
    assert writer.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        desk.book.read.execute("DELETE FROM records")


@pytest.mark.slow
def test_log_is_folded_in(desk: Desk) -> None:
    """The log does not grow for ever: past a thousand pages it is copied into the book."""
    for _ in range(60):
        desk.order(content="字" * 30_000)
    pages = desk.book.path.with_name("book.db-wal").stat().st_size // 4096
    assert pages < 2500
    assert check(desk.book).problems == ()


def test_odd_folder_names(tmp_path: Path) -> None:
    """A folder may be called anything that a file name can hold."""
    home = tmp_path / "前台 50%?#&x=1"
    home.mkdir()
    shutil.copy(support.founded() / "book.db", home)
    book = Book(home / "book.db", support.forms(), Rules(), Clock())
    assert check(book, full=True).problems == ()
    with book.writing():
        pass
    book.close()


READ_ONLY = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.support import *
from deskapp.book import view
from deskapp.errors import DeskError
desk = Desk(offices.open_office(Path({home!r}), Clock()), Clock())
print(desk["staff-3"].number)
try:
    desk.order()
except DeskError as error:
    print(type(error).__name__, error)
"""


@pytest.mark.skipif(not nobody_can_run(), reason="needs root, who alone can become nobody, where nobody may read")
@pytest.mark.parametrize("closed", [True, False])
def test_read_only_disk(tmp_path: Path, desk: Desk, closed: bool) -> None:
    """Where nothing may be written the book opens and reads, and a save says why not (P4)."""
    if closed:
        desk.book.close()
    else:
        desk.order()
    home = Path("/tmp") / f"deskapp-ro-{os.getpid()}"
    shutil.copytree(desk.home, home)
    try:
        for path in home.rglob("*"):
            path.chmod(0o444)
        home.chmod(0o555)
        script = READ_ONLY.format(root=str(Path(__file__).parents[2]), home=str(home))
        done = subprocess.run(
            ["setpriv", "--reuid", "65534", "--clear-groups", sys.executable, "-c", script],
            capture_output=True, text=True, check=False, timeout=60, env={**os.environ, "HOME": "/tmp"},
        )  # fmt: skip
        lines = done.stdout.splitlines()
        assert lines[:1] == ["staff-3"], done.stderr[-800:]
        assert "only reading is possible" in lines[1] or "can't be opened" in lines[1], lines
        assert "Traceback" not in done.stderr
    finally:
        home.chmod(0o755)
        shutil.rmtree(home)


def test_holder_file_is_no_secret(desk: Desk) -> None:
    """Who holds the book is told by process and time, not by name."""
    desk.order()
    held = json.loads((desk.home / "holder.json").read_text())
    assert set(held) == {"pid", "doing", "since"}
    assert held["pid"] == os.getpid()
