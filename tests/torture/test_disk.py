"""Disks that are full, may only be read, or went away: told in words; what is there is read; work goes on later."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deskapp import paths
from deskapp.book.check import check
from deskapp.errors import DeskError
from tests import support
from tests.support import PASSPHRASE, Clock, Desk

ORDER = ("add", "order", "room=3-2-1502", "item=13", "content=x", "charge=free")
mounting = pytest.mark.skipif(not support.can_mount(), reason="needs a disk of its own, which only root can mount")


class Home:
    """An office on a small disk, and commands about it."""

    def __init__(self, disk: Path) -> None:
        self.disk, self.path = disk, disk / "home"

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command: it ends by the contract, and without a traceback."""
        done = subprocess.run(
            [sys.executable, "-m", "deskapp", *words], capture_output=True, encoding="utf-8", check=False,
            env={**os.environ, "DESKAPP_HOME": str(self.path), "DESKAPP_STAFF": "1", "DESKAPP_PASSPHRASE": PASSPHRASE,
                 "PYTHONUTF8": "1"},
        )  # fmt: skip
        assert done.returncode in (0, 1, 3, 4), done
        assert "Traceback" not in done.stderr
        return done

    def reads(self) -> None:
        """The book can be read."""
        done = self.run("list", "room")
        assert done.returncode == 0, done

    def refuses(self, *says: str) -> None:
        """Nothing is written, and it is said why."""
        for words in (ORDER, ("backup",)):
            done = self.run(*words)
            assert (done.returncode, done.stdout) == (1, ""), done
            assert any(one in done.stderr for one in says), done.stderr

    def works(self) -> None:
        """Work goes on, and the book is sound."""
        assert self.run(*ORDER).returncode == 0
        book = support._open(self.path, Clock()).book
        assert check(book, full=True).problems == ()
        book.close()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with support.disk(tmp_path, 3000):
        found = Home(tmp_path)
        shutil.copytree(support.founded(), found.path)
        yield found


@pytest.mark.slow
@mounting
def test_a_full_disk(home: Home) -> None:
    """Not a byte is left: each command says so, reads what is there, and copies it to another disk."""
    filler = support.fill(home.disk)
    before = paths.book(home.path).read_bytes()
    home.refuses("磁盘已满", "磁盘不能读写")
    assert paths.book(home.path).read_bytes() == before
    home.reads()
    with tempfile.TemporaryDirectory() as other:
        assert home.run("backup", other).returncode == 0
    filler.unlink()
    home.works()


@pytest.mark.slow
@mounting
def test_a_disk_that_may_only_be_read(home: Home) -> None:
    """A stick with its switch on, a disk the system locked."""
    support.mount("-o", "remount,ro", str(home.disk))
    home.reads()
    home.refuses("只能看", "打不开", "建不了")
    support.mount("-o", "remount,rw", str(home.disk))
    home.works()


def test_a_folder_that_went_away() -> None:
    """The share is gone, the stick was pulled: said in words while it is away, and work goes on when it is back."""
    with support.opened() as desk:
        desk.order()
        away = desk.home.with_name("away")
        desk.home.rename(away)
        with pytest.raises(DeskError, match="can't be opened"):
            desk.order()
        assert not desk.home.exists()
        assert desk["3-2-1502"].number  # what was open is still read
        lost = Home(desk.home.parent).run("list", "room")
        assert (lost.returncode, lost.stdout) == (1, "")
        assert "还没有项目" in lost.stderr
        away.rename(desk.home)
        desk.order()
        assert check(desk.book, full=True).problems == ()


@mounting
def test_a_desk_that_was_opened_on_a_full_disk(home: Home) -> None:
    """It reads; once there is space it saves, and sees what it and others have saved."""
    filler = support.fill(home.disk)
    desk, other = (Desk(support._open(home.path, Clock()), Clock()) for _ in range(2))
    assert desk["3-2-1502"].number
    with pytest.raises(DeskError, match="disk"):
        desk.order()
    filler.unlink()
    number = desk.order()
    assert (desk[number].state, other[number].state) == ("registered", "registered")
    assert desk[other.order()].state == "registered"
    for one in (desk, other):
        one.book.close()


@mounting
@pytest.mark.parametrize("left", [0, 20_000])
def test_a_full_disk_beside_an_open_desk(home: Home, left: int) -> None:
    """Save after save is refused, the last one stands; then there is space again."""
    desk = Desk(support._open(home.path, Clock()), Clock())
    number = desk.order()
    filler = support.fill(home.disk, left)
    saved, said = desk.head, set[str]()
    for _ in range(50):
        try:
            desk.order(content="字" * 3000)
        except DeskError as error:
            said.add(str(error))
            assert desk.head == saved
        saved = desk.head
    assert said
    assert all("disk" in one for one in said)
    assert desk[number].state == "registered"
    filler.unlink()
    desk.order()
    assert check(desk.book, full=True).problems == ()
    desk.book.close()
