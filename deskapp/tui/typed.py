"""What was typed into a form, as it is kept: every box's own text, the field, the cursor; and how to go on with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

from deskapp.book import view
from deskapp.book.drafts import Draft
from deskapp.errors import DeskError
from deskapp.text import mask_id, mask_phone, show
from deskapp.tui import plan as planning

if TYPE_CHECKING:
    from deskapp.book.database import Book
    from deskapp.tui.screens.kept import KeptScreen

PANEL, CORRECT, BEGIN, PIECE = "panel", "correct", "delivery", "piece"
_SCREENS = {
    PANEL: "panel:PanelScreen", CORRECT: "correct:CorrectScreen", BEGIN: "delivery:BeginScreen",
    PIECE: "arrivals:ArrivalsScreen",
}  # fmt: skip
"""What can be gone on with: each is made by `resumed(place, typed)`."""
_MASKS = {"phone": mask_phone, "id-tail": mask_id}


@dataclass(frozen=True, slots=True)
class Text:
    """What stands in one box."""

    page: int
    name: str
    label: str
    type: str
    raw: str
    typed: bool
    """By hand; what the program put there may still be replaced by a copy."""

    @property
    def said(self) -> str:
        """As it is shown in a list, where anybody may look on: nothing of what the program put there by itself."""
        raw = show(self.raw.strip()) if self.typed else ""
        return _MASKS[self.type](raw) if self.type in _MASKS else raw


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed into one form, and where the cursor stood."""

    screen: str
    """One of `_SCREENS`."""
    title: str
    steps: Any = None
    """What a panel was opened for."""
    number: str | None = None
    versions: Mapping[str, int] = field(default_factory=dict)
    """The forms that asked, and in which version."""
    texts: tuple[Text, ...] = ()
    page: int = 0
    at: str = ""
    """The field with the cursor."""
    cursor: int = 0

    @property
    def key(self) -> tuple[str, str, str | None]:
        """What is the same whenever the same thing is filled in: the screen, the steps, the record."""
        return self.screen, json.dumps(self.steps), self.number

    def holding(self, texts: tuple[Text, ...], at: str, cursor: int) -> Typed:
        """With these texts, and the cursor there."""
        return replace(self, texts=texts, at=at, cursor=cursor)

    @property
    def body(self) -> str:
        """As it is stored."""
        return json.dumps(asdict(self), ensure_ascii=False)


def read(draft: Draft) -> Typed | None:
    """What a stored draft says; None for one that this program does not understand."""
    try:
        told = json.loads(draft.body)
        texts = tuple(Text(**one) for one in told.pop("texts"))
        return Typed(texts=texts, **told) if told["screen"] in _SCREENS else None
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def hindrance(book: Book, typed: Typed) -> DeskError | None:
    """Why a form can't be gone on with: then its text is there to be read."""
    try:
        record = view.record(book.read, typed.number) if typed.number else None
        live = {record.form: record.v} if record else {}
        for name, version in typed.versions.items():
            if live.get(name, book.form(name).version) != version:
                return DeskError("the form has changed meanwhile")
        if record and record.ended and typed.screen != CORRECT:
            return DeskError("the record has ended meanwhile")
        if typed.screen == PANEL:
            planning.make(book.forms, steps_of(typed))
    except (DeskError, KeyError):
        return DeskError("the form has changed meanwhile")
    return None


def steps_of(typed: Typed) -> planning.Steps:
    """What the panel was opened for."""
    return typed.steps if isinstance(typed.steps, str) else [(form, step) for form, step in typed.steps]


def resumed(place: str, typed: Typed) -> KeptScreen[Any]:
    """The screen with all that was typed in its boxes again."""
    module, _colon, name = _SCREENS[typed.screen].partition(":")
    made: KeptScreen[Any] = getattr(import_module(f"deskapp.tui.screens.{module}"), name).resumed(place, typed)
    return made
