"""Personal data that need not be kept any longer: what may go, and making it go; two people answer for it.

Only the private lines of records that ended, longer ago than the setting `retention`; the facts of the business stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from deskapp.book import erasure, lineage, view, wallclock
from deskapp.book.database import Book
from deskapp.book.journal import Writer
from deskapp.book.session import Session
from deskapp.book.view import Record
from deskapp.desk.display import form_of
from deskapp.errors import DeskError
from deskapp.forms.values import CHINA

_LOT = 10_000
"""How many seqs an entry names: its line stays far below what a bundle takes."""
_ALL = 1_000_000


@dataclass(frozen=True, slots=True)
class Due:
    """A record whose private lines may go, and the seqs of its entries that have one."""

    record: Record
    seqs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What would go, and what stays for now: it is not finished, or was only lately."""

    going: tuple[Due, ...]
    staying: tuple[Record, ...]

    @property
    def seqs(self) -> list[int]:
        """All entries whose private lines would go."""
        return sorted(seq for one in self.going for seq in one.seqs)


def plan(book: Book, retention: str, records: Sequence[Record]) -> Plan:
    """What of these records may go; with a room or a person, what names it too.

    Raises DeskError where one that was named itself is another desk's or may not go yet.
    """
    own = frozenset(lineage.ancestors(book.read, book.journal))
    oldest = _before(book.now().astimezone(CHINA).date(), retention)
    going: dict[int, Due] = {}
    staying: dict[int, Record] = {}
    for one in records:
        if one.journal not in own:
            raise DeskError("{number} belongs to another desk", "what it erases goes here too, when its bundle comes",
                            number=one.number)  # fmt: skip
        named = _named(book, one)
        for other in (one, *named):
            seqs = erasure.private(book.read, other) if other.journal in own else []
            why = _stays(other, oldest)
            if not seqs:
                continue
            if why is None:
                going[other.id] = Due(other, tuple(seqs))
            elif other is one and not named:
                raise why
            else:
                staying[other.id] = other
    return Plan(tuple(going.values()), tuple(staying.values()))


def erase(book: Book, session: Session, second: Session, due: Plan) -> None:
    """Write down who erases what, and drop the private lines, all or none; `clean` then makes the file anew.

    Raises DeskError where it is not a manager and somebody else, or a record has gone on since the plan.
    """
    if second.staff == session.staff:
        raise DeskError("two people answer for it: the second one must be another", "name a colleague: --with STAFF")
    with book.writing("an erasure") as conn:
        writer = Writer(book, conn, session)
        if "manager" not in writer.roles:
            raise DeskError("only a manager erases personal data")
        wallclock.note(writer)
        for one in due.going:
            now = view.record_at(conn, one.record.journal, one.record.rec)
            if now is None or now.seq != one.record.seq:
                raise DeskError("{number} has gone on since: nothing was erased", "look again, then try again",
                                number=one.record.number)  # fmt: skip
        seqs = due.seqs
        erasure.drop_drafts(conn, book.journal, seqs)
        for at in range(0, len(seqs), _LOT):
            named = " ".join(map(str, seqs[at : at + _LOT]))
            writer.say("erase", {"seqs": named, "approved": second.staff})


def copies(home: Path) -> list[Path]:
    """Older copies of the book beside it, which still hold what was erased: nothing but a hand takes them away."""
    beside = (path for path in home.glob("book.db.*") if path.name != "book.db.head")
    return sorted([*beside, *home.glob("*.deskapp.db"), *home.glob("backups/*")])


def _before(today: date, retention: str) -> date:
    """The day before which a record must have ended."""
    years = int(retention.split(maxsplit=1)[0])
    day = 28 if (today.month, today.day) == (2, 29) else today.day
    return date(today.year - years, today.month, day)


def _stays(one: Record, oldest: date) -> DeskError | None:
    if not one.ended:
        return DeskError("{number} is not finished: what it says is still needed", "finish it first",
                         number=one.number)  # fmt: skip
    if (ended := datetime.fromisoformat(one.at).date()) >= oldest:
        return DeskError("{number} ended on {day}: it is still kept", "the setting retention says for how long",
                         number=one.number, day=ended.isoformat())  # fmt: skip
    return None


def _named(book: Book, one: Record) -> list[Record]:
    """The records that name a room or a person."""
    form = form_of(book, one)
    if form.name != "room" and (form.naming is None or not form.fields[form.naming].personal):
        return []
    found = {other.id: other for _, other in view.linked(book.read, one.number, limit=_ALL)}
    return list(found.values())
