"""Whatever stands on the command line or in a table: an exit code of the contract, inert words, a sound book."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deskapp.text import clean, show
from tests.cli.conftest import Ended, Run
from tests.support import forms

CODES = {0, 1, 2, 3, 4}
COMMANDS = ("init", "add", "step", "show", "list", "find", "board", "forms", "load", "check", "rebuild", "passphrase")
OPTIONS = (
    "--json", "--open", "--limit", "--where", "--before", "--full", "--public", "--check", "--reveal", "--reason",
    "--lang", "--as", "--home", "--office", "--desk", "--manager", "--help", "--",
)  # fmt: skip
KNOWN = ("3-2-1502", "staff-1", "staff-3", "provider-21", "item-13", "en", "zh_CN", "1", "3", "-1", "99999999999")
FIELDS = sorted({f"{name}=" for form in forms().values() for name in form.fields} | {"when=", "for=", "state="})

# An argument can hold anything but a NUL; what is no text arrives as lone surrogates.
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=()), max_size=30)
words = st.one_of(
    st.sampled_from((*COMMANDS, *OPTIONS, *KNOWN, *forms())),
    st.builds(str.__add__, st.sampled_from(FIELDS), st.one_of(texts, st.sampled_from(KNOWN))),
    st.sampled_from(sorted({step for form in forms().values() for step in form.steps})),
    texts,
)
lines = st.lists(words, min_size=1, max_size=7).filter(lambda line: "demo" not in line)
few = settings(max_examples=12, suppress_health_check=list(HealthCheck), deadline=None)
many = settings(max_examples=800, suppress_health_check=list(HealthCheck), deadline=None)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An office may be founded in any folder that a word names."""
    monkeypatch.chdir(tmp_path)


def calm(ended: Ended) -> None:
    """As the contract says, and nothing that a terminal would obey."""
    assert ended.code in CODES, ended
    assert ended.out == show(ended.out, lines=True)
    assert ended.err == show(ended.err, lines=True)


def commands(run: Run, line: list[str]) -> None:
    # Without a word of ours it would be the screen; with one of these it would go on for long or elsewhere.
    if line[0] not in COMMANDS:
        line = ["find", *line]
    calm(run(*line))


@pytest.mark.slow
@few
@given(line=lines)
def test_any_words(home: Path, run: Run, line: list[str]) -> None:
    commands(run, line)


@pytest.mark.slow
@many
@given(line=lines)
def test_many_words(home: Path, run: Run, line: list[str]) -> None:
    commands(run, line)
    assert run("check").code == 0


cells = st.one_of(texts, st.sampled_from(("3-9-0101", "home", "=1+1", "0", "")), st.integers(), st.floats(), st.dates())
tables = st.lists(st.lists(cells, max_size=6), max_size=5)
headed = st.builds(lambda rows: [["code", "kind", "name"], *rows], tables)
raw = st.one_of(st.binary(max_size=300), texts.map(lambda text: text.encode("utf-8", "surrogatepass")),
                st.builds(lambda rows: "\n".join(",".join(map(str, row)) for row in rows).encode("utf-8", "replace"),
                          headed))  # fmt: skip


def loaded(run: Run, file: Path) -> None:
    """All or nothing, told calmly."""
    before = len(run("list", "room", "--limit", "9999", "--json").items)
    ended = run("load", "room", str(file))
    calm(ended)
    after = len(run("list", "room", "--limit", "9999", "--json").items)
    assert (after > before) == (ended.code == 0 and after != before)
    assert ended.code == 0 or after == before


def workbook(rows: list[list[object]]) -> bytes:
    """A spreadsheet of these rows, as far as a spreadsheet can hold them."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append([clean(cell) if isinstance(cell, str) else cell for cell in row])
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


@pytest.mark.slow
@few
@given(data=raw)
def test_any_csv(home: Path, run: Run, tmp_path: Path, data: bytes) -> None:
    (file := tmp_path / "rooms.csv").write_bytes(data)
    loaded(run, file)


@pytest.mark.slow
@settings(few, max_examples=4)
@given(rows=headed, cut=st.integers(0, 4000), flip=st.integers(0, 4000))
def test_any_xlsx(home: Path, run: Run, tmp_path: Path, rows: list[list[object]], cut: int, flip: int) -> None:
    """Whole, cut short, with a byte changed, and something else that is a zip."""
    whole = workbook(rows)
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("xl/workbook.xml", "<x>" * 50)
    changed = bytearray(whole)
    changed[flip % len(whole)] ^= 0x55
    for data in (whole, whole[:cut], bytes(changed), other.getvalue()):
        (file := tmp_path / "rooms.xlsx").write_bytes(data)
        loaded(run, file)
