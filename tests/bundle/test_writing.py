"""What is written is read back the same; what a reader would refuse is not written."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from deskapp.bundle.limits import Limits
from deskapp.bundle.manifest import FEED, GENESIS, JOURNAL, Ack
from deskapp.bundle.outcomes import BundleError, KeyFault, Malformed, TooBig
from deskapp.bundle.reader import read, read_plain
from deskapp.bundle.seal import recipient_of
from deskapp.bundle.writer import Draft, Written, write, write_plain
from tests.bundle.craft import DESK, HQ, HQ_AGE, KEYRING, NOW, OTHER_AGE, digest, entries, head_hash, take
from tests.bundle.stock import run

ROOT = Path(__file__).parents[2]
CHINA = timezone(timedelta(hours=8))


def draft(**changes: Any) -> Draft:
    said: dict[str, Any] = {
        "kind": JOURNAL, "from_": "desk-017", "to": "hq", "journal": "3f9a01bc", "from_seq": 2001,
        "prev_hash": digest("before"), "created_at": datetime(2026, 11, 22, 20, tzinfo=CHINA), "app": "deskapp 0.1",
    }  # fmt: skip
    return Draft(**(said | changes))


def plain(lines: Iterable[tuple[str, str, str | None]], **changes: Any) -> tuple[bytes, Written]:
    out = io.BytesIO()
    written = write_plain(out, io.BytesIO, draft(**changes), lines, key=DESK)
    return out.getvalue(), written


@pytest.mark.parametrize("armored", [False, True])
def test_what_was_written_is_read(armored: bool) -> None:
    lines = list(entries(300))
    lines[0] = (*lines[0][:2], None)
    ack = Ack("00c0ffee", 7, digest("seven"))
    out = io.BytesIO()
    to = [recipient_of(HQ_AGE), recipient_of(OTHER_AGE)]
    written = write(out, io.BytesIO, draft(ack=ack), lines, key=DESK, recipients=to, armored=armored)
    for identity in (HQ_AGE, OTHER_AGE):
        bundle, found = take(out.getvalue(), identity=identity)
        assert [line[1:4] for line in found] == lines
        assert [line.seq for line in found] == list(range(2001, 2301))
        assert (
            found[-1].hash == head_hash((head for head, _, _ in lines), digest("before")) == bundle.manifest.head_hash
        )
        assert found[1].fields["by"] == "staff-3"
        assert (bundle.manifest, bundle.bundle_id) == (written.manifest, written.bundle_id)
        assert bundle.manifest.ack == ack
        assert bundle.manifest.erased == (2001,)
        assert bundle.signer.party == "desk-017"
    assert written.manifest.file_name == "desk-017_hq_3f9a01bc_0000002001-0000002300.zip.age"


def test_the_same_lines_make_the_same_bytes() -> None:
    assert plain(entries(50)) == plain(list(entries(50)))


def test_a_bundle_may_only_acknowledge() -> None:
    file, written = plain([])
    bundle, found = take(file)
    assert (found, bundle.manifest.count, bundle.manifest.to_seq) == ([], 0, 2000)
    assert bundle.manifest.head_hash == digest("before")
    assert bundle.bundle_id == written.bundle_id


def test_a_feed_says_when_it_grows_stale() -> None:
    for expires in (None, datetime(2026, 12, 1, tzinfo=UTC)):
        out = io.BytesIO()
        feed = draft(kind=FEED, from_="hq", to="desk-017", from_seq=0, prev_hash=GENESIS, expires=expires)
        write_plain(out, io.BytesIO, feed, entries(3, 0), key=HQ)
        bundle = read_plain(out, io.BytesIO, to="desk-017", keyring=KEYRING, now=NOW)
        assert bundle.manifest.expires == (expires and "2026-12-01T00:00:00+00:00")
        bundle.close()


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "mail"},
        {"from_": "Desk"},
        {"to": "desk-017"},
        {"journal": "a/b"},
        {"from_seq": 0},
        {"prev_hash": "x"},
        {"created_at": datetime(2026, 11, 22)},  # noqa: DTZ001 - it is refused
        {"app": ""},
        {"ack": Ack("", 1, "")},
        {"expires": NOW},
    ],
)
def test_a_draft_that_no_reader_takes_is_not_written(changes: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        plain(entries(2, changes.get("from_seq", 2001)), **changes)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda head, body, private: (head.replace("2001", "2002"), body, private),
        lambda head, body, private: (head + "\n", body, private),
        lambda head, body, private: ("{}", body, private),
        lambda head, body, private: (head.replace(',"private"', ',"Private"'), body, private),
    ],
)
def test_lines_that_no_reader_takes_are_not_written(spoil: Any) -> None:
    first, *rest = entries(3)
    with pytest.raises(Malformed):
        plain([spoil(*first), *rest])


def test_caps_hold_for_the_writer_too() -> None:
    to = [recipient_of(HQ_AGE)]
    for limits in (Limits(lines=1000), Limits(line=100), Limits(manifest=500), Limits(readme=10), Limits(file=1000)):
        with pytest.raises(TooBig):
            write(io.BytesIO(), io.BytesIO, draft(), entries(10), key=DESK, recipients=to, limits=limits)


def test_a_bundle_is_sealed_to_somebody() -> None:
    for nobody in ([], ["age1xyz"], [HQ_AGE]):
        with pytest.raises(KeyFault):
            write(io.BytesIO(), io.BytesIO, draft(), entries(1), key=DESK, recipients=nobody)


def test_our_own_bad_identity_is_not_the_files_fault() -> None:
    out = io.BytesIO()
    write(out, io.BytesIO, draft(), entries(1), key=DESK, recipients=[recipient_of(HQ_AGE)])
    with pytest.raises(KeyFault):
        read(out, io.BytesIO, to="hq", identities=["AGE-SECRET-KEY-1"], keyring=KEYRING, now=NOW)


def test_a_sealed_file_over_the_cap_is_not_even_opened() -> None:
    out = io.BytesIO()
    write(out, io.BytesIO, draft(), entries(1), key=DESK, recipients=[recipient_of(HQ_AGE)])
    with pytest.raises(TooBig, match="B2"):
        take(out.getvalue(), limits=Limits(file=1000))


class Failing(io.BytesIO):
    """A disk that is full."""

    def write(self, data: object) -> int:
        raise OSError(28, "No space left on device")


def test_a_failing_disk_is_not_called_a_damaged_bundle() -> None:
    out = io.BytesIO()
    write(out, io.BytesIO, draft(), entries(1), key=DESK, recipients=[recipient_of(HQ_AGE)])
    for count in (1, 2000):
        with pytest.raises(OSError, match="No space left"):
            write(Failing(), io.BytesIO, draft(), entries(count), key=DESK, recipients=[recipient_of(HQ_AGE)])
    for read_it in (
        lambda: read(out, Failing, to="hq", identities=[HQ_AGE], keyring=KEYRING, now=NOW),
        lambda: read_plain(io.BytesIO(plain(entries(1))[0]), Failing, to="hq", keyring=KEYRING, now=NOW),
    ):
        with pytest.raises(OSError, match="No space left"):
            read_it()


CHILD = """
import resource, sys, tempfile
from deskapp.bundle.reader import read
from deskapp.bundle.seal import recipient_of
from deskapp.bundle.writer import write
from tests.bundle.craft import DESK, HQ_AGE, KEYRING, NOW, entries
from tests.bundle.test_writing import draft
count = int(sys.argv[1])
with tempfile.TemporaryFile() as sealed:
    write(sealed, tempfile.TemporaryFile, draft(), entries(count), key=DESK, recipients=[recipient_of(HQ_AGE)])
    bundle = read(sealed, tempfile.TemporaryFile, to="hq", identities=[HQ_AGE], keyring=KEYRING, now=NOW)
    assert sum(1 for _ in bundle.lines()) == count
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.slow
def test_memory_is_flat() -> None:
    few, many = (int(run(sys.executable, "-c", CHILD, str(count), cwd=ROOT)) for count in (10_000, 200_000))
    assert many < 1.5 * few


def test_an_error_shows_no_key() -> None:
    assert "AGE-SECRET" not in repr(BundleError.__subclasses__())
    assert "PRIVATE" not in repr(DESK)
