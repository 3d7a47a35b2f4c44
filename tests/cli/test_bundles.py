"""keys, export and verify: from two offices that never met to a bundle that head office takes."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from deskapp.book import signin
from deskapp.bundle import keys as openssh
from deskapp.desk import office as offices
from tests.cli.conftest import PASSPHRASE, Ended, Run, book_bytes

Said = Callable[..., Ended]


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openssh, "ROUNDS", 1)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """A folder that is carried to and fro."""
    (tmp_path / "stick").mkdir()
    return tmp_path / "stick"


@pytest.fixture
def desk(home: Path, run: Run) -> Said:
    """A command at the desk."""
    return lambda *words, **more: run("--lang", "en", "--home", str(home), *words, **more)


@pytest.fixture(scope="session")
def head_office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its home, made once."""
    home = tmp_path_factory.mktemp("founded") / "hq"
    cost, signin._N = signin._N, 16
    try:
        offices.found(home, "总部", "hq", "陈总", PASSPHRASE).book.close()
    finally:
        signin._N = cost
    return home


@pytest.fixture
def hq(tmp_path: Path, head_office: Path, home: Path, run: Run) -> Said:
    """A command at head office."""
    there = shutil.copytree(head_office, tmp_path / "hq")
    return lambda *words, **more: run("--lang", "en", "--home", str(there), *words, **more)


def meet(desk: Said, hq: Said, stick: Path) -> None:
    """Make keys on both sides and be on the phone."""
    read_out = {}
    for name, side in (("desk-017", desk), ("hq", hq)):
        assert side("keys", "new").number.startswith("SHA256:")
        read_out[name] = side("keys", "enrol", str(stick)).number
    for name, side in (("hq", desk), ("desk-017", hq)):
        said = side("keys", "trust", str(stick / f"{name}.enrol.txt"), "--fingerprint", read_out[name])
        assert (said.code, said.out) == (0, ""), said
        assert f"{name} is trusted" in said.err


_MET: dict[str, Path] = {}


@pytest.fixture
def met(
    desk: Said, hq: Said, home: Path, stick: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Both have met; what they did then is done once and copied."""
    if not _MET:
        meet(desk, hq, stick)
        kept = tmp_path_factory.mktemp("met")
        for place in (home, tmp_path / "hq", stick):
            _MET[place.name] = shutil.copytree(place, kept / place.name)
    for place in (home, tmp_path / "hq", stick):
        shutil.rmtree(place)
        shutil.copytree(_MET[place.name], place)


@pytest.mark.slow
@pytest.mark.usefixtures("met")
def test_a_bundle_goes_to_head_office(desk: Said, hq: Said, stick: Path, home: Path) -> None:
    before = book_bytes(home)
    sent = desk("export", "--to", str(stick))
    path = Path(sent.number)
    assert path.parent == stick
    assert "entries, 0 to" in sent.err
    assert "escrow key is not known" in sent.err
    assert "it was replaced" in desk("export", "--to", str(stick)).err
    assert Path(desk("export").number).parent == home / "outbox"
    assert book_bytes(home) == before

    said = hq("verify", str(path))
    assert said.out.startswith("a good bundle: a desk's journal\n")
    assert "desk-017" in said.out
    (told,) = hq("verify", str(path), "--json").items
    assert (told["outcome"], told["from"], told["to"], told["signer"]) == ("GOOD", "desk-017", "hq", "desk-017")
    assert (told["from_seq"], told["count"], told["ack"]) == (0, told["to_seq"] + 1, None)
    assert (told["import"], told["alarms"]) == ("APPLIED", [])

    refused = desk("verify", str(path), "--json")
    assert refused.code == 4
    assert json.loads(refused.out)["outcome"] == "WRONG RECIPIENT"
    assert "for somebody else" in refused.err


@pytest.mark.usefixtures("met")
def test_a_feed_goes_to_every_desk(desk: Said, hq: Said, stick: Path) -> None:
    path = hq("export", "--to", str(stick)).number
    assert desk("verify", path).out.startswith("a good bundle: head office's feed\n")
    assert hq("export", "--for", "desk-017", "--to", str(stick)).number == path
    assert hq("export", "--for", "desk-018").code == 2


@pytest.mark.slow
@pytest.mark.usefixtures("met")
def test_keys_are_shown_rotated_and_revoked(desk: Said, hq: Said, stick: Path) -> None:
    (own,) = desk("keys", "show", "--json").items
    assert own["fingerprint"] in desk("keys", "show").out
    new = desk("keys", "rotate").number
    assert new != own["fingerprint"]
    assert desk("keys", "enrol", str(stick / "new.txt")).number == new
    looked = hq("verify", str(stick / "new.txt"))
    assert "an enrolment file" in looked.out
    assert new not in looked.out + looked.err  # who copies it from the file has not been on the phone
    assert "stays good for 30 days" in hq("keys", "trust", str(stick / "new.txt"), "--fingerprint", new).err
    states = [(one["party"], one["state"], one["fingerprint"]) for one in hq("keys", "list", "--json").items]
    assert states[1:] == [("desk-017", "ending", own["fingerprint"]), ("desk-017", "trusted", new)]
    assert hq("keys", "revoke", new).code == 1
    assert hq("keys", "revoke", new, "--reason", "丢了").code == 0
    listed = hq("keys", "list").out.splitlines()
    assert [line.split()[:2] for line in listed[1:]] == [
        ["hq", "own"],
        ["desk-017", "trusted"],
        ["desk-017", "revoked"],
    ]
    bundle = desk("export", "--to", str(stick)).number
    refused = hq("verify", bundle)
    assert (refused.code, "revoked key" in refused.err) == (4, True)


def test_the_phone_call_can_not_be_left_out(desk: Said, hq: Said, stick: Path) -> None:
    hq("keys", "new")
    file, read_out = str(stick / "hq.enrol.txt"), hq("keys", "enrol", str(stick)).number
    assert desk("keys", "trust", file).code == 2
    said = desk("keys", "trust", file, "--fingerprint", read_out[:-1] + "x")
    assert (said.code, "it is not trusted" in said.err) == (1, True)
    assert read_out not in said.err + said.out
    assert desk("keys", "list", "--json").items == []


def test_what_is_missing_is_said(desk: Said, stick: Path) -> None:
    for words, code, says in (
        (("keys", "list"), 0, "no keys are known here"),
        (("keys", "show"), 1, "has no keys yet"),
        (("keys", "enrol"), 1, "has no keys yet"),
        (("export",), 1, "the keys of hq are not known"),
        (("verify", str(stick / "x")), 1, "can't be opened"),
        (("keys", "trust", str(stick / "x")), 1, "can't be opened"),
        (("keys", "nonsense"), 2, "there is no command nonsense"),
        (("keys", "new", "--as", "3"), 1, "only a manager"),
    ):
        ended = desk(*words)
        assert (ended.code, says in ended.err) == (code, True), ended


def test_a_locked_key_wants_its_passphrase(
    desk: Said, home: Path, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKAPP_KEY_PASSPHRASE", "钥匙 key")
    assert desk("keys", "new").code == 0
    assert desk("keys", "enrol", str(stick)).code == 0
    monkeypatch.setenv("DESKAPP_KEY_PASSPHRASE", PASSPHRASE)
    assert "wrong passphrase" in desk("keys", "enrol", str(stick)).err
    monkeypatch.delenv("DESKAPP_KEY_PASSPHRASE")
    assert "set DESKAPP_KEY_PASSPHRASE" in desk("keys", "enrol", str(stick)).err
    assert desk("keys", "list").code == 0  # nothing is unlocked to look
    locked = home / "keys" / "sign"
    assert (
        subprocess.run(
            ["ssh-keygen", "-y", "-P", "钥匙 key", "-f", locked], capture_output=True, check=False
        ).returncode
        == 0
    )


def test_typed_at_a_terminal(desk: Said, hq: Said, stick: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fingerprint in groups, a new key's passphrase twice."""
    hq("keys", "new")
    read_out = hq("keys", "enrol", str(stick)).number.removeprefix("SHA256:")

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(io, "StringIO", Terminal)
    typed = " ".join(read_out[at : at + 4] for at in range(0, 43, 4))
    assert desk("keys", "trust", str(stick / "hq.enrol.txt"), stdin=f"{typed}\n").code == 0
    given = iter(["one", "other", "same", "same", "same"])
    monkeypatch.setattr("getpass.getpass", lambda question: next(given))
    assert "the two passphrases differ" in desk("keys", "new").err
    assert desk("keys", "new").code == 0
    assert desk("keys", "enrol").code == 0
    assert (home / "outbox" / "desk-017.enrol.txt").exists()


@pytest.mark.usefixtures("met")
def test_a_folder_that_others_may_read(desk: Said, home: Path, stick: Path) -> None:
    (home / "keys").chmod(0o755)
    for words in (("export",), ("verify", str(stick / "hq.enrol.txt")), ("keys", "list"), ("keys", "rotate")):
        ended = desk(*words)
        assert (ended.code, "its mode is 0755, not 0700" in ended.err) == (1, True), ended


@pytest.mark.usefixtures("met")
def test_a_crash_writes_down_no_key(desk: Said, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever fails while a key is in use: kinds of error and lines of code, no value."""
    pem = (home / "keys" / "sign").read_text()

    def crash(self: object, message: bytes) -> bytes:
        raise RuntimeError(pem)

    monkeypatch.setattr(openssh.SigningKey, "sign", crash)
    ended = desk("export")
    assert ended.code == 70
    log = (home / "errors.log").read_text()
    assert not any(line in log + ended.err + ended.out for line in pem.splitlines()[1:-1])


def test_commands_that_need_no_seals_load_none(home: Path) -> None:
    """cryptography, pyrage and zipfile come in where a key or a bundle is, and nowhere else."""
    code = """import sys; from deskapp.__main__ import main
try: main()
except SystemExit: pass
print(sorted({"bcrypt", "cryptography", "pyrage"} & set(sys.modules)), file=sys.stderr)"""
    said = subprocess.run(
        [sys.executable, "-c", code, "--home", str(home), "keys", "list"],
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert said.stderr.splitlines()[-1] == "[]"
