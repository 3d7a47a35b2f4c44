"""The parts of the daily log, each a table: money, what was late and why, what is open, every record and entry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from deskapp.book import view
from deskapp.book.database import Book
from deskapp.book.entry import Entry
from deskapp.book.view import Record
from deskapp.desk import display
from deskapp.desk.day import Day, Touched
from deskapp.desk.money import ACCOUNT, CASH, CODE, PROVIDER, TRANSFER, Money, yuan
from deskapp.desk.verdicts import Verdict, shifts
from deskapp.forms import clocks
from deskapp.forms.form import Form
from deskapp.i18n import N_, _, pick
from deskapp.reports.capitals import capitals
from deskapp.reports.tables import Row, Table, at, did, room, said, what

_HELD = ("mail", "custody", "found")
_COUNTED = (("found", "expected"), ("counted", "drawer"), ("next_found", "next_expected"))
"""What a hand-over found, and what the book says."""
_WORTH = frozenset({"correct", "void", "undo", "reveal"})
_MONEY = (
    (CASH, N_("cash")), (CODE, N_("company code")), (TRANSFER, N_("transfer")), (ACCOUNT, N_("on account")),
    ("", N_("income altogether")), ("float", N_("float put in")), ("paid_out", N_("paid out")),
    ("refund", N_("refunded")), ("handed_up", N_("handed up to finance")), (PROVIDER, N_("with providers, change")),
    ("over", N_("over")), ("short", N_("short")), ("drawer", N_("drawer, change")),
)  # fmt: skip


def money(given: Money) -> Table:
    """The money by means, with the sum in capitals, and the receipts."""
    rows: list[Row] = []
    for name, label in _MONEY:
        amount = given.amounts[name] if name else given.income
        if amount or name in ("", CASH, CODE):
            rows.append((_(label), yuan(amount), capitals(amount)))
    numbers = sorted(given.receipts, key=lambda one: (len(one), one))
    used = f"{numbers[0]}-{numbers[-1]}" if len(numbers) > 1 else "".join(numbers)
    rows.append((_("receipts used"), str(len(numbers)), used))
    rows.append((_("receipts void"), str(len(given.void)), " ".join(given.void)))
    if given.holes:
        rows.append((_("receipts missing between"), str(len(given.holes)), " ".join(given.holes)))
    return Table(_("Money"), (_("item"), _("yuan or number"), _("in capitals, or which")), rows)


def late(book: Book, day: Day) -> Table:
    """The clocks that ran out, and why (F6.1)."""
    rows = [
        (one.record.number, room(book, one.form, one.record.fields), what(book, one.form, one.record.fields),
         pick(one.clock.label), at(one.due), at(one.stopped) if one.stopped else _("runs on"), _over(one, day),
         reason(book, one), _follows(book, one.form, one.record))
        for one in day.verdicts if one.over
    ]  # fmt: skip
    heads = (_("number"), _("room"), _("what"), _("limit"), _("due at"), _("done at"), _("late by"), _("why"),
             _("followed by"))  # fmt: skip
    return Table(_("Late, and why"), heads, rows)


def reason(book: Book, one: Verdict) -> str:
    """Why a clock ran out, or that nobody has said it."""
    if one.reason is not None:
        return said(book, *one.reason)
    return _("NO REASON") if one.asked else "-"


def _over(one: Verdict, day: Day) -> str:
    if one.due is None:
        return "-"
    minutes = int(((one.stopped or day.ends) - one.due) / timedelta(minutes=1))
    return _("{n} min").format(n=minutes) if minutes < 100 else _("{n} h").format(n=minutes // 60)


def kept(day: Day) -> Table:
    """Each limit: how often it was kept."""
    counts: dict[tuple[str, str], Counter[bool]] = {}
    for one in day.verdicts:
        counts.setdefault((pick(one.form.title), pick(one.clock.label)), Counter())[one.over] += 1
    rows = [
        (form, clock, str(n[False]), str(n[True]), f"{n[False] * 100 // (n[False] + n[True])}%")
        for (form, clock), n in counts.items()
    ]  # fmt: skip
    heads = (_("form"), _("limit"), _("kept"), _("late"), _("rate"))
    return Table(_("Limits kept"), heads, rows)


def paused(book: Book, day: Day) -> Table:
    """Clocks that stand still look innocent (F6.3)."""
    rows = [
        (record.number, room(book, form, record.fields), what(book, form, record.fields), pick(clock.label),
         at(state.started), "; ".join(said(book, form.fields[name], record.fields.get(name))
                                      for name in ("pause_reason", "until") if name in form.fields))
        for form, record, clock, state in day.paused
    ]  # fmt: skip
    heads = (_("number"), _("room"), _("what"), _("limit"), _("running since"), _("why"))
    return Table(_("Paused limits"), heads, rows)


def totals(day: Day) -> Table:
    """What each form came to."""
    rows = [(pick(one.form.title), str(one.fresh), str(one.ended), str(one.void), str(one.open)) for one in day.totals]
    heads = (_("form"), _("new"), _("ended"), _("void"), _("open at the end"))
    return Table(_("Totals"), heads, rows)


def still_open(book: Book, day: Day) -> Table:
    """What the next day begins with; mail and things in custody are counted apart."""
    rows = [
        (record.number, room(book, form, record.fields), what(book, form, record.fields),
         display.state(form, record.state), _next_due(form, record), _follows(book, form, record))
        for form, record in day.open if form.board == "list"
    ]  # fmt: skip
    heads = (_("number"), _("room"), _("what"), _("state"), _("next limit"), _("followed by"))
    return Table(_("Still open"), heads, rows)


def held(book: Book, day: Day) -> Table:
    """Mail and things in custody, and how long they have been there."""
    rows = []
    for name in _HELD:
        total = day.total(name)
        if total is None:
            continue
        ages = Counter(min((day.ends - record.opened).days, 3) for record in day.open_of(name))
        rows.append((pick(total.form.title), str(total.fresh), str(total.ended), str(sum(ages.values())),
                     *(str(ages[age]) for age in range(4))))  # fmt: skip
    heads = (_("form"), _("in"), _("out"), _("held"), _("today's"), _("1 day"), _("2 days"), _("3 days and more"))
    return Table(_("Mail and custody, by age"), heads, rows)


def keys(book: Book, day: Day) -> Table:
    """The keys that are out."""
    rows = [
        (record.number, what(book, form, record.fields), _follows(book, form, record), _next_due(form, record))
        for form, record in day.open if form.name == "key" and record.state == "out"
    ]  # fmt: skip
    return Table(_("Keys out"), (_("number"), _("what"), _("held by"), _("due at")), rows)


def records(book: Book, touched: list[Touched]) -> Table:
    """Every record of a form on which anything was written that day, and what."""
    rows = []
    for one in touched:
        form, record = one.form, one.after
        shown = {*form.what, *(name for name, field in form.fields.items() if field.type == "room")}
        entries = [did(book, form, entry, without=tuple(shown) if entry.step == "register" else ())
                   for entry in one.entries]  # fmt: skip
        number = record.number if one.fresh else f"{record.number} ({at(record.opened)})"
        rows.append((number, room(book, form, record.fields), what(book, form, record.fields),
                     display.state(form, record.state), "\n".join(entries)))  # fmt: skip
    heads = (_("number"), _("room"), _("what"), _("state"), _("what was done"))
    return Table(f"{pick(touched[0].form.title)} {touched[0].form.code}", heads, rows)


def corrections(book: Book, day: Day) -> Table:
    """What was mended, taken back or shown: every such entry."""
    worth = [
        (entry, view.record_at(book.read, entry.journal, entry.rec)) for entry in day.entries if entry.step in _WORTH
    ]
    rows = [(str(entry.seq), record.number, did(book, display.form_of(book, record), entry))
            for entry, record in worth if record is not None]  # fmt: skip
    return Table(_("Corrected, taken back, void, shown"), (_("entry"), _("number"), _("what was done")), rows)


def hand_overs(book: Book, day: Day) -> Iterator[Table]:
    """The shifts that began that day, and what was found and said when they were handed over."""
    rows, notes = [], []
    for record in shifts(book, day.day, day.desk):
        form = display.form_of(book, record)
        ended = at(datetime.fromisoformat(record.at)) if record.ended else "-"
        people = (display.person(book, str(record.fields.get(name) or "")) for name in ("outgoing", "incoming"))
        rows.append((record.number, what(book, form, record.fields), display.person(book, record.by),
                     at(record.opened), ended, display.state(form, record.state), *people))  # fmt: skip
        notes += [(record.number, did(book, form, entry)) for entry in view.timeline(book.read, record)
                  if _tells(form, entry)]  # fmt: skip
    heads = (_("number"), _("shift"), _("on duty"), _("began"), _("ended at"), _("state"), _("outgoing"), _("incoming"))
    yield Table(_("Shifts"), heads, rows, "" if rows else _("no shift was written down on this day"))
    if notes:
        yield Table(_("Hand-over: differences and notes"), (_("number"), _("what was done")), notes)


def _tells(form: Form, entry: Entry) -> bool:
    """Whether an entry of a hand-over says more than who signed, or that a count found what the book says."""
    said = {
        name: value for name, value in entry.data.items() if name in form.fields and form.fields[name].type != "staff"
    }
    agreed = any(found in said and said[found] == said.get(should) for found, should in _COUNTED)
    return bool(said) and not agreed and entry.step != "register"


def _follows(book: Book, form: Form, record: Record) -> str:
    if form.follow and form.follow in record.fields:
        return said(book, form.fields[form.follow], record.fields[form.follow])
    return display.person(book, record.by)


def _next_due(form: Form, record: Record) -> str:
    running = [(state.due, pick(form.clocks[name].label)) for name, state in record.clocks.items()
               if state.state == clocks.RUNNING and state.due and name in form.clocks]  # fmt: skip
    return " ".join((at(min(running)[0]), min(running)[1])) if running else "-"
