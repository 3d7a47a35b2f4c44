"""A form whose text is never lost: kept on the disk while it is typed, brought back by F7 or at the next sign-in."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Self

from textual import events
from textual.widgets.input import Selection

from deskapp.i18n import _, pick
from deskapp.tui.screens.filling import FillScreen, Result
from deskapp.tui.typed import Text, Typed
from deskapp.tui.widgets.field import Box


class KeptScreen(FillScreen[Result]):
    """What it is and how it is filled again is the subclass's."""

    def __init__(self) -> None:
        super().__init__()
        self.place = os.urandom(8).hex()
        """Names this one filling-in among the drafts."""
        self._resume: Typed | None = None

    # ------------------------------------------------------------ what a subclass says

    @classmethod
    def made_for(cls, typed: Typed) -> Self:
        """The empty form that something was typed into."""
        raise NotImplementedError

    def outline(self) -> Typed:
        """What is filled in, without what was typed."""
        raise NotImplementedError

    def fill(self, typed: Typed) -> None:
        """Put back what was typed, as far as the boxes are there."""
        raise NotImplementedError

    def pages(self) -> Sequence[Sequence[Box]]:
        """The boxes of every page that was asked so far."""
        return [self.sheet.boxes]

    # ------------------------------------------------------------ keeping

    @classmethod
    def resumed(cls, place: str, typed: Typed) -> Self:
        """The form again, with what was typed."""
        screen = cls.made_for(typed)
        screen.place, screen._resume = place, typed  # noqa: SLF001 - its own
        return screen

    @property
    def author(self) -> str:
        """Who opened it."""
        return self.reader.author

    def typed(self) -> Typed | None:
        """What was typed and not saved."""
        if not self.sheet.boxes:
            return None
        changed = [(i, box) for i, page in enumerate(self.pages()) for box in page if box.raw != box.start or box.typed]
        if not any(box.typed and box.raw.strip() and box.raw != box.start for _page, box in changed):
            return None
        texts = tuple(
            Text(i, box.name, pick(box.field.label), box.field.type, box.raw, box.typed) for i, box in changed
        )
        return self.outline().holding(texts, self.sheet.box.name, self.sheet.editor.cursor_position)

    def typed_key(self, event: events.Key) -> bool:
        """Every key may change something."""
        self.app.drafts.touch()
        return super().typed_key(event)

    def changed(self, box: Box) -> None:
        """So may a paste."""
        self.app.drafts.touch()
        super().changed(box)

    def leave(self) -> None:
        """Esc twice: what was typed waits until it is called for."""
        self.app.drafts.keep()
        self.dismiss(None)

    # ------------------------------------------------------------ bringing back

    def opened(self) -> None:
        """The empty form stands: fill it again, or say that something waits.

        That never comes by itself: the next caller is not the last one.
        """
        if self._resume:
            self._bring(self.place, self._resume)
        elif found := self._left():
            about = " ".join(text.said for text in found[1].texts if text.said)
            self.say(_("left unsaved last time: {about}   F7 or Esc 7 brings it back").format(about=about[:40]))

    def recall(self) -> bool:
        """F7 on the first box: what was left unsaved, in its boxes again."""
        found = self._left()
        if found is None:
            return False
        self._bring(*found)
        self.say("")
        return True

    def _left(self) -> tuple[str, Typed] | None:
        key = self.outline().key
        return next(((draft.place, typed) for draft, typed in self.app.drafts.left() if typed.key == key), None)

    def _bring(self, place: str, typed: Typed) -> None:
        self.place = place
        self.fill(typed)
        self.point_at(typed.at)
        if self.sheet.box.name == typed.at:
            self.sheet.editor.selection = Selection.cursor(min(typed.cursor, len(self.sheet.editor.value)))
