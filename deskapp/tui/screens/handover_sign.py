"""Page 3: both sign, each by himself; under objection, not at all, or one-sided where nobody came (ux F2.8, F2.9)."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING

from deskapp.book import anchor, journal
from deskapp.book.session import Session, session_of, staff_number
from deskapp.desk import counting, display, handover, shifts
from deskapp.errors import DeskError
from deskapp.i18n import _, pick
from deskapp.text import cells, fit, fold
from deskapp.tui.countwords import over
from deskapp.tui.screens.handover_page import Page
from deskapp.tui.screens.handover_sheet import RecordSheet

if TYPE_CHECKING:
    from deskapp.book.entry import Entry
    from deskapp.tui.screens.handover import HandoverScreen

REMARK, OUTGOING, INCOMING, SECRET, DECIDE, OBJECTION, TOLD, SEAL_TOLD, SEAL_REASON = range(9)
_SEAL, _NOBODY = "4", "4-4"
"""In place of a passphrase, and of a staff number: nobody signs."""


class SignPage(Page):
    """One question after another; nothing is signed but by the passphrase of who signs."""

    def __init__(self, screen: HandoverScreen) -> None:
        super().__init__(screen)
        self._book = screen.app.office.book
        self._ask = INCOMING if "signed" in screen.shift.marks else REMARK
        self._remark = ""
        self._incoming = ""
        self._session: Session | None = None
        """The incoming person, proved."""
        self._refuses = False
        self._objection = ""
        self._told = ""
        written = Counter(one.form for one in shifts.entries(self._book, screen.shift) if one.step == "register")
        forms = self._book.forms
        self._written = [f"{pick(forms[form].title)} {n}" for form, n in written.items()
                         if form in forms and form != shifts.FORM]  # fmt: skip

    # ------------------------------------------------------------ what it shows and asks

    def draw(self) -> None:
        """The shift in a few lines, and who has signed."""
        book, shift, said = self._book, self.screen.shift, self.screen.said
        now = self.screen.app.now()
        since = f"{display.moment(shift.opened, now)} - {display.moment(now, now)}"
        late = [one for one in self.screen.items if one.kind == handover.LATE and not one.new]
        why = sum(bool(said.carried.get(one.record.number, {}).get("why")) for one in late)
        names = {one.code: one.name for one in counting.lines(book)}
        counts = [
            f"{names.get(line, line)} {one.get('found', one.get('next_found'))}" for line, one in said.counts.items()
        ]
        cash = said.cash or {}
        difference = Decimal(str(cash.get("counted", 0))) - Decimal(str(cash.get("drawer", 0)))
        number = display.short_number(display.form_of(book, shift), shift.number, now.date())
        lines = [
            f" {number}   {shifts.title(book, shift, now)}   {since}",
            "",
            *self._flow(_("Written"), self._written),
            _(" Handed on    {n} items   late {late} (with reason {why})").format(
                n=len(said.carried), late=len(late), why=why
            ),
            *self._flow(_("Counted"), [*counts, _("booked in the count {n}").format(n=len(said.booked))]),
            _(" Cash         should be {should}   counted {counted}   {over}").format(
                should=cash.get("drawer"), counted=cash.get("counted"), over=over(difference)
            ),
            _(" Remark       {remark}").format(remark=self._remark or self._signed("remark")),
            "-",
            _(" Outgoing     {name}   {signed}").format(
                name=display.person(book, shift.by),
                signed=_("signed {time}").format(time=self._signed("at")) if "signed" in shift.marks else "",
            ),
            _(" Incoming     {name}").format(name=display.person(book, self._incoming) if self._incoming else ""),
            "-",
            _(" 1 takes over   2 takes over under objection   3 does not take over: the supervisor is told"),
            _(" Nobody there, or the outgoing is gone: 4 in place of the passphrase seals it one-sided."),
            _(" Only away for a while: 64 relief, no hand-over."),
        ]
        self.show(lines)

    def _signed(self, name: str) -> str:
        entry = self.screen.said.ends.get("sign_off")
        if entry is None or "signed" not in self.screen.shift.marks:
            return ""
        return entry.at[11:16] if name == "at" else str(entry.data.get(name) or "")

    def _flow(self, head: str, parts: list[str]) -> list[str]:
        """Parts after a heading, in as many lines as they take; the second one and later are indented."""
        lines, row = [], f" {fit(head, 12)}"
        for part in parts:
            if row.strip() != head and cells(row) + cells(part) > self.width - 3:
                lines.append(row)
                row = " " * 13
            row += f" {part} "
        return [*lines, row]

    def asks(self) -> tuple[str, str, bool]:
        """What is missing for the signatures."""
        name = display.person(self._book, self.screen.shift.by)
        mine = display.person(self._book, self._incoming) if self._incoming else ""
        secret = _("passphrase; nobody there: 4 seals it one-sided")
        return {
            REMARK: (_("Remark for who comes next"), _("empty = none"), False),
            OUTGOING: (_("{name} signs").format(name=name), secret, True),
            INCOMING: (_("Who takes over"), _("staff number; nobody there: 4-4 seals it one-sided"), False),
            SECRET: (_("{name} signs").format(name=mine), _("passphrase; Up: somebody else"), True),
            DECIDE: (_("1 take over  2 under objection  3 not"), _("{name} decides").format(name=mine), False),
            OBJECTION: (_("In his own words"), _("what he objects to, as said"), False),
            TOLD: (_("Supervisor"), _("staff number of who is told or looks on; 2: may stay empty"), False),
            SEAL_TOLD: (_("Which supervisor was told"), _("staff number; call him now"), False),
            SEAL_REASON: (_("Why one-sided"), _("as: nobody came, waited until 08:40"), False),
        }[self._ask]

    # ------------------------------------------------------------ what is typed

    def typed(self, raw: str) -> None:
        """The answer to the question that stands there."""
        answers = {
            REMARK: self._remarked, OUTGOING: self._signs_off, INCOMING: self._comes, SECRET: self._proves,
            DECIDE: self._decides, OBJECTION: self._objects, TOLD: self._tells, SEAL_TOLD: self._calls,
            SEAL_REASON: self._seals,
        }  # fmt: skip
        answers[self._ask](raw)

    def move(self, by: int) -> None:
        """Up: the question before, as long as nobody has signed."""
        if by < 0 and self._ask in (OUTGOING, SECRET, OBJECTION, TOLD, SEAL_REASON):
            self._ask -= 1
        elif by < 0 and self._ask == SEAL_TOLD:
            self._ask = INCOMING if "signed" in self.screen.shift.marks else OUTGOING

    def _staff(self, raw: str) -> str:
        number = staff_number(self._book.read, raw)
        return session_of(self._book.read, number).staff

    def _remarked(self, raw: str) -> None:
        self._remark, self._ask = raw, OUTGOING

    def _signs_off(self, raw: str) -> None:
        if fold(raw) == _SEAL:
            self._ask = SEAL_TOLD
            return
        self.screen.identify(self.screen.shift.by, raw, self._signed_off)

    def _signed_off(self, session: Session) -> None:
        requests = handover.sign_off(self._book, self.screen.shift, self._remark)
        self.screen.write(requests, self._now_incoming, session)

    def _now_incoming(self) -> None:
        self._ask = INCOMING

    def _comes(self, raw: str) -> None:
        if fold(raw) == _NOBODY:
            self._ask = SEAL_TOLD
            return
        number = self._staff(raw)
        if number == self.screen.shift.by:
            raise DeskError("that is who hands over", "is nobody there? {nobody} seals it one-sided", nobody=_NOBODY)
        self._incoming, self._ask = number, SECRET

    def _proves(self, raw: str) -> None:
        self.screen.identify(self._incoming, raw, self._proved)

    def _proved(self, session: Session) -> None:
        self._session, self._ask = session, DECIDE
        self.screen.say("")

    def _decides(self, raw: str) -> None:
        match fold(raw):
            case "1":
                self._sign()
            case "2" | "3" as digit:
                self._refuses, self._ask = digit == "3", OBJECTION
            case _:
                raise DeskError("1, 2 or 3")

    def _objects(self, raw: str) -> None:
        if not raw:
            raise DeskError("in his own words, in a line")
        self._objection, self._ask = raw, TOLD

    def _tells(self, raw: str) -> None:
        supervisor = self._staff(raw) if raw or self._refuses else ""
        if self._refuses:
            requests = handover.refuse(self.screen.shift, self._objection, supervisor)
            self.screen.write(requests, self._refused, self._session)
        else:
            self._sign(supervisor)

    def _calls(self, raw: str) -> None:
        self._told, self._ask = self._staff(raw), SEAL_REASON

    def _seals(self, raw: str) -> None:
        if not raw:
            raise DeskError("why one-sided, in a line")
        self.screen.write(handover.seal(self._book, self.screen.shift, self._told, raw), self._sealed)

    # ------------------------------------------------------------ how it ends

    def _sign(self, supervisor: str = "") -> None:
        """Both have signed: the post, the screen and the next shift are the incoming person's."""
        book, session, number = self._book, self._session, self.screen.shift.number
        requests = handover.sign(self.screen.shift, self.screen.app.now(), self._objection, supervisor)
        assert session is not None  # asked before

        def job() -> list[Entry]:
            entries = journal.write(book, session, requests)
            anchor.keep(book)
            return entries

        app = self.screen.app

        def signed(_entries: list[Entry]) -> None:
            app.people.take_over(session)
            self._end(number, _("{name} is on duty").format(name=session.name))

        self.screen.work(job, signed)

    def _refused(self) -> None:
        self.screen.dismiss(None)
        words = _("not taken over: {name} stays on duty, the supervisor decides")
        name = display.person(self._book, self.screen.shift.by)
        self.screen.app.call_after_refresh(self._say, words.format(name=name))

    def _sealed(self) -> None:
        number = self.screen.shift.number
        self.screen.dismiss(None)
        self._end(number, _("sealed: F10 on the board takes the post"))

    def _end(self, number: str, words: str) -> None:
        """The record as a page; it sees to the copy of the book."""
        app = self.screen.app
        app.call_after_refresh(app.push_screen, RecordSheet(number, words))

    def _say(self, words: str) -> None:
        self.screen.app.desk_screen.say(words)
