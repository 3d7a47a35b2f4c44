"""Bundles built by hand, right or wrong in one place at will, with keys that are for tests only."""

from __future__ import annotations

import hashlib
import io
import json
import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deskapp.bundle import seal, signature, sums
from deskapp.bundle.container import CENTRAL, DATE, END, LOCAL, NAMES
from deskapp.bundle.keyring import Keyring, Signer
from deskapp.bundle.keys import SigningKey
from deskapp.bundle.limits import LIMITS, Limits
from deskapp.bundle.lines import Line
from deskapp.bundle.manifest import GENESIS
from deskapp.bundle.reader import Bundle, read, read_plain

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
JOURNAL = "3f9a01bc"


def key(name: str) -> SigningKey:
    """The test key of that name: anybody can make it, nobody may trust it."""
    return SigningKey(
        Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"deskapp test key {name}".encode()).digest())
    )


DESK, NEXT, OTHER, HQ = key("desk-017"), key("desk-017, the next"), key("desk-018"), key("hq")
REVOKED, STRANGER, EXPIRED, EARLY = key("revoked"), key("stranger"), key("expired"), key("not yet")
HQ_AGE = "AGE-SECRET-KEY-1TNECXQAN4AVD95ZQ8622ZR4GPAF8SWMPA74MR7Y0NL2AW3FYAYPQ3PLH0F"
OTHER_AGE = "AGE-SECRET-KEY-1W8KTFGUA7HYQVCP607R0CDC56UGVJCCEJU2T8HGW46G6YXGPWKKSLAGH8F"
KEYRING = Keyring(
    (
        Signer("desk-017", DESK.public),
        Signer("desk-017", NEXT.public, after=datetime(2026, 11, 1, tzinfo=UTC)),
        Signer("desk-017", EXPIRED.public, before=datetime(2026, 11, 21, tzinfo=UTC)),
        Signer("desk-017", EARLY.public, after=datetime(2026, 11, 23, tzinfo=UTC)),
        Signer("desk-017", REVOKED.public),
        Signer("desk-018", OTHER.public),
        Signer("hq", HQ.public),
    ),
    frozenset({REVOKED.public}),
)


def line(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def digest(text: str | bytes) -> str:
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()


def entries(count: int, first: int = 2001) -> Iterator[tuple[str, str, str | None]]:
    """Lines as a book keeps them; every other entry has a private line."""
    for seq in range(first, first + count):
        body = line({"salt": digest(str(seq))[:32], "data": {"item": "11", "room": "3-2-1502", "said": '"\\'}})
        private = line({"salt": digest(f"p{seq}")[:32], "data": {"content": "漏水\u2028", "phone": "13800001111"}})
        head = {"seq": seq, "at": "2026-11-22T03:15:00+08:00", "by": "staff-3", "form": "order", "body": digest(body)}
        if seq % 2:
            head["private"] = digest(private)
        yield line(head), body, private if seq % 2 else None


def head_hash(heads: Iterable[str], previous: str) -> str:
    for head in heads:
        previous = digest(f"{previous}\n{head}")
    return previous


class Craft:
    """A good bundle of five entries; change what should be wrong, then `zip()`."""

    def __init__(self, signer: SigningKey = DESK, count: int = 5, first: int = 2001) -> None:
        self.signer = signer
        self.lines = list(entries(count, first))
        self.prev = digest("the entry before") if first else GENESIS
        self.told: dict[str, Any] = {"from_seq": first, "to_seq": first + count - 1, "count": count}
        self.members: dict[str, bytes] = {}
        self.sums: dict[str, str] = {}
        self.layout: dict[str, Any] = {}

    def manifest(self, **changes: Any) -> Craft:
        """Say otherwise in the manifest; a field said to be `...` is left out."""
        self.told |= changes
        return self

    def member(self, name: str, data: bytes) -> Craft:
        """Have these bytes in a member, signed for."""
        self.members[name] = data
        return self

    def build(self) -> dict[str, bytes]:
        """The members, signed."""
        made = {
            "entries.jsonl": "".join(f"{head}\n" for head, _, _ in self.lines).encode(),
            "bodies.jsonl": "".join(map(self._body, self.lines)).encode(),
            "README.txt": b"made for tests\n",
        } | {name: data for name, data in self.members.items() if name not in NAMES[:3]}
        told = self._told(made)
        made["manifest.json"] = self.members.get("manifest.json", (line(told) + "\n").encode())
        signed = sums.write({name: digest(data) for name, data in made.items()} | self.sums)
        signed = self.members.get("SHA256SUMS", signed)
        mark = self.members.get("SHA256SUMS.sig", signature.sign(signed, self.signer))
        made |= {"SHA256SUMS": signed, "SHA256SUMS.sig": mark}
        return {name: made[name] for name in (*NAMES, *(made.keys() - set(NAMES)))}

    def _body(self, entry: tuple[str, str, str | None]) -> str:
        head, body, private = entry
        return (
            line({"seq": json.loads(head)["seq"], "body": body} | ({} if private is None else {"private": private}))
            + "\n"
        )

    def _told(self, made: dict[str, bytes]) -> dict[str, Any]:
        told = {
            "format": "deskapp-bundle", "format_version": 1, "min_reader": 1, "kind": "desk-journal",
            "from": "desk-017", "to": "hq", "journal": JOURNAL, "from_seq": 0, "to_seq": 0, "count": 0,
            "prev_hash": self.prev, "head_hash": head_hash((head for head, _, _ in self.lines), self.prev),
            "erased": [], "created_at": "2026-11-22T20:00:00+08:00", "app": "deskapp test", "ack": None,
            "key": self.signer.public.fingerprint,
            "files": {name: {"bytes": len(data), "sha256": digest(data)} for name, data in made.items()},
        } | self.told  # fmt: skip
        return {name: value for name, value in told.items() if value is not ...}

    def zip(self, **layout: Any) -> bytes:
        """The container."""
        return pack(self.build(), **(self.layout | layout))

    def sealed(self, identity: str = HQ_AGE, *, armored: bool = False) -> bytes:
        """Sealed to whoever has that identity."""
        return sealed(self.zip(), identity, armored=armored)


def sealed(plain: bytes, identity: str = HQ_AGE, *, armored: bool = False) -> bytes:
    out = io.BytesIO()
    seal.seal(io.BytesIO(plain), out, [seal.recipient_of(identity)], armored=armored)
    return out.getvalue()


def deflated(data: bytes, level: int = 9) -> bytes:
    packer = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def pack(
    members: dict[str, bytes] | list[tuple[str, bytes]], *, local: dict[str, Any] | None = None,
    central: dict[str, Any] | None = None, both: dict[str, Any] | None = None, end: dict[str, Any] | None = None,
    before: bytes = b"", between: bytes = b"", after: bytes = b"", shift: int = 0, stored: bool = False,
    data: dict[str, bytes] | None = None,
) -> bytes:  # fmt: skip
    """A zip; `local`, `central`, `both` change what is said of entries.jsonl, `data` what is packed for a member."""
    out, directory = io.BytesIO(before), b""
    out.seek(0, io.SEEK_END)
    for name, plain in members.items() if isinstance(members, dict) else members:
        packed = (data or {}).get(name, plain if stored else deflated(plain))
        said: dict[str, Any] = {
            "made": 3 << 8 | 20, "needed": 20, "flags": 0, "method": 0 if stored else 8, "time": 0, "date": DATE,
            "crc": zlib.crc32(plain), "packed": len(packed), "size": len(plain), "name": name.encode(), "extra": b"",
            "comment": b"", "disk": 0, "kind": 0, "mode": 0o100644 << 16, "at": out.tell() + shift,
        }  # fmt: skip
        changes = name == "entries.jsonl"
        here = said | (both or {} if changes else {}) | (local or {} if changes else {})
        there = said | (both or {} if changes else {}) | (central or {} if changes else {})
        out.write(LOCAL.pack(b"PK\3\4", *_told(here), len(here["name"]), len(here["extra"])))
        out.write(here["name"] + here["extra"] + packed)
        directory += CENTRAL.pack(
            b"PK\1\2", there["made"], *_told(there), len(there["name"]), len(there["extra"]), len(there["comment"]),
            there["disk"], there["kind"], there["mode"], there["at"],
        ) + there["name"] + there["extra"] + there["comment"]  # fmt: skip
    out.write(between)
    count = len(members)
    last = {"disk": 0, "first": 0, "here": count, "count": count, "size": len(directory), "start": out.tell() + shift}
    last |= {"comment": b""} | (end or {})
    out.write(directory)
    out.write(
        END.pack(
            b"PK\5\6", *(last[k] for k in ("disk", "first", "here", "count", "size", "start")), len(last["comment"])
        )
    )
    out.write(last["comment"] + after)
    return out.getvalue()


def _told(said: dict[str, Any]) -> list[int]:
    return [said[k] for k in ("needed", "flags", "method", "time", "date", "crc", "packed", "size")]


def take(file: bytes, *, to: str = "hq", identity: str = HQ_AGE, limits: Limits = LIMITS) -> tuple[Bundle, list[Line]]:
    """Read a bundle to its last line, sealed or not, as head office would on that day."""
    stream = io.BytesIO(file)
    if file.startswith(b"PK"):
        bundle = read_plain(stream, io.BytesIO, to=to, keyring=KEYRING, now=NOW, limits=limits)
    else:
        bundle = read(stream, io.BytesIO, to=to, identities=[identity], keyring=KEYRING, now=NOW, limits=limits)
    return bundle, list(bundle.lines())
