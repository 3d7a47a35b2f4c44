"""The one list: windows over a million rows, a cursor that holds to its record, lines of exact width."""

from __future__ import annotations

from collections.abc import AsyncIterator, Hashable, Sequence
from contextlib import asynccontextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.geometry import Region, Size

from deskapp.text import cells, show
from deskapp.tui.widgets.records import KEPT, WINDOW, Records
from deskapp.tui.widgets.rows import Column, Fixed, Heading, Line, Row

MILLION = 1_000_000
COLUMNS = (
    Column("时限", 8), Column("单号", 10), Column("房号", 11), Column("事项", 0), Column("状态", 7, drop=2),
    Column("跟进", 6, drop=1), Column("下一步", 8),
)  # fmt: skip


def row(number: int) -> Row:
    return Row(number, ("剩 28分", f"{number}", "3-2-1502", "厨房水管爆裂漏水", "已领单", "王强", "到达"))


class Many:
    """A million rows, made when they are asked for; counts how many that were."""

    def __init__(self, newest: int = MILLION) -> None:
        self.top = newest
        self.given = 0

    def _rows(self, newest: int, before: int) -> list[Row]:
        rows = [row(number) for number in range(newest, max(0, before), -1)]
        self.given += len(rows)
        return rows

    def newest(self, limit: int) -> list[Row]:
        return self._rows(self.top, self.top - limit)

    def oldest(self, limit: int) -> list[Row]:
        return self._rows(limit, 0)

    def older(self, than: Hashable, limit: int) -> list[Row]:
        assert isinstance(than, int)
        return self._rows(than - 1, than - 1 - limit)

    def newer(self, than: Hashable, limit: int) -> list[Row]:
        assert isinstance(than, int)
        return self._rows(min(self.top, than + limit), than)


class ListApp(App[None]):
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, columns: Sequence[Column] = COLUMNS) -> None:
        super().__init__()
        self.records = Records(columns, empty="没有")

    def compose(self) -> ComposeResult:
        yield self.records


@asynccontextmanager
async def shown(source: object, *, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Records]:
    app = ListApp()
    async with app.run_test(size=size) as pilot:
        app.records.show(source)  # type: ignore[arg-type]
        await pilot.pause()
        yield app.records


def texts(records: Records) -> list[str]:
    return [records.render_line(y).text for y in range(records.size.height)]


async def test_a_million_rows_a_few_windows() -> None:
    source = Many()
    async with shown(source) as records:
        assert source.given == WINDOW
        for _press in range(1000):
            records.move(1)
            assert records.loaded <= KEPT
        assert records.row is not None
        assert records.row.id == MILLION - 1000
        for _press in range(200):
            records.page(1)
        below = records.row.id
        assert below == MILLION - 1000 - 200 * (records.page_height - 1)
        for _press in range(200):
            records.page(-1)
            assert records.loaded <= KEPT
        assert records.row.id == MILLION - 1000
        records.end()
        assert records.row.id == 1
        assert not records.more_below
        records.move(-300)
        assert records.row.id == 301
        records.home()
        assert records.row.id == MILLION
        assert source.given < 40_000  # what was passed over, a window at a time, and nothing twice as much


async def test_what_stands_between_two_windows_is_whole() -> None:
    async with shown(Many()) as records:
        for _press in range(60):
            records.page(1)
            numbers = [line[2:].split()[2] for line in texts(records)[2:]]
            assert numbers == [str(int(numbers[0]) - n) for n in range(len(numbers))]


async def test_a_move_repaints_two_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    async with shown(Many()) as records:
        painted: list[Region] = []
        monkeypatch.setattr(records, "refresh", lambda *regions, **_kw: painted.extend(regions))
        records.move(1)
    assert painted == [Region(0, 2, 80, 1), Region(0, 3, 80, 1)]


async def test_a_minute_repaints_only_the_cells_that_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [row(number) for number in (3, 2, 1)]
    async with shown(Fixed(lines)) as records:
        painted: list[Region] = []
        monkeypatch.setattr(records, "refresh", lambda *regions, **_kw: painted.extend(regions))
        records.reload(Fixed(lines))
        assert painted == []
        later = [lines[0], Row(2, ("剩 27分", *lines[1].cells[1:])), lines[2]]
        records.reload(Fixed(later))
    assert painted == [Region(2, 3, 8, 1)]


async def test_the_cursor_holds_to_the_record() -> None:
    lines = [row(number) for number in range(9, 0, -1)]
    async with shown(Fixed(lines)) as records:
        records.move(4)
        assert records.row == lines[4]
        records.reload(Fixed([row(12), row(11), *reversed(lines)]))
        assert records.row == lines[4]
        gone = [line for line in lines if line.id != 5]
        records.reload(Fixed(gone))
        assert records.row is not None
        assert records.row.id != 5
        records.reload(Fixed([]))
        assert records.row is None
        assert "没有" in texts(records)[2]
        records.reload(Fixed(lines))
        assert records.row == lines[0]


async def test_new_records_do_not_move_a_cursor_far_down() -> None:
    source = Many()
    async with shown(source) as records:
        records.move(500)
        held = records.row
        before = texts(records)
        source.top += 3
        records.reload()
        assert records.row == held
        assert texts(records) == before
        records.home()
        assert records.row is not None
        assert records.row.id == MILLION + 3


async def test_headings_are_passed_over() -> None:
    lines: list[Line] = [Heading("超时"), row(3), row(2), Heading("要跟进"), row(1)]
    async with shown(Fixed(lines)) as records:
        assert records.row == row(3)
        records.move(2)
        assert records.row == row(1)
        assert texts(records)[5] == "-- 要跟进 " + "-" * 70
        records.move(-9)
        assert records.row == row(3)
        assert texts(records)[2].startswith("-- 超时")  # the heading of the first row is there again
        records.move(9)
        assert records.row == row(1)


async def test_only_headings() -> None:
    async with shown(Fixed([Heading("公告")])) as records:
        assert records.row is None
        records.move(1)
        records.page(-1)
        assert records.row is None


async def test_narrow_screens_drop_columns_in_their_order() -> None:
    async with shown(Many(), size=(80, 10)) as wide:
        assert "跟进" in texts(wide)[0]
    async with shown(Many(), size=(73, 10)) as less:
        assert "跟进" not in texts(less)[0]
        assert "状态" in texts(less)[0]
    async with shown(Many(), size=(60, 10)) as narrow:
        assert "状态" not in texts(narrow)[0]
        assert "下一步" in texts(narrow)[0]


@pytest.mark.parametrize("size", [(80, 24), (60, 16), (20, 5), (3, 3), (1, 1)])
async def test_every_size(size: tuple[int, int]) -> None:
    async with shown(Many(), size=size) as records:
        for text in texts(records):
            assert cells(text) == size[0]
        records.move(5)
        records.page(1)
        records.end()
        records.home()


class Sized(Records):
    """A list of a given width, without a screen around it."""

    width = 80

    @property
    def size(self) -> Size:
        return Size(self.width, 5)


@given(st.lists(st.text(max_size=30), min_size=7, max_size=7), st.integers(1, 120))
def test_no_wide_character_is_split(parts: list[str], width: int) -> None:
    """Whatever stands in a cell, the line has its width, and nothing in it moves the cursor."""
    records = Sized(COLUMNS)
    records.width = width
    records._measure()
    text = records._text(parts, ">")
    drawn = records._draw(Row(1, tuple(parts)), under=False)
    assert drawn.cell_length == width
    assert cells(drawn.text) == width
    assert show(drawn.text) == drawn.text
    assert text
