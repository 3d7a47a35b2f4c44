"""A keypad without NumLock sends arrows and Home for digits: the clerk types, and nothing stands there (ux F7.7)."""

from __future__ import annotations

DIGITS = frozenset({"choice", "yes-no", "room", "phone", "id-tail", "money", "count", "moment", "day"})
"""Types of fields that are answered with digits."""
_STEPS = frozenset({"up", "down"})
"""Also the keys that go from field to field: alone they tell nothing."""
_KEYPAD = _STEPS | {"left", "right", "home", "end", "pageup", "pagedown", "insert", "delete", "kp_begin"}
_ROW = 3


class NumLock:
    """Watches for three different keys of a keypad in a row that are no digits."""

    def __init__(self) -> None:
        self._row: list[str] = []

    def is_off(self, key: str, type_: str) -> bool:
        """Whether this key, in a field of this type, tells it; then it is told once."""
        if key not in _KEYPAD or (not self._row and type_ not in DIGITS):
            self._row.clear()
            return False
        self._row.append(key)
        told = len(set(self._row[-_ROW:]) - _STEPS) >= 1 and len(set(self._row[-_ROW:])) == _ROW
        if told:
            self._row.clear()
        return told
