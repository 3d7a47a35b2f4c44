"""Who had numbers shown: one's own, a manager everybody's (ux F6.5)."""

from __future__ import annotations

from datetime import timedelta

from textual.app import ComposeResult

from deskapp.desk import display
from deskapp.desk.reveals import DAYS, Reveal, report
from deskapp.i18n import _
from deskapp.text import fit, show
from deskapp.tui.widgets.chrome import PagedScreen
from deskapp.tui.widgets.plain import RULE, Words


class RevealsScreen(PagedScreen):
    """A line a reveal, newest first."""

    def where(self) -> str:
        """What it is."""
        return _("Numbers shown")

    def prompt(self) -> str:
        """How to get on."""
        return _("PgDn: more, Esc or Enter: back")

    def compose_body(self) -> ComposeResult:
        """The lines."""
        app = self.app
        assert app.session is not None
        found = report(app.office.book, app.session, app.today - timedelta(days=DAYS))
        said = _(" In {days} days {n} times. When, who, which record, what, and why:")
        yield Words([RULE, said.format(days=DAYS, n=len(found)), "", *map(self._line, found)])

    def _line(self, one: Reveal) -> str:
        form = self.app.office.book.form(one.form)
        number = display.short_number(form, one.number, self.app.today)
        return " " + "  ".join([
            fit(display.moment(one.at, self.app.now()), 11), fit(show(one.name), 8), fit(number, 12),
            fit(show(one.fields), 10), show(one.reason),
        ])  # fmt: skip
