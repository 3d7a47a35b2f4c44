"""The board: what runs out first stands first, and nothing that is open is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from deskapp.desk import board as boards
from deskapp.desk.board import CLOCK, FOLLOW, PROMISE, Board, board
from tests.support import NOW, Desk, opened


@pytest.fixture
def desk() -> Iterator[Desk]:
    with opened() as found:
        yield found


def now(desk: Desk) -> Board:
    return board(desk.book, desk.clock.now)


def lines(desk: Desk) -> list[tuple[str, str, str | None, bool]]:
    return [(line.group, line.record.number, line.clock, line.late) for line in now(desk).lines]


def counts(desk: Desk) -> dict[str, tuple[int, int]]:
    return {count.form.name: (count.open, count.late) for count in now(desk).counts}


LINE: dict[str, object] = {"room": "3-2-1502", "item": "90", "content": "问物业费"}
MAIL: dict[str, object] = {"room": "3-2-1502", "kind": "1", "condition": "1"}


def test_empty(desk: Desk) -> None:
    """A quiet night has no line."""
    assert lines(desk) == []
    assert counts(desk)["order"] == (0, 0)


def test_order_of_lines(desk: Desk) -> None:
    """Breached first, then by minutes; paused below; then promises; then what is only to be followed up."""
    later = desk.dispatched()
    desk.step(later, "receive_slip", slip="face")
    slip = desk.dispatched()
    paused = desk.dispatched()
    desk.step(paused, "wait", pause_reason="night", until="9", agreed="1")
    follow = desk.order()
    promise = desk.add("diary", **LINE, handling="reply", promised="+1")
    note = desk.add("diary", **LINE, handling="next_shift")
    late = desk.order()
    desk.clock.pass_(minutes=12)
    desk.step(late, "dispatch", provider="21", charge="free", when="-11")
    assert lines(desk) == [
        (CLOCK, slip, "pickup", True),
        (CLOCK, late, "pickup", True),
        (CLOCK, later, "arrival", False),
        (CLOCK, paused, "resume", False),
        (CLOCK, paused, "pickup", False),
        (PROMISE, promise, "promise", True),
        (FOLLOW, note, None, False),
        (FOLLOW, follow, None, False),
    ]
    found = now(desk)
    assert found.more == 0
    assert found.lines[4].stands is not None
    assert found.lines[4].stands.state == "paused"


def test_to_the_second(desk: Desk) -> None:
    """A promise is not broken at its last second, but after it."""
    number = desk.dispatched()
    desk.clock.pass_(minutes=10)
    assert lines(desk) == [(CLOCK, number, "pickup", False)]
    desk.clock.pass_(seconds=1)
    assert lines(desk) == [(CLOCK, number, "pickup", True)]


def test_quiet_clocks(desk: Desk) -> None:
    """Mail on the shelf is counted; only what lies too long is a line."""
    old = desk.add("mail", **MAIL)
    desk.clock.pass_(days=2, hours=2)
    desk.add("mail", **MAIL)
    assert lines(desk) == []
    assert counts(desk)["mail"] == (2, 0)
    desk.clock.pass_(hours=22, seconds=1)
    assert lines(desk) == [(FOLLOW, old, "age", True)]
    assert counts(desk)["mail"] == (2, 1)
    desk.step(old, "collect", signature="1", seen="1")
    assert lines(desk) == []
    assert counts(desk)["mail"] == (1, 0)


def test_late_records_are_counted_once(desk: Desk) -> None:
    """A record with two broken promises is one late record."""
    number = desk.dispatched()
    desk.step(number, "urged", said="还没来", promised="+5")
    desk.clock.pass_(hours=1)
    assert [line[2] for line in lines(desk)] == ["pickup", "promise"]
    assert counts(desk)["order"] == (1, 1)


def test_what_ended_is_gone(desk: Desk) -> None:
    """Ended and voided records are on the board no more."""
    number = desk.dispatched()
    desk.step(number, "void", reason="重复")
    done = desk.done()
    assert lines(desk) == [(FOLLOW, done, None, False)]
    desk.step(done, "sign", signed_by="self")
    desk.step(done, "slip_back")
    assert lines(desk) == []


def test_more_than_fit(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not fit is counted; the most urgent stay."""
    monkeypatch.setattr(boards, "_MOST", 5)
    for _ in range(9):
        desk.order()
    urgent = desk.dispatched()
    found = now(desk)
    assert found.lines[0].record.number == urgent
    assert len(found.lines) == 5
    assert found.more == 5
    assert counts(desk)["order"] == (10, 0)
    for _ in range(4):
        desk.dispatched()
    assert (len(now(desk).lines), now(desk).more) == (5, 9)  # nothing is counted twice


def test_old_version_keeps_its_clocks(desk: Desk) -> None:
    """A record lives on the board by the form it was opened on."""
    number = desk.dispatched()
    folder = desk.home / "forms"
    folder.mkdir()
    text = desk.book.form("order").text.replace("version = 2", "version = 3", 1)
    start, end = text.index("[clocks.pickup]"), text.index("[clocks.arrival]")
    (folder / "order.toml").write_text(text[:start] + text[end:], "utf-8")
    desk.reopen()
    assert "pickup" not in desk.book.form("order").clocks
    assert lines(desk) == [(CLOCK, number, "pickup", False)]
    fresh = desk.dispatched()
    assert lines(desk) == [(CLOCK, number, "pickup", False), (FOLLOW, fresh, None, False)]
    assert now(desk).lines[0].stands is not None
    assert now(desk).lines[0].stands.due == NOW + timedelta(minutes=10)


def test_a_clock_in_doubt_makes_nothing_late(desk: Desk) -> None:
    """Before somebody says what time it is, nobody knows how many minutes are left (ux F7.2)."""
    number = desk.dispatched()
    desk.clock.pass_(hours=23)
    assert (now(desk).unsure, lines(desk)) == (False, [(CLOCK, number, "pickup", True)])
    for span in (timedelta(hours=2), timedelta(days=-400)):
        desk.clock.now += span
        assert (now(desk).unsure, lines(desk)) == (True, [(CLOCK, number, "pickup", False)])
        assert counts(desk)["order"] == (1, 0)


def test_pauses_and_appointments_are_counted(desk: Desk) -> None:
    """A clock that stands still says since when; one that was started again is none."""
    number = desk.dispatched()
    desk.step(number, "wait", pause_reason="night", until="9", agreed="1")
    desk.dispatched(appointment="+60")
    desk.dispatched(appointment="+2000")
    found = now(desk)
    assert (found.paused, found.today) == (1, 1)
    assert [line.since for line in found.lines if line.stands and line.stands.state == "paused"] == [desk.clock.now]
    desk.step(number, "resume")
    assert now(desk).paused == 0


def test_notices_in_force(desk: Desk) -> None:
    desk.add("notice", kind="1", text="停水", scope="3", until="+60")
    desk.add("notice", kind="5", text="快递一律放前台货架")
    down = desk.add("notice", kind="1", text="停电")
    desk.step(down, "take_down", reason="来水了")
    assert [line.record.fields["text"] for line in now(desk).notices] == ["快递一律放前台货架", "停水"]
    desk.clock.pass_(minutes=61)
    assert [line.record.fields["text"] for line in now(desk).notices] == ["快递一律放前台货架"]


def test_what_is_still_to_do_is_counted_beside_the_form(desk: Desk) -> None:
    """Who was not told of his mail, and pieces of nobody yet: the form says which those are."""

    def tallies() -> list[int]:
        [mail] = [one for one in board(desk.book, desk.clock.now).counts if one.form.name == "mail"]
        return [n for _label, n in mail.tallies]

    number = desk.add("mail", **MAIL)
    desk.add("mail", **{**MAIL, "room": "0"})
    desk.add("mail", **{**MAIL, "condition": "cod"})
    assert tallies() == [1, 1]
    desk.step(number, "notify", notified="no_answer")
    assert tallies() == [1, 1]
    desk.step(number, "notify", notified="phone")
    assert tallies() == [0, 1]
