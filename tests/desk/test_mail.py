"""Mail in and out below the screen: whose it is, what a delivery comes to, whom to call, who takes it."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from deskapp.book import journal
from deskapp.book.journal import Request
from deskapp.desk import mail, people, pickup, slip
from deskapp.desk.mail import Addressee
from deskapp.desk.pickup import Taker
from deskapp.errors import DeskError
from deskapp.forms.values import CHINA
from deskapp.text import cells
from tests.support import BOSS, LI, MANAGER, Desk, opened

ROOM = "3-2-1502"
OLD = Path(__file__).parents[1] / "book" / "schemas" / "2.db.gz"


@pytest.fixture
def desk() -> Iterator[Desk]:
    """Two in 3-2-1502, one each in 3-2-1503 and 3-1-0803; two phones end in 1234."""
    with opened() as desk:
        rows = [
            {"room": ROOM, "name": "李先生", "role": "tenant"},
            {"room": "3-2-1503", "name": "刘先生", "phone": "15800007730", "role": "owner", "mail": "2"},
            {"room": "3-1-0803", "name": "何女士", "phone": "13900001234", "role": "owner"},
        ]
        journal.load(desk.book, BOSS, "customer", rows)
        yield desk


def piece(desk: Desk, room: str = ROOM, **answers: object) -> str:
    return desk.add("mail", room=room, kind=answers.pop("kind", "2"), **answers)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("1234", [("3-2-1502", "曾女士"), ("3-1-0803", "何女士")]),
        ("１２３４", [("3-2-1502", "曾女士"), ("3-1-0803", "何女士")]),
        ("7730", [("3-2-1503", "刘先生")]),
        ("9999", []),
        ("3-2-1503", [("3-2-1503", "刘先生")]),
        ("321502", [("3-2-1502", "")]),
        ("0", [("0", "")]),
    ],
)
def test_whose_it_is(desk: Desk, typed: str, found: list[tuple[str, str]]) -> None:
    """By a phone's tail everybody who has it; by room its one resident, or nobody where there are several."""
    assert [(one.room, one.name) for one in mail.addressees(desk.book, typed)] == found


@pytest.mark.parametrize("typed", ["", "9-9-9999", "99999", "SF1403398820015", "1'--", "3-2-1502;"])
def test_a_room_that_there_is_not(desk: Desk, typed: str) -> None:
    with pytest.raises(DeskError):
        mail.addressees(desk.book, typed)


def test_four_digits_may_be_a_room_too(desk: Desk) -> None:
    """In a tower rooms are four digits: then both are offered."""
    desk.add("room", BOSS, code="7730", kind="office")
    assert [one.room for one in mail.addressees(desk.book, "7730")] == ["3-2-1503", "7730"]


def test_who_moved_out_or_changed_his_phone_is_not_meant(desk: Desk) -> None:
    [person] = people.by_tail(desk.book, "7730")
    desk.step(person.number, "correct", BOSS, phone="15800000000", reason="换号")
    assert mail.addressees(desk.book, "7730") == []
    desk.step(person.number, "leave", BOSS, reason="搬走")
    assert mail.addressees(desk.book, "0000") == []


def test_a_delivery_from_first_to_last(desk: Desk) -> None:
    """What was taken in, what was not, and what it says on paper."""
    number = desk.add("delivery", carrier="sf", courier="小刘", announced=4, shelf="2")
    delivery = desk[number]
    wrote = [
        desk.write(LI, mail.piece(desk.book, delivery, Addressee(ROOM, "曾女士"), waybill, exception))[0].number
        for waybill, exception in (
            ("SF140339882001", ""),
            ("SF140339882002", "registered"),
            ("", "cod"),
            ("SF4", "damaged"),
        )
    ]
    desk.step(str(wrote[3]), "take_out")
    found = mail.pieces(desk.book, number)
    assert [one.number for one in found] == wrote[:3]
    assert mail.sums(found) == (2, 1)
    assert [one.fields["kind"] for one in found] == ["parcel", "registered", "parcel"]
    assert (found[0].fields["carrier"], found[0].fields["shelf"]) == ("sf", "2")
    assert mail.known(desk.book, "sf140339882002", but="") == found[1]
    assert mail.known(desk.book, "9882002") is None
    paper = slip.lines(desk.office, number, copy=2)
    assert all(cells(line) <= 80 for line in paper)
    assert "补打 第2次" in "\n".join(paper)
    desk.step(number, "sign", signature="1", taken=2, refused=1)
    for request in (
        Request("take_out", {}, None, wrote[0]),
        Request("register", {"room": ROOM, "delivery": number}, "mail"),
    ):
        with pytest.raises(DeskError, match="was ended already"):
            desk.write(LI, request)


def test_china_post_brings_express_mail(desk: Desk) -> None:
    """R83: the kind is noted."""
    delivery = desk[desk.add("delivery", carrier="ems")]
    kinds = [
        mail.piece(desk.book, delivery, Addressee(ROOM), "", one).answers["kind"] for one in ("", "registered", "wet")
    ]
    assert kinds == ["express", "registered", "express"]


@pytest.mark.parametrize(
    ("span", "quiet"), [("22:00-08:00", "0000 0759 2200"), ("12:00-14:00", "1200 1359"), ("00:00-00:00", "")]
)
def test_quiet_hours(span: str, quiet: str) -> None:
    for clock in ("0000", "0759", "0800", "1200", "1359", "1400", "2159", "2200"):
        now = datetime(2026, 11, 22, int(clock[:2]), int(clock[2:]), tzinfo=CHINA)
        assert mail.is_quiet(span, now) == (clock in quiet.split())


def test_one_call_a_room(desk: Desk) -> None:
    """Who was told is not called again, who did not answer is; nobody is called for what is nobody's yet."""
    first, _second, third = piece(desk, recipient="李先生"), piece(desk), piece(desk, "3-2-1503", phone="7730")
    piece(desk, "0")
    mine, theirs = pickup.calls(desk.book)
    assert (mine.room, mine.codes, mine.name) == (ROOM, ["0001", "0002"], "李先生")
    assert mine.phone is not None
    assert mine.phone.number == "13800131234"  # his own is not known: the flat's
    assert theirs.phone is not None
    assert theirs.phone.record.form == "customer"  # the label's four digits can't be called
    desk.write(LI, *pickup.told(mine, "no_answer"))
    assert pickup.tries(desk.book, mine) == 1
    assert [one.room for one in pickup.calls(desk.book)] == [ROOM, "3-2-1503"]
    desk.write(LI, *pickup.told(theirs, "family"))
    assert [one.room for one in pickup.calls(desk.book)] == [ROOM]
    assert desk[third].fields["notified"] == "family"
    desk.step(first, "send_back", reason="拒收")
    assert [one.codes for one in pickup.calls(desk.book)] == [["0002"]]


def test_what_lies_in_the_rack(desk: Desk) -> None:
    first = piece(desk, waybill="SF1403398820001")
    second = piece(desk, waybill="YT0000000000001")
    third = piece(desk, "3-2-1503", phone="15800007730")

    def lying(typed: str) -> list[str]:
        return [one.number for one in pickup.lying(desk.book, typed)]

    assert lying("0001") == [first]  # the code before a waybill's tail
    assert lying("sf1403398820001") == [first]
    assert lying("3-2-1502") == [first, second]
    assert lying("7730") == [third]
    assert lying("9999") == lying("x") == lying("9-9-9") == lying("") == []
    desk.step(first, "collect", signature="1")
    assert lying("3-2-1502") == [second]


def test_who_takes_what_on_what_proof(desk: Desk) -> None:
    mine, theirs, kept = piece(desk), piece(desk, "3-2-1503"), piece(desk, "3-1-0803")
    pieces = [desk[one] for one in (mine, theirs, kept)]
    proofs = {"3-2-1503": "code", "3-1-0803": pickup.NOT_GIVEN}
    taker = Taker("曾女士", frozenset({ROOM}), proofs)
    desk.write(LI, *pickup.hand_out(desk.book, pieces, taker, {"signature": "paper"}))
    assert [desk[one].state for one in (mine, theirs, kept)] == ["collected", "collected", "held"]
    assert (desk[theirs].fields["proof"], desk[theirs].fields["taker"]) == ("code", "曾女士")


def test_pieces_of_the_version_before_are_finished_by_it() -> None:
    """A book that comes from the first version: its pieces are told of and handed out, new ones get codes."""
    with opened() as desk:
        desk.book.close()
        for left in desk.home.glob("book.db*"):
            left.unlink()
        desk.book.path.write_bytes(gzip.decompress(OLD.read_bytes()))
        desk.reopen()
        [call] = pickup.calls(desk.book)
        assert (call.pieces[0].v, call.codes) == (1, [])
        desk.write(LI, *pickup.told(call, "phone"))
        assert pickup.calls(desk.book) == []
        said = {"signature": "paper", "reason": "x"}
        desk.write(LI, *pickup.hand_out(desk.book, call.pieces, Taker("曾女士", frozenset({ROOM})), said))
        assert desk[call.pieces[0].number].state == "collected"
        new = desk[piece(desk)]
        assert (new.v, new.fields["pickup_code"]) == (2, "0001")


def test_a_registered_letter_needs_papers(desk: Desk) -> None:
    """R83, R85, whoever asks and by whatever way: a command too."""
    letter = piece(desk, kind="1")
    with pytest.raises(DeskError, match="an answer is needed"):
        desk.step(letter, "collect", signature="1")
    said = {"taker": "刘先生", "signature": "1", "seen": "1"}
    for proof in ("code", "phone"):
        with pytest.raises(DeskError, match="in writing"):
            desk.step(letter, "collect_by_proxy", proof=proof, **said)
    desk.step(letter, "collect_by_proxy", proof="written", **said)


def test_who_cannot_sign_says_why(desk: Desk) -> None:
    number = piece(desk)
    with pytest.raises(DeskError, match="an answer is needed"):
        desk.step(number, "collect", signature="unable")
    desk.step(number, "collect", signature="unable", reason="手伤")
    other = piece(desk)
    desk.write(MANAGER, *pickup.hand_out(desk.book, [desk[other]], Taker("曾女士", frozenset({ROOM})), {"reason": "急"},
                                         "release_unsigned"))  # fmt: skip
    assert desk[other].state == "collected"
