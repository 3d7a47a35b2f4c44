"""Every word of the program has its Chinese, and Chinese stands nowhere but in the data."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.pofile import read_po

from deskapp import i18n
from deskapp.errors import DeskError, UsageError
from deskapp.resources import data_path

CODE = Path(i18n.__file__).parent
CHINESE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]")


@dataclass
class Words:
    """As a form's Label."""

    zh: str
    en: str


@pytest.fixture(scope="module")
def update() -> ModuleType:
    spec = importlib.util.spec_from_file_location("update", data_path("locale", "update.py"))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_the_catalogue_is_complete_and_compiled(update: ModuleType) -> None:
    assert update.main(check=True) == 0


@pytest.mark.slow
def test_no_chinese_in_the_code() -> None:
    found = []
    for file in CODE.rglob("*.py"):
        source = file.read_text("utf-8")
        nodes = list(ast.walk(ast.parse(source)))
        docs = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
        for node in nodes:
            if isinstance(node, ast.Constant) and id(node) not in docs and CHINESE.search(str(node.value)):
                text = ast.get_source_segment(source, node) or ""  # an escape such as \u3002 is not meant
                found += [f"{file}:{node.lineno}: {text}"] * bool(CHINESE.search(text))
    assert found == []


def test_chinese_is_spoken_whatever_the_machine_says() -> None:
    code = "from deskapp.i18n import _; print(ascii(_('yes')))"
    env = os.environ | {"LANG": "en_US.UTF-8", "LC_ALL": "C", "LANGUAGE": "en"}
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env)
    assert run.stdout == f"{'是'!a}\n"


def test_use_changes_the_language() -> None:
    label = Words("派单", "Dispatch")
    assert (i18n.lang(), i18n._("yes"), i18n.pick(label)) == ("zh_CN", "是", "派单")  # type: ignore[arg-type]
    i18n.use("en")
    assert (i18n.lang(), i18n._("yes"), i18n.pick(label)) == ("en", "yes", "Dispatch")  # type: ignore[arg-type]
    assert i18n.N_("yes") == "yes"
    with pytest.raises(UsageError, match="no language fr"):
        i18n.use("fr")
    assert i18n.lang() == "en"


def test_no_text_is_no_text() -> None:
    assert i18n._("") == ""
    assert i18n._("not in the catalogue") == "not in the catalogue"


def test_an_error_is_told_in_the_language_spoken() -> None:
    error = DeskError("{number}: {step} needs {mark} first", number="WT1", step=Words("办结", "close"), mark="{x}\x1b")
    assert i18n.tell(error) == ("WT1: 办结以前要先{x}<001B>", "")
    i18n.use("en")
    assert i18n.tell(error) == ("WT1: close needs {x}<001B> first", "")
    assert i18n.tell(DeskError("a {brace}", "{n:02}", n=7, brace=Path("a\nb"))) == ("a a b", "07")
    assert i18n.tell(DeskError("a {brace}", "and {another}")) == ("a {brace}", "and {another}")


def test_extraction_knows_every_way_to_say_something(update: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "deskapp").mkdir()
    (tmp_path / "deskapp" / "some.py").write_text(
        """
class Odd(errors.DeskError):
    def __init__(self, file, message):
        super().__init__("in {file}", "odd" if file else "even", file=file)
class Odder(Odd):
    pass
raise DeskError("one " "and two", "hint", place="not this")
raise Refused("three", say, hint="four")
raise Odder("not this", "five")
print(_("six"), i18n._(N_("seven")), "not this")
raise Busy(f"f{1}")
""",
        encoding="utf-8",
    )
    (tmp_path / "deskapp" / "errors.py").write_text(CODE.joinpath("errors.py").read_text("utf-8"), encoding="utf-8")
    extractor = update.Extractor(tmp_path)
    assert set(extractor.found) == {
        "in {file}", "odd", "even", "one and two", "hint", "three", "four", "five", "six", "seven",
    }  # fmt: skip
    assert [problem.rpartition(":")[2] for problem in extractor.problems] == [" an f-string cannot be translated"]


def test_a_faulty_catalogue_is_found_out(update: ModuleType) -> None:
    po = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8"
msgid "right {a:02} {b}"
msgstr "{b}对{a:02}"
msgid "wrong {a}"
msgstr "错{b}"
msgid "broken {a}"
msgstr "坏{a"
msgid "width"
msgstr "宽…"
msgid "gone"
msgstr "没了"
msgid "empty"
msgstr ""
#, fuzzy
msgid "unsure"
msgstr "像"
"""
    catalog = read_po(BytesIO(po.encode()), locale="zh_CN")
    texts = ["right {a:02} {b}", "wrong {a}", "broken {a}", "width", "empty", "unsure", "new"]
    found = {text: {"deskapp/some.py"} for text in texts}
    assert [fault.split(":")[0] for fault in update.faults(catalog, found)] == [
        "other places", "other places", "of uncertain width", "not translated", "fuzzy", "not translated",
        "no longer used",
    ]  # fmt: skip
    renewed = update.renew(catalog, found)
    assert {message.id for message in renewed if message.id} == set(texts)
    assert [message.string for message in renewed.obsolete.values()] == ["没了"]
    assert {m.id for m in update.renew(renewed, {"gone": {"deskapp/some.py"}}) if m.string and m.id} == {"gone"}
