"""The contract of every command: its exit code, what goes to which stream, which words are understood."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from deskapp.book import database
from deskapp.cli import reading
from tests.cli.conftest import Run

COMMANDS = (
    "init", "add", "step", "show", "list", "find", "board", "shift", "handover", "late", "forms", "load", "check",
    "rebuild", "backup", "restore", "erase", "export", "verify", "close-day", "passphrase", "pin", "reveals", "demo",
    "import", "desks", "report", "keys",
)  # fmt: skip

LOADED = """
import atexit, json, sys
atexit.register(lambda: print(json.dumps(list(sys.modules)), file=sys.stderr))
from deskapp.__main__ import main
main()
"""


def loaded_by(*words: str, home: Path | None = None) -> set[str]:
    """The modules that a fresh `deskapp WORDS` has loaded when it ends."""
    env = os.environ | ({"DESKAPP_HOME": str(home)} if home else {})
    ended = subprocess.run([sys.executable, "-c", LOADED, *words], env=env, capture_output=True, check=True)
    return {name.partition(".")[0] for name in json.loads(ended.stderr.splitlines()[-1])}


# ---------------------------------------------------------------- exit codes


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("board",), 0, ""),
        (("forms", "order"), 0, ""),
        (("list", "order"), 0, ""),
        (("find", "3-2-1502"), 0, ""),
        (("check",), 0, ""),
        (("show", "WT20200101-001"), 1, "没有 WT20200101-001 这条记录"),
        (("list", "nonesuch"), 1, "没有表单 nonesuch"),
        (("forms", "nonesuch"), 1, "没有表单 nonesuch"),
        (("add", "nonesuch"), 1, "没有表单 nonesuch"),
        (("list", "order", "--where", "nonesuch=1"), 1, "没有 nonesuch"),
        (("list", "order", "--where", "state=nonesuch"), 1, "没有 nonesuch 这个状态"),
        (("list", "order", "--where", "room=9-9-9"), 1, "9-9-9"),
        (("list", "order", "--before", "3-2-1502"), 1, "不是 order 表单的记录"),
        (("backup", "/nonexistent/folder"), 1, "/nonexistent/folder"),
        (("restore", "/nonexistent/file"), 1, "/nonexistent/file"),
        (("forms", "--check", "/nonexistent/a.toml"), 1, "/nonexistent/a.toml"),
        (("nonesuch",), 2, "nonesuch"),
        (("board", "--nonesuch"), 2, "--nonesuch"),
        (("board", "extra"), 2, "extra"),
        (("add",), 2, "FORM"),
        (("show",), 2, "NUMBER"),
        (("step", "3-2-1502"), 2, "STEP"),
        (("find",), 2, "TEXT"),
        (("add", "order", "room"), 2, "room"),
        (("add", "order", "=1"), 2, "=1"),
        (("add", "order", "room=1", "room=2"), 2, "room"),
        (("add", "order", "房号=1", "room=2"), 2, "room"),
        (("list", "order", "--where", "room"), 2, "room"),
        (("list", "order", "--where", "room="), 2, "room="),
        (("list", "order", "--limit", "0"), 2, "0"),
        (("list", "order", "--limit", "x"), 2, "x"),
        (("list", "order", "--limit", "99999999999999"), 2, "99999999999999"),
        (("list", "order", "--limit"), 2, "--limit"),
        (("step", "3-2-1502", "register"), 2, "add"),
        (("step", "3-2-1502", "undo", "reason=x"), 2, ""),
        (("show", "3-2-1502", "--reason", "x"), 2, "--reveal"),
        (("show", "3-2-1502", "--reveal"), 2, "--reason"),
        (("forms", "order", "--check", "x.toml"), 2, "--check"),
        (("load", "room", "rooms.txt"), 2, "rooms.txt"),
        (("board", "--home"), 2, "--home"),
        (("board", "--as", "--json"), 2, "--as"),
        (("--lang", "fr", "board"), 2, "fr"),
        (("init", "--office", "a", "--desk", "b"), 2, "--manager"),
    ],
)
def test_a_command_ends_with_the_code_that_was_promised(home, run: Run, words, code, says):
    before = (home / "book.db").read_bytes()

    ended = run(*words)

    assert ended.code == code, ended
    assert says in ended.err
    if code:
        assert ended.out == ""
        assert ended.err.strip()
        assert (home / "book.db").read_bytes() == before


def test_who_writes_must_be_said(home, run: Run, monkeypatch):
    monkeypatch.delenv("DESKAPP_STAFF")

    assert run("add", "room", "code=9", "kind=home").code == 2
    assert run("show", "3-2-1502", "--reveal", "--reason", "x").code == 1  # nothing to reveal: told before it is asked
    assert run("add", "room", "code=9", "kind=home", "--as", "1").number == "9"


def test_a_wrong_passphrase_is_refused(home, run: Run, monkeypatch):
    monkeypatch.setenv("DESKAPP_PASSPHRASE", "quite another one")

    ended = run("add", "room", "code=9", "kind=home")

    assert (ended.code, ended.out) == (1, "")
    assert "quite" not in ended.err


def test_nobody_is_asked_where_nobody_is(home, run: Run, monkeypatch):
    monkeypatch.delenv("DESKAPP_PASSPHRASE")

    ended = run("add", "room", "code=9", "kind=home", stdin="yangguang-2026\n")

    assert ended.code == 1
    assert "DESKAPP_PASSPHRASE" in ended.err


def test_a_book_that_is_in_use_is_busy_and_says_by_whom(home, run: Run, monkeypatch):
    monkeypatch.setattr(database, "LOCK_SECONDS", 0.1)
    (home / "holder.json").write_text('{"pid": 4711, "doing": "a load", "since": "03:15:00"}')

    with FileLock(home / "book.lock"):
        ended = run("add", "room", "code=9", "kind=home")

        assert ended.code == 3
        assert "4711" in ended.err
        assert run("list", "room").code == 0
    assert run("add", "room", "code=9", "kind=home").code == 0


def test_a_command_without_an_office_says_how_to_make_one(run: Run):
    for words in (("board",), ("add", "room"), ("check",)):
        ended = run(*words)
        assert ended.code == 1
        assert "deskapp init" in ended.err
    assert run("forms").code == 0


def test_ctrl_c_ends_with_its_own_code(home, run: Run, monkeypatch):
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(reading, "board", interrupted)

    assert run("board").code == 130


@pytest.mark.slow
def test_a_reader_that_leaves_is_no_fault(home, run: Run):
    for _ in range(3):
        run("add", "diary", "room=0", "item=45", "source=1", "handling=5", f"content={'x' * 90_000}")
    with subprocess.Popen(
        [sys.executable, "-m", "deskapp", "list", "diary", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as ended:
        assert ended.stdout
        assert ended.stderr
        ended.stdout.read(10)
        ended.stdout.close()
        said = ended.stderr.read()

    assert (ended.returncode, said) == (1, b"")


# ---------------------------------------------------------------- help and languages


def test_help_lists_every_command_in_the_language(run: Run):
    for lang, word in (("zh_CN", "登记一条记录"), ("en", "Register a record")):
        ended = run("--lang", lang, "--help")

        assert (ended.code, ended.err) == (0, "")
        assert word in ended.out
        listed = ended.out.partition("Commands:")[2].rpartition("\n\n")[0].split("\n")
        assert tuple(line.split()[0] for line in listed if line.strip()) == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_in_both_languages(run: Run, command):
    chinese, english = run(command, "--help"), run(command, "--lang=en", "--help")

    assert (chinese.code, english.code) == (0, 0)
    assert any(char >= "\u4e00" for char in chinese.out)
    assert english.out.isascii()
    assert max(map(len, english.out.splitlines())) <= 80


def test_the_offices_language_is_spoken_unless_another_is_asked_for(home, run: Run):
    config = home / "config.toml"
    config.write_text(config.read_text().replace("zh_CN", "en"))

    assert "there is no form" in run("list", "x").err
    assert "没有表单" in run("list", "x", "--lang", "zh_CN").err
    assert "Register a record" in run("--help").out


def test_help_speaks_even_where_the_settings_are_broken(home, run: Run):
    for text in (b"\xff", b"lang = ", b"lang = 7"):
        (home / "config.toml").write_bytes(text)
        assert run("--help").code == 0
        assert "config.toml" in run("board").err


def test_help_brings_in_nothing_that_it_does_not_need(home):
    for words in (("--help",), ("add", "--help")):
        heavy = {"textual", "sqlite_utils", "openpyxl", "pydantic", "sqlite3", "pypinyin", "filelock"}
        assert loaded_by(*words, home=home) & heavy == set()


@pytest.mark.slow
def test_reading_brings_in_no_screen_and_no_schema(home):
    for words in (("list", "room"), ("board",), ("forms", "order")):
        heavy = {"textual", "sqlite_utils", "openpyxl", "pydantic", "pypinyin", "filelock"}
        assert loaded_by(*words, home=home) & heavy == set()


# ---------------------------------------------------------------- what every command takes


@pytest.mark.parametrize(
    "words",
    [
        ("--home", "{home}", "--as", "1", "add", "room", "code=9", "kind=home"),
        ("add", "--home={home}", "room", "code=9", "--as=1", "kind=home"),
        ("add", "room", "code=9", "kind=home", "--as", "staff-1", "--home", "{home}"),
    ],
)
def test_general_options_may_stand_anywhere(home, run: Run, monkeypatch, tmp_path, words):
    monkeypatch.setenv("DESKAPP_HOME", str(tmp_path / "nowhere"))
    monkeypatch.delenv("DESKAPP_STAFF")

    assert run(*(word.format(home=home) for word in words)).number == "9"


def test_after_two_dashes_words_are_only_words(home, run: Run):
    ended = run("find", "--", "--home", "--lang")

    assert (ended.code, ended.out) == (0, "")


def test_an_empty_environment_variable_is_none(home, run: Run, monkeypatch):
    monkeypatch.setenv("DESKAPP_PASSPHRASE", "")

    assert run("add", "room", "code=9", "kind=home").code == 1


def test_what_is_wrong_with_the_offices_files_is_told_and_stops_nobody(home, run: Run):
    config = home / "config.toml"
    config.write_text("nonesuch = 1\n" + config.read_text())
    (home / "forms").mkdir()
    (home / "forms" / "bad.toml").write_text("form = 7")

    ended = run("list", "room", "--json")

    assert ended.items
    assert "nonesuch" in ended.err
    assert "bad.toml" in ended.err
