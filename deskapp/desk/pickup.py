"""Mail that goes out: whom to call, what lies on the counter, who takes it for whom (R83, R85, ux 3.7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from deskapp.book import view
from deskapp.book.database import Book
from deskapp.book.journal import Request
from deskapp.book.search import Query, Tail, find
from deskapp.book.view import Record
from deskapp.desk import display, people
from deskapp.desk.mail import HELD, MAIL, form_of, read_room
from deskapp.errors import DeskError
from deskapp.forms.values import Value
from deskapp.text import fold

WAITING = "notice"
"""The tally of the pieces that nobody was told of."""
NOT_GIVEN = "no"
_MOST = 2000
_WHOLE = 7
"""Digits from which a phone can be called; what is shorter is the tail on a label."""


@dataclass(frozen=True, slots=True)
class Phone:
    """Where a number stands: the record whose showing is written down, and its field."""

    record: Record
    field: str

    @property
    def number(self) -> str:
        """The digits."""
        return str(self.record.fields[self.field])


@dataclass(frozen=True, slots=True)
class Call:
    """A room to call, once for all its pieces."""

    room: str
    name: str
    pieces: tuple[Record, ...]
    phone: Phone | None

    @property
    def codes(self) -> list[str]:
        """What its people say at the counter."""
        return [str(one.fields["pickup_code"]) for one in self.pieces if "pickup_code" in one.fields]


def calls(book: Book) -> list[Call]:
    """The rooms whose pieces nobody was told of yet, in the order they came."""
    form = form_of(book, MAIL, "notified", "pickup_code")
    tally = form.tallies.get(WAITING)
    if tally is None:
        return []
    found = view.page(
        book.read,
        MAIL,
        open_only=True,
        states=tally.states,
        among=tally.when,
        but=tally.unless,
        of=view.OWN,
        limit=_MOST,
    )
    rooms: dict[str, list[Record]] = {}
    for one in reversed(found):
        rooms.setdefault(str(one.fields["room"]), []).append(one)
    return [call(book, room, waiting) for room, waiting in rooms.items()]


def call(book: Book, room: str, pieces: Sequence[Record]) -> Call:
    """Whom to call about the pieces of a room: who stands on them, else who lives there."""
    names = [str(one.fields["recipient"]) for one in pieces if "recipient" in one.fields]
    living = people.residents(book, room)
    meant = sorted(living, key=lambda one: people.name_of(book, one) not in names)
    on_them = (Phone(one, "phone") for one in pieces if len(str(one.fields.get("phone", ""))) >= _WHOLE)
    theirs = (Phone(one, name) for one in meant if (name := people.phone_of(book, one)[0]))
    name = names[0] if names else people.name_of(book, meant[0]) if meant else ""
    return Call(room, name, tuple(pieces), next(on_them, None) or next(theirs, None))


def tries(book: Book, of: Call) -> int:
    """How often the room was called about its oldest piece."""
    return max(view.tally(book.read, one, "notify")[0] for one in of.pieces)


def told(of: Call, result: str) -> list[Request]:
    """One call, written down on each piece it was about."""
    return [Request("notify", {"notified": result}, MAIL, one.number) for one in of.pieces]


def lying(book: Book, typed: str) -> list[Record]:
    """The pieces in the rack that a code, a waybill or its tail, or a room means."""
    word = fold(typed).strip()
    tail = len(word) >= 4 and word.isascii() and word.isalnum()
    found = find(book.read, Query(((Tail(word),),), forms=(MAIL,)), limit=_MOST) if tail else []
    held = [one for one in reversed(found) if one.state == HELD]
    if coded := [one for one in held if fold(str(one.fields.get("pickup_code", ""))) == word]:
        return coded
    if scanned := [one for one in held if fold(str(one.fields.get("waybill", ""))).endswith(word)]:
        return scanned
    try:
        room = read_room(book, word)
    except DeskError:
        return held
    return [
        one for _name, one in reversed(view.linked(book.read, room, forms=(MAIL,), limit=_MOST)) if one.state == HELD
    ]


def registered(piece: Record) -> bool:
    """Whether a piece is a registered letter (R83)."""
    return piece.fields.get("kind") == "registered"


@dataclass(slots=True)
class Taker:
    """Who takes pieces, and on what proof those of other rooms."""

    name: str
    rooms: frozenset[str]
    """Where he is known to live."""
    proofs: Mapping[str, str] = field(default_factory=dict)
    """By room, why he may take what is theirs; NOT_GIVEN where he may not."""
    agreed: Mapping[str, Value] = field(default_factory=dict)
    """By room, when its people agreed by phone."""

    def takes_for(self, piece: Record) -> str:
        """The other room that a piece belongs to; empty where it is his own."""
        room = str(piece.fields["room"])
        return "" if room in self.rooms else room

    def given(self, pieces: Sequence[Record]) -> list[Record]:
        """What he gets."""
        return [one for one in pieces if self.proofs.get(self.takes_for(one)) != NOT_GIVEN]


def hand_out(
    book: Book, pieces: Sequence[Record], taker: Taker, answers: Mapping[str, Value], unsigned: str = ""
) -> list[Request]:
    """What writes down that pieces are taken: as one's own, as a proxy, or without signature by the step `unsigned`."""
    found = []
    for one in taker.given(pieces):
        room = taker.takes_for(one)
        said: dict[str, object] = {"taker": taker.name, **answers}
        if room:
            said |= {"proof": taker.proofs.get(room), "agreed_at": taker.agreed.get(room)}
        if not registered(one):
            said.pop("seen", None)
        step = unsigned or ("collect_by_proxy" if room else "collect")
        asks = display.form_of(book, one).steps[step].asks  # an older version of the form asks less
        found.append(Request(step, {name: value for name, value in said.items() if name in asks}, MAIL, one.number))
    return found
