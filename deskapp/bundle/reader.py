"""The entrance for whoever reads a bundle: every check, in the order of B45."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO, Self

from deskapp.bundle import lines, manifest, seal, signature, sums
from deskapp.bundle.container import BODIES, ENTRIES, MANIFEST, NAMES, README, SIGNATURE, SUMS, Container
from deskapp.bundle.keyring import Keyring, Signer
from deskapp.bundle.keys import PublicKey
from deskapp.bundle.limits import LIMITS, Limits
from deskapp.bundle.lines import Line
from deskapp.bundle.manifest import Manifest
from deskapp.bundle.outcomes import Malformed, RevokedKey, Tampered, UnknownSigner, WrongRecipient, WrongSigner, edge

Scratch = Callable[[], BinaryIO]
"""Gives a new, empty, seekable stream to read and write, such as a nameless file in the book's own folder."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle that is whole, signed by whom it says and meant for us; its lines are still to be read."""

    manifest: Manifest
    bundle_id: str
    signer: Signer
    sums: bytes
    signature: bytes
    manifest_bytes: bytes
    _stream: BinaryIO = field(repr=False)
    _places: dict[str, tuple[int, int]] = field(repr=False)
    _limits: Limits = field(repr=False)

    def lines(self) -> Iterator[Line]:
        """Its entries in order; raises Malformed, Tampered or TooBig, so use none before the last came (B46)."""
        with edge():
            entries, bodies = (lines.chunks(self._stream, *self._places[name]) for name in (ENTRIES, BODIES))
            yield from lines.read(entries, bodies, self.manifest, self._limits)

    def close(self) -> None:
        """Give the scratch stream back."""
        self._stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def read(
    sealed: BinaryIO, scratch: Scratch, *, to: str, identities: Sequence[str], keyring: Keyring, now: datetime,
    limits: Limits = LIMITS,
) -> Bundle:  # fmt: skip
    """Open a sealed bundle addressed `to` us, arriving `now`; raises a BundleError, or KeyFault for our own keys."""
    with edge(), scratch() as plain:
        seal.unseal(sealed, plain, identities, limits)
        return read_plain(plain, scratch, to=to, keyring=keyring, now=now, limits=limits)


def read_plain(
    plain: BinaryIO, scratch: Scratch, *, to: str, keyring: Keyring, now: datetime, limits: Limits = LIMITS
) -> Bundle:
    """The same for the zip within, once somebody has opened the seal."""
    with edge():
        container = Container(plain, limits)
        signed, armored = container.data(SUMS), container.data(SIGNATURE)
        key = _trusted(signed, armored, keyring, now)
        told = sums.parse(signed)
        found = container.data(MANIFEST)
        if told.get(MANIFEST) != hashlib.sha256(found).hexdigest():
            raise Tampered("B20", MANIFEST)
        man = manifest.parse(found)
        signer = _addressed(man, key, keyring, to, now)
        _declared(man, container, told)
        stream = scratch()
        try:
            places = _unpacked(container, told, stream)
        except BaseException:
            stream.close()
            raise
        return Bundle(man, sums.bundle_id(signed), signer, signed, armored, found, stream, places, limits)


def _trusted(signed: bytes, armored: bytes, keyring: Keyring, now: datetime) -> PublicKey:
    """Whose signature it is: somebody's whom we trust (B15 to B18)."""
    key = signature.signer(signed, armored)
    if key is None:
        raise Tampered("B16", "the signature is not of these sums")
    if key in keyring.revoked:
        raise RevokedKey("B17", key.fingerprint)
    if not any(signer.key == key and signer.valid(now) for signer in keyring.signers):
        raise UnknownSigner("B18", key.fingerprint)
    return key


def _addressed(man: Manifest, key: PublicKey, keyring: Keyring, to: str, now: datetime) -> Signer:
    """From its signer, to us (B19, B24, B30)."""
    ours = [one for one in keyring.signers if one.key == key and one.valid(now) and one.party == man.from_]
    if not ours:
        raise WrongSigner("B19", f"{key.fingerprint} is not a key of {man.from_}")
    if man.key != key.fingerprint:
        raise WrongSigner("B30", f"{man.key} is named, {key.fingerprint} signed")
    if man.to != to:
        raise WrongRecipient("B24", f"it is addressed to {man.to}")
    return ours[0]


def _declared(man: Manifest, container: Container, told: dict[str, str]) -> None:
    """Names, sizes and hashes agree before anything large is unpacked (B10, B13, B31)."""
    if tuple(container.members) != NAMES:
        raise Malformed("B10", "not the members of a version 1 bundle, in their order")
    if told.keys() != set(NAMES) - {SUMS, SIGNATURE}:
        raise Malformed("B13", "SHA256SUMS names other members than there are")
    if man.files.keys() != {ENTRIES, BODIES, README}:
        raise Malformed("B31", "files names other members than there are")
    for name, file in man.files.items():
        if file.sha256 != told[name]:
            raise Malformed("B31", f"{name}: the manifest and SHA256SUMS disagree")
        if file.bytes != container.members[name].size:
            raise Tampered("B31", f"{name}: its size is not what the manifest says")


def _unpacked(container: Container, told: dict[str, str], stream: BinaryIO) -> dict[str, tuple[int, int]]:
    """Put the lines on the scratch stream, so that they are inflated once; every hash is right (B20, B38)."""
    places: dict[str, tuple[int, int]] = {}
    at = 0
    for name in (ENTRIES, BODIES, README):
        digest = hashlib.sha256()
        for chunk in container.chunks(name):
            digest.update(chunk)
            if name != README:
                stream.write(chunk)
        if digest.hexdigest() != told[name]:
            raise Tampered("B20", name)
        places[name] = (at, container.members[name].size)
        at += container.members[name].size
    return places
