"""The office: a home folder's settings and book, opened or founded."""

from __future__ import annotations

import csv
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path

from deskapp import config as settings
from deskapp import paths
from deskapp.book import journal
from deskapp.book.database import Book, beijing_now
from deskapp.book.desks import GUIDED, HQ
from deskapp.book.journal import Request, Writer
from deskapp.book.session import Session
from deskapp.book.signin import check_passphrase, set_passphrase
from deskapp.config import Config
from deskapp.desk.calendar import Calendar
from deskapp.errors import DeskError, UsageError
from deskapp.forms.clocks import Hours, Rules
from deskapp.forms.form import ROLES
from deskapp.forms.load import Forms, load
from deskapp.resources import data_path

FOUNDER = "1"
_DESK = re.compile(r"[a-z0-9][a-z0-9_.-]{0,39}\Z")


@dataclass(slots=True)
class Office:
    """An open office."""

    home: Path
    config: Config
    book: Book
    complaints: list[DeskError]
    """What was wrong with its settings and calendars, or is not known, and still let the office open."""


def open_office(home: Path, now: Callable[[], datetime] = beijing_now) -> Office:
    """Open the office of a home folder; raises DeskError where there is none."""
    config, complaints = settings.load(paths.config(home))
    calendar = Calendar(paths.calendar(home))
    complaints += [*calendar.complaints, *calendar.unknown(now().date())]
    return Office(home, config, Book(paths.book(home), forms_of(home), rules_of(config, calendar), now), complaints)


def found(
    home: Path, office: str, desk: str, manager: str, passphrase: str, now: Callable[[], datetime] = beijing_now
) -> Office:
    """Found an office: settings, book, its first manager (who holds every role), the standard records.

    Raises DeskError for a bad passphrase or where there is an office already; nothing is made then.
    """
    check_passphrase(passphrase)
    if not _DESK.match(desk):
        # It becomes part of file names, here and at head office.
        raise UsageError("a desk's name is of small letters, digits, - and _", "as desk-017")
    paths.ensure(home)
    config = Config(office=office, desk=desk)
    everything = frozenset(ROLES)
    founder = Session(f"staff-{FOUNDER}", manager, everything)

    journal_name = secrets.token_hex(4)

    def begin(book: Book) -> None:
        with book.writing("founding") as conn:
            writer = Writer(book, conn, founder)
            writer.say("open", {"office": office, "desk": desk, "journal": journal_name, "app": "deskapp"})
            roles: dict[str, object] = dict.fromkeys(ROLES, True)
            writer.add(Request("register", {"code": FOUNDER, "name": manager, **roles}, "staff"))
        set_passphrase(book, founder, FOUNDER, passphrase)
        for name, rows in standard_records(book.forms, hq=desk == HQ):
            journal.load(book, founder, name, rows)

    if paths.book(home).exists():
        raise DeskError("there is already an office in {path}", "open it: deskapp", path=home)
    settings.save(paths.config(home), config)
    forms, rules = forms_of(home), rules_of(config, Calendar(paths.calendar(home)))
    try:
        book = Book.create(paths.book(home), forms, rules, begin, now, desk=desk, journal=journal_name)
    except BaseException:
        paths.config(home).unlink(missing_ok=True)
        raise
    return Office(home, config, book, [])


def forms_of(home: Path) -> Forms:
    """The forms that came with the program, and those in the home's own folder."""
    return load([data_path("forms"), paths.forms(home)])


def standard_records(forms: Forms, *, hq: bool = False) -> list[tuple[str, list[dict[str, str]]]]:
    """The records that every new office starts with: the CSV beside a form.

    Head office starts without prices: its board stands in place of each desk's, once it says one.
    """
    found = []
    for name, form in forms.items():
        path = data_path("forms", f"{name}.csv")
        if not path.exists() or (hq and name in GUIDED):
            continue
        left_out = {one.name for one in form.fields.values() if hq and GUIDED & set(one.of)}
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file)
            found.append((name, [{key: said for key, said in row.items() if key not in left_out} for row in rows]))
    # A record that others refer to comes before them: prices before the items that name one.
    return sorted(found, key=lambda pair: bool(_refers(forms, pair[0], {name for name, _ in found})))


def _refers(forms: Forms, name: str, others: set[str]) -> set[str]:
    return {of for field in forms[name].fields.values() for of in field.of if of in others and of != name}


def rules_of(config: Config, calendar: Calendar | None = None) -> Rules:
    """The settings that entries are decided by; without a calendar of the office's own, by the shipped one."""
    hours = Hours(time.fromisoformat(config.opens), time.fromisoformat(config.closes))
    hours = (calendar or Calendar()).hours(hours)
    return Rules(time.fromisoformat(config.day_starts), dict(config.limits), hours, config.kind)
