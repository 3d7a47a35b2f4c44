"""Every file of data/vectors comes to the outcome its index names, by the clause it names."""

from __future__ import annotations

import json
import re

import pytest

from deskapp.bundle import enrolment, keyring
from deskapp.bundle.outcomes import BundleError
from deskapp.resources import data_path
from tests.bundle.craft import DESK, KEYRING, take
from tests.bundle.vectors import vectors

INDEX = json.loads(data_path("vectors", "index.json").read_text("utf-8"))


@pytest.mark.parametrize("told", INDEX["vectors"], ids=lambda told: told["file"])
def test_a_file_causes_its_outcome(told: dict[str, str]) -> None:
    file = data_path("vectors", told["file"]).read_bytes()
    if told["outcome"] == "GOOD":
        bundle, lines = take(file)
        assert len(lines) == bundle.manifest.count
        return
    with pytest.raises(BundleError) as raised:
        take(file)
    assert (raised.value.outcome, raised.value.values["clause"]) == (told["outcome"], told["clause"]), raised.value
    assert raised.value.hint


def test_the_index_and_the_files_are_those_the_script_makes() -> None:
    made = list(vectors())
    assert [{"file": v.file, "outcome": v.outcome, "clause": v.clause, "about": v.about} for v in made] == INDEX[
        "vectors"
    ]
    names = {told["file"] for told in INDEX["vectors"]}
    assert len(names) == len(made)
    assert {file.name for file in data_path("vectors").glob("*.zip*")} == names


def test_the_keys_are_those_the_files_are_judged_with() -> None:
    folder = data_path("vectors", "keys")
    assert keyring.parse_signers((folder / "allowed_signers").read_text("utf-8")) == KEYRING.signers
    assert keyring.parse_revoked((folder / "revoked").read_text("utf-8")) == KEYRING.revoked
    assert enrolment.read((folder / "enrol.txt").read_bytes()).signs == DESK.public


def test_every_clause_cited_in_the_code_stands_in_the_spec() -> None:
    spec = data_path("bundle-spec.md").read_text("utf-8")
    stands = re.findall(r"^- \*\*(B\d+)\*\*", spec, re.MULTILINE)
    assert stands == [f"B{n}" for n in range(1, len(stands) + 1)]
    code = data_path().parent / "deskapp" / "bundle"
    cited = {clause for file in code.glob("*.py") for clause in re.findall(r"\bB\d+\b", file.read_text("utf-8"))}
    assert cited <= set(stands)
    assert {told["clause"] for told in INDEX["vectors"]} <= {*stands, ""}
