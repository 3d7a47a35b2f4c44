"""The end that a scanner puts behind a code: Enter, Tab, or both within 50 ms (ux 4.5)."""

from __future__ import annotations

from textual import events

TWIN = 0.05
"""Seconds within which the second sign of one end comes."""
ENDS = ("enter", "tab")


class Scanner:
    """Tells a second end from a key that somebody pressed."""

    def __init__(self) -> None:
        self._ended = 0.0

    def ended(self, event: events.Key) -> None:
        """A code was ended by this key."""
        self._ended = event.time

    def is_twin(self, event: events.Key) -> bool:
        """Whether a key, the first one after an end, only says it once more."""
        ended, self._ended = self._ended, 0.0
        return event.key in ENDS and event.time - ended < TWIN
