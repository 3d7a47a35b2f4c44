"""A complaint from call to return visit: its answer, its limit by severity, who is told and who decides (R110-R128)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from deskapp.book.journal import Request
from deskapp.errors import DeskError
from deskapp.forms.steps import Missing, NotAllowed, WrongState
from deskapp.forms.values import WrongAnswer
from tests.support import BOSS, CASHIER, LI, MANAGER, NOW, Desk, opened

SAID = {"room": "3-2-1503", "item": "31", "content": "楼上半夜拖椅子", "promised": "9"}
END = {"class": "outside", "severity": "minor", "result": "已贴脚垫", "opinion": "good"}
ANSWER = {"said": "已上门劝停", "timetable": "24日贴脚垫"}
BY_PHONE = {"approver": "6", "asked_at": "now", "approver_said": "天亮我来处理"}


@pytest.fixture
def desk() -> Iterator[Desk]:
    with opened() as found:
        yield found


def due(desk: Desk, number: str, clock: str) -> datetime | None:
    """When a running clock is due; None where it does not run."""
    stands = desk[number].clocks.get(clock)
    return stands.due if stands and stands.state == "running" else None


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}:00+08:00")


def complaint(desk: Desk, **more: object) -> str:
    return desk.add("complaint", **(SAID | more))


def solved(desk: Desk, **more: object) -> str:
    number = complaint(desk)
    desk.step(number, "answer", **ANSWER)
    desk.step(number, "solve", **(END | more))
    return number


def test_what_is_asked_while_the_caller_shouts(desk: Desk) -> None:
    """Room, words and promise; the rest is known by itself (ux F5.4, 5.6)."""
    number = desk.add("complaint", room="0", content="门禁坏了三天", promised="+60")
    assert number == "TS20261122-001"
    found = desk[number]
    assert found.state == "open"
    assert {
        "severity": "minor",
        "secret": "secret",
        "channel": "call",
        "owner": "staff-3",
    }.items() <= found.fields.items()
    for name in ("room", "content", "promised"):
        with pytest.raises(Missing) as caught:
            desk.add("complaint", **{k: v for k, v in {**SAID, "item": "90"}.items() if k != name})
        assert caught.value.field == name


def test_class_comes_from_the_cause(desk: Desk) -> None:
    """一/二/三类 by the item, and no limit by the class (R111-R113, warning 1)."""
    numbers = [complaint(desk, item=item) for item in ("92", "93", "31")]
    assert [desk[n].fields["class"] for n in numbers] == ["service", "building", "outside"]
    assert len({due(desk, n, "minor") for n in numbers}) == 1
    number = numbers[2]
    desk.step(number, "solve", **(END | {"class": "service"}))
    assert desk[number].fields["class"] == "service"


def test_limits_go_by_severity(desk: Desk) -> None:
    """One working hour on Monday for a minor one, seven working days for a major one (R114, R115)."""
    minor, major = complaint(desk), complaint(desk, severity="major")
    assert due(desk, minor, "minor") == at("2026-11-23T10:00")
    assert due(desk, major, "major") == at("2026-12-01T18:00")
    assert (due(desk, minor, "major"), due(desk, major, "minor")) == (None, None)


def test_limits_are_the_offices(desk: Desk) -> None:
    """What 1个工作时间 means is a setting, and so are the others (warning 2)."""
    limits = {"complaint_minor": "1 working days", "complaint_major": "3 days", "complaint_manager": "30 min"}
    desk.book.rules = replace(desk.book.rules, limits=limits)
    minor, major = complaint(desk), complaint(desk, severity="major")
    assert due(desk, minor, "minor") == at("2026-11-23T18:00")
    assert due(desk, major, "major") == NOW + timedelta(days=3)
    assert due(desk, major, "manager") == NOW + timedelta(minutes=30)


def test_r116_within_24_hours(desk: Desk) -> None:
    """Nobody is promised an answer later than that; the promise and the 24 hours both run until it is given."""
    with pytest.raises(WrongAnswer, match="24 hours") as caught:
        complaint(desk, promised="+1441")
    assert caught.value.field == "promised"
    number = complaint(desk, promised="+1440")
    assert due(desk, number, "promise") == due(desk, number, "answer") == NOW + timedelta(hours=24)
    desk.clock.pass_(hours=3)
    desk.step(number, "promise", promised="9")
    assert due(desk, number, "promise") == at("2026-11-22T09:00")
    with pytest.raises(Missing) as missing:
        desk.step(number, "answer", said="在查")
    assert missing.value.field == "timetable"
    desk.step(number, "answer", **ANSWER, solve_by="24-18")
    states = {name: stands.state for name, stands in desk[number].clocks.items()}
    assert states == {"promise": "kept", "answer": "kept", "minor": "running", "solve_by": "running"}
    assert "answered" in desk[number].marks


def test_an_answer_too_late(desk: Desk) -> None:
    number = complaint(desk)
    desk.clock.pass_(hours=25)
    desk.step(number, "answer", **ANSWER)
    assert {desk[number].clocks[name].state for name in ("promise", "answer")} == {"late"}


@pytest.mark.parametrize("grave", [{"claim": "10000.01"}, {"alarm": "group"}, {"alarm": "media"}, {"alarm": "injury"}])
def test_r121_what_is_major_by_itself(desk: Desk, grave: dict[str, object]) -> None:
    """Over 10,000 yuan, a group, media, an injury: minor is refused with the cursor there, and the manager is told."""
    before = desk.head
    with pytest.raises(WrongAnswer, match="major") as caught:
        complaint(desk, **grave)
    assert caught.value.field == "severity"
    assert desk.head == before
    number = complaint(desk, **grave, severity="major")
    assert desk[number].marks == {"major"}
    assert due(desk, number, "manager") == NOW + timedelta(minutes=10)
    desk.step(number, "to_manager", manager="6", told_how="phone")
    assert desk[number].clocks["manager"].state == "kept"
    assert desk[number].fields["manager_at"] == "2026-11-22T03:15:00+08:00"
    # ten thousand itself is not more than ten thousand
    assert desk[complaint(desk, claim="10000")].marks == frozenset()


def test_it_turns_out_to_be_major(desk: Desk) -> None:
    """The minor limit ends where the major one begins; and back only by the manager, never against R121."""
    number = complaint(desk)
    with pytest.raises(WrongAnswer, match="makes it major"):
        desk.step(number, "upgrade", severity="minor", grounds="group")
    desk.clock.pass_(hours=8)
    with pytest.raises(Missing) as caught:
        desk.step(number, "upgrade", severity="major")
    assert caught.value.field == "grounds"
    desk.step(number, "upgrade", CASHIER, severity="major", grounds="group", remark="六户一起来")
    assert (due(desk, number, "minor"), due(desk, number, "major")) == (None, at("2026-12-01T18:00"))
    assert due(desk, number, "manager") == desk.clock.now + timedelta(minutes=10)
    with pytest.raises(WrongAnswer, match="stands as major"):
        desk.step(number, "upgrade", severity="major", grounds="media")
    with pytest.raises(NotAllowed):
        desk.step(number, "downgrade", severity="minor", reason="x")
    with pytest.raises(WrongAnswer, match="makes it minor"):
        desk.step(number, "downgrade", MANAGER, severity="major", reason="x")
    with pytest.raises(WrongAnswer, match="a group"):
        desk.step(number, "downgrade", MANAGER, severity="minor", reason="各说各的事")
    desk.step(number, "correct", grounds="wide", reason="各说各的事")
    desk.step(number, "downgrade", MANAGER, severity="minor", reason="各说各的事")
    assert desk[number].marks == frozenset()
    assert (due(desk, number, "minor"), due(desk, number, "major")) == (at("2026-11-23T10:00"), None)
    assert due(desk, number, "manager") is None


def test_major_stays_major_at_the_end(desk: Desk) -> None:
    number = complaint(desk, severity="major")
    with pytest.raises(WrongAnswer, match="stands as major"):
        desk.step(number, "solve", **END)
    desk.step(number, "solve", **(END | {"severity": "major"}))
    assert desk[number].clocks["major"].state == "kept"


def test_marks_that_answers_set(desk: Desk) -> None:
    """Repeated and over-level complaints are counted (R126, R120)."""
    assert desk[complaint(desk, again="again")].marks == {"repeat"}
    assert desk[complaint(desk, channel="higher")].marks == {"over_level"}
    assert [c.code for c in desk.book.form("complaint").fields["channel"].choices[:6]] == [
        c.code for c in desk.book.form("diary").fields["source"].choices
    ]


def test_ladder(desk: Desk) -> None:
    """Anybody tells supervisor and manager; the manager decides, at night by phone, and confirms it (R118-R122)."""
    number = complaint(desk)
    desk.step(number, "to_supervisor", CASHIER, supervisor="3", told_how="face")
    desk.step(number, "decide", MANAGER, decision="早上我上门")
    with pytest.raises(NotAllowed):
        desk.step(number, "decide", decision="x")
    for step, more in (("decide_by_phone", {"decision": "先安抚"}), ("to_hq_by_phone", {"level": "quality"})):
        desk.step(number, step, **BY_PHONE, **more)
        assert "unconfirmed" in desk[number].marks
        with pytest.raises(DeskError, match="confirms it"):
            desk.step(number, "confirm", BOSS)
        desk.step(number, "confirm", MANAGER)
        assert "unconfirmed" not in desk[number].marks
    desk.step(number, "to_hq", MANAGER, level="general")
    with pytest.raises(NotAllowed):
        desk.step(number, "to_hq", level="general")


def test_closing_needs_everything(desk: Desk) -> None:
    """Class, severity, result, opinion, an answer and the manager's word: then it is closed, not one sooner (R119)."""
    number = complaint(desk)
    for name in ("class", "result", "opinion"):
        with pytest.raises(Missing) as caught:
            desk.step(number, "solve", **{k: v for k, v in END.items() if k != name})
        assert caught.value.field == name
    desk.step(number, "solve", **END)
    assert desk[number].state == "solved"
    with pytest.raises(NotAllowed):
        desk.step(number, "approve", measures="同意")
    desk.step(number, "approve", MANAGER, measures="同意")
    assert desk[number].state == "solved"
    desk.step(number, "answer", **ANSWER)
    assert desk[number].state == "closed"
    assert desk[number].fields["answered_by"] == "staff-3"
    desk.step(number, "visit", satisfaction="good")
    assert desk[number].marks >= {"visited", "answered", "approved"}


def test_nobody_to_answer(desk: Desk) -> None:
    number = complaint(desk, room="0")
    desk.step(number, "solve", **(END | {"opinion": "anonymous"}))
    desk.step(number, "approve", MANAGER, measures="同意")
    assert desk[number].state == "closed"
    assert due(desk, number, "promise") is None


def test_the_measures_are_not_enough(desk: Desk) -> None:
    """Sent back by the manager, or opened again by the customer: the limits begin anew (R119, R126)."""
    number = solved(desk)
    desk.clock.pass_(days=2)
    desk.step(number, "send_back", MANAGER, reason="没有问楼上")
    assert (desk[number].state, due(desk, number, "minor")) == ("open", at("2026-11-24T10:00"))
    desk.step(number, "solve", **END)
    desk.step(number, "approve", MANAGER, measures="同意")
    assert desk[number].state == "closed"
    with pytest.raises(WrongAnswer, match="24 hours"):
        desk.step(number, "reopen", promised="26-10", reason="又响了")
    desk.step(number, "reopen", promised="9", reason="又响了")
    assert desk[number].marks == {"repeat"}
    assert due(desk, number, "promise") == at("2026-11-24T09:00")
    assert due(desk, number, "answer") == desk.clock.now + timedelta(hours=24)


def test_from_the_spot(desk: Desk) -> None:
    """Who was sent reports to the desk, which alone answers; evidence is where it lies (R124, R125)."""
    number = complaint(desk, sent="guard", sent_to="21")
    desk.step(number, "report", seen="在搬家具", against="3-1-0803", evidence="照片3张,U盘1122")
    desk.step(number, "send", sent="engineer", sent_to="3")
    desk.step(number, "follow", followed="约了楼上")
    desk.step(number, "evidence", evidence="录音1段")
    desk.step(number, "take_over", owner="6")
    desk.step(number, "supervise", BOSS, remark="周报里写")
    desk.step(number, "note", remark="白天别打")
    found = desk[number].fields
    assert (found["sent_to"], found["owner"], found["evidence"]) == ("staff-3", "staff-6", "录音1段")
    with pytest.raises(WrongState):
        desk.step(number, "approve", MANAGER, measures="x")


def test_from_the_call(desk: Desk) -> None:
    """Who calls to complain says it once: digit 6 on the diary line, in one act (R110)."""
    choices = desk.book.form("diary").fields["handling"].choices
    assert [(i, c.act) for i, c in enumerate(choices, 1) if c.code == "complaint"] == [(6, "call_to_complaint")]
    line: dict[str, object] = {"room": "3-2-1502", "item": "92", "content": "前台态度差", "caller": "曾女士",
                               "phone": "13800131234", "handling": "6"}  # fmt: skip
    call, made = desk.write(LI, Request("register", line, "diary"), Request("register", {"promised": "9"}, "complaint"))
    found = desk[str(made.number)].fields
    assert desk[str(call.number)].state == "closed"
    assert {**line, "source": call.number}.items() - found.items() == {("item", "92"), ("handling", "6")}
    assert found["class"] == "service"
    again = complaint(desk, source=str(made.number), again="again")
    assert desk[again].fields["source"] == made.number
