"""verify: what a file is, and that nothing was touched by looking."""

from __future__ import annotations

from pathlib import Path

import pytest

from deskapp.book import backup
from deskapp.bundle.enrolment import Enrolment
from deskapp.bundle.outcomes import BundleDamaged, BundleError, KeyFault, Malformed, WrongRecipient
from deskapp.errors import DeskError
from deskapp.exchange import keys
from deskapp.exchange.importing import Importer
from deskapp.exchange.keyring import Keyring
from deskapp.exchange.verifying import Verified, verify
from tests.exchange.pair import Pair, nobody
from tests.support import BOSS, Desk


def look(desk: Desk, file: Path) -> Verified | Enrolment:
    """Verify; the office and the stick are as before, whatever comes out."""
    places = (desk.home, file.parent)

    def state() -> dict[Path, tuple[int, bytes]]:
        held = [path for place in places for path in place.rglob("*") if path.is_file() and "-shm" not in path.name]
        return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in held}

    before = state()
    try:
        return verify(desk.book, Keyring.open(desk.home), file)
    finally:
        assert state() == before


def test_a_good_bundle(pair: Pair) -> None:
    (sent,) = pair.send()
    found = look(pair.hq, sent.path)
    assert isinstance(found, Verified)
    assert (found.signer, found.bundle_id, found.bytes) == ("desk-017", sent.bundle_id, sent.path.stat().st_size)
    assert found.fingerprint == Keyring.open(pair.desk.home).mine().fingerprint
    assert (found.manifest.from_seq, found.manifest.to_seq) == (sent.from_seq, sent.to_seq)


def test_it_says_what_import_would_do(pair: Pair) -> None:
    """As the import that follows it: the next range, one that was here, a gap, a copy that was put back."""
    (first,) = pair.send()
    first = first.path.rename(pair.stick / "first")
    pair.acknowledge(pair.desk.head[0])
    pair.desk.order()
    (second,) = pair.send()
    for file, outcome in ((second.path, "HELD: GAP"), (first, "APPLIED"), (first, "DUPLICATE")):
        found = look(pair.hq, file)
        assert isinstance(found, Verified)
        assert (found.outcome, found.alarms) == (outcome, ())
        if file == first:
            (taken,) = Importer(pair.hq.book, Keyring.open(pair.hq.home)).take([file])
            assert taken.outcome == outcome
    backup.go_on(pair.desk.book, BOSS, "the disk died")
    (third,) = pair.send()[-1:]
    assert isinstance(found := look(pair.hq, third.path), Verified)
    assert (found.outcome, "are missing" in str(found.said)) == ("HELD: GAP", True)


def test_an_enrolment(pair: Pair) -> None:
    ring = Keyring.open(pair.desk.home)
    file = keys.enrol(pair.desk.book, ring, ring.signing(nobody), pair.stick)
    found = look(pair.hq, file)
    assert isinstance(found, Enrolment)
    assert (found.party, found.signs) == ("desk-017", ring.own)
    file.write_bytes(file.read_bytes().replace(b"desk-017", b"desk-018"))
    with pytest.raises((KeyFault, Malformed)):
        look(pair.hq, file)


def test_what_is_not_good_is_told_by_its_outcome(pair: Pair) -> None:
    (sent,) = pair.send()
    whole = sent.path.read_bytes()
    with pytest.raises(WrongRecipient):
        look(pair.desk, sent.path)
    for at in (len(whole) // 2, len(whole) - 1):
        sent.path.write_bytes(whole[:at])
        with pytest.raises(BundleDamaged):
            look(pair.hq, sent.path)
    for junk in (b"", b"deskapp", b"PK\3\4", bytes(5000)):
        sent.path.write_bytes(junk)
        with pytest.raises(BundleError):
            look(pair.hq, sent.path)


def test_a_file_that_is_not_there(pair: Pair) -> None:
    for path in (pair.stick / "nothing.age", pair.stick):
        with pytest.raises(DeskError):
            look(pair.hq, path)


def test_without_keys_nothing_is_verified(pair: Pair, desk: Desk) -> None:
    (sent,) = pair.send()
    with pytest.raises(DeskError, match="has no keys yet"):
        look(desk, sent.path)
