"""One idea of how wide a character is: rich and Textual measure as `deskapp.text` does.

Rich counts an ambiguous character as one cell. In a terminal set up for Chinese it takes two, and everything after it
on the line stands in the wrong column.
"""

from __future__ import annotations

import sys
from functools import lru_cache

import rich.cells
import rich.segment  # has its own name for the function, as several modules of Textual have

from deskapp.text import cells

_NAMES = ("get_character_cell_size", "_is_single_cell_widths")


def agree() -> None:
    """Put our measure in the place of rich's, wherever it has been imported already or will be."""
    ours = (_width, frozenset(map(chr, range(0x20, 0x7F))).issuperset)
    for name, function in zip(_NAMES, ours, strict=True):
        theirs = getattr(rich.cells, name)
        for path, module in list(sys.modules.items()):
            if path.partition(".")[0] in ("rich", "textual") and vars(module).get(name) is theirs:
                setattr(module, name, function)
    rich.cells.cached_cell_len.cache_clear()


@lru_cache(maxsize=4096)
def _width(character: str, unicode_version: str = "auto") -> int:
    del unicode_version
    return cells(character)
