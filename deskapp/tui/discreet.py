"""An app that gives nothing away: not before somebody signs in, not to the terminal's clipboard, not as it breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from textual.app import App
from textual.widget import AwaitMount

from deskapp.i18n import _

if TYPE_CHECKING:
    from rich.console import RenderableType

    from deskapp.book.session import Session
    from deskapp.tui.widgets.chrome import DeskScreen


class Discreet(App[object], inherit_bindings=False):
    """Mixed into the desk's app."""

    session: Session | None

    def push_screen(self, screen: Any, *args: Any, **words: Any) -> Any:
        """Open a screen; without anybody signed in only one that is public, whatever way was found to ask for it."""
        if self.session is None and not getattr(screen, "PUBLIC", False):
            cast("DeskScreen[Any]", self.screen).say(_("sign in first"), wrong=True)
            return AwaitMount(self.screen, [])
        return super().push_screen(screen, *args, **words)

    def panic(self, *renderables: RenderableType) -> None:
        """Textual would print what it is given: a traceback with names and numbers in it."""
        self._fatal_error()

    def copy_to_clipboard(self, text: str) -> None:
        """Into our own clipboard; the terminal's (OSC 52) is everybody's."""
        self._clipboard = text
