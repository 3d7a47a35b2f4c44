"""Sending: whatever the other side has not acknowledged becomes a bundle in the outbox, and a copy of it on a stick."""

from __future__ import annotations

import contextlib
import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO, cast

from deskapp import __version__, paths
from deskapp.book import anchor, outgoing
from deskapp.book.database import Book
from deskapp.book.desks import HQ
from deskapp.book.disk import told
from deskapp.book.outgoing import Run
from deskapp.bundle import manifest, writer
from deskapp.bundle.keys import SigningKey
from deskapp.bundle.limits import LIMITS, Limits
from deskapp.bundle.manifest import Ack
from deskapp.bundle.outcomes import TooBig
from deskapp.bundle.writer import Draft
from deskapp.errors import Busy, DeskError, UsageError
from deskapp.exchange.keyring import ESCROW, Keyring
from deskapp.exchange.landing import at, copy, disk_of, landing, named, sweep

EXPIRES = timedelta(days=30)
"""After how long a desk should ask why no newer feed came (B29)."""
_RANGE = r"(\d{10})-(\d{10})\.zip\.age"


@dataclass(frozen=True, slots=True)
class Exported:
    """A bundle that was written."""

    path: Path
    bundle_id: str
    to: str
    journal: str
    from_seq: int
    to_seq: int
    count: int
    sealed_to: int
    replaced: bool
    """Whether a file of that name was there before."""
    carried: bool = False
    """Whether it went to another disk than the office's own."""


def parties(book: Book, ring: Keyring) -> list[str]:
    """Whom this office sends to: a desk to head office, head office to every desk it knows."""
    if outgoing.party(book) != HQ:
        return [HQ]
    return sorted(ring.recipients.keys() - {ESCROW, HQ})


def export(
    book: Book, ring: Keyring, key: SigningKey, party: str = HQ, to: Path | None = None,
    progress: Callable[[int], None] | None = None, stage: Callable[[str], None] | None = None,
    limits: Limits = LIMITS,
) -> list[Exported]:  # fmt: skip
    """Send a party what it lacks: one bundle, or one a journal where ours continues others that it lacks too.

    What is more than a bundle may hold goes in several, which apply in any order.

    They go to the folder or file `to`, a copy of each stays in the outbox. Raises DeskError where keys are missing
    or the stick refuses: no half a bundle is left there.
    """
    recipients = ring.sealing_to(party)
    own, outbox = outgoing.party(book), paths.ensure(paths.outbox(ring.home))
    with told(outbox), _alone(ring.home):
        runs = outgoing.runs(book, party)
        targets = [_target(to, _name(own, party, run), len(runs)) if to else None for run in runs]
        disk = disk_of(to if to.is_dir() else to.parent) if to else 0
        sweep(outbox, f"{own}_")
        if to and to.is_dir():
            sweep(to, f"{own}_")
        found = []
        for run, target in zip(runs, targets, strict=True):
            parts = _parts(book, ring, key, party, run, recipients, progress, limits)
            for made in parts:
                if to is None or target is None:
                    found.append(made)
                    continue
                into = target if len(parts) == 1 else _target(to, made.path.name, len(parts))
                there = into.exists()
                copy(made.path, into, disk, stage)
                found.append(replace(made, path=into, replaced=there, carried=disk != disk_of(ring.home)))
        anchor.keep(book)
        return found


def _parts(
    book: Book, ring: Keyring, key: SigningKey, party: str, run: Run, recipients: tuple[str, ...],
    progress: Callable[[int], None] | None, limits: Limits,
) -> list[Exported]:  # fmt: skip
    """Write a run into the outbox: one bundle, or as many halves as keep to the limits."""
    try:
        return [_made(book, ring, key, party, run, recipients, progress, limits)]
    except TooBig:
        if run.last <= run.first:
            raise
    halves = (_parts(book, ring, key, party, half, recipients, progress, limits) for half in outgoing.halves(book, run))
    return [made for parts in halves for made in parts]


def _made(
    book: Book, ring: Keyring, key: SigningKey, party: str, run: Run, recipients: tuple[str, ...],
    progress: Callable[[int], None] | None, limits: Limits,
) -> Exported:  # fmt: skip
    """Write a bundle into the outbox; those there that hold nothing more than it does go."""
    own, now = outgoing.party(book), book.now()
    feed, held = own == HQ, outgoing.held_of(book, party)
    draft = Draft(
        kind=manifest.FEED if feed else manifest.JOURNAL, from_=own, to=party, journal=run.journal, from_seq=run.first,
        prev_hash=run.previous, created_at=now, app=f"deskapp {__version__}", ack=Ack(*held) if held else None,
        expires=now + EXPIRES if feed else None,
    )  # fmt: skip
    path = paths.outbox(ring.home) / _name(own, party, run)
    there = path.exists()
    with landing(path) as sealed:
        written = writer.write(
            sealed, scratch(ring.home), draft, outgoing.lines(book, run, progress), key=key, recipients=recipients,
            limits=limits,
        )  # fmt: skip
    man = written.manifest
    for other, first, last in _waiting(ring.home, own, party, run.journal):
        if other != path and first >= run.first and last <= run.last:
            other.unlink(missing_ok=True)
    return Exported(path, written.bundle_id, party, run.journal, man.from_seq, man.to_seq, man.count, len(recipients),
                    there)  # fmt: skip


def clear_outbox(home: Path, own: str, party: str, journal: str, seq: int) -> None:
    """Take away the copies of what was acknowledged; raises DeskError."""
    with told(paths.outbox(home)):
        for path, _, last in _waiting(home, own, party, journal):
            if last <= seq:
                path.unlink(missing_ok=True)


def withdraw(book: Book, home: Path) -> None:
    """Take copies from the outbox that may hold what was erased since: the next export makes them anew without it."""
    named, outbox = re.compile(rf".+_([a-z0-9]+)_{_RANGE}"), paths.outbox(home)
    with told(outbox):
        for path in outbox.iterdir() if outbox.exists() else ():
            if (match := named.fullmatch(path.name)) and outgoing.erased(book, match[1], int(match[2]), int(match[3])):
                path.unlink(missing_ok=True)


def scratch(home: Path) -> Callable[[], BinaryIO]:
    """Gives nameless files in the office's own folder: what is in them is nobody else's and gone by itself."""
    return lambda: cast(BinaryIO, tempfile.TemporaryFile(dir=home))


def _waiting(home: Path, own: str, party: str, journal: str) -> list[tuple[Path, int, int]]:
    """The bundles of a journal in the outbox, with the range in their names."""
    named = re.compile(re.escape(f"{own}_{party}_{journal}_") + _RANGE)
    folder = paths.outbox(home)
    found = ((path, named.fullmatch(path.name)) for path in (folder.iterdir() if folder.exists() else ()))
    return [(path, int(match[1]), int(match[2])) for path, match in found if match]


def _name(own: str, party: str, run: Run) -> str:
    return f"{own}_{party}_{run.journal}_{run.first:010}-{run.last:010}.zip.age"


def _target(to: Path, name: str, bundles: int) -> Path:
    """Where a bundle goes, under its own name or one that nothing has; raises DeskError."""
    if (target := named(to, name, ".age")) != to:
        return target
    with at(to):
        if to.exists():
            raise DeskError("there is already a file {path}: nothing was written",
                            "name another one, or a folder", path=to)  # fmt: skip
    if bundles > 1:
        raise UsageError("there are {n} bundles to write", "name a folder, not a file", n=bundles)
    return to


@contextlib.contextmanager
def _alone(home: Path) -> Iterator[None]:
    """One export at a time: two would write the same files; raises Busy."""
    from filelock import FileLock, Timeout

    lock = FileLock(paths.outbox(home) / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise Busy("another export is under way", "try again when it is done") from error
    try:
        yield
    finally:
        lock.release()
