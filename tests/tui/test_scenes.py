"""Scene 1 of the reference page with its keys counted: the budgets may only fall (ux 9, 11)."""

from __future__ import annotations

from deskapp.book import view
from deskapp.tui.screens.board import BoardScreen
from tests.tui.conftest import Clock, Desk, Open

PINYIN = {"厨房": 8}
"""Keys for Chinese text: full pinyin, and one key a word to choose it."""


async def keys(d: Desk, text: str, cost: str = "") -> int:
    """Type, and count what was pressed; `cost` stands for hanzi."""
    await d.type(text)
    return sum(PINYIN[cost] if char == cost[:1] else 0 if char in cost else 1 for char in text)


async def point(d: Desk, number: str) -> None:
    """Put the board's cursor on a record: one or two keys by the reference page's count."""
    board = d.app.screen
    assert isinstance(board, BoardScreen)
    await d.press("home")
    for _line in range(20):
        if board.number != number:
            await d.press("down")


async def test_scene_1_keeps_to_its_keys(desk: Open, clock: Clock) -> None:
    """02:40, the pipe bursts: call, dispatch, arrival by radio, slip back with money. The first plan needed 165."""
    async with desk() as d:
        clock.at(2, 41)
        call = await keys(d, "1\n3-2-1502\n11\n厨房\n\n\n\n2\n", "厨房")
        clock.at(2, 46)
        dispatch = await keys(d, "\n\n\n\n21\n\n1\n")
        conn = d.app.office.book.read
        order = view.page(conn, "order", limit=1)[0]
        assert (order.state, order.fields["provider"]) == ("received", "provider-21")
        clock.at(3, 5)
        await point(d, order.number)
        arrive = 1 + await keys(d, "+0258\n\n")
        clock.at(3, 31)
        await point(d, order.number)
        back = 1 + await keys(d, "+0325\n\n\n\n\n1\n\n\n3\n80\n0012347\n2\n")
        order = view.record(conn, order.number)
        assert order.state == "closed"
        assert order.clocks["arrival"].state == "kept"
        counted = {"1a": call, "1b": dispatch, "1c": arrive, "1d": back}
        assert counted == {"1a": 28, "1b": 10, "1c": 8, "1d": 30}


async def test_the_same_with_function_keys_as_esc_and_digit(desk: Open) -> None:
    """No key can be stolen: Esc 0 saves where F10 opens the terminal's menu."""
    async with desk() as d:
        await d.type("1\n3-2-1502\n51\n")
        await d.press("escape", "0")
        one = view.page(d.app.office.book.read, "diary", limit=1)[0]
        assert one.fields["item"] == "item-51"
