"""What a line typed at the bottom of the screen means: digits and a few signs, no letters needed, no timeouts.

Pure. The screen decides what a menu number opens; here only the kind is read off the shape (ux 4.2).
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from deskapp.text import clean, fold

Kind = Literal[
    "open", "all", "help", "menu", "serial", "tail", "room", "code", "find", "last", "next", "steps", "changed"
]  # fmt: skip

NEXT, STEPS, CHANGED = "+", "*", "/"
"""Signs that act at once while the line is empty."""

_SIGNS: dict[str, Kind] = {
    "": "open", "0": "all", "00": "help", "..": "last", NEXT: "next", STEPS: "steps", CHANGED: "changed",
}  # fmt: skip
_DIGITS: dict[int, Kind] = {1: "menu", 2: "menu", 3: "serial", 4: "tail", 5: "room", 6: "room", 7: "room"}
_ROOM = re.compile(r"[0-9]{1,7}(?:[-. ][0-9]{1,5}){0,3}[-.]?")
_NUMBER = re.compile(r"(?:[a-z]+|[a-z]*[\u4e00-\u9fff])[0-9]*-[a-z]?[0-9]+")
_SCANNED = re.compile(r"(?=.*[0-9])[a-z0-9]{8,}")


class Command(NamedTuple):
    """A line that was read: its kind, and the text with its signs folded (a find keeps its own)."""

    kind: Kind
    text: str = ""

    @property
    def number(self) -> int:
        """The digits of a menu number."""
        return int(self.text)


def read(line: str) -> Command:
    """The command in a typed line; never refuses: what is nothing else is a search."""
    typed = clean(line)
    text = fold(typed).strip()
    if kind := _SIGNS.get(text):
        return Command(kind, text)
    if text.isascii() and text.isdigit():
        return Command(_DIGITS.get(len(text), "code"), text)
    if _ROOM.fullmatch(text):
        return Command("room", re.sub("[. ]", "-", text))
    if _NUMBER.fullmatch(text) or _SCANNED.fullmatch(text) or re.fullmatch(r"\+[0-9]{5,20}", text):
        return Command("code", text)
    return Command("find", typed)
