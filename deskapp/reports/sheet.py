"""A report as a spreadsheet: cells of plain text and nothing else, however they begin (P12)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

from deskapp.errors import DeskError
from deskapp.i18n import _
from deskapp.reports.tables import Report, Row, Table
from deskapp.text import cells, show

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

LONGEST = 15_000
"""Characters of a cell: Excel takes 32,767 halves of characters, of which a rare one has two."""
_WIDEST = 60
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_A4 = 9
_OPTIONS = {
    "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
}  # fmt: skip


def sheet(report: Report) -> bytes:
    """The whole workbook; raises DeskError where the library did not write a cell as it was."""
    import xlsxwriter

    held = BytesIO()
    book = xlsxwriter.Workbook(held, _OPTIONS)
    book.set_properties({"title": show(report.title), "created": report.made.replace(tzinfo=None)})
    facts = [*report.facts, *((who, name or "____________") for who, name in report.signatures), ("", report.foot)]
    first = Table(f"{report.title} {report.number}", (_("item"), _("value")), facts)
    names: set[str] = set()
    for table in (first, *report.tables):
        _Page(book, book.add_worksheet(_name(table.title, names)), report).fill(table)
    book.close()
    return held.getvalue()


class _Page:
    """One worksheet, printed on A4 with its headings on every page."""

    def __init__(self, book: Workbook, page: Worksheet, report: Report) -> None:
        self.page = page
        self.plain: Any = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
        self.bold: Any = book.add_format({"bold": True, "num_format": "@"})
        page.set_paper(_A4)
        page.set_landscape()
        page.fit_to_pages(1, 0)
        signed = "    ".join(f"{who}: {name or '____________'}" for who, name in report.signatures)
        _sure(page.set_header, "&L" + _coded(f"{report.office} {report.title}", 120) + "&R" + _coded(report.number, 60))
        _sure(page.set_footer, "&L" + _coded(signed, 120) + "&R&P / &N")

    def fill(self, table: Table) -> None:
        """The headings, frozen, and the rows; what is too long for a cell goes on in the next row."""
        self._row(0, table.heads, self.bold)
        self.page.freeze_panes(1, 0)
        self.page.repeat_rows(0)
        line = 1
        for row in table.rows:
            for part in _parts(row):
                self._row(line, part, self.plain)
                line += 1
        if table.note:
            self._row(line, (table.note,), self.plain)
        for place, width in enumerate(_widths(table)):
            _sure(self.page.set_column, place, place, width)

    def _row(self, line: int, texts: Row, style: Any) -> None:
        for place, text in enumerate(texts):
            _sure(self.page.write_string, line, place, show(text, lines=True), style)


def _sure(call: Callable[..., int | None], *args: object) -> None:
    """Do what the library says it could not do only by a number."""
    if code := call(*args):
        raise DeskError("the spreadsheet can't be made ({code})", "use the printable page", code=code)


def _parts(row: Row) -> Iterator[Row]:
    """A row, or several where a cell is too long: each piece says that more comes."""
    pieces = [[text[at : at + LONGEST] for at in range(0, len(text), LONGEST)] or [""] for text in row]
    longest = max(map(len, pieces), default=1)
    for n in range(longest):
        yield tuple(
            "" if n >= len(one) else one[n] + (f" {_('(goes on below)')}" if n < len(one) - 1 else "") for one in pieces
        )


def _widths(table: Table) -> list[int]:
    columns = zip(table.heads, *(row for row in table.rows if len(row) == len(table.heads)), strict=True)
    return [min(_WIDEST, 2 + max(cells(text[:_WIDEST].partition("\n")[0]) for text in column)) for column in columns]


def _name(title: str, taken: set[str]) -> str:
    """A sheet's name: no two alike, and without the signs that Excel keeps for itself."""
    plain = _FORBIDDEN.sub(" ", show(title)).strip()[:24] or "-"
    name, n = plain, 2
    while name.casefold() in taken:
        name, n = f"{plain} {n}", n + 1
    taken.add(name.casefold())
    return name


def _coded(text: str, most: int) -> str:
    """Text for a header or footer, where & begins a code."""
    return show(text)[:most].replace("&", "&&")
