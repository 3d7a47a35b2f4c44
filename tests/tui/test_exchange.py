"""The stick at the screen: found, sent, taken, refused, pulled out; one plain sentence and the next thing (F6.9)."""

from __future__ import annotations

import asyncio
import errno
import shutil
import threading
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from deskapp.book import receipts
from deskapp.book.desks import HQ
from deskapp.desk.office import Office, open_office
from deskapp.exchange import exporting, importing, keys, landing, stick
from deskapp.exchange.keyring import Keyring
from deskapp.tui.screens.board import BoardScreen
from deskapp.tui.screens.exchange import ExchangeScreen
from tests.exchange import pair as offices
from tests.exchange.pair import Pair
from tests.support import BOSS, PASSPHRASE
from tests.tui.conftest import Desk, Open

OUT = "可以拔出U盘了"


@pytest.fixture
def pair() -> Iterator[Pair]:
    """A desk and its head office, acquainted."""
    with offices.opened() as found:
        yield found


@pytest.fixture
def office(pair: Pair) -> Office:
    """The desk's, for the screen."""
    return open_office(pair.desk.home, pair.desk.clock)


@pytest.fixture
def folder(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The stick's folder, plugged in: the only one there is, and another disk than the office's."""
    monkeypatch.setattr(stick, "_places", lambda: [pair.stick])
    real = landing.disk_of
    monkeypatch.setattr(exporting, "disk_of", lambda path: -1 if path == pair.desk.home else real(path))
    return pair.stick


def lying(folder: Path) -> list[Path]:
    """What is in a folder."""
    return list(folder.iterdir())


def at(desk: Open, number: int = 44, size: tuple[int, int] = (80, 24)) -> AbstractAsyncContextManager[Desk]:
    """The screen, opened by its number."""
    return desk(session=BOSS, keys=[*str(number), "enter"], size=size)


@pytest.mark.slow
async def test_there_and_back(desk: Open, pair: Pair, folder: Path, office: Office) -> None:
    """Exported, taken at head office, its word imported: the next export has less to bring."""
    async with at(desk) as d:
        assert isinstance(d.app.screen, ExchangeScreen)
        assert "还没有确认过" in d.text
        assert "没有给本处的文件" in d.text
        await d.type("1\n")
        assert OUT in d.text
        for word in ("写入", "读回核对", "落盘"):
            assert f"{word}" in d.text
        assert d.text.count("完成") == 3
        [bundle] = lying(folder)
        found = importing.Importer(pair.hq.book, Keyring.open(pair.hq.home)).take([bundle])
        assert [one.outcome for one in found] == ["APPLIED"]
        pair.send(pair.hq, "desk-017")
        await d.type("\n")
        assert "给本处的文件 1 个" in d.text
        assert receipts.acked(office.book.read, HQ) == {}
        await d.type("2\n")
        assert OUT in d.text
        assert "收下 1 个文件" in d.text
        assert receipts.acked(office.book.read, HQ) != {}
        await d.type("\n")
        assert "上次确认" in d.text
        await d.press("escape")
        assert isinstance(d.app.screen, BoardScreen)


async def test_a_folder_typed_by_hand(desk: Open, pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the computer's own disk: said, and nothing about pulling out."""
    monkeypatch.setattr(stick, "_places", list)
    async with at(desk) as d:
        assert "没有找到" in d.text
        await d.type("1\n")
        assert "没有找到U盘" in d.text
        await d.type(f"{pair.stick}\n")
        assert str(pair.stick) in d.text
        await d.type("1\n")
        assert "U 盘插好了吗" in d.text
        assert f"****  {OUT}" not in d.text
        assert len(lying(pair.stick)) == 1


@pytest.mark.parametrize(
    ("error", "says"), [(errno.ENOSPC, "没有空间"), (errno.EROFS, "不许写入"), (errno.ENODEV, "不在了")]
)
async def test_a_stick_that_refuses(
    desk: Open, folder: Path, monkeypatch: pytest.MonkeyPatch, error: int, says: str
) -> None:
    """Full, read-only, vanished: named, nothing is left, and the screen goes on."""

    def refuses(file: object, meant: bytes, target: Path) -> None:
        if target.parent == folder:
            raise OSError(error, "refused")

    monkeypatch.setattr(landing, "_read_back", refuses)
    async with at(desk) as d:
        await d.type("1\n")
        assert str(folder) in d.text.replace("\n", "")
        assert says in d.text
        assert OUT not in d.text
        assert lying(folder) == []
        monkeypatch.undo()
        assert isinstance(d.app.screen, ExchangeScreen)


@pytest.mark.slow
async def test_pulled_out_before_the_digit(desk: Open, folder: Path) -> None:
    async with at(desk, 45) as d:
        shutil.rmtree(folder)
        for digit in "12":
            await d.type(f"{digit}\n")
            assert str(folder) in d.text.replace("\n", "")
            assert OUT not in d.text
        assert folder not in lying(folder.parent)


async def test_a_damaged_file_is_told(desk: Open, folder: Path) -> None:
    """One sentence before import, the same after it; the clerk is told to look."""
    (folder / "hq_desk-017_aa_0000000000-0000000001.zip.age").write_bytes(b"age-encryption.org/v1\n")
    async with at(desk, 45) as d:
        assert "给本处的文件 1 个" in d.text
        await d.type("2\n")
        assert "1 个要处理" in d.text


async def test_no_keys(desk: Open, pair: Pair, folder: Path) -> None:
    """Said at once, and what to do; a digit changes nothing."""
    shutil.rmtree(pair.desk.home / "keys")
    async with at(desk) as d:
        assert "deskapp keys new" in d.text
        await d.type("1\n")
        assert "deskapp keys new" in d.text
        assert lying(folder) == []


async def test_a_locked_key(desk: Open, pair: Pair, folder: Path) -> None:
    """The passphrase is asked for, is not on the screen, and a wrong one is asked for again."""
    keys.rotate(pair.desk.home, pair.desk.book, BOSS, PASSPHRASE)
    async with at(desk) as d:
        await d.type("1\nnot this one\n")
        assert "not this one" not in d.text
        assert lying(folder) == []
        await d.type(f"{PASSPHRASE}")
        assert PASSPHRASE not in d.text
        await d.type("\n")
        assert OUT in d.text


@pytest.mark.slow
async def test_keys_wait_and_esc_leaves(desk: Open, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While it writes nothing typed goes astray; Esc is heard at once, and the end is told on the board."""
    begun, may = threading.Event(), threading.Event()
    real = landing._read_back

    def slowly(file: object, meant: bytes, target: Path) -> None:
        if target.parent == folder:
            begun.set()
            may.wait(20)
        real(file, meant, target)  # type: ignore[arg-type]

    monkeypatch.setattr(landing, "_read_back", slowly)
    async with at(desk) as d:
        for key in ("1", "enter", "2", "enter"):
            d.app.simulate_key(key)
        await asyncio.to_thread(begun.wait, 20)
        await d.pilot.pause()
        assert "进行中" in d.text
        await d.press("escape")
        assert isinstance(d.app.screen, BoardScreen)
        may.set()
        await d.app.workers.wait_for_complete()
        await d.settle()
        assert OUT in d.text
        assert len(lying(folder)) == 1


async def test_small(desk: Open, folder: Path) -> None:
    """At 60x16 the sentence and the field are there."""
    async with at(desk, size=(60, 16)) as d:
        assert "1 导出" in d.text
        await d.type("1\n")
        assert f"****  {OUT}" in d.text


def test_places(tmp_path: Path) -> None:
    """Folders only; a place that is not there is none."""
    (tmp_path / "KINGSTON").mkdir()
    (tmp_path / "file").touch()
    assert [one.name for one in stick.sticks([tmp_path, tmp_path / "gone"])] == ["KINGSTON"]
    assert isinstance(stick.sticks(), list)
