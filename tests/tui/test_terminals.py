"""The whole program in odd terminals: narrow ones, other charsets, few colours or none, other ideas of width."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyte
import pytest
from wcwidth import wcwidth

from deskapp.book import journal
from deskapp.book.journal import Request
from deskapp.desk.office import Office
from tests.tui.conftest import LI_MIN, PASSPHRASE
from tests.tui.test_real_terminal import Terminal, clean_end

HOSTILE = (
    "𠮷\u201c[/b][x]水\u201d\u2026①→äé Иван e\u0323 ·\u2014\u2103"
    "\U0001f468\u200d\U0001f469\u200d\U0001f467\U0001f1e8\U0001f1f3 "
)
"""What a line of the board begins with; it is cut before its state."""
STYLE = re.compile(rb"\x1b\[([0-9;:]*)m")


@pytest.fixture
def home(office: Office) -> Path:
    answers = {"room": "2-1-0901", "item": "90", "content": HOSTILE * 2, "source": "3", "handling": "next_shift"}
    journal.write(office.book, LI_MIN, [Request("register", answers, "diary")])
    office.book.close()
    return office.home


@contextmanager
def signed_in(
    *words: str, home: Path, size: tuple[int, int] = (80, 24), charset: str = "utf-8", mutant: str = "",
    **environment: str,
) -> Iterator[Terminal]:  # fmt: skip
    """The desk at its board, ended by its menu; a mutant is what is done to it first."""
    program = ("-c", f"import deskapp.__main__ as m\n{mutant}\nm.main()") if mutant else ()
    desk = Terminal(*words, home=home, size=size, charset=charset, program=program, **environment)
    try:
        desk.wait("工号")
        desk.type(f"3\n{PASSPHRASE}\n")
        desk.wait("名或菜单号 ==>")
        settle(desk)
        yield desk
        desk.type("\x7f" * 9 + "\x1b" * 4 + "83\n")
        settle(desk)
        desk.type("测试\n")  # where it asks why the post is left
        assert desk.ended() == 0
        clean_end(desk)
    finally:
        desk.close()


def settle(desk: Terminal) -> None:
    """Until nothing more is written."""
    while desk.read(0.3):
        pass


def replayed(raw: bytes, width: Callable[[str], int], monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int, str]]:
    """Where a terminal with this idea of width shows what everybody agrees about, after it was sent all this."""
    monkeypatch.setattr("pyte.screens.wcwidth", width)
    screen = pyte.Screen(80, 24)
    pyte.ByteStream(screen).feed(raw.replace(b"\x1b[<u", b""))
    return [(y, x, char) for y in range(24) for x in range(80) if sure(char := screen.buffer[y][x].data)]


def chinese(char: str) -> int:
    """Ambiguous characters take two cells."""
    return 2 if unicodedata.east_asian_width(char) == "A" and wcwidth(char) == 1 else wcwidth(char)


def simple(char: str) -> int:
    """A terminal that knows nothing newer than hanzi."""
    return 1 if ord(char) >= 0x1F000 and ord(char) < 0x20000 else wcwidth(char)


def sure(cell: str) -> bool:
    """Whether what stands in a cell is as wide everywhere."""
    return cell.strip() != "" and all(chinese(char) == simple(char) == wcwidth(char) for char in cell)


def through_three_terminals(home: Path, monkeypatch: pytest.MonkeyPatch, mutant: str = "") -> None:
    seen = []
    with signed_in(home=home, mutant=mutant) as desk:
        assert "[/b][x]" in desk.text
        seen.append(desk.raw)
        desk.type("11\n")
        desk.wait("工作日志  汇景中心")
        seen.append(desk.raw)
        desk.type("\x1b1\n2-1-0901\n90\n", "\u201cä①\u2026三")
        desk.wait("三")
        seen.append(desk.raw)
    for raw in seen:
        first, *others = (replayed(raw, width, monkeypatch) for width in (wcwidth, chinese, simple))
        assert first
        for other in others:
            assert other == first


@pytest.mark.slow
def test_no_character_shifts_a_column(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same bytes in three terminals that disagree about widths: all else stands in the same cells."""
    through_three_terminals(home, monkeypatch)


def bytes_of_another_charset(home: Path, mutant: str = "") -> None:
    with signed_in(home=home, mutant=mutant) as desk:
        desk.type(b"\xd5\xc5\xff\x80\xe5\xbc", "\x7f" * 9, "12\n")
        desk.wait("顾客委托服务单  汇景中心  李敏")


@pytest.mark.slow
def test_the_mutants_are_found(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bytes_of_another_charset(home)
    monkeypatch.setattr("tests.tui.test_real_terminal.PATIENCE", 10.0)
    strict = """import deskapp.tui.terminal as t
t.getincrementaldecoder = lambda name, real=t.getincrementaldecoder: lambda errors: real(name)("strict")"""
    with pytest.raises((AssertionError, OSError)):
        bytes_of_another_charset(home, strict)
    markup = """import deskapp.tui.widgets.records as r
from rich.text import Text
r.fit = lambda text, *more, real=r.fit, **kept: real(Text.from_markup(text).plain, *more, **kept)"""
    unsteady = "import deskapp.tui.looks as looks; looks._steadied = lambda data: data"
    for mutant in (markup, unsteady):
        with pytest.raises((AssertionError, OSError)):
            through_three_terminals(home, monkeypatch, mutant)


@pytest.mark.slow
@pytest.mark.parametrize("locale", ["zh_CN.GB18030", pytest.param("zh_CN.GBK", marks=pytest.mark.slow)])
def test_a_gb18030_terminal(home: Path, locale: str) -> None:
    """Typed and shown in its charset; what GBK lacks is replaced by something as wide."""
    with signed_in(home=home, charset="gb18030", LC_ALL=locale) as desk:
        assert f"其他 {'𠮷' if locale.endswith('18030') else '??'}\u201c [/b]" in desk.text
        desk.type(b"\xff\x80 \xd5", "\x7f" * 9, "曾\n")
        desk.wait("找: 曾")


@pytest.mark.slow
def test_down_to_one_cell_and_back(home: Path) -> None:
    with signed_in(home=home) as desk:
        for size in ((60, 16), (1, 1), (2, 3), (300, 100), (1, 50), (200, 1), (80, 24)):
            desk.resize(*size)
            desk.type("1")
            settle(desk)
        desk.type("\x7f" * 9 + "12\n")
        desk.wait("顾客委托服务单  汇景中心  李敏")


@pytest.mark.slow
@pytest.mark.parametrize("term", ["linux", "vt100", "", "screen", "tmux-256color", "xterm"])
@pytest.mark.parametrize("size", [(80, 24), (60, 16)])
def test_any_terminal(home: Path, term: str, size: tuple[int, int]) -> None:
    with signed_in(home=home, size=size, TERM=term, LC_ALL="C", COLUMNS="99") as desk:
        desk.type("1\n")
        desk.wait("房号    [")
        settle(desk)
        colours = [code for match in STYLE.findall(desk.raw) for code in match.split(b";") if code[:1] in b"3459"]
        assert bool(colours) == (term not in ("vt100", ""))
        assert desk.screen.cursor.x == 12


@pytest.mark.slow
def test_no_color_is_no_colour(home: Path) -> None:
    with signed_in(home=home, NO_COLOR="1") as desk:
        styles = {code for match in STYLE.findall(desk.raw) for code in match.split(b";")}
        assert styles <= {b"", b"0", b"1", b"2", b"4", b"7"}
        assert b"7" in styles


@pytest.mark.slow
def test_plain(home: Path) -> None:
    """No style, no rule, the line of the cursor marked, the terminal's own cursor where one types."""
    with signed_in("--plain", home=home, TERM="dumb") as desk:
        assert not STYLE.search(desk.raw)
        assert b"--------" not in desk.raw
        assert re.search(r"^> 超 \S+ +委22-001", desk.text, re.MULTILINE)
        assert not desk.screen.cursor.hidden
        line = desk.text.split("\n")[desk.screen.cursor.y]
        assert "==>" in line
        desk.type("张")
        desk.wait("==> 张")
        settle(desk)
        before = desk.screen.cursor.x
        desk.type("三")
        desk.wait("==> 张三")
        settle(desk)
        assert desk.screen.cursor.x == before + 2


@pytest.mark.slow
def test_the_cursor_stands_in_the_field(home: Path) -> None:
    """On every screen, where the input method opens its window: behind the sign, or in the brackets."""
    with signed_in(home=home) as desk:
        for typed in (
            "",
            "12\n",
            "\n",
            "\x1b\x1b0\n",
            "\x1b00\n",
            "\x1b曾\n",
            "\x1b42\n",
            "\x1b1\n",
            "3-2-1502\n",
            "11\n",
        ):
            desk.type(typed)
            settle(desk)
            line, at = desk.screen.buffer[desk.screen.cursor.y], desk.screen.cursor.x
            before = "".join(line[x].data for x in range(at))
            assert before.endswith(("==> ", "[", "[90")), f"{typed!r}: {before!r}"


def test_a_dumb_terminal_is_told(home: Path) -> None:
    desk = Terminal(home=home, TERM="dumb")
    assert desk.ended() == 2
    assert "--plain" in desk.text
    assert b"\x1b" not in desk.raw
    desk.close()
