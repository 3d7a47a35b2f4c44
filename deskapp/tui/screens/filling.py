"""Filling in a sheet: the keys of every panel (ux 4), the list behind `*`, what a wrong answer says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult

from deskapp.book.database import Book
from deskapp.errors import DeskError, Refused
from deskapp.forms.form import Form
from deskapp.forms.steps import Missing
from deskapp.forms.values import Value
from deskapp.i18n import _, pick, tell
from deskapp.text import fold, show
from deskapp.tui.answers import Answers
from deskapp.tui.memory import SAME, Memory, memory
from deskapp.tui.widgets.chrome import KEYS, DeskScreen, Line
from deskapp.tui.widgets.field import Box, Pick
from deskapp.tui.widgets.roomcard import heading
from deskapp.tui.widgets.sheet import Sheet

Result = TypeVar("Result")
PAGE = 9
NOBODY = "0"


class FillScreen(DeskScreen[Result], Generic[Result]):
    """A screen with a sheet of boxes; what the boxes are and what is done with them is the subclass's."""

    AUTO_FOCUS = "Editor"
    HAS_COMMAND: ClassVar[bool] = False
    LIVE: ClassVar[frozenset[str]] = frozenset(key for key, _word in KEYS)

    def __init__(self) -> None:
        super().__init__()
        self.sheet = Sheet(self)
        self._armed = False
        self._picks: list[Pick] = []
        self._turned = 0
        self._help: list[Text] = []

    # ------------------------------------------------------------ what a subclass says

    def form_of(self, box: Box) -> Form:
        """The form that a box belongs to."""
        raise NotImplementedError

    def complete(self) -> None:
        """Every box of the page is answered: go on, or save."""
        raise NotImplementedError

    def accepted(self, box: Box) -> None:
        """A box was read: show what follows from it."""

    def sections(self) -> list[Text]:
        """The lines under the boxes."""
        return []

    def turn_back(self) -> bool:
        """Up on the first box: whether there was a page before."""
        return False

    def leave(self) -> None:
        """Esc twice: go, keeping what was typed."""
        raise NotImplementedError

    def esc_leaves_at_once(self) -> bool:
        """Whether one Esc is enough: nothing was typed that could be lost."""
        return False

    def is_needed(self, box: Box) -> bool:
        """Whether the box must be answered."""
        return box.needed

    # ------------------------------------------------------------ the screen

    def compose_body(self) -> ComposeResult:
        yield self.sheet

    @property
    def book(self) -> Book:
        """The office's book."""
        return self.app.office.book

    @property
    def answers(self) -> Answers:
        """How what is typed is read, at this moment."""
        session = self.app.session
        return Answers(self.book, self.app.now(), session.staff if session else "")

    @property
    def memory(self) -> Memory:
        """What this person typed before."""
        return memory(self.app, self.app.session)

    def key_line(self) -> str:
        """The keys; after Esc what a digit does."""
        if self._armed:
            return _("1 help 2 new 3 find 4 choose 5 note 6 reset 7 up 8 down 9 number 0 save   Esc again leaves, text kept")
        return super().key_line()

    def show_page(self, boxes: Sequence[Box], at: int = 0) -> None:
        """Ask these boxes."""
        answers = self.answers
        for box in boxes:
            if box.field.type in ("record", "staff") and not box.extra:
                box.picks = answers.few(box.field)
            self._explain(box)
        self.sheet.open(boxes, at)
        self.refresh_below()

    def refresh_below(self) -> None:
        """Paint what stands under the boxes, and the hint of the box with the cursor."""
        if self._help:
            self.sheet.below(self._help)
        elif self._picks:
            self.sheet.below(self._list())
        else:
            self.sheet.below(self.sections())
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
        place = ""
        if not box.extra:
            n = next(i for i, one in enumerate(asked, 1) if one is box)
            place = _("field {n} of {m}").format(n=n, m=len(asked))
        self.hint(words, place)

    # ------------------------------------------------------------ keys

    def typed_key(self, event: events.Key) -> bool:
        """What a key means here; False where it is text for the editor."""
        key, typed = event.key, fold(event.character or "")
        if key == "escape":
            self._escape()
            return True
        if self._armed:
            self._arm(False)
            if len(typed) == 1 and typed in "0123456789":
                self._function(int(typed) or 10)
                return True
            if key == "enter":
                self.say(_("still here; Esc once more leaves"))
                return True
        if self._help:
            self._help = []
            self.refresh_below()
        if self._picks and self._list_key(key, typed):
            return True
        if key.startswith("f") and key[1:].isdigit():
            return self._function(int(key[1:]))
        match key:
            case "enter":
                self._enter()
            case "up" | "shift+tab":
                self._step(-1)
            case "down" | "tab":
                self._step(1)
            case "pageup":
                self._group(-1)
            case "pagedown":
                self._group(1)
            case _:
                if typed == "*" and self._untouched():
                    self.choose()
                    return True
                return False
        return True

    def changed(self, box: Box) -> None:
        """Something was typed: say what it means as far as it is understood."""
        self._explain(box)

    def _untouched(self) -> bool:
        editor = self.sheet.editor
        return not editor.value or editor.selected_text == editor.value

    def _escape(self) -> None:
        if self._help or self._picks:
            self._help, self._picks = [], []
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
                self._group(-1)
            case 8:
                self._group(1)
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

    def _enter(self) -> None:
        box = self.sheet.box
        if not self.take(box):
            return
        self.say("")
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

    def _step(self, by: int) -> None:
        at = self.sheet.at + by
        if at < 0:
            self.turn_back()
        elif at < len(self.sheet.boxes):
            self._explain(self.sheet.box)
            self._go(at)

    def _group(self, by: int) -> None:
        """The first box of the next or previous step; the page before or after at the ends."""
        boxes, at = self.sheet.boxes, self.sheet.at
        starts = [i for i, box in enumerate(boxes) if i == 0 or box.parts.isdisjoint(boxes[i - 1].parts) or
                  box.extra != boxes[i - 1].extra]  # fmt: skip
        where = [i for i in starts if i > at] if by > 0 else [i for i in starts[::-1] if i < at]
        if where:
            self._go(where[0])
        elif by < 0:
            self.turn_back()
        elif at + 1 < len(boxes):
            self._go(len(boxes) - 1)

    def _go(self, at: int) -> None:
        self._picks, self._help = [], []
        self.sheet.go(at)
        self.refresh_below()

    # ------------------------------------------------------------ reading

    def take(self, box: Box) -> bool:
        """Read a box; a wrong one gets the cursor and says why."""
        try:
            box.value = self._value(box)
        except Refused as error:
            self._point(box)
            self.refused(box, error)
            return False
        except DeskError as error:
            self._point(box)
            if not self._offer(box):
                self.wrong(error)
            return False
        box.said = self.answers.said(box.field, box.value)
        if box.field.type == "room" and box.value is not None:
            self.app.last_room = str(box.value)
        elif box.raw and box.value is not None:
            self.memory.remember(self.form_of(box).name, box.name, box.raw)
        self._copy(box)
        self.accepted(box)
        return True

    def finish(self) -> None:
        """Read every box of the page; the first that is missing or wrong gets the cursor."""
        for box in self.sheet.boxes:
            if not self.take(box):
                return
        self.complete()

    def wrong(self, error: DeskError) -> None:
        """Say what is wrong and what would be right; everything typed stays."""
        message, hint = tell(error)
        self.say(f"{message}  {hint}" if hint else message, wrong=True)

    def refused(self, box: Box, error: Refused) -> None:
        """The manuals forbid the answer."""
        self.wrong(error)

    def point(self, name: str) -> bool:
        """Put the cursor on the box of this field, where there is one."""
        box = next((one for one in self.sheet.boxes if one.name == name), None)
        if box is not None:
            self._point(box)
        return box is not None

    def _point(self, box: Box) -> None:
        at = next(i for i, one in enumerate(self.sheet.boxes) if one is box)
        self._go(at)

    def _value(self, box: Box) -> Value | None:
        """The value of what stands in the brackets; raises DeskError."""
        raw = fold(box.raw).strip()
        if raw == SAME:
            room = box.field.type == "room"
            self._put(box, self.app.last_room if room else self.memory.same(self.form_of(box).name, box.name))
            raw = fold(box.raw).strip()
        if box.field.type == "person" and raw == NOBODY:
            self._put(box, _("not named"))
        elif not box.closed and (chosen := self._digit(box, raw)):
            self._put(box, chosen.raw)
            self._fill(chosen)
        answers = self.answers
        value = answers.read(box.field, box.raw)
        if value is None and box.field.default is not None:
            value = answers.read(box.field, box.field.default)
        if value is None and self.is_needed(box):
            raise Missing(box.field)
        return value

    def _digit(self, box: Box, raw: str) -> Pick | None:
        """What a digit stands for, where things are on offer by digit: the people of the flat, usual reasons."""
        if box.field.type in ("record", "staff") or len(raw) != 1 or not raw.isdigit() or not 0 < int(raw) <= len(box.picks):
            return None
        return box.picks[int(raw) - 1]

    def _offer(self, box: Box) -> bool:
        """What was typed may be initials or the beginning of a name: take the only match, or list them."""
        if box.field.type not in ("record", "staff") or not box.raw.strip():
            return False
        found = self.answers.candidates(box.field, box.raw)
        if len(found) == 1:
            self._put(box, found[0].raw)
            self.sheet.load()
            self._enter()
        elif found:
            self._open(found)
        return bool(found)

    def _put(self, box: Box, raw: str) -> None:
        box.raw = raw
        if self.sheet.boxes and box is self.sheet.box:
            self.sheet.load()

    def _fill(self, chosen: Pick) -> None:
        for name, raw in chosen.fills:
            box = next((one for one in self.sheet.boxes if one.name == name), None)
            if box is not None and not box.typed:
                box.raw = raw
                self._explain(box)

    def _copy(self, box: Box) -> None:
        """Show what the program takes over from the record that a box names, where nothing was typed."""
        if box.value is None or not box.field.copies:
            return
        answers = self.answers
        for form in answers.forms(box.field):
            source = answers.context.find(form, str(box.value))
            for mine, theirs in box.field.copies.items() if source else ():
                other = next((one for one in self.sheet.boxes if one.name == mine), None)
                if source and other and not other.typed and theirs in source:
                    other.raw = answers.raw(other.field, source[theirs])
                    other.ahead = other.field.type in ("text", "note")
                    self._explain(other)

    def _explain(self, box: Box) -> None:
        """Say beside a box what it means, as far as it is understood."""
        box.said = ""
        if box.raw.strip() and box.field.type not in ("person", "text", "note", "choice", "yes-no"):
            answers = self.answers
            try:
                box.said = answers.said(box.field, answers.read(box.field, box.raw))
            except DeskError:
                box.said = ""
        self.sheet.refresh()

    # ------------------------------------------------------------ F-keys of a field

    def reset_field(self) -> None:
        """F6: what stood in the brackets at first."""
        box = self.sheet.box
        box.typed = False
        self._put(box, box.start)
        self._explain(box)

    def explain_field(self) -> None:
        """F1: this field, in a few lines; any key closes it."""
        box, width = self.sheet.box, self.sheet.size.width
        lines = [heading(_("help: {label}").format(label=pick(box.field.label)), width)]
        if box.field.hint:
            lines.append(Text(show(pick(box.field.hint))))
        lines.append(Text(_help_of(box)))
        if box.field.cites:
            lines.append(Text(box.field.cites))
        lines += [Text(), Text(_("Enter next field, Up back, F10 or Esc 0 saves, F6 or Esc 6 as it was, .. as last time"))]
        self._help = lines
        self.refresh_below()

    def choose(self) -> None:
        """F4 or *: what there is to choose from."""
        box = self.sheet.box
        typed = "" if self._untouched() else box.raw
        match box.field.type:
            case "record" | "staff" | "room":
                found = self.answers.candidates(box.field, typed)
            case "person":
                found = list(box.picks)
            case "choice" | "yes-no":
                found = [Pick(str(i), words) for i, words in enumerate(box.options, 1)]
            case _:
                found = []
        if found:
            self._open(found)
        else:
            self.say(_("nothing to choose from here"))

    def _open(self, found: list[Pick]) -> None:
        self._picks, self._turned = found, 0
        self.refresh_below()

    def _list(self) -> list[Text]:
        shown = self._picks[self._turned : self._turned + PAGE]
        more = _("{a}-{b} of {n}, PgDn more").format(
            a=self._turned + 1, b=self._turned + len(shown), n=len(self._picks)
        ) if len(self._picks) > PAGE else ""  # fmt: skip
        title = _("choose by digit, Esc closes") + (f"  {more}" if more else "")
        lines = [heading(title, self.sheet.size.width)]
        for digit, one in enumerate(shown, 1):
            code = "" if one.raw == str(digit) or one.raw == one.label else f"{one.raw}  "
            lines.append(Text(f" {digit}  {show(code)}{show(one.label)}", no_wrap=True, overflow="crop"))
        return lines

    def _list_key(self, key: str, typed: str) -> bool:
        shown = self._picks[self._turned : self._turned + PAGE]
        if key in ("pagedown", "pageup"):
            turned = self._turned + (PAGE if key == "pagedown" else -PAGE)
            self._turned = turned if 0 <= turned < len(self._picks) else self._turned
            self.refresh_below()
            return True
        picked = shown[int(typed) - 1] if len(typed) == 1 and typed.isdigit() and 0 < int(typed) <= len(shown) else None
        self._picks = []
        if picked:
            self.sheet.box.typed = True
            self._put(self.sheet.box, picked.raw)
            self._fill(picked)
            self._explain(self.sheet.box)
        self.refresh_below()
        return picked is not None


def _help_of(box: Box) -> str:
    match box.field.type:
        case "choice":
            return "  ".join(f"{i} {words}" for i, words in enumerate(box.options, 1))
        case "yes-no":
            return _("1 yes, 2 no")
        case "moment" if box.field.tense == "past":
            return _("empty: now.  0258: the last 02:58.  -10: ten minutes ago.  22-0258: on the 22nd")
        case "moment":
            return _("9: the next 09:00.  +30: in thirty minutes.  23-10: on the 23rd at 10:00")
        case "day":
            return _("22: the 22nd.  1122.  20261122.  0: today")
        case "room":
            return _("3-2-1502, 3.2.1502 or 321502.  0: a public place.  ..: the last room")
        case "money":
            return _("80 or 80.5")
        case "person":
            return _("a digit: somebody of the flat.  A name, or surname and form of address.  0: not named")
        case "record" | "staff":
            return _("its code, its initials, or * for a list")
        case "phone":
            return _("digits; blanks and dashes do not matter")
        case _:
            return _("any text; a pasted text becomes one line")
