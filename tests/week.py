"""Shift after shift at a front desk, as the entries tell it: the reusable week of `test_week.py`.

with opened(MORNING) as desk:
    week = Week(desk, seed=1)
    week.open(); week.work(); week.hand_over(); week.account()
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from deskapp.book import entry as ink
from deskapp.book import view
from deskapp.book.entry import Entry
from deskapp.book.journal import Request
from deskapp.book.session import Session
from deskapp.book.view import Record
from deskapp.desk import counting, handover, shifts
from deskapp.forms.values import CHINA
from tests.support import BOSS, LI, Desk

MORNING = datetime(2026, 11, 16, 8, 0, tzinfo=CHINA)
ZHOU = Session("staff-5", "周洁", frozenset({"reception"}))
WANG = Session("staff-7", "王𠮷", frozenset({"reception", "cashier"}))
SHIFT = timedelta(hours=8)


class Week:
    """The desk's people take turns; everything they do goes through the same requests as the screens'."""

    def __init__(self, desk: Desk, seed: int = 0) -> None:
        self.desk, self.dice = desk, random.Random(seed)
        for one in (ZHOU, WANG):
            if view.lookup(desk.book.read, one.staff) is None:
                code = one.staff.removeprefix("staff-")
                desk.add("staff", BOSS, code=code, name=one.name, **dict.fromkeys(one.roles, True))
        for peg in ("007", "015", "022"):
            if view.lookup(desk.book.read, f"key-{peg}") is None:
                desk.add("key", BOSS, peg=peg, opens="水泵房", room="3-2-1502", keys="2", consent_needed="2")
        self.people = [LI, ZHOU, WANG]
        self.receipts = int(view.highest(desk.book.read, "receipt") or 0)

    @property
    def shift(self) -> Record:
        """The shift that is open."""
        found = shifts.on_duty(self.desk.book)
        assert found is not None
        return found

    @property
    def owner(self) -> Session:
        """Who is on duty."""
        return next(one for one in self.people if one.staff == self.shift.by)

    @property
    def successor(self) -> Session:
        """Whose turn is next."""
        return self.people[(self.people.index(self.owner) + 1) % len(self.people)]

    def write(self, by: Session, *requests: Request) -> list[Entry]:
        """As a screen writes."""
        self.desk.clock.pass_(seconds=self.dice.randint(5, 90))
        return self.desk.write(by, *requests)

    def open(self, by: Session | None = None) -> None:
        """Somebody takes the post."""
        self.write(by or self.people[0], shifts.opening(self.desk.book, self.desk.clock()))

    def work(self, things: int = 12, by: Session | None = None) -> None:
        """What happens on a shift, one thing after another."""
        for _nth in range(things):
            self.desk.clock.pass_(minutes=self.dice.randint(1, 30))
            getattr(self, self.dice.choice(("_mail", "_mail", "_fetch", "_key", "_money", "_note", "_order")))(
                by or self.owner
            )

    def _mail(self, by: Session) -> None:
        self.desk.add("mail", by, room="3-2-1502", kind="parcel", condition="1")

    def _fetch(self, by: Session) -> None:
        held = view.page(self.desk.book.read, "mail", states=("held",))
        if held:
            self.desk.step(self.dice.choice(held).number, "collect", by, signature="1", seen="1")

    def _key(self, by: Session) -> None:
        peg = self.desk[f"key-{self.dice.choice(('007', '015', '022'))}"]
        if peg.state == "in":
            until = {"until": "+240", "purpose": "repair", "holder": "21", "signature": "1"}
            self.desk.step(peg.number, "take", by, **until)
        elif peg.state == "out":
            self.desk.step(peg.number, "back", by, same="1", signed_back="1")

    def _money(self, by: Session) -> None:
        if "cashier" not in by.roles and "reception" not in by.roles:
            return
        self.receipts += 1
        taken = {"tendered": "100", "change": "60", "cash": "till", "receipt": f"{self.receipts:07}"}
        income = {"kind": "income", "purpose": "门禁卡", "amount": "40", "means": "cash"}
        self.desk.write(by, Request("register", income, "cash"), Request("take", taken, "cash"))

    def _note(self, by: Session) -> None:
        self.desk.add("diary", by, room="0", item="90", content="B2灯不亮", source="3", handling="next_shift")

    def _order(self, by: Session) -> None:
        self.desk.add("order", by, room="3-2-1502", item="13", content="马桶堵塞", charge="free")

    # Handing over.

    def count(self, by: Session, *, off: int = 0, drawer: Decimal = Decimal()) -> None:
        """Everything is counted; `off` by so many pieces, the drawer by so much."""
        book, number = self.desk.book, self.shift.number
        for line in counting.lines(book):
            should = counting.expected(book, line)
            found: object = should if should is not None else "0000001" if line.is_receipt else 0
            origin = {}
            if off and isinstance(found, int) and line.how == "records" and found + off >= 0:
                found, origin = found + off, {"origin": "asked"}
            self.write(by, counting.count(book, number, line, str(found), **origin))
        fen = int((counting.drawer(book) + drawer) * 100)
        notes: dict[str, int] = {}
        for name, worth in counting.NOTES.items():
            notes[name], fen = divmod(max(0, fen), worth)
        why = {"cause": "unknown"} if counting.worth(notes) != counting.drawer(book) else {}
        self.write(by, counting.cash(book, number, notes, **why))

    def begin(self, by: Session) -> None:
        """The line is drawn, and everything is handed on: the first with a reason, the others as they are."""
        book, shift = self.desk.book, self.shift
        found = handover.left(handover.items(book, shift, self.desk.clock()), handover.told(book, shift))
        said = [handover.carry(shift, found[0].record.number, why="too_few")] if found else []
        self.write(by, *handover.act(shift, *said, *handover.carry_rest(shift, found[1:])))

    def hand_over(self, *, off: int = 0, drawer: Decimal = Decimal(), objection: str = "") -> None:
        """From start to the next person's signature; something comes in between, which is his."""
        book, outgoing, incoming = self.desk.book, self.owner, self.successor
        self.begin(outgoing)
        if self.dice.random() < 0.5:
            self.work(1, by=incoming)
        self.count(outgoing, off=off, drawer=drawer)
        self.write(outgoing, *handover.sign_off(book, self.shift, remark="1402早上再问"))
        self.write(incoming, *handover.sign(self.shift, self.desk.clock(), objection))

    def refuse(self) -> None:
        """The next person does not take over."""
        outgoing, incoming = self.owner, self.successor
        self.begin(outgoing)
        self.count(outgoing, drawer=Decimal(-5))
        self.write(outgoing, *handover.sign_off(self.desk.book, self.shift))
        self.write(incoming, *handover.refuse(self.shift, "少5元没说清", "staff-6"))

    def seal(self, by: Session | None = None) -> None:
        """Nobody came."""
        who = by or self.owner
        self.begin(who)
        self.count(who)
        self.write(who, *handover.seal(self.desk.book, self.shift, "staff-6", "接班人没来"))

    def finish(self) -> None:
        """The two people alone end the shift that is open, whatever state it is in, and the next one is open."""
        if shifts.on_duty(self.desk.book) is None:
            self.open()
            return
        if self.shift.state == shifts.ON_DUTY:
            self.begin(self.owner)
        if "drawer" not in self.shift.marks:
            self.count(self.owner)
        if "signed" not in self.shift.marks:
            self.write(self.owner, *handover.sign_off(self.desk.book, self.shift))
        self.write(self.successor, *handover.sign(self.shift, self.desk.clock()))

    # What must be true after any of it.

    def all(self) -> list[Record]:
        """Every shift there ever was, the first one first."""
        return view.page(self.desk.book.read, shifts.FORM, limit=1000)[::-1]

    def account(self) -> None:
        """Every entry is of one shift, nothing open is lost between two, and each drawer begins as the last ended."""
        book = self.desk.book
        every = self.all()
        owned = [entry.seq for shift in every for entry in shifts.entries(book, shift)]
        owned += [entry.seq for entry in shifts.after(book)]
        first = every[0].rec
        assert sorted(owned) == list(range(first, self.desk.head[0] + 1))
        for shift, open_then in self._open_at(
            [one for one in every if one.state in (shifts.HANDED_OVER, shifts.SEALED)]
        ):
            said = handover.told(book, shift)
            assert open_then <= set(said.carried)
            assert said.cash is not None

    def _open_at(self, ended: list[Record]) -> Iterator[tuple[Record, set[str]]]:
        """What was open at each shift's line, of the forms that the board lists."""
        book = self.desk.book
        listed = {form.name for form in book.forms.values() if form.board == "list"}
        lines = {shifts.line(book, shift): shift for shift in ended}
        numbers: dict[int, str] = {}
        going: set[str] = set()
        for entry in ink.between(book.read, book.journal, -1):
            if entry.seq in lines:
                yield lines[entry.seq], set(going)
            if entry.number:
                numbers[entry.rec] = entry.number
            if entry.form in listed:
                (going.discard if entry.ended else going.add)(numbers[entry.rec])
