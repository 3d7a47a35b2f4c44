"""What goes to the terminal, made fit for it: its colours, weight and rules, and columns that nothing shifts."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from functools import lru_cache

from deskapp.errors import UsageError
from deskapp.text import cells, steady, unsure

_CODES = re.compile(r"(\x1b\[[0-?]*[ -/]*[@-~]|[\r\n])")
_STYLE = re.compile(r"\x1b\[([0-9;:]*)m")
_RULE = re.compile("-{8,}")
_WEIGHT = frozenset(("", "0", "1", "2", "4", "7", "22", "24", "27"))
_ARGUMENTS = {"5": 2, "2": 4}
"""After 38, 48 and 58: a colour by number or by its three parts."""


def choose(*, plain: bool) -> None:
    """Decide how to look, by what was asked for and what the terminal calls itself. Raises UsageError."""
    global _dressed  # noqa: PLW0603 - a process has one terminal
    for name in ("COLUMNS", "LINES"):
        os.environ.pop(name, None)  # of the shell that started us: it would hold against every later size
    term = os.environ.get("TERM", "")
    # Textual's own way with it is to send greys, which are colours, too.
    colourless = os.environ.pop("NO_COLOR", "") or term in ("", "dumb", "unknown") or term.startswith("vt")
    if term == "dumb" and not plain:
        raise UsageError("this terminal says that it can't put text in its place (TERM=dumb)",
                         "deskapp --plain tries all the same; every command works there: deskapp --help")  # fmt: skip
    if term in ("", "dumb", "unknown"):
        os.environ["TERM"] = "vt100"  # rich takes any of these for 80x25, however large it is
    _dressed = _bare if plain else _weighted if colourless else _as_it_is


def dress(data: str) -> str:
    """What is written instead of `data`."""
    return _dressed(_steadied(data))


def _steadied(data: str) -> str:
    """The same, but no character of unsure width shifts what follows it on its line."""
    if not unsure(data):
        return data
    at, parts = 0, []
    for part in _CODES.split(data):
        if part[:1] == "\x1b":
            at = int(part[2:-1].partition(";")[2] or 1) - 1 if part[-1] == "H" else at
        elif part in ("\r", "\n"):
            at = 0
        else:
            parts.append(steady(part, at))
            at += cells(part)
            continue
        parts.append(part)
    return "".join(parts)


def _as_it_is(data: str) -> str:
    return data


def _weighted(data: str) -> str:
    """Bold and reverse, no colour."""
    return _STYLE.sub(lambda match: _weight(match[1]), data)


@lru_cache
def _weight(codes: str) -> str:
    kept, rest = [], iter(codes.split(";"))
    for code in rest:
        if code in ("38", "48", "58"):
            for _argument in range(_ARGUMENTS.get(next(rest, ""), 1) - 1):
                next(rest, "")
        elif code in _WEIGHT:
            kept.append(code)
    return f"\x1b[{';'.join(kept)}m" if kept else ""


def _bare(data: str) -> str:
    """No style, no rules, and the terminal's own cursor, which a screen reader follows."""
    data = _STYLE.sub("", data).replace("\x1b[?25l", "\x1b[?25h")
    return _RULE.sub(lambda match: " " * len(match[0]), data)


_dressed: Callable[[str], str] = _as_it_is
