"""A line in the diary over anything (F5): the first task of the menu, with what is known already in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deskapp.tui.app import DeskApp

FIRST = 1
"""The menu number of what happens most: somebody says something."""


def note(app: DeskApp, room: str = "", words: str = "") -> None:
    """Open its panel, for this room and with these words, where there are any."""
    entry = app.menu.get(FIRST)
    if entry is None or not entry.form:
        return
    form = app.office.book.forms[entry.form]
    prefill: dict[str, object] = {}
    for name in form.steps[entry.step].asks:
        asked = form.fields[name]
        if asked.type == "room" and room:
            prefill[name] = room
        elif asked.type in ("note", "text") and name in form.what and words:
            prefill[name] = words
    app.open_panel(entry.form, entry.step, None, prefill)
