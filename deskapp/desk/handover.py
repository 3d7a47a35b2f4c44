"""Handing over: what is handed on, what was counted, who signed; and what each act writes (R140-R144; ux 3.8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from deskapp.book import entry as ink
from deskapp.book import view
from deskapp.book.database import Book
from deskapp.book.entry import Entry
from deskapp.book.journal import Request
from deskapp.book.view import Record
from deskapp.desk import board, counting, display, shifts
from deskapp.desk.board import CLOCK, PROMISE
from deskapp.forms import clocks
from deskapp.forms.clocks import ClockState
from deskapp.forms.form import Form
from deskapp.forms.timing import end_of
from deskapp.forms.values import Value
from deskapp.i18n import N_, _

LATE, PROMISED, PAUSED, RUNNING, OUT, OPEN, NOTICE = (
    N_("late"), N_("was promised"), N_("paused"), N_("running"), N_("lent out"), N_("open"), N_("notice"),
)  # fmt: skip
"""Why something is on the list, the most urgent first."""
KINDS = (LATE, PROMISED, PAUSED, RUNNING, OUT, OPEN, NOTICE)
_MOST = 100_000


@dataclass(frozen=True, slots=True)
class Item:
    """Something that the next shift goes on with."""

    record: Record
    form: Form
    kind: str
    stands: ClockState | None = None
    new: bool = False
    """Whether it came after the line was drawn: the next shift's own."""


@dataclass(slots=True)
class Told:
    """What the hand-over has said so far: the last word on each thing."""

    line: int | None = None
    started: str = ""
    carried: dict[str, Mapping[str, Value | None]] = field(default_factory=dict)
    """Item number -> why, owner, word."""
    counts: dict[str, Mapping[str, Value | None]] = field(default_factory=dict)
    """Count line -> what its entry says."""
    cash: Mapping[str, Value | None] | None = None
    booked: list[Mapping[str, Value | None]] = field(default_factory=list)
    """What was found in the count: line, booked, origin."""
    ends: dict[str, Entry] = field(default_factory=dict)
    """The last sign_off, sign, sign_disputed, refuse, seal."""
    variance: Decimal = Decimal()
    """What was counted over (or, below nought, short) and stands in no record of the drawer yet."""


_ENDS = ("sign_off", "sign", "sign_disputed", "refuse", "seal")


def told(book: Book, shift: Record) -> Told:
    """What a shift's hand-over says; of one that is on duty, nothing but why it was refused."""
    said = Told(shifts.line(book, shift))
    for entry in ink.standing(view.timeline(book.read, shift)):
        data = entry.data
        if entry.step in _ENDS:
            said.ends[entry.step] = entry
        if said.line is None or entry.seq < said.line:
            continue
        match entry.step:
            case "start":
                said.started = entry.moment
            case "carry":
                said.carried[str(data["item"])] = data
            case "carry_rest":
                said.carried |= {item: said.carried.get(item, {}) for item in str(data["items"]).split()}
            case "count" | "receipts":
                said.counts[str(data["line"])] = data
            case "book":
                said.booked.append(data)
            case "cash":
                said.cash = data
                said.variance = Decimal(str(data["counted"])) - Decimal(str(data["drawer"]))
            case "sign_off" | "seal":
                said.variance = Decimal()
    return said


def items(book: Book, shift: Record, now: datetime) -> list[Item]:
    """Everything late, promised, running, out, open or announced; what came after the line is marked, and last."""
    cut = shifts.line(book, shift)
    found: dict[int, Item] = {}

    def add(record: Record, form: Form, kind: str, stands: ClockState | None = None) -> None:
        new = cut is not None and record.rec > cut
        found.setdefault(record.id, Item(record, form, kind, stands, new))

    for line in board.board(book, now, _MOST).lines:
        add(line.record, line.form, _kind(line), line.stands)
    counted = {line.of for line in counting.lines(book) if line.how == "records"}
    for form in book.forms.values():
        if form.board == "count" and form.name not in counted:
            for record in view.page(book.read, form.name, open_only=True, states=form.counts, limit=_MOST, of=view.OWN):
                add(record, display.form_of(book, record), OUT, next(iter(record.clocks.values()), None))
        if form.card:
            for record in view.page(book.read, form.name, open_only=True, limit=_MOST, of=view.NEAR):
                until = record.fields.get(form.card.until or "")
                if until is None or end_of(str(until)) >= now:
                    add(record, display.form_of(book, record), NOTICE)
    return sorted(found.values(), key=lambda one: (one.new, KINDS.index(one.kind), _due(one.stands), one.record.id))


def _kind(line: board.Line) -> str:
    if line.late:
        return LATE
    if line.stands is not None and line.stands.state == clocks.PAUSED:
        return PAUSED
    return {CLOCK: RUNNING, PROMISE: PROMISED}.get(line.group, OPEN)


def _due(stands: ClockState | None) -> float:
    return stands.due.timestamp() if stands and stands.due else float("inf")


def left(found: Sequence[Item], said: Told) -> list[Item]:
    """The items of this shift that the hand-over has said nothing about yet."""
    return [one for one in found if not one.new and one.record.number not in said.carried]


# What each act writes. Whatever comes first on a shift that is on duty draws the line.


def act(shift: Record, *requests: Request) -> list[Request]:
    """Steps of a hand-over; the first ones draw the line."""
    start = [Request("start", {}, None, shift.number)] if shift.state == shifts.ON_DUTY else []
    return [*start, *requests]


def carry(shift: Record, item: str, why: str = "", owner: str = "", word: str = "") -> Request:
    """Hand one thing on, with what is said about it."""
    said = {"why": why, "owner": owner, "word": word}
    return Request("carry", {"item": item, **{name: text for name, text in said.items() if text}}, None, shift.number)


def carry_rest(shift: Record, found: Sequence[Item]) -> list[Request]:
    """Hand on all the others, about which there is nothing to say."""
    numbers = " ".join(one.record.number for one in found)
    return [Request("carry_rest", {"items": numbers}, None, shift.number)] if numbers else []


def variance(book: Book, shift: Record, said: Told) -> list[Request]:
    """What books a difference of the drawer with its cause, so that the next shift begins with what is there."""
    form, amount = book.forms.get("cash"), said.variance
    kind = form.fields.get("kind") if form else None
    code = "short" if amount < 0 else "over"
    if not amount or said.cash is None or kind is None or kind.choice(code) is None:
        return []
    own = display.form_of(book, shift)
    cause = display.value(book, own.fields["cause"], said.cash.get("cause"))
    why = " ".join(filter(None, (cause, str(said.cash.get("word") or ""))))
    purpose = _("counted at the hand-over {number}").format(number=shift.number)
    answers = {"kind": code, "purpose": purpose, "amount": f"{abs(amount):.2f}", "means": "cash"}
    booked = [Request("register", answers, "cash")]
    if said.cash.get("cause") != "asked":
        booked.append(Request("explain", {"explanation": why}, "cash"))
    return booked


def sign_off(book: Book, shift: Record, remark: str = "") -> list[Request]:
    """The outgoing person's signature: written by himself."""
    answers = {"remark": remark} if remark else {}
    return _closed(book, shift, Request("sign_off", answers, None, shift.number))


def sign(shift: Record, now: datetime, objection: str = "", supervisor: str = "") -> list[Request]:
    """The incoming person takes over, and the next shift begins: written by himself."""
    said = {"objection": objection, "supervisor": supervisor}
    answers = {name: text for name, text in said.items() if text}
    name = "sign_disputed" if objection else "sign"
    post = {"name": shifts.turn(now), "previous": shift.number}
    return [Request(name, answers, None, shift.number), Request("register", post, shifts.FORM)]


def refuse(shift: Record, objection: str, told_whom: str) -> list[Request]:
    """The incoming person does not take over: the shift goes on with its owner."""
    return [Request("refuse", {"objection": objection, "told": told_whom}, None, shift.number)]


def seal(book: Book, shift: Record, told_whom: str, reason: str) -> list[Request]:
    """Nobody came: counted, sealed, and a supervisor knows."""
    return _closed(book, shift, Request("seal", {"told": told_whom, "reason": reason}, None, shift.number))


def _closed(book: Book, shift: Record, signature: Request) -> list[Request]:
    """A signature under it all: what nobody spoke of is handed on too, and the drawer's difference is booked."""
    said = told(book, shift)
    rest = left(items(book, shift, book.now()), said)
    return [*carry_rest(shift, rest), signature, *variance(book, shift, said)]
