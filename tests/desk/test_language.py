"""What a form file may say beyond fields, steps and clocks, in a form that an office could have made itself."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from decimal import Decimal

import pytest

from deskapp.book import view
from deskapp.book.building import rebuild
from deskapp.book.check import check
from deskapp.desk import display
from deskapp.desk.board import board
from deskapp.desk.card import card, covers
from deskapp.errors import DeskError
from deskapp.forms.load import parse_form
from deskapp.forms.values import WrongAnswer
from tests.lend import LEND
from tests.support import BOSS, Desk, opened


@pytest.fixture
def desk() -> Iterator[Desk]:
    """The founded office with the form of its own."""
    with opened() as found:
        found.book.forms["lend"] = LEND
        yield found


# ---------------------------------------------------------------- answers


def test_a_choice_sets_a_mark(desk: Desk) -> None:
    """The mark comes with the answer, and with no other."""
    number = desk.add("lend", tag="1")
    for seen, marks in (("dry", frozenset[str]()), ("wet", frozenset({"wet"}))):
        desk.step(number, "take")
        desk.step(number, "back", state_seen=seen)
        assert desk[number].marks == marks


def test_an_answer_of_another_kind_of_office(desk: Desk) -> None:
    """Housing doesn't give the tower's answer, by digit, code or word; a tower does (R102, R103)."""
    number = desk.add("lend", tag="1")
    desk.step(number, "take")
    for raw in ("3", "lobby", "交大堂"):
        with pytest.raises(WrongAnswer, match="no such choice") as caught:
            desk.step(number, "back", state_seen=raw)
        assert "lobby" not in str(caught.value.values["known"])
    desk.book.rules = dataclasses.replace(desk.book.rules, kind="tower")
    desk.step(number, "back", state_seen="3")
    assert desk[number].fields["state_seen"] == "lobby"


# ---------------------------------------------------------------- what a step leaves behind


def test_a_step_empties_fields(desk: Desk) -> None:
    """What held while it was out says nothing once it is back; the entries tell it, and taken back it stands."""
    number = desk.add("lend", tag="1")
    desk.step(number, "take", until="0")
    desk.step(number, "back", state_seen="dry")
    assert "until" not in desk[number].fields
    assert [entry.data.get("until") for entry in view.timeline(desk.book.read, desk[number])][1:] == [
        "2026-11-22",
        None,
    ]
    desk.step(number, "undo")
    assert desk[number].fields["until"] == "2026-11-22"
    again = desk.add("lend", tag="2")
    desk.step(again, "take")
    assert "until" not in desk.step(again, "back", state_seen="dry").data


def test_a_default_says_nothing_new_about_what_stands(desk: Desk) -> None:
    """An optional question passed by leaves the record as it is; a needed one is answered by its default."""
    number = desk.add("lend", tag="1", pieces="3", means="code")
    desk.step(number, "take")
    assert desk[number].fields["pieces"] == 3
    assert desk[number].fields["means"] == "cash"


# ---------------------------------------------------------------- used once


def test_a_value_is_used_once(desk: Desk) -> None:
    """A second record can't have it, however it is typed, nor by correction; the record that has it is named."""
    first = desk.add("lend", tag="A0012")
    for raw in ("A0012", "a0012", "Ａ００１２"):
        with pytest.raises(WrongAnswer, match=first) as caught:
            desk.add("lend", tag=raw)
        assert caught.value.field == "tag"
    second = desk.add("lend", tag="A0013")
    with pytest.raises(WrongAnswer, match=first):
        desk.step(second, "correct", tag="A0012", reason="写错")
    desk.step(first, "correct", tag="A0012", scope="3", reason="自己的号可以照写")


def test_a_used_value_stays_used(desk: Desk) -> None:
    """Void or corrected away, the paper has been handed out; only a slip taken back at once frees it."""
    first = desk.add("lend", tag="1")
    desk.step(first, "void", reason="写坏")
    with pytest.raises(WrongAnswer, match=first):
        desk.add("lend", tag="1")
    second = desk.add("lend", tag="2")
    desk.step(second, "correct", tag="3", reason="换了一把")
    with pytest.raises(WrongAnswer, match=second):
        desk.add("lend", tag="2")
    slip = desk.add("lend", tag="4")
    desk.step(slip, "undo")
    assert desk[desk.add("lend", tag="4")].fields["tag"] == "4"


def test_used_once_holds_within_one_write(desk: Desk) -> None:
    """Also between the rows of one load, and after a rebuild."""
    from deskapp.book.journal import BadRows, load

    with pytest.raises(BadRows):
        load(desk.book, BOSS, "lend", [{"tag": "7"}, {"tag": "7"}])
    first = desk.add("lend", tag="7")
    with desk.book.writing("rebuild") as conn:
        rebuild(desk.book, conn)
    with pytest.raises(WrongAnswer, match=first):
        desk.add("lend", tag="7")


# ---------------------------------------------------------------- totals


def purse(desk: Desk) -> Decimal:
    return Decimal(view.total(desk.book.read, "purse")).scaleb(-2)


def test_totals_follow_every_step(desk: Desk) -> None:
    """Registered, corrected, moved out of the states, taken back, void: at any moment the sum of what counts."""
    first = desk.add("lend", tag="1", deposit="20.50")
    desk.add("lend", tag="2", deposit="5", way="out")
    desk.add("lend", tag="3", deposit="100", means="code")
    desk.add("lend", tag="4")
    assert purse(desk) == Decimal("15.50")
    desk.step(first, "correct", deposit="30", reason="写错")
    assert purse(desk) == Decimal(25)
    desk.step(first, "end")
    assert purse(desk) == Decimal(-5)
    desk.step(first, "undo")
    assert purse(desk) == Decimal(25)
    desk.step(first, "void", reason="重复")
    assert purse(desk) == Decimal(-5)
    assert view.total(desk.book.read, "pieces") == 3


def test_totals_are_rebuilt_and_checked(desk: Desk) -> None:
    """A total that was changed in the file is found, and a rebuild mends it."""
    desk.add("lend", tag="1", deposit="20")
    with desk.book.writing("tampering") as conn:
        conn.execute("UPDATE totals SET amount = 99 WHERE name = 'purse'")
    assert [str(one) for one in check(desk.book, full=True).problems]
    with desk.book.writing("rebuild") as conn:
        rebuild(desk.book, conn)
    assert purse(desk) == 20
    assert check(desk.book, full=True).problems == ()


def test_totals_of_several_forms_are_one(desk: Desk) -> None:
    """The drawer is one, whichever form the money came by."""
    other = LEND.text.replace('form = "lend"', 'form = "hire"').replace("SN{date}", "HI{date}")
    desk.book.forms["hire"] = parse_form(other, "hire.toml")
    desk.add("lend", tag="1", deposit="20")
    desk.add("hire", tag="2", deposit="3")
    assert purse(desk) == 23
    assert display.totals(desk.book, LEND)[0].endswith("23.00元")


# ---------------------------------------------------------------- board and cards


def test_the_board_counts_the_named_states(desk: Desk) -> None:
    """Umbrellas on the rack are nobody's concern."""
    first = desk.add("lend", tag="1")
    desk.add("lend", tag="2")
    counts = {one.form.name: one.open for one in board(desk.book, desk.clock.now).counts}
    assert counts["lend"] == 0
    desk.step(first, "take")
    counts = {one.form.name: one.open for one in board(desk.book, desk.clock.now).counts}
    assert counts["lend"] == 1


@pytest.mark.parametrize(
    ("scope", "room", "inside"),
    [
        ("", "3-2-1502", True), ("3", "3-2-1502", True), ("3-2", "3-2-1502", True), ("3-2-1502", "3-2-1502", True),
        ("3栋2单元", "3-2-1502", True), ("3.2", "3-2-1502", True), ("３－２", "3-2-1502", True),
        ("3-1", "3-2-1502", False), ("3-2-15", "3-2-1502", False), ("3", "33-2-1502", False), ("33", "3-2-1502", False),
        ("3-2-1502-1", "3-2-1502", False),
    ],
)  # fmt: skip
def test_covers(scope: str, room: str, inside: bool) -> None:
    """A building, a unit or a room by whole parts of the number, never by its digits."""
    assert covers(scope, room) is inside


def test_announced_on_cards(desk: Desk) -> None:
    """On the card of every room that it covers, until its day is over, it ends, or it is void."""

    def shown(room: str) -> list[object]:
        return [one.record.fields["tag"] for one in card(desk.book, room, desk.clock.now).announced]

    every = desk.add("lend", tag="all")
    desk.add("lend", tag="building", scope="3", until="0")
    assert shown("3-2-1502") == ["building", "all"]
    assert shown("12-1-0101") == ["all"]
    desk.clock.pass_(days=1)
    assert shown("3-2-1502") == ["all"]
    desk.step(every, "end")
    assert shown("3-2-1502") == []


def test_wrong_amounts_never_count(desk: Desk) -> None:
    """A refused registration leaves no trace in a total."""
    with pytest.raises(DeskError):
        desk.add("lend", tag="1", deposit="20", pieces="x")
    assert view.total(desk.book.read, "pieces") == 0
