"""Handing over: three pages and one line to type in, from the list to the signatures (ux 3.8).

Everything said here is in ink as soon as it is said: left, interrupted or cut off, it goes on where it stood.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import ClassVar

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from deskapp.book import journal
from deskapp.book.entry import Entry
from deskapp.book.journal import Request
from deskapp.book.session import Session
from deskapp.book.view import Record
from deskapp.desk import handover, shifts
from deskapp.desk.handover import Item, Told
from deskapp.errors import DeskError
from deskapp.i18n import _
from deskapp.text import clean
from deskapp.tui.screens.handover_page import Page
from deskapp.tui.screens.working import WorkingScreen
from deskapp.tui.widgets.chrome import ARROW, moment
from deskapp.tui.widgets.plain import Line, Words
from deskapp.tui.widgets.records import Records
from deskapp.tui.widgets.rows import Column
from deskapp.tui.widgets.secret import Secret


class Typed(Secret):
    """The line to type in: in clear, but while somebody signs."""

    def __init__(self) -> None:
        super().__init__(id="typed")
        self.password = False

    @property
    def _value(self) -> Text:
        return super()._value if self.password else super(Secret, self)._value

    def on_input_changed(self, event: Input.Changed) -> None:
        """Hanzi belong here, but in a secret."""
        if not self.password:
            event.prevent_default()

    def action_copy(self) -> None:
        """What is no secret."""
        if not self.password:
            super(Secret, self).action_copy()

    def action_cut(self) -> None:
        """What is no secret."""
        if not self.password:
            super(Secret, self).action_cut()


PAGES = ("handover_items:ItemsPage", "handover_counts:CountsPage", "handover_sign:SignPage")


class HandoverScreen(WorkingScreen):
    """The hand-over of the shift that is open; where none is, taking the post."""

    HAS_COMMAND = False
    AUTO_FOCUS = "#typed"
    LIVE: ClassVar[frozenset[str]] = frozenset({"F1", "F2", "F3", "F5", "F7", "F8", "F10", "Esc"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.shift: Record
        self.said = Told()
        self.items: list[Item] = []
        self._at = -1
        self._page: Page | None = None

    # ------------------------------------------------------------ what the pages stand on

    def compose_body(self) -> ComposeResult:
        """Under the rule: the list or the words of a page; then the line to type in."""
        yield Line("-" * 400)
        columns = [
            Column("", 1), Column(_("Kind"), 7), Column(_("Number"), 10), Column(_("Room"), 8, drop=2),
            Column(_("About"), 0), Column(_("Goes on"), 8, drop=1), Column(_("Reason, word"), 14, drop=3),
        ]  # fmt: skip
        yield Records(columns, empty=_("nothing is open: Enter goes on to the count"))
        yield Words(id="words")
        yield Typed()

    def on_mount(self) -> None:
        """Go on where it stands."""
        if self.reload():
            at = 0 if self.shift.state == shifts.ON_DUTY or handover.left(self.items, self.said) else 1
            self.turn(2 if at and self.said.cash else at)
        else:
            self._open("handover_post:PostPage")

    def on_screen_resume(self) -> None:
        """Back from a note or a record: what was written there counts."""
        if self._at >= 0 and self.reload():
            self.draw()

    def on_resize(self, event: events.Resize) -> None:
        """Laid out anew."""
        super().on_resize(event)
        self.draw()

    def draw(self) -> None:
        """Paint what stands, and ask."""
        if self._page is not None:
            self._page.draw()
            self.prompt_again()

    def reload(self) -> bool:
        """Read the shift and what its hand-over has said; whether one is open."""
        book = self.app.office.book
        found = shifts.on_duty(book)
        if found is None:
            return False
        self.shift, self.said = found, handover.told(book, found)
        self.items = handover.items(book, found, self.app.now())
        return True

    def turn(self, at: int) -> None:
        """Another page."""
        self._at = at
        self._open(PAGES[at])

    def _open(self, name: str) -> None:
        module, _colon, page = name.partition(":")
        self._page = getattr(import_module(f"deskapp.tui.screens.{module}"), page)(self)
        self.query_one(Records).display = self._page.LISTED
        self.query_one("#words", Words).display = not self._page.LISTED
        self.title_line()
        self.draw()

    def prompt_again(self) -> None:
        """What to type now."""
        if self._page is None:
            return
        before, hint, secret = self._page.asks()
        field = self.query_one("#typed", Typed)
        field.password = secret
        field.frame(before + ARROW)
        self.hint(hint)

    # ------------------------------------------------------------ keys

    def where(self) -> str:
        """Which page of whose hand-over."""
        if self._at < 0:
            return _("Take the post")
        names = (_("Items"), _("Count"), _("Signatures"))
        owner = shifts.title(self.app.office.book, self.shift, self.app.now())
        return _("Hand-over {n}/3 {page}  {owner}").format(n=self._at + 1, page=names[self._at], owner=owner)

    def title_line(self) -> None:
        """Whose shift it is says who is here."""
        self.query_one("#title", Line).show(self.where(), moment(self.app.now()))

    def help_lines(self) -> list[str]:
        """What stops nobody."""
        return [
            _("Start draws the line: what is written after it belongs to the next shift."),
            _("Late things, keys out and slips may be handed on; only the drawer must be counted, and somebody signs."),
            _("F5 writes a line when the phone rings, and comes back here."),
        ]

    def action_move(self, by: int) -> None:
        """Up, Down."""
        if self._page is not None:
            self._page.move(by)
            self.prompt_again()

    def action_page(self, by: int) -> None:
        """PgUp, PgDn."""
        if self._page is not None:
            self._page.page(by)

    def action_previous(self) -> None:
        """F7: the page before."""
        if self._at > 0:
            self.turn(self._at - 1)

    def action_following(self) -> None:
        """F8: the page after, once the hand-over was started."""
        if 0 <= self._at < 2 and self.shift.state == shifts.COUNTING:
            self.turn(self._at + 1)

    def action_save(self) -> None:
        """F10: all of the page as it stands."""
        self._give(self._page.finish if self._page else None)

    def _give(self, does: Callable[[], None] | None) -> None:
        """Let the page do something; a refusal is said."""
        try:
            if does is not None:
                does()
        except DeskError as error:
            self.refuse(error)
        if self.is_current:
            self.draw()

    @on(Input.Submitted, "#typed")
    def _typed(self, event: Input.Submitted) -> None:
        event.stop()
        raw = event.value if event.input.password else clean(event.value)
        event.input.value = ""
        self.say("")
        page = self._page
        self._give((lambda: page.typed(raw)) if page else None)

    # ------------------------------------------------------------ writing

    def identify(self, staff: str, secret: str, done: Callable[[Session], None]) -> None:
        """Somebody shows that he is here himself: the one place where a signature is proved."""
        app = self.app

        def job() -> Session:
            from deskapp.tui.screens.signin import shown

            return shown(app, staff, secret)

        def proved(session: Session) -> None:
            if self.is_mounted and not self.left:
                self.say("")
                done(session)
                self.draw()

        self.say(_("checking"))
        self.work(job, proved)

    def write(
        self, requests: Sequence[Request], done: Callable[[], None], session: Session | None = None
    ) -> None:  # fmt: skip
        """Write as who is signed in, or as who has just signed; then show what stands now."""
        book, by = self.app.office.book, session or self.app.session
        if by is None:
            return

        def job() -> list[Entry]:
            return journal.write(book, by, requests)

        def written(entries: list[Entry]) -> None:
            if self.is_mounted and not self.left:
                self.reload()
                done()
                if self.is_current:
                    self.draw()

        self.work(job, written)

    def failed(self, error: DeskError) -> None:
        """Refused: somebody else may have gone on meanwhile."""
        if self.is_mounted and not self.left and self._at >= 0 and self.reload():
            self.draw()
        super().failed(error)
