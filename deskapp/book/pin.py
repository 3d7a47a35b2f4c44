"""PINs: six digits that unlock a session which is signed in already. Nobody signs in with one."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise

from deskapp.book import view
from deskapp.book.database import Book
from deskapp.book.journal import Writer
from deskapp.book.session import Session, session_of
from deskapp.book.signin import WrongPassphrase, counted_try, fits, hashed
from deskapp.errors import DeskError

DIGITS = 6
MOST_WRONG = 5
"""Wrong tries after which the passphrase alone unlocks: it has to be typed before the PIN is good again."""


def is_pin(typed: str) -> bool:
    """Whether this has the shape of a PIN; no passphrase has."""
    return len(typed) == DIGITS and typed.isascii() and typed.isdigit()


def set_pin(book: Book, session: Session, pin: str) -> None:
    """Set one's own PIN, right after signing in with the passphrase; the journal gets the fact alone.

    Raises DeskError for one that is easily guessed.
    """
    check_pin(pin)
    secret = hashed(pin)
    with book.writing() as conn:
        writer = Writer(book, conn, session)
        record = view.record(conn, session.staff)
        form = book.adopted(conn, record.journal, record.form, record.v)
        conn.execute("INSERT OR REPLACE INTO pins VALUES (?, ?, ?, ?, ?, ?)", (session.staff, *secret))
        writer.fact(form, "pin", record.rec, {}, record.state)


def unlock(book: Book, session: Session, pin: str, wall: Callable[[], float] = time.time) -> Session:
    """The session of somebody who is signed in, as the records have it now.

    Raises WrongPassphrase, DeskError while a wait after failures is running or for one who left.
    """
    row = book.read.execute("SELECT salt, n, r, p, key FROM pins WHERE staff = ?", (session.staff,)).fetchone()
    if row is None:
        raise WrongPassphrase("{name} has no PIN", "the passphrase unlocks; 85 sets a PIN", name=session.name)
    tries = book.read.execute("SELECT failed FROM tries WHERE staff = ?", (session.staff,)).fetchone()
    if tries and tries[0] >= MOST_WRONG:
        raise WrongPassphrase("the PIN is off after {n} wrong tries", "type the passphrase", n=MOST_WRONG)
    with counted_try(book, session.staff, wall()):
        if not fits(pin, row):
            raise WrongPassphrase("wrong PIN", "six digits; the passphrase unlocks too")
    return session_of(book.read, session.staff)


def check_pin(pin: str) -> None:
    """Refuse a PIN that is not of six digits, or that somebody tries first."""
    if not is_pin(pin):
        raise DeskError("a PIN has {n} digits", "Shift switches the input method", n=DIGITS)
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    if len(steps) == 1 or len(set(pin)) < 3 or pin[:3] in (pin[3:], pin[:2:-1]):
        raise DeskError("this PIN is easily guessed", "no row, no repetition: not 123456, 121212, 123123 or 123321")
