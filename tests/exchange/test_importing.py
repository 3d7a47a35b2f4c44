"""Import: every row of the outcome table, each leaving all or nothing, and a dry run that says the same beforehand."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from deskapp import paths
from deskapp.book import backup, foreign, journal, receipts, view
from deskapp.book.check import check
from deskapp.book.desks import HQ
from deskapp.bundle import manifest, writer
from deskapp.bundle.writer import Draft
from deskapp.desk import office as offices
from deskapp.exchange import exporting, keys
from deskapp.exchange.arrived import Arrived, files
from deskapp.exchange.importing import Importer
from deskapp.exchange.keyring import Keyring
from tests import support
from tests.exchange.offices import line, lines, name_of
from tests.exchange.pair import Pair, nobody, trusts
from tests.support import BOSS, PASSPHRASE, Desk


def importing(desk: Desk, *given: Path, dry: bool = False) -> list[Arrived]:
    """Import files or folders, as the command does."""
    own = desk.book.read.execute("SELECT desk FROM journals JOIN own ON own.journal = id").fetchone()[0]
    return Importer(desk.book, Keyring.open(desk.home), dry=dry).take(files(list(given), own))


def told(desk: Desk, *given: Path) -> list[str]:
    """The outcomes; a dry run before said the same and touched nothing."""
    before = state(desk)
    wanted = [(one.file, one.outcome, one.count, str(one.said)) for one in importing(desk, *given, dry=True)]
    assert state(desk) == before
    found = importing(desk, *given)
    assert [(one.file, one.outcome, one.count, str(one.said)) for one in found] == wanted
    assert all(one.said.hint for one in found)
    return [one.outcome for one in found]


def state(desk: Desk) -> tuple[object, ...]:
    """What an import may change."""
    tables = ("journals", "journal", "records", "received", "held", "acked")
    counts = [desk.book.read.execute(f"SELECT count(*), total(rowid) FROM {table}").fetchone() for table in tables[:5]]
    kept = sorted(path.name for folder in ("held", "outbox") for path in (desk.home / folder).glob("*.age"))
    return (*counts, *desk.book.read.execute("SELECT * FROM acked").fetchall(), *kept)


def held_rows(desk: Desk) -> int:
    return len(receipts.held(desk.book.read))


def sent(pair: Pair, as_: str = "") -> Path:
    """An export that took place and was not acknowledged."""
    path = pair.send()[-1].path
    return path.rename(path.with_name(f"{as_}.zip.age")) if as_ else path


def cut(
    pair: Pair, desk: Desk, first: int, last: int, *, name: str, bare: tuple[int, ...] = (), **told: object
) -> Path:
    """A bundle of just these entries, as a desk that signs for itself can make it."""
    ring = Keyring.open(desk.home)
    own = desk.book.read.execute("SELECT desk FROM journals JOIN own ON own.journal = id").fetchone()[0]
    rows = lines(desk.book, first=first, last=last)
    before = lines(desk.book, first=first - 1, last=first - 1) if first else []
    draft = Draft(**{
        "kind": manifest.FEED if own == HQ else manifest.JOURNAL, "from_": own, "to": "desk-017" if own == HQ else HQ,
        "journal": name_of(desk.book), "from_seq": first, "prev_hash": before[0].hash if before else "0" * 64,
        "created_at": desk.clock(), "app": "t",
    } | told)  # fmt: skip
    path = pair.stick / f"{name}.zip.age"
    to = ring.sealing_to(str(draft.to))
    given = [(one.head, one.body, None if one.seq in bare else one.private) for one in rows]
    with path.open("wb") as out:
        writer.write(out, io.BytesIO, draft, given, key=ring.signing(nobody), recipients=to)
    return path


def same(pair: Pair) -> None:
    """Head office's copy is the desk's journal, line by line, and its view what the lines say."""
    there = foreign.known(pair.hq.book.read, name_of(pair.desk.book))
    assert there is not None
    assert lines(pair.hq.book, there.id) == lines(pair.desk.book)
    assert check(pair.hq.book, full=True).problems == ()


def test_the_next_range_is_applied_and_comes_once(pair):
    number = pair.desk.order()
    first = sent(pair, "first")
    pair.desk.step(number, "dispatch", provider="21", charge="free")
    second = sent(pair, "second")

    assert told(pair.hq, first) == ["APPLIED"]
    assert told(pair.hq, first) == ["DUPLICATE"]
    assert told(pair.hq, second) == ["APPLIED"]  # it overlaps: only the tail is new
    assert told(pair.hq, second, first) == ["DUPLICATE", "DUPLICATE"]
    assert pair.hq[f"desk-017/{number}"].state == "dispatched"
    assert [one.outcome for one in receipts.receipts(pair.hq.book.read)] == ["APPLIED", "APPLIED"]
    same(pair)


def test_a_gap_is_named_and_closes_by_itself(pair):
    head = pair.desk.head[0]
    a, b, c = (
        cut(pair, pair.desk, first, last, name=name)
        for name, first, last in (("a", 0, 40), ("b", 41, 80), ("c", 81, head))
    )

    assert told(pair.hq, c, a) == ["HELD: GAP", "APPLIED"]
    waiting = receipts.receipts(pair.hq.book.read)
    gap = next(one for one in waiting if one.outcome == "HELD: GAP")
    assert "0 to 80" in gap.note or "0 到 80" in gap.note
    assert told(pair.hq, c) == ["HELD: GAP"]
    assert held_rows(pair.hq) == 1
    c.unlink()
    found = importing(pair.hq, b)
    assert [one.outcome for one in found] == ["APPLIED", "APPLIED"]
    assert held_rows(pair.hq) == 0
    assert list(paths.held(pair.hq.home).iterdir()) == []
    same(pair)


def test_any_order_in_a_folder(pair):
    head = pair.desk.head[0]
    for name, first, last in (("z", 0, 20), ("y", 21, 40), ("x", 41, 60), ("w", 61, head)):
        cut(pair, pair.desk, first, last, name=name)
    (pair.stick / "desk-017_hq_somebody.txt").write_text("no bundle")

    assert told(pair.hq, pair.stick) == ["APPLIED"] * 4
    same(pair)


def test_a_fork_keeps_both(pair):
    shutil.copytree(pair.desk.home, pair.stick / "copy")
    other = Desk(support._open(pair.stick / "copy", pair.desk.clock), pair.desk.clock)
    forked = pair.desk.head[0] + 1
    pair.desk.order()
    first = cut(pair, pair.desk, 0, pair.desk.head[0], name="first")
    other.order(content="别的")
    fork = cut(pair, other, 0, other.head[0], name="fork")
    behind = cut(pair, other, other.head[0], other.head[0], name="behind")
    other.book.close()

    assert told(pair.hq, first, fork, behind) == ["APPLIED", "HELD: FORK", "HELD: FORK"]
    kept = {one.outcome: one for one in receipts.receipts(pair.hq.book.read)}
    for outcome in ("APPLIED", "HELD: FORK"):
        assert json.loads(kept[outcome].manifest)["from"] == "desk-017"
        assert "SSH SIGNATURE" in kept[outcome].signature
        assert "entries.jsonl" in kept[outcome].sums
    assert str(forked) in kept["HELD: FORK"].note
    pair.desk.order()
    assert told(pair.hq, cut(pair, pair.desk, 0, pair.desk.head[0], name="on")) == ["APPLIED"]
    assert held_rows(pair.hq) == 2
    same(pair)


def test_a_restored_book_goes_on_from_an_older_point(pair):
    pair.desk.order()
    copy, _ = backup.backup(pair.desk.book, pair.stick)
    lost = pair.desk.order(content="丢失的")
    assert told(pair.hq, sent(pair, "before")) == ["APPLIED"]
    pair.desk.book.close()
    office = pair.desk.office
    backup.restore(copy, office.book.path, office.book.forms, office.book.rules, staff="1", passphrase=PASSPHRASE,
                   reason="硬盘坏了", now=pair.desk.clock)  # fmt: skip
    pair.desk.reopen()
    fresh = pair.desk.order()
    after = sent(pair, "after")

    found = importing(pair.hq, after)
    assert [one.outcome for one in found] == ["APPLIED"]
    assert "older copy" in str(found[0].alarms[0])
    assert pair.hq[f"desk-017/{fresh}"].state == pair.hq[f"desk-017/{lost}"].state == "registered"
    same(pair)


def test_a_continuing_journal_waits_for_what_it_continues(pair):
    pair.desk.order()
    backup.go_on(pair.desk.book, BOSS, "换机")
    pair.desk.order()
    older, newer = [one.path for one in pair.send()]

    assert told(pair.hq, newer) == ["HELD: GAP"]
    assert [one.outcome for one in importing(pair.hq, older)] == ["APPLIED", "APPLIED"]
    same(pair)


def test_a_journal_that_continues_nothing_waits_for_a_phone_call(pair, tmp_path):
    """A desk that was founded anew, with its old keys."""
    assert told(pair.hq, sent(pair, "first")) == ["APPLIED"]
    offices.found(tmp_path / "anew", "汇景中心", "desk-017", BOSS.name, PASSPHRASE, pair.desk.clock).book.close()
    shutil.copytree(paths.keys(pair.desk.home), paths.keys(tmp_path / "anew"))
    pair.desk.book.close()
    pair.desk = Desk(support._open(tmp_path / "anew", pair.desk.clock), pair.desk.clock)
    assert told(pair.hq, sent(pair, "anew")) == ["HELD: NEW JOURNAL"]
    trusts(pair.hq, pair.desk)
    assert [one.outcome for one in importing(pair.hq)] == ["APPLIED"]


def test_a_journal_under_another_name_is_refused(pair):
    """Its first entry says what it is called; which letter its numbers bear, too."""
    with pair.desk.book.writing() as conn:
        conn.execute("UPDATE journals SET journal = 'other' WHERE id = ?", (pair.desk.book.journal,))
    assert told(pair.hq, sent(pair, "other")) == ["WRONG SIGNER"]
    with pair.desk.book.writing() as conn:
        name = json.loads(lines(pair.desk.book)[0].body)["data"]["journal"]
        conn.execute("UPDATE journals SET journal = ? WHERE id = ?", (name, pair.desk.book.journal))
    backup.go_on(pair.desk.book, BOSS, "换机", ["B", "C"])
    pair.desk.order()
    assert set(told(pair.hq, *(one.path for one in pair.send()))) == {"APPLIED"}
    assert pair.hq.book.read.execute("SELECT max(branch) FROM journals").fetchone() == ("D",)
    same(pair)


def test_a_private_line_taken_out_is_held(pair):
    pair.desk.order(caller="曾女士", phone="13800131234")
    seq, hash_ = pair.desk.head
    bare = cut(pair, pair.desk, 0, seq, name="bare", bare=(seq,))
    assert told(pair.hq, bare) == ["HELD: MISSING"]
    assert lines(pair.hq.book, 2) == []

    rows = lines(pair.desk.book)
    head = {"at": "2026-11-22T03:15:00+08:00", "day": "2026-11-21", "by": "staff-1", "form": "journal", "v": 1,
            "rec": seq + 1, "step": "erase", "state": "open"}  # fmt: skip
    rows.append(line(seq + 1, hash_, head, {"seqs": str(seq), "because": "本人要求"}))
    ring = Keyring.open(pair.desk.home)
    draft = Draft("desk-journal", "desk-017", HQ, name_of(pair.desk.book), 0, "0" * 64, pair.desk.clock(), "t")
    with (pair.stick / "erased.zip.age").open("wb") as out:
        given = [(one.head, one.body, None if one.seq == seq else one.private) for one in rows]
        writer.write(out, io.BytesIO, draft, given, key=ring.signing(nobody), recipients=ring.sealing_to(HQ))
    assert told(pair.hq, pair.stick / "erased.zip.age")[0] == "APPLIED"
    assert check(pair.hq.book, full=True).problems == ()


@pytest.mark.parametrize(
    ("spoil", "outcome"),
    [
        (lambda data: data[:-200], "DAMAGED"),
        (lambda data: data[: len(data) // 2] + b"\0" + data[len(data) // 2 + 1 :], "DAMAGED"),
        (lambda data: b"no bundle at all", "MALFORMED"),
        (lambda data: b"", "MALFORMED"),
    ],
)
def test_a_bad_file_changes_nothing_but_leaves_a_receipt(pair: Pair, spoil: Callable[[bytes], bytes], outcome: str):
    file = sent(pair, "bad")
    file.write_bytes(spoil(file.read_bytes()))

    assert told(pair.hq, file)[0] in (outcome, "DAMAGED")
    (kept,) = receipts.receipts(pair.hq.book.read)
    assert kept.bundle_id == f"file:{hashlib.sha256(file.read_bytes()).hexdigest()}"
    assert pair.hq.book.read.execute("SELECT count(*) FROM journals").fetchone() == (1,)


def test_keys_decide_by_arrival(pair):
    file = sent(pair, "first")
    revoked = Keyring.open(pair.desk.home).mine()
    assert told(pair.desk, file) == ["WRONG RECIPIENT"]
    keys.revoke(pair.hq.home, pair.hq.book, BOSS, revoked.fingerprint, "丢了")
    assert told(pair.hq, file) == ["REVOKED KEY"]
    keys.rotate(pair.desk.home, pair.desk.book, BOSS)
    again = sent(pair, "again")
    assert told(pair.hq, again) == ["UNKNOWN SIGNER"]
    trusts(pair.hq, pair.desk)
    assert told(pair.hq, again) == ["APPLIED"]
    same(pair)


def test_another_desk_may_not_speak_for_this_one(pair):
    assert told(pair.hq, sent(pair, "first")) == ["APPLIED"]
    fake = cut(pair, pair.desk, 0, 5, name="fake", from_="desk-018")
    assert told(pair.hq, fake) == ["WRONG SIGNER"]
    feed = cut(pair, pair.desk, 0, 5, name="feed", kind=manifest.FEED)
    assert told(pair.hq, feed) == ["WRONG SIGNER"]
    own = cut(pair, pair.desk, 0, 5, name="own", journal=name_of(pair.hq.book))
    assert told(pair.hq, own) == ["WRONG SIGNER"]


def test_the_way_back(pair):
    pair.desk.order()
    assert told(pair.hq, sent(pair, "first")) == ["APPLIED"]
    pair.hq.add("notice", BOSS, kind="1", text="总部公告")
    (feed,) = pair.send(pair.hq, "desk-017")
    assert [*paths.outbox(pair.desk.home).glob("*.age")]

    assert told(pair.desk, feed.path) == ["APPLIED"]

    assert [*paths.outbox(pair.desk.home).glob("*.age")] == []
    assert view.page(pair.desk.book.read, "notice", of=view.NEAR)[0].number == "hq/GG20261122-001"
    head = pair.desk.head[0]
    pair.desk.order()
    (short,) = pair.send()
    assert short.from_seq == head + 1
    assert told(pair.hq, short.path) == ["APPLIED"]
    assert receipts.acked(pair.hq.book.read, "desk-017") == {1: pair.hq.head[0]}
    (empty,) = pair.send(pair.hq, "desk-017")
    assert empty.count == 0
    found = importing(pair.desk, empty.path)
    assert [one.outcome for one in found] == ["DUPLICATE"]
    assert receipts.acked(pair.desk.book.read, HQ) == {1: pair.desk.head[0]}
    assert found[0].alarms == []


def ack(pair: Pair, **told: object) -> list[str]:
    name = hashlib.sha256(repr(told).encode()).hexdigest()[:8]
    said = {"journal": name_of(pair.desk.book), "seq": 5, "hash": lines(pair.desk.book)[5].hash} | told
    file = cut(pair, pair.hq, 0, 3, name=name, ack=manifest.Ack(**said))
    (found,) = importing(pair.desk, file)
    assert not found.good or not found.alarms
    return [str(one).split(":")[0] for one in found.alarms]


def test_an_older_or_other_book_is_told_by_the_acknowledgement(pair):
    assert ack(pair) == []
    assert ack(pair, seq=pair.desk.head[0] + 10) == ["ROLLED BACK"]
    assert ack(pair, hash="ab" * 32) == ["FORKED"]
    assert ack(pair, journal="neverheard") == ["UNKNOWN JOURNAL"]
    assert receipts.acked(pair.desk.book.read, HQ) == {1: 5}


def test_a_restored_desk_gets_the_feed_once_more(pair):
    copy, _ = backup.backup(pair.desk.book, pair.stick)
    pair.hq.add("notice", BOSS, kind="1", text="一")
    assert told(pair.desk, pair.send(pair.hq, "desk-017")[0].path) == ["APPLIED"]
    assert told(pair.hq, sent(pair, "first")) == ["APPLIED"]
    book = pair.desk.book
    book.close()
    backup.restore(copy, book.path, book.forms, book.rules, staff="1", passphrase=PASSPHRASE, reason="x",
                   now=pair.desk.clock)  # fmt: skip
    pair.desk.reopen()
    assert told(pair.hq, *(one.path for one in pair.send()))[-1] == "APPLIED"

    pair.hq.add("notice", BOSS, kind="1", text="二")
    assert told(pair.desk, pair.send(pair.hq, "desk-017")[0].path) == ["APPLIED"]
    assert len(view.page(pair.desk.book.read, "notice", of=HQ)) == 2


def test_needs_newer_waits_for_the_upgrade(pair, monkeypatch):
    monkeypatch.setattr(manifest, "VERSION", 2)
    file = sent(pair, "newer")
    monkeypatch.setattr(manifest, "VERSION", 1)
    assert told(pair.hq, file) == ["NEEDS NEWER DESKAPP"]
    monkeypatch.setattr(manifest, "VERSION", 2)
    assert told(pair.hq, file) == ["APPLIED"]


def test_entries_that_say_nothing_are_kept_and_told(pair):
    seq, hash_ = pair.desk.head
    odd = line(seq + 1, hash_, {"at": 5}, {})
    ring = Keyring.open(pair.desk.home)
    draft = Draft("desk-journal", "desk-017", HQ, name_of(pair.desk.book), 0, "0" * 64, pair.desk.clock(), "t")
    with (pair.stick / "odd.zip.age").open("wb") as out:
        given = [(one.head, one.body, one.private) for one in [*lines(pair.desk.book), odd]]
        writer.write(out, io.BytesIO, draft, given, key=ring.signing(nobody), recipients=ring.sealing_to(HQ))

    (found,) = importing(pair.hq, pair.stick / "odd.zip.age")

    assert (found.outcome, found.unread) == ("APPLIED", [seq + 1])
    assert check(pair.hq.book, full=True).problems == ()


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a forked process")
def test_killed_in_the_middle_it_is_all_or_nothing(pair):
    journal.load(pair.desk.book, BOSS, "room", [{"code": f"9-1-{n}", "kind": "home"} for n in range(1500)])
    file = sent(pair, "big")
    whole = pair.desk.head[0] + 1
    home, clock = pair.hq.home, pair.hq.clock
    pair.hq.book.close()
    seen = set()
    for delay in (0.05, 0.15, 0.25, 0.35, 0.5, 0.7, 1.0, 1.5):
        child = os.fork()
        if not child:
            with open(os.devnull, "w") as none:  # noqa: PTH123
                os.dup2(none.fileno(), 2)
            desk = Desk(support._open(home, clock), clock)
            importing(desk, file)
            os._exit(0)
        time.sleep(delay)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        conn = sqlite3.connect(home / "book.db")
        count = conn.execute("SELECT count(*) FROM journal WHERE journal > 1").fetchone()[0]
        assert count in (0, whole)
        assert conn.execute("SELECT count(*) FROM received").fetchone()[0] == (1 if count else 0)
        conn.close()
        seen.add(count)
        if count:
            break
    pair.hq.reopen()
    assert next(one.outcome for one in importing(pair.hq, file)) in ("APPLIED", "DUPLICATE")
    same(pair)


def test_an_expired_feed_is_still_good(pair):
    old = cut(pair, pair.hq, 0, pair.hq.head[0], name="old", expires=pair.hq.clock() - timedelta(days=9))
    assert told(pair.desk, old) == ["APPLIED"]


def test_a_folder_of_both_ways_brings_only_ours(pair):
    pair.send()
    pair.send(pair.hq, "desk-017")
    assert told(pair.desk, pair.stick) == ["APPLIED"]
    assert told(pair.hq, pair.stick) == ["APPLIED"]
    assert exporting.parties(pair.hq.book, Keyring.open(pair.hq.home)) == ["desk-017"]
