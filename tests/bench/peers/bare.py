"""The least that Textual can be made to do: one label."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Label


class Bare(App[None]):
    """One label."""

    def compose(self) -> ComposeResult:
        yield Label("ready to go")


if __name__ == "__main__":
    Bare().run(mouse=False)
