"""Lines of text that scroll: the read-only middle of a record."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from rich.text import Text
from textual.strip import Strip
from textual.widget import Widget


class Paper(Widget):
    """Ready lines; draws those in sight."""

    DEFAULT_CSS = "Paper { height: 1fr; width: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[Text] = []
        self._top = 0

    @property
    def more(self) -> bool:
        """Whether lines follow the last one in sight."""
        return self._top + self.size.height < len(self._lines)

    def show(self, lines: Sequence[Text], *, end: bool = False) -> None:
        """Show other lines, from where the reader is; with `end` from the end."""
        self._lines = list(lines)
        self.move(len(self._lines) if end else 0)
        self.refresh()

    def move(self, by: int) -> None:
        """Down or up by lines."""
        top = max(0, min(self._top + by, len(self._lines) - self.size.height))
        if top != self._top:
            self._top = top
            self.refresh()

    def page(self, by: int) -> None:
        """Down or up by a page."""
        self.move(by * max(1, self.size.height - 2))

    def on_resize(self) -> None:
        """Stay within the lines."""
        self.move(0)

    def render_line(self, y: int) -> Strip:  # noqa: D102
        width, at = self.size.width, self._top + y
        if at >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        line = self._lines[at].copy()
        line.end = ""
        strip = Strip(Segment(s.text, (self.rich_style + s.style) if s.style else self.rich_style)
                      for s in line.render(self.app.console))  # fmt: skip
        return strip.adjust_cell_length(width, self.rich_style).simplify()
