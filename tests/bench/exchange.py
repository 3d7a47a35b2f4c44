"""Bundles: export, verify and import of the whole book, a day's bundle, and memory; each against the bare work."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import subprocess
import sys
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from deskapp import paths
from deskapp.book import journal
from deskapp.book.desks import HQ
from deskapp.bundle.container import BODIES, ENTRIES, Container
from deskapp.bundle.seal import unseal
from deskapp.desk import office as offices
from deskapp.desk.office import open_office
from deskapp.exchange import exporting, keys
from deskapp.exchange.importing import Importer
from deskapp.exchange.keyring import Keyring
from deskapp.exchange.verifying import verify
from tests.bench import harness, office, raw
from tests.bench.harness import Figure

DAY = 300
ROUNDS = 3
_FEW, _MANY = 10_000, 100_000


def figures(folder: Path, big: Path) -> Iterator[Figure]:
    """A desk with the big book, and a head office that has nothing of it yet."""
    desk, hq = _acquainted(folder, big)
    stick = folder / "stick"
    stick.mkdir()
    entries = _count(desk)

    def export() -> float:
        book, ring = open_office(desk).book, Keyring.open(desk)
        spent = harness.cpu(lambda: exporting.export(book, ring, ring.signing(_nobody), HQ, stick))
        book.close()
        return spent

    yield harness.against(f"export of {entries:,} entries / read, sha256, deflate, write, CPU", 1.5, ROUNDS, export,
                          lambda: harness.cpu(lambda: _bare_export(desk, folder)))  # fmt: skip
    (bundle,) = stick.glob("*.age")
    plain = folder / "plain.zip"
    with bundle.open("rb") as sealed, plain.open("wb+") as out:
        unseal(sealed, out, Keyring.open(hq).receiving())

    def verified() -> float:
        book = open_office(hq).book
        spent = harness.cpu(lambda: verify(book, Keyring.open(hq), bundle))
        book.close()
        return spent

    yield harness.against(f"verify of {entries:,} entries / inflate, sha256, CPU", 1.5, ROUNDS, verified,
                          lambda: harness.cpu(lambda: _bare_verify(plain)))  # fmt: skip

    taken = folder / "taken"
    _import(office.copied(hq, taken), bundle)
    made = raw.made(paths.book(hq), paths.book(taken))

    def imported() -> float:
        home = office.copied(hq, folder / "into")
        return harness.cpu(lambda: _import(home, bundle))

    def bare_import() -> float:
        path = paths.book(office.copied(hq, folder / "bare"))
        return harness.cpu(lambda: _bare_import(plain, path, made))

    yield harness.against(f"import of {entries:,} entries / the same and executemany of the rows, CPU", 2, ROUNDS,
                          imported, bare_import)  # fmt: skip
    yield _day(folder, desk)
    yield _memory(folder)


def _acquainted(folder: Path, big: Path) -> tuple[Path, Path]:
    """Copies of both that trust each other's keys."""
    desk, hq = office.copied(big, folder / "desk"), folder / "hq"
    offices.found(hq, "HQ", HQ, "Boss", office.PASSPHRASE).book.close()
    enrolled = {}
    for home in (desk, hq):
        book = open_office(home).book
        keys.new(home, book, office.manager(book))
        ring = Keyring.open(home)
        enrolled[home] = keys.enrolment_in(keys.enrol(book, ring, ring.signing(_nobody), folder))
        book.close()
    for home, other in ((desk, hq), (hq, desk)):
        book = open_office(home).book
        keys.trust(home, book, office.manager(book), enrolled[other], enrolled[other].signs.fingerprint)
        book.close()
    return desk, hq


def _nobody() -> str:
    raise AssertionError("a passphrase was asked for")


def _count(home: Path) -> int:
    conn = sqlite3.connect(paths.book(home))
    try:
        return int(conn.execute("SELECT count(*) FROM journal").fetchone()[0])
    finally:
        conn.close()


def _import(home: Path, bundle: Path) -> None:
    book = open_office(home).book
    (came,) = Importer(book, Keyring.open(home)).take([bundle])
    assert came.outcome == "APPLIED", came.said
    book.close()


def _bare_export(home: Path, folder: Path) -> None:
    """Read rows, hash the chain, quote, hash and deflate the members, write."""
    conn = sqlite3.connect(paths.book(home))
    previous, quote = "0" * 64, json.JSONEncoder(ensure_ascii=False).encode
    packed = [zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS) for _ in range(2)]
    sums = [hashlib.sha256() for _ in range(2)]
    with (folder / "bare.zip").open("wb") as out:
        rows = conn.execute("SELECT seq, head, body, private FROM journal ORDER BY id")
        while lot := rows.fetchmany(1000):
            members = bytearray(), bytearray()
            for seq, head, body, private in lot:
                previous = hashlib.sha256(f"{previous}\n{head}".encode()).hexdigest()
                members[0].extend(head.encode() + b"\n")
                members[1].extend(f'{{"seq":{seq},"body":{quote(body)},"private":{quote(private)}}}\n'.encode())
            for member, pack, digest in zip(members, packed, sums, strict=True):
                digest.update(member)
                out.write(pack.compress(member))
        for pack in packed:
            out.write(pack.flush())
    conn.close()


def _bare_verify(plain: Path) -> None:
    """Inflate the two members; hash them, the chain of heads, and each body and private line."""
    with plain.open("rb") as file:
        container = Container(file)
        heads, bodies = (container.data(name) for name in (ENTRIES, BODIES))
    sha256 = hashlib.sha256
    for member in (heads, bodies):
        sha256(member).digest()
    previous = b"0" * 64
    for head in heads.split(b"\n"):
        previous = sha256(b"%b\n%b" % (previous, head)).hexdigest().encode()
    for line in bodies.split(b"\n"):
        body, _, private = line.partition(b'"private"')
        sha256(body).hexdigest()
        if private:
            sha256(private).hexdigest()


def _bare_import(plain: Path, path: Path, made: raw.Made) -> None:
    _bare_verify(plain)
    conn = raw.writer(path)
    made.insert(conn)
    conn.close()


def _day(folder: Path, desk: Path) -> Figure:
    """What is new since yesterday, all else being acknowledged: keys read, sealed, flushed."""
    book = open_office(desk).book
    room = book.read.execute("SELECT number FROM records WHERE form = 'room'").fetchone()[0]
    lines = ({**line, "room": room} for line in office.diary(office.SMALL, seed=2))
    seq, hash_ = book.read.execute("SELECT seq, hash FROM journal ORDER BY id DESC LIMIT 1").fetchone()
    with book.writing() as conn:
        conn.execute("INSERT OR REPLACE INTO acked VALUES (?, ?, ?, ?, ?)", (HQ, book.journal, seq, hash_, "-"))
    journal.load(book, office.manager(book), "diary", islice(lines, DAY))
    stick = folder / "day"
    stick.mkdir()

    def work() -> None:
        ring = Keyring.open(desk)
        (sent,) = exporting.export(book, ring, ring.signing(_nobody), HQ, stick)
        assert sent.count == DAY

    found = harness.in_turn(5, lambda: harness.wall(work))[0]
    book.close()
    return Figure(f"export of a day's {DAY} entries, keys and flush", sorted(found)[2], 1000)


def _memory(folder: Path) -> Figure:
    """The most memory that an import takes, of many entries against few, each in a process of its own."""
    peaks = []
    for n in (_FEW, _MANY):
        room = folder / f"memory-{n}"
        room.mkdir()
        office.make(room / "made", n)
        desk, hq = _acquainted(room, room / "made")
        book, ring = open_office(desk).book, Keyring.open(desk)
        (sent,) = exporting.export(book, ring, ring.signing(_nobody), HQ, room)
        book.close()
        words = [sys.executable, "-c", _IMPORT, str(Path(__file__).parents[2]), str(hq), str(sent.path)]
        peaks.append(float(subprocess.run(words, check=True, capture_output=True, text=True).stdout))
        shutil.rmtree(room)
    few, many = peaks
    return Figure(f"peak memory of an import, {_MANY:,} / {_FEW:,} records", many, 1.5, few, "MB")


_IMPORT = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from tests.bench.exchange import _import
_import(Path(sys.argv[2]), Path(sys.argv[3]))
print(int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024)
"""
