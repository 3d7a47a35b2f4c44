"""Usual phrases behind F4: by digit, for the field, with what stands in the panel in their braces (ux 2.4)."""

from __future__ import annotations

import pytest

from deskapp.book import journal, view
from deskapp.book.journal import Request
from deskapp.desk.office import Office
from deskapp.tui.numlock import NumLock
from tests.tui.conftest import LI_MIN, Open


async def test_a_phrase_is_two_keys_and_knows_the_time(desk: Open) -> None:
    """The promise typed before stands in the sentence; what nobody said yet is left open."""
    async with desk() as d:
        await d.type("2\n3-2-1502\n+\n")
        await d.press("f4")
        assert "1  我马上催,__给您回话" in d.text
        assert "核对: 3-2-1502,厨房水管爆裂漏水" in d.text
        await d.press("escape", "down")
        await d.type("05:30\n")
        await d.press("escape", "4")
        await d.type("1")
        await d.press("f10")
        told = view.timeline(d.app.office.book.read, view.record(d.app.office.book.read, "WT20261122-002"))[-1]
        assert told.data["said"] == "我马上催,05:30给您回话"


@pytest.mark.slow
async def test_a_sentence_is_read_aloud_and_not_written(desk: Open) -> None:
    """It stands under the boxes until the next key, which goes where it belongs."""
    async with desk() as d:
        await d.type("1\n3-2-1502\n51\n")
        await d.press("f4")
        digit = next(line.strip()[0] for line in d.lines() if "有什么可以帮您" in line)
        await d.type(digit)
        assert "您好,汇景中心物业前台,请问有什么可以帮您?" in d.text
        await d.type("问费用")
        assert "物业前台,请问" not in d.text
        assert "[问费用" in d.text


async def test_an_office_adds_its_own(office: Office, desk: Open) -> None:
    """By the ordinary panel, or here by the book; one that is withdrawn is offered no more."""
    for code, place, words in (
        ("80", "content", "本处自己的话"),
        ("81", "any", "{没有的格} [red]到此"),
        ("82", "content", "旧话"),
    ):
        answers = {"code": code, "place": place, "words": words}
        journal.write(office.book, LI_MIN, [Request("register", answers, "phrase")])
    journal.write(office.book, LI_MIN, [Request("withdraw", {}, None, "phrase-82")])
    async with desk() as d:
        await d.type("1\n3-2-1502\n51\n")
        await d.press("f4")
        assert "本处自己的话" in d.text
        assert "__ [red]到此" in d.text
        assert "旧话" not in d.text


def test_a_keypad_without_numlock_is_told() -> None:
    """Three different keys that are no digits, in a field of digits; walking from field to field tells nothing."""
    lock = NumLock()
    assert [lock.is_off(key, "phone") for key in ("end", "kp_begin", "insert", "down")] == [False, False, True, False]
    assert not any(lock.is_off(key, "phone") for key in ("down", "down", "down", "up", "down"))
    lock = NumLock()
    assert not any(lock.is_off(key, "note") for key in ("home", "left", "end"))
    lock = NumLock()
    assert not any(lock.is_off(key, "room") for key in ("home", "3", "left", "-", "right"))
