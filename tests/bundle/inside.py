"""Vectors whose signature, sums, manifest or lines are wrong, in a zip that is right."""

from __future__ import annotations

import json
from collections.abc import Iterator

from deskapp.bundle import signature
from tests.bundle.craft import DESK, EARLY, EXPIRED, NEXT, OTHER, REVOKED, STRANGER, Craft, digest, pack
from tests.bundle.outside import BODIES, ENTRIES, MALFORMED, README, TAMPERED, Row


def signed() -> Iterator[Row]:
    members = Craft().build()
    mark = members["SHA256SUMS.sig"]
    for name, other in (
        ("crlf", mark.replace(b"\n", b"\r\n")),
        ("tail", mark + b"\n"),
        ("head", b"\n" + mark),
        ("empty", b""),
        ("folded", mark.replace(b"\n", b"\n ", 2)),
        ("binary", bytes(range(256))),
        ("namespace", signature.sign(members["SHA256SUMS"], DESK, signature.ENROLMENT)),
    ):
        yield f"mark-{name}.zip", MALFORMED, "B15", f"signature: {name}", pack(members | {"SHA256SUMS.sig": other})
    other = signature.sign(members["SHA256SUMS"].replace(b"0", b"1"), DESK)
    yield "mark-other.zip", TAMPERED, "B16", "a signature of something else", pack(members | {"SHA256SUMS.sig": other})
    turned = members["SHA256SUMS"].replace(b"a", b"b", 1)
    yield "sums-edited.zip", TAMPERED, "B16", "sums edited", pack(members | {"SHA256SUMS": turned})
    old = "2020-01-01T00:00:00+08:00"
    yield "key-revoked.zip", "REVOKED KEY", "B17", "a revoked key", Craft(REVOKED).zip()
    yield (
        "key-revoked-old.zip",
        "REVOKED KEY",
        "B17",
        "a revoked key, dated back",
        Craft(REVOKED).manifest(created_at=old).zip(),
    )
    yield "key-stranger.zip", "UNKNOWN SIGNER", "B18", "nobody's key", Craft(STRANGER).zip()
    yield "key-expired.zip", "UNKNOWN SIGNER", "B18", "a key no longer valid", Craft(EXPIRED).zip()
    yield "key-early.zip", "UNKNOWN SIGNER", "B18", "a key not yet valid", Craft(EARLY).zip()


def sums() -> Iterator[Row]:
    members = Craft().build()
    good = members["SHA256SUMS"]
    listed = good.splitlines(keepends=True)
    for name, sums in (
        ("order", b"".join(reversed(listed))),
        ("upper", good.upper()),
        ("star", good.replace(b"  ", b" *")),
        ("crlf", good.replace(b"\n", b"\r\n")),
        ("cut", good[:-1]),
        ("twice", good + listed[-1]),
        ("text", b"\xff\n"),
    ):
        yield f"sums-{name}.zip", MALFORMED, "B13", f"sums: {name}", Craft().member("SHA256SUMS", sums).zip()
    fewer = Craft().member("SHA256SUMS", b"".join(listed[1:]))
    yield "sums-fewer.zip", MALFORMED, "B13", "a member without a sum", fewer.zip()
    for name in (ENTRIES, BODIES, README):
        edited = members | {name: members[name].replace(b"2", b"3").replace(b"made", b"fake")}
        yield f"edited-{name.partition('.')[0]}.zip", TAMPERED, "B20", f"{name} edited", pack(edited)
    edited = members | {"manifest.json": members["manifest.json"].replace(b"desk-017", b"desk-018")}
    yield "edited-manifest.zip", TAMPERED, "B20", "the manifest edited", pack(edited)
    longer = members | {ENTRIES: members[ENTRIES] + b"{}\n"}
    yield "edited-longer.zip", TAMPERED, "B31", "a line added", pack(longer)


def manifest() -> Iterator[Row]:
    good = Craft().build()["manifest.json"]
    for name, clause, data in (
        ("crlf", "B21", good[:-1] + b"\r\n"),
        ("bom", "B21", b"\xef\xbb\xbf" + good),
        ("array", "B21", b"[]\n"),
        ("twice", "B21", good[:-2] + b',"to":"hq"}\n'),
        ("float", "B21", good.replace(b'"count":5', b'"count":5.0')),
        ("nan", "B21", good.replace(b'"count":5', b'"count":NaN')),
        ("utf8", "B21", good.replace(b"hq", b"\xff\xff")),
        ("digits", "B21", good.replace(b'"count":5', b'"count":' + b"5" * 5000)),
        ("more", "B21", good + good),
        ("deep", "B21", b"[" * 100_000 + b"}\n"),
        ("other", "B22", good.replace(b"deskapp-bundle", b"deskapp-backup")),
    ):
        yield (
            f"manifest-{name}.zip",
            MALFORMED,
            clause,
            f"manifest: {name}",
            Craft().member("manifest.json", data).zip(),
        )
    hash_, zone = digest("x"), "2026-11-22T20:00:00+08:00"
    for name, clause, change in (
        ("field", "B23", {"note": "x"}),
        ("less", "B23", {"app": ...}),
        ("kind", "B23", {"kind": "mail"}),
        ("from", "B23", {"from": "Desk 17"}),
        ("journal", "B23", {"journal": "../x"}),
        ("hash", "B23", {"prev_hash": "x"}),
        ("moment", "B23", {"created_at": "2026-11-22 20:00"}),
        ("day", "B23", {"created_at": zone.replace("22T", "31T")}),
        ("app", "B23", {"app": "x\n"}),
        ("true", "B23", {"from_seq": True}),
        ("negative", "B23", {"from_seq": -1}),
        ("high", "B23", {"to_seq": 10**10}),
        ("text", "B23", {"count": "5"}),
        ("reader", "B23", {"min_reader": 0}),
        ("version", "B23", {"format_version": 0}),
        ("self", "B24", {"from": "hq"}),
        ("count", "B25", {"count": 4}),
        ("origin", "B26", {"from_seq": 0, "to_seq": 4}),
        ("erased", "B27", {"erased": [2003, 2003]}),
        ("erased-far", "B27", {"erased": [1]}),
        ("erased-text", "B27", {"erased": ["2003"]}),
        ("ack", "B28", {"ack": {}}),
        ("ack-seq", "B23", {"ack": {"journal": "a", "seq": None, "hash": hash_}}),
        ("expires", "B23", {"expires": zone}),
        ("feed", "B23", {"kind": "hq-feed"}),
        ("feed-expires", "B29", {"kind": "hq-feed", "expires": "soon"}),
        ("files", "B31", {"files": []}),
        ("files-hash", "B31", {"files": {ENTRIES: {"bytes": 1, "sha256": "x"}}}),
        ("files-less", "B31", {"files": {ENTRIES: {"bytes": 1, "sha256": hash_}}}),
    ):
        yield f"manifest-{name}.zip", MALFORMED, clause, f"manifest: {name}", Craft().manifest(**change).zip()
    files = json.loads(good)["files"]
    yield (
        "manifest-files-differ.zip",
        MALFORMED,
        "B31",
        "manifest and sums disagree",
        Craft().manifest(files=files | {README: files[README] | {"sha256": hash_}}).zip(),
    )
    yield (
        "manifest-files-size.zip",
        TAMPERED,
        "B31",
        "another size",
        Craft().manifest(files=files | {README: files[README] | {"bytes": 1}}).zip(),
    )
    newer = {"format_version": 2, "min_reader": 2, "novel": {"x": [1]}}
    yield "newer.zip", "NEEDS NEWER DESKAPP", "B22", "a newer manifest", Craft().manifest(**newer).zip()
    yield (
        "newer-member.zip",
        "NEEDS NEWER DESKAPP",
        "B22",
        "a newer member",
        Craft().manifest(**newer).member("photos.bin", bytes(200_000)).zip(),
    )


def parties() -> Iterator[Row]:
    yield "from-other.zip", "WRONG SIGNER", "B19", "signed by another desk", Craft(OTHER).zip()
    yield (
        "from-hq.zip",
        "WRONG SIGNER",
        "B19",
        "a desk that says it is head office",
        Craft().manifest(**{"from": "hq-2"}).zip(),
    )
    named = Craft().manifest(key=NEXT.public.fingerprint)
    yield "from-key.zip", "WRONG SIGNER", "B30", "names another key of its own", named.zip()
    yield "to-other.zip", "WRONG RECIPIENT", "B24", "addressed to a desk", Craft().manifest(to="desk-018").zip()
    yield (
        "to-other.zip.age",
        "WRONG RECIPIENT",
        "B24",
        "addressed to a desk, sealed to us",
        Craft().manifest(to="desk-018").sealed(),
    )


def lines() -> Iterator[Row]:
    members = Craft().build()
    heads, bodies = members[ENTRIES], members[BODIES]
    for name, clause, data in (
        ("cut", "B32", heads[:-1]),
        ("crlf", "B33", heads.replace(b"\n", b"\r\n")),
        ("blank", "B33", b"\n" + heads),
        ("less", "B32", b"".join(heads.splitlines(keepends=True)[:4])),
        ("more", "B32", heads + b"{}\n"),
        ("utf8", "B32", heads.replace(b"staff-3", b"staff\xff3")),
        ("bom", "B33", b"\xef\xbb\xbf" + heads),
        ("seq", "B33", heads.replace(b'"seq":2002', b'"seq":2003')),
        ("array", "B33", b"[1]\n" * 5),
        ("seq-text", "B33", heads.replace(b'"seq":2001', b'"seq":"2001"')),
        ("json", "B33", heads.replace(b'"by":', b'"by"')),
        ("tail", "B33", heads.replace(b'"}\n', b'"} \n')),
        ("twice", "B33", heads.replace(b'"by":', b'"seq":2001,"by":')),
        ("twice-blank", "B33", heads.replace(b'"by":', b'"seq" :2001,"by":')),
        ("twice-due", "B33", heads.replace(b'"by":', b'"due":"1","at":"","by":')),
        ("twice-within", "B33", heads.replace(b'"by":', b'"due":{"a":1,"a":1},"by":')),
        ("deep", "B33", b"[" * 100_000 + b"\n" + heads),
        ("nan", "B33", heads.replace(b'"staff-3"', b"NaN")),
        ("sealless", "B33", heads.replace(b'"body":', b'"Body":')),
        ("true", "B33", heads.replace(b'"seq":2001', b'"seq":true')),
    ):
        yield f"heads-{name}.zip", MALFORMED, clause, f"head lines: {name}", Craft().member(ENTRIES, data).zip()
    for name, clause, data in (
        ("cut", "B32", bodies[:-1]),
        ("less", "B32", b"".join(bodies.splitlines(keepends=True)[:4])),
        ("more", "B32", bodies + b"{}\n"),
        ("seq", "B35", bodies.replace(b'"seq":2002', b'"seq":2003')),
        ("blank", "B35", bodies.replace(b'"body":', b'"body": ')),
        ("twice", "B35", bodies.replace(b"}\n", b',"body":""}\n', 1)),
        ("number", "B35", bodies.replace(b'"body":"', b'"body":1,"x":"')),
        ("control", "B35", bodies.replace(b"2-1502", b"2\t1502")),
        ("surrogate", "B35", bodies.replace(b"3-2-1502", b"\\ud800")),
        ("utf8", "B32", bodies.replace(b"3-2", b"3\xff2")),
        ("escape", "B35", bodies.replace(b"3-2", b"3\\x2")),
        ("private", "B35", bodies.replace(b'"private":', b'"Private":')),
    ):
        yield f"bodies-{name}.zip", MALFORMED, clause, f"body lines: {name}", Craft().member(BODIES, data).zip()
    yield (
        "chain-edited.zip",
        TAMPERED,
        "B34",
        "a head line edited, signed again",
        Craft()
        .manifest(head_hash=json.loads(members["manifest.json"])["head_hash"])
        .member(ENTRIES, heads.replace(b"staff-3", b"staff-4", 1))
        .zip(),
    )
    yield "chain-start.zip", TAMPERED, "B34", "begins elsewhere", Craft().manifest(prev_hash=digest("y")).zip()
    yield (
        "body-edited.zip",
        TAMPERED,
        "B36",
        "a body edited, signed again",
        Craft().member(BODIES, bodies.replace(b"3-2-1502", b"3-2-1503", 1)).zip(),
    )
    yield (
        "private-edited.zip",
        TAMPERED,
        "B36",
        "a private line edited, signed again",
        Craft().member(BODIES, bodies.replace(b"13800001111", b"13900001111", 1)).zip(),
    )
    missing, besides, kept = Craft(), Craft(), Craft()
    missing.lines[0] = (*missing.lines[0][:2], None)
    yield "private-missing.zip", MALFORMED, "B37", "a private line missing", missing.zip()
    besides.lines[1] = (*besides.lines[1][:2], "{}")
    yield "private-besides.zip", MALFORMED, "B37", "a private line nobody vouches for", besides.zip()
    yield "private-kept.zip", MALFORMED, "B37", "said to be erased, still there", kept.manifest(erased=[2003]).zip()
