"""Day close 日结: what is looked at, what blocks, and the record that closes a business day (ux 2.5, 3.17, F6.7-F6.10).

Two things block: a shift that was not handed over, and a book that does not verify. All else informs. Days are closed
in order, each once; a day that nobody closed in time is closed late, and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from deskapp.book import check, days, journal, view, wallclock
from deskapp.book.check import Report
from deskapp.book.database import Book
from deskapp.book.entry import Entry
from deskapp.book.journal import Request
from deskapp.book.session import Session
from deskapp.book.view import Record
from deskapp.desk.day import Day, difference, drawer_at, gather, moments
from deskapp.desk.dayfigures import figures
from deskapp.desk.money import PROVIDER
from deskapp.desk.verdicts import SHIFT, shifts
from deskapp.errors import DeskError
from deskapp.forms.form import VOID

FORM = "daily"
KNOWN, QUESTION = "known", "question"
_BACK = timedelta(days=31)
"""How far back days count as not closed where none ever was."""


@dataclass(frozen=True, slots=True)
class Closing:
    """A business day about to be closed, or closed already."""

    day: Day
    number: str
    """What its record is or will be called."""
    record: Record | None
    """The record, where the day is closed."""
    late: int
    """How many days later than the day after."""
    earlier: tuple[date, ...]
    """Days before it that nobody closed: they come first."""
    silent: tuple[date, ...]
    """Days since the last close on which nothing was written."""
    shifts: tuple[Record, ...]
    waiting: tuple[Record, ...]
    """Shifts that began on it or before, and are not handed over."""
    difference: int
    """What the drawer has over (or, below 0, short), in hundredths."""
    outstanding: tuple[Record, ...]
    """Records whose cash is still with a provider."""
    drawer: int
    report: Report | None
    """What a check of the book found; None where none was made."""

    @property
    def blocked(self) -> DeskError | None:
        """Why the day can't be closed now."""
        if self.record is not None:
            return DeskError("{day} was closed already: {number}", "it can be printed and exported again",
                             day=self.day.day, number=self.number)  # fmt: skip
        if self.earlier:
            return DeskError("{day} is not closed yet", "days are closed in order: close that one first",
                             day=self.earlier[0])  # fmt: skip
        if self.waiting:
            return DeskError("shift {number} is not handed over", "hand it over first: menu 9",
                             number=self.waiting[0].number)  # fmt: skip
        return self.report.problems[0] if self.report and self.report.problems else None


def unclosed(book: Book) -> list[date]:
    """The business days that are over and not closed, oldest first; where none ever was, those of the last month."""
    today = book.rules.business_day(book.now())
    done = _closed(book)
    since = date.fromisoformat(min(done)) if done else today - _BACK
    until = today - timedelta(days=1)
    written = days.written(book.read, since.isoformat(), until.isoformat())
    return [date.fromisoformat(day) for day in written if day not in done]


def first(book: Book) -> date:
    """The day to close now: the oldest that was left out, or yesterday where none ever was closed."""
    left = unclosed(book)
    if left:
        return left[0] if _closed(book) else left[-1]
    return book.rules.business_day(book.now()) - timedelta(days=1)


def look(book: Book, day: date, progress: Callable[[int], None] | None = None, *, verify: bool = True) -> Closing:
    """Look at a business day as its close will; raises DeskError for one that is not over, a clock in doubt (F7.2)."""
    if wallclock.jump(book.read, book.journal, book.now()) is not None:
        raise DeskError(
            "the computer's clock is in doubt: no day is closed", "sign in at the desk and say what time it is"
        )
    today = book.rules.business_day(book.now())
    if day >= today:
        raise DeskError("the business day {day} is not over: it ends at {ends}", "close it then",
                        day=day, ends=f"{moments(book, day)[1]:%m-%d %H:%M}")  # fmt: skip
    gathered = gather(book, day)
    done = _closed(book)
    record = done.get(day.isoformat())
    begun = tuple(shifts(book, day, gathered.desk))
    return Closing(
        gathered, record.number if record else f"RB{_code(book, day)}", record, (today - day).days - 1,
        tuple(one for one in unclosed(book) if one < day) if done else (), _silent(book, day, done),
        begun, tuple(_waiting(book, day)), difference(book, gathered, begun),
        tuple(_outstanding(book)),
        drawer_at(book, gathered.head[0]), check.check(book, progress=progress) if verify else None,
    )  # fmt: skip


def close(
    book: Book, session: Session, closing: Closing, *, verdict: str = "", prepared: str = "", reviewed: str = "",
    remark: str = "",
) -> tuple[Record, list[Entry]]:  # fmt: skip
    """Write the record that closes the day; raises DeskError for what blocks, or who closed it meanwhile."""
    if (blocked := closing.blocked) is not None:
        raise blocked
    answers: dict[str, object] = {name: value for name, value in figures(closing).items() if value not in (None, "")}
    given = {
        "prepared": prepared or session.staff, "reviewed": reviewed, "remark": remark,
        "difference": (verdict or QUESTION) if closing.difference else "",
    }  # fmt: skip
    answers |= {name: value for name, value in given.items() if value}
    try:
        entries = journal.write(book, session, [Request("register", answers, FORM)])
    except DeskError as error:
        if (record := closed(book, closing.day.day)) is not None:
            raise DeskError("{day} was closed meanwhile: {number}", "it can be printed and exported again",
                            day=closing.day.day, number=record.number) from error  # fmt: skip
        raise
    return view.record(book.read, closing.number), entries


def closed(book: Book, day: date, desk: str = "") -> Record | None:
    """The record that closed a day, here or at another desk."""
    return _closed(book, desk).get(day.isoformat())


def copies(book: Book, record: Record, step: str) -> int:
    """How often the record was printed or exported."""
    return view.tally(book.read, record, step)[0]


def note(book: Book, session: Session, record: Record, step: str, **answers: object) -> int:
    """Write down that it was printed or exported once more; the how-manieth time that was."""
    copy = copies(book, record, step) + 1
    journal.write(book, session, [Request(step, {**answers, "copy": copy}, None, record.number)])
    return copy


def _closed(book: Book, desk: str = "") -> dict[str, Record]:
    """The records that close a day, by the day."""
    if FORM not in book.forms:
        return {}
    found = view.page(book.read, FORM, of=desk or view.OWN, limit=1 << 30)
    return {str(one.fields["day"]): one for one in reversed(found) if one.state != VOID}


def _code(book: Book, day: date) -> str:
    """The day's number, with a mark where one was used up: voided, or written before this book was restored."""
    plain = f"{day:%Y%m%d}{book.branch}"
    n, code = 1, plain
    while view.lookup(book.read, f"RB{code}") is not None:
        n += 1
        code = f"{plain}-{n}"
    return code


def _silent(book: Book, day: date, done: Mapping[str, Record]) -> tuple[date, ...]:
    """The days between the last close and this one on which nothing was written."""
    before = [one for one in done if one < day.isoformat()]
    if not before:
        return ()
    begin = date.fromisoformat(max(before)) + timedelta(days=1)
    between = [begin + timedelta(days=n) for n in range((day - begin).days)]
    written = set(days.written(book.read, begin.isoformat(), day.isoformat()))
    return tuple(one for one in between if one.isoformat() not in written)


def _waiting(book: Book, day: date) -> list[Record]:
    if SHIFT not in book.forms:
        return []
    going = view.page(book.read, SHIFT, open_only=True, of=view.OWN, limit=1000)
    return [one for one in reversed(going) if one.day <= day.isoformat()]


def _outstanding(book: Book) -> list[Record]:
    """Where providers hold cash that is ours, now (R53)."""
    conn, own = book.read, view.OWN
    return [
        *view.page(conn, "order", where={"cash": PROVIDER}, of=own, limit=1000),
        *view.page(conn, "cash", states=("outstanding",), open_only=True, of=own, limit=1000),
    ]  # fmt: skip
