"""Make `table.txt` anew from pypinyin:  python data/pinyin/generate.py [MORE CHARACTERS]

A line is the toneless readings of some characters, the usual one first, then the characters. They are
the 8,105 of the Table of General Standard Chinese Characters (2013), the 6,763 of GB 2312 and the old
forms in common names; the table is also the list of its characters, so name more to add them.
"""

from __future__ import annotations

import sys
import tomllib
from collections import defaultdict
from pathlib import Path

from pypinyin import Style, pinyin

HERE = Path(__file__).parent
TABLE = HERE / "table.txt"


def readings(char: str) -> tuple[str, ...]:
    """All toneless readings, the usual one first; the vowel of the word for woman is v."""
    found = pinyin(char, style=Style.NORMAL, heteronym=True, errors="ignore")
    return tuple(dict.fromkeys(reading.replace("\u00ea", "e") for reading in found[0])) if found else ()


def table(characters: set[str]) -> str:
    """The whole file."""
    groups = defaultdict(list)
    for char in sorted(characters):
        if known := readings(char):
            groups[known].append(char)
    return "".join(f"{' '.join(known)} {''.join(chars)}\n" for known, chars in sorted(groups.items()))


def covered() -> set[str]:
    """The characters of the table and of the surnames."""
    surnames = tomllib.loads((HERE / "surnames.toml").read_text("utf-8"))
    names = "".join([*surnames["readings"], *surnames["compound"], *surnames["titles"]])
    return set(names) | {char for char in TABLE.read_text("utf-8") if not char.isascii()}


if __name__ == "__main__":
    text = table(covered() | set("".join(sys.argv[1:])))
    TABLE.write_text(text, encoding="utf-8", newline="\n")
    print(f"{TABLE}: {sum(not char.isascii() for char in text)} characters, {len(text.encode())} bytes")
