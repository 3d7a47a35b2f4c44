"""The computer's clock against the book: a jump is seen by the last entry's time, asked about and written down.

The order of entries is their seq, whatever the clock says; but limits, days and numbers go by it. A flat battery on the
board makes it 2019, a wrong setting next year (P14).
"""

from __future__ import annotations

import json
import sqlite3
import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from deskapp.errors import DeskError

if TYPE_CHECKING:
    from deskapp.book.database import Book
    from deskapp.book.journal import Writer
    from deskapp.book.session import Session

BACK = timedelta(minutes=5)
AHEAD = timedelta(hours=24)
"""How far the clock may be before or after the last entry without being asked about."""
_LONGEST = timedelta(days=366)


class Jump(NamedTuple):
    """The clock is not where it can have been left."""

    last: datetime
    now: datetime

    @property
    def back(self) -> bool:
        """Whether it says a time before the last entry."""
        return self.now < self.last


def jump(conn: sqlite3.Connection, journal: int, now: datetime) -> Jump | None:
    """How the clock differs from the journal's last entry, where it can't be right or may not be."""
    row = conn.execute("SELECT head FROM journal WHERE journal = ? ORDER BY seq DESC LIMIT 1", (journal,)).fetchone()
    if row is None:
        return None
    last = datetime.fromisoformat(json.loads(row[0])["at"])
    return None if last - BACK <= now <= last + AHEAD else Jump(last, now)


def refuse_back(book: Book) -> Jump | None:
    """Refuse to write under a clock that went back; one that went far ahead is returned. Raises DeskError."""
    found = jump(book.read, book.journal, book.now())
    if found and found.back:
        raise DeskError("the computer says it is {now}, but the last entry is of {last}",
                        "set the computer's clock, or say at the desk what time it is: deskapp",
                        now=_short(found.now), last=_short(found.last))  # fmt: skip
    return found


def ahead(found: Jump) -> DeskError:
    """What is said of a clock that is more than a day ahead of the last entry."""
    return DeskError("the computer says it is {now}; the last entry is of {last}", "is the computer's clock right?",
                     now=_short(found.now), last=_short(found.last))  # fmt: skip


def note(writer: Writer) -> None:
    """Write down that the clock went back, before the first entry after it, whoever was asked or not."""
    found = jump(writer.conn, writer.book.journal, writer.now)
    if found and found.back:
        _append(writer, found, found.now, None)


def settle(book: Book, session: Session, told: datetime | None) -> None:
    """Write down a jump that somebody was asked about, and go by the time he told until the program ends.

    Without a time it is the computer's that counts. Raises DeskError for a time that can't be.
    """
    computer = book.now()
    with book.writing() as conn:
        from deskapp.book.journal import Writer

        found = jump(conn, book.journal, computer)
        if found is None:
            return
        if told is not None and not found.last - BACK <= told <= found.last + _LONGEST:
            raise DeskError("{told} can't be: the last entry is of {last}", told=_short(told), last=_short(found.last))
        writer = Writer(book, conn, session)
        writer.at(told or computer)
        _append(writer, found, computer, told)
    if told is not None:
        begun, given = _running(), told  # what the computer's clock does from now on no longer matters
        book.now = lambda: given + timedelta(seconds=_running() - begun)


def _append(writer: Writer, found: Jump, computer: datetime, told: datetime | None) -> None:
    from deskapp.forms.values import stamp

    data = {"last": stamp(found.last), "computer": stamp(computer)} | ({"told": stamp(told)} if told else {})
    writer.say("time", data)


def _running() -> float:
    """Seconds that the computer has been running, also those it slept."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)


def _short(moment: datetime) -> str:
    from deskapp.forms.values import stamp  # the first picture, which asks for a jump, does without the forms

    return stamp(moment)[:16].replace("T", " ")
