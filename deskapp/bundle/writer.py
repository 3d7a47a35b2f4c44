"""The entrance for whoever makes a bundle: lines in, one sealed file out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from deskapp.bundle import lines, packing, seal, signature, sums
from deskapp.bundle import manifest as manifests
from deskapp.bundle.container import BODIES, ENTRIES, MANIFEST, README, SIGNATURE, SUMS
from deskapp.bundle.keys import SigningKey
from deskapp.bundle.limits import LIMITS, Limits
from deskapp.bundle.manifest import Ack, File, Manifest
from deskapp.bundle.outcomes import TooBig
from deskapp.bundle.packing import Packed, Plain
from deskapp.bundle.reader import Scratch
from deskapp.resources import data_path


@dataclass(frozen=True, slots=True)
class Draft:
    """What the manifest says that the lines don't; moments are written with their offset, to the second."""

    kind: str
    from_: str
    to: str
    journal: str
    from_seq: int
    prev_hash: str
    created_at: datetime
    app: str
    ack: Ack | None = None
    expires: datetime | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """What was written."""

    manifest: Manifest
    bundle_id: str


def write(
    sealed: BinaryIO, scratch: Scratch, draft: Draft, entries: Iterable[tuple[str, str, str | None]], *,
    key: SigningKey, recipients: Sequence[str], armored: bool = False, level: int = 6, limits: Limits = LIMITS,
) -> Written:  # fmt: skip
    """Write a sealed bundle of (head, body, private) lines; raises KeyFault, Malformed or TooBig, as a reader would."""
    with scratch() as plain:
        written = write_plain(plain, scratch, draft, entries, key=key, level=level, limits=limits)
        plain.seek(0)
        seal.seal(plain, sealed, recipients, armored=armored)
        if sealed.tell() > limits.file:
            raise TooBig("B2", f"{sealed.tell()} bytes")
        return written


def write_plain(
    plain: BinaryIO, scratch: Scratch, draft: Draft, entries: Iterable[tuple[str, str, str | None]], *,
    key: SigningKey, level: int = 6, limits: Limits = LIMITS,
) -> Written:  # fmt: skip
    """The zip without its seal."""
    with scratch() as one, scratch() as other:
        heads, bodies = Packed(one, level), Packed(other, level)
        chain = lines.Writer(heads, bodies, draft.from_seq, draft.prev_hash, limits)
        chain.add(entries)
        heads.end()
        bodies.end()
        readme = Plain(data_path("bundle-readme.txt").read_bytes())
        files: dict[str, Packed | Plain] = {ENTRIES: heads, BODIES: bodies, README: readme}
        man = _manifest(draft, chain, files, key)
        told = Plain(man.write())
        for name, member in (*files.items(), (MANIFEST, told)):
            if member.size > limits.member(name):
                raise TooBig("B12", f"{name}: {member.size} bytes")
        manifests.parse(told.data)  # what a reader would refuse is not written
        hashes = {name: member.sha256 for name, member in files.items()} | {MANIFEST: told.sha256}
        signed = sums.write(hashes)
        armored = Plain(signature.sign(signed, key))
        packing.write(plain, [(SUMS, Plain(signed)), (SIGNATURE, armored), (MANIFEST, told), *files.items()])
        return Written(man, sums.bundle_id(signed))


def _manifest(draft: Draft, chain: lines.Writer, files: dict[str, Packed | Plain], key: SigningKey) -> Manifest:
    return Manifest(
        kind=draft.kind, from_=draft.from_, to=draft.to, journal=draft.journal, from_seq=chain.first,
        to_seq=chain.next - 1, count=chain.next - chain.first, prev_hash=draft.prev_hash, head_hash=chain.hash,
        erased=tuple(chain.erased), created_at=draft.created_at.isoformat(timespec="seconds"), app=draft.app,
        ack=draft.ack, key=key.public.fingerprint,
        files={name: File(member.size, member.sha256) for name, member in files.items()},
        expires=draft.expires.isoformat(timespec="seconds") if draft.expires else None,
    )  # fmt: skip
