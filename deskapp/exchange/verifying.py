"""What a file is, said without touching anything: a bundle for this office, or an enrolment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deskapp.book import foreign, outgoing
from deskapp.book.database import Book
from deskapp.book.disk import told
from deskapp.book.receipts import APPLIED
from deskapp.bundle import enrolment, reader, signature
from deskapp.bundle.enrolment import Enrolment
from deskapp.bundle.lines import Line
from deskapp.bundle.manifest import Manifest
from deskapp.bundle.reader import Bundle
from deskapp.errors import DeskError
from deskapp.exchange import acking, judging
from deskapp.exchange.exporting import scratch
from deskapp.exchange.judging import Held, Shelf
from deskapp.exchange.keyring import Keyring


@dataclass(frozen=True, slots=True)
class Verified:
    """A bundle in which everything is as it must be."""

    manifest: Manifest
    bundle_id: str
    signer: str
    fingerprint: str
    bytes: int
    outcome: str
    """What import would make of it."""
    said: DeskError
    alarms: tuple[DeskError, ...]


def verify(book: Book, ring: Keyring, file: Path) -> Verified | Enrolment:
    """Judge a file by every rule of the format; raises BundleError by its outcome, KeyFault, DeskError."""
    with told(file), file.open("rb") as sealed:
        if sealed.read(len(signature.ENROLMENT)) == signature.ENROLMENT.encode():
            sealed.seek(0)
            return enrolment.read(sealed.read(enrolment.LARGEST + 1))
        to, now = outgoing.party(book), book.now()
        with reader.read(
            sealed, scratch(ring.home), to=to, identities=ring.receiving(), keyring=ring.trusted, now=now
        ) as bundle:
            outcome, said, alarms = _would(book, ring, bundle)
        return Verified(bundle.manifest, bundle.bundle_id, bundle.signer.party, bundle.signer.key.fingerprint,
                        file.stat().st_size, outcome, said, alarms)  # fmt: skip


def _would(book: Book, ring: Keyring, bundle: Bundle) -> tuple[str, DeskError, tuple[DeskError, ...]]:
    """What import would make of a bundle, every line of which is read; raises BundleError."""
    man, shelf = bundle.manifest, Shelf(book.read)
    try:
        verdict = judging.judge(shelf, bundle, ring.journal_of(man.from_))
        gone = foreign.erased(book.read, man.journal)
        _exhaust(judging.fresh(shelf, bundle, verdict.there, gone) if verdict.outcome == APPLIED else bundle.lines())
    except Held as held:
        _exhaust(bundle.lines())
        return held.outcome, held, ()
    ours = acking.acknowledged(shelf, book.journal, man)
    return verdict.outcome, verdict.said, (*verdict.alarms, *([ours] if isinstance(ours, DeskError) else ()))


def _exhaust(lines: Iterator[Line]) -> None:
    for _ in lines:
        pass
