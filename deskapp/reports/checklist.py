"""What is looked at before a day is closed, a line each: v in order, ! to know, x in the way (ux 3.17)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from deskapp import paths
from deskapp.book.database import Book
from deskapp.desk import display
from deskapp.desk.closing import Closing
from deskapp.desk.money import CASH, hundredths, yuan
from deskapp.forms import clocks
from deskapp.forms.form import Form, Label
from deskapp.forms.values import CHINA
from deskapp.i18n import _, pick, tell
from deskapp.reports.capitals import capitals
from deskapp.resources import load_toml

GOOD, KNOW, BLOCKS = "v", "!", "x"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was looked at."""

    sign: str
    name: str
    result: str
    detail: str = ""


def lines(book: Book, home: Path, closing: Closing) -> list[Line]:
    """All of them, in the order in which a day is closed."""
    return [
        *_days(closing), *_shifts(book, closing), _cash(closing), _receipts(closing), _providers(closing),
        _late(closing), _verified(closing), _backup(home, book.now()),
    ]  # fmt: skip


def summary(closing: Closing) -> list[str]:
    """The day in two lines: the forms, and the money with its capitals."""
    parts = []
    for one in closing.day.totals:
        words = _("{form} {new} ({ended} ended)") if one.ended else "{form} {new}"
        if one.fresh or one.ended:
            parts.append(words.format(form=_called(one.form), new=one.fresh, ended=one.ended))
    money = closing.day.money
    income = _("income {total} yuan {words}; cash {cash}; drawer should hold {drawer}")
    return [
        "  ".join(parts) or _("nothing was written on this day"),
        income.format(total=yuan(money.income), words=capitals(money.income), cash=yuan(money.amounts[CASH]),
                      drawer=yuan(closing.drawer)),
        _("still open: {n}").format(n=closing.day.left),
    ]  # fmt: skip


def few(days: Sequence[date]) -> str:
    """Some days in words: all of them, or how many and from when to when."""
    if len(days) <= 5:
        return " ".join(f"{one:%m-%d}" for one in days)
    return _("{n} days, {first} to {last}").format(n=len(days), first=f"{days[0]:%m-%d}", last=f"{days[-1]:%m-%d}")


def _called(form: Form) -> str:
    """What a form's records are called in the menu: shorter than its title."""
    words = load_toml("menu.toml")["words"]
    said = next((words[str(n)] for n, steps in form.menu.items() if steps == ("list",) and str(n) in words), None)
    return pick(Label(said["zh"], said["en"]) if said else form.title)


def _days(closing: Closing) -> Iterator[Line]:
    if closing.late:
        yield Line(KNOW, _("closed late"), _("{n} days").format(n=closing.late), _("the log says so"))
    if closing.earlier:
        count = _("{n} not closed").format(n=len(closing.earlier))
        yield Line(BLOCKS, _("earlier days"), count, few(closing.earlier))
    if closing.silent:
        yield Line(KNOW, _("days without entries"), str(len(closing.silent)), few(closing.silent))


def _shifts(book: Book, closing: Closing) -> Iterator[Line]:
    for one in closing.waiting:
        yield Line(BLOCKS, _("hand-over"), _("NOT handed over"), f"{one.number}  {display.person(book, one.by)}")
    if closing.waiting:
        return
    if not closing.shifts:
        yield Line(KNOW, _("hand-over"), _("no shift"), _("no shift was written down on this day"))
        return
    said = [f"{one.number} {display.person(book, one.by)}" for one in closing.shifts]
    sealed = any(one.state == "sealed" for one in closing.shifts)
    yield Line(KNOW if sealed else GOOD, _("hand-over"), _("sealed") if sealed else _("yes"), "  ".join(said))


def _cash(closing: Closing) -> Line:
    amount = closing.difference
    if not amount:
        return Line(GOOD, _("cash"), _("no difference"), "")
    words = _("over {amount}") if amount > 0 else _("short {amount}")
    return Line(KNOW, _("cash"), words.format(amount=yuan(abs(amount))), _("1 known  2 in question"))


def _receipts(closing: Closing) -> Line:
    money = closing.day.money
    numbers = sorted(money.receipts, key=lambda one: (len(one), one))
    result = _("{n} used, {m} void").format(n=len(numbers), m=len(money.void))
    if money.holes:
        return Line(KNOW, _("receipts"), result, _("missing: {numbers}").format(numbers=" ".join(money.holes)))
    return Line(GOOD, _("receipts"), result, f"{numbers[0]}-{numbers[-1]}" if numbers else "")


def _providers(closing: Closing) -> Line:
    held = closing.outstanding
    if not held:
        return Line(GOOD, _("with providers"), _("all handed in"))
    amount = sum(hundredths(one.fields.get("received") or one.fields.get("amount")) for one in held)
    return Line(KNOW, _("with providers"), yuan(amount), "  ".join(one.number for one in held[:4]))


def _late(closing: Closing) -> Line:
    day = closing.day
    late, over = day.count(clocks.LATE), day.count(clocks.RUNNING)
    result = _("{late} late, {over} run on").format(late=late, over=over)
    if day.unexplained:
        return Line(KNOW, _("limits"), result, _("{n} without a reason").format(n=day.unexplained))
    told = _("reasons are given") if any(one.over and one.asked for one in day.verdicts) else ""
    return Line(KNOW if late or over else GOOD, _("limits"), result, told)


def _verified(closing: Closing) -> Line:
    report = closing.report
    if report is None:
        return Line(KNOW, _("book"), _("not looked at"))
    if report.problems:
        return Line(BLOCKS, _("book"), _("NOT sound"), tell(report.problems[0])[0])
    seq, hash_ = report.head
    return Line(GOOD, _("book"), _("sound"), _("entry {seq}, hash {tail}").format(seq=seq, tail=hash_[-8:]))


def _backup(home: Path, now: datetime) -> Line:
    """The newest copy beside the book; copies elsewhere are not known here."""
    folder = paths.backups(home)
    try:
        newest = max((file.stat().st_mtime for file in folder.glob("*.deskapp.*")), default=None)
    except OSError:
        newest = None
    if newest is None:
        return Line(KNOW, _("backup"), _("none"), _("deskapp backup makes one; best on another disk"))
    when = datetime.fromtimestamp(newest, CHINA)
    fresh = now - when < timedelta(days=1)
    return Line(GOOD if fresh else KNOW, _("backup"), f"{when:%m-%d %H:%M}", "" if fresh else _("older than a day"))
