"""The folder of keys: read with its modes at every use, told in words where it is not as it must be."""

from __future__ import annotations

import os
import shutil
from itertools import product
from pathlib import Path

import pytest

from deskapp import paths
from deskapp.book.desks import HQ
from deskapp.bundle.keys import SigningKey
from deskapp.bundle.outcomes import KeyFault, WrongPassphrase
from deskapp.errors import DeskError
from deskapp.exchange import keys
from deskapp.exchange.keyring import Keyring
from tests.exchange.pair import Pair, nobody
from tests.support import BOSS, Desk, nobody_can_run

FILES = ("sign", "sign.pub", "age", "allowed_signers", "revoked", "recipients")


def test_the_folder_is_its_owners_alone(pair: Pair) -> None:
    folder = paths.keys(pair.desk.home)
    assert {file.name: oct(file.stat().st_mode & 0o777) for file in folder.iterdir()} == dict.fromkeys(FILES, "0o600")
    assert folder.stat().st_mode & 0o777 == 0o700


def test_what_others_may_read_is_not_used(pair: Pair) -> None:
    for name, bit in product((".", *FILES), (0o040, 0o020, 0o004, 0o001)):
        file = paths.keys(pair.desk.home) / name
        before = file.stat().st_mode
        file.chmod(before | bit)
        with pytest.raises(DeskError, match="is open to others: its mode is 0") as refused:
            Keyring.open(pair.desk.home).signing(nobody)
        assert str(refused.value.values["path"]) == str(file)
        file.chmod(before)
    Keyring.open(pair.desk.home).signing(nobody)


def test_a_link_or_a_folder_is_no_key(pair: Pair, tmp_path: Path) -> None:
    for name in FILES:
        file = paths.keys(pair.desk.home) / name
        shutil.move(file, tmp_path / name)
        file.symlink_to(tmp_path / name)
        with pytest.raises(DeskError, match="is not a file of its own"):
            Keyring.open(pair.desk.home).signing(nobody)
        file.unlink()
        file.mkdir(0o700)
        with pytest.raises(DeskError):
            Keyring.open(pair.desk.home).signing(nobody)
        file.rmdir()
        shutil.move(tmp_path / name, file)


@pytest.mark.skipif(not nobody_can_run(), reason="only root changes owners")
def test_somebody_elses_folder_is_not_used(pair: Pair) -> None:
    folder = paths.keys(pair.desk.home)
    found = folder.lstat()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            os.chmod(pair.desk.home.parent, 0o755)  # noqa: PTH101 - in a child, before the user changes
            os.chmod(pair.desk.home, 0o755)  # noqa: PTH101
            os.setuid(65534)
            Keyring.open(pair.desk.home)
        except DeskError as error:
            code = 0 if found.st_uid == 0 and "belongs to another user" in str(error) else 2
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def test_without_keys_everything_says_what_to_do(desk: Desk) -> None:
    ring = Keyring.open(desk.home)
    assert (ring.own, ring.identity, ring.identities, ring.recipients, ring.journal_of(HQ)) == (
        None,
        None,
        (),
        {},
        None,
    )
    for need in (ring.mine, ring.receiving, lambda: ring.signing(nobody)):
        with pytest.raises(DeskError, match="has no keys yet"):
            need()
    with pytest.raises(DeskError, match="the keys of hq are not known"):
        ring.sealing_to(HQ)
    assert not paths.keys(desk.home).exists()


def test_a_locked_key_opens_with_its_passphrase_alone(desk: Desk) -> None:
    public = keys.new(desk.home, desk.book, BOSS, "开门 2026")
    ring = Keyring.open(desk.home)
    assert ring.own == public
    assert ring.signing(lambda: "开门 2026").public == public
    for wrong in ("", "开门 2027"):
        with pytest.raises(WrongPassphrase):
            ring.signing(lambda wrong=wrong: wrong)


SPOILED = [
    ("age", "AGE-SECRET-KEY-1SECRETSECRET\n"),
    ("age", "\udcff"),
    ("allowed_signers", "desk-017 ssh-ed25519 AAAA\n"),
    ("allowed_signers", "* ssh-ed25519 AAAA\n"),
    ("revoked", "SECRET\n"),
    ("recipients", "hq age1SECRET x\n"),
    ("recipients", f"hq age1{'q' * 58} UPPER\n"),
    ("sign.pub", "SECRET\n"),
    ("sign.pub", "x" * (5 << 20)),
    ("sign", "-----BEGIN OPENSSH PRIVATE KEY-----\nSECRET\n"),
]


def test_a_spoiled_file_is_told_and_not_shown(pair: Pair) -> None:
    for name, text in SPOILED:
        file = paths.keys(pair.desk.home) / name
        before = file.read_bytes()
        file.write_text(text, "utf-8", "surrogateescape")
        with pytest.raises(KeyFault) as told:
            Keyring.open(pair.desk.home).signing(nobody)
        assert "SECRET" not in str(told.value) or name not in ("age", "sign")
        file.write_bytes(before)


def test_another_key_in_its_place_is_not_used(pair: Pair) -> None:
    (paths.keys(pair.desk.home) / "sign").write_bytes(SigningKey.new().write())
    with pytest.raises(DeskError, match=r"is not the key of sign\.pub"):
        Keyring.open(pair.desk.home).signing(nobody)


def test_nothing_shows_a_private_key(pair: Pair) -> None:
    ring = Keyring.open(pair.desk.home)
    shown = f"{ring} {ring!r} {ring.signing(nobody)!r}"
    assert "AGE-SECRET" not in shown
    assert "PRIVATE" not in shown
