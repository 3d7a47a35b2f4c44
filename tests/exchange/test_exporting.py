"""Export: what was not acknowledged, once and whole; and what a stick may do meanwhile."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from deskapp import paths
from deskapp.book import anchor, backup, foreign
from deskapp.book.desks import HQ
from deskapp.bundle import keyring as trusting
from deskapp.bundle.limits import LIMITS
from deskapp.bundle.outcomes import TooBig, WrongRecipient
from deskapp.errors import Busy, Damaged, DeskError, UsageError
from deskapp.exchange import exporting, keys, landing
from deskapp.exchange.exporting import Exported, export
from deskapp.exchange.importing import Importer
from deskapp.exchange.keyring import Keyring
from tests.exchange.pair import ESCROW_IDENTITY, Pair, nobody
from tests.support import BOSS, Desk, can_mount, disk, fill, mount


def rows(desk: Desk, first: int = 0) -> list[tuple[int, str, str, str | None, str]]:
    sql = "SELECT seq, head, body, private, hash FROM journal WHERE journal = ? AND seq >= ? ORDER BY seq"
    return desk.book.read.execute(sql, (desk.book.journal, first)).fetchall()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != ".lock")


def send(pair: Pair, to: Path | None) -> list[Exported]:
    ring = Keyring.open(pair.desk.home)
    return exporting.export(pair.desk.book, ring, ring.signing(nobody), HQ, to)


def test_head_office_reads_every_line_as_it_stands(pair: Pair) -> None:
    pair.desk.order(caller="曾女士", phone="13800131234")
    (sent,) = pair.send()
    man, lines = pair.receive(sent.path)
    assert [one[:5] for one in lines] == rows(pair.desk)
    assert (man.kind, man.from_, man.to, man.from_seq, man.head_hash) == (
        "desk-journal",
        "desk-017",
        HQ,
        0,
        pair.desk.head[1],
    )
    assert (man.to_seq, man.ack, man.expires) == (pair.desk.head[0], None, None)
    assert (sent.bundle_id, sent.count, sent.sealed_to, sent.replaced) == (sent.bundle_id, len(lines), 2, False)
    assert datetime.fromisoformat(man.created_at) == pair.desk.clock()
    assert (names(pair.stick), sent.path.name) == ([man.file_name], man.file_name)


def test_the_escrow_key_opens_it_and_the_desk_does_not(pair: Pair) -> None:
    (sent,) = pair.send()
    with pytest.raises(WrongRecipient):
        pair.receive(sent.path, pair.desk)
    identity = pair.stick / "escrow.key"
    identity.write_text(ESCROW_IDENTITY)
    subprocess.run(["age", "-d", "-i", identity, "-o", "/dev/null", sent.path], check=True)
    own = subprocess.run(
        ["age", "-d", "-i", paths.keys(pair.desk.home) / "age", sent.path], capture_output=True, check=False
    )
    assert own.returncode != 0


def test_what_was_acknowledged_is_not_sent_again(pair: Pair) -> None:
    (first,) = pair.send()
    pair.desk.order()
    (healing,) = pair.send()  # the first may be lost: it is all sent again
    assert (healing.from_seq, names(paths.outbox(pair.desk.home))) == (0, [healing.path.name])
    pair.acknowledge(first.to_seq)
    (second,) = pair.send()
    assert second.from_seq == first.to_seq + 1
    man, lines = pair.receive(second.path)
    assert [one[:5] for one in lines] == rows(pair.desk, first.to_seq + 1)
    assert man.prev_hash == rows(pair.desk, first.to_seq)[0][4]


def test_the_outbox_keeps_a_copy_until_it_is_acknowledged(pair: Pair) -> None:
    home = pair.desk.home
    (first,) = pair.send()
    copy = paths.outbox(home) / first.path.name
    assert copy.read_bytes() == first.path.read_bytes()
    assert copy.stat().st_mode & 0o777 == 0o600
    exporting.clear_outbox(home, "desk-017", HQ, first.journal, first.to_seq - 1)
    exporting.clear_outbox(home, "desk-017", "desk-018", first.journal, first.to_seq)
    assert copy.exists()
    exporting.clear_outbox(home, "desk-017", HQ, first.journal, first.to_seq)
    assert names(paths.outbox(home)) == []


def test_nothing_new_still_makes_a_bundle(pair: Pair) -> None:
    pair.acknowledge(pair.desk.head[0])
    (sent,) = pair.send()
    assert (sent.count, pair.receive(sent.path)[1]) == (0, [])


def test_without_a_stick_it_stays_in_the_outbox(pair: Pair) -> None:
    (sent,) = send(pair, None)
    assert sent.path.parent == paths.outbox(pair.desk.home)
    pair.receive(sent.path)


def test_the_same_name_twice_says_so(pair: Pair) -> None:
    (first,) = pair.send()
    (again,) = pair.send()
    assert (again.path, again.replaced) == (first.path, True)
    pair.receive(again.path)
    named = pair.stick / "for hq.age"
    send(pair, named)
    with pytest.raises(DeskError, match="there is already a file"):
        send(pair, named)
    pair.receive(named)


def test_what_is_more_than_a_bundle_holds_goes_in_several(pair: Pair) -> None:
    """Each keeps to the limits; they apply in any order, and what is already there is no hindrance."""
    for n in range(30):
        pair.desk.order(content=f"第{n}件" * 20)
    ring, limits = Keyring.open(pair.desk.home), replace(LIMITS, lines=60_000)
    sent = export(pair.desk.book, ring, ring.signing(nobody), HQ, pair.stick, limits=limits)
    again = export(pair.desk.book, ring, ring.signing(nobody), HQ, pair.stick, limits=limits)
    assert len(sent) > 2
    assert [(one.path, one.to_seq) for one in again] == [(one.path, one.to_seq) for one in sent]
    assert len([*paths.outbox(pair.desk.home).glob("*.age")]) == len(sent)
    for one in sent:
        assert all(file.bytes <= 60_000 for file in pair.receive(one.path)[0].files.values())
    Importer(pair.hq.book, Keyring.open(pair.hq.home)).take([one.path for one in reversed(sent)])
    (there,) = foreign.of_desk(pair.hq.book.read, "desk-017")
    assert (there.seq, there.hash) == pair.desk.head
    with pytest.raises(UsageError, match="bundles to write"):
        export(pair.desk.book, ring, ring.signing(nobody), HQ, pair.stick / "one.age", limits=limits)
    with pytest.raises(TooBig):  # an entry alone that is too much is nobody's to split
        export(pair.desk.book, ring, ring.signing(nobody), HQ, pair.stick, limits=replace(LIMITS, line=200))


def test_an_erased_private_line_is_named(pair: Pair) -> None:
    pair.desk.order(caller="曾女士", phone="13800131234")
    seq = next(row[0] for row in reversed(rows(pair.desk)) if row[3])
    with pair.desk.book.writing() as conn:
        conn.execute("INSERT INTO erased VALUES (?, ?)", (pair.desk.book.journal, seq))
        conn.execute("UPDATE journal SET private = NULL WHERE journal = ? AND seq = ?", (pair.desk.book.journal, seq))
    man, lines = pair.receive(pair.send()[0].path)
    assert (man.erased, lines[seq].private) == ((seq,), None)


def test_a_restored_book_sends_both_its_journals(pair: Pair) -> None:
    """What head office lacks of the older one goes first, or it could not tell what the newer continues."""
    before = pair.desk.book.journal
    pair.acknowledge(5)
    seq = pair.desk.head[0]
    backup.go_on(pair.desk.book, BOSS, "the disk died")
    pair.desk.order()
    older, newer = pair.send()
    assert (older.from_seq, older.to_seq, newer.from_seq, newer.to_seq) == (6, seq, seq + 1, pair.desk.head[0])
    assert pair.receive(newer.path)[0].prev_hash == pair.receive(older.path)[0].head_hash
    with pytest.raises(UsageError, match="2 bundles"):
        send(pair, pair.stick / "one.age")
    pair.acknowledge(seq, before)
    assert [one.from_seq for one in pair.send()] == [seq + 1]
    pair.acknowledge(seq + 1)
    assert [one.from_seq for one in pair.send()] == [seq + 2]


def test_an_older_copy_of_the_book_is_not_sent(pair: Pair) -> None:
    for seq, hash_ in ((10_000, "0" * 64), (3, "f" * 64)):
        with pair.desk.book.writing() as conn:
            conn.execute(
                "INSERT OR REPLACE INTO acked VALUES (?, ?, ?, ?, '-')", (HQ, pair.desk.book.journal, seq, hash_)
            )
        with pytest.raises(Damaged, match=f"hq holds entry {seq}"):
            pair.send()
        assert names(pair.stick) == []


def test_the_head_is_kept(pair: Pair) -> None:
    pair.desk.order()
    pair.send()
    kept = anchor.heads(pair.desk.book.path)
    assert [(one.seq, one.hash) for one in kept] == [pair.desk.head]


def test_head_office_sends_its_feed(pair: Pair) -> None:
    (sent,) = pair.send(pair.hq, "desk-017")
    man, lines = pair.receive(sent.path, pair.desk)
    assert (man.kind, man.from_, man.to, sent.sealed_to) == ("hq-feed", HQ, "desk-017", 1)
    assert (man.expires, len(lines)) == ("2026-12-22T03:15:00+08:00", pair.hq.head[0] + 1)
    assert exporting.parties(pair.hq.book, Keyring.open(pair.hq.home)) == ["desk-017"]
    assert exporting.parties(pair.desk.book, Keyring.open(pair.desk.home)) == [HQ]


def test_what_came_is_acknowledged(pair: Pair) -> None:
    with pair.desk.book.writing() as conn:
        cursor = conn.execute("INSERT INTO journals (journal, desk) VALUES ('feed01', 'hq')")
        conn.execute(
            "INSERT INTO journal (journal, seq, rec, head, body, hash) VALUES (?, 0, 0, '{}', '{}', ?)",
            (cursor.lastrowid, "a" * 64),
        )
    ack = pair.receive(pair.send()[0].path)[0].ack
    assert ack is not None
    assert (ack.journal, ack.seq, ack.hash) == ("feed01", 0, "a" * 64)


def test_missing_keys_are_told_before_anything_is_written(pair: Pair) -> None:
    ring = Keyring.open(pair.desk.home)
    with pytest.raises(DeskError, match="the keys of desk-018 are not known"):
        exporting.export(pair.desk.book, ring, ring.signing(nobody), "desk-018", pair.stick)
    assert names(pair.stick) == []
    assert not paths.outbox(pair.desk.home).exists()


# ---------------------------------------------------------------- the stick


def test_a_folder_that_is_not_there(pair: Pair) -> None:
    for path in (pair.stick / "usb" / "x.age", pair.stick / "usb"):  # the second must not become a file
        with pytest.raises(DeskError, match="is the stick plugged in"):
            send(pair, path)
    assert names(pair.stick) == []
    with pytest.raises(DeskError):
        send(pair, pair.desk.book.path / "x.age")


def test_a_stick_that_vanishes(pair: Pair) -> None:
    """Before it is written to, and after its last byte: told, and the copy in the outbox is whole."""
    ring = Keyring.open(pair.desk.home)
    with pytest.raises(DeskError, match="is not there, or fails"):
        exporting.export(
            pair.desk.book, ring, ring.signing(nobody), HQ, pair.stick, lambda n: shutil.rmtree(pair.stick, True)
        )
    (left,) = names(paths.outbox(pair.desk.home))
    pair.receive(paths.outbox(pair.desk.home) / left)


def test_a_stick_that_lies(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it gives back is not what it was given: nothing stays there."""
    flush = os.fsync

    def rot(handle: int) -> None:
        if os.fstat(handle).st_size and str(pair.stick) in str(Path(f"/proc/self/fd/{handle}").readlink()):
            os.pwrite(handle, b"\0", 500)
        flush(handle)

    monkeypatch.setattr(landing.os, "fsync", rot)
    with pytest.raises(DeskError, match="does not hold what was written to it"):
        pair.send()
    assert names(pair.stick) == []


def test_half_a_bundle_is_swept_next_time(pair: Pair) -> None:
    for folder in (pair.stick, paths.ensure(paths.outbox(pair.desk.home))):
        (folder / "desk-017_hq_aaaa_0000000000-0000000009.zip.age.part").write_bytes(b"half")
    others = ("desk-018_hq_aaaa_0000000000-0000000009.zip.age.part", "照片.part", "desk-017_notes.txt")
    for other in others:
        (pair.stick / other).write_bytes(b"somebody's")
    (sent,) = pair.send()
    assert names(pair.stick) == sorted([*others, sent.path.name])
    assert names(paths.outbox(pair.desk.home)) == [sent.path.name]


def test_one_export_at_a_time(pair: Pair) -> None:
    ring = Keyring.open(pair.desk.home)
    busy: list[str] = []

    def again(n: int) -> None:
        with pytest.raises(Busy):
            pair.send()
        busy.append("told")

    exporting.export(pair.desk.book, ring, ring.signing(nobody), HQ, pair.stick, again)
    assert busy


@pytest.mark.skipif(not can_mount(), reason="only root makes disks")
def test_a_stick_that_is_full(pair: Pair) -> None:
    """At every length: in words, and not a byte of it stays; with room again it works."""
    size = pair.send()[0].path.stat().st_size
    assert not pair.send()[0].carried
    with disk(pair.stick, 256):
        for left in (0, 4096, size // 8192 * 4096):
            filler = fill(pair.stick, left)
            with pytest.raises(DeskError, match="there is no room left in"):
                pair.send()
            assert names(pair.stick) == [filler.name]
            filler.unlink()
        (sent,) = pair.send()
        assert sent.carried
        pair.receive(sent.path)


@pytest.mark.skipif(not can_mount(), reason="only root makes disks")
def test_a_stick_that_may_only_be_read(pair: Pair) -> None:
    with disk(pair.stick, 256):
        mount("-o", "remount,ro", str(pair.stick))
        with pytest.raises(DeskError, match="nothing may be written in"):
            pair.send()
        assert names(pair.stick) == []


@pytest.mark.skipif(not can_mount(), reason="only root makes disks")
@pytest.mark.parametrize("when", ["outbox", "stick"])
def test_a_stick_that_is_pulled_out(pair: Pair, monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    """While it or the outbox is written to: at its place then is the computer's own disk, and gets nothing."""
    flush = os.fsync

    def pull(handle: int) -> None:
        flush(handle)
        if when in str(Path(f"/proc/self/fd/{handle}").readlink()) and pair.stick.is_mount():
            subprocess.run(["umount", "-l", pair.stick], check=True)

    with disk(pair.stick, 256):
        ring = Keyring.open(pair.desk.home)
        key = ring.signing(nobody)
        monkeypatch.setattr(landing.os, "fsync", pull)
        with pytest.raises(DeskError, match="is not there, or fails"):
            exporting.export(pair.desk.book, ring, key, HQ, pair.stick)
        monkeypatch.undo()
        pulled, left = not pair.stick.is_mount(), names(pair.stick)
        mount("-t", "tmpfs", "none", str(pair.stick))
    assert (pulled, left) == (True, [])


def test_stock_tools_verify_it(pair: Pair) -> None:
    """The way of the spec's chapter 8, with head office's own lists as they are."""
    keys.revoke(pair.hq.home, pair.hq.book, BOSS, keys.SigningKey.new().public.line(), "somebody else's")
    (sent,) = pair.send()
    lists = paths.keys(pair.hq.home)
    script = f"""set -euo pipefail
age -d -i {lists}/age -o b.zip {sent.path}
unzip -Z1 b.zip; unzip -q b.zip -d x; cd x
ssh-keygen -Y verify -f {lists}/allowed_signers -I desk-017 -n deskapp-bundle-v1 -r {lists}/revoked \
  -s SHA256SUMS.sig < SHA256SUMS
sha256sum -c --strict --quiet SHA256SUMS
perl -MDigest::SHA=sha256_hex -ne 'BEGIN{{$h=shift}} chomp; $h=sha256_hex("$h\\n$_"); END{{print "$h\\n"}}' \
  {"0" * 64} entries.jsonl
"""
    out = subprocess.run(["bash", "-c", script], cwd=pair.stick, capture_output=True, check=True).stdout.decode()
    assert out.splitlines()[-1] == pair.desk.head[1]
    manifest = json.loads((pair.stick / "x" / "manifest.json").read_text())
    assert manifest["head_hash"] == pair.desk.head[1]
    assert trusting.parse_signers((lists / "allowed_signers").read_text())[0].party == "desk-017"
