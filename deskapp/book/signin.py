"""Who sits at the desk: passphrases, sessions and the roles they carry."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import time
from collections.abc import Callable, Iterator

from deskapp.book import anchor, view
from deskapp.book.database import Book
from deskapp.book.disk import told
from deskapp.book.journal import Writer
from deskapp.book.session import Session, session_of, staff_number
from deskapp.errors import Busy, DeskError

SHORTEST = 10
TURN_SECONDS = 20.0
_N, _R, _P = 2**15, 8, 1
_LONGEST_WAIT = 60
Hashed = tuple[bytes, int, int, int, bytes]
"""Salt, scrypt's n, r and p, and the key."""


class WrongPassphrase(DeskError):
    """The passphrase is not that person's; each further failure costs a longer wait."""


def sign_in(book: Book, staff: str, passphrase: str, wall: Callable[[], float] = time.time) -> Session:
    """Sign in by staff number (`3` or `staff-3`) and passphrase.

    Raises WrongPassphrase, DeskError while a wait after failures is running. Failures are kept in the
    book, so that a restart does not reset them.
    """
    number = staff_number(book.read, staff)
    row = book.read.execute("SELECT salt, n, r, p, key FROM credentials WHERE staff = ?", (number,)).fetchone()
    if row is None:
        hint = "a manager sets the first one: deskapp passphrase {staff}"
        raise WrongPassphrase("{staff} has no passphrase yet", hint, staff=number)
    with counted_try(book, number, wall()):
        if not fits(passphrase, row):
            raise WrongPassphrase("wrong passphrase", "is the Chinese input method on? Shift switches to English")
        anchor.keep(book)
    return session_of(book.read, number)


@contextlib.contextmanager
def counted_try(book: Book, number: str, now: float) -> Iterator[None]:
    """A try at somebody's secret: counted before it is made, forgotten once the block ends well.

    Raises DeskError while a wait after failures is running.
    """
    with _turn(book):
        if wait := _try(book, number, now):
            raise DeskError("too many failed tries: wait {seconds} seconds", seconds=max(1, round(wait)))
        yield
        with book.writing("a sign-in") as conn:
            conn.execute("DELETE FROM tries WHERE staff = ?", (number,))


@contextlib.contextmanager
def _turn(book: Book) -> Iterator[None]:
    """One try at a time: of several at once, each would take the others for failures. Saves need not wait for it."""
    from filelock import FileLock, Timeout

    lock = FileLock(book.path.with_name("signin.lock"))
    with told(book.path):
        book.path.stat()  # else a lock would make a folder anew that went away
        try:
            lock.acquire(timeout=TURN_SECONDS, poll_interval=0.02)
        except Timeout as error:
            raise Busy("somebody else is signing in", "try again when it is done") from error
    try:
        yield
    finally:
        lock.release()


def _try(book: Book, number: str, now: float) -> float:
    """Count a try before it is made, so that pulling the plug gives no free guess; how long to wait first."""
    with book.writing("a sign-in") as conn:
        row = conn.execute("SELECT failed, wait_until FROM tries WHERE staff = ?", (number,)).fetchone()
        failed, until = row or (0, 0.0)
        if until - now > _LONGEST_WAIT:  # the PC's clock was set back: wait the longest, once
            until = now + _LONGEST_WAIT
            conn.execute("UPDATE tries SET wait_until = ? WHERE staff = ?", (until, number))
        if until <= now:
            delay = min(2.0 ** min(failed - 1, 9), _LONGEST_WAIT) if failed > 0 else 0
            conn.execute("INSERT OR REPLACE INTO tries VALUES (?, ?, ?)", (number, failed + 1, now + delay))
    return float(max(until - now, 0))


def set_passphrase(book: Book, session: Session, staff: str, passphrase: str) -> None:
    """Set one's own passphrase, or as a manager somebody's; the journal gets the fact alone.

    Raises DeskError for a short one, or who may not.
    """
    check_passphrase(passphrase)
    number = staff_number(book.read, staff)
    secret = hashed(passphrase)
    with book.writing() as conn:
        writer = Writer(book, conn, session)
        if number != session.staff and "manager" not in writer.roles:
            raise DeskError("only a manager sets somebody else's passphrase")
        record = view.record(conn, number)
        form = book.adopted(conn, record.journal, record.form, record.v)
        conn.execute("INSERT OR REPLACE INTO credentials VALUES (?, ?, ?, ?, ?, ?)", (number, *secret))
        conn.execute("DELETE FROM tries WHERE staff = ?", (number,))
        conn.execute("DELETE FROM pins WHERE staff = ?", (number,))  # it was set by whoever knew the old one
        writer.fact(form, "passphrase", record.rec, {}, record.state)


def check_passphrase(passphrase: str) -> None:
    """Refuse a passphrase that is too short, or that an input method turned into something else."""
    if len(passphrase) < SHORTEST:
        raise DeskError("a passphrase has at least {n} characters", "several words, or twelve digits", n=SHORTEST)
    if not passphrase.isascii() or not passphrase.isprintable():
        raise DeskError("a passphrase is typed in English letters and digits", "Shift switches the input method")


def hashed(secret: str) -> Hashed:
    """A secret as it is kept."""
    salt = os.urandom(16)
    return salt, _N, _R, _P, _key(secret, salt, _N, _R, _P)


def fits(typed: str, kept: Hashed) -> bool:
    """Whether what was typed is the secret that is kept."""
    return hmac.compare_digest(_key(typed, *kept[:4]), kept[4])


def _key(passphrase: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(passphrase.encode(errors="surrogatepass"), salt=salt, n=n, r=r, p=p, maxmem=256 * n * r)
