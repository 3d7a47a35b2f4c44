"""The card of a room: what is open, kept, announced and lately finished there."""

from __future__ import annotations

from deskapp.desk.card import RECENT_DAYS, card
from tests.support import BOSS, opened

ROOM = "3-2-1502"


def test_a_room_without_a_history_has_an_empty_card() -> None:
    """Only its people."""
    with opened() as desk:
        found = card(desk.book, ROOM, desk.clock.now)
        assert (found.open, found.kept, found.standing, found.last, found.notices) == ((), (), (), (), ())
        assert found.people == 1


def test_open_matters_of_the_room_and_of_no_other() -> None:
    """Orders that the board lists; what is only counted stands apart."""
    with opened() as desk:
        mine, _other = desk.order(), desk.order(room="3-2-1503")
        desk.add("mail", room=ROOM, kind="2", condition="1")
        desk.add("mail", room=ROOM, kind="2", condition="1")
        found = card(desk.book, ROOM, desk.clock.now)
        assert [one.record.number for one in found.open] == [mine]
        assert [(form.name, len(records)) for form, records in found.kept] == [("mail", 2)]


def test_the_last_finished_matter_is_told_for_some_weeks() -> None:
    """It may be the same one again: rework is free (R41)."""
    with opened() as desk:
        number = desk.order()
        desk.step(number, "void", BOSS, reason="重复")
        assert card(desk.book, ROOM, desk.clock.now).last == ()
        line = {"room": ROOM, "item": "51", "content": "物业费", "source": "1", "handling": "1"}
        first, second = desk.add("diary", **line), desk.add("diary", **line)
        assert [one.record.number for one in card(desk.book, ROOM, desk.clock.now).last] == [second]
        assert first != second
        desk.clock.pass_(days=RECENT_DAYS + 1)
        assert card(desk.book, ROOM, desk.clock.now).last == ()


def test_the_rooms_standing_notice_is_on_its_card() -> None:
    """What is to be remembered about the room itself."""
    with opened() as desk:
        desk.step(ROOM, "notice", note="谢绝访客至11-27")
        assert card(desk.book, ROOM, desk.clock.now).notices == ("谢绝访客至11-27",)


def test_what_comes_again_and_again_is_told() -> None:
    """The third stranger in a week who asks for one household, and a complaint that is not the first (F5.3, F5.9)."""
    with opened() as desk:
        asked = {"room": ROOM, "sought": "张先生", "about": "1", "known": "1", "answer": "4"}
        for n in (1, 2, 3):
            last = desk.add("enquiry", **asked)
            told = [(one.form.name, one.times, one.last.number) for one in card(desk.book, ROOM, desk.clock.now).often]
            assert told == ([("enquiry", 3, last)] if n == 3 else [])
        desk.step(last, "void", BOSS, reason="点错")
        desk.add("complaint", room=ROOM, item="31", content="噪音", promised="+60", sent="4")
        assert [(one.form.name, one.times) for one in card(desk.book, ROOM, desk.clock.now).often] == [("complaint", 1)]
        desk.clock.pass_(days=31)
        assert card(desk.book, ROOM, desk.clock.now).often == ()
