"""Vectors whose seal, zip or packing is right or wrong, whatever was signed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.bundle.craft import HQ, NEXT, OTHER_AGE, Craft, deflated, digest, pack, sealed

GOOD, DAMAGED, TAMPERED, MALFORMED, BIG = "GOOD", "DAMAGED", "TAMPERED", "MALFORMED", "TOO BIG"
ENTRIES, BODIES, README = "entries.jsonl", "bodies.jsonl", "README.txt"
Row = tuple[str, str, str, str, bytes]
"""A file's name, its outcome, the clause, what it is, its bytes."""


def good() -> Iterator[Row]:
    yield "good-journal.zip.age", GOOD, "", "as a desk sends it", Craft().sealed()
    yield "good-armored.zip.age", GOOD, "B1", "armored, for mail", Craft().sealed(armored=True)
    yield "good-journal.zip", GOOD, "", "its container", Craft().zip()
    yield "good-stored.zip", GOOD, "B7", "nothing deflated", Craft().zip(stored=True)
    yield (
        "good-dos.zip",
        GOOD,
        "B7",
        "made under DOS",
        Craft().zip(central={"made": 20, "mode": 0x20}, both={"needed": 10}),
    )
    yield "good-first.zip", GOOD, "B26", "from the opening entry", Craft(first=0).zip()
    ack = {"journal": "00c0ffee", "seq": 12, "hash": digest("x")}
    yield "good-empty.zip", GOOD, "B25", "no entries, an acknowledgement", Craft(count=0).manifest(ack=ack).zip()
    yield "good-rotated.zip", GOOD, "B41", "the desk's next key", Craft(NEXT).zip()
    feed: dict[str, Any] = {"kind": "hq-feed", "from": "hq", "to": "desk-017", "expires": "2026-12-01T00:00:00+08:00"}
    yield (
        "feed-for-desk.zip",
        "WRONG RECIPIENT",
        "B24",
        "head office's feed, for a desk",
        Craft(HQ).manifest(**feed).zip(),
    )
    gone = Craft()
    gone.lines[2] = (*gone.lines[2][:2], None)
    yield "good-erased.zip", GOOD, "B37", "a private line erased", gone.manifest(erased=[2003]).zip()
    unknown = Craft().manifest(format_version=2)
    yield "good-later.zip", GOOD, "B22", "a later version that we can read", unknown.zip()


def seal() -> Iterator[Row]:
    whole = Craft().sealed()
    end = whole.index(b"\n--- ")
    yield "seal-other.zip.age", "WRONG RECIPIENT", "B3", "sealed to somebody else", Craft().sealed(OTHER_AGE)
    yield "seal-cut.zip.age", DAMAGED, "B3", "breaks off in the middle", whole[:-100]
    yield "seal-cut-header.zip.age", DAMAGED, "B1", "breaks off in the header", whole[: end - 20]
    yield "seal-flipped.zip.age", DAMAGED, "B3", "a bit flipped", whole[:-100] + bytes([whole[-100] ^ 4]) + whole[-99:]
    yield "seal-mac.zip.age", DAMAGED, "B3", "header changed", whole[: end + 8] + b"A" * 43 + whole[end + 51 :]
    yield "seal-longer.zip.age", DAMAGED, "B3", "a byte behind", whole + b"x"
    yield "seal-none.zip.age", MALFORMED, "B1", "no age file", b"PGP\n" * 50
    yield "seal-header.zip.age", BIG, "B2", "an endless header", whole[:22] + b"-> X25519 x\n\n" * 2000
    yield "seal-nothing.zip.age", MALFORMED, "B5", "nothing sealed", sealed(b"")
    yield "empty.zip.age", MALFORMED, "B1", "an empty file", b""


def structure() -> Iterator[Row]:
    made = Craft()
    members = made.build()
    listed = list(members.items())
    yield "zip-before.zip", MALFORMED, "B5", "bytes before it", pack(members, before=b"PK\3\4junk")
    yield (
        "zip-self.zip",
        MALFORMED,
        "B5",
        "bytes before it, offsets kept",
        pack(members, before=b"PK\3\4junk", shift=-8),
    )
    yield "zip-between.zip", MALFORMED, "B5", "bytes before the directory", pack(members, between=b"hidden")
    yield "zip-after.zip", MALFORMED, "B5", "bytes behind it", pack(members, after=b"x")
    yield "zip-cut.zip", MALFORMED, "B5", "cut", pack(members)[:-1]
    yield "zip-comment.zip", MALFORMED, "B5", "a comment", pack(members, end={"comment": b"hello"})
    said = pack(members)[:-2] + b"\5\0"
    yield "zip-comment-said.zip", MALFORMED, "B6", "a comment said, not there", said
    yield "zip-disks.zip", MALFORMED, "B6", "two disks", pack(members, end={"disk": 1})
    yield "zip-count.zip", MALFORMED, "B6", "counts differ", pack(members, end={"here": 5})
    fewer = pack(members, end={"here": 5, "count": 5})
    yield "zip-fewer.zip", MALFORMED, "B5", "a member more than counted", fewer
    yield "zip-64.zip", MALFORMED, "B6", "as zip64 says it", pack(members, end={"here": 0xFFFF, "count": 0xFFFF})
    yield "zip-many.zip", MALFORMED, "B6", "too many members", pack([*listed, *((f"x{n}", b"") for n in range(11))])
    yield "zip-order.zip", MALFORMED, "B10", "another order", pack([*listed[:3], listed[4], listed[3], listed[5]])
    yield "zip-first.zip", MALFORMED, "B9", "the sums not first", pack([listed[1], listed[0], *listed[2:]])
    yield "zip-missing.zip", MALFORMED, "B10", "a member missing", pack(listed[:5])
    yield "zip-extra.zip", MALFORMED, "B10", "a member more", pack([*listed, ("extra.txt", b"hello")])
    yield "zip-twice.zip", MALFORMED, "B9", "a name twice", pack([*listed, (ENTRIES, b"other")])
    for name, path in (("up", "../up.txt"), ("root", "/etc/x"), ("drive", "C:\\x"), ("folder", "dir/"), ("dots", "..")):
        yield f"zip-name-{name}.zip", MALFORMED, "B9", f"a member named {path}", pack([*listed, (path, b"")])
    yield "zip-garbage.zip", MALFORMED, "B5", "no zip", b"PK\3\4" + b"garbage" * 30


def headers() -> Iterator[Row]:
    members = Craft().build()
    for name, clause, changes in (
        ("flag-encrypted", "B7", {"flags": 1}),
        ("flag-descriptor", "B7", {"flags": 8}),
        ("flag-utf8", "B7", {"flags": 0x800}),
        ("method-lzma", "B7", {"method": 14}),
        ("zip64", "B7", {"needed": 45}),
        ("dated", "B7", {"date": DATE_2026}),
        ("timed", "B7", {"time": 1}),
    ):
        yield f"head-{name}.zip", MALFORMED, clause, name, pack(members, both=changes)
    for name, changes in (
        ("extra", {"extra": b"UT\5\0\3aaaa"}),
        ("comment", {"comment": b"hello"}),
        ("disk", {"disk": 1}),
        ("link", {"mode": 0o120777 << 16}),
        ("folder", {"mode": 0o040755 << 16 | 0x10}),
        ("device", {"mode": 0o060644 << 16}),
        ("system", {"made": 19 << 8 | 20}),
        ("kind", {"kind": 2}),
    ):
        yield f"head-{name}.zip", MALFORMED, "B7", name, pack(members, central=changes)
    for name, changes in (
        ("needed", {"needed": 10}),
        ("flags", {"flags": 2}),
        ("method", {"method": 0}),
        ("crc", {"crc": 1}),
        ("packed", {"packed": 9}),
        ("size", {"size": 9}),
        ("name", {"name": b"entries.jsonx"}),
        ("extra-local", {"extra": b"UT\1\0x"}),
    ):
        yield f"differ-{name}.zip", MALFORMED, "B8", f"{name} told differently", pack(members, local=changes)
    yield "differ-at.zip", MALFORMED, "B5", "a member elsewhere", pack(members, central={"at": 0})
    long = pack(members, both={"packed": 1 << 20})
    yield "differ-long.zip", MALFORMED, "B8", "longer than the zip", long


DATE_2026 = (2026 - 1980) << 9 | 11 << 5 | 22


def unpacking() -> Iterator[Row]:
    members = Craft().build()
    told = members[ENTRIES]
    yield "member-crc.zip", DAMAGED, "B11", "its checksum", pack(members, both={"crc": 1})
    yield "member-garbage.zip", DAMAGED, "B11", "does not inflate", pack(members, data={ENTRIES: b"\xff" * 99})
    yield "member-cut.zip", DAMAGED, "B11", "breaks off", pack(members, data={ENTRIES: deflated(told)[:-9]})
    yield (
        "member-tail.zip",
        DAMAGED,
        "B11",
        "goes on behind its end",
        pack(members, data={ENTRIES: deflated(told) + b"x"}),
    )
    yield "member-short.zip", DAMAGED, "B11", "less than it says", pack(members, data={ENTRIES: deflated(told[:-9])})
    yield (
        "member-bomb.zip",
        BIG,
        "B11",
        "far more than it says",
        pack(members, data={ENTRIES: deflated(bytes(1 << 20))}),
    )
    yield (
        "sums-bomb.zip",
        BIG,
        "B11",
        "a bomb before the signature",
        pack(members, data={"SHA256SUMS": deflated(bytes(1 << 20))}),
    )
    yield "sums-big.zip", BIG, "B11", "declares 8 KiB of sums", pack(members | {"SHA256SUMS": bytes(8192)})
    yield "entries-big.zip", BIG, "B11", "declares 3 GiB of entries", pack(members, both={"size": 3 << 30})
    yield "readme-big.zip", BIG, "B11", "a readme of 128 KiB", pack(members | {README: bytes(1 << 17)})
    yield "line-big.zip", BIG, "B12", "a line of 5 MiB", Craft().member(ENTRIES, b"x" * (5 << 20) + b"\n").zip()
