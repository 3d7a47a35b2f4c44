"""Receiving: files in any order, each judged by itself, applied whole in one transaction or kept until it can be."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from deskapp import paths
from deskapp.book import erasure, foreign, outgoing, receipts
from deskapp.book.database import Book
from deskapp.book.disk import told
from deskapp.book.receipts import APPLIED, DUPLICATE, Receipt
from deskapp.bundle import reader
from deskapp.bundle.outcomes import BundleError
from deskapp.bundle.reader import Bundle
from deskapp.errors import DeskError
from deskapp.exchange import acking, judging
from deskapp.exchange.arrived import Arrived, arriving, receipt
from deskapp.exchange.exporting import clear_outbox, scratch
from deskapp.exchange.judging import FORK, Held, Shelf, Verdict
from deskapp.exchange.keyring import Keyring
from deskapp.exchange.landing import copy, disk_of
from deskapp.forms.values import stamp

_END = ".zip.age"


class Importer:
    """Takes files into a book; a dry one only says what would happen."""

    def __init__(
        self, book: Book, ring: Keyring, *, dry: bool = False, progress: Callable[[int], None] | None = None
    ) -> None:
        self.book, self.ring, self.dry, self.progress = book, ring, dry, progress
        self.own = outgoing.party(book)
        self.found: list[Arrived] = []
        self._dry = Shelf(book.read)
        self._waiting: dict[str, Arrived] = {}
        self._cleared: list[tuple[str, str, int]] = []

    def take(self, given: list[Path]) -> list[Arrived]:
        """Import files; what waited for them follows by itself. Raises DeskError where keys or the disk fail."""
        for path in given:
            self._take(path)
        while self._follow():
            pass
        if not self.dry:
            with suppress(DeskError):  # what came is in; a book that is not clean says so wherever it is opened
                erasure.clean(self.book)
        return self.found

    def _take(self, path: Path) -> None:
        arrived = self._file(path)
        self.found.append(arrived)
        if arrived.waits:
            self._waiting[arrived.bundle_id] = arrived

    def _follow(self) -> bool:
        """Try all that waits, the earliest first; whether anything became of it."""
        moved = [self._again(*one) for one in self._held()]
        return any(moved)

    def _held(self) -> list[tuple[str, Path, str, int]]:
        """What waits, from before and from this time: bundle_id, file, journal and first seq."""
        rows = receipts.held(self.book.read)
        kept = [(id_, paths.held(self.book.path.parent) / path, journal, seq) for id_, path, journal, seq in rows]
        fresh = [(one.bundle_id, one.file, one.journal, one.from_seq) for one in self._waiting.values() if self.dry]
        return sorted({row[0]: row for row in (*kept, *fresh)}.values(), key=lambda row: row[3])

    def _again(self, bundle_id: str, path: Path, journal: str, from_seq: int) -> bool:
        """Try a bundle that waits; whether it waits no longer."""
        shelf = self._dry if self.dry else Shelf(self.book.read)
        there = shelf.known(journal)
        if there and from_seq > there.seq + 1:
            return False
        before = self._waiting.get(bundle_id)
        if self.dry and before and not before.waits:
            return False
        kept = receipts.kept(self.book.read, bundle_id)
        if kept and kept.outcome == FORK:
            return False
        if not path.exists():  # a restored book waits for what was applied before: it will be sent once more
            self._release(bundle_id)
            return False
        arrived = self._file(path, datetime.fromisoformat(kept.at) if kept else None)
        if arrived.waits:
            return False
        if arrived.outcome not in (APPLIED, DUPLICATE, FORK):
            self._release(bundle_id)  # its key was revoked meanwhile, or its file is damaged
        if before is None:
            self.found.append(arrived)
            self._waiting[bundle_id] = arrived
        else:
            for name in ("outcome", "said", "count", "unread", "alarms"):
                setattr(before, name, getattr(arrived, name))
        return True

    def _release(self, bundle_id: str) -> None:
        if not self.dry:
            with self.book.writing("an import") as conn:
                receipts.release(conn, bundle_id)

    def _file(self, path: Path, came: datetime | None = None) -> Arrived:
        """Judge and apply one file, which came now or waited since then: its key must have been good on arrival."""
        home = self.book.path.parent
        try:
            with told(path), path.open("rb") as sealed:
                bundle = reader.read(
                    sealed, scratch(home), to=self.own, identities=self.ring.receiving(), keyring=self.ring.trusted,
                    now=came or self.book.now(),
                )  # fmt: skip
        except BundleError as error:
            return self._refused(path, error, error.outcome)
        with bundle:
            arrived = arriving(path, bundle, stamp(came or self.book.now()))
            try:
                self._bundle(arrived, bundle)
            except BundleError as error:
                arrived.outcome, arrived.said = error.outcome, error
                self._note(arrived, bundle)
            except Held as held:
                arrived.outcome, arrived.said = held.outcome, held
                self._keep(arrived, bundle)
        self._clear()
        return arrived

    def _bundle(self, arrived: Arrived, bundle: Bundle) -> None:
        """Apply a bundle, its receipt and its acknowledgement in one transaction; raises Held, BundleError."""
        man, enrolled = bundle.manifest, self.ring.journal_of(bundle.manifest.from_)
        if self.dry:
            verdict = judging.judge(self._dry, bundle, enrolled)
            if verdict.outcome == APPLIED:
                gone = foreign.erased(self.book.read, man.journal)
                lines = judging.fresh(self._dry, bundle, verdict.there, gone)
                arrived.count = self._dry.pretend(man, verdict, lines)
            self._told(arrived, verdict, self._dry, bundle)
            return
        with self.book.writing("an import") as conn:
            shelf = Shelf(conn)
            verdict = judging.judge(shelf, bundle, enrolled)
            if verdict.outcome == APPLIED:
                self._apply(conn, shelf, bundle, verdict, arrived)
            self._told(arrived, verdict, shelf, bundle)
            receipts.release(conn, bundle.bundle_id)
            receipts.note(conn, receipt(arrived, bundle))
        with suppress(OSError):
            (paths.held(self.book.path.parent) / f"{bundle.bundle_id}{_END}").unlink(missing_ok=True)

    def _apply(self, conn: Any, shelf: Shelf, bundle: Bundle, verdict: Verdict, arrived: Arrived) -> None:
        man, there = bundle.manifest, verdict.there
        lines: Iterator[Any] = judging.fresh(shelf, bundle, there, foreign.erased(conn, man.journal))
        if there is None:
            assert verdict.opened is not None
            there = foreign.begin(conn, man.journal, man.from_, verdict.opened)
        arrived.count, arrived.unread = foreign.append(self.book, conn, there.id, lines, self.progress)

    def _told(self, arrived: Arrived, verdict: Verdict, shelf: Shelf, bundle: Bundle) -> None:
        arrived.outcome, arrived.said, arrived.alarms = verdict.outcome, verdict.said, [*verdict.alarms]
        if arrived.unread:
            arrived.alarms.append(
                DeskError("{n} entries say nothing that this program can show; they are kept as they came",
                          "is there a newer deskapp?", n=len(arrived.unread))
            )  # fmt: skip
        self._acknowledged(arrived, shelf, bundle)

    def _acknowledged(self, arrived: Arrived, shelf: Shelf, bundle: Bundle) -> None:
        """What the sender says of our journal."""
        man = bundle.manifest
        said = acking.acknowledged(shelf, self.book.journal, man)
        if isinstance(said, DeskError):
            arrived.alarms.append(said)
        elif man.ack is None and arrived.outcome == APPLIED and not self.dry:
            receipts.unacknowledge(shelf.conn, man.from_)
        elif said is not None and not self.dry:
            # What moves the sender's head is newer than all that was applied before, and so is its word.
            newest = arrived.outcome == APPLIED
            receipts.acknowledge(shelf.conn, man.from_, *said, stamp(self.book.now()), newest=newest)
            self._cleared.append((man.from_, man.ack.journal if man.ack else "", said[1]))

    def _clear(self) -> None:
        """Copies that were acknowledged go from the outbox, once the book says so."""
        for party, journal, seq in self._cleared:
            clear_outbox(self.book.path.parent, self.own, party, journal, seq)
        self._cleared.clear()

    def _keep(self, arrived: Arrived, bundle: Bundle) -> None:
        """Keep the file of a bundle that is held, with its receipt."""
        if self.dry:
            return
        folder = paths.ensure(paths.held(self.book.path.parent))
        name = f"{bundle.bundle_id}{_END}"
        if arrived.file != folder / name:
            copy(arrived.file, folder / name, disk_of(folder))
        with self.book.writing("an import") as conn:
            receipts.hold(conn, bundle.bundle_id, name, arrived.journal, arrived.from_seq)
            self._acknowledged(arrived, Shelf(conn), bundle)
            receipts.note(conn, receipt(arrived, bundle))

    def _note(self, arrived: Arrived, bundle: Bundle) -> None:
        if not self.dry:
            with self.book.writing("an import") as conn:
                receipts.release(conn, bundle.bundle_id)
                receipts.note(conn, receipt(arrived, bundle))

    def _refused(self, path: Path, error: BundleError, outcome: str) -> Arrived:
        """A file that is no good bundle for us leaves a receipt and nothing else."""
        with told(path), path.open("rb") as file:
            id_ = f"file:{hashlib.file_digest(file, 'sha256').hexdigest()}"
        arrived = Arrived(path, outcome, error, id_)
        if not self.dry:
            with self.book.writing("an import") as conn:
                said = f"{path.name}: {error}"
                receipts.note(conn, Receipt(id_, outcome, said, stamp(self.book.now())))
        return arrived
