"""Digits to be read from across the counter, five lines high: a code to write on a parcel."""

from __future__ import annotations

_SHAPES = {
    "0": "### # # # # # # ###", "1": " #  ##   #   #  ###", "2": "###   # ### #   ###", "3": "###   # ###   # ###",
    "4": "# # # # ###   #   #", "5": "### #   ###   # ###", "6": "### #   ### # # ###", "7": "###   #   #   #   #",
    "8": "### # # ### # # ###", "9": "### # # ###   # ###",
}  # fmt: skip
"""Five rows of three cells, a blank between the rows."""
HEIGHT = 5


def big(digits: str) -> list[str]:
    """The lines of a code; a sign that is no digit is left out. Two cells a point: it is read upright."""
    shapes = [_SHAPES[one] for one in digits if one in _SHAPES]
    return ["  ".join("".join(point * 2 for point in shape[row * 4 : row * 4 + 3]) for shape in shapes)
            for row in range(HEIGHT)]  # fmt: skip
