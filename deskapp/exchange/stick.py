"""A stick at the desk: where one may be plugged in, what would go there, what lies on it, and both ways done whole."""

from __future__ import annotations

import getpass
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from deskapp.book import outgoing, receipts
from deskapp.book.database import Book
from deskapp.bundle.outcomes import WrongPassphrase
from deskapp.errors import DeskError
from deskapp.exchange import exporting
from deskapp.exchange.arrived import Arrived, files
from deskapp.exchange.exporting import Exported
from deskapp.exchange.importing import Importer
from deskapp.exchange.keyring import Keyring
from deskapp.exchange.landing import READING_BACK, SETTLING, WRITING, at

__all__ = ["READING_BACK", "SETTLING", "WRITING", "Due", "Found", "Locked", "Stick", "look", "send", "sticks", "take"]

_REMOVABLE = 2
"""What Windows calls a drive whose medium is taken out."""


class Locked(DeskError):
    """The office's key wants its passphrase, or another one."""


@dataclass(frozen=True, slots=True)
class Stick:
    """A folder that may be a stick, and the bytes that are free there."""

    folder: Path
    free: int | None = None

    @property
    def name(self) -> str:
        """What it is called."""
        return self.folder.name or str(self.folder)


@dataclass(frozen=True, slots=True)
class Due:
    """What a party has not acknowledged: entries `first` to `last`; and when it last acknowledged anything."""

    party: str
    first: int
    last: int
    since: str | None

    @property
    def count(self) -> int:
        """How many entries."""
        return self.last - self.first + 1


@dataclass(slots=True)
class Found:
    """What a look at a stick showed; what could not be told is in words."""

    stick: Stick | None
    others: int = 0
    """How many more sticks there are."""
    due: list[Due] = field(default_factory=list)
    held_back: DeskError | None = None
    """Why nothing can go."""
    came: list[Arrived] = field(default_factory=list)
    """What import would make of each file for this office."""
    unread: DeskError | None = None
    """Why nothing can be read there."""


def sticks(folders: list[Path] | None = None) -> list[Stick]:
    """Whatever is plugged in, by the places where systems show it; an empty folder left there is none."""
    places = _places() if folders is None else [one for folder in folders for one in _within(folder)]
    return [Stick(one, _free(one)) for one in places]


def _places() -> list[Path]:
    if sys.platform == "win32":
        import ctypes

        drives = ctypes.windll.kernel32.GetLogicalDrives()
        names = [f"{chr(ord('A') + n)}:\\" for n in range(26) if drives >> n & 1]
        return [Path(one) for one in names if ctypes.windll.kernel32.GetDriveTypeW(one) == _REMOVABLE]
    user = getpass.getuser()
    roots = [Path("/media", user), Path("/run/media", user), Path("/mnt"), Path("/Volumes")]
    return [one for root in roots for one in _within(root) if os.path.ismount(one)]


def _within(folder: Path) -> list[Path]:
    try:
        return sorted(one for one in folder.iterdir() if one.is_dir())
    except OSError:
        return []


def _free(folder: Path) -> int | None:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def look(book: Book, home: Path, typed: Path | None = None, turn: int = 0) -> Found:
    """Look for a stick, or at a folder that was typed, and say what would go there and what lies there.

    `turn` picks another where several are plugged in. Nothing is changed.
    """
    plugged = [Stick(typed, _free(typed))] if typed else sticks()
    found = Found(plugged[turn % len(plugged)] if plugged else None, max(0, len(plugged) - 1))
    try:
        found.due = _due(book, Keyring.open(home))
    except DeskError as error:
        found.held_back = error
    if found.stick is not None:
        try:
            found.came = _importer(book, home, dry=True).take(_lying(book, found.stick.folder))
        except DeskError as error:
            found.unread = error
    return found


def _due(book: Book, ring: Keyring) -> list[Due]:
    ring.mine()
    parties = exporting.parties(book, ring)
    if not parties:
        raise DeskError("no desk is known here yet", "ask for its enrolment file, then: deskapp keys trust FILE")
    return [_due_to(book, ring, party) for party in parties]


def _due_to(book: Book, ring: Keyring, party: str) -> Due:
    ring.sealing_to(party)
    runs = outgoing.runs(book, party)
    return Due(party, runs[0].first, runs[-1].last, receipts.last_word(book.read, party))


def _lying(book: Book, folder: Path) -> list[Path]:
    with at(folder):
        folder.stat()
    return files([folder], outgoing.party(book))


def _importer(book: Book, home: Path, *, dry: bool, progress: Callable[[int], None] | None = None) -> Importer:
    ring = Keyring.open(home)
    ring.receiving()
    return Importer(book, ring, dry=dry, progress=progress)


def send(
    book: Book, home: Path, folder: Path, passphrase: str, progress: Callable[[int], None],
    stage: Callable[[str], None],
) -> list[Exported]:  # fmt: skip
    """Export to every party into a folder; raises DeskError, Locked where the key wants a passphrase."""
    ring = Keyring.open(home)
    parties = [due.party for due in _due(book, ring)]
    try:
        key = ring.signing(lambda: passphrase)
    except WrongPassphrase as error:
        raise Locked(error.message, error.hint) from None
    with at(folder):
        folder.stat()
    return [one for party in parties
            for one in exporting.export(book, ring, key, party, folder, progress, stage)]  # fmt: skip


def take(book: Book, home: Path, folder: Path, progress: Callable[[int], None]) -> list[Arrived]:
    """Import what lies in a folder for this office; raises DeskError."""
    return _importer(book, home, dry=False, progress=progress).take(_lying(book, folder))
