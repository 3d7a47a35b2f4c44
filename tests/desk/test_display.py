"""How records read: values in words, short numbers, time left, and what is masked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from deskapp.book import journal
from deskapp.book.journal import Request
from deskapp.desk import display
from deskapp.desk.office import open_office
from deskapp.forms.clocks import ClockState
from deskapp.forms.form import Choice, Field, Form, Label
from deskapp.forms.values import CHINA
from deskapp.i18n import use
from tests import support
from tests.support import BOSS, NOW, Desk, opened


@pytest.fixture
def desk() -> Iterator[Desk]:
    use("en")
    with opened() as found:
        yield found


_ = Label("项", "Item")
CHOICES = (Choice("call", Label("来电", "Call")),)


def shown(desk: Desk, type_: str, stored: object, *, masked: bool = True, **more: object) -> str:
    return display.value(desk.book, Field("it", type_, _, **more), stored, masked=masked)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("type_", "stored", "masked", "clear"),
    [
        ("text", "厨房", "厨房", "厨房"),
        ("note", "漏水", "漏水", "漏水"),
        ("choice", "call", "Call", "Call"),
        ("choice", "gone", "gone", "gone"),
        ("yes-no", True, "yes", "yes"),
        ("yes-no", False, "no", "no"),
        ("money", "80.00", "80.00 yuan", "80.00 yuan"),
        ("count", 3, "3", "3"),
        ("phone", "13800131234", "138****1234", "13800131234"),
        ("id-tail", "123X", "****", "123X"),
        ("moment", "2026-11-22T09:00:00+08:00", "09:00", "09:00"),
        ("moment", "2026-11-23T09:00:00+08:00", "11-23 09:00", "11-23 09:00"),
        ("day", "2026-11-22", "2026-11-22", "2026-11-22"),
        ("staff", "staff-3", "李敏", "李敏"),
        ("staff", "staff-99", "staff-99", "staff-99"),
        ("record", "provider-21", "王强", "王强"),
        ("record", "customer-00001", "customer-00001", "customer-00001"),
        ("room", "3-2-1502", "3-2-1502", "3-2-1502"),
        ("room", "0", "公共区域", "公共区域"),
        ("text", None, "", ""),
    ],
)
def test_value(desk: Desk, type_: str, stored: object, masked: str, clear: str) -> None:
    """Each type in words; a phone and an ID are masked until they are revealed."""
    more = {"choices": CHOICES} if type_ == "choice" else {}
    assert shown(desk, type_, stored, **more) == masked
    assert shown(desk, type_, stored, masked=False, **more) == clear


@pytest.mark.parametrize(
    ("type_", "stored"),
    [("text", "沪A12345"), ("choice", "call"), ("yes-no", True), ("money", "80.00"), ("count", 3),
     ("moment", "2026-11-22T09:00:00+08:00"), ("day", "1990-01-01"), ("note", "x")],
)  # fmt: skip
def test_whatever_is_personal_is_masked(desk: Desk, type_: str, stored: object) -> None:
    """A field that a form calls personal shows nothing of itself, whatever its type."""
    text = shown(desk, type_, stored, personal=True, choices=CHOICES if type_ == "choice" else ())
    assert set(text) == {"*"}


def test_names(desk: Desk) -> None:
    """A name is shown at the desk, and masked where commands print it."""
    field = Field("caller", "person", _, personal=True)
    assert display.value(desk.book, field, "曾小红") == "曾小红"
    assert display.hidden(desk.book, field, "曾小红") == "曾*"
    assert display.hidden(desk.book, Field("phone", "phone", _, personal=True), "13800131234") == "138****1234"
    assert display.hidden(desk.book, field, None) == ""


ORDER = support.forms()["order"]


@pytest.mark.parametrize(
    ("number", "short"),
    [
        ("WT20261122-003", "委22-003"),
        ("WT20261101-003", "委01-003"),
        ("WT20261022-003", "委1022-003"),
        ("WT20251122-003", "委251122-003"),
        ("WT20261122-1000", "委22-1000"),
        ("WT20261122-B003", "委22-B003"),
        ("3-2-1502", "3-2-1502"),
        ("customer-00001", "customer-00001"),
    ],
)
def test_short_number(number: str, short: str) -> None:
    """The day in this month, month and day in this year, else the year too; no two numbers of a form read alike."""
    use("zh_CN")
    assert display.short_number(ORDER, number, NOW.date()) == short


def test_short_numbers_differ() -> None:
    """Over two years of days, no two read alike."""
    days = [NOW - timedelta(days=n) for n in range(800)]
    shorts = {display.short_number(ORDER, f"WT{day:%Y%m%d}-001", NOW.date()) for day in days}
    assert len(shorts) == 800


@pytest.mark.parametrize(
    ("state", "due", "words"),
    [
        ("running", timedelta(minutes=29, seconds=59), "left 29m"),
        ("running", timedelta(), "left 00m"),
        ("running", -timedelta(seconds=1), "late 00m"),
        ("running", -timedelta(minutes=12), "late 12m"),
        ("running", timedelta(minutes=100), "left 1h"),
        ("running", timedelta(hours=71), "left 71h"),
        ("running", timedelta(hours=72), "left 3d"),
        ("paused", timedelta(), "paused"),
    ],
)
def test_left(state: str, due: timedelta, words: str) -> None:
    """The time left, or how late, in one short word."""
    use("en")
    clock = ClockState(state, NOW + due, timedelta(minutes=3) if state == "paused" else None, NOW)
    assert display.left(clock, NOW) == words


def test_verdict() -> None:
    """What came of a clock."""
    use("en")
    late = ClockState("late", NOW, None, NOW, NOW + timedelta(minutes=7))
    assert display.verdict(late, NOW) == "late 07m"
    assert display.verdict(replace(late, due=None), NOW) == "late 00m"
    assert display.verdict(replace(late, state="kept"), NOW) == "kept"
    assert display.verdict(replace(late, state="dropped"), NOW) == "dropped"


def test_moment_of_another_zone() -> None:
    """A moment reads in the office's time wherever it was written."""
    assert display.moment(datetime.fromisoformat("2026-11-21T19:20:00+00:00"), NOW) == "03:20"
    assert display.moment(datetime(2025, 1, 2, 3, 4, tzinfo=CHINA), NOW) == "2025-01-02 03:04"


def test_what(desk: Desk) -> None:
    """What a record is about, in one line."""
    number = desk.order(content="厨房\n漏水")
    form = display.form_of(desk.book, desk[number])
    assert display.what(desk.book, form, desk[number]) == "马桶堵塞 厨房 漏水"


def test_state(desk: Desk) -> None:
    """States and marks in words; void is everybody's."""
    assert display.state(ORDER, "dispatched") == "Dispatched"
    assert display.state(ORDER, "paid") == "Paid"
    assert display.state(ORDER, "void") == "void"
    assert display.state(ORDER, "nosuch") == "nosuch"


def test_told_late(desk: Desk) -> None:
    """How long after it happened a step was typed."""
    desk.clock.pass_(hours=1)
    number = desk.order(when="0330")
    entry = desk.step(number, "reply", said="x")
    assert display.told_late(entry) == 0
    entry = desk.step(number, "reply", said="x", when="-20")
    assert display.told_late(entry) == 20


def test_next_step(desk: Desk) -> None:
    """The board offers what comes next to those who may do it, and nothing on what has ended."""
    number = desk.order()
    form: Form = display.form_of(desk.book, desk[number])
    everybody = frozenset(support.ROLES)

    def offered(roles: frozenset[str] = everybody) -> str | None:
        step = display.next_step(form, desk[number], roles)
        return step.name if step else None

    assert offered() == "dispatch"
    assert offered(frozenset({"cashier"})) == "pay"
    assert offered(frozenset({"quality"})) is None
    desk.step(number, "void", reason="重复")
    assert offered() is None


def test_what_is_called_anew_reads_anew() -> None:
    """Names are remembered only until somebody writes: this program, or a command beside it."""
    with opened() as desk:
        assert display.called(desk.book, "provider-21") == "王强"
        assert display.called(desk.book, "provider-21") == "王强"
        desk.step("provider-21", "correct", BOSS, name="王小强", reason="写错")
        assert display.called(desk.book, "provider-21") == "王小强"
        beside = open_office(desk.home, desk.clock).book
        journal.write(beside, BOSS, [Request("correct", {"name": "王大强", "reason": "又错"}, None, "provider-21")])
        beside.close()
        assert display.called(desk.book, "provider-21") == "王大强"
