"""A day closed in one act: its record in ink, the page and the spreadsheet in the folder, the bundle on the stick.

Each part is whole or not there, and can be done again: what is done a second time says so, on paper and in ink.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from deskapp import paths
from deskapp.book.database import Book
from deskapp.book.desks import HQ
from deskapp.book.session import Session
from deskapp.book.view import Record
from deskapp.desk import closing as closings
from deskapp.desk import display, statistics
from deskapp.desk.closing import Closing
from deskapp.desk.day import Day, gather
from deskapp.desk.office import Office
from deskapp.errors import DeskError
from deskapp.exchange import stick
from deskapp.exchange.exporting import Exported
from deskapp.exchange.landing import landing
from deskapp.i18n import _, pick
from deskapp.reports import daily, page, sheet, tables
from deskapp.reports.tables import Report


def _nothing(_: object) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A log that was written into the folder."""

    files: tuple[Path, ...]
    copy: int


@dataclass(slots=True)
class Outcome:
    """What became of a day's end, part by part."""

    record: Record
    printed: Printed | None = None
    sent: list[Exported] | None = None
    sending: int = 0
    """The how-manieth export it was."""
    trouble: DeskError | None = None
    """Why a part after the closing failed: the day is closed all the same, and the part can be done again."""


def close(
    office: Office, session: Session, closing: Closing, *, difference: str = "", reviewed: str = "", remark: str = ""
) -> Outcome:
    """Close the day and write its papers; raises DeskError where it is not closed."""
    record, _entries = closings.close(
        office.book, session, closing, verdict=difference, reviewed=reviewed, remark=remark
    )
    outcome = Outcome(record)
    try:
        outcome.printed = papers(office, session, record)
    except DeskError as error:
        outcome.trouble = error
    return outcome


def send(
    office: Office, session: Session, outcome: Outcome, folder: Path | None, passphrase: str = "",
    stage: Callable[[str], None] = _nothing,
) -> None:  # fmt: skip
    """Put the bundle on the stick, or on the first one that is plugged in, and write down that it went.

    What fails is kept in the outcome.
    """
    try:
        to = folder or next((one.folder for one in stick.sticks()), None)
        if to is None:
            raise DeskError("no stick found", "plug it in and export again, or name its folder")
        outcome.sent = stick.send(office.book, office.home, to, passphrase, _nothing, stage)
        for one in outcome.sent:
            if one.to == HQ:
                outcome.sending = closings.note(
                    office.book, session, outcome.record, "export", bundle=one.path.name[-120:],
                    from_entry=max(one.from_seq, 0), to_entry=max(one.to_seq, 0),
                )  # fmt: skip
    except DeskError as error:
        outcome.trouble = error


def papers(office: Office, session: Session, record: Record, html: Path | None = None,
           xlsx: Path | None = None) -> Printed:  # fmt: skip
    """Write a closed day's page and spreadsheet: into the folder, or where they are wanted; raises DeskError.

    It is in ink before a byte is written: a print that was cut off counts, so that no two say they are the first.
    """
    folder = paths.prints(office.home)
    if html is None and xlsx is None:
        paths.ensure(folder)
        html, xlsx = folder / f"{record.number}.html", folder / f"{record.number}.xlsx"
    copy = closings.note(office.book, session, record, "print")
    made = report(office, date.fromisoformat(str(record.fields["day"])), record=record, copy=copy)
    return Printed(write(made, html, xlsx), copy)


def write(made: Report, html: Path | None, xlsx: Path | None) -> tuple[Path, ...]:
    """Write a report as page, as spreadsheet or both, each whole or not at all; raises DeskError."""
    for path, body in ((html, page.page(made).encode() if html else b""), (xlsx, sheet.sheet(made) if xlsx else b"")):
        if path is not None:
            with landing(path) as out:
                out.write(body)
    return tuple(path for path in (html, xlsx) if path is not None)


def report(office: Office, day: date, *, record: Record | None = None, copy: int = 0, desk: str = "") -> Report:
    """The log of a business day: of a closed one with its number, of any other as a draft."""
    book = office.book
    gathered = gather(book, day, desk)
    figures = None if desk else statistics.statistics(book, day)
    if desk:
        theirs = closings.closed(book, day, desk)
        return daily.report(
            book, gathered, office.config.office, theirs.number if theirs else f"{desk}/{day:%Y%m%d}",
            _("from the journal of {desk}").format(desk=desk), facts=(_agrees(theirs, gathered),),
        )  # fmt: skip
    if record is None:
        words = _("draft: the day is not closed")
        return daily.report(book, gathered, office.config.office, f"{day:%Y%m%d}", words, statistics=figures)
    said = record.fields
    people = [display.person(book, str(said[name])) if name in said else "" for name in ("prepared", "reviewed")]
    return daily.report(
        book, gathered, office.config.office, record.number, print_words(copy), facts=_facts(book, record),
        prepared=people[0], reviewed=people[1], statistics=figures,
    )  # fmt: skip


def print_words(copy: int) -> str:
    """Which print it is: a second one says so (ux 2.1)."""
    return _("print no. {n}").format(n=copy) if copy < 2 else _("REPRINT, print no. {n}").format(n=copy)


def _agrees(record: Record | None, day: Day) -> tuple[str, str]:
    """Whether another desk closed the day over the very entries that are here."""
    if record is None:
        return _("closed"), _("that desk has not closed this day")
    stood = record.fields.get("head"), record.fields.get("head_hash")
    words = (
        _("over the entries that are here") if stood == day.head else _("OVER OTHER ENTRIES than those that are here")
    )
    return _("closed"), f"{record.number}  {words}"


def _facts(book: Book, record: Record) -> tuple[tuple[str, str], ...]:
    said = record.fields
    form = display.form_of(book, record)
    found = [(_("closed"), f"{record.opened:%m-%d %H:%M}  {display.person(book, record.by)}")]
    if said.get("days_late"):
        found.append((_("closed late"), _("{n} days").format(n=said["days_late"])))
    names = ("difference", "remark")
    found += [(pick(form.fields[name].label), tables.said(book, form.fields[name], said[name]))
              for name in names if name in said]  # fmt: skip
    return tuple(found)
