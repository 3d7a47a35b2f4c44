"""What ran out and why, and the clocks that were paused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from deskapp.desk.late import Lateness, done, lateness
from tests.support import Desk, opened


@pytest.fixture
def desk() -> Iterator[Desk]:
    with opened() as found:
        yield found


def found(desk: Desk, **back: float) -> Lateness:
    now = desk.clock.now
    return lateness(desk.book, now - timedelta(**(back or {"days": 1})), now)


def told(desk: Desk, **back: float) -> list[tuple[str, str, int, str, str]]:
    now = desk.clock.now
    return [
        (one.record.number, one.clock.name, one.span // timedelta(minutes=1), done(one, now), one.reason)
        for one in found(desk, **back).late
    ]


def test_a_quiet_night(desk: Desk) -> None:
    desk.dispatched()
    assert (found(desk).late, found(desk).paused, found(desk).kept) == ((), (), 0)


def test_late_and_still_late(desk: Desk) -> None:
    """The longest late first; the reason that the step asked for, and who was at it."""
    first, second = desk.dispatched(), desk.dispatched()
    desk.clock.pass_(minutes=9)
    desk.step(second, "receive_slip", slip="face")
    desk.clock.pass_(minutes=33)
    desk.step(second, "arrive", told="radio", late_reason="short_staff")
    moment = f"{desk.clock.now:%H:%M}"
    assert told(desk) == [(first, "pickup", 32, "未到", ""), (second, "arrival", 3, moment, "人手不足")]
    [_, one] = found(desk).late
    assert one.story[0].startswith("师傅 ")
    assert [step.split()[0] for step in one.story[1:]] == ["登记", "派单", "领单", "到达"]
    assert (found(desk).kept, round(found(desk).rate)) == (1, 33)
    desk.clock.pass_(hours=20)
    assert [one[0] for one in told(desk, hours=1)] == [first]
    assert (found(desk, hours=1).kept, [one[0] for one in told(desk, days=1)]) == (0, [first, second])


def test_pauses_of_the_time_asked_about(desk: Desk) -> None:
    """Those that go on, and those that ended within it; with hours and reason."""
    gone, going = desk.dispatched(), desk.dispatched()
    for number in (gone, going):
        desk.step(number, "wait", pause_reason="night", until="+600", agreed="1")
    desk.clock.pass_(minutes=95)
    desk.step(gone, "resume")
    desk.clock.pass_(minutes=125)
    pauses = [(one.record.number, one.span // timedelta(minutes=1), one.stopped is None) for one in found(desk).paused]
    assert pauses == [(going, 220, True), (gone, 95, False)]
    assert all(one.reason for one in found(desk).paused)
    assert [one.record.number for one in found(desk, hours=1).paused] == [going]


def test_the_age_of_mail_is_no_promise(desk: Desk) -> None:
    desk.add("mail", room="3-2-1502", kind="1", condition="1")
    desk.clock.pass_(days=4)
    assert found(desk).late == ()
