"""What a page of the hand-over is: what it shows, what it asks, what it does with the answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from deskapp.tui.widgets.plain import Words

if TYPE_CHECKING:
    from deskapp.tui.screens.handover import HandoverScreen


class Page:
    """One page; the screen under it keeps the shift, the list and the line to type in."""

    LISTED: ClassVar[bool] = False
    """Whether it shows the list of items, or words."""

    def __init__(self, screen: HandoverScreen) -> None:
        self.screen = screen

    @property
    def width(self) -> int:
        """Cells of a line."""
        return self.screen.app.size.width

    def show(self, lines: Sequence[str]) -> None:
        """Show words."""
        self.screen.query_one("#words", Words).show(lines)

    def draw(self) -> None:
        """Paint what stands."""
        raise NotImplementedError

    def asks(self) -> tuple[str, str, bool]:
        """What to type: the words before it, the hint, and whether it is kept secret."""
        raise NotImplementedError

    def typed(self, raw: str) -> None:
        """An answer; raises DeskError for a wrong one."""
        raise NotImplementedError

    def move(self, by: int) -> None:
        """Up, Down."""

    def page(self, by: int) -> None:
        """PgUp, PgDn."""
        self.screen.query_one("#words", Words).turn(by)

    def finish(self) -> None:
        """F10."""
