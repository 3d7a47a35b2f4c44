"""The pick-up basket: what lies on the counter, who takes it, one signature, one save (ux 3.7b, F3.1-F3.5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import events

from deskapp.book.entry import Entry
from deskapp.book.undo import MINUTES
from deskapp.book.view import Record
from deskapp.desk import mail, pickup, reveals, slip
from deskapp.desk.mail import MAIL
from deskapp.desk.pickup import Call, Taker
from deskapp.errors import DeskError
from deskapp.forms.form import Form
from deskapp.forms.values import Value, WrongAnswer
from deskapp.i18n import _, pick
from deskapp.text import cells, fit, fold, show
from deskapp.tui.basket import AGREED, PROOF, Basket
from deskapp.tui.commandline import read
from deskapp.tui.quick import note
from deskapp.tui.reading import Reader
from deskapp.tui.scanning import Scanner
from deskapp.tui.screens.filling import FillScreen
from deskapp.tui.screens.reveal import spoken
from deskapp.tui.widgets.field import Box
from deskapp.tui.widgets.roomcard import heading, wrapped

COLUMNS = {"pickup_code": 6, "room": 11, "recipient": 10, "waybill": 14}
MOST = 8
"""Pieces shown; of more, the last ones."""


class BasketScreen(FillScreen[None]):
    """Pieces first, by scan, code or room; then who takes them, the proof for other rooms, the signature."""

    LIVE: ClassVar[frozenset[str]] = frozenset({"F1", "F2", "F3", "F4", "F5", "F6", "F10", "Esc"})

    def __init__(self) -> None:
        super().__init__()
        self._basket: Basket
        self._form: Form
        self._missing = ""
        """What was looked for and is not in the rack."""
        self._scanner = Scanner()
        self._calls: dict[str, Call] = {}
        """The rooms that are called for a neighbour, whose numbers are in sight."""

    # ------------------------------------------------------------ what it shows

    def on_mount(self) -> None:
        """Ask for the first piece."""
        self.reader = Reader(self.app, self.sheet)
        session = self.app.session
        try:
            self._form = mail.form_of(self.book, MAIL, *COLUMNS, "kind", "signature", "seen", PROOF, AGREED)
        except DeskError as error:
            self.give_up(error)
            return
        self._basket = Basket(self.book, self._form, session.roles if session else frozenset())
        self._lay(0)
        self.say(_("scan a piece, or type its code, or a room; Enter once more goes on"))

    def where(self) -> str:
        """What is done."""
        return _("Mail out")

    def help_lines(self) -> list[str]:
        """The order of things."""
        return [
            _("a room takes all its pieces; the digit of a line takes it out of the basket again"),
            _("proof is asked only for pieces of other rooms; F10 saves all at once"),
        ]

    def form_of(self, box: Box) -> Form:
        """The pieces' form."""
        return self._form

    def laid_out(self) -> None:
        """Another size."""
        if self.sheet.boxes:
            self._show_head()

    def _show_head(self) -> None:
        (width, height), taker = self.app.size, self._basket.taker
        rule = Text("-" * width, no_wrap=True)
        labels = [pick(self._form.fields[name].label) for name in COLUMNS]
        lines = [Text(_row(width, _("No."), *labels, _("On shelf")))] if height >= 20 else []
        first = max(0, len(self._basket.pieces) - min(MOST, max(2, height - 15)))
        for n, one in enumerate(self._basket.pieces[first:], first + 1):
            lines.append(Text(_row(width, f"{n:>2}", *self._told(one, taker))))
        self.sheet.head([rule, *lines, rule])
        self.refresh_below()

    def _told(self, piece: Record, taker: Taker) -> list[str]:
        days = (self.app.today - piece.opened.date()).days
        code, _room, name, waybill = (show(str(piece.fields.get(one, "-"))) for one in COLUMNS)
        marks = [_("{n} days").format(n=days) if days else _("today")]
        if taker.takes_for(piece):
            marks.append(pick(self._form.steps["collect_by_proxy"].label))
        kind = self._form.fields["kind"].choice(piece.fields.get("kind"))
        if kind and pickup.registered(piece):
            marks.append(pick(kind.label))
        return [code, slip.room(piece), name, f"..{waybill[-10:]}", "  ".join(marks)]

    def sections(self) -> list[Text]:
        """The neighbour's number while it is called, the sentence to say, the count to sing out."""
        width, taker = self.app.size.width, self._basket.taker
        self.urgent = bool(self._calls)
        lines = []
        for one in self._calls.values():
            number = spoken(one.phone.number) if one.phone else _("no number is known")
            words = show(_("call: {room} {name}").format(room=one.room, name=one.name))
            lines.append(Text(fit(words, min(cells(words), width - 20))).append(f"   {number}", "bold"))
        given = taker.given(self._basket.pieces)
        if given:
            n, others = len(given), sum(1 for one in given if taker.takes_for(one))
            said = _("look at the wrapping together, count aloud: {n} pieces, {own} your own, {others} for others")
            lines += [heading(_("check"), width), *wrapped(said.format(n=n, own=n - others, others=others), width)]
        if any(map(pickup.registered, given)):
            said = _("a registered letter: papers are seen; for another room only with a written order")
            lines += wrapped(said, width)
        return lines

    def _lay(self, at: int | None = None) -> None:
        """The boxes that the basket asks for by now; the cursor stays on its box, or goes to `at`."""
        here = self.sheet.box if at is None and self.sheet.boxes else None
        boxes = self._basket.asked()
        self.show_page(boxes, next((i for i, box in enumerate(boxes) if box is here), at or 0))
        self._show_head()

    # ------------------------------------------------------------ into the basket

    @property
    def _scanning(self) -> bool:
        return bool(self.sheet.boxes) and self.sheet.box is self._basket.scan

    def typed_key(self, event: events.Key) -> bool:
        """`+` goes on from the basket, and notes what is not there; a scanner's Tab is an Enter."""
        raw = self._basket.scan.raw if self._scanning else ""
        if self._armed:
            return super().typed_key(event)
        if self._scanner.is_twin(event) and self._scanning and not raw:
            return True
        if read(raw).kind == "code":  # rooms and pick-up codes come from a hand, which may well be as quick
            self._scanner.ended(event)
        if self._scanning and fold(event.character or "") == "+" and (self._missing or not raw):
            if self._missing:
                self._note()
            else:
                self.enter()
            return True
        if raw and event.key == "tab":
            self.enter()
            return True
        return super().typed_key(event)

    def changed(self, box: Box) -> None:
        """Something else is looked for."""
        super().changed(box)
        self._missing = ""

    def enter(self) -> None:
        """In the first box: into the basket, or on."""
        typed = fold(self._basket.scan.raw).strip() if self._scanning else ""
        if not typed:
            if self._basket.pieces:
                super().enter()
            else:
                self.say(_("the basket is empty"), wrong=True)
        elif typed.isdigit() and len(typed) <= 2:
            self._take_out(int(typed))
        else:
            self._put_in(typed)

    def _put_in(self, typed: str) -> None:
        inside = {one.id for one in self._basket.pieces}
        found = pickup.lying(self.book, typed)
        fresh = [one for one in found if one.id not in inside]
        if fresh:
            self._basket.pieces += fresh
            self._emptied(_("in the basket: {n} pieces").format(n=len(self._basket.pieces)))
        elif found:
            self._emptied(_("that lies in the basket already"))
        else:
            self._missing = typed
            said = _("{typed} is not in the rack; + notes in the diary that it is not in the book")
            self.say(said.format(typed=show(typed)[:30]), wrong=True)
            self.sheet.load()

    def _take_out(self, line: int) -> None:
        if 0 < line <= len(self._basket.pieces):
            del self._basket.pieces[line - 1]
            self._emptied(_("line {n} is out of the basket").format(n=line))
        else:
            self.say(_("lines 1 to {n}").format(n=len(self._basket.pieces)), wrong=True)

    def _emptied(self, words: str) -> None:
        self._basket.scan.raw = ""
        self._lay(0)
        self.say(words)

    def _note(self) -> None:
        """F3.5: the courier says delivered, the book does not know it: a line in the diary, with an answer promised."""
        sign = self._missing[:2]
        carriers = self._form.fields["carrier"].choices if sign.isalpha() else ()
        carrier = next((pick(one.label) for one in carriers if one.code.startswith(sign)), "")
        words = _("not in the book, said to be delivered: {code} {carrier}")
        words = words.format(code=self._missing.upper(), carrier=carrier).strip()
        self._missing = self._basket.scan.raw = ""
        self.sheet.load()
        note(self.app, self.app.last_room, words)

    # ------------------------------------------------------------ who, on what proof

    def take(self, box: Box) -> bool:
        """The first box is not an answer."""
        return box is self._basket.scan or super().take(box)

    def read(self, box: Box) -> Value | None:
        """A registered letter of another room goes out in writing only (R83, R85)."""
        value = super().read(box)
        kind, _colon, room = box.name.partition(":")
        if kind == PROOF and value in ("code", "phone"):
            theirs = (one for one in self._basket.pieces if one.fields["room"] == room)
            if any(map(pickup.registered, theirs)):
                raise WrongAnswer(box.field, "{label}: a registered letter needs it in writing",
                                  "or its addressee comes himself")  # fmt: skip
        return value

    def accepted(self, box: Box) -> None:
        """An answer may bring further questions: another taker, a call to the addressee, no signature."""
        kind, _colon, room = box.name.partition(":")
        if kind == PROOF and box.value != "phone":
            self._calls.pop(room, None)
        elif kind == PROOF and room not in self._calls:
            self._call(room)
        if kind in ("taker", PROOF, "signature"):
            self._lay()

    def _call(self, room: str) -> None:
        """The step is the reason: it shows that one number and writes so itself (F3.4)."""
        call = pickup.call(self.book, room, [one for one in self._basket.pieces if one.fields["room"] == room])
        if call.phone is None:
            self._calls[room] = call
        else:
            reason = _("asked whether a neighbour may take it")
            asked = reveals.requests(self.book, [call.phone.record.number], reason)
            self.app.write(asked, lambda result: self._in_sight(call, result))

    def _in_sight(self, call: Call, result: list[Entry] | DeskError) -> None:
        if isinstance(result, DeskError):
            self.refuse(result)
        else:
            self._calls[call.room] = call
            self.refresh_below()
            self.app.people.idle.revealed()

    def on_screen_suspend(self) -> None:
        """Covered by another screen: no number stays in sight below."""
        if self._calls:
            self._calls.clear()
            self.refresh_below()

    def settles(self, box: Box, rest: Sequence[Box]) -> bool:
        """Nothing is saved before the last box."""
        return False

    # ------------------------------------------------------------ saving

    def finish(self) -> None:
        """Everything that is asked, then one save; an answer may bring another box behind it."""
        at = 0
        while at < len(self.sheet.boxes):
            if not self.take(self.sheet.boxes[at]):
                return
            at += 1
        self.complete()

    def complete(self) -> None:
        """All of it in one transaction."""
        if self._basket.taker.given(self._basket.pieces):
            self.app.write(self._basket.requests(), self._saved)
        else:
            self.say(_("nothing is given: Esc twice leaves"), wrong=True)

    def _saved(self, result: list[Entry] | DeskError) -> None:
        if isinstance(result, DeskError):
            self.point_at(getattr(result, "field", ""))
            self.wrong(result)
            return
        app, words = self.app, _("{time} saved: {n} pieces were taken   (F6 takes it back, {minutes} minutes)")
        words = words.format(time=f"{app.now():%H:%M}", n=len(result), minutes=MINUTES)
        self.dismiss(None)
        app.call_later(lambda: app.desk_screen.say(words))

    def leave(self) -> None:
        """Esc twice: the pieces go back to the rack, nothing was written."""
        self.dismiss(None)

    def esc_leaves_at_once(self) -> bool:
        """While the basket is empty."""
        return not self._basket.pieces and not self._basket.scan.raw


def _row(width: int, n: str, *words: str) -> str:
    cut = [fit(word, room) for word, room in zip(words, COLUMNS.values(), strict=False)]
    return fit(" ".join([fit(n, 3), *cut, *words[len(cut) :]]), width)
