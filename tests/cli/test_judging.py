"""`deskapp forms --check FILE`, as whoever writes a form meets it."""

from __future__ import annotations

from pathlib import Path

import pytest

from deskapp import paths
from deskapp.resources import data_path
from tests.cli.conftest import Run

PRICE = data_path("forms", "price.toml").read_text("utf-8")
FEE = (
    PRICE.replace('form    = "price"', 'form    = "fee"').replace("price-{code}", "fee-{code}").replace("51 =", "99 =")
)


def write(file: Path, text: str) -> str:
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, "utf-8")
    return str(file)


def test_a_right_form_is_told_where_it_goes(run: Run, home: Path, tmp_path: Path) -> None:
    told = run("forms", "--check", write(tmp_path / "fee.toml", FEE))
    assert (told.code, told.err) == (0, "")
    assert told.out.startswith("fee 第1版: 正确")
    assert str(paths.forms(home)) in told.out

    told = run("forms", "--check", write(paths.forms(home) / "fee.toml", FEE))
    assert (told.code, told.err, told.out.count("\n")) == (0, "", 1)


def test_it_needs_no_office(run: Run, tmp_path: Path) -> None:
    assert run("forms", "--check", write(tmp_path / "fee.toml", FEE)).code == 0
    wrong = run("forms", "--check", write(tmp_path / "fee.toml", FEE + "\n[oops]\n"))
    assert (wrong.code, wrong.out) == (1, "")
    assert wrong.err.startswith("fee.toml: oops: ")
    assert list(tmp_path.iterdir()) == [tmp_path / "fee.toml"]


@pytest.mark.parametrize("name", ["fee.txt", "fee", "order.toml.txt", "order.TOML"])
def test_another_suffix_is_told(run: Run, home: Path, tmp_path: Path, name: str) -> None:
    told = run("forms", "--check", write(tmp_path / name, FEE))
    assert (told.code, told.out) == (1, "")
    assert name in told.err
    assert "release.toml" in told.err


def test_a_file_that_is_not_there_is_told(run: Run, home: Path, tmp_path: Path) -> None:
    for path in (tmp_path / "nosuch.toml", tmp_path / "folder.toml"):
        (tmp_path / "folder.toml").mkdir(exist_ok=True)
        told = run("forms", "--check", str(path))
        assert (told.code, told.out) == (1, "")
        assert str(path) in told.err
    assert run("forms", "fee", "--check", str(tmp_path / "nosuch.toml")).code == 2


def test_another_encoding_is_told(run: Run, home: Path, tmp_path: Path) -> None:
    """Notepad's byte order mark is no mistake; its ANSI is."""
    file = tmp_path / "fee.toml"
    file.write_text(FEE, "utf-8-sig")
    assert run("forms", "--check", str(file)).code == 0
    file.write_text(FEE, "gb18030")
    told = run("forms", "--check", str(file))
    assert (told.code, told.out) == (1, "")
    assert "UTF-8" in told.err


def test_a_copy_is_judged_by_itself(run: Run, home: Path, tmp_path: Path) -> None:
    """The one in the office's folder may be wrong: the mended copy is right; and the other way round."""
    theirs, mended = paths.forms(home) / "fee.toml", tmp_path / "fee.toml"
    wrong = FEE.replace('type  = "money"', 'type  = "coin"')
    write(theirs, wrong)
    right = run("forms", "--check", write(mended, FEE))
    assert (right.code, right.err) == (0, "")
    assert run("forms", "--check", str(theirs)).code == 1

    write(theirs, FEE)
    told = run("forms", "--check", write(mended, wrong))
    assert told.code == 1
    assert "fields.amount.type" in told.err


def test_other_wrong_forms_are_not_its_fault(run: Run, home: Path, tmp_path: Path) -> None:
    write(paths.forms(home) / "other.toml", "form = 3")
    told = run("forms", "--check", write(tmp_path / "fee.toml", FEE))
    assert (told.code, told.err) == (0, "")


def test_a_form_in_place_of_a_shipped_one_is_told(run: Run, home: Path, tmp_path: Path) -> None:
    """It may be meant; the desk's own is silent about itself."""
    ours = PRICE.replace("length = 60", "length = 80").replace("version = 1", "version = 2")
    told = run("forms", "--check", write(tmp_path / "price.toml", ours))
    assert (told.code, told.err) == (0, "")
    assert "price 第2版: 正确" in told.out
    assert "程序自带" in told.out
    assert run("forms", "--check", str(data_path("forms", "price.toml"))).out.count("\n") == 1


def test_a_form_that_was_used_needs_a_new_version(run: Run, home: Path, tmp_path: Path) -> None:
    """The standard prices are in ink: another text needs another version, and is told what to do."""
    ours = write(tmp_path / "price.toml", PRICE.replace("length = 60", "length = 80"))
    told = run("forms", "--check", ours)
    assert (told.code, told.out) == (1, "")
    assert "price.toml: 第 1 版已经用过" in told.err
    assert "新版本号" in told.err


def test_a_field_that_was_used_keeps_its_type(run: Run, home: Path, tmp_path: Path) -> None:
    """Also in a later version."""
    ours = PRICE.replace("version = 1", "version = 2").replace('type  = "money"', 'type  = "count"')
    told = run("forms", "--check", write(tmp_path / "price.toml", ours))
    assert (told.code, told.out) == (1, "")
    assert "amount" in told.err


def test_a_menu_number_of_another_form_is_refused(run: Run, home: Path, tmp_path: Path) -> None:
    """A number opens one thing: the form that had it first keeps it."""
    told = run("forms", "--check", write(tmp_path / "fee.toml", FEE.replace("99 =", "13 =")))
    assert (told.code, told.out) == (1, "")
    assert "menu.13" in told.err
    assert "mail" in told.err


def test_a_menu_number_of_the_desk_itself_is_told(run: Run, home: Path, tmp_path: Path) -> None:
    """Right, and still a surprise."""
    told = run("forms", "--check", write(tmp_path / "fee.toml", FEE.replace("99 =", "82 =")))
    assert (told.code, told.err) == (0, "")
    assert ["锁屏" in line for line in told.out.splitlines() if " 82 " in line] == [True]
