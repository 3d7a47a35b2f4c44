"""Filling in a sheet: the keys of every panel (ux 4), the list behind `*`, what a wrong answer says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, TypeVar

from textual import events
from textual.app import ComposeResult

from deskapp.errors import DeskError, Refused
from deskapp.forms.form import Form
from deskapp.forms.values import Value
from deskapp.i18n import _
from deskapp.text import fold
from deskapp.tui.numlock import NumLock
from deskapp.tui.screens.offering import OfferScreen
from deskapp.tui.widgets.chrome import KEYS, Line
from deskapp.tui.widgets.field import CODED, Box
from deskapp.tui.widgets.offer import field_help

Result = TypeVar("Result")

NARROW = frozenset({"F1", "F4", "F5", "F6", "F10", "Esc"})
"""The keys named on a narrow screen."""


class FillScreen(OfferScreen[Result]):
    """A screen with a sheet of boxes; what the boxes are and what is done with them is the subclass's."""

    AUTO_FOCUS = "Editor"
    HAS_COMMAND: ClassVar[bool] = False
    LIVE: ClassVar[frozenset[str]] = frozenset(key for key, _word in KEYS)

    def __init__(self) -> None:
        super().__init__()
        self._armed = False
        self._numlock = NumLock()

    # ------------------------------------------------------------ what a subclass says

    def form_of(self, box: Box) -> Form:
        """The form that a box belongs to."""
        raise NotImplementedError

    def complete(self) -> None:
        """Every box of the page is answered: go on, or save."""
        raise NotImplementedError

    def accepted(self, box: Box) -> None:
        """A box was read: show what follows from it."""

    def turn_back(self) -> bool:
        """Up on the first box: whether there was a page before."""
        return False

    def recall(self) -> bool:
        """F7 on the very first box: whether something left unsaved was brought back."""
        return False

    def leave(self) -> None:
        """Esc twice: go, keeping what was typed."""
        raise NotImplementedError

    def esc_leaves_at_once(self) -> bool:
        """Whether one Esc is enough: nothing was typed that could be lost."""
        return False

    # ------------------------------------------------------------ the screen

    def compose_body(self) -> ComposeResult:
        """The sheet."""
        yield self.sheet

    def key_line(self) -> str:
        """The keys; after Esc what a digit does. A narrow screen gives the most needed."""
        wide = self.app.size.width >= 79
        if self._armed and wide:
            return _("1help 2new 3find 4choose 5note 6reset 7up 8down 9number 0save  Esc again leaves, text kept")
        if self._armed:
            return _("1help 4choose 6reset 7up 8down 0save  Esc again leaves, text kept")
        return super().key_line() if wide else " ".join(key + _(word) for key, word in KEYS if key in NARROW)

    def show_page(self, boxes: Sequence[Box], at: int = 0) -> None:
        """Ask these boxes."""
        answers = self.reader.answers
        for box in boxes:
            box.kind = self.book.rules.kind
            if box.field.type in CODED and not box.extra:
                box.picks = answers.few(box.field)
            self.reader.explain(box)
        self.sheet.open(boxes, at)
        self.refresh_below()

    # ------------------------------------------------------------ keys

    def typed_key(self, event: events.Key) -> bool:
        """What a key means here; False where it is text for the editor (ux 4.1, 4.3)."""
        key, typed = event.key, fold(event.character or "")
        if self._numlock.is_off(key, self.sheet.box.field.type):
            self.say(_("the keypad sends no digits: press NumLock"), wrong=True)
        if key == "escape":
            self._escape()
            return True
        if self._armed and self._disarmed_by(key, typed):
            return True
        if self._help:
            self._help = []
            self.refresh_below()
        if self._offer and self._offered(key, typed):
            return True
        if key in _FUNCTIONS:
            return self._function(_FUNCTIONS[key])
        if key in _MOVES:
            _MOVES[key](self)
            return True
        return self._untouched() and self.sign(typed)

    def _disarmed_by(self, key: str, typed: str) -> bool:
        """The key after Esc: a digit is that function key; any other goes to the field, nothing typed is lost."""
        self._arm(False)
        if len(typed) == 1 and typed in "0123456789":
            self._function(int(typed) or 10)
        elif key == "enter":
            self.say(_("still here; Esc once more leaves"))
        else:
            return False
        return True

    def _escape(self) -> None:
        if self._help or self._offer:
            self._help = []
            self._offer.close()
            self.refresh_below()
        elif self._armed or self.esc_leaves_at_once():
            self._arm(False)
            self.leave()
        else:
            self._arm(True)

    def _arm(self, armed: bool) -> None:
        self._armed = armed
        self.query_one("#keys", Line).show(self.key_line())

    def _function(self, number: int) -> bool:
        """F1-F10, or Esc and the digit; False for those that are the app's."""
        match number:
            case 1:
                self.explain_field()
            case 4:
                self.choose()
            case 6:
                self.reset_field()
            case 7:
                self.group(-1)
            case 8:
                self.group(1)
            case 10:
                self.finish()
            case _:
                return self.app_function(number)
        return True

    def app_function(self, number: int) -> bool:
        """F2 F3 F5 F9: the same everywhere; this screen waits below."""
        match number:
            case 2:
                self.action_new()
            case 3:
                self.action_find()
            case 5:
                self.action_quick()
            case 9:
                self.action_reveal()
            case _:
                return False
        return True

    # ------------------------------------------------------------ moving

    def enter(self) -> None:
        """The next box that waits for an answer; after the last one, save."""
        box = self.sheet.box
        self.say("")
        if not self.take(box):
            return
        boxes, at = self.sheet.boxes, self.sheet.at
        onward = next((i for i in range(at + 1, len(boxes)) if not boxes[i].extra), None)
        if onward is None or self.settles(box, boxes[at + 1 :]):
            self.finish()
        else:
            self._go(onward)

    def settles(self, box: Box, rest: Sequence[Box]) -> bool:
        """Whether an answer ends the record and only optional fields are left: then Enter saves here."""
        choice = box.field.choice(box.value)
        ends = choice is not None and (choice.act or choice.to in self.form_of(box).ends)
        return bool(ends) and not any(self.is_needed(one) for one in rest)

    def step(self, by: int) -> None:
        """The box above or below, whatever stands in this one."""
        at = self.sheet.at + by
        if at < 0:
            self.turn_back()
        elif at < len(self.sheet.boxes):
            self.reader.explain(self.sheet.box)
            self._go(at)

    def group(self, by: int) -> None:
        """F7, F8: the first box of the next or previous step; the page before or after at the ends."""
        onward = self.sheet.group(by)
        if onward is not None:
            self._go(onward)
        elif by < 0 and not self.turn_back():
            self.recall()

    def _go(self, at: int) -> None:
        self._help = []
        self._offer.close()
        self.sheet.go(at)
        self.refresh_below()

    # ------------------------------------------------------------ reading

    def take(self, box: Box) -> bool:
        """Read a box; a wrong one gets the cursor and says why."""
        try:
            box.value = self.read(box)
        except Refused as error:
            self.point(box)
            self.refused(box, error)
            return False
        except DeskError as error:
            self.point(box)
            if found := self.reader.matches(box):
                self.offer(found)
            else:
                self.wrong(error)
            return False
        self.reader.explain(box)
        self.reader.keep(box, self.form_of(box).name)
        self.reader.copy(box)
        self.accepted(box)
        return True

    def read(self, box: Box) -> Value | None:
        """The value of what stands in the brackets; raises DeskError."""
        return self.reader.value(box, self.form_of(box).name, needed=self.is_needed(box))

    def finish(self) -> None:
        """Read every box of the page; the first that is missing or wrong gets the cursor."""
        for box in self.sheet.boxes:
            if not self.take(box):
                return
        self.complete()

    def wrong(self, error: DeskError) -> None:
        """Say what is wrong and what would be right; everything typed stays."""
        self.refuse(error)

    def refused(self, box: Box, error: Refused) -> None:
        """The manuals forbid the answer."""
        self.wrong(error)

    def point(self, box: Box) -> None:
        """Put the cursor on a box."""
        self._go(next(i for i, one in enumerate(self.sheet.boxes) if one is box))

    def point_at(self, name: str) -> None:
        """Put the cursor on the box of a field, where it is asked."""
        if box := self.sheet.named(name):
            self.point(box)

    # ------------------------------------------------------------ F-keys of a field

    def reset_field(self) -> None:
        """F6: what stood in the brackets at first."""
        box = self.sheet.box
        box.typed = False
        self.reader.put(box, box.start)
        self.reader.explain(box)

    def explain_field(self) -> None:
        """F1: this field, in a few lines; any key closes it."""
        self._help = field_help(self.sheet.box, self.app.size.width)
        self.refresh_below()


_FUNCTIONS = {f"f{n}": n for n in range(1, 11)}
_MOVES: dict[str, Callable[[FillScreen[Any]], None]] = {
    "enter": lambda screen: screen.enter(),
    "up": lambda screen: screen.step(-1),
    "shift+tab": lambda screen: screen.step(-1),
    "down": lambda screen: screen.step(1),
    "tab": lambda screen: screen.step(1),
    "pageup": lambda screen: screen.group(-1),
    "pagedown": lambda screen: screen.group(1),
}
