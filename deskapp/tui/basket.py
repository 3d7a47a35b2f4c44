"""What lies in the pick-up basket, and what is asked about it: who takes it, on what proof, who signs (ux 3.7b)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from deskapp.book.database import Book
from deskapp.book.journal import Request
from deskapp.book.view import Record
from deskapp.desk import mail, people, pickup
from deskapp.desk.pickup import NOT_GIVEN, Taker
from deskapp.forms.form import Choice, Field, Form, Label
from deskapp.i18n import _, pick
from deskapp.text import show
from deskapp.tui.widgets.field import Box, Pick

PROOF, AGREED, UNSIGNED = "proof", "agreed_at", "none"
"""The question for each other room, and when its people agreed: `proof:3-2-1501`; the answer that nobody signs."""
_BY_PHONE, _MANAGER = "release_unsigned_by_phone", "release_unsigned"


@dataclass(frozen=True, slots=True)
class Home:
    """A room of the basket, and the names that go with it: those on its pieces, those who live there."""

    room: str
    names: tuple[str, ...]


class Basket:
    """Pieces and boxes; what was answered stays when other boxes come between."""

    def __init__(self, book: Book, form: Form, roles: frozenset[str]) -> None:
        self.book, self.form = book, form
        self.pieces: list[Record] = []
        self._boxes: dict[str, Box] = {}
        self._unsigned = _MANAGER if form.steps[_MANAGER].who & roles else _BY_PHONE
        label, hint = _("into basket"), _("scan, or its code, or a room; a line's digit takes it out; empty: go on")
        self.scan = Box(Field("scan", "text", Label(label, label), hint=Label(hint, hint), length=40), needed=False)

    @property
    def homes(self) -> list[Home]:
        """The rooms of the basket in the order they came."""
        names: dict[str, dict[str, None]] = {}
        for one in self.pieces:
            room = str(one.fields["room"])
            found = names.setdefault(room, {})
            if "recipient" in one.fields and room != mail.UNKNOWN:
                found[str(one.fields["recipient"])] = None
        for room in names:
            names[room] |= dict.fromkeys(people.name_of(self.book, one) for one in people.residents(self.book, room))
        return [Home(room, tuple(found)) for room, found in names.items()]

    @property
    def taker(self) -> Taker:
        """Who takes them and on what proof, as far as it was answered."""
        box = self._boxes.get("taker")
        name = box.raw.strip() if box else ""
        rooms = frozenset(home.room for home in self.homes if not name or name in home.names)
        said = {key: box.value for key, box in self._boxes.items() if box.value is not None}
        proofs = {key.partition(":")[2]: str(value) for key, value in said.items() if key.startswith(f"{PROOF}:")}
        agreed = {key.partition(":")[2]: value for key, value in said.items() if key.startswith(f"{AGREED}:")}
        return Taker(name, rooms, proofs, {room: at for room, at in agreed.items() if proofs.get(room) == "phone"})

    def asked(self) -> list[Box]:
        """The boxes that the pieces and the answers so far ask for."""
        return [self.scan, *(self._asked() if self.pieces else ())]

    def _asked(self) -> Iterator[Box]:
        fields = self.form.fields
        yield self._collector()
        yield from self._proofs()
        if any(map(pickup.registered, self.taker.given(self.pieces))):
            yield self._box("seen", fields["seen"])
        nobody = Choice(UNSIGNED, self.form.steps[_MANAGER].label)
        signature = self._box("signature", replace(fields["signature"], choices=(*fields["signature"].choices, nobody)))
        yield signature
        if signature.value == "unable":
            yield self._box("reason", fields["reason"])
        elif signature.value == UNSIGNED:
            asks = self.form.steps[self._unsigned].asks
            yield from (
                self._box(name, fields[name], needed=needed) for name, needed in asks.items() if name != "taker"
            )

    def _box(self, name: str, field: Field, *, needed: bool = True) -> Box:
        if name not in self._boxes:
            self._boxes[name] = Box(replace(field, name=name), needed)
        return self._boxes[name]

    def _collector(self) -> Box:
        """The people of the first room, and those of the others, by digit; any other name is typed."""
        box = self._box("taker", self.form.fields["taker"])
        names = [(name, home.room) for home in self.homes for name in home.names]
        box.picks = tuple(Pick(name, f"{name} {room}") for name, room in names[:9])
        if not box.typed:
            box.raw = names[0][0] if names else ""
        return box

    def _proofs(self) -> Iterator[Box]:
        """A question a room, for one call a room."""
        asked, agreed = self.form.fields[PROOF], self.form.fields[AGREED]
        taker = self.taker
        names = {home.room: home.names for home in self.homes}
        no = Choice(NOT_GIVEN, Label(_("not given"), _("not given")))
        for room in dict.fromkeys(filter(None, map(taker.takes_for, self.pieces))):
            name = next(iter(names[room]), room if room != mail.UNKNOWN else _("not known"))
            whose = f"{pick(self.form.steps['collect_by_proxy'].label)} {show(name)}"
            field = replace(asked, label=Label(whose, whose), choices=(*asked.choices, no))
            yield self._box(f"{PROOF}:{room}", field)
            if taker.proofs.get(room) == "phone":
                hint = self.form.fields["asked_at"].hint
                yield self._box(f"{AGREED}:{room}", replace(agreed, default="now", hint=hint), needed=False)

    def requests(self) -> list[Request]:
        """What writes all of it down."""
        said = {box.name: box.value for box in self._asked() if ":" not in box.name and box.value is not None}
        said.pop("taker", None)
        unsigned = self._unsigned if said.get("signature") == UNSIGNED else ""
        return pickup.hand_out(self.book, self.pieces, self.taker, said, unsigned)
