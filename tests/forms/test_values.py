"""What may be typed for each type of field, what it becomes, and what is refused."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from deskapp.errors import DeskError, Refused
from deskapp.forms.form import TYPES, Choice, Field, Label
from deskapp.forms.values import (
    CHINA,
    Context,
    Fields,
    WrongAnswer,
    parse,
    read_day,
    read_moment,
    room_numbers,
    stamp,
)

NOW = datetime(2026, 11, 22, 3, 15, 30, tzinfo=CHINA)
_ = Label("项", "Item")
KNOWN = {
    "room": {"3-2-1502", "3-21-502", "5-302", "0", "B1-12", "Ab-3", "A座-2"},
    "staff": {"staff-3", "staff-12"},
    "provider": {"provider-21"},
    "order": {"WT20261122-003"},
}
CHOICES = (
    Choice("call", Label("来电", "Call")),
    Choice("visit", Label("来访", "Visit")),
    Choice("x2", Label("3", "3")),
)


def find(form: str, number: str) -> Fields | None:
    return {"state": "active"} if number in KNOWN.get(form, ()) else None


CTX = Context(NOW, "staff-3", find)


def field(type_: str, **more: object) -> Field:
    more.setdefault("tense", "future" if type_ == "moment" else "past")
    more.setdefault("choices", CHOICES if type_ == "choice" else ())
    more.setdefault("of", ("provider", "order") if type_ == "record" else ())
    return Field("it", type_, _, **more)  # type: ignore[arg-type]


GOOD = [
    ("text", "  a\tb\r\nc ", "a b c"),
    ("text", "王\x1b[31m五\u202e\u200b\0", "王[31m五"),
    ("text", "\ud800𠮷", "𠮷"),
    ("note", "第一行\r\n第二行", "第一行\n第二行"),
    ("person", "曾女士", "曾女士"),
    ("choice", "1", "call"),
    ("choice", "２", "visit"),
    ("choice", "VISIT", "visit"),
    ("choice", "来访", "visit"),
    ("choice", "3", "x2"),
    ("yes-no", "1", True),
    ("yes-no", "２", False),
    ("yes-no", False, False),
    ("yes-no", "True", True),
    ("room", "3-2-1502", "3-2-1502"),
    ("room", "3。2。1502", "3-2-1502"),
    ("room", "３－２－１５０２", "3-2-1502"),
    ("room", "3 2 1502", "3-2-1502"),
    ("room", "3/2/1502", "3-2-1502"),
    ("room", "3——2——1502", "3-2-1502"),
    ("room", "321502", "3-2-1502"),
    ("room", "b1-12", "B1-12"),
    ("room", "Ab-3", "Ab-3"),
    ("room", "a座-2", "A座-2"),
    ("room", 0, "0"),
    ("phone", "138-0013-1234", "13800131234"),
    ("phone", "(010) 6655.4433", "01066554433"),
    ("phone", "+86 138 0013 1234", "+8613800131234"),
    ("phone", "１３８００１３１２３４", "13800131234"),
    ("phone", 13800131234, "13800131234"),
    ("id-tail", "12 3x", "123X"),
    ("id-tail", "０１２３", "0123"),
    ("money", "80", "80.00"),
    ("money", "８０。５", "80.50"),
    ("money", "1,234.5", "1234.50"),
    ("money", "0", "0.00"),
    ("money", ".5", "0.50"),
    ("money", 80, "80.00"),
    ("money", 80.5, "80.50"),
    ("count", "3", 3),
    ("count", "００３", 3),
    ("count", 7, 7),
    ("moment", "9", "2026-11-22T09:00:00+08:00"),
    ("moment", "0900", "2026-11-22T09:00:00+08:00"),
    ("moment", "９：００", "2026-11-22T09:00:00+08:00"),
    ("moment", "3", "2026-11-23T03:00:00+08:00"),
    ("moment", "0315", "2026-11-23T03:15:00+08:00"),
    ("moment", "+30", "2026-11-22T03:45:30+08:00"),
    ("moment", "23-10", "2026-11-23T10:00:00+08:00"),
    ("moment", "23 1030", "2026-11-23T10:30:00+08:00"),
    ("moment", "1-8", "2026-12-01T08:00:00+08:00"),
    ("moment", "31-8", "2026-12-31T08:00:00+08:00"),
    ("moment", "0101-0", "2027-01-01T00:00:00+08:00"),
    ("moment", "2026-11-22 18:30", "2026-11-22T18:30:00+08:00"),
    ("moment", "2026-11-22T10:30:00Z", "2026-11-22T18:30:00+08:00"),
    ("moment", datetime(2026, 11, 22, 10, 30, tzinfo=UTC), "2026-11-22T18:30:00+08:00"),
    # a spreadsheet's moments and days carry no zone: the office's is meant
    ("moment", datetime(2026, 11, 22, 18, 30), "2026-11-22T18:30:00+08:00"),  # noqa: DTZ001
    ("day", datetime(2026, 11, 20, 0, 0), "2026-11-20"),  # noqa: DTZ001
    ("day", date(2026, 11, 20), "2026-11-20"),
    ("day", "0", "2026-11-22"),
    ("day", "-1", "2026-11-21"),
    ("day", "22", "2026-11-22"),
    ("day", "23", "2026-10-23"),
    ("day", "31", "2026-10-31"),
    ("day", "1122", "2026-11-22"),
    ("day", "1123", "2025-11-23"),
    ("day", "0229", "2024-02-29"),
    ("day", "20240229", "2024-02-29"),
    ("day", "2024-02-29", "2024-02-29"),
    ("day", "２０２４０２２９", "2024-02-29"),
    ("staff", "3", "staff-3"),
    ("staff", "012", "staff-12"),
    ("staff", "１２", "staff-12"),
    ("staff", "me", "staff-3"),
    ("staff", "staff-12", "staff-12"),
    ("record", "21", "provider-21"),
    ("record", "wt20261122-003", "WT20261122-003"),
    ("record", "ＷＴ20261122—003", "WT20261122-003"),
]


@pytest.mark.parametrize(("type_", "raw", "stored"), GOOD)
def test_good_answer(type_: str, raw: object, stored: object) -> None:
    """Read into its stored form, and that form reads as itself."""
    value = parse(field(type_), raw, CTX)
    assert (value, type(value)) == (stored, type(stored))
    assert parse(field(type_), value, CTX) == value


BAD = [
    ("text", "x" * 201),
    ("choice", "0"),
    ("choice", "4"),
    ("choice", "calls"),
    ("yes-no", "3"),
    ("yes-no", "oui"),
    ("room", "3-2-1503"),
    ("room", "9"),
    ("room", "-"),
    ("phone", "12"),
    ("phone", "1380013123a"),
    ("phone", "138+1234"),
    ("phone", "1" * 21),
    ("id-tail", "12"),
    ("id-tail", "1X34"),
    ("id-tail", "110101199001011234"),
    ("money", "-1"),
    ("money", "-0"),
    ("money", "0.001"),
    ("money", "1e3"),
    ("money", "1e40"),
    ("money", "1_000"),
    ("money", "9" * 40),
    ("money", "nan"),
    ("money", "Infinity"),
    ("money", "١٢"),
    ("money", "八十"),
    ("money", True),
    ("money", "1000000000"),
    ("count", "-1"),
    ("count", "1.0"),
    ("count", "1" * 10),
    ("count", True),
    ("count", "٣"),
    ("moment", "24"),
    ("moment", "0860"),
    ("moment", "32-9"),
    ("moment", "0230-9"),
    ("moment", "2026-11-31 09:00"),
    ("moment", "2026-11-22 03:10"),
    ("moment", "2026-11-22 09:00xx"),
    ("moment", "9999-12-31 23:59"),
    ("moment", "-10"),
    ("moment", "soon"),
    ("moment", "22-3"),
    ("moment", "١"),
    ("day", "32"),
    ("day", "00"),
    ("day", "1131"),
    ("day", "0230"),
    ("day", "20260229"),
    ("day", "20261123"),
    ("day", "+1"),
    ("day", "123"),
    ("day", "2026-11"),
    ("day", "፩"),
    ("staff", "4"),
    ("staff", "0"),
    ("staff", "staff-3 x"),
    ("record", "provider-22"),
    ("record", "x" * 65),
    ("record", "%"),
]


@pytest.mark.parametrize(("type_", "raw"), BAD)
def test_bad_answer(type_: str, raw: object) -> None:
    """Refused with the field's name, in words that can be shown in both languages."""
    with pytest.raises(WrongAnswer) as caught:
        parse(field(type_), raw, CTX)
    assert caught.value.field == "it"
    assert caught.value.values["label"] == _
    assert "{" not in str(caught.value)


@pytest.mark.parametrize("type_", TYPES)
@pytest.mark.parametrize("raw", [None, "", "  ", "\t\r\n", "\u200b\x00"])
def test_nothing_said(type_: str, raw: object) -> None:
    """An empty answer is none."""
    assert parse(field(type_), raw, CTX) is None


def test_limits() -> None:
    """Amounts and counts keep to min and max, both included; negative money where min allows it."""
    money, count = field("money", min=-5, max="99.50"), field("count", min=2, max=9)
    assert [parse(money, raw, CTX) for raw in ("-5", "99.5", "-0")] == ["-5.00", "99.50", "0.00"]
    assert [parse(count, raw, CTX) for raw in ("2", "9")] == [2, 9]
    for one, raw in ((money, "-5.01"), (money, "99.51"), (count, "1"), (count, "10")):
        with pytest.raises(WrongAnswer):
            parse(one, raw, CTX)
    note = field("note", length=100_000)
    assert parse(note, "字" * 100_000, CTX) == "字" * 100_000
    with pytest.raises(WrongAnswer):
        parse(note, "字" * 100_001, CTX)


@pytest.mark.parametrize(
    ("type_", "refuses", "raw"), [("yes-no", True, "1"), ("yes-no", False, "2"), ("choice", "visit", "来访")]
)
def test_refused_answer(type_: str, refuses: object, raw: str) -> None:
    """What the manuals forbid is refused with the sentence to read out (R91)."""
    say = Label("对不起", "Sorry")
    with pytest.raises(Refused) as caught:
        parse(field(type_, refuses=refuses, say=say, cites="P7.12-1 4.2.4"), raw, CTX)
    assert caught.value.say == say
    assert "P7.12-1 4.2.4" in str(caught.value)
    assert parse(field(type_, refuses=refuses, say=say), "1" if refuses is not True else "2", CTX) is not None


@pytest.mark.parametrize(
    ("now", "raw", "when"),
    [
        ((2026, 11, 22, 3, 15), "0258", (2026, 11, 22, 2, 58)),
        ((2026, 11, 22, 3, 15), "258", (2026, 11, 22, 2, 58)),
        ((2026, 11, 22, 3, 15), "0315", (2026, 11, 22, 3, 15)),
        ((2026, 11, 22, 3, 15), "0316", (2026, 11, 21, 3, 16)),
        ((2026, 11, 22, 0, 5), "2358", (2026, 11, 21, 23, 58)),
        ((2026, 11, 22, 0, 5), "-10", (2026, 11, 21, 23, 55)),
        ((2027, 1, 1, 0, 5), "23:58", (2026, 12, 31, 23, 58)),
        ((2024, 3, 1, 0, 5), "2358", (2024, 2, 29, 23, 58)),
        ((2026, 3, 1, 8, 0), "31-9", (2026, 1, 31, 9, 0)),
        ((2026, 3, 1, 8, 0), "28-9", (2026, 2, 28, 9, 0)),
        ((2027, 1, 2, 8, 0), "1231-9", (2026, 12, 31, 9, 0)),
        ((2026, 11, 22, 3, 15), "now", (2026, 11, 22, 3, 15)),
    ],
)
def test_past_moment(now: tuple[int, ...], raw: str, when: tuple[int, ...]) -> None:
    """A clock time that has happened is the last one, over midnights, month ends and leap days (ux 4.6)."""
    ctx = Context(datetime(*now, tzinfo=CHINA))  # type: ignore[misc,arg-type]
    assert parse(field("moment", tense="past"), raw, ctx) == stamp(datetime(*when, tzinfo=CHINA))  # type: ignore[misc,arg-type]


@pytest.mark.parametrize("raw", ["+5", "2026-11-22 03:16", "22-9"])
def test_not_yet(raw: str) -> None:
    """What has happened is never still to come."""
    with pytest.raises(WrongAnswer):
        parse(field("moment", tense="past"), raw, CTX)


DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@given(today=DAYS, ahead=st.booleans(), day=st.integers(1, 31))
def test_day_of_month(today: date, ahead: bool, day: int) -> None:
    """A day alone is the nearest such day of a month that has it, backwards or forwards, today included."""
    step = timedelta(days=1 if ahead else -1)
    there = today
    while there.day != day:
        there += step
    assert read_day(f"{day}", today, "future" if ahead else "past") == there


@given(today=DAYS, ahead=st.booleans(), target=DAYS)
def test_day_of_year(today: date, ahead: bool, target: date) -> None:
    """A month and day is the nearest such day; 29 February that of the nearest leap year."""
    step = timedelta(days=1 if ahead else -1)
    there = today
    while (there.month, there.day) != (target.month, target.day):
        there += step
    assert read_day(f"{target:%m%d}", today, "future" if ahead else "past") == there


@given(now=st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)), minute=st.integers(0, 1439), past=st.booleans())  # noqa: DTZ001
def test_clock_time(now: datetime, minute: int, past: bool) -> None:
    """A clock time alone lies within the last, or the next, 24 hours."""
    here = now.replace(tzinfo=CHINA)
    found = read_moment(f"{minute // 60:02}{minute % 60:02}", here, "past" if past else "future")
    assert found is not None
    assert found.hour * 60 + found.minute == minute
    span = here - found if past else found - here
    assert timedelta() <= span <= timedelta(days=1)


ANY = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="0123456789-+:. /xX.。，—０１２", max_size=14),
    st.integers(-(10**12), 10**12),
    st.booleans(),
    st.floats(),
)


@pytest.mark.parametrize("type_", TYPES)
@settings(max_examples=60)
@given(raw=ANY)
def test_reads_or_refuses(type_: str, raw: object) -> None:
    """Whatever is typed is refused in words or becomes a value that reads as itself."""
    one = field(type_)
    with contextlib.suppress(DeskError):
        value = parse(one, raw, CTX)
        if value is not None:
            assert parse_again(one, value) == value


def parse_again(one: Field, value: object) -> object:
    """Read what was read; a refusal now is a mistake."""
    try:
        return parse(one, value, CTX)
    except DeskError as error:
        raise AssertionError(value) from error


@given(
    room=st.from_regex(r"[1-9][0-9]?-[1-9]-[1-9][0-9]{2,3}", fullmatch=True),
    way=st.sampled_from(
        [str, lambda r: r.replace("-", "."), lambda r: r.replace("-", " "), lambda r: r.replace("-", "")]
    ),
)
def test_room_is_found(room: str, way: Callable[[str], str]) -> None:
    """However a room is typed, its number is among what is tried; with signs it is the first."""
    typed = way(room)
    assert room in room_numbers(typed)
    if not typed.isdigit():
        assert room_numbers(typed)[0] == room or typed == room


@pytest.mark.parametrize(
    ("raw", "likeliest"),
    [
        ("321502", ["3-2-1502", "3-21-502", "32-1-502"]),
        ("32502", ["3-2-502"]),
        ("1221502", ["1-22-1502", "12-2-1502", "1-221-502", "12-21-502", "122-1-502"]),
        ("502", []),
    ],
)
def test_room_without_signs(raw: str, likeliest: list[str]) -> None:
    """Digits alone: building, unit, then a door of four digits before one of three."""
    assert [number for number in room_numbers(raw) if number != raw] == likeliest


@given(st.text(min_size=1, max_size=12))
def test_own_number_is_known(code: str) -> None:
    """A room is found by its own number, however odd it is."""
    from deskapp.text import clean

    assume(code == clean(code))
    ctx = Context(NOW, None, lambda form, number: {} if number == code else None)
    assert parse(field("room"), code, ctx) == code
