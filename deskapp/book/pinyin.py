"""By which letters a Chinese name is found: pinyin and initials, from any character on (F10.4).

The table is made by `data/pinyin/generate.py`; surnames read otherwise are in `surnames.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from unicodedata import combining, normalize

from deskapp.resources import data_path, load_toml
from deskapp.text import fold

KEY_LENGTH = 32
_PARTS = 32  # what comes later in a name is not found by letters
_SPELLINGS = 16  # a name of many polyphones keeps its most usual ones
_PART = re.compile("[a-z0-9]+|[^\x00-\x7f]")


def keys(name: str) -> set[str]:
    """Every key whose beginning may be typed for a name: lower-case ASCII, and the folded name itself.

    From each character on: the pinyin and the initials, in all readings. Latin words and digits stand for
    themselves; signs and characters without a reading are passed over.
    """
    folded = fold(name[: 8 * _PARTS])
    found = {folded[:KEY_LENGTH]} - {""}
    parts = list(_parts(folded))[:_PARTS]
    found.update(_spellings([readings for readings, _ in parts]))
    found.update(_spellings([initials for _, initials in parts]))
    return found


def _parts(name: str) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """The readings and the initials of each word or character of a folded name, the usual ones first."""
    plain = "".join(char for char in normalize("NFKD", name) if not combining(char))
    surnames = load_toml("pinyin", "surnames.toml")["readings"]
    said = surnames.get(plain[:2]) or surnames.get(plain[:1]) or ""
    family = dict(enumerate(reading.split("/") for reading in said.split()))
    for index, part in enumerate(_PART.findall(plain)):
        if part.isascii():
            yield (part,), (part,)
        elif readings := [*family.get(index, ()), *_readings(part)]:
            spelled = [way for reading in readings for way in (reading, reading.replace("v", "u"))]
            yield list(dict.fromkeys(spelled)), list(dict.fromkeys(reading[0] for reading in readings))


def _spellings(parts: Sequence[Sequence[str]]) -> Iterator[str]:
    """The likeliest ways to spell the parts from each of them to the end."""
    tails = [("", 0)]
    for part in reversed(parts):
        best: dict[str, int] = {}
        heads = ((rare + at, way + tail) for at, way in enumerate(part) for tail, rare in tails)
        for rare, spelling in sorted(heads):
            best.setdefault(spelling[:KEY_LENGTH], rare)
        tails = list(best.items())[:_SPELLINGS]
        yield from (spelling for spelling, _ in tails)


@cache
def _table() -> str:
    return data_path("pinyin", "table.txt").read_text("utf-8")


@lru_cache(maxsize=4096)
def _readings(char: str) -> tuple[str, ...]:
    """What stands before the character in its line: found in place, as most starts need a few names only."""
    table = _table()
    at = table.find(char)
    return tuple(table[table.rfind("\n", 0, at) + 1 : at].split(" ")[:-1]) if at >= 0 else ()
