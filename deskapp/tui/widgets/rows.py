"""What a list is made of: its columns, its lines, and where they come from."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple, Protocol


class Row(NamedTuple):
    """One line: the record it stands for and its cells; `tone` adds weight to what its words already say."""

    id: Hashable
    cells: tuple[str, ...]
    tone: str = ""


class Heading(NamedTuple):
    """A line `-- words ----` between groups; the cursor skips it."""

    words: str


Line = Row | Heading


class Source(Protocol):
    """Where lines come from, in the order shown, newest first, by keyset and never by offset."""

    def newest(self, limit: int) -> Sequence[Line]:
        """The first `limit` lines."""
        ...

    def oldest(self, limit: int) -> Sequence[Line] | None:
        """The last `limit` lines; None where they can't be known without reading all."""
        ...

    def older(self, than: Hashable, limit: int) -> Sequence[Line]:
        """Up to `limit` lines that follow the row `than`."""
        ...

    def newer(self, than: Hashable, limit: int) -> Sequence[Line]:
        """Up to `limit` lines just before the row `than`."""
        ...


class Fixed:
    """A source of lines that are all there already, as on the board."""

    def __init__(self, lines: Sequence[Line] = ()) -> None:
        self._lines = lines

    def newest(self, limit: int) -> Sequence[Line]:  # noqa: D102
        return self._lines

    def oldest(self, limit: int) -> Sequence[Line]:  # noqa: D102
        return self._lines

    def older(self, than: Hashable, limit: int) -> Sequence[Line]:  # noqa: D102
        return ()

    def newer(self, than: Hashable, limit: int) -> Sequence[Line]:  # noqa: D102
        return ()


class Column(NamedTuple):
    """A column of `width` cells; width 0 takes what is left. On a narrow screen the lowest `drop` goes first."""

    label: str
    width: int
    drop: int = 0
    right: bool = False
