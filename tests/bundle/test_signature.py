"""Signatures: byte for byte those of ssh-keygen, and none is accepted that ssh-keygen refuses."""

from __future__ import annotations

import random
import subprocess
from base64 import b64decode, b64encode
from pathlib import Path

import pytest

from deskapp.bundle import keyring, signature
from deskapp.bundle.keyring import Signer
from deskapp.bundle.outcomes import Malformed
from tests.bundle.craft import DESK, digest, key
from tests.bundle.mutation import mutated
from tests.bundle.stock import run

MESSAGE = b"what is signed\n" * 18
SIGNED = signature.sign(MESSAGE, DESK)


def ours(armored: bytes) -> bool:
    """Whether the verifier takes it for the desk's."""
    try:
        return signature.signer(MESSAGE, armored) == DESK.public
    except Malformed:
        return False


def body(armored: bytes) -> bytes | None:
    """What ssh-keygen makes of the text around and between: it reads base64 with blanks and ignores what follows."""
    begin, end = signature.BEGIN.encode(), signature.END.encode()
    text = armored.partition(begin)[2].partition(end)[0]
    try:
        return b64decode(b"".join(text.split()), validate=True)
    except ValueError:
        return None


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "allowed").write_text(keyring.write_signers([Signer("desk-017", DESK.public)]), "utf-8")
    return tmp_path


def stock(armored: bytes, folder: Path) -> bool:
    (folder / "sig").write_bytes(armored)
    words = ["ssh-keygen", "-Y", "verify", "-f", "allowed", "-I", "desk-017", "-n", signature.BUNDLE, "-s", "sig"]
    return subprocess.run(words, input=MESSAGE, capture_output=True, check=False, cwd=folder).returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize("length", [0, 1, 260, 100_000])
def test_we_sign_as_ssh_keygen_does(length: int, tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_bytes(DESK.write())
    file.chmod(0o600)
    message = random.Random(length).randbytes(length)
    theirs = run("ssh-keygen", "-q", "-Y", "sign", "-f", str(file), "-n", signature.BUNDLE, given=message)
    assert signature.sign(message, DESK) == theirs
    assert signature.signer(message, theirs) == DESK.public


@pytest.mark.slow
def test_other_signatures_of_stock_tools_are_not_bundles(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "key").write_bytes(DESK.write())
    (tmp_path / "key").chmod(0o600)
    run("ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", str(tmp_path / "ecdsa"))
    for words in (
        ["-f", "key", "-n", "file"],
        ["-f", "key", "-n", signature.BUNDLE, "-O", "hashalg=sha256"],
        ["-f", "ecdsa", "-n", signature.BUNDLE],
    ):
        theirs = run("ssh-keygen", "-q", "-Y", "sign", *words, cwd=tmp_path, given=MESSAGE)
        with pytest.raises(Malformed):
            signature.signer(MESSAGE, theirs)


def test_a_signature_that_ssh_keygen_once_made() -> None:
    known = "c204f8b642c102324542200f3b674eec1e22cfe98c8daa719bff8c4b71b294bf"
    assert digest(signature.sign(b"what is signed\n", DESK)) == known


def test_the_message_and_the_key_are_those_signed() -> None:
    assert signature.signer(MESSAGE, SIGNED) == DESK.public
    assert signature.signer(MESSAGE + b"\n", SIGNED) is None
    other = key("another")
    assert signature.signer(MESSAGE, signature.sign(MESSAGE, other)) == other.public
    blob = b64decode(b"".join(SIGNED.split(b"\n")[1:-2])).replace(DESK.public.raw, other.public.raw)
    lines = [b64encode(blob)[at : at + 70] for at in range(0, 999, 70)]
    forged = b"\n".join([signature.BEGIN.encode(), *filter(None, lines), signature.END.encode(), b""])
    assert signature.signer(MESSAGE, forged) is None


def test_a_second_form_of_the_same_signature_is_refused() -> None:
    """S + L verifies in a careless implementation: the same signature in other bytes."""
    blob = b64decode(b"".join(SIGNED.split(b"\n")[1:-2]))
    order = 2**252 + 27742317777372353535851937790883648493
    s = int.from_bytes(blob[-32:], "little") + order
    text = b64encode(blob[:-32] + s.to_bytes(32, "little"))
    lines = [text[at : at + 70] for at in range(0, len(text), 70)]
    assert (
        signature.signer(MESSAGE, b"\n".join([signature.BEGIN.encode(), *lines, signature.END.encode(), b""])) is None
    )


def agree(armored: bytes, folder: Path) -> None:
    """ssh-keygen takes whatever we take; what it takes besides differs only in the blanks and text around."""
    theirs = stock(armored, folder)
    if ours(armored):
        assert theirs
        assert armored == SIGNED
    elif theirs:
        assert body(armored) == body(SIGNED)


def check(count: int, asked: int, folder: Path) -> None:
    dice = random.Random(20261122)
    for n in range(count):
        armored = mutated(SIGNED, dice)
        assert ours(armored) == (armored == SIGNED)
        if n < asked:
            agree(armored, folder)


def test_no_mutated_signature_is_taken(folder: Path) -> None:
    check(1000, 0, folder)


@pytest.mark.slow
def test_no_mutated_signature_of_twenty_thousand_is_taken(folder: Path) -> None:
    check(20_000, 1500, folder)
