"""What a session remembers between panels: the last answers for `..`, and what was left unsaved."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from deskapp.book.session import Session

if TYPE_CHECKING:
    from textual.app import App

SAME = ".."
"""Typed into a field: as in my last record (ux 4.6)."""
MOST_PARKED = 5


@dataclass(slots=True)
class Memory:
    """One person's memory at this desk; it never touches the disk."""

    answers: dict[tuple[str, str], str] = field(default_factory=dict)
    parked: dict[Hashable, Mapping[str, str]] = field(default_factory=dict)

    def remember(self, form: str, name: str, raw: str) -> None:
        """Keep an answer for `..`."""
        self.answers[form, name] = raw

    def same(self, form: str, name: str) -> str:
        """What `..` stands for; empty at the first record."""
        return self.answers.get((form, name), "")

    def park(self, key: Hashable, raws: Mapping[str, str]) -> None:
        """Keep what was typed into a panel that is left; the oldest of too many goes."""
        self.parked.pop(key, None)
        self.parked[key] = dict(raws)
        while len(self.parked) > MOST_PARKED:
            del self.parked[next(iter(self.parked))]


_memories: WeakKeyDictionary[App[object], dict[str, Memory]] = WeakKeyDictionary()


def memory(app: App[object], session: Session | None) -> Memory:
    """The memory of whoever is signed in."""
    return _memories.setdefault(app, {}).setdefault(session.staff if session else "", Memory())
