"""Textual's own table of ten thousand rows."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import DataTable

ROWS = 10_000


class Table(App[None]):
    """A table that is filled before it is shown."""

    def compose(self) -> ComposeResult:
        table: DataTable[str] = DataTable(cursor_type="row")
        table.add_columns("Number", "Opened", "Room", "About", "State")
        table.add_rows(
            (f"D22-{n:05}", "11-22", f"3-2-{n % 1000:04}", f"what was said about number {n}", "closed")
            for n in range(ROWS)
        )
        yield table


if __name__ == "__main__":
    Table().run(mouse=False)
