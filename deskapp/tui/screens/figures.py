"""Figures that people look at: small plots of the last fourteen days, and what was late (ux 3.9)."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult

from deskapp.desk.statistics import statistics
from deskapp.i18n import _
from deskapp.reports import plots
from deskapp.tui.widgets.chrome import PagedScreen
from deskapp.tui.widgets.plain import RULE, Words


class _Lines(PagedScreen):
    """Lines that are laid out by the width."""

    def compose_body(self) -> ComposeResult:
        """Nothing but lines."""
        yield Words()

    def on_mount(self) -> None:
        """Once."""
        self._draw()

    def on_resize(self, event: events.Resize) -> None:
        """Anew, by the other width."""
        super().on_resize(event)
        self._draw()

    def lines(self, width: int) -> list[str]:
        """What is shown."""
        raise NotImplementedError

    def _draw(self) -> None:
        self.query_one(Words).show([RULE, *self.lines(self.app.size.width)])


class StatisticsScreen(_Lines):
    """Late by hour, arrivals and return visits by day."""

    def where(self) -> str:
        """Its name."""
        return _("Statistics")

    def help_lines(self) -> list[str]:
        """What is counted."""
        return [_("void records are left out; a day's orders are those registered on it")]

    def lines(self, width: int) -> list[str]:
        """The plots."""
        book = self.app.office.book
        return plots.lines(statistics(book, book.rules.business_day(self.app.now())), width)
