"""Codes that the program gives: the next one, round and round, never one that an open record has."""

from __future__ import annotations

from pathlib import Path

import pytest

from deskapp.book import journal
from deskapp.book.journal import Request
from deskapp.errors import DeskError
from deskapp.forms.load import load
from deskapp.resources import data_path
from tests.support import LI, Desk, opened

PIECE = {"room": "3-2-1502", "kind": "2"}


def code(desk: Desk, number: str) -> object:
    return desk[number].fields.get("pickup_code")


def test_the_next_code_after_the_last_one() -> None:
    """The shelf's digit, 0 without one, and a serial that goes on over all shelves and deliveries."""
    with opened() as desk:
        given = [code(desk, desk.add("mail", **PIECE, shelf=shelf)) for shelf in ("2", "2架", "地上", "", "3")]
        assert given == ["2001", "2002", "0003", "0004", "3005"]


def test_no_two_open_records_share_a_code() -> None:
    """Round and round: what is still open is passed over, what was fetched comes again after all others."""
    with opened() as desk:
        first, second = desk.add("mail", **PIECE), desk.add("mail", **PIECE)
        desk.add("mail", **PIECE, pickup_code="0999")
        desk.step(first, "collect", signature="1")
        assert code(desk, desk.add("mail", **PIECE)) == "0000"
        assert code(desk, desk.add("mail", **PIECE)) == "0001"
        assert code(desk, desk.add("mail", **PIECE)) == "0003"
        assert code(desk, second) == "0002"


@pytest.mark.parametrize("taken", ["0001", "０００１"])
def test_a_code_by_hand_is_not_one_that_is_out(taken: str) -> None:
    with opened() as desk:
        number = desk.add("mail", **PIECE)
        other = desk.add("mail", **PIECE, pickup_code="A-7")
        for request in (Request("register", {**PIECE, "pickup_code": taken}, "mail"),
                        Request("correct", {"pickup_code": taken, "reason": "x"}, None, other)):  # fmt: skip
            with pytest.raises(DeskError, match="another one has"):
                desk.write(LI, request)
        desk.step(number, "correct", pickup_code="0001", reason="as it was")


def test_what_ends_at_once_gets_none() -> None:
    """A piece that is not accepted goes back with the courier."""
    with opened() as desk:
        refused = desk.add("mail", **PIECE, condition="cod")
        assert (desk[refused].state, code(desk, refused)) == ("refused", None)


def test_a_load_gives_each_its_own() -> None:
    """In one transaction, before anything is in the view."""
    with opened() as desk:
        numbers = journal.load(desk.book, LI, "mail", [PIECE] * 30)
        assert len({code(desk, number) for number in numbers}) == 30


def test_when_all_are_out_a_digit_more_is_given() -> None:
    """Work never stops, however full the rack is."""
    with opened() as desk:
        numbers = journal.load(desk.book, LI, "mail", [PIECE] * 1002)
        assert len({code(desk, number) for number in numbers}) == 1002
        assert [len(str(code(desk, number))) for number in (numbers[999], numbers[1000], numbers[1001])] == [4, 5, 5]
        assert code(desk, desk.add("mail", **PIECE, shelf="2")) == "2003"


@pytest.mark.parametrize(
    ("given", "reason"),
    [("{n}", "must be like"), ("x{n:03}", "must be like"), ("{nothing}{n:03}", "nothing is not a field"),
     ("{remark}{n:03}", "or personal")],
)  # fmt: skip
def test_a_pattern_that_gives_nothing_is_refused(tmp_path: Path, given: str, reason: str) -> None:
    text = data_path("forms", "mail.toml").read_text("utf-8").replace("{shelf}{n:03}", given)
    (tmp_path / "mail.toml").write_text(text, "utf-8")
    assert reason in str(load([tmp_path]).complaints[0])
