"""Files and disks: flushed copies, and what SQLite or the disk refused, said in words."""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

from deskapp.errors import Busy, Damaged, DeskError


def copy_to(conn: sqlite3.Connection, target: Path) -> None:
    """A consistent copy of the book, flushed and put in place whole, 0600."""
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    part.touch(0o600)
    copy = sqlite3.connect(part)
    try:
        conn.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
    finally:
        copy.close()
    sync(part)
    part.replace(target)
    sync(target.parent)


def sync(path: Path) -> None:
    """Flush a file or a folder to the disk."""
    if path.is_dir() and sys.platform == "win32":
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def told(path: Path) -> Iterator[None]:
    """Say in words what SQLite or the disk refused: the one place where their errors are converted."""
    try:
        yield
    except sqlite3.Error as error:
        raise _sqlite_error(error, path) from error
    except UnicodeDecodeError as error:
        raise _damaged(error) from error  # what SQLite would say repeats words of the file that are words no more
    except BrokenPipeError:
        raise  # whoever read what was printed has left: no matter of the disk
    except OSError as error:
        raise os_error(error, path) from error


def _sqlite_error(error: sqlite3.Error, path: Path) -> DeskError:
    code = (getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF
    match code:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return Busy("the book is in use: {holder}", "try again when it is done", holder="another program")
        case sqlite3.SQLITE_FULL:
            return DeskError("the disk is full: nothing was saved", "free some space and save again")
        case sqlite3.SQLITE_IOERR:
            return DeskError(
                "the disk refused to write or read {path}", "check the disk and its space, and try again", path=path
            )
        case sqlite3.SQLITE_READONLY:
            return DeskError(
                "only reading is possible, nothing was saved: {path}",
                "check the file's and folder's permissions",
                path=path,
            )
        case sqlite3.SQLITE_CANTOPEN:
            return DeskError("can't be opened: {path}", "check that the folder is there and may be written", path=path)
        case _:
            return _damaged(error)


def _damaged(error: Exception) -> Damaged:
    hint = "deskapp check tells more; restore a backup: deskapp restore"
    return Damaged("the book is damaged ({error})", hint, error=error)


def os_error(error: OSError, path: Path) -> DeskError:
    """A disk error in words."""
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT | errno.EFBIG:
            return DeskError("the disk is full: nothing was saved", "free some space and save again")
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return DeskError(
                "only reading is possible, nothing was saved: {path}",
                "check the file's and folder's permissions",
                path=path,
            )
        case errno.ENOENT:
            return DeskError("can't be opened: {path}", "check that the folder is there and may be written", path=path)
        case _:
            return DeskError(
                "the disk refused to write or read {path}", "check the disk and its space, and try again", path=path
            )
