"""The pick-up basket: what lies on the counter, who takes it, one signature, one save (ux 3.7b, F3.1-F3.5)."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import events

from deskapp.book.entry import Entry
from deskapp.book.view import Record
from deskapp.desk import mail, people, pickup
from deskapp.desk.mail import MAIL
from deskapp.desk.pickup import NOT_GIVEN, Call, Taker
from deskapp.errors import DeskError
from deskapp.forms.form import Choice, Field, Form, Label
from deskapp.forms.values import Value, WrongAnswer
from deskapp.i18n import N_, _, pick
from deskapp.text import fit, fold, show
from deskapp.tui.noting import open_note
from deskapp.tui.reading import Reader
from deskapp.tui.screens.filling import FillScreen
from deskapp.tui.screens.reveal import spoken
from deskapp.tui.widgets.field import Box, Pick
from deskapp.tui.widgets.roomcard import heading, wrapped

COLUMNS = (4, 6, 11, 10, 14, 8)
MOST = 8
"""Pieces shown; of more, the last ones."""
PROOF, AGREED, UNSIGNED = "proof", "agreed_at", "none"
BY_PHONE, SELF = "release_unsigned_by_phone", "release_unsigned"


class BasketScreen(FillScreen[None]):
    """Pieces first, by scan, code or room; then who takes them, the proof for other rooms, the signature."""

    LIVE: ClassVar[frozenset[str]] = frozenset({"F1", "F2", "F3", "F4", "F5", "F6", "F10", "Esc"})

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[Record] = []
        self._boxes: dict[str, Box] = {}
        """Every box asked so far, by name: what was answered stays when others come between."""
        self._missing = ""
        """What was looked for and is not in the rack."""
        self._called: dict[str, Call] = {}
        """The rooms that were called about a neighbour, whose numbers are in sight."""

    # ------------------------------------------------------------ what it shows

    def on_mount(self) -> None:
        """Ask for the first piece."""
        self.reader = Reader(self.app, self.sheet)
        self._form = mail.form_of(self.book, MAIL, "pickup_code", "waybill", "kind", "signature", PROOF, AGREED, "seen")
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
        rule = Text("-" * self.app.size.width, no_wrap=True)
        head = (_("No."), _("Code"), _("Room"), _("Addressee"), _("Waybill"), _("On shelf"))
        lines = [Text(_row(*head), no_wrap=True)] if self.app.size.height >= 20 else []
        most = min(MOST, max(2, self.app.size.height - 15))
        first = max(0, len(self._pieces) - most)
        for n, one in enumerate(self._pieces[first:], first + 1):
            lines.append(Text(_row(f"{n:>2}", *self._told(one)), no_wrap=True, overflow="crop"))
        self.sheet.head([rule, *lines, rule])
        self.refresh_below()

    def _told(self, piece: Record) -> list[str]:
        said = piece.fields
        days = (self.app.today - piece.opened.date()).days
        held = _("{n} days").format(n=days) if days else _("today")
        words = [str(said.get(name, "-")) for name in ("pickup_code", "room", "recipient")]
        waybill = str(said.get("waybill", ""))
        marks = [pick(self._form.steps["collect_by_proxy"].label)] if self._taker.takes_for(piece) else []
        kind = self._form.fields["kind"].choice(said.get("kind"))
        marks += [pick(kind.label)] if kind and pickup.registered(piece) else []
        return [*map(show, words), f"..{show(waybill[-10:])}" if waybill else "-", held, " ".join(marks)]

    def sections(self) -> list[Text]:
        """The neighbour's number while it is called, the sentence to say, the count to sing out."""
        width = self.app.size.width
        self.urgent = bool(self._called)
        lines = []
        for one in self._called.values():
            number = spoken(one.phone.number) if one.phone else _("no number is known")
            lines.append(
                Text(show(_("call: {room} {name}").format(room=one.room, name=one.name))).append(f"   {number}", "bold")
            )
        given = self._taker.given(self._pieces)
        if given:
            others = sum(1 for one in given if self._taker.takes_for(one))
            words = _("look at the wrapping together, count aloud: {n} pieces, {own} your own, {others} for others")
            lines += [
                heading(_("check"), width),
                *wrapped(words.format(n=len(given), own=len(given) - others, others=others), width),
            ]
        if any(map(pickup.registered, given)):
            lines += wrapped(
                _("a registered letter: papers are seen; for another room only with a written order"), width
            )
        return lines

    # ------------------------------------------------------------ the boxes

    @property
    def _scan(self) -> Box:
        return self._boxes["scan"]

    @property
    def _taker(self) -> Taker:
        """Who takes them, as far as the boxes say."""
        name = self._boxes["taker"].raw.strip() if "taker" in self._boxes else ""
        rooms = frozenset(one.room for one in self._homes if name and name in one.names)
        proofs, agreed = {}, {}
        for key, box in self._boxes.items():
            kind, _colon, room = key.partition(":")
            if kind == PROOF and box.value is not None:
                proofs[room] = str(box.value)
            elif kind == AGREED and room and box.value is not None:
                agreed[room] = box.value
        return Taker(name, rooms if name else frozenset(one.room for one in self._homes), proofs, agreed)

    @property
    def _homes(self) -> list[_Home]:
        """The rooms of the basket with the names that go with them, in the order they came."""
        homes: dict[str, list[str]] = {}
        for one in self._pieces:
            room = str(one.fields["room"])
            names = homes.setdefault(room, [])
            if "recipient" in one.fields and room != mail.UNKNOWN:
                names.append(str(one.fields["recipient"]))
        return [
            _Home(
                room,
                tuple(
                    dict.fromkeys(
                        [*names, *(people.name_of(self.book, one) for one in people.residents(self.book, room))]
                    )
                ),
            )
            for room, names in homes.items()
        ]

    def _lay(self, at: int | None = None) -> None:
        """The boxes that the basket and the answers so far ask for; the cursor stays on its box, or goes to `at`."""
        here = self.sheet.box.name if at is None and self.sheet.boxes else ""
        boxes = [self._box("scan", self._scanned(), needed=False)]
        if self._pieces:
            boxes.append(self._collector())
            if self._boxes["taker"].raw.strip():
                boxes += self._proofs()
            given = self._taker.given(self._pieces)
            if any(map(pickup.registered, given)):
                boxes.append(self._box("seen", self._form.fields["seen"], needed=True))
            signature = self._form.fields["signature"]
            label = self._form.steps[SELF].label
            boxes.append(self._box("signature", dataclasses.replace(
                signature, choices=(*signature.choices, Choice(UNSIGNED, label))), needed=True))  # fmt: skip
            boxes += self._reasons()
        place = next((i for i, box in enumerate(boxes) if box.name == here), at or 0)
        self.show_page(boxes, place)
        self._show_head()

    def _box(self, key: str, field: Field, *, needed: bool) -> Box:
        box = self._boxes.get(key)
        if box is None or box.field.choices != field.choices:
            box = self._boxes[key] = Box(dataclasses.replace(field, name=key), needed)
        return box

    def _scanned(self) -> Field:
        code, waybill, room = (self._form.fields[name].label for name in ("pickup_code", "waybill", "room"))
        hint = N_("scan, or its code, or a room; a line's digit takes it out; empty: go on")
        words = Label(_(hint), _(hint))
        zh, en = (" ".join(getattr(one, lang) for one in (code, waybill, room)) for lang in ("zh", "en"))
        return Field("scan", "text", Label(zh, en), hint=words, length=40)

    def _collector(self) -> Box:
        """Who takes them: the first room's people, and those of the others, by digit."""
        box = self._box("taker", self._form.fields["taker"], needed=True)
        names = [(name, home.room) for home in self._homes for name in home.names]
        box.picks = tuple(Pick(name, f"{name} {room}") for name, room in names)[:9]
        if not box.typed:
            box.raw = names[0][0] if names else ""
        return box

    def _proofs(self) -> list[Box]:
        boxes = []
        asked = self._form.fields[PROOF]
        for room in dict.fromkeys(filter(None, map(self._taker.takes_for, self._pieces))):
            name = next((home.names[0] for home in self._homes if home.room == room and home.names), "")
            label = pick(self._form.steps["collect_by_proxy"].label)
            words = f"{label} {show(name) or room}"
            no = Choice(NOT_GIVEN, Label(_("not given"), _("not given")))
            field = dataclasses.replace(asked, label=Label(words, words), choices=(*asked.choices, no))
            boxes.append(self._box(f"{PROOF}:{room}", field, needed=True))
            if boxes[-1].value == "phone":
                boxes.append(
                    self._box(
                        f"{AGREED}:{room}", dataclasses.replace(self._form.fields[AGREED], default="now"), needed=False
                    )
                )
        return boxes

    def _reasons(self) -> list[Box]:
        """What a missing signature asks for: why; at night, which manager said so on the phone."""
        signature = self._boxes["signature"].value
        if signature == "unable":
            return [self._box("reason", self._form.fields["reason"], needed=True)]
        if signature != UNSIGNED:
            return []
        asks = self._form.steps[self._unsigned].asks
        return [self._box(name, self._form.fields[name], needed=need) for name, need in asks.items() if name != "taker"]

    @property
    def _unsigned(self) -> str:
        session = self.app.session
        return SELF if session and self._form.steps[SELF].who & session.roles else BY_PHONE

    # ------------------------------------------------------------ keys

    def typed_key(self, event: events.Key) -> bool:
        """`+` goes on from the basket; where a search found nothing it notes that."""
        sign = fold(event.character or "") == "+" or event.key == "add"
        if sign and self.sheet.boxes and self.sheet.box is self._scan and (self._missing or not self._scan.raw):
            if self._missing:
                self._note()
            else:
                self.enter()
            return True
        if self.sheet.box is self._scan and event.key == "tab" and self._scan.raw:
            self.enter()
            return True
        return super().typed_key(event)

    def changed(self, box: Box) -> None:
        """Something else is looked for."""
        super().changed(box)
        if box is self._scan:
            self._missing = ""

    def enter(self) -> None:
        """In the first box: into the basket, or on."""
        if self.sheet.box is not self._scan or not self._scan.raw.strip():
            if self.sheet.box is self._scan and not self._pieces:
                self.say(_("the basket is empty"), wrong=True)
                return
            super().enter()
            return
        typed = self._scan.raw.strip()
        if len(typed) <= 2 and fold(typed).isdigit():
            self._take_out(int(fold(typed)))
            return
        found = [one for one in pickup.lying(self.book, typed) if one.id not in {other.id for other in self._pieces}]
        if not found:
            self._not_there(typed)
            return
        self._pieces += found
        self._scan.raw = ""
        self.say(_("in the basket: {n} pieces").format(n=len(self._pieces)))
        self._lay(0)

    def _take_out(self, line: int) -> None:
        if not 0 < line <= len(self._pieces):
            self.say(_("lines 1 to {n}").format(n=len(self._pieces)), wrong=True)
            return
        self._pieces.pop(line - 1)
        self._scan.raw = ""
        self.say(_("line {n} is out of the basket").format(n=line))
        self._lay(0)

    def _not_there(self, typed: str) -> None:
        inside = any(fold(typed) in map(fold, map(str, one.fields.values())) for one in self._pieces)
        if inside:
            self.say(_("that lies in the basket already"), wrong=True)
            return
        self._missing = typed
        self.say(
            _("{typed} is not in the rack; + notes in the diary that it is not in the book").format(typed=typed),
            wrong=True,
        )

    def _note(self) -> None:
        """F3.5: the courier says delivered, the book does not know it: a line in the diary, with a promise to answer."""
        sign = fold(self._missing)[:2]
        carriers = self._form.fields["carrier"].choices if "carrier" in self._form.fields else ()
        carrier = next((pick(one.label) for one in carriers if sign.isalpha() and one.code.startswith(sign)), "")
        words = _("not in the book, said to be delivered: {code} {carrier}").format(code=self._missing, carrier=carrier)
        self._missing, self._scan.raw = "", ""
        self.sheet.load()
        open_note(self.app, words.strip(), self.app.last_room)

    def take(self, box: Box) -> bool:
        """The first box is not an answer."""
        return box is self._scan or super().take(box)

    def read(self, box: Box) -> Value | None:
        """What is left open never stands for a yes; a registered letter never goes by code alone."""
        value = super().read(box)
        kind, _colon, room = box.name.partition(":")
        if kind == PROOF and value in ("code", "phone"):
            theirs = [one for one in self._pieces if self._taker.takes_for(one) == room]
            if any(map(pickup.registered, theirs)):
                raise WrongAnswer(box.field, "{label}: a registered letter needs it in writing",
                                  "or its addressee comes himself")  # fmt: skip
        return value

    def accepted(self, box: Box) -> None:
        """An answer may bring further questions: another taker, a call to the addressee, no signature."""
        kind, _colon, room = box.name.partition(":")
        if kind == PROOF and box.value == "phone" and room not in self._called:
            self._call(room)
        elif kind == PROOF and box.value != "phone":
            self._called.pop(room, None)
        if kind in ("taker", PROOF, "signature"):
            self._lay()

    def _call(self, room: str) -> None:
        """The step is the reason: it shows that one number and writes so itself (F3.4)."""
        call = pickup.call(self.book, room, [one for one in self._pieces if one.fields["room"] == room])
        if call.phone is None:
            self._called[room] = call
            return
        reason = _("asked whether a neighbour may take it")
        self.app.write([call.phone.reveal(reason)], lambda result: self._in_sight(call, result))

    def _in_sight(self, call: Call, result: list[Entry] | DeskError) -> None:
        if isinstance(result, DeskError):
            self.refuse(result)
        else:
            self._called[call.room] = call
            self.refresh_below()

    def settles(self, box: Box, rest: Sequence[Box]) -> bool:
        """Nothing is saved before the last box."""
        return False

    # ------------------------------------------------------------ saving

    def finish(self) -> None:
        """Everything that is asked, then one save."""
        if not self._pieces:
            self.say(_("the basket is empty"), wrong=True)
            return
        self.say("")
        at = 0
        while at < len(self.sheet.boxes):  # an answer may bring another box behind it
            if not self.take(self.sheet.boxes[at]):
                return
            at += 1
        self.complete()

    def complete(self) -> None:
        """All of it in one transaction."""
        taker = self._taker
        if not taker.given(self._pieces):
            self.say(_("nothing is given: Esc twice leaves"), wrong=True)
            return
        said = {
            name: box.value for name, box in self._boxes.items() if box in self.sheet.boxes and box.value is not None
        }
        unsigned = self._unsigned if said.get("signature") == UNSIGNED else ""
        answers = {name: value for name, value in said.items() if name not in ("scan", "taker") and ":" not in name}
        self.app.write(pickup.hand_out(self.book, self._pieces, taker, answers, unsigned), self._saved)

    def _saved(self, result: list[Entry] | DeskError) -> None:
        if isinstance(result, DeskError):
            self.point_at(getattr(result, "field", ""))
            self.wrong(result)
            return
        app, n = self.app, len(result)
        self.dismiss(None)
        words = _("{time} saved: {n} pieces were taken   (F6 takes it back, {minutes} minutes)")
        app.call_later(lambda: app.desk_screen.say(words.format(time=f"{app.now():%H:%M}", n=n, minutes=5)))

    def leave(self) -> None:
        """Esc twice: the basket is put back, nothing was written."""
        self.dismiss(None)

    def esc_leaves_at_once(self) -> bool:
        """While the basket is empty."""
        return not self._pieces and not self._scan.raw

    def on_screen_suspend(self) -> None:
        """Covered by another screen: no number stays in sight below."""
        self._called.clear()


@dataclasses.dataclass(frozen=True, slots=True)
class _Home:
    """A room of the basket, and the names that go with it."""

    room: str
    names: tuple[str, ...]


def _row(*words: str) -> str:
    cut = [fit(text, width) for text, width in zip(words, COLUMNS, strict=False)]
    return " ".join([*cut, *words[len(COLUMNS) :]])
