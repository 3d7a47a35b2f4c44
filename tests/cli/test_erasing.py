"""erase: says what would go and touches nothing; with two passphrases it goes, and says what it can't reach."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from deskapp.book import erasure as private
from deskapp.book.database import beijing_now
from deskapp.desk import office as offices
from tests.cli.conftest import PASSPHRASE, Run, book_bytes

NAME, PHONE = "欧阳娜娜", "13977776666"


@pytest.fixture
def old(home: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> str:
    """An order that ended four years ago."""
    order = run("add", "order", "room=3-2-1502", "item=13", "content=x", f"caller={NAME}", f"phone={PHONE}").number
    assert run("step", order, "void", "reason=重复").code == 0
    monkeypatch.setattr(offices.open_office, "__defaults__", (lambda: beijing_now() + timedelta(days=4 * 366),))
    monkeypatch.setenv("DESKAPP_SECOND_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("DESKAPP_HOME", str(home))
    return order


def test_dry(old: str, home: Path, run: Run) -> None:
    before = book_bytes(home)
    ended = run("--lang", "en", "erase", "3-2-1502")
    assert ended.code == 0
    assert old in ended.out
    assert "139****6666" in ended.out
    assert PHONE not in ended.out + ended.err
    assert NAME not in ended.out + ended.err
    assert "nothing was changed" in ended.err
    assert book_bytes(home) == before


def test_done(old: str, home: Path, run: Run) -> None:
    (home / "backups").mkdir()
    (home / "backups" / "desk-017-old.deskapp.db").write_bytes(b"-")
    ended = run("--lang", "en", "erase", old, "--yes", "--with", "3")
    assert (ended.code, ended.out.split()[-1]) == (0, "2")
    assert "desk-017-old.deskapp.db" in ended.err
    assert not any(PHONE.encode() in data for data in book_bytes(home).values())
    assert NAME not in run("show", old).out
    assert run("check", "--full").code == 0
    again = run("--lang", "en", "erase", old, "--yes", "--with", "3")
    assert again.code == 1
    assert "nothing to erase" in again.err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--yes",), 2, "two people"),
        (("--yes", "--with", "1"), 1, "two people"),
        (("--yes", "--with", "9"), 1, "no passphrase"),
        (("--yes", "--with", "3", "--as", "4"), 1, "only a manager"),
    ],
)
def test_not_alone(old: str, home: Path, run: Run, words: tuple[str, ...], code: int, said: str) -> None:
    before = run("check").out
    ended = run("--lang", "en", "erase", old, *words)
    assert ended.code == code
    assert said in ended.err
    assert run("check").out == before


def test_cut_off(old: str, home: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command says that it is to be finished; without a number it is."""
    assert run("--lang", "en", "erase").code == 2
    with monkeypatch.context() as patch:
        patch.setattr(private, "clean", lambda _: False)
        assert run("erase", old, "--yes", "--with", "3").code == 0
    assert "finish it: deskapp erase" in run("--lang", "en", "board").err
    ended = run("--lang", "en", "erase")
    assert ended.code == 0
    assert "is finished" in ended.err
    assert "finish it" not in run("--lang", "en", "board").err
