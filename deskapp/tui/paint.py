"""The first picture, in plain ANSI before Textual is imported: what visitors may see, and that the desk is coming."""

from __future__ import annotations

import sys

from deskapp.desk.office import Office
from deskapp.i18n import _
from deskapp.text import fit
from deskapp.tui import public

ENTER, LEAVE = "\x1b[?1049h\x1b[2J\x1b[H", "\x1b[?1049l\x1b[?25h"
"""Into the terminal's other screen, so that nothing of this stays in its history, and out of it."""


def lines(office: Office, width: int, height: int) -> list[str]:
    """The public board as the sign-in screen will show it, line by line."""
    now = office.book.now()
    head = [f"{_('Sign in')}  {office.config.office}"]
    widths = [width for _label, width in public.COLUMNS]
    rows = [tuple(public.headings()), *(row for row, _late in public.rows(office.book, now))]
    drawn = ["  " + " ".join(fit(cell, size) for cell, size in zip(row, widths, strict=True)) for row in rows]
    picture = [*head, drawn[0], "-" * width, *drawn[1:]]
    return [fit(line, width).rstrip() for line in picture[: max(1, height - 2)]]


def first(office: Office) -> bool:
    """Paint it, if somebody is looking; whether the terminal was switched to its other screen."""
    import shutil

    if not (sys.__stderr__ and sys.__stderr__.isatty()):
        return False
    size = shutil.get_terminal_size()
    sys.__stderr__.write(ENTER + "\r\n".join(lines(office, size.columns, size.lines)))
    sys.__stderr__.flush()
    return True


def undo() -> None:
    """Back to the terminal's own screen."""
    if sys.__stderr__:
        sys.__stderr__.write(LEAVE)
        sys.__stderr__.flush()
