"""Loading a table: all rows or none, and every bad row named by line, column and reason."""

from __future__ import annotations

import io
import re
import sys

import pytest
from openpyxl import Workbook

from deskapp.cli import output
from tests.cli.conftest import CLERK, Run, book_bytes

CUSTOMERS = "room,name,电话,Role\n3-2-1502,曾丽,13800131234,1\n5-302,欧阳娜娜,,tenant\n0,𠮷田,010-88886666,\n"


@pytest.fixture
def file(tmp_path):
    """Writes a table to be loaded."""

    def write(content: str | bytes, name: str = "customers.csv", encoding: str = "utf-8") -> str:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return str(path)

    return write


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_good_table_is_loaded_whole(home, run: Run, file, encoding):
    ended = run("load", "customer", file(CUSTOMERS, encoding=encoding))

    assert (ended.code, ended.out) == (0, "")
    assert "3" in ended.err
    items = run("list", "customer", "--json").items
    assert [item["room"] for item in items] == ["0", "5-302", "3-2-1502"]
    assert [item["role"] for item in items] == ["owner", "tenant", "owner"]
    assert items[0]["name"] == "𠮷*"
    assert [item["number"] for item in run("find", "oynn", "--json").items] == [items[1]["number"]]
    assert run("check", "--full").code == 0


def test_a_spreadsheet_is_loaded(home, run: Run, tmp_path):
    book = Workbook()
    for row in (
        ["房号", "姓名", "电话", "委托代收"],
        ["3-2-1502", "曾丽", 13800131234, True],
        [0, "\u202e王\x07"[:-1], None, None],
    ):
        book.active.append(row)
    book.save(tmp_path / "customers.xlsx")

    assert run("load", "customer", str(tmp_path / "customers.xlsx")).code == 0
    second, first = run("list", "customer", "--json").items
    assert (first["phone"], first["mail"]) == ("138****1234", True)
    assert (second["room"], second["name"]) == ("0", "王*")


def test_every_bad_row_is_named_and_none_is_loaded(home, run: Run, file):
    rows = (
        "room,name,phone,role",
        "3-2-1502,曾丽,13800131234,owner",
        "9-9-9999,张三,13800131235,owner",
        "5-302,,13800131236,owner",
        '5-302,"李\n四",13800131237,owner',
        "5-302,王五,call me,owner",
        "5-302,赵六,13800131238,lodger",
    )
    before = run("list", "customer", "--json").out

    ended = run("load", "customer", file("\n".join(rows)))

    assert (ended.code, ended.out) == (1, "")
    named = re.findall(r"第([0-9]+)行 (\w+)栏", ended.err)
    assert named == [("3", "room"), ("4", "name"), ("7", "phone"), ("8", "role")]
    assert "9-9-9999" in ended.err
    assert not [secret for secret in ("13800131235", "张三", "call me") if secret in ended.err]
    assert run("list", "customer", "--json").out == before


def test_a_table_that_names_a_record_twice_is_refused(home, run: Run, file):
    ended = run("load", "room", file("code,kind\n9-1,home\n9-2,home\n9-1,home\n3-2-1502,home\n"))

    assert ended.code == 1
    assert re.findall(r"第([0-9]+)行", ended.err) == ["4", "5"]
    assert run("list", "room", "--where", "code=9-2", "--json").items == []


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "customers.csv"),
        (b"room,nonesuch\n0,x\n", "customers.csv"),
        (b"room,name\n0,x,y\n", "customers.csv"),
        (b'room,name\n0,"x\n', "customers.csv"),
        (b"\xff\xfe\x00", "customers.csv"),
        (b"PK\x03\x04", "customers.xlsx"),
    ],
)
def test_a_file_that_is_no_table_changes_nothing(home, run: Run, file, content, name):
    before = book_bytes(home)

    ended = run("load", "customer", file(content, name))

    assert (ended.code, ended.out) == (1, "")
    assert book_bytes(home) == before


def test_a_role_that_may_not_register_is_told_once(home, run: Run, file):
    ended = run("load", "staff", file("code,name\n7,张三\n8,李四\n"), "--as", CLERK)

    assert (ended.code, ended.out) == (1, "")
    assert "行" not in ended.err


def test_nul_and_terminal_controls_in_a_table_are_cleaned(home, run: Run, file):
    assert run("load", "room", file('code,name\n9-1,"大\x00堂\x1b[2J\r\n东"\n')).code == 0

    assert run("list", "room", "--where", "code=9-1", "--json").items[0]["name"] == "大堂[2J 东"


class Terminal(io.StringIO):
    """A stream that somebody watches."""

    def isatty(self) -> bool:
        return True


def test_progress_is_told_to_a_terminal_alone(home, run: Run, file, monkeypatch):
    many = file("code,kind\n" + "".join(f"9-{n},home\n" for n in range(50)))
    assert "\r" not in run("load", "room", many).err

    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    with output.progress("row") as tell:
        tell(49)
        tell(50)
    assert terminal.getvalue() == "\rrow 49\r\x1b[K"
