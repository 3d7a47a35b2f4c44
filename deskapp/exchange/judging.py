"""What a good bundle is to this book: the next range, one that was here, one that must wait, or a fork (B48)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from deskapp.book import foreign
from deskapp.book.desks import HQ
from deskapp.book.entry import GENESIS
from deskapp.book.foreign import Journal, Opening
from deskapp.book.receipts import APPLIED, DUPLICATE
from deskapp.bundle.lines import Line
from deskapp.bundle.manifest import FEED, Manifest
from deskapp.bundle.outcomes import WrongSigner
from deskapp.bundle.reader import Bundle
from deskapp.errors import DeskError

GAP, FORK, MISSING, NEW = "HELD: GAP", "HELD: FORK", "HELD: MISSING", "HELD: NEW JOURNAL"


class Held(DeskError):
    """A bundle is good and can't be applied, now or ever; it is kept."""

    def __init__(self, outcome: str, message: str, hint: str, **values: object) -> None:
        super().__init__(message, hint, **values)
        self.outcome = outcome


@dataclass(slots=True)
class Verdict:
    """What to do with a bundle: apply its lines behind those that are there, or nothing."""

    outcome: str
    said: DeskError
    there: Journal | None = None
    opened: Opening | None = None
    """How a journal begins that is not here yet."""
    alarms: list[DeskError] = field(default_factory=list)


class Shelf:
    """The journals that the book holds, and those that a dry run has pretended to take."""

    def __init__(self, conn: Any) -> None:
        self.conn = conn
        self._pretended: dict[str, Journal] = {}
        self._hashes: dict[tuple[str, int], str] = {}
        self._older: dict[str, str] = {}

    def known(self, name: str) -> Journal | None:
        """The journal of this name."""
        return self._pretended.get(name) or foreign.known(self.conn, name)

    def has(self, desk: str) -> bool:
        """Whether any journal of a desk is here."""
        return any(one.desk == desk for one in self._pretended.values()) or bool(foreign.of_desk(self.conn, desk))

    def hash_at(self, name: str, seq: int) -> str | None:
        """The hash of an entry of a journal, or of the one it continues."""
        if (hash_ := self._hashes.get((name, seq))) is not None:
            return hash_
        one = self._pretended.get(name)
        if one and seq < one.first and name in self._older:
            return self.hash_at(self._older[name], seq)
        return foreign.hash_at(self.conn, name, seq)

    def pretend(self, man: Manifest, verdict: Verdict, lines: Iterator[Line]) -> int:
        """Take lines in memory alone; how many."""
        fresh = {(man.journal, line.seq): line.hash for line in lines}
        self._hashes |= fresh
        there = verdict.there or Journal(0, man.journal, man.from_, man.from_seq, man.from_seq - 1, man.prev_hash)
        if verdict.opened and verdict.opened.continues:
            self._older[man.journal] = verdict.opened.continues
        self._pretended[man.journal] = replace(there, seq=man.to_seq, hash=man.head_hash)
        return len(fresh)


def judge(shelf: Shelf, bundle: Bundle, enrolled: str | None) -> Verdict:
    """What a bundle is; `enrolled` is the journal that its desk enrolled with. Raises Held, or WrongSigner."""
    man = bundle.manifest
    if (man.kind == FEED) != (man.from_ == HQ):
        raise WrongSigner("B23", f"{man.kind} of {man.from_}")
    there = shelf.known(man.journal)
    if there is not None and there.desk != man.from_:
        raise WrongSigner("B34", f"journal {man.journal} is that of {there.desk}")
    if there is None:
        return _unknown(shelf, bundle, enrolled)
    if man.from_seq > there.seq + 1:
        raise gap(man, there.name, there.seq + 1, man.from_seq - 1)
    if shelf.hash_at(there.name, man.from_seq - 1) != man.prev_hash:
        raise fork(shelf, bundle, man.from_seq - 1)
    if man.to_seq <= there.seq:
        if shelf.hash_at(there.name, man.to_seq) != man.head_hash:
            raise fork(shelf, bundle)
        said = DeskError("all of it was here before, up to entry {seq}", "nothing to do", seq=man.to_seq)
        return Verdict(DUPLICATE, said, there)
    return Verdict(APPLIED, _applied(man, man.to_seq - there.seq), there)


def _applied(man: Manifest, n: int) -> DeskError:
    return DeskError("{n} entries of {party} were taken, up to {seq}", "nothing more to do", n=n, party=man.from_,
                     seq=man.to_seq)  # fmt: skip


def _unknown(shelf: Shelf, bundle: Bundle, enrolled: str | None) -> Verdict:
    """A journal that is not here yet: the first of its desk, or one that continues another."""
    man = bundle.manifest
    if man.count == 0:
        return Verdict(DUPLICATE, DeskError("it brings no entries", "nothing to do"))
    opened = foreign.opening(next(bundle.lines()))
    if man.from_seq > 0 and (opened is None or opened.continues is None):
        raise gap(man, man.journal, 0, man.from_seq - 1)
    opened = opened or Opening(man.from_, None, -1, GENESIS)
    if opened.journal not in (None, man.journal):
        raise WrongSigner("B34", f"journal {man.journal} says it is {str(opened.journal)[:40]}")
    if opened.desk != man.from_:
        raise WrongSigner("B34", f"journal {man.journal} says it is that of {opened.desk[:40]}")
    if opened.continues is None:
        if shelf.has(man.from_) and enrolled != man.journal:
            raise Held(NEW, "{party} sends a journal that continues none of its own: {journal}",
                       "ring them up: was the desk founded anew? Then trust its new enrolment file and import again",
                       party=man.from_, journal=man.journal)  # fmt: skip
        return Verdict(APPLIED, _applied(man, man.count), None, opened)
    return _continuing(shelf, bundle, opened)


def _continuing(shelf: Shelf, bundle: Bundle, opened: Opening) -> Verdict:
    man = bundle.manifest
    older = shelf.known(str(opened.continues))
    if older is None:
        raise gap(man, str(opened.continues), 0, man.from_seq - 1)
    if older.desk != man.from_:
        raise WrongSigner("B34", f"it continues a journal of {older.desk}")
    if (opened.from_seq, opened.from_hash) != (man.from_seq - 1, man.prev_hash):
        raise fork(shelf, bundle, man.from_seq - 1)
    if (here := shelf.hash_at(older.name, man.from_seq - 1)) is None:
        raise gap(man, older.name, older.seq + 1, man.from_seq - 1)
    if here != man.prev_hash:
        raise fork(shelf, bundle, man.from_seq - 1)
    verdict = Verdict(APPLIED, _applied(man, man.count), None, opened)
    if older.seq >= man.from_seq:
        verdict.alarms.append(
            DeskError("{party} goes on from an older copy: its entries {first} to {last} were lost there and are here",
                      "ring them up: what was done in between is to be written again", party=man.from_,
                      first=man.from_seq, last=older.seq)
        )  # fmt: skip
    return verdict


def gap(man: Manifest, journal: str, first: int, last: int) -> Held:
    """Entries are missing before the bundle."""
    return Held(GAP, "entries {first} to {last} of {party} are missing (journal {journal}): it waits for them",
                "import the file that has them, or ask for a new export; this one then applies by itself",
                first=first, last=last, party=man.from_, journal=journal)  # fmt: skip


def fork(shelf: Shelf, bundle: Bundle, seq: int | None = None) -> Held:
    """The bundle and the book hold different entries at one place, both signed."""
    man = bundle.manifest
    if seq is None:
        differ = (line.seq for line in bundle.lines() if shelf.hash_at(man.journal, line.seq) != line.hash)
        seq = next(differ, man.to_seq)
    return Held(FORK, "{party} has signed two different entries {seq}: both are kept, nothing was applied",
                "ring them up: two books are in use, or one was put back; compare the heads",
                party=man.from_, seq=seq)  # fmt: skip


def fresh(shelf: Shelf, bundle: Bundle, there: Journal | None, gone: set[int]) -> Iterator[Line]:
    """The lines that are not here yet; raises Held where one before them differs, or a private line was taken out.

    `gone` are the seqs whose private lines the journal itself has erased before.
    """
    head = there.seq if there else -1
    missing: list[int] = []
    for line in bundle.lines():
        if there and line.seq <= head:
            if line.seq == head and line.hash != there.hash:
                raise fork(shelf, bundle)
            continue
        if line.erased:
            missing.append(line.seq)
        gone |= foreign.erases(line)
        yield line
    if bare := [seq for seq in missing if seq not in gone]:
        raise Held(MISSING, "the private part of entry {seq} of {party} was taken out, and no entry says so ({n} such)",
                   "ring them up and keep the file: nothing was applied", seq=bare[0], party=bundle.manifest.from_,
                   n=len(bare))  # fmt: skip
