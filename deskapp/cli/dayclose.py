"""Commands of the day's end: close a business day, its log, the figures that people look at."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from deskapp.cli import opening, output
from deskapp.errors import DeskError, UsageError
from deskapp.i18n import _

if TYPE_CHECKING:
    from pathlib import Path

    from deskapp.book.database import Book
    from deskapp.book.session import Session
    from deskapp.cli.general import Given
    from deskapp.desk.closing import Closing
    from deskapp.desk.office import Office
    from deskapp.exchange.dayclose import Outcome


def close_day(
    given: Given, day: str | None, to: str | None, *, difference: str, reviewed: str, remark: str, dry: bool
) -> None:
    """Close a business day: what was looked at goes to stderr, number and files to stdout."""
    from pathlib import Path

    from deskapp.desk import closing as closings
    from deskapp.exchange import dayclose
    from deskapp.forms.values import WrongAnswer
    from deskapp.reports import checklist

    with opening.office(given) as office:
        book = office.book
        which = _day(book, day) if day is not None else closings.first(book)
        with output.progress(_("entry")) as progress:
            found = closings.look(book, which, progress)
        _tell(office, found)
        left = [one for one in closings.unclosed(book) if one != which]
        if left:
            output.say(_("not closed: {days}").format(days=checklist.few(left)))
        if (blocked := found.blocked) is not None:
            raise blocked
        if dry:
            return
        if difference not in ("", closings.KNOWN, closings.QUESTION):
            raise UsageError("--difference is known or question")
        session = opening.signed_in(given, book)
        try:
            outcome = dayclose.close(office, session, found, difference=difference, reviewed=opening.text(reviewed),
                                     remark=opening.text(remark))  # fmt: skip
        except WrongAnswer as error:
            raise UsageError(error.message, error.hint, **error.values) from error
        print(found.number)
        _printed(outcome)
        if to is not None and outcome.trouble is None:
            _send(office, session, outcome, Path(opening.text(to)).absolute())
        if outcome.trouble is not None:
            output.say(_("The day is closed; this failed, and can be done again:"))
            raise outcome.trouble


def _printed(outcome: Outcome) -> None:
    from deskapp.exchange.dayclose import print_words

    if outcome.printed is not None:
        for file in outcome.printed.files:
            print(file)
        output.say(_("{number} is closed: {copy}").format(
            number=outcome.record.number, copy=print_words(outcome.printed.copy)
        ))  # fmt: skip


def _send(office: Office, session: Session, outcome: Outcome, folder: Path) -> None:
    """The bundle onto the stick, the key's passphrase asked for where it is locked."""
    from deskapp.exchange import dayclose, stick

    dayclose.send(office, session, outcome, folder)
    if isinstance(outcome.trouble, stick.Locked):
        outcome.trouble = None
        dayclose.send(office, session, outcome, folder, opening.key_passphrase())
    for one in outcome.sent or ():
        print(one.path)
    if outcome.sending:
        output.say(_("export no. {n} of this day").format(n=outcome.sending))


def _tell(office: Office, found: Closing) -> None:
    from deskapp.reports import checklist, daily

    output.say(_("business day {span}  {number}").format(span=daily.span(found.day), number=found.number))
    for line in checklist.lines(office.book, office.home, found):
        output.say(f"{line.sign} {line.name}: {line.result}  {line.detail}".rstrip())
    for words in checklist.summary(found):
        output.say(words)


def daily_log(given: Given, day: str | None, html: str | None, xlsx: str | None, desk: str | None) -> None:
    """The log of a business day, on stdout or as files; a closed day's print is written down."""
    from deskapp.book.desks import desks
    from deskapp.desk import closing as closings
    from deskapp.exchange import dayclose
    from deskapp.reports import plain

    with opening.office(given) as office:
        book = office.book
        which = _day(book, day) if day is not None else closings.first(book)
        known = desks(book.read)
        other = opening.text(desk) if desk is not None and desk != known.own else ""
        if other and other not in known.of.values():
            raise DeskError("no journal of {desk} is here", "`deskapp desks` lists them", desk=other[:40])
        record = closings.closed(book, which) if not other else None
        targets = [_target(file, end) for file, end in ((html, ".html"), (xlsx, ".xlsx"))]
        if not any(targets):
            for line in plain.lines(dayclose.report(office, which, record=record, desk=other)):
                print(line)
        elif record is not None:
            printed = dayclose.papers(office, opening.signed_in(given, book), record, *targets)
            output.say(dayclose.print_words(printed.copy))
        else:
            dayclose.write(dayclose.report(office, which, desk=other), *targets)


def _target(file: str | None, end: str) -> Path | None:
    """A file to be written, which must not be there yet."""
    from pathlib import Path

    if file is None:
        return None
    path = Path(opening.text(file)).absolute()
    if path.suffix != end:
        raise UsageError("the file's name must end in {end}", end=end)
    if path.exists():
        raise DeskError(
            "there is already a file {path}: nothing was written", "name another one, or a folder", path=path
        )
    return path


def stats(given: Given, day: str | None, *, json: bool) -> None:
    """The figures of the last fourteen business days."""
    import shutil

    from deskapp.desk.statistics import statistics
    from deskapp.reports import plots

    with opening.office(given) as office:
        book = office.book
        until = _day(book, day) if day is not None else book.rules.business_day(book.now())
        figures = statistics(book, until)
        if json:
            for one in figures.days:
                arrived, visited = figures.arrived.get(one), figures.visited.get(one)
                output.emit({
                    "day": one.isoformat(), "arrived": arrived.part if arrived else 0,
                    "arrivals": arrived.whole if arrived else 0, "visited": visited.part if visited else 0,
                    "orders": visited.whole if visited else 0,
                })  # fmt: skip
            return
        width = shutil.get_terminal_size().columns
        for line in plots.lines(figures, min(max(width, 40), 100)):
            print(line.removeprefix("-- ").rstrip())


def _day(book: Book, text: str) -> date:
    """A business day as it is typed: 1121, 22, 0 today, -1 yesterday."""
    from deskapp.forms.values import read_day

    found = read_day(opening.text(text), book.rules.business_day(book.now()), "past")
    if found is None:
        raise UsageError("--day takes a business day, as 1121, 2026-11-21, 0 today, -1 yesterday")
    return found
