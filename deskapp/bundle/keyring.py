"""Whose keys are trusted: `allowed_signers` and the revocation list, as stock ssh-keygen reads them (B41, B42)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from deskapp.bundle import signature
from deskapp.bundle.keys import PublicKey
from deskapp.bundle.manifest import is_party
from deskapp.bundle.outcomes import KeyFault

_SIGNER = re.compile(r"(?P<party>\S+) (?P<options>\S+) (?P<key>ssh-ed25519 .+)\Z")
_OPTION = re.compile(r'(?P<name>[a-z-]+)="(?P<value>[A-Za-z0-9,-]*)"')
_STAMP = "%Y%m%d%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Signer:
    """A key somebody signs bundles with, for a while or for good; both ends count as within (B41)."""

    party: str
    key: PublicKey
    after: datetime | None = None
    before: datetime | None = None

    def __post_init__(self) -> None:
        if self.after is not None and self.before is not None and self.before <= self.after:
            raise KeyFault("B41", "it is valid before it is valid after")

    def valid(self, now: datetime) -> bool:
        """Whether the key may sign what arrives now."""
        return (self.after is None or self.after <= now) and (self.before is None or now <= self.before)

    def line(self) -> str:
        """Its line of allowed_signers."""
        options = [f'namespaces="{signature.BUNDLE}"']
        for name, moment in (("valid-after", self.after), ("valid-before", self.before)):
            if moment is not None:
                options.append(f'{name}="{moment.astimezone(UTC).strftime(_STAMP)}"')
        return f"{self.party} {','.join(options)} {self.key.line()}"


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys trusted and the keys revoked; a revoked key stays so, also where it is listed as trusted."""

    signers: tuple[Signer, ...] = ()
    revoked: frozenset[PublicKey] = field(default_factory=frozenset)


def write_signers(signers: Iterable[Signer]) -> str:
    """An allowed_signers file."""
    return "".join(signer.line() + "\n" for signer in signers)


def parse_signers(text: str) -> tuple[Signer, ...]:
    """From an allowed_signers file, of which only what `write_signers` uses is understood; raises KeyFault (B41)."""
    return tuple(_signer(number, line) for number, line in _lines(text))


def _signer(number: int, line: str) -> Signer:
    match = _SIGNER.match(line)
    if not match or not is_party(match["party"]):
        raise KeyFault("B41", f"line {number}: not a desk, its options and an ssh-ed25519 key")
    found = list(_OPTION.finditer(match["options"]))
    options = {one["name"]: one["value"] for one in found}
    if ",".join(one[0] for one in found) != match["options"] or len(options) != len(found):
        raise KeyFault("B41", f"line {number}: its options")
    if options.pop("namespaces", None) != signature.BUNDLE:  # else any signature of that key would do
        raise KeyFault("B41", f"line {number}: namespaces must be {signature.BUNDLE}")
    after, before = (_moment(number, options.pop(name, None)) for name in ("valid-after", "valid-before"))
    if options:
        raise KeyFault("B41", f"line {number}: {next(iter(options))} is not understood")
    return Signer(match["party"], PublicKey.parse(match["key"]), after, before)


def _moment(number: int, text: str | None) -> datetime | None:
    """A moment of allowed_signers in UTC; other spellings depend on the machine and are refused."""
    if text is None:
        return None
    for form in ("%Y%m%dZ", "%Y%m%d%H%MZ", _STAMP):
        try:
            moment = datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
        if moment.strftime(form) == text:
            return moment
    raise KeyFault("B41", f"line {number}: {text} is not a moment in UTC (20261122Z)")


def write_revoked(keys: Iterable[tuple[PublicKey, str]]) -> str:
    """A revocation list: keys, each with a remark."""
    return "".join(key.line(remark) + "\n" for key, remark in keys)


def parse_revoked(text: str) -> frozenset[PublicKey]:
    """From a revocation list: public keys, one a line; raises KeyFault (B42)."""
    return frozenset(PublicKey.parse(line) for _, line in _lines(text))


def _lines(text: str) -> list[tuple[int, str]]:
    """The lines that say something, numbered."""
    numbered = enumerate(text.split("\n"), start=1)
    return [(number, line) for number, line in numbered if line.strip() and not line.startswith("#")]
