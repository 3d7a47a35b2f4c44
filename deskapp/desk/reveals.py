"""Numbers in clear: what is hidden in a record, the entry that goes before it is shown, and who saw what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from deskapp.book import reveals as book_reveals
from deskapp.book import view
from deskapp.book.database import Book
from deskapp.book.entry import Entry
from deskapp.book.journal import Request
from deskapp.book.session import Session, session_of
from deskapp.book.view import Record
from deskapp.desk import display
from deskapp.forms.form import Form
from deskapp.i18n import pick

HIDDEN = frozenset({"phone", "id-tail"})
"""Field types that are shown masked until somebody gives a reason."""
DAYS = 31
"""How far back a report goes that names no day."""


def hidden(form: Form, record: Record) -> list[str]:
    """The fields of a record that are shown masked, by name."""
    return [name for name, field in form.fields.items() if field.type in HIDDEN and name in record.fields]


def requests(book: Book, numbers: Sequence[str], reason: str) -> list[Request]:
    """What to write before the numbers of these records are shown: an entry each, naming fields and never values.

    One reason serves a whole run of notices (design). Records without a hidden number need none.
    """
    found = []
    for number in numbers:
        record = view.record(book.read, number)
        if names := hidden(display.form_of(book, record), record):
            answers = {"revealed": " ".join(names), "reason": reason}
            found.append(Request("reveal", answers, record.form, record.number))
    return found


@dataclass(frozen=True, slots=True)
class Reveal:
    """Somebody saw a number."""

    at: datetime
    day: str
    staff: str
    name: str
    number: str
    form: str
    fields: str
    """What was shown, as the form calls it."""
    reason: str


def report(book: Book, session: Session, since: date, until: date | None = None) -> list[Reveal]:
    """One's own reveals of these business days, newest first; a manager's report is everybody's."""
    everybody = "manager" in session_of(book.read, session.staff).roles
    last = until.isoformat() if until else "9999"
    found = book_reveals.reveals(book.read, since.isoformat())
    return [_told(book, one) for one in found if one.day <= last and (everybody or one.by == session.staff)]


def _told(book: Book, entry: Entry) -> Reveal:
    record = view.record_at(book.read, entry.journal, entry.rec)
    form = book.adopted(book.read, entry.journal, entry.form, entry.v)
    names = [name for name in str(entry.data.get("revealed", "")).split() if name in form.fields]
    return Reveal(
        datetime.fromisoformat(entry.at), entry.day, entry.by, display.person(book, entry.by),
        record.number if record else "", entry.form, " ".join(pick(form.fields[name].label) for name in names),
        str(entry.data.get("reason") or ""),
    )  # fmt: skip
