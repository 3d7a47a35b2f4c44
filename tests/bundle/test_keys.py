"""Keys, lists of keys and enrolment files: ours and stock ssh-keygen's are the same files."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deskapp.bundle import enrolment, keyring, keys, seal, signature
from deskapp.bundle.keyring import Signer
from deskapp.bundle.keys import PublicKey, SigningKey
from deskapp.bundle.outcomes import KeyFault, Malformed, WrongPassphrase
from tests.bundle.craft import DESK, HQ_AGE, KEYRING, NEXT, NOW, OTHER
from tests.bundle.stock import run


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A passphrase is made dear to guess; here it costs little."""
    monkeypatch.setattr(keys, "ROUNDS", 1)


@pytest.mark.parametrize("passphrase", ["", "correct horse", "\u6b63\u786e\u7684\u9a6c"])
def test_a_key_file_is_read_back(passphrase: str) -> None:
    file = DESK.write(passphrase)
    assert file.startswith(b"-----BEGIN OPENSSH PRIVATE KEY-----\n")
    assert SigningKey.read(file, passphrase).public == DESK.public
    if passphrase:
        for wrong in ("", "wrong"):
            with pytest.raises(WrongPassphrase):
                SigningKey.read(file, wrong)
    else:
        assert SigningKey.read(file, "not needed").public == DESK.public


@pytest.mark.parametrize("file", [b"", b"-----BEGIN OPENSSH PRIVATE KEY-----\n", b"\xff" * 99])
def test_what_is_no_key_is_refused(file: bytes) -> None:
    with pytest.raises(KeyFault):
        SigningKey.read(file)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda line: line.replace("ed25519", "rsa"),
        lambda line: line[:-1],
        lambda line: line + "\n\n",
        lambda line: line + "\nssh-ed25519 x",
        lambda line: " " + line,
        lambda line: line.replace("AAAAC3", "AAAAC4"),
        lambda line: line + " \u6ce8",
        lambda line: line.replace(" ", "\t"),
    ],
)
def test_a_public_key_is_written_in_one_way(spoil: Callable[[str], str]) -> None:
    line = DESK.public.line()
    assert PublicKey.parse(line) == PublicKey.parse(line + " some remark\n") == DESK.public
    with pytest.raises(KeyFault):
        PublicKey.parse(spoil(line))


@pytest.mark.slow
def test_stock_tools_read_our_keys_and_we_theirs(tmp_path: Path) -> None:
    ours = tmp_path / "ours"
    ours.write_bytes(DESK.write())
    ours.chmod(0o600)
    public = run("ssh-keygen", "-y", "-f", str(ours)).decode()
    assert PublicKey.parse(public) == DESK.public
    (tmp_path / "ours.pub").write_text(DESK.public.line("desk-017") + "\n", "utf-8")
    assert DESK.public.fingerprint in run("ssh-keygen", "-l", "-f", str(tmp_path / "ours.pub")).decode()
    for passphrase in ("", "correct horse"):
        theirs = tmp_path / f"theirs{len(passphrase)}"
        run("ssh-keygen", "-q", "-t", "ed25519", "-a", "4", "-N", passphrase, "-C", "x", "-f", str(theirs))
        key = SigningKey.read(theirs.read_bytes(), passphrase)
        assert key.public == PublicKey.parse(theirs.with_suffix(".pub").read_text("utf-8"))


@pytest.mark.slow
def test_stock_tools_open_our_locked_key(tmp_path: Path) -> None:
    file = tmp_path / "locked"
    file.write_bytes(DESK.write("correct horse"))
    file.chmod(0o600)
    assert PublicKey.parse(run("ssh-keygen", "-y", "-P", "correct horse", "-f", str(file)).decode()) == DESK.public


@pytest.mark.slow
def test_another_kind_of_key_is_refused(tmp_path: Path) -> None:
    run("ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", str(tmp_path / "k"))
    with pytest.raises(KeyFault):
        SigningKey.read((tmp_path / "k").read_bytes())


def test_lists_are_read_back() -> None:
    assert keyring.parse_signers("# remark\n\n" + keyring.write_signers(KEYRING.signers)) == KEYRING.signers
    written = keyring.write_revoked([(DESK.public, "desk-017 2026-11-22 lost stick"), (OTHER.public, "")])
    assert keyring.parse_revoked(written) == {DESK.public, OTHER.public}


@pytest.mark.parametrize(
    "options",
    [
        "",
        "cert-authority",
        'namespaces="*"',
        'namespaces="deskapp-bundle-v1,git"',
        'namespaces="deskapp-bundle-v1",cert-authority',
        'namespaces="deskapp-bundle-v1",',
        'namespaces="deskapp-bundle-v1",x="1"',
        'namespaces="deskapp-bundle-v1",namespaces="deskapp-bundle-v1"',
        'namespaces="deskapp-bundle-v1",valid-after="20261122"',
        'namespaces="deskapp-bundle-v1",valid-after="20261322Z"',
        'namespaces="deskapp-bundle-v1",valid-after="2026112Z"',
    ],
)
def test_a_line_not_fully_understood_is_refused(options: str) -> None:
    with pytest.raises(KeyFault):
        keyring.parse_signers(f"desk-017 {options} {DESK.public.line()}\n")


@pytest.mark.parametrize("party", ["*", "desk-017,desk-018", "Desk", "-x", '"desk-017"'])
def test_a_party_is_named_exactly(party: str) -> None:
    with pytest.raises(KeyFault):
        keyring.parse_signers(f'{party} namespaces="deskapp-bundle-v1" {DESK.public.line()}\n')


@pytest.mark.slow
def test_stock_tools_read_our_lists_as_we_do(tmp_path: Path) -> None:
    (tmp_path / "revoked").write_text(keyring.write_revoked([(OTHER.public, "lost")]), "utf-8")
    hour = timedelta(hours=1)
    for key, after, before in (
        (DESK, None, None), (DESK, NOW - hour, NOW + hour), (DESK, NOW + hour, None), (DESK, None, NOW - hour),
        (DESK, NOW, NOW + hour), (DESK, NOW - hour, NOW), (OTHER, None, None), (NEXT, None, None),
    ):  # fmt: skip
        signer = Signer("desk-017", (DESK if key is NEXT else key).public, after, before)
        (tmp_path / "allowed").write_text(keyring.write_signers([signer]), "utf-8")
        (tmp_path / "sig").write_bytes(signature.sign(b"message", key))
        stock = subprocess.run(
            ["ssh-keygen", "-Y", "verify", "-f", "allowed", "-I", "desk-017", "-n", signature.BUNDLE, "-r", "revoked",
             "-s", "sig", "-O", f"verify-time={NOW:%Y%m%d%H%M%S}Z"],
            input=b"message", capture_output=True, check=False, cwd=tmp_path,
        )  # fmt: skip
        ours = signer.key == key.public and key is not OTHER and signer.valid(NOW)
        assert (stock.returncode == 0) == ours, (after, before, stock.stderr)


def test_an_enrolment_is_read_back() -> None:
    file = enrolment.write("desk-017", "3f9a01bc", DESK, seal.recipient_of(HQ_AGE))
    found = enrolment.read(file)
    assert found == enrolment.Enrolment("desk-017", "3f9a01bc", DESK.public, seal.recipient_of(HQ_AGE))


@pytest.mark.slow
def test_an_enrolment_is_verified_by_hand(tmp_path: Path) -> None:
    file = enrolment.write("desk-017", "3f9a01bc", DESK, seal.recipient_of(HQ_AGE))
    (tmp_path / "enrol.txt").write_bytes(file)
    script = """
sed '/^-----BEGIN/,$d' enrol.txt > enrol.body
sed -n '/^-----BEGIN/,$p' enrol.txt > enrol.sig
ssh-keygen -Y check-novalidate -n deskapp-enrol-v1 -s enrol.sig < enrol.body
"""
    assert DESK.public.fingerprint in run("bash", "-ec", script, cwd=tmp_path).decode()


def test_every_changed_byte_of_an_enrolment_is_noticed() -> None:
    file = enrolment.write("desk-017", "3f9a01bc", DESK, seal.recipient_of(HQ_AGE))
    for at in range(len(file)):
        for other in (file[:at] + bytes([file[at] ^ 1]) + file[at + 1 :], file[:at] + file[at + 1 :]):
            with pytest.raises((KeyFault, Malformed)):
                enrolment.read(other)
    for other in (b"", file + b"\n", file * 20):
        with pytest.raises((KeyFault, Malformed)):
            enrolment.read(other)


def test_an_enrolment_signed_for_something_else_is_refused() -> None:
    text = enrolment.Enrolment("desk-017", "3f9a01bc", DESK.public, seal.recipient_of(HQ_AGE)).text.encode()
    with pytest.raises(KeyFault):
        enrolment.read(text + signature.sign(text, OTHER, signature.ENROLMENT))
    with pytest.raises(Malformed):
        enrolment.read(text + signature.sign(text, DESK))
    with pytest.raises(KeyFault):
        enrolment.write("Desk 17", "3f9a01bc", DESK, seal.recipient_of(HQ_AGE))


def test_a_key_valid_before_it_is_valid_is_refused() -> None:
    with pytest.raises(KeyFault):
        Signer("hq", DESK.public, after=NOW, before=NOW)


def test_a_new_key_is_new() -> None:
    assert SigningKey.new().public != SigningKey.new().public
    identity, recipient = seal.new_identity()
    assert seal.recipient_of(identity) == recipient != seal.new_identity()[1]
    assert Signer("hq", DESK.public, before=datetime(2026, 1, 1, tzinfo=UTC)).line().count("valid-") == 1
