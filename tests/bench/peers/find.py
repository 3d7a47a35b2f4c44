"""What one writes first to find something: a field, LIKE, and a table that is filled anew at each key."""

from __future__ import annotations

import sqlite3
import sys

from textual.app import App, ComposeResult
from textual.widgets import DataTable, Input

_LIKE = "SELECT number, form, substr(text, 1, 40), state FROM records WHERE text LIKE ? ORDER BY id DESC LIMIT 25"


class Find(App[None]):
    """A field and a table."""

    def compose(self) -> ComposeResult:
        yield Input(placeholder="ready to go")
        yield DataTable()

    def on_mount(self) -> None:
        self.query_one(DataTable).add_columns("Number", "Kind", "About", "State")
        self.book = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)

    def on_input_changed(self, event: Input.Changed) -> None:
        table: DataTable[str] = self.query_one(DataTable)
        table.clear()
        table.add_rows(self.book.execute(_LIKE, (f"%{event.value}%",)))


if __name__ == "__main__":
    Find().run(mouse=False)
