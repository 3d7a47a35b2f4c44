"""Without this program: the by-hand chapters of the spec, run as they stand there with the real tools."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest

from deskapp.bundle.seal import recipient_of
from deskapp.bundle.writer import write
from deskapp.resources import data_path
from tests.bundle.craft import DESK, HQ_AGE, Craft, entries, take
from tests.bundle.stock import run
from tests.bundle.test_writing import draft


def script(chapter: str) -> str:
    """The first block of commands of a chapter of the spec."""
    spec = data_path("bundle-spec.md").read_text("utf-8")
    found = re.search(rf"^## \d+\. {chapter}$.*?^```bash\n(.*?)^```", spec, re.MULTILINE | re.DOTALL)
    assert found, chapter
    return found[1]


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """Head office's folder: the keys, as they lie in data/vectors."""
    keys = data_path("vectors", "keys")
    for name in ("allowed_signers", "revoked", "hq.key"):
        (tmp_path / name).write_bytes((keys / name).read_bytes())
    (tmp_path / "signing_key").write_bytes(DESK.write())
    (tmp_path / "signing_key").chmod(0o600)
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("armored", [False, True])
def test_a_bundle_is_verified_by_hand(desk: Path, armored: bool) -> None:
    out = io.BytesIO()
    to = [recipient_of(HQ_AGE)]
    written = write(out, io.BytesIO, draft(), entries(500), key=DESK, recipients=to, armored=armored)
    (desk / "BUNDLE.zip.age").write_bytes(out.getvalue())
    by_hand = script("Checking by hand").replace("FROM", "desk-017").replace("PREV_HASH", written.manifest.prev_hash)
    said = run("bash", "-c", by_hand, cwd=desk).decode().split("\n")
    assert said[-2] == written.manifest.head_hash
    assert said[:6] == [
        "SHA256SUMS", "SHA256SUMS.sig", "manifest.json", "entries.jsonl", "bodies.jsonl", "README.txt",
    ]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("file", ["edited-entries.zip", "sums-edited.zip", "key-revoked.zip", "key-stranger.zip"])
def test_by_hand_refuses_what_we_refuse(desk: Path, file: str) -> None:
    (desk / "b.zip").write_bytes(data_path("vectors", file).read_bytes())
    by_hand = re.sub(r"^age .*\n", "", script("Checking by hand"), flags=re.MULTILINE)
    with pytest.raises(AssertionError):
        run("bash", "-c", by_hand.replace("FROM", "desk-017").replace("PREV_HASH", "0" * 64), cwd=desk)


@pytest.mark.slow
def test_what_stock_tools_make_is_accepted(desk: Path) -> None:
    folder = desk / "made"
    folder.mkdir()
    for name, data in Craft(count=200).build().items():
        if not name.startswith("SHA256SUMS"):
            (folder / name).write_bytes(data)
    run("bash", "-c", script("Making one by hand").replace("RECIPIENT", recipient_of(HQ_AGE)), cwd=folder)
    bundle, lines = take((desk / "BUNDLE.zip.age").read_bytes())
    assert [line[1:4] for line in lines] == list(entries(200))
    assert bundle.signer.key == DESK.public


def test_common_tools_read_the_container() -> None:
    members = Craft().build()
    with zipfile.ZipFile(io.BytesIO(Craft().zip())) as theirs:
        assert theirs.testzip() is None
        assert {info.filename: theirs.read(info) for info in theirs.infolist()} == members
        assert list(theirs.namelist()) == list(members)
