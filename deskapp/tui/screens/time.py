"""The computer's clock jumped: what time is it? (ux 3.11)"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from deskapp.book import wallclock
from deskapp.book.wallclock import Jump
from deskapp.errors import DeskError
from deskapp.forms.values import CHINA
from deskapp.i18n import _
from deskapp.text import fold
from deskapp.tui.widgets.chrome import DeskScreen
from deskapp.tui.widgets.plain import RULE, Words
from deskapp.tui.widgets.prompted import Prompted


class TimeScreen(DeskScreen[None]):
    """A day and a time of day; without a time the computer's is taken. Either is written down."""

    HAS_COMMAND = False
    AUTO_FOCUS = "#time"
    LIVE: ClassVar[frozenset[str]] = frozenset({"F1", "Esc"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "field('day')", show=False),
        Binding("down", "field('time')", show=False),
    ]

    def __init__(self, jump: Jump) -> None:
        super().__init__()
        self._jump = jump

    def where(self) -> str:
        """What it is about."""
        return _("The computer's clock")

    def compose_body(self) -> ComposeResult:
        """What the computer says, what the book says, and the two fields."""
        last, now = (f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}" for moment in (self._jump.last, self._jump.now))
        wrong = _("It can't be right.") if self._jump.back else _("Is it right?")
        yield Words([
            RULE, "",
            _(" The computer says   {now}   {wrong}").format(now=now, wrong=wrong),
            _(" The last entry is   {last}").format(last=last), "",
            _(" Look at a telephone and type what time it is in Beijing:"), "",
        ])  # fmt: skip
        yield Prompted(f"{self._jump.last.astimezone(CHINA):%Y%m%d}", id="day", select=True)
        yield Prompted("", id="time", select=True)
        yield Words([
            "",
            _(" The program goes by it until it ends; the computer is left as it is."),
            _(" Without a time, Enter goes on with the computer's. Either is written down."),
        ])  # fmt: skip

    def on_resize(self, event: events.Resize) -> None:
        """The fields stand between brackets."""
        self.query_one("#day", Prompted).frame(_(" Day    [ "), " ]", typed=12)
        self.query_one("#time", Prompted).frame(_(" Time   [ "), " ]", typed=12)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """The hint of the field with the cursor."""
        self.hint(_("eight digits, 20261122") if event.widget.id == "day" else _("four digits, 0352"))

    def action_field(self, name: str) -> None:
        """Up and Down between the two."""
        self.query_one(f"#{name}", Prompted).focus()

    def action_back(self) -> None:
        """Later: whoever signs in next is asked again."""
        self.dismiss(None)

    def action_new(self) -> None:
        """Not before this is settled."""

    action_find = action_quick = action_new

    @on(Input.Submitted, "#day")
    def _dated(self) -> None:
        self.query_one("#time", Prompted).focus()

    @on(Input.Submitted, "#time")
    def _timed(self) -> None:
        day, clock = (fold(self.query_one(f"#{name}", Prompted).value).strip() for name in ("day", "time"))
        if not clock:
            self._settle(None)
            return
        try:
            told = datetime.strptime(f"{day} {clock.replace(':', '')}", "%Y%m%d %H%M").replace(tzinfo=CHINA)
        except ValueError:
            self.refuse(
                DeskError("{text} is not a day and a time of day", "as 20261122 and 0352", text=f"{day} {clock}")
            )
            return
        self._settle(told)

    def _settle(self, told: datetime | None) -> None:
        """Write it down in a thread; until then no typed key goes out."""
        app, session = self.app, self.app.session
        if session is None:
            return
        app.typeahead.stay()

        def save() -> None:
            error = None
            try:
                wallclock.settle(app.office.book, session, told)
            except DeskError as refused:
                error = refused
            app.call_from_thread(self._settled, error)

        app.run_worker(save, group="write", thread=True)

    def _settled(self, error: DeskError | None) -> None:
        if error:
            self.refuse(error)
        else:
            self.dismiss(None)
        self.app.typeahead.go()
