"""A courier's delivery, piece by piece: scan, room or phone tail, exception; each saved at once (ux 3.6, F1.12)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import ClassVar, Self

from rich.text import Text
from textual import events

from deskapp.book import view
from deskapp.book.entry import Entry
from deskapp.book.journal import Request
from deskapp.book.view import Record
from deskapp.desk import display, mail, slip
from deskapp.desk.mail import DELIVERY, MAIL, Addressee
from deskapp.errors import DeskError
from deskapp.forms.form import Field, Form, Label
from deskapp.forms.values import Missing, WrongAnswer
from deskapp.i18n import _, pick
from deskapp.text import fold, show
from deskapp.tui import arrivalwords as words
from deskapp.tui.memory import SAME
from deskapp.tui.reading import Reader
from deskapp.tui.scanning import ENDS, Scanner
from deskapp.tui.screens.kept import KeptScreen
from deskapp.tui.screens.slip import SlipScreen
from deskapp.tui.typed import PIECE, Typed
from deskapp.tui.widgets.bigdigits import HEIGHT, big
from deskapp.tui.widgets.field import Box
from deskapp.tui.widgets.roomcard import heading, wrapped


class ArrivalsScreen(KeptScreen[None]):
    """The pieces of one delivery, until its courier signs."""

    LIVE: ClassVar[frozenset[str]] = frozenset({"F1", "F2", "F3", "F5", "F6", "F7", "F8", "F10", "Esc"})

    def __init__(self, number: str) -> None:
        super().__init__()
        self._number = number
        self._pieces: list[Record] = []
        self._at = 0
        """Which piece is looked at, from the end; 0: the one that is being typed."""
        self._taken_out = ""
        """The piece that F6 once more takes out."""
        self._to: Addressee | None = None
        self._whose: list[Addressee] = []
        """Whose the tail may be; one of them, or nobody, is chosen by digit."""
        self._choosing = False
        self._scanner = Scanner()

    # ------------------------------------------------------------ what it shows

    def on_mount(self) -> None:
        """Ask for the first piece."""
        self.reader = Reader(self.app, self.sheet)
        self._read()
        self._ask()
        about = words.about(self.book, self._delivery, self.app.today)
        self.say(_("{about}: scan a waybill, or Enter without one").format(about=about))
        self.opened()

    @classmethod
    def made_for(cls, typed: Typed) -> Self:
        """The same delivery."""
        return cls(typed.number or "")

    def outline(self) -> Typed:
        """The delivery; its pieces are saved."""
        return Typed(PIECE, self.where(), None, self._number, {MAIL: self._form.version})

    def fill(self, typed: Typed) -> None:
        """The piece that was half typed."""
        for text in typed.texts:
            if box := self.sheet.named(text.name):
                box.raw, box.typed = text.raw, text.typed
                self.changed(box)

    def on_screen_resume(self) -> None:
        """Back from the slip or a record."""
        if self.sheet.boxes:
            self._read()

    @property
    def _delivery(self) -> Record:
        return view.record(self.book.read, self._number)

    @property
    def _form(self) -> Form:
        return self.book.forms[MAIL]

    def where(self) -> str:
        """The form, and which delivery."""
        form = self.book.forms[DELIVERY]
        return f"{pick(self._form.steps['register'].label)} {display.short_number(form, self._number, self.app.today)}"

    def help_lines(self) -> list[str]:
        """The order of things."""
        return [
            _("scan, then room or the last four of the phone, then Enter: saved, and the code is shown"),
            _("Down goes to the exception; F7 goes back, F6 there takes out; F10 ends, the courier signs"),
        ]

    def _read(self) -> None:
        self._pieces = mail.pieces(self.book, self._number)
        self._at = min(self._at, len(self._pieces))
        self._show_head()

    def laid_out(self) -> None:
        """Another size, other lines."""
        if self.sheet.boxes:
            self._show_head()

    def _show_head(self) -> None:
        width = self.app.size.width
        low = self.app.size.height < 20
        rule = Text("-" * width, no_wrap=True)
        pieces = words.rows(self.book, self._pieces, self._at, 2 if low else 5, width)
        head = [] if low else [rule, words.heads(self._form, width)]
        self.sheet.head([words.counts(self.book, self._delivery, self._pieces, width), *head, *pieces, rule])
        self.refresh_below()

    def sections(self) -> list[Text]:
        """Whom the tail may mean; what can be done with the piece looked at; else the code to write on the last one."""
        width, room = self.app.size.width, self.sheet.room_below
        self.urgent = self._choosing or bool(self._at)
        if self._choosing:
            found = "  ".join(f"{n} {one.room} {one.name}" for n, one in enumerate(self._whose, 1))
            said = _("tail {tail}: {found}  0 none of them, whose it is is not known")
            return wrapped(show(said.format(tail=self._room_box.raw.strip(), found=found or _("nobody"))), width)
        if self._at:
            return [Text(_("F6 takes it out, Enter opens it, F8 goes on"), no_wrap=True)]
        return self._code(width, room) + self._to_do(width)

    def _code(self, width: int, room: int) -> list[Text]:
        last = self._pieces[-1] if self._pieces else None
        code = str(last.fields.get("pickup_code", "")) if last else ""
        if not code or last is None:
            return []
        said = _("write on it: {code}   {room} {name}")
        said = said.format(code=" ".join(code), room=slip.room(last), name=last.fields.get("recipient", ""))
        title = heading(said, width)
        if room < HEIGHT + 1:
            return [title]
        return [title, *(Text("    " + line, "bold", no_wrap=True) for line in big(code))]

    def _to_do(self, width: int) -> list[Text]:
        announced = self._delivery.fields.get("announced")
        if not isinstance(announced, int) or announced > sum(mail.sums(self._pieces)):
            return []
        return wrapped(_("the count is right: F10 shows the slip, the courier signs"), width)

    # ------------------------------------------------------------ asking

    def _ask(self) -> None:
        """The boxes of the next piece."""
        form = self._form
        self._to = None
        self._choosing = False
        room = form.fields["room"]
        hint = _("room, or the last four of the phone; 0 = whose it is is not known")
        typed = Field("room", "text", room.label, hint=Label(hint, hint), length=12)
        boxes = [Box(form.fields["waybill"], needed=False), Box(typed, needed=True),
                 Box(mail.exceptions(form), needed=False)]  # fmt: skip
        self.show_page(boxes)

    @property
    def _room_box(self) -> Box:
        return self.sheet.boxes[1]

    def form_of(self, box: Box) -> Form:
        """The pieces' form."""
        return self._form

    def settles(self, box: Box, rest: Sequence[Box]) -> bool:
        """Enter behind the room saves: a piece is seldom unusual."""
        return box is self._room_box

    def changed(self, box: Box) -> None:
        """Whom the room or tail means, while it is typed."""
        super().changed(box)
        if box is not self._room_box:
            return
        self._to = None  # whom an earlier text meant
        if self._choosing:
            self._choosing = False
            self.refresh_below()
        if len(box.raw.strip()) >= 4:
            try:
                found = mail.addressees(self.book, box.raw)
            except DeskError:
                found = []
            box.said = show("  ".join(f"{one.room} {one.name}" for one in found[:2]))

    def take(self, box: Box) -> bool:
        """The room is read in its own way: it may be a phone's tail, and that of several."""
        if box is not self._room_box:
            return super().take(box)
        if self._to is not None:
            return True
        try:
            found = self._meant(box)
        except DeskError as error:
            self.point(box)
            self.wrong(error)
            return False
        if len(found) == 1:
            self._to = found[0]
            self.app.last_room = self._to.room
            return True
        self.point(box)
        self._whose, self._choosing = found[:9], True
        self.refresh_below()
        return False

    def _meant(self, box: Box) -> list[Addressee]:
        raw = self.app.last_room if fold(box.raw).strip() == SAME else box.raw
        if not raw.strip():
            raise Missing(box.field)
        try:
            return mail.addressees(self.book, raw)
        except WrongAnswer as error:
            raise WrongAnswer(box.field, "{label}: there is no room {room}",
                              "type it like 3-2-1502, or the phone's last four; 0: whose it is is not known",
                              room=raw.strip()[:20]) from error  # fmt: skip

    def accepted(self, box: Box) -> None:
        """A waybill that is in the book already."""
        twice = mail.known(self.book, str(box.value)) if box.name == "waybill" and box.value else None
        if twice is not None:
            form = display.form_of(self.book, twice)
            number = display.short_number(form, twice.number, self.app.today)
            said = _("this waybill is in the book already: {number} {room} {state}")
            self.say(
                said.format(number=number, room=slip.room(twice), state=display.state(form, twice.state)), wrong=True
            )

    # ------------------------------------------------------------ keys

    def typed_key(self, event: events.Key) -> bool:
        """A scanner's two ends are one; a digit chooses whose the tail is; Enter on an earlier piece opens it."""
        key, typed = event.key, fold(event.character or "")
        if key not in ("f6", "escape", "6"):
            self._taken_out = ""
        if self._armed:
            return super().typed_key(event)
        if key in ENDS and self.sheet.at == 0 and not self._at:
            self._scanner.ended(event)
            self.enter()
            return True
        if self._scanner.is_twin(event) and self.sheet.at == 1 and not self._room_box.raw:
            return True
        if self._choosing and self._chosen(key, typed):
            return True
        if self._at and key == "enter":
            self.app.open_record(self._looked_at.number)
            return True
        if self._at and event.is_printable:
            self._look(0)
        return super().typed_key(event)

    def _chosen(self, key: str, typed: str) -> bool:
        """A digit chooses and saves; any other key goes back to the field."""
        self._choosing = False
        self.refresh_below()
        if typed == "0":
            self._to = Addressee(mail.UNKNOWN, phone=fold(self._room_box.raw).strip())
        elif len(typed) == 1 and "0" < typed <= str(len(self._whose)):
            self._to = self._whose[int(typed) - 1]
        else:
            return key == "escape"
        self.finish()
        return True

    def group(self, by: int) -> None:
        """F7, F8: back to what was left half typed or to an earlier piece, and on again."""
        if by > 0 or self._at or self.typed() or not self.recall():
            self._look(self._at - by)

    def _look(self, at: int) -> None:
        self._at = max(0, min(at, len(self._pieces)))
        self._taken_out = ""
        self._show_head()

    @property
    def _looked_at(self) -> Record:
        return self._pieces[len(self._pieces) - self._at]

    def reset_field(self) -> None:
        """F6: twice on an earlier piece takes it out, as long as the courier has not signed."""
        if not self._at:
            super().reset_field()
        elif self._taken_out != self._looked_at.number:
            self._taken_out = self._looked_at.number
            code = self._looked_at.fields.get("pickup_code", "-")
            self.say(_("F6 once more takes out {code}; any other key leaves it").format(code=code), wrong=True)
        else:
            self.app.write([Request("take_out", {}, MAIL, self._taken_out)], self._went_out)

    def _went_out(self, result: list[Entry] | DeskError) -> None:
        self._at, self._taken_out = 0, ""
        self._read()
        if isinstance(result, DeskError):
            self.refuse(result)
        else:
            self.say(_("taken out; cross its code out on the piece"))

    # ------------------------------------------------------------ saving

    def finish(self) -> None:
        """Save the piece; with nothing typed, F10 ends the delivery."""
        if self._to is None and not any(box.raw.strip() for box in self.sheet.boxes):
            self.app.push_screen(SlipScreen(self._number), self._signed)
        else:
            super().finish()

    def complete(self) -> None:
        """Write the piece down."""
        waybill, _room, exception = (str(box.value or "") for box in self.sheet.boxes)
        to = self._to or Addressee(mail.UNKNOWN)
        self.app.write([mail.piece(self.book, self._delivery, to, waybill, exception)], self._saved, self.place)

    def _saved(self, result: list[Entry] | DeskError) -> None:
        to, self._to = self._to, None
        if isinstance(result, DeskError):
            self.wrong(result)
            return
        self._at = 0
        self.place = os.urandom(8).hex()
        self._ask()
        self._read()
        self.say(self._told(self._pieces[-1], to))

    def _told(self, piece: Record, to: Addressee | None) -> str:
        choice = self._form.fields["condition"].choice(piece.fields.get("condition"))
        if choice and choice.say:
            return _("say to the courier: {words}").format(words=pick(choice.say))
        said = _("saved {n}: code {code}  {room} {name}").format(
            n=len(self._pieces), code=piece.fields.get("pickup_code", "-"), room=slip.room(piece),
            name=piece.fields.get("recipient", ""),
        )  # fmt: skip
        return f"{said}   {_('he asked the desk not to take mail in')}" if to and to.declines else said

    def _signed(self, entries: list[Entry] | None) -> None:
        if entries:
            app = self.app
            self.dismiss(None)
            app.call_later(app.announce, entries)
