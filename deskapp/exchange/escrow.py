"""A backup for head office's safe: the verified copy, sealed so that only the escrow key opens it."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from deskapp.book import backup as copying
from deskapp.book.check import Report
from deskapp.book.database import Book
from deskapp.book.disk import told
from deskapp.bundle import seal
from deskapp.errors import DeskError
from deskapp.exchange.keyring import ESCROW, Keyring
from deskapp.exchange.landing import disk_of, landing

END = ".age"
_SCRATCH = ".sealing-"
_STALE_SECONDS = 3600


def backup(
    book: Book, ring: Keyring, folder: Path, progress: Callable[[int], None] | None = None
) -> tuple[Path, Report]:
    """Copy the book, verify the copy and seal it into a folder; keys are files, never in the book, so none is in it.

    Nor are drafts: they are their author's. The open copy is in the office's own folder and gone afterwards. Raises
    DeskError where the escrow key is not known or the folder can't be written, Damaged where the copy does not verify.
    """
    escrow = ring.recipients.get(ESCROW)
    if not escrow:
        raise DeskError("head office's escrow key is not known here: nothing was copied",
                        "ask for it, then: deskapp keys trust FILE --escrow age1...")  # fmt: skip
    if not folder.is_dir():
        raise DeskError("not a folder: {path}", "name one that is there, on another disk", path=folder)
    disk = disk_of(folder)
    with told(ring.home):
        _sweep(ring.home)
        with tempfile.TemporaryDirectory(prefix=_SCRATCH, dir=ring.home) as scratch:
            plain, report = copying.backup(book, Path(scratch), progress, drafts=False)
            target = folder / (plain.name + END)
            with landing(target, disk) as sealed, plain.open("rb") as copy:
                seal.seal(copy, sealed, escrow)
    return target, report


def _sweep(home: Path) -> None:
    """Take away open copies that were left where a backup was cut off."""
    for left in home.glob(f"{_SCRATCH}*"):
        if time.time() - left.stat().st_mtime > _STALE_SECONDS:
            shutil.rmtree(left, ignore_errors=True)
