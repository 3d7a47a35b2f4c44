"""The first picture, in plain ANSI before anything heavy is imported: what visitors may see, as sign-in shows it."""

from __future__ import annotations

import os
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import tomli

from deskapp import i18n, paths
from deskapp.i18n import _
from deskapp.text import fit
from deskapp.tui import looks, public

ENTER, LEAVE = "\x1b[?1049h\x1b[2J\x1b[H", "\x1b[?1049l\x1b[?25h"
"""Into the terminal's other screen, so that nothing of this stays in its history, and out of it."""
_CHINA = timezone(timedelta(hours=8))


def first(folder: Path, language: str | None = None) -> bool:
    """Paint the public board of a home folder; whether the terminal was switched to its other screen."""
    found = settings(folder)
    if not found or not sys.__stderr__:
        return False
    if language is None and found.get("lang") in (i18n.CHINESE, i18n.ENGLISH):
        i18n.use(found["lang"])
    try:
        size = os.get_terminal_size(sys.__stderr__.fileno())
    except OSError:
        return False
    picture = lines(folder, found.get("office", ""), datetime.now(_CHINA), size.columns, size.lines)
    sys.__stderr__.write(ENTER + looks.dress("\r\n".join(picture)))
    sys.__stderr__.flush()
    return True


def lines(folder: Path, office: str, now: datetime, width: int, height: int) -> list[str]:
    """The picture, line by line."""
    widths = [width for _label, width in public.COLUMNS]
    rows = [tuple(public.headings()), *(row for row, _late in public.rows(paths.book(folder), now))]
    drawn = ["  " + " ".join(fit(cell, size) for cell, size in zip(row, widths, strict=True)) for row in rows]
    picture = [f"{_('Sign in')}  {office}", drawn[0], "-" * width, *drawn[1:]]
    return [fit(line, width).rstrip() for line in picture[: max(1, height - 6)]]


def undo() -> None:
    """Back to the terminal's own screen."""
    if sys.__stderr__:
        sys.__stderr__.write(LEAVE)
        sys.__stderr__.flush()


def settings(folder: Path) -> dict[str, str]:
    """The settings as far as they can be read; what is wrong with them is said when the office is opened."""
    try:
        table = tomli.loads(paths.config(folder).read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomli.TOMLDecodeError):
        return {}
    return {key: value for key, value in table.items() if isinstance(value, str)}
