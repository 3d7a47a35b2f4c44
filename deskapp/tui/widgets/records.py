"""The one list of the desk: lines drawn from a moving window over any number of records.

Never a DataTable: that measures every cell of every row (100,000 rows: 29 s). Here only a few windows of rows are in
memory, each line is drawn once and kept, and a cursor move repaints two lines. The cursor holds to a record, not to a
line number, so that re-sorting never puts another order under a waiting finger.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.strip import Strip

from deskapp.text import cells, fit
from deskapp.tui.widgets.plain import Plain
from deskapp.tui.widgets.rows import Column, Fixed, Heading, Line, Row, Source

WINDOW = 40
"""Rows fetched at a time."""
KEPT = 4 * WINDOW
"""Rows in memory at most; what is further away is fetched again."""


class Records(Plain):
    """The list. It takes no keys itself: the command line below has the cursor and the screen calls `move`."""

    DEFAULT_CSS = """
    Records { height: 1fr; }
    Records > .records--cursor { text-style: reverse; }
    Records > .records--late { text-style: bold; color: ansi_bright_yellow; }
    Records > .records--quiet { color: ansi_bright_black; }
    Records > .records--head { text-style: bold; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "records--cursor", "records--late", "records--quiet", "records--head",
    }  # fmt: skip
    NARROWEST = 16
    """Cells that the widest column must keep before another column is dropped."""

    def __init__(self, columns: Sequence[Column], *, header: bool = True, cursor: bool = True, empty: str = "") -> None:
        super().__init__()
        self._columns = tuple(columns)
        self.when_moved: Callable[[], None] = _nobody
        """Called when the cursor or what is in sight has moved; a message would pass three pumps."""
        self._header = header
        self._has_cursor = cursor
        self._empty = empty
        self._source: Source = Fixed()
        self._rows: list[Line] = []
        self._at_newest = self._at_oldest = True
        self._top = 0
        self._cursor = -1
        self._layout: list[tuple[int, int, int]] = []
        self._filled = 0
        """Cells that the columns fill, with the sign before them."""
        self._strips: dict[tuple[Line | str, bool], Strip] = {}
        self._styles: dict[str, Style] = {}
        self._shown: list[tuple[Line | None, bool]] = []

    # What stands where.

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        line = self._rows[self._cursor] if 0 <= self._cursor < len(self._rows) else None
        return line if isinstance(line, Row) else None

    @property
    def loaded(self) -> int:
        """How many lines are in memory."""
        return len(self._rows)

    @property
    def page_height(self) -> int:
        """Lines that show rows."""
        return max(1, self.size.height - (2 if self._header else 0))

    @property
    def more_below(self) -> bool:
        """Whether lines follow the last one shown."""
        return not self._at_oldest or self._top + self.page_height < len(self._rows)

    # What is in the list.

    def show(self, source: Source, *, columns: Sequence[Column] | None = None, empty: str | None = None) -> None:
        """Show another source from its beginning."""
        self._source = source
        if columns is not None:
            self._columns = tuple(columns)
            self._measure()
        if empty is not None:
            self._empty = empty
        self._cursor = -1
        self.home()

    def reload(self, source: Source | None = None) -> None:
        """Read the lines again; the cursor stays on its record, and only what changed is painted."""
        held, place = self.row, self._cursor
        if source is not None:
            self._source = source
        first = next((line for line in self._rows if isinstance(line, Row)), None)
        above = self._source.newer(first.id, 1) if first and not self._at_newest else ()
        anchor = next((line for line in above if isinstance(line, Row)), None)
        count = max(WINDOW, len(self._rows))
        if anchor is None:
            self._rows = list(self._source.newest(count))
            self._at_newest = True
        else:
            self._rows = list(self._source.older(anchor.id, count))
        self._at_oldest = len(self._rows) < count or isinstance(self._source, Fixed)
        self._cursor = self._index(held.id) if held else -1
        if self._cursor < 0:
            self._cursor = self._nearest(max(0, min(place, len(self._rows) - 1)), 1)
        self._settle(held)

    def point(self, record: Hashable) -> bool:
        """Put the cursor on a loaded record; whether it is there."""
        index = self._index(record)
        if index >= 0:
            self._go(index)
        return index >= 0

    # Moving.

    def move(self, by: int, *, turn: bool = False) -> None:
        """The cursor `by` rows down or up; it stops at the ends. With `turn` the lines go along with it."""
        step = 1 if by > 0 else -1
        index, line = self._cursor, self._cursor - self._top
        for _count in range(abs(by)):
            index = self._load_towards(index, step)
            following = self._nearest(index + step, step)
            if following < 0:
                break
            index = following
        if turn:
            self._top = max(0, index - line)
        if index == self._nearest(0, 1):
            self._top = 0  # the heading above the first row comes into view with it
        self._go(index)

    def page(self, by: int) -> None:
        """A page down or up."""
        self.move(by * max(1, self.page_height - 1), turn=True)

    def home(self) -> None:
        """To the newest record."""
        held = self.row
        self._rows = list(self._source.newest(WINDOW))
        self._at_newest = True
        self._at_oldest = len(self._rows) < WINDOW or isinstance(self._source, Fixed)
        self._top = 0
        self._cursor = self._nearest(0, 1)
        self._settle(held)

    def end(self) -> None:
        """To the oldest record."""
        oldest = self._source.oldest(WINDOW)
        if oldest is None:
            self.move(len(self._rows))  # a few windows down, as far as one may go without reading all
            return
        held = self.row
        self._rows = list(oldest)
        self._at_oldest = True
        self._at_newest = len(self._rows) < WINDOW or isinstance(self._source, Fixed)
        self._cursor = self._nearest(len(self._rows) - 1, -1)
        self._settle(held)

    def _go(self, index: int) -> None:
        held, self._cursor = self.row, index
        self._settle(held)

    def _settle(self, held: Row | None) -> None:
        """Keep the cursor in sight, paint what changed, tell who listens."""
        last_top = max(0, len(self._rows) - self.page_height)
        self._top = min(self._top, last_top)
        if self._cursor >= 0:
            self._top = min(max(self._top, self._cursor - self.page_height + 1), self._cursor)
        self._paint()
        if (held.id if held else None) != (self.row.id if self.row else None):
            self.when_moved()

    def _load_towards(self, index: int, step: int) -> int:
        """Fetch the next window when the cursor comes near the edge; where `index` is then."""
        if step > 0 and not self._at_oldest and index >= len(self._rows) - self.page_height - 1:
            last = next((line for line in reversed(self._rows) if isinstance(line, Row)), None)
            more = list(self._source.older(last.id, WINDOW)) if last else []
            self._at_oldest = len(more) < WINDOW
            self._rows += more
            surplus = max(0, len(self._rows) - KEPT)
            if surplus:
                del self._rows[:surplus]
                self._at_newest = False
                index -= surplus
                self._shift(-surplus)
        elif step < 0 and not self._at_newest and index <= self.page_height:
            first = next((line for line in self._rows if isinstance(line, Row)), None)
            more = list(self._source.newer(first.id, WINDOW)) if first else []
            self._at_newest = len(more) < WINDOW
            self._rows[:0] = more
            index += len(more)
            self._shift(len(more))
            if len(self._rows) > KEPT:
                del self._rows[KEPT:]
                self._at_oldest = False
        return index

    def _shift(self, by: int) -> None:
        self._top = max(0, self._top + by)
        if self._cursor >= 0:
            self._cursor = max(0, self._cursor + by)

    def _index(self, record: Hashable) -> int:
        places = enumerate(self._rows)
        return next((at for at, line in places if isinstance(line, Row) and line.id == record), -1)

    def _nearest(self, index: int, step: int) -> int:
        """The next row from `index` on in the direction of `step`, else in the other; -1 past the ends."""
        if not 0 <= index < len(self._rows):
            return -1
        downwards, upwards = range(index, len(self._rows)), range(index, -1, -1)
        both = (downwards, upwards) if step > 0 else (upwards, downwards)
        for way in both:
            for at in way:
                if isinstance(self._rows[at], Row):
                    return at
        return -1

    # Painting.

    def on_resize(self, event: events.Resize) -> None:
        """Another width: other columns may fit."""
        self._measure()
        self._settle(self.row)
        self.when_moved()
        self.refresh()

    def notify_style_update(self) -> None:
        """The theme changed: draw everything anew."""
        self._styles.clear()
        self._strips.clear()
        super().notify_style_update()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as there are, for a list with `height: auto`."""
        return len(self._rows) + (2 if self._header else 0)

    def _measure(self) -> None:
        """Which columns fit: (index, first cell, width) of each; two cells in front are the cursor's."""
        self._strips.clear()
        columns = list(enumerate(self._columns))
        room = self.size.width - 2
        while True:
            taken = sum(column.width for _at, column in columns) + len(columns) - 1
            flexible = any(column.width == 0 for _at, column in columns)
            droppable = [column.drop for _at, column in columns if column.drop]
            if taken + (self.NARROWEST if flexible else 0) <= room or not droppable:
                break
            columns = [(at, column) for at, column in columns if column.drop != min(droppable)]
        self._layout = []
        start = 2
        for at, column in columns:
            width = max(0, min(column.width or room - taken, self.size.width - start))
            self._layout.append((at, start, width))
            start += width + 1
        self._filled = start - 1

    def _paint(self) -> None:
        """Repaint the lines, and the cells of a line, that differ from what stands on the screen."""
        before, self._shown = self._shown, self._visible()
        offset = 2 if self._header else 0
        changed = [(y, old, new) for y, (old, new) in enumerate(zip(before, self._shown, strict=False)) if old != new]
        if len(before) != len(self._shown) or len(changed) > len(self._shown) // 2:
            self.refresh()
            return
        regions = [Region(x, y + offset, width, 1) for y, old, new in changed for x, width in [self._span(old, new)]]
        if regions:
            self.refresh(*regions)

    def _visible(self) -> list[tuple[Line | None, bool]]:
        last = len(self._rows)
        return [
            (self._rows[at] if at < last else None, self._under(at))
            for at in range(self._top, self._top + self.page_height)
        ]

    def _under(self, at: int) -> bool:
        return self._has_cursor and at == self._cursor

    def _span(self, old: tuple[Line | None, bool], new: tuple[Line | None, bool]) -> tuple[int, int]:
        """First cell and width of what differs between two drawings of a line."""
        (before, was), (after, now) = old, new
        if not (isinstance(before, Row) and isinstance(after, Row)) or was != now or before.tone != after.tone:
            return 0, self.size.width
        differing = [
            (start, start + width)
            for at, start, width in self._layout
            if before.cells[at : at + 1] != after.cells[at : at + 1]
        ]
        if not differing:
            return 0, 1
        return differing[0][0], differing[-1][1] - differing[0][0]

    def render_line(self, y: int) -> Strip:
        """One line of the screen, from those drawn before where possible."""
        if self._header and y < 2:
            return self._strip("" if y else "head", False)
        at = self._top + y - (2 if self._header else 0)
        if at < len(self._rows):
            return self._strip(self._rows[at], self._under(at))
        if not self._rows and at == 0:
            return self._strip("empty", False)
        return Strip.blank(self.size.width, self._style("base"))

    def _strip(self, line: Line | str, under: bool) -> Strip:
        strip = self._strips.get((line, under))
        if strip is None:
            if len(self._strips) > 4 * KEPT:
                self._strips.clear()
            strip = self._strips[line, under] = self._draw(line, under)
        return strip

    def _draw(self, line: Line | str, under: bool) -> Strip:
        width = self.size.width
        style = self._style("base")
        if line == "":
            text = "-" * width
        elif line == "head":
            labels = [column.label for column in self._columns]
            text, style = self._text(tuple(labels), " "), self._style("head")
        elif line == "empty":
            text = "  " + self._empty
        elif isinstance(line, Heading):
            head = f"-- {line.words} "
            text = head + "-" * max(0, width - cells(head))
        else:
            assert isinstance(line, Row)
            text = self._text(line.cells, ">" if under else " ")
            style = self._style("cursor" if under else line.tone or "base")
            if self._filled <= width:  # every part is as wide as its column: no need to measure again
                return Strip([Segment(text + " " * (width - self._filled), style)], width)
        return Strip([Segment(fit(text, width), style)], width)

    def _text(self, parts: Sequence[str], mark: str) -> str:
        drawn = [mark]
        for at, _start, width in self._layout:
            part = parts[at] if at < len(parts) else ""
            drawn.append(fit(part, width, right=self._columns[at].right))
        return " ".join(drawn)

    def _style(self, name: str) -> Style:
        style = self._styles.get(name)
        if style is None:
            base = self.rich_style
            style = base if name == "base" else self.get_component_rich_style(f"records--{name}")
            self._styles[name] = style
        return style


def _nobody() -> None:
    """Nobody listens."""
