"""Lines of plain text on the screen: no markup, no borders, drawn once and repainted only where they change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

from rich.segment import Segment
from textual.geometry import Region, Size
from textual.reactive import Reactive
from textual.strip import Strip
from textual.widget import Widget

from deskapp.text import cells, fit

RULE = "-"
"""A line of `Words` that is a rule from edge to edge; one that begins with `-- ` is a heading."""


if TYPE_CHECKING:
    _Mixed = Widget
else:
    _Mixed = object  # Textual reads a widget's styles along its first base that is a widget


class Kept(_Mixed):
    """Mixed into a widget: its lines are kept until it is refreshed.

    Textual asks every widget of the screen for all its lines whenever one cell anywhere changes.
    """

    virtual_size = Reactive(Size(0, 0))
    """As Textual's own, but that no layout follows: its places are given, whatever is typed or drawn in them."""
    _drawn: tuple[Region, list[Strip]] | None = None

    def draw_lines(self, crop: Region) -> list[Strip]:
        """The lines of `crop`, drawn anew."""
        return super().render_lines(crop)

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of the last time, as long as nothing changed."""
        if self._drawn is None or self._drawn[0] != crop:
            self._drawn = (crop, self.draw_lines(crop))
        return self._drawn[1]

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Something changed."""
        self._drawn = None
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def notify_style_update(self) -> None:
        """The theme changed."""
        self._drawn = None
        super().notify_style_update()


class Plain(Kept, Widget):
    """A widget without borders, padding or opacity: its lines need not go through what paints those."""

    def draw_lines(self, crop: Region) -> list[Strip]:
        """The lines as `render_line` gives them."""
        strips = [self.render_line(y) for y in crop.line_range]
        if crop.x or crop.width != self.size.width:
            strips = [strip.crop(crop.x, crop.right) for strip in strips]
        return strips


class Line(Plain):
    """One line of text with something at its right end; repaints only when its words change."""

    DEFAULT_CSS = "Line { height: 1; }"

    def __init__(self, text: str = "", right: str = "", *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._text = (text, right)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """As wide as its words, for `width: auto`."""
        return cells("".join(self._text))

    @property
    def text(self) -> str:
        """What it says."""
        return " ".join(filter(None, self._text))

    def show(self, text: str, right: str = "") -> None:
        """Say something else."""
        if (text, right) != self._text:
            self._text = (text, right)
            self.refresh()

    def render_line(self, y: int) -> Strip:  # noqa: D102
        text, right = self._text
        width = self.size.width
        kept = cells(right) + 1 if right else 0
        drawn = fit(text, max(0, width - kept)) + (fit(f" {right}", min(kept, width)) if right else "")
        return Strip([Segment(drawn, self.rich_style)], width)


class Words(Plain):
    """Lines of plain text, as many as fit from `top` on."""

    DEFAULT_CSS = "Words { height: 1fr; }"

    def __init__(self, lines: Sequence[str] = (), *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._lines = tuple(lines)
        self._top = 0

    @property
    def lines(self) -> tuple[str, ...]:
        """All of them."""
        return self._lines

    def show(self, lines: Sequence[str]) -> None:
        """Say something else."""
        if tuple(lines) != self._lines:
            self._lines, self._top = tuple(lines), 0
            self.refresh()

    def turn(self, by: int) -> None:
        """Pages down or up."""
        page = max(1, self.size.height)
        top = max(0, min(self._top + by * page, len(self._lines) - page))
        if top != self._top:
            self._top = top
            self.refresh()

    @property
    def more(self) -> bool:
        """Whether lines follow."""
        return self._top + self.size.height < len(self._lines)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """All lines, for `height: auto`."""
        return len(self._lines)

    def render_line(self, y: int) -> Strip:  # noqa: D102
        width, at = self.size.width, self._top + y
        text = self._lines[at] if at < len(self._lines) else ""
        if text.startswith("-- ") or text == RULE:
            text = text.strip() + ("" if text == RULE else " ") + "-" * width
        return Strip([Segment(fit(text, width), self.rich_style)], width)
