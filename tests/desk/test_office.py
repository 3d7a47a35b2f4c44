"""Founding an office, and opening it."""

from __future__ import annotations

import csv
import json
import stat
from pathlib import Path

import pytest

from deskapp import paths
from deskapp.book.check import check
from deskapp.book.signin import sign_in
from deskapp.desk import office as offices
from deskapp.desk.office import found, open_office, standard_records
from deskapp.errors import DeskError
from deskapp.resources import data_path
from tests import support
from tests.support import PASSPHRASE, Clock


def test_found(tmp_path: Path) -> None:
    """Settings, a book, the first manager with every role, and the standard records."""
    home = tmp_path / "new" / "home"
    office = found(home, "汇景中心", "desk-017", "陈建国", PASSPHRASE, Clock())
    assert office.complaints == []
    assert (office.config.office, office.config.desk) == ("汇景中心", "desk-017")
    assert sign_in(office.book, "1", PASSPHRASE).roles == set(support.ROLES)
    heads = [json.loads(head) for (head,) in office.book.read.execute("SELECT head FROM journal ORDER BY seq LIMIT 3")]
    assert [(h["seq"], h["form"], h["step"]) for h in heads] == [
        (0, "journal", "open"),
        (1, "form", "adopt"),
        (2, "staff", "register"),
    ]
    with data_path("forms", "item.csv").open(encoding="utf-8", newline="") as file:
        items = [row["code"] for row in csv.DictReader(file)]
    kept = {n for (n,) in office.book.read.execute("SELECT number FROM records WHERE form = 'item'")}
    assert kept == {f"item-{code}" for code in items}
    assert check(office.book, full=True).problems == ()
    office.book.close()
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert not [p.name for p in home.iterdir() if "part" in p.name]


def test_standard_records_load(tmp_path: Path) -> None:
    """Every table beside a form is one of its form's, and what it names comes first."""
    tables = standard_records(support.forms())
    assert {name for name, _ in tables} == {p.stem for p in data_path("forms").glob("*.csv")}
    names = [name for name, _ in tables]
    assert names.index("price") < names.index("item")


@pytest.mark.parametrize(
    ("desk", "manager", "passphrase"),
    [("desk-017", "陈建国", "short"), ("desk-017", "陈建国", "长长的口令长长的口令长"),
     ("desk/017", "陈建国", PASSPHRASE), ("../x", "陈建国", PASSPHRASE), ("", "陈建国", PASSPHRASE),
     ("desk-017", "", PASSPHRASE), ("desk-017", "  \x00", PASSPHRASE), ("desk-017", "x" * 300, PASSPHRASE)],
)  # fmt: skip
def test_founding_refused(tmp_path: Path, desk: str, manager: str, passphrase: str) -> None:
    """A bad passphrase, desk or name is told, nothing is made, and the next try founds the office."""
    home = tmp_path / "home"
    with pytest.raises(DeskError):
        found(home, "汇景中心", desk, manager, passphrase, Clock())
    assert not paths.book(home).exists()
    assert not paths.config(home).exists()
    office = found(home, "汇景中心", "desk-017", "陈建国", PASSPHRASE, Clock())
    office.book.close()


def test_founded_once(tmp_path: Path) -> None:
    """An office is not founded over another: neither its book nor its settings are touched."""
    office = found(tmp_path, "汇景中心", "desk-017", "陈建国", PASSPHRASE, Clock())
    office.book.close()
    before = {p.name: p.read_bytes() for p in (paths.config(tmp_path), paths.book(tmp_path))}
    with pytest.raises(DeskError, match="already an office"):
        found(tmp_path, "别的", "desk-018", "别人", PASSPHRASE, Clock())
    assert {p.name: p.read_bytes() for p in (paths.config(tmp_path), paths.book(tmp_path))} == before


def test_no_office(tmp_path: Path) -> None:
    """Where there is none it is told, and nothing is made."""
    with pytest.raises(DeskError):
        open_office(tmp_path / "nosuch")
    assert not (tmp_path / "nosuch").exists()


def test_half_an_office(tmp_path: Path) -> None:
    """Settings without a book are told in words."""
    office = found(tmp_path, "汇景中心", "desk-017", "陈建国", PASSPHRASE, Clock())
    office.book.close()
    paths.book(tmp_path).unlink()
    with pytest.raises(DeskError, match="there is no book"):
        open_office(tmp_path)


def test_settings_decide(tmp_path: Path) -> None:
    """The settings' hours, limits and start of the day are what entries are decided by."""
    office = found(tmp_path, "汇景中心", "desk-017", "陈建国", PASSPHRASE, Clock())
    office.book.close()
    text = paths.config(tmp_path).read_text("utf-8")
    text = (
        text.replace('day_starts = "08:00"', 'day_starts = "00:00"')
        .replace("[limits]", '[limits]\npickup = "7 min"')
        .replace('kind = "housing"', 'kind = "tower"')
    )
    paths.config(tmp_path).write_text(text, "utf-8")
    desk = support.Desk(open_office(tmp_path, Clock()), Clock())
    assert desk.book.rules.kind == "tower"
    desk.add("room", support.BOSS, code="3-2-1502")
    desk.add("provider", support.BOSS, code="21", name="王强", plumbing=True)
    number = desk.add("order", support.BOSS, room="3-2-1502", item="13", charge="free")
    assert desk[number].day == "2026-11-22"
    desk.step(number, "dispatch", support.BOSS, provider="21", charge="free")
    due = desk[number].clocks["pickup"].due
    assert due is not None
    assert (due - support.NOW).total_seconds() == 7 * 60
    desk.book.close()


def test_own_forms(tmp_path: Path) -> None:
    """A form in the home's own folder is used; a wrong one is complained about and stops nothing."""
    office = found(tmp_path, "汇景中心", "desk-017", "陈建国", PASSPHRASE, Clock())
    office.book.close()
    folder = paths.forms(tmp_path)
    folder.mkdir()
    text = (
        support.forms()["price"]
        .text.replace('form    = "price"', 'form    = "fee"')
        .replace("price-{code}", "fee-{code}")
        .replace("51 =", "99 =")
    )
    (folder / "fee.toml").write_text(text, "utf-8")
    (folder / "wrong.toml").write_text("form = 3", "utf-8")
    office = open_office(tmp_path, Clock())
    assert "fee" in office.book.forms
    assert [c.values["file"] for c in office.book.complaints] == ["wrong.toml"]
    office.book.close()
    assert offices.FOUNDER == "1"
