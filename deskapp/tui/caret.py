"""The terminal's own cursor stands where the field's does: there an input method opens its window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.geometry import Offset
from textual.widgets import Input

from deskapp.tui import widths

if TYPE_CHECKING:
    from textual.app import App

    _Mixed = App[object]
else:
    _Mixed = object

widths.agree()  # where a cursor stands is where the text before it ends


class Caret(_Mixed):
    """Mixed into an app: its cursor is looked up when a frame is written.

    Textual notes the place when a field gets a key, which may be before the field has been moved to where it is drawn,
    and counts one cell too many at the end of the text.
    """

    @property
    def cursor_position(self) -> Offset:
        """Where the cursor of the field with the focus stands on the screen."""
        field = self.focused
        if not isinstance(field, Input) or not field.is_attached:
            return Offset(0, 0)
        return field.cursor_screen_offset - Offset(int(field.cursor_at_end), 0)

    @cursor_position.setter
    def cursor_position(self, position: Offset) -> None:
        """Nobody needs to say it."""
