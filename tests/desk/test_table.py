"""Tables to be loaded: what a CSV file or a spreadsheet says, and where in it something is wrong."""

from __future__ import annotations

import datetime as dt
import sys
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from deskapp.desk import table
from deskapp.errors import DeskError, UsageError
from deskapp.forms.load import parse_form
from tests.support import forms

NIGHT = dt.datetime(2026, 11, 22, 3, 15)  # noqa: DTZ001 - sheets know no time zones
FORM = parse_form(
    """
form = "thing"
code = "T"
version = 1
title = { zh = "东西", en = "Thing" }
number = "T-{n:03}"
states = ["open"]
labels = { open = { zh = "开", en = "Open" } }
[fields.room]
type = "text"
label = { zh = "房号", en = "Room" }
[fields.note]
type = "note"
label = { zh = "说明", en = "Note" }
[fields.day]
type = "day"
label = { zh = "日期", en = "Day" }
[fields.at]
type = "moment"
label = { zh = "时间", en = "Moment" }
[fields.n]
type = "count"
label = { zh = "数量", en = "Count" }
[fields.ok]
type = "yes-no"
label = { zh = "好", en = "OK" }
[fields.twin]
type = "text"
label = { zh = "说明", en = "Twin" }
[fields.unasked]
type = "text"
label = { zh = "不问", en = "Unasked" }
[steps.register]
label = { zh = "登记", en = "Register" }
who = ["reception"]
[steps.register.asks]
room = "needed"
note = "optional"
day = "optional"
at = "optional"
n = "optional"
ok = "optional"
twin = "optional"
""",
    "thing.toml",
)


def csv_file(folder: Path, content: str | bytes, encoding: str = "utf-8") -> Path:
    path = folder / "things.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def sheet(folder: Path, *rows: list[object]) -> Path:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(folder / "things.xlsx")
    return folder / "things.xlsx"


def answers(path: Path) -> list[tuple[int, dict[str, object]]]:
    return [(row.line, row.answers) for row in table.read(path, FORM).rows]


# ---------------------------------------------------------------- CSV


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
@pytest.mark.parametrize("heading", ["room,twin", "Room,Twin", "房号,Twin", "ROOM, twin "])
def test_a_csv_file_is_read_in_the_encodings_of_the_office(tmp_path, encoding, heading):
    assert answers(csv_file(tmp_path, f"{heading}\n3-2-1502,曾女士\n", encoding)) == [
        (2, {"room": "3-2-1502", "twin": "曾女士"})
    ]


def test_rare_characters_survive_gb18030(tmp_path):
    (row,) = answers(csv_file(tmp_path, "room,twin\n1,𠮷田\n", "gb18030"))

    assert row[1]["twin"] == "𠮷田"


def test_lines_are_counted_as_an_editor_counts_them(tmp_path):
    text = 'room,twin\r\n1,"two\r\nlines"\r\n\r\n,,\r\n2,"quoted, ""comma"""\r\n3\r\n'

    assert answers(csv_file(tmp_path, text)) == [
        (2, {"room": "1", "twin": "two\r\nlines"}),
        (6, {"room": "2", "twin": 'quoted, "comma"'}),
        (7, {"room": "3"}),
    ]


def test_empty_cells_answer_nothing_and_blank_lines_before_the_headings_are_passed_over(tmp_path):
    assert answers(csv_file(tmp_path, "\n,,\nroom,,twin,\n1,,  ,\n")) == [(4, {"room": "1"})]


def test_nul_and_a_long_cell_are_no_end(tmp_path):
    (row,) = answers(csv_file(tmp_path, f"room,twin\n1\0,{'长' * 200_000}\n"))

    assert row[1] == {"room": "1\0", "twin": "长" * 200_000}


def test_reserved_answers_may_be_columns(tmp_path):
    assert answers(csv_file(tmp_path, "room,when,for\n1,-10,21\n")) == [(2, {"room": "1", "when": "-10", "for": "21"})]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"\n\n,,\n", "is empty"),
        (b"room,twin\n", "no rows"),
        (b"room,twin\n,\n", "no rows"),
        (b"room,nonesuch\n1,2\n", "nonesuch"),
        ("room,不问\n1,2\n".encode(), "不问"),
        ("room,说明\n1,2\n".encode(), "说明"),  # two fields are called so
        (b"room,Room\n1,2\n", "two columns are room"),
        (b'room,twin\n1,"open\n2,3\n', "not CSV"),
        (b'room,twin\n1,"a"b\n', "line 2 is not CSV"),
        ("room,twin\n1,中\n".encode("utf-16"), "neither UTF-8 nor GB18030"),
        (b"\xff\xfe\x00\x01", "neither UTF-8 nor GB18030"),
        (b"room\n" + b'"' + b"x" * 1_100_000 + b'"\n', "not CSV"),
    ],
)
def test_a_csv_file_that_can_not_be_a_table_is_refused(tmp_path, content, says):
    with pytest.raises(DeskError, match=says):
        table.read(csv_file(tmp_path, content), FORM)


def test_cells_without_a_heading_are_named_by_line_and_column(tmp_path):
    path = csv_file(tmp_path, 'room,,twin\n1,2,3\n1,,3\n1,,3,"4, 5"\n')

    with pytest.raises(table.BadTable) as bad:
        table.read(path, FORM)

    assert [(fault.line, fault.column) for fault in bad.value.faults] == [(2, "2"), (4, "4")]


def test_a_file_of_another_kind_or_none_is_refused(tmp_path):
    for name in ("things.txt", "things.xls", "things"):
        with pytest.raises(UsageError):
            table.read(tmp_path / name, FORM)
    for name in ("none.csv", "none.xlsx"):
        with pytest.raises(DeskError, match="cannot be read"):
            table.read(tmp_path / name, FORM)
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(DeskError, match="cannot be read"):
        table.read(tmp_path / "folder.csv", FORM)


# ---------------------------------------------------------------- spreadsheets


def test_a_sheet_says_what_a_person_would_type(tmp_path):
    path = sheet(
        tmp_path,
        ["房号", "day", "at", "n", "ok", "twin"],
        [1502, dt.date(2026, 11, 22), NIGHT, 3.0, True, 80.5],
        ["3-2-1502", NIGHT.replace(hour=0, minute=0), dt.time(3, 15), 3, False, None],
        [None, None, None, None, None, None],
        ["x", "1122", "9", "3", "是", " "],
    )

    assert answers(path) == [
        (2, {"room": "1502", "day": "2026-11-22", "at": "2026-11-22 03:15", "n": "3", "ok": "yes", "twin": "80.5"}),
        (3, {"room": "3-2-1502", "day": "2026-11-22", "at": "03:15", "n": "3", "ok": "no"}),
        (5, {"room": "x", "day": "1122", "at": "9", "n": "3", "ok": "是"}),
    ]


def test_a_long_phone_number_stays_whole(tmp_path):
    (row,) = answers(sheet(tmp_path, ["room", "twin"], ["1", 13800131234]))

    assert row[1]["twin"] == "13800131234"


def test_what_the_sheet_took_for_a_date_is_refused_by_cell(tmp_path):
    with pytest.raises(table.BadTable) as bad:
        table.read(sheet(tmp_path, ["room"], [NIGHT], ["1"]), FORM)

    assert [(fault.line, fault.column) for fault in bad.value.faults] == [(2, "room")]


def test_formulas_give_their_value_or_are_refused_by_cell(tmp_path):
    path = sheet(tmp_path, ["room", "twin"], ["1", "=1+1"], ["2", "=A2"], ["3", "#N/A"])
    with pytest.raises(table.BadTable) as bad:
        table.read(path, FORM)
    assert [(fault.line, fault.column) for fault in bad.value.faults] == [(2, "twin"), (3, "twin"), (4, "twin")]

    calculated = tmp_path / "calculated.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(calculated, "w") as new:
        for name in old.namelist():
            text = old.read(name).replace(b"<v />", b"<v>2</v>").replace(b"#N/A", b"3").replace(b't="e"', b"")
            new.writestr(name, text)
    assert [row["twin"] for _, row in answers(calculated)] == ["2", "2", "3"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"PK\x03\x04" + b"\0" * 500, b"<html>", "房号\n1\n".encode()])
def test_a_file_that_is_no_spreadsheet_is_refused(tmp_path, content):
    path = tmp_path / "things.xlsx"
    path.write_bytes(content)

    with pytest.raises(DeskError, match="spreadsheet"):
        table.read(path, FORM)


def test_a_damaged_spreadsheet_is_refused_or_read(tmp_path):
    whole = sheet(tmp_path, ["room", "twin"], *([str(n), "x" * 50] for n in range(50))).read_bytes()
    path = tmp_path / "damaged.xlsx"
    for place in range(0, len(whole), 97):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        try:
            table.read(path, FORM)
        except DeskError:
            continue
    for size in range(0, len(whole), 397):
        path.write_bytes(whole[:size])
        with pytest.raises(DeskError):
            table.read(path, FORM)


def test_without_openpyxl_the_way_out_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "openpyxl", None)

    with pytest.raises(DeskError) as refused:
        table.read(tmp_path / "things.xlsx", FORM)
    assert "CSV" in refused.value.hint


# ---------------------------------------------------------------- words for fields


def test_every_field_of_a_shipped_form_goes_by_its_name():
    for form in forms().values():
        for step in form.steps.values():
            for name in step.asks:
                assert table.field_named(form, name, step.asks) == name


def test_a_word_that_two_fields_share_means_neither():
    assert table.field_named(FORM, "说明", ["note"]) == "note"
    assert table.field_named(FORM, "说明", ["note", "twin"]) is None
    assert table.field_named(FORM, "nonesuch", ["note"]) is None
