"""Who is on duty, and the record on paper, without a screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.mark.slow
def test_a_shift_by_command(run: Run, home: Path, tmp_path: Path) -> None:
    """Take the post, hand over step by step, print; each refusal says what to do."""
    nobody = run("shift")
    assert (nobody.code, nobody.out) == (1, "")
    assert run("handover").code == 1
    number = run("add", "shift", "name=night").number
    assert run("add", "shift", "name=morning").code == 1
    assert number in run("shift").out
    (said,) = run("shift", "--json").items
    assert (said["number"], said["state"], said["name"]) == (number, "on_duty", "night")
    assert run("step", number, "start").code == 0
    assert run("step", number, "seal", "told=1", "reason=没人来").code == 1
    assert run("step", number, "cash", "n100=1", "drawer=0", "counted=100", "cause=5").code == 0
    assert run("step", number, "seal", "told=1", "reason=没人来").code == 0
    shown = run("handover").out
    assert number in shown
    assert "没人来" in shown
    page = tmp_path / "页.html"
    assert run("handover", number, "--page", str(page)).out.strip() == str(page)
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert run("handover", number, "--page", str(tmp_path / "no" / "x.html")).code == 1
    assert run("handover", "staff-1").code == 1


@pytest.mark.parametrize("word", ["../../etc", "JB20261122-999", "", "\x1b[2J"])
def test_numbers_that_lead_nowhere(run: Run, home: Path, word: str) -> None:
    found = run("handover", word)
    assert found.code in (1, 2)
    assert "\x1b" not in found.err
