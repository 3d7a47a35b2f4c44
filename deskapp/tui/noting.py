"""A note of something that happened at the desk: the panel of the menu's first form, with the words in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deskapp.tui.app import DeskApp

FIRST = 1
"""The menu number of the form where everything that happens at the desk is noted."""


def open_note(app: DeskApp, words: str, room: str = "") -> None:
    """Open the panel with the room and what happened in it."""
    entry = app.menu.get(FIRST)
    if entry is None:
        return
    form = app.office.book.forms[entry.form]
    prefill: dict[str, object] = {}
    for name in form.steps[entry.step].asks:
        asked = form.fields[name]
        if asked.type == "room" and room:
            prefill[name] = room
        elif asked.type in ("note", "text") and name in form.what:
            prefill[name] = words
    app.open_panel(entry.form, entry.step, None, prefill)
