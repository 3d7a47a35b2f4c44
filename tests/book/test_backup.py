"""Backups that verified, and a book restored from one: work goes on as a new journal, and the old book is kept."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import stat
from pathlib import Path

import pytest

from deskapp.book import lineage
from deskapp.book.backup import backup, restore
from deskapp.book.check import Report, check
from deskapp.book.database import Book
from deskapp.book.schema import TRIGGERS
from deskapp.book.signin import WrongPassphrase, set_passphrase, sign_in
from deskapp.errors import Damaged, DeskError
from deskapp.forms.clocks import Rules
from tests import support
from tests.support import BOSS, PASSPHRASE, Desk


@pytest.fixture
def away(desk: Desk) -> Path:
    """Another disk."""
    path = desk.home.parent / "usb"
    path.mkdir()
    return path


def bring_back(desk: Desk, file: Path, **more: str) -> tuple[Report, Path | None]:
    """Restore over the desk's own book, and open it."""
    desk.book.close()
    given = {"staff": "1", "passphrase": PASSPHRASE, "reason": "换硬盘"} | more
    done = restore(file, desk.book.path, support.forms(), Rules(), now=desk.clock, **given)
    desk.reopen()
    return done


def test_backup(desk: Desk, away: Path) -> None:
    """One file, for the owner's eyes, that is the whole book; the book goes on meanwhile."""
    number = desk.order(caller="曾女士")
    target, report = backup(desk.book, away)
    assert target.name == f"desk-017-20261122-031500-{desk.head[0]:010}.deskapp.db"
    assert report.problems == ()
    assert report.head == desk.head
    assert [p.name for p in away.iterdir()] == [target.name]
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    desk.order()
    copy = Book(target, support.forms(), Rules(), desk.clock)
    assert copy.read.execute("SELECT state FROM records WHERE number = ?", (number,)).fetchone() == ("registered",)
    assert check(copy, full=True).problems == ()
    copy.close()
    assert [p.name for p in away.iterdir()] == [target.name]


def test_backup_sweeps_up(desk: Desk, away: Path) -> None:
    """What a backup left that was cut off goes with the next one; what is fresh, or others', stays."""
    old, young = (away / f"desk-017-20261122-03150{n}-0000000001.deskapp.db.unverified.part" for n in (1, 2))
    for path in (old, young, away / "desk-018-x.unverified", away / "desk-017-notes.txt"):
        path.write_text("x")
        os.utime(path, (0, 0) if path != young else None)
    target, _ = backup(desk.book, away)
    assert {p.name for p in away.iterdir()} == {young.name, "desk-018-x.unverified", "desk-017-notes.txt", target.name}


def test_backup_of_a_bad_book(desk: Desk, away: Path) -> None:
    """What does not verify is not called a backup, and nothing is left of it."""
    desk.order()
    with desk.book.writing() as conn:
        conn.execute("DROP TRIGGER journal_ink")
        conn.execute("UPDATE journal SET body = replace(body, '3-2', '4-2') WHERE seq = ?", (desk.head[0],))
        conn.execute(TRIGGERS["journal_ink"])
    with pytest.raises(Damaged, match=f"entry {desk.head[0]}: the body line was changed"):
        backup(desk.book, away)
    assert list(away.iterdir()) == []


def test_backup_nowhere(desk: Desk, away: Path) -> None:
    """A folder that is not there, or is a file, is told."""
    for place in (away / "nosuch", desk.book.path):
        with pytest.raises(DeskError, match="not a folder"):
            backup(desk.book, place)


def test_restore(desk: Desk, away: Path) -> None:
    """The backup stands in the book's place, what was written since is kept beside it, and the chain goes on."""
    old = desk.order()
    desk.step(old, "dispatch", provider="21", charge="free")
    file, _ = backup(desk.book, away)
    seq, hash_ = desk.head
    lost = desk.order()
    lost_head = desk.head
    _, kept = bring_back(desk, file)
    assert kept is not None
    assert desk.book.branch == "B"
    with pytest.raises(DeskError):
        desk[lost]
    head, body, _, _ = desk.row(seq + 1)
    opening = json.loads(body)["data"]
    assert (json.loads(head)["form"], json.loads(head)["step"]) == ("journal", "open")
    assert (opening["from_seq"], opening["from_hash"], opening["because"]) == (seq, hash_, "换硬盘")
    # numbers cannot be taken for those that were lost; the records of the old journal go on
    assert desk.order() == "WT20261122-B001"
    desk.step(old, "receive_slip", slip="face")
    desk.step(old, "undo")
    assert desk[old].state == "dispatched"
    assert check(desk.book, full=True).problems == ()
    # the replaced book is whole
    replaced = Book(kept, support.forms(), Rules(), desk.clock)
    assert (check(replaced).head, check(replaced).problems) == (lost_head, ())
    replaced.close()


def test_a_restored_book_has_a_log_again(desk: Desk, away: Path) -> None:
    """A backup has none; a book that was saved without one could lose its last entry in a power cut."""
    desk.order()
    file, _ = backup(desk.book, away)
    assert file.read_bytes()[18:20] == b"\1\1"
    bring_back(desk, file)
    assert desk.book.path.read_bytes()[18:20] == b"\2\2"
    desk.book.close()
    shutil.copy(file, desk.book.path)  # by hand
    desk.reopen().order()
    assert desk.book.path.read_bytes()[18:20] == b"\2\2"


def test_restored_twice_in_a_second_keeps_both(desk: Desk, away: Path) -> None:
    """Where the clock was set back, too, no book that was kept is written over."""
    desk.order()
    file, _ = backup(desk.book, away)
    _, first = bring_back(desk, file)
    number = desk.order()
    _, second = bring_back(desk, file)
    assert first is not None
    assert second is not None
    assert first != second
    for kept, records in ((first, 0), (second, 1)):
        with contextlib.closing(sqlite3.connect(kept)) as conn:
            count = conn.execute("SELECT count(*) FROM records WHERE number = ?", (number,)).fetchone()
            assert count == (records,)


def test_a_disk_without_second_names(desk: Desk, away: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There the book before is copied: at no moment is there none."""

    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)
    desk.order()
    file, _ = backup(desk.book, away)
    head = desk.head
    _, kept = bring_back(desk, file)
    assert kept is not None
    replaced = Book(kept, support.forms(), Rules(), desk.clock)
    assert (check(replaced).head, check(replaced).problems) == (head, ())
    replaced.close()


def test_restore_onto_a_new_disk(desk: Desk, away: Path) -> None:
    """Where there is no book the backup becomes one."""
    number = desk.order()
    file, _ = backup(desk.book, away)
    desk.book.close()
    for left in desk.home.glob("book.db*"):
        left.unlink()
    _, kept = bring_back(desk, file)
    assert kept is None
    assert desk[number].state == "registered"


@pytest.mark.slow
def test_restored_again_and_again(desk: Desk, away: Path) -> None:
    """Each restore has a letter of its own, also one from the same old backup: no number is ever used twice."""
    file, _ = backup(desk.book, away)
    numbers = [desk.order()]
    for _ in range(2):
        desk.clock.pass_(seconds=1)
        bring_back(desk, file)
        numbers.append(desk.order())
    later, _ = backup(desk.book, away)
    desk.clock.pass_(seconds=1)
    bring_back(desk, later)
    numbers.append(desk.order())
    assert numbers == ["WT20261122-001", "WT20261122-B001", "WT20261122-C001", "WT20261122-D001"]
    assert [desk[n].number for n in numbers[2:]] == numbers[2:]
    assert check(desk.book, full=True).problems == ()
    assert len(lineage.ancestors(desk.book.read, desk.book.journal)) == 3


def test_restored_too_often(desk: Desk, away: Path) -> None:
    """After Z there is no letter; the book stays as it is."""
    with desk.book.writing() as conn:
        conn.execute("UPDATE journals SET branch = 'Z'")
    file, _ = backup(desk.book, away)
    before = desk.head
    with pytest.raises(DeskError, match="too often"):
        bring_back(desk, file)
    assert desk.reopen().head == before


@pytest.mark.parametrize("what", ["wrong", "no manager", "spoiled", "foreign", "none", "newer"])
def test_restore_refused(desk: Desk, away: Path, what: str) -> None:
    """Until the backup has verified and a manager has signed in to it nothing is touched."""
    set_passphrase(desk.book, BOSS, "3", PASSPHRASE)
    file, _ = backup(desk.book, away)
    number = desk.order()
    before = desk.head
    desk.book.close()
    error: type[DeskError] = Damaged
    more = {}
    match what:
        case "wrong":
            error, more = WrongPassphrase, {"passphrase": "wrong-wrong"}
        case "no manager":
            error, more = DeskError, {"staff": "3"}
        case "spoiled":
            conn = sqlite3.connect(file)
            conn.execute("DROP TRIGGER journal_keep")
            conn.execute("DELETE FROM journal WHERE seq = 7")
            conn.execute(TRIGGERS["journal_keep"])
            conn.commit()
            conn.close()
        case "foreign":
            file.write_bytes(b"SQLite format 3\0" + bytes(5000))
        case "newer":
            conn = sqlite3.connect(file)
            conn.execute("PRAGMA user_version = 99")
            conn.close()
        case _:
            error, file = DeskError, away / "nosuch.db"
    files = {p: p.read_bytes() for p in away.iterdir()}
    with pytest.raises(error):
        bring_back(desk, file, **more)
    assert desk.reopen().head == before
    assert desk[number].state == "registered"
    assert {p: p.read_bytes() for p in away.iterdir()} == files
    assert not [p for p in desk.home.iterdir() if "restore" in p.name or "replaced" in p.name]


def test_backup_is_not_changed_by_a_restore(desk: Desk, away: Path) -> None:
    """The backup itself stays as it was, to be used again."""
    file, _ = backup(desk.book, away)
    data = file.read_bytes()
    bring_back(desk, file)
    assert file.read_bytes() == data
    assert [p.name for p in away.iterdir()] == [file.name]


def test_an_open_book_that_was_replaced(desk: Desk, away: Path) -> None:
    """A screen that is still open on the replaced book writes nothing into it."""
    file, _ = backup(desk.book, away)
    open_screen = Book(desk.book.path, support.forms(), Rules(), desk.clock)
    _, kept = bring_back(desk, file)
    assert kept is not None
    before = desk.head
    screen = Desk(desk.office, desk.clock)
    screen.book = open_screen
    with pytest.raises(DeskError, match="replaced"):
        screen.order()
    open_screen.close()
    assert desk.reopen().head == before
    replaced = Book(kept, support.forms(), Rules(), desk.clock)
    assert replaced.read.execute("SELECT count(*) FROM records WHERE form = 'order'").fetchone() == (0,)
    replaced.close()


def test_restored_numbers_are_found(desk: Desk, away: Path) -> None:
    """A serial finds the numbers with a branch letter, too."""
    from deskapp.book.search import find
    from deskapp.desk.find import ask

    file, _ = backup(desk.book, away)
    bring_back(desk, file)
    number = desk.order()
    assert number in [r.number for r in find(desk.book.read, ask("001", desk.clock.now.date()))]


@pytest.mark.slow
def test_staff_go_on(desk: Desk, away: Path) -> None:
    """After a restore everybody signs in as before, and may do what he might."""
    set_passphrase(desk.book, BOSS, "3", PASSPHRASE)
    file, _ = backup(desk.book, away)
    bring_back(desk, file)
    desk.step("staff-3", "correct", BOSS, cashier="2", reason="调岗")
    assert desk[desk.order()].by == "staff-3"
    assert sign_in(desk.book, "1", PASSPHRASE).staff == "staff-1"
    assert sign_in(desk.book, "3", PASSPHRASE).roles == {"reception"}
