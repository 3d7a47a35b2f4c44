"""What a file is, said without touching anything: a bundle for this office, or an enrolment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from deskapp.book import outgoing
from deskapp.book.database import Book
from deskapp.book.disk import told
from deskapp.bundle import enrolment, reader, signature
from deskapp.bundle.enrolment import Enrolment
from deskapp.bundle.manifest import Manifest
from deskapp.exchange.exporting import scratch
from deskapp.exchange.keyring import Keyring


@dataclass(frozen=True, slots=True)
class Verified:
    """A bundle in which everything is as it must be."""

    manifest: Manifest
    bundle_id: str
    signer: str
    fingerprint: str
    bytes: int


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
            for _ in bundle.lines():
                pass
        return Verified(bundle.manifest, bundle.bundle_id, bundle.signer.party, bundle.signer.key.fingerprint,
                        file.stat().st_size)  # fmt: skip
