"""Backups: a verified copy of the book, and a book restored from one."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from deskapp.book import anchor, journal, outgoing
from deskapp.book.check import Report, check
from deskapp.book.database import Book
from deskapp.book.disk import copy_to, sync, told
from deskapp.book.journal import Writer
from deskapp.book.session import Session
from deskapp.book.signin import sign_in
from deskapp.errors import DeskError
from deskapp.forms.clocks import Rules
from deskapp.forms.load import Forms

_STALE_SECONDS = 3600


def backup(
    book: Book, folder: Path, progress: Callable[[int], None] | None = None, *, drafts: bool = True
) -> tuple[Path, Report]:
    """Copy the book into a folder and verify the copy; only a copy that verified is called a backup.

    Without `drafts` what was not saved yet stays at the desk. Raises DeskError for a folder that can't be written,
    Damaged where the copy does not verify.
    """
    with told(folder):
        if not folder.is_dir():
            raise DeskError("not a folder: {path}", "name one that is there, on another disk", path=folder)
        desk = outgoing.party(book)
        seq, _ = journal.last_head(book)
        target = folder / f"{desk}-{book.now():%Y%m%d-%H%M%S}-{seq:010}.deskapp.db"
        _sweep_old(folder, desk)
        part = target.with_name(target.name + ".unverified")
        copy_to(book.read, part)
        if not drafts:
            _strip(part)
        copy = Book(part, book.forms, book.rules, book.now)
        try:
            report = check(copy, progress=progress)
        finally:
            copy.close()
        _sweep(part)
        if report.problems:
            part.unlink()
            raise report.problems[0]
        part.chmod(0o600)
        part.replace(target)
        sync(folder)
    anchor.keep(book)
    return target, report


def restore(
    file: Path, target: Path, forms: Forms, rules: Rules, *, staff: str, passphrase: str, reason: str,
    now: Callable[[], datetime],
) -> tuple[Report, Path | None]:  # fmt: skip
    """Put a backup in the book's place, going on as a new journal; the old book is kept beside it.

    The backup is verified and a manager signs in to it first: until then nothing is touched. Raises
    Damaged, WrongPassphrase, DeskError.
    """
    part = target.with_name(target.name + ".restore")
    with told(file):
        if not file.is_file():
            raise DeskError("there is no backup at {path}", "name the file that backup made", path=file)
        source = Book(file, forms, rules, now)
        try:
            part.unlink(missing_ok=True)
            copy_to(source.read, part)
        finally:
            source.close()
        book = Book(part, forms, rules, now)
        try:
            report = check(book)
            if report.problems:
                raise report.problems[0]
            session = sign_in(book, staff, passphrase)
            if "manager" not in session.roles:
                raise DeskError("only a manager restores a book")
            go_on(book, session, reason, _branches(target))
            fresh = anchor.head(book)
            with book.locked("a restore"):
                book.close()
                _sweep(part)
                kept = _put_aside(target, f"replaced-{now():%Y%m%d-%H%M%S}")
                sync(part)
                # Until the book is replaced the heads before are right, from then on this one.
                anchor.write(target, [*anchor.heads(target), fresh])
                part.replace(target)
                sync(target.parent)
                with contextlib.suppress(OSError):
                    anchor.write(target, [fresh])
        except BaseException:
            book.close()
            part.unlink(missing_ok=True)
            _sweep(part)
            raise
    return report, kept


def go_on_here(book: Book, session: Session, reason: str) -> Report:
    """Go on as a new journal in the book as it stands: an older copy took its place, and no newer one is to be had.

    Raises Damaged where it does not verify, DeskError where it is not a manager.
    """
    lost = str(anchor.missing(book))
    report = check(book)
    if problems := [one for one in report.problems if str(one) != lost]:
        raise problems[0]
    if "manager" not in session.roles:
        raise DeskError("only a manager restores a book")
    go_on(book, session, reason)
    with book.locked("a restore"), told(book.path):
        anchor.write(book.path, [anchor.head(book)])
    return report


def go_on(book: Book, session: Session, reason: str, taken: Iterable[str] = ()) -> None:
    """Go on as a new journal over the last entry: what was written elsewhere since the copy stays distinguishable.

    `taken` are the branch letters that this desk has used besides those the book knows of.
    """
    with book.writing("a restore") as conn:
        seq, hash_ = conn.execute(
            "SELECT seq, hash FROM journal WHERE journal = ? ORDER BY seq DESC LIMIT 1", (book.journal,)
        ).fetchone()
        name, desk = conn.execute("SELECT journal, desk FROM journals WHERE id = ?", (book.journal,)).fetchone()
        letters = [*taken, *(row[0] for row in conn.execute("SELECT branch FROM journals WHERE desk = ?", (desk,)))]
        branch = chr(max(ord(letter or "A") for letter in letters) + 1)
        if branch > "Z":
            raise DeskError("this book was restored too often", "ask head office for a new desk number")
        made = secrets.token_hex(4)
        fresh = conn.execute(
            "INSERT INTO journals (journal, desk, branch, first, continues) VALUES (?, ?, ?, ?, ?)",
            (made, desk, branch, seq + 1, book.journal),
        ).lastrowid
        conn.execute("UPDATE own SET journal = ?", (fresh,))
        book.journal, book.branch = int(fresh or 0), branch
        writer = Writer(book, conn, session)
        writer.say("open", {
            "desk": desk, "journal": made, "branch": branch, "app": "deskapp", "continues": name, "from_seq": seq,
            "from_hash": hash_, "because": reason,
        })  # fmt: skip


def _branches(target: Path) -> list[str]:
    """The branch letters of the book that is replaced, as far as it can be read: its numbers are out on paper."""
    with contextlib.suppress(sqlite3.Error):
        conn = sqlite3.connect(f"file:{quote(str(target))}?mode=ro", uri=True)
        try:
            return [str(row[0]) for row in conn.execute("SELECT branch FROM journals") if len(str(row[0])) == 1]
        finally:
            conn.close()
    return []


def _strip(part: Path) -> None:
    """Take the drafts out of a copy; no page keeps a word of them."""
    conn = sqlite3.connect(part)
    try:
        conn.execute("PRAGMA secure_delete = ON")
        with conn:
            conn.execute("DELETE FROM drafts")
    finally:
        conn.close()


def _sweep_old(folder: Path, desk: str) -> None:
    """Remove what backups left that were cut off: whole or half books that nobody would take for one."""
    for left in folder.glob(f"{desk}-*.unverified*"):
        if time.time() - left.stat().st_mtime > _STALE_SECONDS:
            left.unlink(missing_ok=True)


def _put_aside(target: Path, suffix: str) -> Path | None:
    """Keep the book that is replaced, whole with its log; whatever state it is in."""
    if not target.exists():
        return None
    with contextlib.suppress(sqlite3.Error):
        conn = sqlite3.connect(target)
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        conn.close()
    kept = target.with_name(f"{target.name}.{suffix}")
    while kept.exists():  # the clock was set back: what was kept before stays
        kept = kept.with_name(f"{kept.name}+")
    try:
        # A second name, so that there is a book at every moment; the new one then takes the first name over.
        os.link(target, kept)
    except OSError:  # some disks know no second names
        shutil.copyfile(target, kept)
        kept.chmod(0o600)
        sync(kept)
    log = target.with_name(target.name + "-wal")
    if log.exists():
        log.replace(kept.with_name(log.name.replace(target.name, kept.name, 1)))
    target.with_name(target.name + "-shm").unlink(missing_ok=True)
    return kept


def _sweep(path: Path) -> None:
    for end in ("-wal", "-shm", anchor.END):
        path.with_name(path.name + end).unlink(missing_ok=True)
