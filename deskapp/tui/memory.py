"""What a session remembers between panels: the last answers, for `..`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from textual.app import App

SAME = ".."
"""Typed into a field: as in my last record (ux 4.6)."""


@dataclass(slots=True)
class Memory:
    """One person's memory at this desk; it never touches the disk."""

    answers: dict[tuple[str, str], str] = field(default_factory=dict)

    def remember(self, form: str, name: str, raw: str) -> None:
        """Keep an answer for `..`."""
        self.answers[form, name] = raw

    def same(self, form: str, name: str) -> str:
        """What `..` stands for; empty at the first record."""
        return self.answers.get((form, name), "")


_memories: WeakKeyDictionary[App[object], dict[str, Memory]] = WeakKeyDictionary()


def memory(app: App[object], staff: str) -> Memory:
    """The memory of a member of staff."""
    return _memories.setdefault(app, {}).setdefault(staff, Memory())
