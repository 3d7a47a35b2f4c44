"""backup --to-hq: a verified copy that the escrow key alone opens, and no private key in it."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deskapp.book import backup, drafts
from deskapp.book.check import check
from deskapp.book.database import Book
from deskapp.book.journal import last_head
from deskapp.bundle import seal
from deskapp.bundle.outcomes import WrongRecipient
from deskapp.errors import DeskError
from deskapp.exchange import escrow
from deskapp.exchange.arrived import files
from deskapp.exchange.keyring import Keyring
from tests.exchange.pair import ESCROW_IDENTITY, Pair
from tests.support import Desk


def opened(sealed: Path, identity: str) -> bytes:
    plain = io.BytesIO()
    with sealed.open("rb") as file:
        seal.unseal(file, plain, (identity,))
    return plain.getvalue()


def test_the_escrow_key_opens_it(pair: Pair, tmp_path: Path) -> None:
    desk = pair.desk
    before = {one.name for one in desk.home.iterdir()}
    target, report = escrow.backup(desk.book, Keyring.open(desk.home), pair.stick)
    assert report.head == last_head(desk.book)
    assert [one.name for one in pair.stick.iterdir()] == [target.name]
    assert target.name.endswith(".deskapp.db.age")
    assert {one.name for one in desk.home.iterdir()} - before <= {"book.db.head"}
    file = tmp_path / "copy.db"
    file.write_bytes(opened(target, ESCROW_IDENTITY))
    copy = Book(file, desk.book.forms, desk.book.rules, desk.book.now)
    try:
        assert check(copy, full=True).problems == ()
        assert last_head(copy) == last_head(desk.book)
    finally:
        copy.close()


def test_nobody_else_does(pair: Pair) -> None:
    """Neither the desk nor head office's everyday key: the safe's alone."""
    target, _ = escrow.backup(pair.desk.book, Keyring.open(pair.desk.home), pair.stick)
    for side in (pair.desk, pair.hq):
        with pytest.raises(WrongRecipient):
            opened(target, Keyring.open(side.home).receiving()[0])


def test_no_private_key_is_in_it(pair: Pair) -> None:
    """Neither as the files say them nor in any form the key's bytes take."""
    ring = Keyring.open(pair.desk.home)
    copy = opened(escrow.backup(pair.desk.book, ring, pair.stick)[0], ESCROW_IDENTITY)
    assert ring.mine().line().encode() in copy, "the public half is an entry, so a private one would be found as well"
    assert b"AGE-SECRET-KEY" not in copy.upper()
    assert b"PRIVATE KEY" not in copy.upper()
    armored = (pair.desk.home / "keys" / "sign").read_text().splitlines()[1:-1]
    raw = base64.b64decode("".join(armored))
    # An OpenSSH private key ends with seed and public half, then a comment and the padding.
    public = base64.b64decode(ring.mine().line().split()[1])[-32:]
    at = raw.rindex(public)
    seed = raw[at - 32 : at]
    assert Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw() == public
    for secret in (seed, seed.hex().encode(), seed.hex().upper().encode(), base64.b64encode(seed)[:40]):
        assert secret not in copy
    assert not any(line.encode() in copy for line in armored[2:])


def test_no_draft_is_in_it(pair: Pair) -> None:
    """What somebody typed and did not save stays at the desk, where the desk's own backup keeps it."""
    book, words = pair.desk.book, "地漏还没有修好".encode()
    drafts.keep(book, [drafts.Draft("a1", "staff-3", "2026-11-22T02:48:00+08:00", words.decode() * 2000)])
    sealed, _ = escrow.backup(book, Keyring.open(pair.desk.home), pair.stick)
    assert words not in opened(sealed, ESCROW_IDENTITY)
    plain, _ = backup.backup(book, pair.stick)
    assert words in plain.read_bytes()
    drafts.keep(book, (), ["a1"])
    gone, _ = backup.backup(book, pair.stick)
    assert words not in gone.read_bytes()


def test_without_an_escrow_key(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(DeskError, match="escrow key is not known"):
        escrow.backup(desk.book, Keyring.open(desk.home), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_where_nothing_can_be_put(pair: Pair) -> None:
    """No folder there: said before anything is copied."""
    with pytest.raises(DeskError, match="not a folder"):
        escrow.backup(pair.desk.book, Keyring.open(pair.desk.home), pair.stick / "gone")
    assert not list(pair.desk.home.glob(".sealing-*"))


def test_import_leaves_it_alone(pair: Pair) -> None:
    """It may lie beside the bundles: a folder that is imported gives no receipt for it."""
    escrow.backup(pair.desk.book, Keyring.open(pair.desk.home), pair.stick)
    assert files([pair.stick], "hq") == []
