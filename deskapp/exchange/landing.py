"""A file that arrives whole on a stick, or not at all; what the stick refuses is said in words.

Written as `.part`, flushed, read back, renamed, the folder flushed: what has its name can be taken away.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

from deskapp.book.disk import sync
from deskapp.errors import DeskError

PART = ".part"
WRITING, READING_BACK, SETTLING = "writing", "reading back", "settling"
"""What is being done to a file, in this order."""
BINARY = getattr(os, "O_BINARY", 0)
"""Windows would write other line ends."""
_BLOCK = 1 << 20
_NO_FOLDER_SYNC = (errno.EINVAL, errno.ENOTSUP, errno.EBADF)
"""What drivers say that know no flushing of a folder."""


class _Hashed:
    """A file being written, and the hash of what was meant to be in it."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.sha256 = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.sha256.update(data)
        return self.file.write(data)

    def tell(self) -> int:
        return self.file.tell()

    def flush(self) -> None:
        self.file.flush()


def named(to: Path, name: str, end: str) -> Path:
    """Where a file goes: under its own name into a folder, or under the name that was given; raises DeskError."""
    with at(to):
        if to.is_dir():
            return to / name
        # Where no stick is plugged in, the name of its folder must not become that of a file.
        if not to.parent.is_dir() or to.suffix != end:
            raise DeskError("{path} is not there: is the stick plugged in?",
                            "name a folder that is there, or a new file in one, ending in {end}", path=to,
                            end=end)  # fmt: skip
    return to


def disk_of(folder: Path) -> int:
    """Which disk a folder is on; raises DeskError."""
    with at(folder):
        return folder.stat().st_dev


@contextlib.contextmanager
def landing(
    target: Path, disk: int | None = None, stage: Callable[[str], None] | None = None
) -> Iterator[BinaryIO]:  # fmt: skip
    """Write a file in one go; it has its name when every byte was read back. Raises DeskError.

    With `disk` that must be the one its folder is on: where a stick was pulled out, the folder is on another.
    `stage` is told what begins.
    """
    stage = stage or _nobody
    part = target.with_name(target.name + PART)
    with at(target.parent):
        disk = disk_of(target.parent) if disk is None else disk
        try:
            with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC | BINARY, 0o600), "w+b") as file:
                _still(disk, os.fstat(file.fileno()))
                meant = _Hashed(file)
                stage(WRITING)
                yield cast(BinaryIO, meant)
                file.flush()
                os.fsync(file.fileno())
                stage(READING_BACK)
                _read_back(file, meant.sha256.digest(), target)
            stage(SETTLING)
            _still(disk, target.parent.stat())
            part.replace(target)
            try:
                sync(target.parent)
            except OSError as error:
                if error.errno not in _NO_FOLDER_SYNC:
                    raise
        except BaseException:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
            raise


def _still(disk: int, found: os.stat_result) -> None:
    if found.st_dev != disk:
        raise OSError(errno.ENODEV, "pulled out")


def _nobody(_: str) -> None:
    """Nobody wants to know."""


def copy(source: Path, target: Path, disk: int, stage: Callable[[str], None] | None = None) -> None:
    """Put a copy of a whole file there, on that disk."""
    with landing(target, disk, stage) as out, source.open("rb") as file:
        while block := file.read(_BLOCK):
            out.write(block)


def sweep(folder: Path, start: str) -> None:
    """Take away what an export left that was cut off: files of that name's start that are no bundle yet."""
    with at(folder):
        for file in folder.iterdir():
            if file.name.startswith(start) and file.name.endswith(PART):
                file.unlink(missing_ok=True)


def _read_back(file: BinaryIO, meant: bytes, target: Path) -> None:
    """Compare what the disk holds; raises DeskError."""
    if hasattr(os, "posix_fadvise"):  # from the disk itself, not from the memory of what was written
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    file.seek(0)
    found = hashlib.sha256()
    while block := file.read(_BLOCK):
        found.update(block)
    if found.digest() != meant:
        raise DeskError("{path} does not hold what was written to it", "take another stick: nothing stays on this one",
                        path=target.parent)  # fmt: skip


@contextlib.contextmanager
def at(folder: Path) -> Iterator[None]:
    """Say in words what the disk or stick refused there."""
    try:
        yield
    except OSError as error:
        raise _told(error, folder) from error


def _told(error: OSError, folder: Path) -> DeskError:
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT | errno.EFBIG:
            return DeskError("there is no room left in {path}: nothing was written",
                             "free some space there, or take another stick", path=folder)  # fmt: skip
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return DeskError("nothing may be written in {path}", "is the stick locked? Take another one",
                             path=folder)  # fmt: skip
        case errno.ENOENT | errno.ENODEV | errno.ENXIO | errno.EIO | errno.ENOTDIR | errno.ESTALE:
            return DeskError("{path} is not there, or fails: nothing was written",
                             "plug the stick in again, or take another one", path=folder)  # fmt: skip
        case _:
            return DeskError("{path} can't be written to: {reason}", "take another stick", path=folder,
                             reason=error.strerror)  # fmt: skip
