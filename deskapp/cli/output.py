"""How commands speak: tables by cell width and JSON on stdout, everything else on stderr."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from deskapp import i18n
from deskapp.errors import DeskError
from deskapp.text import cells, fit, show, steady

WIDEST = 40
"""Cells of a column that is not the last one."""
NARROWEST = 8
"""Cells that a column keeps on a narrow screen."""


def say(text: str) -> None:
    """A message, which is never part of what a script reads."""
    print(show(text, lines=True), file=sys.stderr)


def warn(error: DeskError) -> None:
    """Something that is wrong and stops nobody."""
    message, hint = i18n.tell(error)
    say(f"{message} ({hint})" if hint else message)


def table(
    headings: Sequence[str], rows: Sequence[Sequence[str]], *, cut: bool = True, whole: Sequence[int] = (0,)
) -> None:
    """Rows under their headings, every value in one line and harmless, columns as wide as they need.

    On a terminal the widest columns are cut until a line fits, but for the `whole` ones: a number is of no use in part.
    """
    shown = [[show(cell) for cell in row] for row in (headings, *rows)]
    widths = [min(max(map(cells, column)), WIDEST) for column in zip(*shown, strict=True)]
    widths[-1] = max(cells(row[-1]) for row in shown)
    if cut and sys.stdout.isatty():
        room = shutil.get_terminal_size().columns - 2 * (len(widths) - 1)
        while sum(widths) > room:
            wide = ((width, place) for place, width in enumerate(widths) if place not in whole)
            width, place = max(wide, default=(0, 0))
            if width <= NARROWEST:
                break
            widths[place] = width - 1
    for row in shown:
        line = "  ".join(fit(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip()
        print(steady(line) if sys.stdout.isatty() else line)


def side_by_side(words: Sequence[str]) -> None:
    """Short words beside one another, on as many lines as a terminal needs for them."""
    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else sys.maxsize
    lines: list[str] = []
    for word in map(show, words):
        longer = f"{lines[-1]}  {word}" if lines else word
        if lines and cells(longer) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    for one in lines:
        print(one)


def pairs(rows: Sequence[tuple[str, str]]) -> None:
    """Labels and values that say something, a value's further lines below its first."""
    width = max((cells(show(label)) for label, _ in rows), default=0)
    for label, value in rows:
        if not value:
            continue
        first, *more = show(value, lines=True).split("\n")
        print(f"  {fit(label, width)}  {first}".rstrip())
        for line in more:
            print(f"  {'':{width}}  {line}".rstrip())


def emit(item: Mapping[str, object]) -> None:
    """One object as a line of JSON; what a terminal would obey is spelled \\uXXXX and reads back the same."""
    line = json.dumps(item, ensure_ascii=False)
    if show(line) != line:
        line = "".join(char if show(char) == char else json.dumps(char)[1:-1] for char in line)
    print(line)


@contextmanager
def progress(doing: str) -> Iterator[Callable[[int], None]]:
    """A count on stderr for whoever watches a terminal; nothing in a log."""
    shown = 0.0

    def tell(n: int) -> None:
        nonlocal shown
        if sys.stderr.isatty() and time.monotonic() - shown > 0.2:
            shown = time.monotonic()
            print(f"\r{doing} {n}", end="", file=sys.stderr, flush=True)

    try:
        yield tell
    finally:
        if shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def line(*parts: str) -> str:
    """What there is of these, in one line and harmless."""
    return "  ".join(show(part) for part in parts if part)
