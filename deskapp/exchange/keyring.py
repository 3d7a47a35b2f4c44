"""The keys in the office's folder: its own, and whose it trusts. Looked at anew, with their modes, at every use.

They are files and never in the book, so that no copy of it brings them along. `allowed_signers` and `revoked` are what
stock ssh-keygen reads, `age` is what stock age reads (B39 to B42).
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from deskapp import paths
from deskapp.book.desks import HQ
from deskapp.book.disk import told
from deskapp.bundle import keyring as trusting
from deskapp.bundle.keys import PublicKey, SigningKey
from deskapp.bundle.manifest import is_journal, is_party
from deskapp.bundle.outcomes import KeyFault
from deskapp.errors import DeskError

ESCROW = "hq-escrow"
"""The key that head office keeps in a safe: it opens what the desks send when its own key is lost."""
SIGN, PUBLIC, AGE = "sign", "sign.pub", "age"
SIGNERS, REVOKED, RECIPIENTS = "allowed_signers", "revoked", "recipients"
LARGEST = 4 << 20
"""Bytes of a file of keys: one of more is none."""
_IDENTITY = re.compile(r"AGE-SECRET-KEY-1[A-Z0-9]{58}")
_RECIPIENT = re.compile(r"(?P<party>\S+) (?P<key>age1[a-z0-9]{58}) (?P<journal>\S+)")


@dataclass(frozen=True, slots=True)
class Keyring:
    """What there is in the folder; the key to sign with stays where it is until `signing` asks for it."""

    home: Path
    own: PublicKey | None = None
    identities: tuple[str, ...] = field(default=(), repr=False)
    """What is sealed to us is opened with these, newest first: a rotation keeps the one before."""
    trusted: trusting.Keyring = field(default_factory=trusting.Keyring)
    recipients: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """What is sealed to a party is sealed to these."""
    journals: dict[str, str] = field(default_factory=dict)

    @classmethod
    def open(cls, home: Path) -> Keyring:
        """Read the folder; raises DeskError where others may read it, KeyFault where a file is not right."""
        folder = paths.keys(home)
        with told(folder):
            if not folder.exists():
                return cls(home)
            check_mode(folder)
            signers, revoked = _text(folder / SIGNERS), _text(folder / REVOKED)
            recipients, journals = parse_recipients(_text(folder / RECIPIENTS))
            own, identities = _text(folder / PUBLIC), parse_identities(_text(folder / AGE))
        trusted = trusting.Keyring(trusting.parse_signers(signers), trusting.parse_revoked(revoked))
        return cls(home, PublicKey.parse(own) if own else None, identities, trusted, recipients, journals)

    @property
    def identity(self) -> str | None:
        """The newest key to receive with."""
        return self.identities[0] if self.identities else None

    def journal_of(self, party: str) -> str | None:
        """The journal that a party named when it enrolled."""
        return self.journals.get(party)

    def mine(self) -> PublicKey:
        """The key that others know this office by; raises DeskError where there is none, or it was revoked."""
        if self.own is None:
            raise DeskError("this office has no keys yet", "a manager makes them: deskapp keys new")
        if self.own in self.trusted.revoked:
            raise DeskError("this office's key was revoked", "a manager makes a new one: deskapp keys new")
        return self.own

    def receiving(self) -> tuple[str, ...]:
        """What to open bundles with; raises DeskError where there is nothing."""
        if not self.identities:
            raise DeskError("this office has no keys yet", "a manager makes them: deskapp keys new")
        return self.identities

    def signing(self, passphrase: Callable[[], str]) -> SigningKey:
        """The key to sign with, unlocked where it is locked; raises DeskError, or WrongPassphrase."""
        from deskapp.bundle.outcomes import WrongPassphrase

        own, file = self.mine(), paths.keys(self.home) / SIGN
        with told(file):
            data = _bytes(file)
        try:
            key = SigningKey.read(data)
        except WrongPassphrase:
            key = SigningKey.read(data, passphrase())
        if key.public != own:
            raise DeskError("{path} is not the key of {public}", "put the right one back, or make a new one",
                            path=file, public=PUBLIC)  # fmt: skip
        return key

    def sealing_to(self, party: str) -> tuple[str, ...]:
        """Whom a bundle for a party is sealed to (B4); raises DeskError for one that nobody enrolled."""
        if party not in self.recipients:
            raise DeskError("the keys of {party} are not known here",
                            "ask for its enrolment file, then: deskapp keys trust FILE", party=party)  # fmt: skip
        return self.recipients[party] + (self.recipients.get(ESCROW, ()) if party == HQ else ())


def check_mode(path: Path) -> None:
    """Refuse what somebody else may look into or has put there; raises DeskError, OSError."""
    if os.name != "posix":
        return
    found = path.lstat()
    folder = stat.S_ISDIR(found.st_mode)
    if not folder and not stat.S_ISREG(found.st_mode):
        raise DeskError("{path} is not a file of its own", "put the key file itself there", path=path)
    if found.st_mode & 0o077:
        raise DeskError("{path} is open to others: its mode is {mode}, not {right}",
                        "who may have read it? If nobody: chmod {right} {path}; else: deskapp keys rotate", path=path,
                        mode=f"{stat.S_IMODE(found.st_mode):04o}", right="0700" if folder else "0600")  # fmt: skip
    if os.geteuid() not in (0, found.st_uid):
        raise DeskError("{path} belongs to another user", "start deskapp as the user who made it", path=path)


def parse_recipients(text: str) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    """From lines `PARTY age1... JOURNAL`: whom to seal to and who writes which journal; raises KeyFault."""
    recipients: dict[str, tuple[str, ...]] = {}
    journals: dict[str, str] = {}
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        match = _RECIPIENT.fullmatch(line)
        if not match or not is_party(match["party"]) or not (match["journal"] == "-" or is_journal(match["journal"])):
            raise KeyFault("B4", f"{RECIPIENTS}: {line[:60]!a}")
        recipients[match["party"]] = (*recipients.get(match["party"], ()), match["key"])
        if match["journal"] != "-":
            journals[match["party"]] = match["journal"]
    return recipients, journals


def parse_identities(text: str) -> tuple[str, ...]:
    """From an age identity file; raises KeyFault, which never shows what stands there."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if not all(map(_IDENTITY.fullmatch, lines)):
        raise KeyFault("B39", f"{AGE} is not a file of age identities")
    return tuple(lines)


def _bytes(path: Path) -> bytes:
    check_mode(path)
    with path.open("rb") as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise KeyFault("B39", f"{path.name} is too long")
    return data


def _text(path: Path) -> str:
    """What a file of keys says; nothing where there is none."""
    if not os.path.lexists(path):
        return ""
    try:
        return _bytes(path).decode()
    except UnicodeDecodeError:
        raise KeyFault("B39", f"{path.name} is not text") from None
