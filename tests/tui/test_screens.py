"""Every screen at every size: lines of exact width, and only characters whose width is certain."""

from __future__ import annotations

import re
import unicodedata

import pytest

from deskapp import i18n
from deskapp.text import cells
from tests.tui.conftest import Desk, Open
from tests.tui.test_snapshots import STATES

SCREENS = {
    "board": "",
    "menu": "0\n",
    "list": "12\n",
    "an empty list": "14\n",
    "pick": "4\n",
    "find": "曾 3-\n",
    "nothing found": "没有的人\n",
    "a wrong number": "97\n",
}
SIZES = [(80, 24), (60, 16), (120, 40), (40, 10), (20, 6), (2, 2)]


def check(d: Desk) -> None:
    width, height = d.app.size
    lines = d.lines()
    assert len(lines) == height
    for line in lines:
        assert cells(line) == width, line
        for char in line:
            assert char.isascii() or unicodedata.east_asian_width(char) in "WF", (char, line)


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("language", ["zh_CN", pytest.param("en", marks=pytest.mark.slow)])
async def test_widths(desk: Open, language: str, size: tuple[int, int]) -> None:
    i18n.use(language)
    async with desk(size=size) as d:
        for typed in SCREENS.values():
            await d.type(typed)
            check(d)
            await d.press("pagedown", "down", "up")
            check(d)
            await d.press("f1", "pagedown")
            check(d)
            await d.press("escape", "escape")
        await d.press("ctrl+l")
        check(d)


@pytest.mark.slow
async def test_another_size_while_it_is_open(desk: Open) -> None:
    async with desk() as d:
        for size in [(40, 10), (1, 1), (300, 100), (60, 16), (80, 24)]:
            await d.pilot.resize_terminal(*size)
            await d.settle()
            check(d)
        assert d.lines()[3].startswith("> 超 13分")
        await d.type("12\n")
        await d.pilot.resize_terminal(60, 16)
        await d.settle()
        check(d)
        await d.press("escape")
        check(d)


async def test_english(desk: Open) -> None:
    """Every key and word has room in English too."""
    i18n.use("en")
    async with desk() as d:
        lines = d.lines()
        assert lines[0].startswith("Board")
        assert lines[23].rstrip().endswith("EscBack")
        assert lines[20].rstrip().endswith("0All")


@pytest.mark.slow
async def test_no_english_and_nothing_of_textual(desk: Open) -> None:
    """Every word on a screen is translated; no key opens what Textual brings along and says in English."""
    own = {"Esc", "Enter", "PgDn", "PgUp", "Tab", "Ctrl", "Home", "End", "deskapp", "desk", "home", "book", "tmp"}
    async with desk() as d:
        for state, typed in STATES.items():
            for keys in typed:
                await d.type(keys)
            folder = re.compile(r"/[^ ]*|desk-017|Down")
            words = set(re.findall("[A-Za-z]{3,}", folder.sub("", d.text))) - own
            assert not words, f"{state}: {words}"
            actions = {binding.binding.action.partition("(")[0] for binding in d.app.active_bindings.values()}
            assert not actions & {
                "command_palette",
                "help_quit",
                "quit",
                "show_help_panel",
                "screenshot",
                "change_theme",
            }
            for _screen in range(4):
                await d.press("escape")
