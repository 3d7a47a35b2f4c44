"""The post itself: taking it, standing in for a while, leaving it (R141; ux F2.10)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from deskapp.book.entry import Entry
from deskapp.book.journal import Request
from deskapp.desk import display, shifts
from deskapp.errors import DeskError
from deskapp.i18n import _, pick
from deskapp.text import clean, fold
from deskapp.tui.screens.handover_page import Page
from deskapp.tui.screens.panel import PanelScreen
from deskapp.tui.widgets.chrome import ARROW, DeskScreen
from deskapp.tui.widgets.plain import RULE, Words
from deskapp.tui.widgets.prompted import Prompted

if TYPE_CHECKING:
    from deskapp.tui.screens.handover import HandoverScreen


class PostPage(Page):
    """Nobody is on duty: Enter takes the post."""

    def __init__(self, screen: HandoverScreen) -> None:
        super().__init__(screen)
        self._book = screen.app.office.book

    def draw(self) -> None:
        """How the last shift ended."""
        last, now = shifts.last(self._book), self.screen.app.now()
        lines = [_(" Nobody is on duty."), ""]
        if last is not None:
            form = display.form_of(self._book, last)
            lines.append(_(" The shift before: {number}  {title}  {state}").format(
                number=display.short_number(form, last.number, now.date()), title=shifts.title(self._book, last, now),
                state=display.state(form, last.state),
            ))  # fmt: skip
            if last.state == shifts.SEALED:
                lines.append(
                    _(" It was sealed by one alone: count the drawer and the keys again before anything else.")
                )
        self.show(lines)

    def asks(self) -> tuple[str, str, bool]:
        """Which shift."""
        field = self._book.form(shifts.FORM).fields["name"]
        digits = " ".join(f"{n}{pick(one.label)}" for n, one in enumerate(field.choices, 1))
        name = display.value(self._book, field, shifts.turn(self.screen.app.now()))
        return _("Enter takes the post, {name}").format(name=name), digits, False

    def typed(self, raw: str) -> None:
        """Enter, or another shift's digit."""
        choices = self._book.form(shifts.FORM).fields["name"].choices
        if raw and not (fold(raw).isdecimal() and 1 <= int(fold(raw)) <= len(choices)):
            raise DeskError("1 to {n}", n=len(choices))
        opening = shifts.opening(self._book, self.screen.app.now())
        answers = {**opening.answers, **({"name": choices[int(fold(raw)) - 1].code} if raw else {})}
        screen, app = self.screen, self.screen.app

        def taken(result: list[Entry] | DeskError) -> None:
            if isinstance(result, DeskError):
                screen.refuse(result)
            else:
                screen.dismiss(None)
                app.call_after_refresh(app.announce, result)

        app.write([Request("register", answers, shifts.FORM)], taken)


class ReliefPanel(PanelScreen):
    """64: somebody stands in for who is on duty; nothing is counted, entries name both."""

    def __init__(self) -> None:
        super().__init__([(shifts.FORM, "relieve")])

    def on_mount(self) -> None:
        """For the shift that is open."""
        shift = shifts.on_duty(self.app.office.book)
        if shift is None:
            self.dismiss(None)
            self.app.call_after_refresh(_tell_nobody, self.app.desk_screen)
            return
        self._number = shift.number
        super().on_mount()

    def _saved(self, result: list[Entry] | DeskError) -> None:
        super()._saved(result)
        if not isinstance(result, DeskError):
            self.app.call_after_refresh(self.app.announce, result)


def _tell_nobody(screen: DeskScreen[None]) -> None:
    screen.say(_("nobody is on duty: F10 takes the post"), wrong=True)


class LeaveScreen(DeskScreen[None]):
    """83: whoever is on duty is told that the post is not left empty (R141); he can, with a reason."""

    HAS_COMMAND = False
    AUTO_FOCUS = "#typed"
    LIVE: ClassVar[frozenset[str]] = frozenset({"F1", "Esc"})

    def where(self) -> str:
        """Leaving."""
        return _("Leave")

    def compose_body(self) -> ComposeResult:
        """What the rule says, and what can be done."""
        yield Words([
            RULE, "",
            _(" You are on duty. The post is not left empty: somebody takes over or stands in first."), "",
            _(" 1  relief: somebody stands in for a while"),
            _(" 2  hand over the shift"), "",
            _(" or type why you leave all the same; it is written down."),
        ])  # fmt: skip
        yield Prompted(id="typed")

    def on_mount(self) -> None:
        """Nobody else is held."""
        book, session = self.app.office.book, self.app.session
        shift = shifts.on_duty(book)
        if shift is None or session is None or shift.by != session.staff or shifts.relief(book, shift, self.app.now()):
            self._go()
            return
        self._number = shift.number
        self.query_one("#typed", Prompted).frame(_("1, 2 or why") + ARROW)
        self.hint(_("Esc: back to the board"))

    @on(Input.Submitted, "#typed")
    def _typed(self, event: Input.Submitted) -> None:
        event.stop()
        reason, event.input.value = clean(event.value), ""
        match fold(reason):
            case "1" | "2" as digit:
                app = self.app
                self.dismiss(None)
                app.call_after_refresh(app.choose, 64 if digit == "1" else 9)
            case "":
                self.say(_("1, 2, or a reason"), wrong=True)
            case _:
                self.app.write([Request("leave", {"reason": reason}, None, self._number)], self._left)

    def _left(self, result: list[Entry] | DeskError) -> None:
        if isinstance(result, DeskError):
            self.refuse(result)
        else:
            self._go()

    def _go(self) -> None:
        people = self.app.people
        self.dismiss(None)
        people.leave()
