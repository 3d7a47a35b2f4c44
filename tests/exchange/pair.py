"""A desk and its head office, each in its own folder, that know each other's keys; and a stick between them."""

from __future__ import annotations

import atexit
import contextlib
import functools
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from deskapp.book.desks import HQ
from deskapp.bundle import keys as openssh
from deskapp.bundle import reader
from deskapp.bundle.enrolment import Enrolment
from deskapp.bundle.lines import Line
from deskapp.bundle.manifest import Manifest
from deskapp.desk import office as offices
from deskapp.exchange import exporting, keys
from deskapp.exchange.exporting import Exported
from deskapp.exchange.keyring import Keyring
from tests import support
from tests.support import BOSS, NOW, PASSPHRASE, Clock, Desk

ESCROW_IDENTITY = "AGE-SECRET-KEY-18DDR7AK5LL29DN782VAKGY8Y9EKH7N9LHN3GWT8NCFUUMDTZSXWS5L9X2G"
openssh.ROUNDS = 1  # a passphrase costs nothing to try here


@dataclass(slots=True)
class Pair:
    """Both offices, open."""

    desk: Desk
    hq: Desk
    stick: Path

    def send(self, sender: Desk | None = None, to: str = HQ) -> list[Exported]:
        """Export to the stick."""
        sender = sender or self.desk
        ring = Keyring.open(sender.home)
        return exporting.export(sender.book, ring, ring.signing(nobody), to, self.stick)

    def receive(self, bundle: Path, receiver: Desk | None = None) -> tuple[Manifest, list[Line]]:
        """What the other side reads in a bundle; raises BundleError."""
        receiver = receiver or self.hq
        ring = Keyring.open(receiver.home)
        to = HQ if receiver is self.hq else "desk-017"
        with bundle.open("rb") as sealed, reader.read(
            sealed, exporting.scratch(receiver.home), to=to, identities=ring.receiving(), keyring=ring.trusted,
            now=receiver.clock(),
        ) as found:  # fmt: skip
            return found.manifest, list(found.lines())

    def acknowledge(self, seq: int, journal: int | None = None) -> None:
        """Write into the desk's book what an acknowledgement of head office's would."""
        book = self.desk.book
        where = (journal or book.journal, seq)
        row = book.read.execute("SELECT hash FROM journal WHERE journal = ? AND seq = ?", where).fetchone()
        with book.writing() as conn:
            conn.execute("INSERT OR REPLACE INTO acked VALUES (?, ?, ?, ?, ?)", (HQ, *where, row[0], "-"))


def nobody() -> str:
    """Nobody types a passphrase."""
    raise AssertionError("a passphrase was asked for")


def enrolled(desk: Desk) -> Enrolment:
    """A desk's enrolment, as its file says it."""
    ring = Keyring.open(desk.home)
    file = keys.enrol(desk.book, ring, ring.signing(nobody), desk.home.parent)
    return keys.enrolment_in(file)


def trusts(desk: Desk, other: Desk, escrow: str = "") -> bool:
    """Let one trust the other, as if they had been on the phone."""
    told = enrolled(other)
    return keys.trust(desk.home, desk.book, BOSS, told, told.signs.fingerprint, escrow)


@functools.cache
def acquainted() -> Path:
    """The homes of both, made once a process."""
    from deskapp.bundle import seal

    folder = Path(tempfile.mkdtemp(prefix="deskapp-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    clock = Clock(NOW - timedelta(days=1))
    shutil.copytree(support.founded(), folder / "desk")
    offices.found(folder / "hq", "总部", HQ, BOSS.name, PASSPHRASE, clock).book.close()
    desk, hq = (Desk(support._open(folder / name, clock), clock) for name in ("desk", "hq"))
    for one in (desk, hq):
        keys.new(one.home, one.book, BOSS)
    trusts(hq, desk)
    trusts(desk, hq, seal.recipient_of(ESCROW_IDENTITY))
    for one in (desk, hq):
        one.book.close()
    return folder


@contextlib.contextmanager
def opened() -> Iterator[Pair]:
    """Copies of both, open, and an empty stick."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="deskapp-", dir=memory if os.access(memory, os.W_OK) else None) as folder:
        shutil.copytree(acquainted(), folder, dirs_exist_ok=True)
        stick = Path(folder, "stick")
        stick.mkdir()
        desk, hq = (
            Desk(support._open(Path(folder, name), clock), clock) for name in ("desk", "hq") for clock in (Clock(),)
        )
        try:
            yield Pair(desk, hq, stick)
        finally:
            desk.book.close()
            hq.book.close()
