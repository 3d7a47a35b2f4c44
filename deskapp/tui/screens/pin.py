"""One's own PIN: the passphrase first, then six digits twice."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from deskapp.book.pin import set_pin
from deskapp.book.signin import sign_in
from deskapp.errors import DeskError
from deskapp.i18n import N_, _
from deskapp.tui.screens.working import WorkingScreen
from deskapp.tui.widgets.plain import RULE, Words
from deskapp.tui.widgets.prompted import brackets
from deskapp.tui.widgets.secret import Secret

FIELDS = {"passphrase": N_("Passphrase"), "pin": N_("New PIN"), "again": N_("Once more")}


class PinScreen(WorkingScreen):
    """Who sets a PIN proves with the passphrase that it is his: an unlocked screen alone is not enough."""

    HAS_COMMAND = False
    AUTO_FOCUS = "#passphrase"
    LIVE: ClassVar[frozenset[str]] = frozenset({"F1", "Esc"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
    ]

    def where(self) -> str:
        """What it is about."""
        return _("PIN")

    def compose_body(self) -> ComposeResult:
        """What a PIN is for, and the three fields."""
        yield Words([
            RULE, "",
            _(" Six digits that unlock this screen, or take it over, while you are signed in."),
            _(" After five wrong ones, and to sign in, only the passphrase will do."), "",
        ])  # fmt: skip
        for name in FIELDS:
            yield Secret(id=name)
        yield Words()

    def on_resize(self, event: events.Resize) -> None:
        """The fields stand between brackets."""
        brackets({self.query_one(f"#{name}", Secret): " " + _(words) for name, words in FIELDS.items()})

    def on_mount(self) -> None:
        """Lines first, fields below them."""
        self.query(Words).first().styles.height = "auto"
        self.hint(_("Enter goes on; Esc leaves it as it was"))

    def action_new(self) -> None:
        """Not over secrets."""

    action_find = action_quick = action_new

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        if event.input.id != "again":
            self.focus_next()
            return
        passphrase, pin, again = (self.query_one(f"#{name}", Secret).value for name in FIELDS)
        session, book = self.app.session, self.app.office.book
        if session is None:
            return
        if pin != again:
            self.refuse(DeskError("the two PINs differ", "type both again"))
            self._anew()
            return
        self.say(_("checking"))
        self.work(lambda: set_pin(book, sign_in(book, session.staff, passphrase), pin), self._set)

    def _set(self, _nothing: None) -> None:
        if not self.left:
            self.dismiss(None)
        self.desk.call_after_refresh(self._say_so)

    def _say_so(self) -> None:
        self.desk.desk_screen.say(_("the PIN is set: it unlocks from now on"))

    def failed(self, error: DeskError) -> None:
        """Why not; both PINs are typed anew."""
        super().failed(error)
        if not self.left:
            self._anew()

    def _anew(self) -> None:
        for name in ("again", "pin"):
            self.query_one(f"#{name}", Secret).value = ""
        self.query_one("#pin", Secret).focus()
