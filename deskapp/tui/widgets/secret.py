"""A passphrase or a PIN being typed: shown as stars, and never to be had back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from rich.text import Text
from textual.widgets import Input

from deskapp.i18n import _
from deskapp.tui.widgets.prompted import Prompted

if TYPE_CHECKING:
    from deskapp.tui.widgets.chrome import DeskScreen


class Secret(Prompted):
    """What an input method commits does not belong in it."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's word
        super().__init__(id=id, select=True)
        self.password = True

    @property
    def _value(self) -> Text:
        # The stock field draws bullets, which are one cell wide here and two there.
        return Text("*" * len(self.value), no_wrap=True, overflow="ignore", end="")

    def on_input_changed(self, event: Input.Changed) -> None:
        """A Chinese input method is on: what it put in goes, and it is said."""
        if not event.value.isascii():
            self.value = "".join(char for char in event.value if char.isascii())
            screen = cast("DeskScreen[Any]", self.screen)
            screen.say(_("the Chinese input method is on: press Shift to switch to English"), wrong=True)

    def action_copy(self) -> None:
        """Not this."""

    action_cut = action_copy
