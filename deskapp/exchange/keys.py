"""Changes of the office's keys: each is an entry in ink, and the files follow when it is kept."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from deskapp import paths
from deskapp.book import outgoing, wallclock
from deskapp.book.database import Book
from deskapp.book.desks import HQ
from deskapp.book.disk import sync, told
from deskapp.book.journal import Writer
from deskapp.book.session import Session
from deskapp.bundle import enrolment, seal
from deskapp.bundle import keyring as trusting
from deskapp.bundle.enrolment import Enrolment
from deskapp.bundle.keyring import Signer
from deskapp.bundle.keys import PublicKey, SigningKey
from deskapp.bundle.outcomes import KeyFault
from deskapp.errors import DeskError
from deskapp.exchange import keyring as files
from deskapp.exchange.keyring import ESCROW, Keyring, check_mode
from deskapp.exchange.landing import BINARY, PART, landing, named
from deskapp.forms.values import stamp
from deskapp.text import clean

OVERLAP = timedelta(days=30)
"""How long the key before is still good after a rotation: what is on its way was signed with it."""
_KEPT = 2
"""Keys to receive with that are kept: what is on its way was sealed to the one before."""


@dataclass(slots=True)
class _Change:
    """What is to be written: the files of the folder, and what the entry says."""

    ring: Keyring
    party: str
    now: datetime
    files: dict[str, bytes] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """What one of the files says now."""
        file = paths.keys(self.ring.home) / name
        return file.read_text("utf-8") if file.exists() else ""


@contextlib.contextmanager
def _changing(home: Path, book: Book, session: Session) -> Iterator[_Change]:
    """Change keys as a manager: the entry first, then the files; raises DeskError, and nothing is changed."""
    folder = paths.keys(home)
    with book.locked("a change of keys"), _swept(folder):
        with book.writing("a change of keys") as conn:
            writer = Writer(book, conn, session)
            if "manager" not in writer.roles:
                raise DeskError("only a manager changes keys")
            wallclock.note(writer)
            with told(folder):
                _make(folder)
                change = _Change(Keyring.open(home), outgoing.party(book), writer.now)
                yield change
                for name, data in change.files.items():
                    _stage(folder / f"{name}{PART}", data)
            writer.say("key", {key: value for key, value in change.said.items() if value})
        with told(folder):
            for name in change.files:
                (folder / f"{name}{PART}").replace(folder / name)
            sync(folder)


@contextlib.contextmanager
def _swept(folder: Path) -> Iterator[None]:
    """Leave no half a change behind, neither this one nor one that was cut off: a key may be in it."""
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            for left in folder.glob(f"*{PART}"):
                left.unlink(missing_ok=True)


def _make(folder: Path) -> None:
    """The folder with the lists that are always there: ssh-keygen wants the revocation list, were it empty."""
    if not folder.exists():
        folder.mkdir(mode=0o700)
    check_mode(folder)
    for name in (files.SIGNERS, files.REVOKED, files.RECIPIENTS):
        if not (folder / name).exists():
            _stage(folder / name, b"")


def _stage(path: Path, data: bytes) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | BINARY, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def new(home: Path, book: Book, session: Session, passphrase: str = "") -> PublicKey:
    """Make the office's first keys, or others in the place of revoked ones; raises DeskError."""
    with _changing(home, book, session) as change:
        if change.ring.own and change.ring.own not in change.ring.trusted.revoked:
            raise DeskError("this office has keys already", "others in their place: deskapp keys rotate")
        return _made(change, "new", passphrase)


def rotate(home: Path, book: Book, session: Session, passphrase: str = "") -> PublicKey:
    """Make other keys in the place of the office's; what was sealed to those before is still opened."""
    with _changing(home, book, session) as change:
        change.ring.mine()
        return _made(change, "rotate", passphrase)


def _made(change: _Change, what: str, passphrase: str) -> PublicKey:
    key = SigningKey.new()
    identity, recipient = seal.new_identity()
    kept = (identity, *change.ring.identities)[:_KEPT]
    change.files[files.SIGN] = key.write(passphrase)
    change.files[files.PUBLIC] = (key.public.line(change.party) + "\n").encode()
    change.files[files.AGE] = "".join(f"{one}\n" for one in kept).encode()
    change.said |= {"what": what, "key": key.public.line(), "receives": recipient}
    return key.public


def enrol(book: Book, ring: Keyring, key: SigningKey, to: Path) -> Path:
    """Write the enrolment file into a folder or under a name; where it is. Raises DeskError."""
    party = outgoing.party(book)
    file = named(to, f"{party}.enrol.txt", ".txt")
    data = enrolment.write(party, outgoing.journal_name(book), key, seal.recipient_of(ring.receiving()[0]))
    with landing(file) as out:
        out.write(data)
    return file


def enrolment_in(file: Path) -> Enrolment:
    """What an enrolment file says; raises DeskError, KeyFault, Malformed."""
    with told(file), file.open("rb") as source:
        return enrolment.read(source.read(enrolment.LARGEST + 1))


def same_fingerprint(key: PublicKey, read_out: str) -> bool:
    """Whether this is the fingerprint that was read out, however it was typed in groups."""
    plain = re.sub(r"\s", "", read_out)
    return plain.removeprefix("SHA256:") == key.fingerprint.removeprefix("SHA256:")


def trust(home: Path, book: Book, session: Session, told_by: Enrolment, fingerprint: str, escrow: str = "") -> bool:
    """Trust a party's keys, the fingerprint having been read out by phone; whether a key before is still good.

    Head office's escrow key comes with its own. Raises DeskError.
    """
    if not same_fingerprint(told_by.signs, fingerprint):
        raise DeskError("the fingerprint that was read out is not that of this key: it is not trusted",
                        "read it once more; if it stays another, ask for a new enrolment file")  # fmt: skip
    escrow = seal.check_recipient(escrow) if escrow else ""
    with _changing(home, book, session) as change:
        party, ring = told_by.party, change.ring
        if party in (change.party, ESCROW):
            raise DeskError("{party} is this office itself", "give the enrolment file to the other side", party=party)
        if HQ not in (party, change.party):
            raise DeskError("a desk trusts head office alone, not {party}", party=party)
        if told_by.signs in ring.trusted.revoked:
            raise DeskError("this key of {party} was revoked", "ask for a new one", party=party)
        others = {one.party for one in ring.trusted.signers if one.key == told_by.signs} - {party}
        if others or told_by.signs == ring.own:
            raise DeskError("this key is already that of {party}", party=min(others, default=change.party))
        lines, rotated = _signers(change, told_by)
        change.files[files.SIGNERS] = lines.encode()
        change.files[files.RECIPIENTS] = _recipients(change, told_by, escrow).encode()
        change.said |= {"what": "trust", "party": party, "journal": told_by.journal, "key": told_by.signs.line(),
                        "receives": told_by.receives, "escrow": escrow}  # fmt: skip
        return rotated


def _signers(change: _Change, told_by: Enrolment) -> tuple[str, bool]:
    """allowed_signers with a key more; those of the party before it end after the overlap."""
    until = (change.now + OVERLAP).replace(microsecond=0)
    lines, rotated = [], False
    for line in change.text(files.SIGNERS).splitlines():
        known = trusting.parse_signers(line)
        signer = known[0] if known else None
        if signer and signer.party == told_by.party:
            if signer.key == told_by.signs:
                continue
            if signer.before is None:
                line = Signer(signer.party, signer.key, signer.after, until).line()  # noqa: PLW2901 - its new end
            rotated = rotated or signer.key not in change.ring.trusted.revoked
        lines.append(line)
    lines.append(Signer(told_by.party, told_by.signs).line())
    return "".join(f"{line}\n" for line in lines), rotated


def _recipients(change: _Change, told_by: Enrolment, escrow: str) -> str:
    """The recipients with this party's in the place of those before."""
    gone = {told_by.party, ESCROW} if escrow else {told_by.party}
    lines = [line for line in change.text(files.RECIPIENTS).splitlines() if line.partition(" ")[0] not in gone]
    lines.append(f"{told_by.party} {told_by.receives} {told_by.journal}")
    if escrow:
        lines.append(f"{ESCROW} {escrow} -")
    return "".join(f"{line}\n" for line in lines)


def revoke(home: Path, book: Book, session: Session, name: str, reason: str) -> str:
    """Revoke a key by its fingerprint or its public line, from now on and for good; whose it was."""
    why = clean(reason)
    if not why:
        raise DeskError("a key is revoked for a reason", "say it with --reason")
    with _changing(home, book, session) as change:
        key, party = _named(change, name)
        if key in change.ring.trusted.revoked:
            raise DeskError("this key was revoked before")
        remark = f"# {stamp(change.now)} {session.staff}: {why}\n{key.line(party)}\n"
        change.files[files.REVOKED] = (_ended(change.text(files.REVOKED)) + remark).encode()
        left = [one for one in change.ring.trusted.signers if one.party == party and one.before is None]
        if all(one.key == key for one in left):  # whoever lost it may have lost what opens the bundles too
            lines = change.text(files.RECIPIENTS).splitlines()
            kept = [line for line in lines if line.partition(" ")[0] != party]
            change.files[files.RECIPIENTS] = "".join(f"{line}\n" for line in kept).encode()
        change.said |= {"what": "revoke", "party": party, "key": key.line(), "reason": why}
        return party


def _named(change: _Change, name: str) -> tuple[PublicKey, str]:
    """A key by its fingerprint, among those that are known, or by its public line."""
    known = {one.key: one.party for one in change.ring.trusted.signers}
    if change.ring.own:
        known[change.ring.own] = change.party
    with contextlib.suppress(KeyFault):
        key = PublicKey.parse(name.strip())
        return key, known.get(key, "-")
    for key, party in known.items():
        if same_fingerprint(key, name):
            return key, party
    raise DeskError("no key here has the fingerprint {fingerprint}", "deskapp keys list shows them",
                    fingerprint=name[:60])  # fmt: skip


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else f"{text}\n"


def recipient(ring: Keyring) -> str:
    """The public half of what this office receives with; raises DeskError."""
    return seal.recipient_of(ring.receiving()[0])


@dataclass(frozen=True, slots=True)
class Known:
    """A key that is known here."""

    party: str
    key: PublicKey
    state: str
    """own, trusted, ending, ended, early or revoked."""
    until: str
    receives: tuple[str, ...]
    journal: str | None


def known(ring: Keyring, book: Book) -> list[Known]:
    """Every key that is known here: the office's own, those it trusts or trusted, and those it was told to refuse."""
    now, revoked, own = book.now(), ring.trusted.revoked, outgoing.party(book)
    found: list[Known] = []
    if ring.own:
        state = "revoked" if ring.own in revoked else "own"
        found.append(Known(own, ring.own, state, "", (recipient(ring),), outgoing.journal_name(book)))
    for one in ring.trusted.signers:
        until = stamp(one.before) if one.before else ""
        state = "ending" if until else "trusted"
        if one.key in revoked:
            state = "revoked"
        elif not one.valid(now):
            state = "ended" if one.before and one.before < now else "early"
        receives = ring.recipients.get(one.party, ()) if state == "trusted" else ()
        found.append(Known(one.party, one.key, state, until, receives, ring.journal_of(one.party)))
    there = {one.key for one in found}
    found += [Known("-", key, "revoked", "", (), None) for key in sorted(revoked - there, key=lambda key: key.raw)]
    return found
