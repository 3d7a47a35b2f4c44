"""What is known of every desk: what came last and when, how far its journals are here, what waits, what forked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from deskapp.book import foreign, receipts
from deskapp.book.database import Book
from deskapp.book.desks import desks
from deskapp.book.receipts import APPLIED, DUPLICATE, Receipt
from deskapp.exchange.judging import FORK
from deskapp.exchange.keyring import ESCROW, Keyring


@dataclass(frozen=True, slots=True)
class Standing:
    """One desk, as head office sees it; or head office, as a desk does."""

    desk: str
    journals: tuple[str, ...]
    """The oldest first."""
    seq: int
    hash: str
    last: str | None
    """When its last good bundle came."""
    age: int | None
    """Days since then."""
    acked: int | None
    """Up to which entry it holds our own journal."""
    waiting: int
    gaps: tuple[str, ...]
    forks: tuple[str, ...]
    keys: tuple[str, ...]
    """Fingerprints of those that are good now."""
    overdue: bool
    """Whether its newest feed said it should be followed by another before now."""


def standings(book: Book, ring: Keyring) -> list[Standing]:
    """Every desk that is known by its keys or its journals."""
    known = desks(book.read)
    names = ({*known.of.values(), *ring.recipients, *(one.party for one in ring.trusted.signers)}) - {ESCROW, known.own}
    return [_standing(book, ring, desk) for desk in sorted(names)]


def _standing(book: Book, ring: Keyring, desk: str) -> Standing:
    now = book.now()
    journals = foreign.of_desk(book.read, desk)
    came = receipts.receipts(book.read, desk)
    good = [one for one in came if one.outcome in (APPLIED, DUPLICATE)]
    held = {row[0] for row in receipts.held(book.read)}
    waits = [one for one in came if one.bundle_id in held and one.outcome != FORK]
    last = good[0].at if good else None
    keys = [one.key.fingerprint for one in ring.trusted.signers
            if one.party == desk and one.valid(now) and one.key not in ring.trusted.revoked]  # fmt: skip
    return Standing(
        desk, tuple(one.name for one in journals), journals[-1].seq if journals else -1,
        journals[-1].hash if journals else "", last, (now - datetime.fromisoformat(last)).days if last else None,
        receipts.acked(book.read, desk).get(book.journal), len(waits), tuple(one.note for one in waits),
        tuple(one.note for one in came if one.outcome == FORK), tuple(keys), _overdue(good, now),
    )  # fmt: skip


def _overdue(good: list[Receipt], now: datetime) -> bool:
    """B29."""
    feeds = [json.loads(one.manifest).get("expires") for one in good[:1] if one.manifest]
    return any(expires and datetime.fromisoformat(expires) < now for expires in feeds)
