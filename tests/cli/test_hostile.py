"""Text that means harm: cleaned on the way in, inert on the way out, and the same through every command."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from deskapp.text import clean, show
from tests.cli.conftest import Run

TEXTS = {
    "markup": "王[/]五说[b]急[/b] [@click=app.quit]x[/]",
    "escape": "\x1b[2J\x1b]0;title\x07水管\x9b31m漏",
    "lines": "第一行\r\n第二行\r第三行\n\n第五行",
    "bidi": "\u202etxt.exe\u202c 3-2-1502 \u2066x\u2069",
    "invisible": "水\u200b管\ufeff\u00ad漏\ufe0f",
    "astral": "𠮷田的猫🐈",
    "formula": "=1+1",
    "format": "{number} %s \\u0041 $(reboot) `ls`",
    "quotes": "a\"b'c\\d\te",
    "surrogates": "漏\udcff水\ud800",
    "noncharacters": "漏\ufffe\U0010ffff水",
    "long": "很长" * 20_000,
}


@pytest.mark.slow
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_hostile_text_is_kept_clean_and_comes_back_the_same(home, run: Run, text):
    number = run("add", "diary", "room=0", "item=45", "source=1", "handling=5", f"content={text}").number
    kept = clean(text, lines=True)

    for words in (("show", number), ("list", "diary"), ("find", number), ("board",)):
        (item,) = run(*words, "--json").items
        assert item["content"] == kept
        raw = run(*words, "--json").out
        assert raw == show(raw, lines=True)
        plain = run(*words).out
        assert number in plain
        assert plain == show(plain, lines=True)
    assert run("step", number, "note", f"remark={text}").code == 0
    shown = run("show", number).out
    assert show(clean(text)[:30]) in shown.replace("\n", " ") or "\n" in kept


def test_only_a_line_is_kept_where_a_line_is_asked(home, run: Run):
    number = run("add", "mail", "room=0", "shelf=地\n上\x00", "recipient=王[/]五\r\nESC").number

    (item,) = run("show", number, "--json").items

    assert item["shelf"] == "地 上"
    assert item["recipient"].startswith("王")


# What an argument can be; a NUL cannot stand in one.
WORDS = {"all": "\x1b[2J王[/]五\u202ex{number}%s\na", "surrogates": "\udcff\udcfe", "long": "x" * 300}


@pytest.mark.parametrize("word", WORDS.values(), ids=WORDS)
@pytest.mark.parametrize(
    "words",
    [
        ("add", "{}"), ("add", "order", "{}"), ("add", "order", "{}=1"), ("add", "order", "room={}"), ("show", "{}"),
        ("step", "{}", "note"), ("step", "3-2-1502", "{}"), ("list", "{}"), ("list", "room", "--where", "{}=1"),
        ("list", "room", "--where", "kind={}"), ("list", "room", "--before", "{}"), ("find", "{}"), ("forms", "{}"),
        ("load", "{}", "x.csv"), ("load", "room", "{}.csv"), ("restore", "{}"), ("passphrase", "{}"), ("{}",),
        ("board", "--{}"), ("--lang", "{}", "board"), ("add", "room", "--as", "{}", "code=8", "kind=home"),
        ("--home", "{}", "board"), ("backup", "{}"), ("forms", "--check", "{}"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_hostile_words_in_any_place_end_calmly(home, run: Run, words, word):
    ended = run(*(one.replace("{}", word) for one in words))

    assert ended.code in (0, 1, 2)
    assert ended.out + ended.err == show(ended.out + ended.err, lines=True)
    assert len(ended.err) < 4000


@pytest.mark.slow
def test_a_terminal_of_another_encoding_is_understood(home):
    words = ["add", "diary", "room=0", "item=45", "source=1", "handling=5"]
    for environ, raw in (
        ({"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, "content=客厅灯不亮".encode()),
        ({"LC_ALL": "C.UTF-8"}, "content=客厅灯不亮".encode("gb18030")),
    ):
        ended = subprocess.run(
            [sys.executable, "-m", "deskapp", *words, raw], env=os.environ | environ, capture_output=True, check=True
        )
        number = ended.stdout.decode().strip()
        shown = subprocess.run(
            [sys.executable, "-m", "deskapp", "show", number, "--json"], env=os.environ | environ,
            capture_output=True, check=True,
        )  # fmt: skip
        assert json.loads(shown.stdout)["content"] == "客厅灯不亮"
