"""The least that typing costs in Textual: one field, its cursor not blinking."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Input


class Field(App[None]):
    """One field."""

    def compose(self) -> ComposeResult:
        field = Input("ready to go")
        field.cursor_blink = False
        yield field


if __name__ == "__main__":
    Field().run(mouse=False)
