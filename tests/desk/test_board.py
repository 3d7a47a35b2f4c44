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
    desk.clock.pass_(days=2)
    desk.add("mail", **MAIL)
    assert lines(desk) == []
    assert counts(desk)["mail"] == (2, 0)
    desk.clock.pass_(days=1, seconds=1)
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


def test_old_version_keeps_its_clocks(desk: Desk) -> None:
    """A record lives on the board by the form it was opened on."""
    number = desk.dispatched()
    folder = desk.home / "forms"
    folder.mkdir()
    text = desk.book.form("order").text.replace("version = 1", "version = 2", 1)
    start, end = text.index("[clocks.pickup]"), text.index("[clocks.arrival]")
    (folder / "order.toml").write_text(text[:start] + text[end:], "utf-8")
    desk.reopen()
    assert "pickup" not in desk.book.form("order").clocks
    assert lines(desk) == [(CLOCK, number, "pickup", False)]
    fresh = desk.dispatched()
    assert lines(desk) == [(CLOCK, number, "pickup", False), (FOLLOW, fresh, None, False)]
    assert now(desk).lines[0].stands is not None
    assert now(desk).lines[0].stands.due == NOW + timedelta(minutes=10)
