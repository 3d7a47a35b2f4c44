"""The page on writing forms says what the loader accepts, all of it, and its examples work."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from deskapp.forms import fields, form, load, strict, twins
from deskapp.forms.clocks import read_limit
from deskapp.forms.load import load as load_folders
from deskapp.resources import data_path
from tests.support import BOSS, Desk, opened

PAGE = data_path("forms", "README.md").read_text("utf-8")
BLOCKS = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
WHOLE, *PIECES = BLOCKS


def parts(text: str) -> dict[str, str]:
    """A file's top-level keys and tables, by key or heading."""
    found: dict[str, str] = {}
    name = ""
    for line in text.splitlines(keepends=True):
        if heading := re.match(r"\[[a-z_.]+\]$", line):
            name = heading[0]
        elif not name.startswith("[") and (key := re.match(r"([a-z]+) *=", line)):
            name = key[1]
        found[name] = found.get(name, "") + line
    return found


def grown(text: str, piece: str) -> str:
    """The file with a piece put into it as the page says."""
    new = parts(piece)
    if "[labels]" in new:
        text = "".join(part for name, part in parts(text).items() if name != "labels")
    whole = parts(text) | new
    return "".join(sorted(whole.values(), key=lambda part: part.lstrip().startswith("[")))


def stages() -> list[str]:
    """The page's form as it grows."""
    found = [WHOLE]
    for piece in PIECES:
        found.append(grown(found[-1], piece))
    return found


def loaded(folder: Path, text: str) -> load.Forms:
    (folder / "release.toml").write_text(text, "utf-8")
    return load_folders([data_path("forms"), folder])


@pytest.mark.parametrize("stage", range(len(BLOCKS)))
def test_the_example_is_right_at_every_stage(tmp_path: Path, stage: int) -> None:
    found = loaded(tmp_path, stages()[stage])
    assert found.complaints == []
    assert "release" in found


def test_every_piece_adds_what_it_says(tmp_path: Path) -> None:
    """Nothing of the example is lost on the way."""
    release = loaded(tmp_path, stages()[-1])["release"]
    assert {"room", "thing", "mover", "kind", "agreed", "guard", "late_reason", "deposit", "customer"} <= set(
        release.fields
    )
    assert [name for name in release.steps if name not in form.BUILT_IN_STEPS] == [
        "register", "leave", "compare", "pay_back", "sweep",
    ]  # fmt: skip
    assert (release.clocks["slip"].limit, release.clocks["slip"].setting) == ("3 days", "slip")
    assert release.closes is not None
    assert release.totals.keys() == {"deposits"}
    assert release.acts.keys() == {"out"}


def test_the_grown_example_is_worked_with(tmp_path: Path) -> None:
    """From the slip to its end by itself, the forbidden answer refused with the sentence."""
    release = loaded(tmp_path, stages()[-1])["release"]
    with opened() as desk:
        desk.book.forms["release"] = release
        _work(desk)


def _work(desk: Desk) -> None:
    slip = {"room": "3-2-1502", "thing": "三门冰箱", "kind": "appliance"}
    with pytest.raises(Exception, match="not accepted") as refused:
        desk.add("release", **slip, agreed="2")
    assert refused.value.say.zh.startswith("没有业主同意")  # type: ignore[attr-defined]
    number = desk.add("release", **slip, agreed="1")
    assert desk[number].clocks["slip"].due is not None
    desk.step(number, "compare", BOSS, guard="刘班长")
    desk.step(number, "leave", BOSS)
    desk.step(number, "sweep", BOSS)
    assert (desk[number].state, desk[number].ended) == ("settled", True)


def test_the_smallest_example_is_worked_with(tmp_path: Path) -> None:
    release = loaded(tmp_path, WHOLE)["release"]
    with opened() as desk:
        desk.book.forms["release"] = release
        number = desk.add("release", room="3-2-1502", thing="三门冰箱")
        assert number == "FX20261122-001"
        desk.step(number, "leave")
        assert desk[number].ended


# ---------------------------------------------------------------- the language


def known_keys() -> set[str]:
    """Every key that the loader lets pass: what its calls of `only` name."""
    found: set[str] = set()
    for module in (load, fields, strict, twins):
        assert module.__file__ is not None
        tree = ast.parse(Path(module.__file__).read_text("utf-8"))
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "only":
                (told,) = call.args
                found |= set(getattr(module, told.id) if isinstance(told, ast.Name) else ast.literal_eval(told))
    return found


MENTIONED = set(re.findall(r"`([a-z_-]+)`", PAGE))


def test_the_keys_are_found() -> None:
    """The look into the loader sees the keys of every table."""
    assert {"form", "card", "covers", "at", "unique", "late_asks", "minus", "needs", "unless"} <= known_keys()


def test_every_key_is_explained() -> None:
    assert known_keys() - MENTIONED == set()


def test_every_word_is_explained() -> None:
    words = {*form.TYPES, *form.ROLES, *form.RESERVED, *form.BUILT_IN_STEPS, form.VOID, *load._COLUMNS, *load._OWN}
    assert words - MENTIONED == set()
    assert [kind for kind in form.KINDS if f'`"{kind}"`' not in PAGE] == []


def test_nothing_else_is_explained() -> None:
    """What stands first in a table of the page is a key or a type."""
    first = {
        name
        for line in PAGE.splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`([a-z_-]+)`", line.split(" | ")[0])
    }
    assert first - known_keys() - set(form.TYPES) == set()


def test_limits_are_limits() -> None:
    (line,) = [line for line in PAGE.splitlines() if line.startswith("| `limit`")]
    limits = re.findall(r'`"([^"]+)"`', line)
    assert len(limits) == 5
    assert all(read_limit(limit) for limit in limits)


def test_an_offices_menu_numbers_are_free() -> None:
    """98 and 99 are left to offices."""
    taken = {number for one in load_folders([data_path("forms")]).values() for number in one.menu}
    assert taken.isdisjoint(range(98, 100))


def test_the_page_is_found() -> None:
    """From the README; what it points to is there."""
    readme = Path(__file__).parents[2] / "README.md"
    assert "(data/forms/README.md)" in readme.read_text("utf-8")
    for target in re.findall(r"\]\(([^)]+)\)", PAGE):
        assert data_path("forms", target).exists()
