"""What was left unsaved: go on with it, read it, drop it, or leave it for later (ux 3.11)."""

from __future__ import annotations

from datetime import datetime

from textual import events
from textual.app import ComposeResult

from deskapp.book.drafts import Draft
from deskapp.book.journal import last_head
from deskapp.errors import DeskError
from deskapp.i18n import _, tell
from deskapp.text import show
from deskapp.tui import typed as typing
from deskapp.tui.commandline import Command
from deskapp.tui.typed import Typed
from deskapp.tui.widgets.chrome import DeskScreen, PagedScreen
from deskapp.tui.widgets.plain import RULE, Words
from deskapp.tui.widgets.roomcard import wrapped

DROP, LATER = 8, 9
MOST = 7
"""Drafts that have a digit: the two above are taken. Others come when these are done with."""
LINES, AROUND = 3, 8
"""Lines of a draft, and of what stands around them."""


class DraftsScreen(DeskScreen[None]):
    """A digit goes on with one; any command that is not of this screen leaves them for later and is obeyed."""

    def __init__(self) -> None:
        super().__init__()
        self._dropping = False
        self._found: list[tuple[Draft, Typed]] = []

    def where(self) -> str:
        """What it shows."""
        return _("Unsaved forms")

    def prompt(self) -> str:
        """What the digits do now."""
        return _("which one to drop") if self._dropping else _("a digit goes on with it, 8 drops one, 9 later")

    def compose_body(self) -> ComposeResult:
        """The forms, each with what was typed."""
        yield Words()

    def on_mount(self) -> None:
        """The latest first."""
        self._show()

    def on_resize(self, event: events.Resize) -> None:
        """Lines are as wide as the screen."""
        self._show()

    def on_screen_resume(self) -> None:
        """One of them may be done with."""
        self._show()

    def _show(self) -> None:
        found = self.app.drafts.left()
        self._found = found[: max(1, min(MOST, (self.app.size.height - AROUND) // LINES))]
        lines = [RULE, " " + (self._head(len(found)) if found else _("nothing was left unsaved")), ""]
        for digit, (draft, typed) in enumerate(self._found, 1):
            lines += self._lines(digit, draft, typed)
        if len(found) > len(self._found):
            lines[-1] = f"  {_('{n} more').format(n=len(found) - len(self._found))}"
        self.query_one(Words).show(lines)
        self.ask(self.prompt())

    def _head(self, n: int) -> str:
        session, seq = self.app.session, last_head(self.app.office.book)[0] + 1
        words = _("{name}: {n} forms were left unsaved, typed last at these times. All saved is there, {seq} entries.")
        return words.format(name=session.name if session else "", n=n, seq=seq)

    def _lines(self, digit: int, draft: Draft, typed: Typed) -> list[str]:
        at = datetime.fromisoformat(draft.at)
        when = f"{at:%H:%M:%S}" if at.date() == self.app.today else f"{at:%m-%d %H:%M}"
        stands = next((text.label for text in typed.texts if text.name == typed.at), "")
        why = typing.hindrance(self.app.office.book, typed)
        about = tell(why)[0] if why else _("at {label}").format(label=stands) if stands else ""
        said = "  ".join(f"{text.label} {text.said}" for text in typed.texts if text.said)
        return [f"  {digit}  {when}  {typed.title}   {about}", f"     {said}", ""]

    def command(self, command: Command) -> None:
        """A digit of one of them, drop, later; or something for the board."""
        number = command.number if command.kind == "menu" else 0
        if self._dropping:
            self._dropping = False
            self._drop(number)
        elif 0 < number <= len(self._found):
            self._go_on(*self._found[number - 1])
        elif number == DROP and self._found:
            self._dropping = True
            self.ask(self.prompt())
        elif number == LATER or command.kind == "open":
            self.dismiss(None)
        elif 0 < number < LATER:
            self.say(_("there is no {number} here").format(number=number), wrong=True)
        else:
            self.dismiss(None)
            self.app.call_later(self.app.obey, command)

    def _go_on(self, draft: Draft, typed: Typed) -> None:
        why = typing.hindrance(self.app.office.book, typed)
        if why:
            self.app.push_screen(TextScreen(typed, why))
            return
        app = self.app
        self.dismiss(None)
        app.call_later(app.push_screen, typing.resumed(draft.place, typed), app.announce)

    def _drop(self, number: int) -> None:
        if not 0 < number <= len(self._found):
            self.say(_("nothing was dropped"))
        else:
            draft, typed = self._found[number - 1]
            self.app.drafts.drop(draft.place)
            self.say(_("dropped: {title}").format(title=show(typed.title)))
        self._show()


class TextScreen(PagedScreen):
    """What was typed into a form that can't be gone on with, box by box, to be read and typed elsewhere."""

    def __init__(self, typed: Typed, why: DeskError) -> None:
        super().__init__()
        self._typed, self._why = typed, why

    def where(self) -> str:
        """Which form it was."""
        return self._typed.title

    def compose_body(self) -> ComposeResult:
        """Label and text."""
        yield Words()

    def on_resize(self, event: events.Resize) -> None:
        """Long text goes on below."""
        width = event.size.width
        lines = [RULE, " " + tell(self._why)[0], ""]
        for text in self._typed.texts:
            lines.append(f" {text.label}")
            for line in show(text.raw, lines=True).split("\n"):
                lines += [f"    {part}" for part in wrapped(line, width - 6)] or [""]
        self.query_one(Words).show(lines)
