"""`close-day`, `report daily` and `report stats`: what they print, what they write down, what they refuse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deskapp import paths
from tests.cli.conftest import Run


def number_of(out: str) -> str:
    return out.splitlines()[0]


def test_close_print_and_once_more(home: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Yesterday, on which nothing was written: looked at, closed, printed again, never twice silently."""
    monkeypatch.delenv("DESKAPP_STAFF")
    looked = run("close-day", "--dry-run")
    assert (looked.code, looked.out) == (0, "")
    assert "没有班次" in looked.err
    assert not paths.prints(home).exists()
    assert run("close-day").code == 2

    ended = run("--as", "1", "close-day", "--remark", "停电两小时")
    assert ended.code == 0, ended.err
    number, page, sheet = ended.out.splitlines()
    assert number.startswith("RB20")
    assert [Path(page).name, Path(sheet).name] == [f"{number}.html", f"{number}.xlsx"]
    assert "打印第1次" in ended.err
    assert "停电两小时" in Path(page).read_text("utf-8")
    assert "没有任何记录" in Path(page).read_text("utf-8")

    again = run("--as", "1", "close-day", "--day", "-1")
    assert again.code == 1
    assert f"已经日结: {number}" in again.err

    target = tmp_path / "log.html"
    assert run("report", "daily", "--day", "-1", "--html", str(target)).code == 2
    assert not target.exists()
    assert "第2次" in run("--as", "3", "report", "daily", "--day", "-1", "--html", str(target)).err
    assert "补打 打印第2次" in target.read_text("utf-8")
    assert "already a file" in run("--lang=en", "--as", "3", "report", "daily", "--day=-1", "--html", str(target)).err
    assert number in run("list", "daily").out


def test_a_draft_of_a_day_that_goes_on(home: Path, run: Run, tmp_path: Path) -> None:
    """Nobody signs in and nothing is written down; the paper says that it is a draft."""
    run("add", "diary", "room=0", "item=45", "source=1", "handling=5", "content==HYPERLINK(1)")
    before = run("check").out
    page, sheet = tmp_path / "a.html", tmp_path / "a.xlsx"
    assert run("report", "daily", "--day", "0", "--html", str(page), "--xlsx", str(sheet)).code == 0
    assert "草稿" in page.read_text("utf-8")
    assert "=HYPERLINK(1)" in page.read_text("utf-8")
    assert sheet.read_bytes().startswith(b"PK")
    assert run("check").out == before
    text = run("report", "daily", "--day", "0").out
    assert "=HYPERLINK(1)" in text
    assert "草稿" in text


def test_statistics(home: Path, run: Run) -> None:
    assert len(run("report", "stats", "--json").items) == 14
    assert set(json.loads(run("report", "stats", "--json").out.splitlines()[0])) == {
        "day", "arrived", "arrivals", "visited", "orders",
    }  # fmt: skip
    shown = run("--lang=en", "report", "stats")
    assert shown.code == 0
    assert shown.out.isascii()


def test_refused(home: Path, run: Run, tmp_path: Path) -> None:
    for words, code, says in (
        (("close-day", "--day", "0"), 1, "is not over"),
        (("close-day", "--day", "yesterday"), 2, "takes a business day"),
        (("--as", "1", "close-day", "--difference", "x"), 2, "known or question"),
        (("report", "daily", "--html", str(tmp_path / "a.pdf")), 2, ".html"),
        (("report", "daily", "--html", str(tmp_path / "gone" / "a.html")), 1, "is not there"),
        (("report", "daily", "--desk", "desk-099"), 1, "no journal"),
        (("report",), 2, ""),
    ):
        ended = run("--lang=en", *words)
        assert (ended.code, ended.out) == (code, ""), (words, ended)
        assert says in ended.err
    assert run("--as", "3", "close-day").code == 1


def test_the_day_is_closed_though_the_stick_is_not_there(home: Path, run: Run, tmp_path: Path) -> None:
    ended = run("--as", "1", "close-day", "--to", str(tmp_path / "usb"))
    assert ended.code == 1
    assert "已经日结;下面这一步没做成" in ended.err
    assert run("list", "daily", "--json").items[0]["number"] == number_of(ended.out)
