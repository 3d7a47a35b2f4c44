"""Changes of keys: by a manager, in ink, after a phone call; and what stock ssh-keygen makes of our lists."""

from __future__ import annotations

import errno
import os
import subprocess
from base64 import b64decode
from pathlib import Path
from typing import NoReturn

import pytest

from deskapp import paths
from deskapp.book import backup
from deskapp.book.check import check
from deskapp.book.desks import HQ
from deskapp.book.entry import COLUMNS, Entry, read
from deskapp.bundle import keyring as trusting
from deskapp.bundle import signature
from deskapp.bundle.enrolment import Enrolment
from deskapp.bundle.keys import SigningKey
from deskapp.bundle.outcomes import RevokedKey, UnknownSigner, WrongRecipient
from deskapp.errors import DeskError
from deskapp.exchange import keys
from deskapp.exchange.keyring import ESCROW, Keyring
from tests.exchange.pair import Pair, enrolled, nobody, trusts
from tests.support import BOSS, LI, Desk


def last(desk: Desk) -> Entry:
    """The last entry in ink."""
    sql = f"SELECT {COLUMNS} FROM journal WHERE journal = ? ORDER BY seq DESC LIMIT 1"
    return read(desk.book.read.execute(sql, (desk.book.journal,)).fetchone())


def held(desk: Desk) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in paths.keys(desk.home).iterdir()}


def refused(desk: Desk, words: str, *given: object) -> None:
    """A trust that is refused changes neither files nor book."""
    before = held(desk), desk.head
    with pytest.raises(DeskError, match=words):
        keys.trust(desk.home, desk.book, BOSS, *given)  # type: ignore[arg-type]
    assert (held(desk), desk.head) == before


def test_every_change_is_in_ink(pair: Pair) -> None:
    desk, seq = pair.desk, pair.desk.head[0]
    own = keys.rotate(desk.home, desk.book, BOSS)
    ring = Keyring.open(desk.home)
    entry = last(desk)
    assert (entry.form, entry.step, entry.by, entry.rec) == ("journal", "key", "staff-1", entry.seq)
    assert entry.data == {"what": "rotate", "key": own.line(), "receives": keys.recipient(ring)}

    theirs = enrolled(pair.hq)
    keys.trust(desk.home, desk.book, BOSS, theirs, theirs.signs.fingerprint)
    assert last(desk).data == {
        "what": "trust", "party": HQ, "journal": theirs.journal, "key": theirs.signs.line(),
        "receives": theirs.receives,
    }  # fmt: skip
    keys.revoke(desk.home, desk.book, BOSS, own.fingerprint, "被偷了")
    assert last(desk).data == {"what": "revoke", "party": "desk-017", "key": own.line(), "reason": "被偷了"}
    again = keys.new(desk.home, desk.book, BOSS)
    assert last(desk).data["what"] == "new"
    assert Keyring.open(desk.home).mine() == again
    assert desk.head[0] == seq + 4
    assert check(desk.book, full=True).problems == ()


def test_only_a_manager_changes_keys(desk: Desk) -> None:
    head = desk.head
    with pytest.raises(DeskError, match="only a manager"):
        keys.new(desk.home, desk.book, LI)
    assert (desk.head, paths.keys(desk.home).exists()) == (head, False)


def test_keys_are_not_made_over_keys(pair: Pair) -> None:
    before = held(pair.desk)
    with pytest.raises(DeskError, match="has keys already"):
        keys.new(pair.desk.home, pair.desk.book, BOSS)
    assert held(pair.desk) == before


def test_nothing_to_rotate(desk: Desk) -> None:
    with pytest.raises(DeskError, match="has no keys yet"):
        keys.rotate(desk.home, desk.book, BOSS)


def test_private_keys_are_nowhere_else(pair: Pair, tmp_path: Path) -> None:
    desk = pair.desk
    keys.rotate(desk.home, desk.book, BOSS)
    enrolled(desk)
    trusts(pair.hq, desk)
    backup.backup(desk.book, pair.stick)
    pem = (paths.keys(desk.home) / "sign").read_bytes()
    blob = b64decode(b"".join(pem.split(b"\n")[1:-2]))
    seed = Keyring.open(desk.home).signing(nobody)._key.private_bytes_raw()
    assert seed in blob
    secrets = [seed, seed.hex().encode(), *pem.split(b"\n")[3:5]]
    secrets += [one.encode() for one in Keyring.open(desk.home).identities]
    for file in (*desk.home.parent.rglob("*"), *pair.stick.rglob("*")):
        if file.is_file() and file.parent != paths.keys(desk.home):
            data = file.read_bytes()
            assert not any(secret in data for secret in secrets), file


def test_a_fingerprint_that_was_not_read_out_is_refused(pair: Pair) -> None:
    theirs = enrolled(pair.hq)
    right = theirs.signs.fingerprint
    for wrong in ("", "SHA256:", right[:-1], right[:-1] + ("a" if right[-1] != "a" else "b"), right.swapcase(), "y"):
        refused(pair.desk, "not that of this key", theirs, wrong)
    groups = " ".join(right.removeprefix("SHA256:")[i : i + 4] for i in range(0, 43, 4))
    assert keys.same_fingerprint(theirs.signs, groups)
    assert keys.same_fingerprint(theirs.signs, f" SHA256: {groups}\n")


def test_who_may_be_trusted(pair: Pair) -> None:
    ours, theirs = enrolled(pair.desk), enrolled(pair.hq)
    stranger = SigningKey.new().public
    for words, told in (
        ("is this office itself", ours),
        ("is this office itself", Enrolment(ESCROW, "j", stranger, theirs.receives)),
        ("a desk trusts head office alone", Enrolment("desk-018", "j", stranger, theirs.receives)),
        ("already that of desk-017", Enrolment(HQ, "j", ours.signs, theirs.receives)),
    ):
        refused(pair.desk, words, told, told.signs.fingerprint)
    refused(pair.hq, "already that of desk-017", Enrolment("desk-018", "j", ours.signs, ours.receives),
            ours.signs.fingerprint)  # fmt: skip
    refused(pair.desk, "not an age X25519 recipient", theirs, theirs.signs.fingerprint, "age1nonsense")


def test_the_same_enrolment_again_is_no_rotation(pair: Pair) -> None:
    before = held(pair.hq)
    assert not trusts(pair.hq, pair.desk)
    assert held(pair.hq) == before


def test_a_rotation_leaves_both_good_for_a_while(pair: Pair) -> None:
    pair.desk.order()
    old = pair.send()[0].path.rename(pair.stick / "old")
    keys.rotate(pair.desk.home, pair.desk.book, BOSS)
    new = pair.send()[0].path
    with pytest.raises(UnknownSigner):
        pair.receive(new)
    assert trusts(pair.hq, pair.desk)
    for bundle in (old, new):
        pair.receive(bundle)
    pair.hq.clock.pass_(days=29)
    pair.receive(old)
    pair.hq.clock.pass_(days=2)
    pair.receive(new)
    with pytest.raises(UnknownSigner):
        pair.receive(old)


def test_what_was_sealed_before_a_rotation_is_still_opened(pair: Pair) -> None:
    old = pair.send(pair.hq, "desk-017")[0].path
    keys.rotate(pair.desk.home, pair.desk.book, BOSS)
    pair.receive(old, pair.desk)
    keys.rotate(pair.desk.home, pair.desk.book, BOSS)
    with pytest.raises(WrongRecipient):  # two rotations later it is not
        pair.receive(old, pair.desk)


def test_a_revoked_key_is_refused_at_once_and_for_good(pair: Pair) -> None:
    bundle = pair.send()[0].path.rename(pair.stick / "before")
    told = enrolled(pair.desk)
    assert (
        keys.revoke(pair.hq.home, pair.hq.book, BOSS, told.signs.fingerprint, "stick and computer stolen") == "desk-017"
    )
    with pytest.raises(RevokedKey):
        pair.receive(bundle)
    ring = Keyring.open(pair.hq.home)
    with pytest.raises(DeskError, match="the keys of desk-017 are not known"):
        ring.sealing_to("desk-017")
    refused(pair.hq, "was revoked", told, told.signs.fingerprint)
    with pytest.raises(DeskError, match="was revoked before"):
        keys.revoke(pair.hq.home, pair.hq.book, BOSS, told.signs.line(), "again")
    keys.rotate(pair.desk.home, pair.desk.book, BOSS)
    trusts(pair.hq, pair.desk)
    pair.receive(pair.send()[0].path)
    with pytest.raises(RevokedKey):
        pair.receive(bundle)


def test_revoking_asks_for_a_key_and_a_reason(pair: Pair) -> None:
    for name, reason, words in (
        ("SHA256:nothing", "lost", "no key here"), ("", "lost", "no key here"),
        (Keyring.open(pair.hq.home).mine().fingerprint, " \n", "for a reason"),
    ):  # fmt: skip
        with pytest.raises(DeskError, match=words):
            keys.revoke(pair.hq.home, pair.hq.book, BOSS, name, reason)
    stranger = SigningKey.new().public
    assert keys.revoke(pair.hq.home, pair.hq.book, BOSS, stranger.line("found"), "never heard of") == "-"
    assert stranger in Keyring.open(pair.hq.home).trusted.revoked


def test_the_own_key_revoked_signs_nothing(pair: Pair) -> None:
    keys.revoke(pair.desk.home, pair.desk.book, BOSS, Keyring.open(pair.desk.home).mine().fingerprint, "copied")
    with pytest.raises(DeskError, match="this office's key was revoked"):
        Keyring.open(pair.desk.home).signing(nobody)


def test_what_somebody_noted_in_the_lists_stays(pair: Pair) -> None:
    for name in ("allowed_signers", "revoked", "recipients"):
        file = paths.keys(pair.hq.home) / name
        file.write_text(f"# 老王 2026\n\n{file.read_text('utf-8')}", "utf-8")
    keys.rotate(pair.desk.home, pair.desk.book, BOSS)
    trusts(pair.hq, pair.desk)
    keys.revoke(pair.hq.home, pair.hq.book, BOSS, Keyring.open(pair.desk.home).mine().fingerprint, "x")
    assert all(held(pair.hq)[name].decode().startswith("# 老王 2026\n\n") for name in ("allowed_signers", "revoked"))


def test_stock_ssh_keygen_takes_our_lists_as_they_are(pair: Pair) -> None:
    """Old, new and revoked keys, with an empty revocation list too (B41, B42)."""
    message, folder = b"message", paths.keys(pair.hq.home)
    first = Keyring.open(pair.desk.home).signing(nobody)
    assert stock(folder, first, message)
    keys.rotate(pair.desk.home, pair.desk.book, BOSS)
    second = Keyring.open(pair.desk.home).signing(nobody)
    assert not stock(folder, second, message)
    trusts(pair.hq, pair.desk)
    assert [stock(folder, one, message) for one in (first, second)] == [True, True]
    assert [stock(folder, one, message, "20270101000000Z") for one in (first, second)] == [False, True]
    keys.revoke(pair.hq.home, pair.hq.book, BOSS, second.public.fingerprint, "丢了")
    assert [stock(folder, one, message) for one in (first, second)] == [True, False]


def stock(folder: Path, key: SigningKey, message: bytes, at: str = "20261123000000Z") -> bool:
    """Whether `ssh-keygen -Y verify` takes a signature."""
    file = folder.parent / "message.sig"
    file.write_bytes(signature.sign(message, key))
    return subprocess.run(
        ["ssh-keygen", "-Y", "verify", "-f", folder / "allowed_signers", "-I", "desk-017", "-n", signature.BUNDLE,
         "-r", folder / "revoked", "-s", file, "-O", f"verify-time={at}"],
        input=message, capture_output=True, check=False,
    ).returncode == 0  # fmt: skip


def test_stock_tools_take_the_key_files(pair: Pair) -> None:
    folder = paths.keys(pair.desk.home)
    shown = subprocess.run(["ssh-keygen", "-y", "-f", folder / "sign"], capture_output=True, check=True).stdout.decode()
    assert shown.split()[:2] == (folder / "sign.pub").read_text().split()[:2]
    shown = subprocess.run(["age-keygen", "-y", folder / "age"], capture_output=True, check=True).stdout.decode()
    assert shown.split() == [keys.recipient(Keyring.open(pair.desk.home))]


def test_a_disk_that_fails_changes_nothing(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither files nor book, and no half a key lies about."""
    before, head = held(pair.desk), pair.desk.head

    def full(handle: int) -> NoReturn:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(keys.os, "fsync", full)
    with pytest.raises(DeskError, match="the disk is full"):
        keys.rotate(pair.desk.home, pair.desk.book, BOSS)
    monkeypatch.undo()
    assert (held(pair.desk), pair.desk.head) == (before, head)
    (paths.keys(pair.desk.home) / "sign.part").write_bytes(b"half a key")
    keys.rotate(pair.desk.home, pair.desk.book, BOSS)
    assert held(pair.desk).keys() == before.keys()


def test_what_is_known(pair: Pair) -> None:
    hq = pair.hq
    keys.rotate(pair.desk.home, pair.desk.book, BOSS)
    trusts(hq, pair.desk)
    stranger = SigningKey.new().public
    keys.revoke(hq.home, hq.book, BOSS, stranger.line(), "x")
    found = keys.known(Keyring.open(hq.home), hq.book)
    assert [(one.party, one.state) for one in found] == [
        (HQ, "own"), ("desk-017", "ending"), ("desk-017", "trusted"), ("-", "revoked"),
    ]  # fmt: skip
    hq.clock.pass_(days=40)
    assert [one.state for one in keys.known(Keyring.open(hq.home), hq.book)][1] == "ended"
    assert trusting.parse_signers((paths.keys(hq.home) / "allowed_signers").read_text())[0].before is not None
