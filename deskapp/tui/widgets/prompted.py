"""A field with words before and after it on its line, drawn by the field itself: one widget less on the screen."""

from __future__ import annotations

from collections.abc import Mapping

from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.strip import Strip
from textual.widgets import Input

from deskapp.text import cells, clean, fit
from deskapp.tui.widgets.plain import Kept

TYPED = 24
"""Cells between brackets."""


class Prompted(Kept, Input):
    """An input without box or blinking, as wide as the screen."""

    def __init__(self, value: str = "", *, select: bool = False, id: str) -> None:  # noqa: A002 - Textual's word
        super().__init__(value, compact=True, select_on_focus=select, id=id)
        self.cursor_blink = False
        self._before = self._after = ""

    def frame(self, before: str, after: str = "", *, typed: int = 0) -> None:
        """Stand between these words, with room for `typed` cells; 0: to the end of the line."""
        self._before, self._after = before, after
        right = max(0, self.app.size.width - cells(before) - typed) if typed else 0
        self.styles.padding = (0, right, 0, cells(before))
        self.refresh()

    def draw_lines(self, crop: Region) -> list[Strip]:
        """The words in place of the padding."""
        width = self.outer_size.width
        left, right = cells(self._before), self.styles.padding.right
        style = self.rich_style
        [line] = super().draw_lines(Region(0, 0, width, 1))
        parts = [
            Strip([Segment(self._before, style)], left),
            line.crop(left, max(left, width - right)),
            Strip([Segment(fit(self._after, right), style)], right),
        ]
        return [Strip.join(parts).crop(crop.x, crop.right)] * crop.height

    def _on_paste(self, event: events.Paste) -> None:
        """All of it, on one line; the stock field keeps the first line only."""
        self.insert_text_at_cursor(clean(event.text))
        event.stop()
        event.prevent_default()


def brackets(fields: Mapping[Prompted, str]) -> None:
    """Fields with their labels, their brackets under one another."""
    width = max(map(cells, fields.values()))
    for field, label in fields.items():
        field.frame(f"{fit(label, width)} [ ", " ]", typed=TYPED)
