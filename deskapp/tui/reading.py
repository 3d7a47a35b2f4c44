"""Reading the boxes of a sheet: short forms, digits that pick, `..`, what a box brings into the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskapp.errors import DeskError
from deskapp.forms.steps import Missing
from deskapp.forms.values import Value, WrongAnswer
from deskapp.i18n import _
from deskapp.text import fold, mask_phone
from deskapp.tui.answers import Answers
from deskapp.tui.memory import SAME, Memory, memory
from deskapp.tui.widgets.field import CODED, Box, Pick

if TYPE_CHECKING:
    from deskapp.tui.app import DeskApp
    from deskapp.tui.widgets.sheet import Sheet

NOBODY = "0"
_AS_TYPED = frozenset({"person", "text", "note", "choice", "yes-no"})


class Reader:
    """Reads what stands in the brackets of one sheet, for whoever is signed in."""

    def __init__(self, app: DeskApp, sheet: Sheet) -> None:
        self._app = app
        self._sheet = sheet
        self._homes: dict[str, tuple[Pick, ...]] = {}
        self.author = app.session.staff if app.session else ""
        """Who opened the panel, whoever signs in meanwhile."""
        self.memory: Memory = memory(app, self.author)

    @property
    def answers(self) -> Answers:
        """How what is typed is read, at this moment."""
        session = self._app.session
        return Answers(self._app.office.book, self._app.now(), session.staff if session else "", self._homes)

    def value(self, box: Box, form: str, *, needed: bool) -> Value | None:
        """The value of what stands in the brackets; raises WrongAnswer, Missing or Refused."""
        answers = self.answers
        raw = fold(box.raw).strip()
        if raw == SAME:
            room = box.field.type == "room"
            self.put(box, self._app.last_room if room else self.memory.same(form, box.name))
            raw = fold(box.raw).strip()
        if box.field.type == "person" and raw == NOBODY:
            self.put(box, _("not named"))
        elif chosen := _digit(box, raw):
            self.put(box, chosen.raw)
            self.fill(box, chosen)
        value = self._parsed(box, answers)
        if value is None and box.field.default is not None:
            value = answers.read(box.field, box.field.default)
        if value is None and needed:
            raise Missing(box.field)
        return value

    def _parsed(self, box: Box, answers: Answers) -> Value | None:
        """The stored value; the one record that initials or the beginning of a name can mean is taken."""
        if box.behind and box.raw == mask_phone(box.behind):
            return answers.read(box.field, box.behind)
        try:
            return answers.read(box.field, box.raw)
        except WrongAnswer as error:
            if box.closed and box.raw.strip():
                raise WrongAnswer(box.field, "{label}: there is no {typed}; a digit from 1 to {n}",
                                  typed=box.raw.strip()[:8], n=len(box.options)) from error  # fmt: skip
            found = self.matches(box)
            if len(found) != 1:
                raise
            self.put(box, found[0].raw)
            return answers.read(box.field, box.raw)

    def matches(self, box: Box) -> list[Pick]:
        """The records that what was typed may mean, where it is no code."""
        if box.field.type not in CODED or not box.raw.strip():
            return []
        return self.answers.candidates(box.field, box.raw)

    def offers(self, box: Box, typed: str) -> list[Pick]:
        """What there is to choose from in a box, narrowed by what was typed."""
        match box.field.type:
            case "record" | "staff" | "room":
                return self.answers.candidates(box.field, typed)
            case "choice" | "yes-no":
                return [Pick(str(i), words) for i, words in enumerate(box.options, 1) if words]
            case _:
                return list(box.picks)

    def keep(self, box: Box, form: str) -> None:
        """Remember an answer for `..`."""
        if box.value is None:
            return
        if box.field.type == "room":
            self._app.last_room = str(box.value)
        elif box.raw and not box.behind:
            self.memory.remember(form, box.name, box.raw)

    def put(self, box: Box, raw: str) -> None:
        """Put something into the brackets as if it had been typed there."""
        box.raw = raw
        self._sheet.refresh()
        if self._sheet.boxes and box is self._sheet.box:
            self._sheet.load()

    def fill(self, box: Box, chosen: Pick) -> None:
        """A person's phone goes into the next phone field that is this person's, where nothing was typed.

        Somebody without one empties it of the phone of another of the flat.
        """
        boxes = self._sheet.boxes
        for other in boxes[next(i for i, one in enumerate(boxes) if one is box) + 1 :]:
            if other.field.type == "person":
                return
            if other.field.type == "phone":
                if not other.typed and (chosen.phone or other.behind):
                    other.behind = chosen.phone
                    other.raw = other.start = mask_phone(chosen.phone) if chosen.phone else ""
                    self.explain(other)
                    self._sheet.refresh()
                return

    def copy(self, box: Box) -> None:
        """Show what the program takes over from the record that a box names, where nothing was typed."""
        if box.value is None or not box.field.copies:
            return
        answers = self.answers
        for form in answers.forms(box.field):
            source = answers.context.find(form, str(box.value)) or {}
            for mine, theirs in box.field.copies.items():
                other = self._sheet.named(mine)
                if other and not other.typed and theirs in source:
                    other.raw = answers.raw(other.field, source[theirs])
                    other.ahead = other.field.type in ("text", "note")
                    self.explain(other)
                    self._sheet.refresh()

    def explain(self, box: Box) -> None:
        """Say beside a box what it means, as far as it is understood."""
        before, box.said = box.said, ""
        if box.raw.strip() and box.field.type not in _AS_TYPED:
            answers = self.answers
            try:
                box.said = answers.said(box.field, answers.read(box.field, box.raw))
            except DeskError:
                box.said = ""
        if box.said != before:
            self._sheet.refresh()


def _digit(box: Box, raw: str) -> Pick | None:
    """What a digit stands for, where things are on offer by digit: the people of the flat, usual reasons."""
    if box.closed or box.field.type in CODED or len(raw) != 1 or not "0" < raw <= "9" or int(raw) > len(box.picks):
        return None
    return box.picks[int(raw) - 1]
