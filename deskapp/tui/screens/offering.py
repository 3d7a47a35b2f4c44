"""What is asked on a sheet and on offer under it: the list behind `*` and F4, the sentences, the hint of the box."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Generic

from rich.text import Text
from textual import events

from deskapp.book.database import Book
from deskapp.errors import DeskError
from deskapp.forms.form import Field
from deskapp.forms.values import Value
from deskapp.i18n import _, pick
from deskapp.text import cells, show
from deskapp.tui import phrasing
from deskapp.tui.reading import Reader
from deskapp.tui.widgets.chrome import DeskScreen, Result
from deskapp.tui.widgets.field import Box, Pick
from deskapp.tui.widgets.offer import Offer
from deskapp.tui.widgets.sheet import Sheet

OFFERING = frozenset({"choice", "yes-no", "room", "person", "record", "staff"})
"""Field types with something to choose from: `*` lists it; in any other field it is a sign like all others."""


class OfferScreen(DeskScreen[Result], Generic[Result]):
    """A sheet of boxes, and what is on offer for the one with the cursor."""

    def __init__(self) -> None:
        super().__init__()
        self.sheet = Sheet(self)
        self.reader: Reader
        self._offer = Offer()
        self._then: Callable[[Pick], None] = self._put
        self._help: list[Text] = []
        self.urgent = False
        """Whether the lines under the boxes are needed now, even over boxes that are not being answered."""

    @property
    def book(self) -> Book:
        """The office's book."""
        return self.app.office.book

    def typed_key(self, event: events.Key) -> bool:
        """What a key means here; False where it is text for the editor."""
        raise NotImplementedError

    def changed(self, box: Box) -> None:
        """Something was typed: say what it means as far as it is understood."""
        self.reader.explain(box)

    def laid_out(self) -> None:
        """The terminal has another size."""
        if self.sheet.boxes:
            self.refresh_below()

    def refresh_below(self) -> None:
        """Paint what stands under the boxes, and the hint of the box with the cursor."""
        if self._help:
            self.sheet.below(self._help, over=True)
        elif self._offer:
            self.sheet.below(self._offer.lines(self.app.size.width), over=True)
        else:
            self.sheet.below(self.sections(), over=self.urgent)
        if self.sheet.boxes:
            self._show_hint()

    def _show_hint(self) -> None:
        box = self.sheet.box
        words = show(pick(box.field.label))
        if box.field.hint:
            words += ": " + show(pick(box.field.hint))
        elif not self.is_needed(box):
            words += ": " + _("may stay empty")
        asked = [one for one in self.sheet.boxes if not one.extra]
        n = next((i for i, one in enumerate(asked, 1) if one is box), 0)
        place = _("field {n} of {m}").format(n=n, m=len(asked)) if n else ""
        self.hint(words, place if cells(words) + cells(place) < self.app.size.width else "")

    def sections(self) -> list[Text]:
        """The lines under the boxes."""
        return []

    def is_needed(self, box: Box) -> bool:
        """Whether the box must be answered."""
        return box.needed

    def sign(self, typed: str) -> bool:
        """A sign typed into a box where nothing else was: `*` lists what there is to choose from."""
        box = self.sheet.box
        if typed != "*" or not (box.picks or box.field.type in OFFERING):
            return False
        self.choose()
        return True

    def _untouched(self) -> bool:
        editor = self.sheet.editor
        return not editor.value or editor.selected_text == editor.value

    def choose(self) -> None:
        """F4 or *: what there is to choose from."""
        box = self.sheet.box
        if box.field.type in ("text", "note"):
            facts = self.facts()
            self.offer(phrasing.offers(self.book, box, facts, self.app.office_name), self._worded)
        else:
            self.offer(self.reader.offers(box, "" if self._untouched() else box.raw))

    def facts(self) -> list[tuple[Field, Value]]:
        """What stands here, for the braces of a phrase."""
        found = []
        for box in self.sheet.boxes:
            with suppress(DeskError):
                if (value := self.reader.answers.read(box.field, box.raw)) is not None:
                    found.append((box.field, value))
        return found

    def _worded(self, picked: Pick) -> None:
        """A phrase goes where the cursor stands; one to be read aloud stands under the boxes until the next key."""
        if picked.raw:
            self.sheet.editor.put(picked.raw)
        else:
            self._help = phrasing.aloud(picked, self.app.size.width)

    def offer(self, found: Sequence[Pick], then: Callable[[Pick], None] | None = None) -> None:
        """Candidates by digit; the one picked goes into the box, unless something else is done with it."""
        if not found:
            self.say(_("nothing to choose from here"))
        self._then = then or self._put
        self._offer.open(found)
        self.refresh_below()

    def _put(self, picked: Pick) -> None:
        box = self.sheet.box
        box.typed = True
        self.reader.put(box, picked.raw)
        self.reader.fill(box, picked)
        self.reader.explain(box)

    def _offered(self, key: str, typed: str) -> bool:
        """A key while candidates are on offer; anything but a digit closes them and goes to the field."""
        if key in ("pagedown", "pageup"):
            self._offer.turn(1 if key == "pagedown" else -1)
            self.refresh_below()
            return True
        picked = self._offer.take(typed)
        self._offer.close()
        if picked:
            self._then(picked)
        self.refresh_below()
        return picked is not None
