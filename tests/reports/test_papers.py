"""The papers read back: whatever stands in the book is text on them, whole, harmless, and masked."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from io import BytesIO
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from xlsxwriter.worksheet import Worksheet

from deskapp.desk.day import gather
from deskapp.desk.statistics import statistics
from deskapp.errors import DeskError
from deskapp.reports import daily, page, plain, plots, sheet
from deskapp.reports.capitals import capitals
from deskapp.reports.tables import Report, Table
from deskapp.text import cells
from tests.support import NOW, Desk, opened

DAY = date(2026, 11, 21)
HOSTILE = (
    "=HYPERLINK(\"http://x\",\"y\")", "@SUM(1)", "+1+1", "-1+1", "＝1＋1", "http://example.com",
    "<script>alert(1)</script>",
    "&amp; <b>\"'", "𠮷田 㐂", "{=1}", "'x", "[[1]]", "a\nb",
)  # fmt: skip
VOID = {"meta", "br", "rect", "line"}


class Parsed(HTMLParser):
    """A page read strictly: every element is closed where it should be; its cells and all its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.cells: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(text)
        self.close()
        assert self.stack == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in VOID:
            self.stack.append(tag)
        if tag in ("td", "dd"):
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.stack and self.stack[-1] in ("td", "dd"):
            self.cells[-1] += data


@pytest.fixture
def desk() -> Iterator[Desk]:
    with opened() as found:
        yield found


def made(desk: Desk) -> Report:
    figures = statistics(desk.book, DAY)
    return daily.report(desk.book, gather(desk.book, DAY), "汇景&中心", "RB20261121", "打印第1次", statistics=figures)


def sheets(report: Report) -> Iterator[tuple[str, list[list[str | None]]]]:
    """The workbook as another program reads it: no cell is anything but text."""
    raw = sheet.sheet(report)
    book = openpyxl.load_workbook(BytesIO(raw))
    for one in book.worksheets:
        assert one.freeze_panes == "A2"
        assert (one.page_setup.paperSize, one.print_title_rows) == (9, "$1:$1")
        for row in one.iter_rows():
            for cell in row:
                assert (cell.data_type, cell.hyperlink) in {("s", None), ("n", None)}, cell.value
                assert cell.data_type == "s" or cell.value is None
        yield one.title, [[cell.value for cell in row] for row in one.iter_rows()]
    with zipfile.ZipFile(BytesIO(raw)) as parts:
        for name in parts.namelist():
            text = parts.read(name).decode()
            ET.fromstring(text)
            assert "<f>" not in text
            assert not re.search("<hyperlinks?[ >]", text)


def test_hostile_text_is_text(desk: Desk) -> None:
    """Formulas, links, markup, rare characters: in a cell, as they are."""
    for content in HOSTILE:
        desk.add("diary", room="3-2-1502", item="90", content=content, source="1", handling="5", caller=content[:30])
    report = made(desk)
    page_ = Parsed(page.page(report))
    assert {"script", "link", "img", "iframe", "a"}.isdisjoint(page_.tags)
    assert not {name for name in page_.attributes if name.startswith("on") or name in ("src", "href")}
    book = dict(sheets(report))
    for content in HOSTILE:
        shown = content.replace("\n", " ")
        assert any(shown in cell for cell in page_.cells), content
        assert any(shown in (cell or "") for rows in book.values() for row in rows for cell in row), content
    assert all(cells(line) <= 80 for line in plain.lines(report, 80))


def test_forty_thousand_characters(desk: Desk) -> None:
    """The page cuts and says so; the spreadsheet holds every one, in pieces that say that more comes."""
    text = "𠮷" + "".join(chr(0x4E00 + n % 2000) for n in range(39_999))
    desk.add("diary", room="3-2-1502", item="90", content=text, source="1", handling="1")
    report = made(desk)
    [cell] = [cell for cell in Parsed(page.page(report)).cells if cell.count("𠮷")]
    assert len(cell) < 2100
    assert "见原单" in cell
    found = "".join(
        (cell or "").removesuffix(" (下接一行)").removesuffix(" ")
        for _, rows in sheets(report) for row in rows for cell in row if cell and len(cell) > 500
    )  # fmt: skip
    assert text in found
    longest = max(
        len((cell or "").encode("utf-16-le")) // 2 for _, rows in sheets(report) for row in rows for cell in row
    )
    assert longest <= 32_767


def test_controls_are_spelled_out() -> None:
    """A record from elsewhere may hold what this program never lets in."""
    report = Report("a\x1bb", "o\x00", "n", NOW, "c", [("x", "\x9b\u202e")], [Table("t\ud800", ("h",), [("\x07",)])],
                    [("s", "")], (0, ""))  # fmt: skip
    text = page.page(report)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\ud800]", text)
    assert "&lt;001B&gt;" in text
    assert dict(sheets(report))["t<D800>"][1] == ["<0007>"]


def test_people_and_numbers_are_masked(desk: Desk) -> None:
    """Names, phones and identity numbers, in their fields and in free words (ux 4.6: export never)."""
    desk.add("diary", room="3-2-1502", item="90", content="回电 13912345678,证件 110101199003071234", source="1",
             handling="5", caller="曾伟明", phone="13800131234")  # fmt: skip
    report = made(desk)
    for text in (page.page(report), "\n".join(plain.lines(report)), str(dict(sheets(report)))):
        for secret in ("曾伟明", "13800131234", "13912345678", "110101199003071234", "1990"):
            assert secret not in text
        for masked in ("曾*", "138****1234", "139****5678"):
            assert masked in text


def test_the_page_says_what_vouches_for_it(desk: Desk) -> None:
    desk.order()
    seq, hash_ = desk.head
    text = page.page(made(desk))
    assert f"第{seq}条" in text
    assert hash_ in text
    assert "打印第1次" in text
    assert "制表人" in text
    assert "审核人" in text
    assert "零元整" in text


@pytest.mark.parametrize(("call", "code"), [("write_string", -2), ("write_string", -1), ("set_column", -1)])
def test_what_the_library_did_not_write_is_an_error(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, call: str, code: int
) -> None:
    report = made(desk)
    monkeypatch.setattr(Worksheet, call, lambda *_: code)
    with pytest.raises(DeskError, match=f"can't be made \\({code}\\)"):
        sheet.sheet(report)


def test_sheet_names(desk: Desk) -> None:
    """Titles that Excel would refuse, and two that are alike."""
    tables = [Table(title, ("a",), [("b",)]) for title in ("[x]:*?/\\'", "一" * 40, "一" * 41, "X" * 30, "x" * 30, "")]
    report = Report("t", "o", "n", NOW, "c", [], tables, [], (0, ""))
    names = [name for name, _ in sheets(report)]
    assert len({name.casefold() for name in names}) == len(names) == 7
    assert all(0 < len(name) <= 31 for name in names)


def test_plots(desk: Desk) -> None:
    """ASCII in the terminal but for the words, at any width; well-formed drawings on paper."""
    for minutes in (10, 45):
        number = desk.dispatched()
        desk.step(number, "receive_slip", slip="1")
        desk.clock.pass_(minutes=minutes)
        desk.step(number, "arrive", told="1", late_reason="material")
    figures = statistics(desk.book, DAY)
    for width in (40, 60, 80, 120):
        lines = plots.lines(figures, width)
        assert max(map(cells, lines)) <= max(width, 60)
        assert all(line.isascii() for line in lines if not re.search("[\u4e00-\u9fff]", line))
        assert sum(line.count("##") for line in lines) > 1
        assert any("50% 1/2" in line for line in lines)
    for _title, drawing in plots.drawings(figures):
        ET.fromstring(f"<x>{drawing}</x>")


def value(text: str) -> int:
    """A sum in capitals read back, in hundredths; an independent reading."""
    digits = {char: n for n, char in enumerate("零壹贰叁肆伍陆柒捌玖")}
    whole, _, rest = text.removeprefix("负").partition("元") if "元" in text else ("", "", text.removeprefix("负"))
    total = lot = digit = 0
    for char in whole:
        if char in digits:
            digit = digits[char]
        elif char in "拾佰仟":
            lot, digit = lot + digit * 10 ** ("拾佰仟".index(char) + 1), 0
        else:
            total, lot, digit = (total + lot + digit) * {"万": 10**4, "亿": 10**4}[char], 0, 0
    total = (total + lot + digit) * 100
    for char, worth in (("角", 10), ("分", 1)):
        if char in rest:
            total += digits[rest[rest.index(char) - 1]] * worth
    return -total if text.startswith("负") else total


def test_capitals() -> None:
    """As on receipts, and read back they are the same sum."""
    for amount, words in ((8000, "捌拾元整"), (76000, "柒佰陆拾元整"), (0, "零元整"), (10005, "壹佰元零伍分"),
                          (2000300, "贰万零叁元整"), (50, "伍角整"), (-2050, "负贰拾元伍角整")):  # fmt: skip
        assert capitals(amount) == words
    for amount in (*range(0, 12_000, 7), *range(0, 10**10, 98_765_43), 10**9 + 1, 10**11 - 1):
        assert value(capitals(amount)) == amount, capitals(amount)
