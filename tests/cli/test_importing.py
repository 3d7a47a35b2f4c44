"""`deskapp import`, `deskapp desks` and `deskapp init --hq`: what a person reads, what a script gets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.exchange.pair import Pair, opened
from tests.support import BOSS


@pytest.fixture
def pair(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    monkeypatch.setenv("DESKAPP_KEY_PASSPHRASE", "")
    with opened() as found:
        yield found


@pytest.mark.slow
def test_there_and_back(pair: Pair, run: Run) -> None:
    number = pair.desk.order()
    hq, desk, stick = str(pair.hq.home), str(pair.desk.home), str(pair.stick)
    (sent,) = pair.send()

    dry = run("--home", hq, "--lang", "en", "import", stick, "--dry-run", "--json")
    assert [one["outcome"] for one in dry.items] == ["APPLIED"]
    assert run("--home", hq, "show", f"desk-017/{number}").code == 1
    ended = run("--home", hq, "--lang", "en", "import", stick)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines()[0] == f"APPLIED  {sent.path.name}"
    assert f"{sent.count} entries of desk-017 were taken, up to {sent.to_seq} (nothing more to do)"[:40] in ended.out
    assert run("--home", hq, "import", stick, "--json").items[0]["outcome"] == "DUPLICATE"

    shown = run("--home", hq, "--lang", "en", "show", f"desk-017/{number}")
    assert shown.code == 0
    assert shown.out.startswith(f"desk-017/{number}  ")
    assert "desk-017/" not in run("--home", desk, "show", number).out
    listed = run("--home", hq, "list", "order", "--json").items
    assert [one["number"] for one in listed] == [f"desk-017/{number}"]
    assert run("--home", hq, "find", number, "--json").items[0]["number"] == f"desk-017/{number}"
    by_desk = ("--desk", "desk-017", "--json")
    assert run("--home", hq, "list", "order", *by_desk, "--where", "room=3-2-1502").items == listed
    assert run("--home", hq, "find", "马桶", *by_desk).items[0]["number"] == f"desk-017/{number}"
    assert run("--home", hq, "list", "order", "--desk", "hq", "--json").items == []
    found = run("--home", hq, "find", "马桶", "--desk", "hq", "--json").items
    assert not any("desk-017" in one["number"] for one in found)
    unknown = run("--home", hq, "--lang", "en", "list", "order", "--desk", "desk-018")
    assert (unknown.code, "here are: desk-017 hq" in unknown.err) == (2, True)
    assert run("--home", hq, "check", "--full").code == 0
    assert run("--home", hq, "board").out.count("desk-017") == 0

    (one,) = run("--home", hq, "desks", "--json").items
    assert (one["desk"], one["seq"], one["waiting"], one["forks"]) == ("desk-017", sent.to_seq, 0, [])
    assert len(one["keys"]) == 1
    table = run("--home", hq, "--lang", "en", "desks")
    assert table.out.splitlines()[1].startswith("desk-017")

    pair.hq.add("notice", BOSS, kind="1", text="总部公告")
    pair.send(pair.hq, "desk-017")
    assert run("--home", desk, "import", stick).code == 0
    assert "hq/GG20261122-001" in run("--home", desk, "list", "notice").out


def test_what_waits_and_what_is_refused(pair: Pair, run: Run) -> None:
    (sent,) = pair.send()
    pair.acknowledge(20)
    later = pair.stick / "later.zip.age"
    pair.send()[0].path.rename(later)
    hq = str(pair.hq.home)

    waits = run("--home", hq, "--lang", "en", "import", str(later))
    assert waits.code == 1
    assert "entries 0 to 20 of desk-017 are missing" in waits.out
    assert "desk-017: entries 0 to 20" in run("--home", hq, "--lang", "en", "desks").err
    bad = pair.stick / "bad.zip.age"
    bad.write_bytes(b"?" * 500)
    refused = run("--home", hq, "--lang", "en", "import", str(bad))
    assert (refused.code, refused.out.split()[0]) == (4, "MALFORMED")
    assert run("--home", hq, "import", str(sent.path)).code == 0
    assert run("--home", hq, "import", str(pair.stick / "nothing.age")).code == 1
    assert run("--home", str(pair.desk.home), "desks").code == 0


def test_a_head_office_is_founded(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESKAPP_PASSPHRASE", "yangguang-2026")
    home = str(tmp_path / "hq")
    words = ("--home", home, "--lang", "en", "init", "--office", "总部", "--manager", "王敏")

    assert run(*words).code == 2
    assert run(*words, "--hq", "--desk", "desk-017").code == 2
    assert run(*words, "--desk", "hq").code == 2
    assert run(*words, "--hq").code == 0
    assert run("--home", home, "list", "price", "--json").items == []
    assert len(run("--home", home, "list", "item", "--json").items) > 5
    assert "nothing came" in run("--home", home, "desks").err
