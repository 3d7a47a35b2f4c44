"""On the screen: sentences to say, answers of other offices, a menu number for two steps, totals, announcements."""

from __future__ import annotations

import dataclasses

import pytest

from deskapp.book import journal
from deskapp.book.journal import Request
from deskapp.desk.office import Office
from deskapp.tui.screens.panel import PanelScreen
from tests.lend import LEND
from tests.tui.conftest import LI_MIN, Open


@pytest.fixture
def numbers(office: Office) -> list[str]:
    """Two umbrellas, one of them out; the second is announced in building 3."""
    office.book.forms["lend"] = LEND

    def add(**answers: object) -> str:
        return str(journal.write(office.book, LI_MIN, [Request("register", answers, "lend")])[0].number)

    found = [add(tag="A1", deposit="20"), add(tag="A2", scope="3")]
    journal.write(office.book, LI_MIN, [Request("take", {}, None, found[1])])
    return found


@pytest.mark.slow
async def test_one_number_opens_the_step_that_is_possible(desk: Open, numbers: list[str]) -> None:
    """36 is taking for the one that is in, giving back for the one that is out."""
    async with desk() as d:
        for tag, title in (("A1", "借出"), ("A2", "归还")):
            await d.type(f"36\n{tag}\n")
            assert isinstance(d.app.screen, PanelScreen)
            assert title in d.lines()[0]
            await d.press("escape", "escape", "escape")


@pytest.mark.slow
async def test_the_sentence_and_the_answers_of_this_office(desk: Open, numbers: list[str], office: Office) -> None:
    """What to say stands under the boxes while its box is answered; an answer of a tower is not offered in housing."""
    async with desk() as d:
        await d.type(f"36\n{numbers[1]}\n")
        assert "请说" in d.text
        assert "2 湿: 请先晾干。" in d.text
        assert "交大堂" not in d.text
        await d.type("3\n")
        assert isinstance(d.app.screen, PanelScreen)
        office.book.rules = dataclasses.replace(office.book.rules, kind="tower")
        await d.press("escape", "escape", "escape")
        await d.type(f"36\n{numbers[1]}\n")
        assert "3交大堂" in d.text


async def test_totals_in_the_title_of_the_list(desk: Open, numbers: list[str]) -> None:
    """They are what they are at this moment."""
    async with desk() as d:
        d.app.open_list("lend")
        await d.settle()
        assert "押金 20.00元  把数 2" in d.lines()[0]


@pytest.mark.slow
async def test_announced_on_the_card_of_a_room(desk: Open, numbers: list[str]) -> None:
    """Whoever takes a call from building 3 reads it; the other buildings don't."""
    async with desk() as d:
        await d.type("1\n3-2-1502\n")
        assert "借伞登记 A2" in d.text
        await d.press("escape", "escape")
        await d.type("1\n5-1-0302\n")
        assert "借伞登记 A2" not in d.text
        assert "借伞登记 A1" in d.text
