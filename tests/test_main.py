"""Every start: what it takes from the environment, which way it goes, and its last words."""

from __future__ import annotations

import os
import subprocess
import sys
import types

import pytest

from deskapp import __main__ as start
from deskapp import i18n
from deskapp.errors import Busy, DeskError

SECRET = "13800138000"


@pytest.fixture
def screen(monkeypatch):
    """A screen that only notes how it was opened; tests may give it something to do."""
    opened = []
    module = types.SimpleNamespace(opened=opened, act=lambda: None)

    def run(home, lang, staff, *, plain):
        opened.append((home, lang, staff, plain))
        return module.act()

    module.run = run
    monkeypatch.setattr("deskapp.tui.start", module, raising=False)
    monkeypatch.setitem(sys.modules, "deskapp.tui.start", module)
    return module


@pytest.fixture
def commands(monkeypatch):
    """A command line that only counts how often it was asked."""
    asked = []
    monkeypatch.setitem(sys.modules, "deskapp.cli", types.SimpleNamespace(app=lambda **_: asked.append(1)))
    return asked


def leave(monkeypatch, *words: str) -> int:
    """The exit code of `deskapp WORDS`."""
    monkeypatch.setattr(sys, "argv", ["deskapp", *words])
    with pytest.raises(SystemExit) as left:
        start.main()
    return left.value.code or 0


def fails_with(error: BaseException):
    """Something that raises this."""

    def act():
        raise error

    return act


@pytest.mark.parametrize(
    ("words", "opened"),
    [
        ((), (None, None, None, False)),
        (("--home", "/x"), ("/x", None, None, False)),
        (("--home=/x=y", "--lang=en"), ("/x=y", "en", None, False)),
        (("--plain", "--as", "staff-3", "--lang", "en"), (None, "en", "staff-3", True)),
    ],
)
def test_without_a_command_the_screen_opens(monkeypatch, screen, commands, words, opened):
    assert leave(monkeypatch, *words) == 0
    assert (screen.opened, commands) == ([opened], [])


@pytest.mark.parametrize(
    "words",
    [
        ("--help",),
        ("board",),
        ("--home", "/x", "board"),
        ("--home",),
        ("--home", "--help"),
        ("--as=",),
        ("",),
    ],
)
def test_anything_else_is_a_command(monkeypatch, screen, commands, words):
    assert leave(monkeypatch, *words) == 0
    assert (screen.opened, commands) == ([], [1])


def test_the_environment_chooses_looks_but_no_code(monkeypatch, screen):
    for name in (
        "TEXTUAL",
        "TEXTUAL_DRIVER",
        "TEXTUAL_LOG",
        "TEXTUAL_PRESS",
        "TEXTUAL_SCREENSHOT",
        "TEXTUAL_FPS",
    ):
        monkeypatch.setenv(name, "1")
    leave(monkeypatch)

    kept = {name: value for name, value in os.environ.items() if name.startswith("TEXTUAL")}

    assert kept == {"TEXTUAL_FPS": "1", "TEXTUAL_DISABLE_KITTY_KEY": "1"}


def test_a_refusal_is_told_with_its_hint_and_code(monkeypatch, screen, capsys):
    screen.act = fails_with(Busy("Held by {name}", "Wait \x1b[2Jthere.", name="x\x07y"))
    monkeypatch.setattr(i18n, "tell", lambda error: (str(error), error.hint))

    assert leave(monkeypatch) == 3
    assert capsys.readouterr() == ("", "Held by x<0007>y\nWait <001B>[2Jthere.\n")


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt(), 130), (DeskError("no"), 1)])
def test_an_end_has_its_code(monkeypatch, screen, error, code):
    screen.act = fails_with(error)

    assert leave(monkeypatch) == code


def test_a_fault_is_told_calmly_and_logged_without_values(monkeypatch, screen, capsys, tmp_path):
    def act():
        phone = SECRET
        try:
            {}[phone]
        except KeyError as error:
            raise ValueError(f"no {phone}") from error

    screen.act = act
    i18n.use("en")

    assert leave(monkeypatch, "--home", str(tmp_path)) == 70

    said, log = capsys.readouterr().err, (tmp_path / "errors.log").read_text()
    code = log.split()[1]

    assert len(said.splitlines()) == 2
    assert f"code {code}\n" in said
    assert "builtins.ValueError" in log
    assert "builtins.KeyError" in log
    assert "tests/test_main.py:" in log
    assert SECRET not in said + log


def test_the_same_fault_has_the_same_code(monkeypatch, screen, tmp_path):
    customers = iter(["one", "two"])

    def act():
        raise ValueError(next(customers))

    screen.act = act
    leave(monkeypatch, f"--home={tmp_path}")
    leave(monkeypatch, f"--home={tmp_path}")

    codes = [line.split()[1] for line in (tmp_path / "errors.log").read_text().splitlines() if "deskapp 0" in line]

    assert len(codes) == 2
    assert len(set(codes)) == 1


def test_a_fault_without_an_office_makes_none(monkeypatch, screen, capsys, tmp_path):
    screen.act = fails_with(ValueError(SECRET))

    assert leave(monkeypatch) == 70
    assert SECRET not in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_leaves_is_no_fault():
    code = "import deskapp.__main__ as m; m._start = lambda words: print('x' * 200_000); m.main()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    ) as ended:
        ended.stdout.read(10)
        ended.stdout.close()
        said = ended.stderr.read()

    assert (ended.returncode, said) == (1, "")


@pytest.mark.parametrize(
    ("locale", "charset"),
    [
        ({"LANG": "zh_CN.GB18030"}, "gb18030"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "zh_CN.gbk@pinyin"}, "gbk"),
        ({"LC_CTYPE": "zh_CN.GB2312", "LC_ALL": ""}, "gbk"),
        # What shows no Chinese, or is none: UTF-8 is the better guess.
        ({"LANG": "de_DE.ISO-8859-1"}, ""),
        ({"LC_ALL": "C"}, ""),
        ({"LC_ALL": "zh_CN.UTF-16"}, ""),
        ({"LC_ALL": "x.rot13"}, ""),
        ({}, ""),
    ],
)
def test_the_charset_of_a_terminal(monkeypatch, locale, charset):
    for name in ("LC_ALL", "LC_CTYPE", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in locale.items():
        monkeypatch.setenv(name, value)

    assert start._charset() == charset
    if charset == "gbk":
        assert "张𠮷e\u0323".encode(charset, "desk").decode(charset) == "张??e"


@pytest.mark.parametrize("locale", ["C", "POSIX", "zh_CN.GB18030"])
def test_chinese_is_written_under_any_locale(locale):
    code = "import deskapp.__main__ as m; m._start = lambda words: print('\\u5ba2\\ud800'); m.main()"
    env = os.environ | {"LC_ALL": locale, "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    ended = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, check=False)

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "客\\ud800\n".encode(), b"")
