"""Working days: the years that came with the program, the office's own, and years that nobody knows yet."""

from __future__ import annotations

import json
import shutil
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp import paths
from deskapp.book import building
from deskapp.book.check import check
from deskapp.desk import calendar as calendars
from deskapp.desk.calendar import Calendar, read
from deskapp.desk.office import open_office
from deskapp.errors import DeskError
from deskapp.forms.clocks import Hours, due_after
from deskapp.forms.values import CHINA
from deskapp.i18n import tell, use
from deskapp.resources import data_path
from tests.support import BOSS, NOW, Clock, Desk, founded

SHIPPED = Calendar().hours(Hours())
REQUEST = """
form    = "request"
code    = "OWN-1"
version = 1
title   = { zh = "书面请示", en = "Request" }
number  = "QS{date}-{n:02}"
states  = ["asked", "answered"]
ends    = ["answered"]
labels  = { asked = { zh = "已请示", en = "Asked" }, answered = { zh = "已答复", en = "Answered" } }

[fields.matter]
type  = "text"
label = { zh = "事由", en = "Matter" }

[steps.register]
label = { zh = "登记", en = "Register" }
who   = ["reception"]
asks  = { matter = "needed" }

[steps.wait]
label = { zh = "等待", en = "Wait" }
from  = "open"
who   = ["reception"]

[steps.resume]
label = { zh = "继续", en = "Resume" }
from  = "open"
who   = ["reception"]

[steps.answer]
label = { zh = "答复", en = "Answer" }
from  = "open"
to    = "answered"
who   = ["reception"]

[clocks.answer]
label   = { zh = "答复", en = "Answer" }
starts  = ["register"]
stops   = ["answer"]
pauses  = ["wait"]
resumes = ["resume"]
limit   = "7 working days"
"""


def at(year: int, month: int, day: int, hour: int = 9) -> datetime:
    return datetime(year, month, day, hour, tzinfo=CHINA)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An office with a form of its own that promises an answer in seven working days (R115)."""
    home = Path(shutil.copytree(founded(), tmp_path / "home"))
    paths.forms(home).mkdir()
    (paths.forms(home) / "request.toml").write_text(REQUEST, "utf-8")
    return home


def opened(home: Path, now: datetime = NOW) -> Desk:
    clock = Clock(now)
    return Desk(open_office(home, clock), clock)


def own(home: Path, name: str, text: str) -> Path:
    path = paths.calendar(home) / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    return path


# ---------------------------------------------------------------- the years that came with the program


@pytest.mark.parametrize("path", sorted(data_path("calendar").glob("*.toml")), ids=lambda path: path.stem)
def test_a_shipped_year_is_right(path: Path) -> None:
    """As many working days as the law leaves: 11 holidays until 2024, 13 since, and the weekends."""
    year = int(path.stem)
    days = [date(year, 1, 1) + timedelta(n) for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)]
    weekends = sum(day.weekday() > 4 for day in days)
    assert read(path)["holidays"]
    assert sum(map(SHIPPED.works, days)) == len(days) - weekends - (11 if year <= 2024 else 13)


def test_this_year_came_with_the_program() -> None:
    """The notices of 2024, 2025 and 2026."""
    assert {path.stem for path in data_path("calendar").glob("*.toml")} == {"2024", "2025", "2026"}


@pytest.mark.parametrize(
    ("start", "due"),
    [
        # the Sunday and the Saturday that are worked round National Day
        (at(2026, 9, 19, 12), at(2026, 9, 29, 18)),
        (at(2026, 9, 30), at(2026, 10, 14, 18)),
        # nine days of Spring Festival, between a worked Saturday and, at their end, another one
        (at(2026, 2, 13), at(2026, 2, 28, 18)),
        # over the year's end: 29, 30, 31 December, then the worked Sunday 4 January, 5, 6, 7
        (at(2025, 12, 29), at(2026, 1, 7, 18)),
        (at(2024, 12, 30), at(2025, 1, 8, 18)),
        # a year that nobody knows: weekends alone
        (at(2030, 9, 30), at(2030, 10, 8, 18)),
    ],
)
def test_seven_working_days(start: datetime, due: datetime) -> None:
    """R115, by the calendar of the State Council."""
    assert due_after("7 working days", start, SHIPPED) == due


HOURS = st.builds(
    Hours,
    opens=st.times(time(0), time(11)).map(lambda t: t.replace(microsecond=0)),
    closes=st.times(time(12), time(23, 59)).map(lambda t: t.replace(microsecond=0)),
).map(Calendar().hours)
STARTS = st.datetimes(datetime(2023, 12, 1), datetime(2028, 1, 31), timezones=st.just(CHINA))  # noqa: DTZ001
NEAR_A_CHANGE = st.builds(
    lambda edge, days, minutes: at(*edge) + timedelta(days=days, minutes=minutes),
    st.sampled_from([(2024, 2, 10), (2024, 12, 31), (2025, 12, 31), (2026, 2, 14), (2026, 10, 1), (2026, 12, 31)]),
    st.integers(-9, 9), st.integers(0, 1439),
)  # fmt: skip


@given(hours=HOURS, start=STARTS | NEAR_A_CHANGE, span=st.timedeltas(timedelta(seconds=1), timedelta(hours=300)))
def test_between_undoes_add(hours: Hours, start: datetime, span: timedelta) -> None:
    """Over holidays, worked weekends, year ends and years unknown: what was added lies between."""
    end = hours.add(start, span)
    assert hours.between(start, end) == span
    assert hours.works(end.date())
    assert hours.opens < end.time() <= hours.closes
    assert hours.between(start, end - timedelta(seconds=1)) < span


@given(hours=HOURS, start=STARTS | NEAR_A_CHANGE, days=st.integers(0, 40))
def test_between_adds_up(hours: Hours, start: datetime, days: int) -> None:
    """The office time of a stretch is that of its days."""
    whole = sum((hours.between(start + timedelta(n), start + timedelta(n + 1)) for n in range(days)), timedelta())
    assert hours.between(start, start + timedelta(days)) == whole


# ---------------------------------------------------------------- the office's own years


def test_an_own_year_is_used(home: Path) -> None:
    """A year that came out later is put into the office's folder; it also moves days of the December before."""
    own(home, "2027.toml", 'holidays = ["2026-12-31..01-02", "02-05..02-11"]\nworkdays = ["2026-12-27", "01-03"]\n')
    desk = opened(home, at(2026, 12, 28))
    assert desk.office.complaints == []
    number = desk.add("request", BOSS, matter="换门禁")
    # 28, 29, 30 December, then Sunday 3 January, 4, 5, 6
    assert desk[number].clocks["answer"].due == at(2027, 1, 6, 18)
    assert desk.book.rules.hours.works(date(2026, 12, 27))
    desk.book.close()


def test_an_own_year_stands_in_place_of_the_shipped_one(home: Path) -> None:
    """The whole file, not day by day: what it does not name is an ordinary week."""
    own(home, "2026.toml", 'holidays = ["11-23"]\n')
    desk = opened(home)
    works = desk.book.rules.hours.works
    assert not works(date(2026, 11, 23))
    assert works(date(2026, 10, 1))
    assert not works(date(2025, 10, 1))
    desk.book.close()


@pytest.mark.parametrize(
    ("name", "text", "key", "says"),
    [
        ("2027.toml", 'holidays = ["02-30"]', "holidays", "02-30"),
        ("2027.toml", 'holidays = ["2-5"]', "holidays", "2-5"),
        ("2027.toml", 'holidays = ["02-05..02-01"]', "holidays", "02-05..02-01"),
        ("2027.toml", 'holidays = ["02-05..08-11"]', "holidays", "02-05..08-11"),
        ("2027.toml", 'holidays = ["02-05..02-06..02-07"]', "holidays", "02-07"),
        ("2027.toml", 'holidays = ["2025-12-31"]', "holidays", "2025-12-31"),
        ("2027.toml", 'holidays = ["2027-W05-1"]', "holidays", "W05"),
        ("2027.toml", "holidays = [2027-02-05]", "holidays", "quotes"),
        ("2027.toml", 'holidays = "02-05"', "holidays", "quotes"),
        ("2027.toml", 'holidays = ["02-05"]\nworkdays = ["02-08"]', "workdays", "2027-02-08"),
        ("2027.toml", 'holidays = ["02-06"]\nworkdays = ["02-06"]', "workdays", "2027-02-06"),
        ("2027.toml", 'holiday = ["02-05"]', "holiday", "not a key"),
        ("2027.toml", 'workdays = ["02-06"]', "holidays", "missing"),
        ("2027.toml", "holidays = [", None, "not valid TOML"),
        ("2027.toml", "\x00", None, "not valid TOML"),
        ("next.toml", 'holidays = ["02-05"]', None, "2027.toml"),
        ("20270.toml", 'holidays = ["02-05"]', None, "2027.toml"),
    ],
)
def test_a_wrong_year_is_named_and_left_out(home: Path, name: str, text: str, key: str | None, says: str) -> None:
    """File, key and reason; the desk opens and works, in both languages."""
    path = own(home, name, text)
    desk = opened(home)
    (wrong,) = desk.office.complaints
    assert (wrong.values["file"], wrong.values.get("key")) == (path, key)
    assert says in str(wrong)
    use("zh_CN")
    assert str(path) in tell(wrong)[0]
    assert tell(wrong)[0] != str(wrong)
    assert desk.add("request", BOSS, matter="换门禁")
    assert desk.book.rules.hours.works(date(2027, 2, 5))
    desk.book.close()


def test_a_file_that_is_no_text_is_named(home: Path) -> None:
    """Saved in another encoding, or not a file at all."""
    own(home, "2027.toml", "").write_bytes("# 春节\n".encode("gb18030"))
    (paths.calendar(home) / "2028.toml").mkdir()
    desk = opened(home)
    assert [Path(wrong.values["file"]).name for wrong in desk.office.complaints] == ["2027.toml", "2028.toml"]
    desk.book.close()


# ---------------------------------------------------------------- years that nobody knows


@pytest.mark.parametrize(
    ("today", "years"),
    [
        (at(2026, 12, 10), []),
        (at(2026, 12, 11), [2027]),
        (at(2027, 1, 4), [2027]),
        (at(2027, 12, 20), [2027, 2028]),
        (at(2024, 1, 1), []),
    ],
)
def test_an_unknown_year_is_told_in_time(home: Path, today: datetime, years: list[int]) -> None:
    """Three weeks before promises reach into it, with what to do, and nothing is refused (weekends stand in)."""
    desk = opened(home, today)
    assert [wrong.values["year"] for wrong in desk.office.complaints] == years
    for wrong in desk.office.complaints:
        use("zh_CN")
        message, hint = tell(wrong)
        assert str(wrong.values["year"]) in message
        assert str(paths.calendar(home) / f"{wrong.values['year']}.toml") in hint
        assert wrong.values["model"].exists()
    desk.book.close()


def test_doing_what_the_complaint_says_ends_it(home: Path) -> None:
    """The model, copied to where the complaint says and changed, is a calendar."""
    desk = opened(home, at(2027, 1, 4))
    (wrong,) = desk.office.complaints
    desk.book.close()
    text = wrong.values["model"].read_text("utf-8")
    own(home, wrong.values["file"].name, text.partition("workdays")[0])
    desk = opened(home, at(2027, 1, 4))
    assert desk.office.complaints == []
    desk.book.close()


def test_an_unknown_year_refuses_nothing(home: Path) -> None:
    """A promise that reaches into it, or is made in it, goes by weekends."""
    for start, due in ((at(2026, 12, 30), at(2027, 1, 7, 18)), (at(2031, 10, 1), at(2031, 10, 9, 18))):
        desk = opened(home, start)
        number = desk.add("request", BOSS, matter="换门禁")
        assert desk[number].clocks["answer"].due == due
        desk.book.close()


# ---------------------------------------------------------------- decided when writing


def test_what_was_promised_stays(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A calendar that comes later changes no due moment, and replay asks none (design: the journal)."""
    desk = opened(home, at(2026, 12, 30))
    number = desk.add("request", BOSS, matter="换门禁")
    due = desk[number].clocks["answer"].due
    desk.step(number, "wait", BOSS)
    desk.clock.pass_(hours=2)
    desk.step(number, "resume", BOSS)
    again = desk[number].clocks["answer"].due
    before = list(desk.book.read.execute("SELECT * FROM due ORDER BY 1, 2, 3"))
    head = desk.book.read.execute("SELECT head FROM journal WHERE head LIKE '%\"request\"%' LIMIT 1").fetchone()[0]
    assert json.loads(head)["due"] == {"answer": due.isoformat()}
    desk.book.close()

    own(home, "2027.toml", 'holidays = ["01-01..01-10"]\n')
    desk = opened(home, at(2027, 1, 4))
    assert desk[number].clocks["answer"].due == again

    def asked(self: object, year: int) -> None:
        raise AssertionError(year)

    monkeypatch.setattr(Calendar, "year", asked)
    monkeypatch.setattr(calendars, "_shipped", asked)
    with desk.book.writing() as conn:
        building.rebuild(desk.book, conn)
    assert list(desk.book.read.execute("SELECT * FROM due ORDER BY 1, 2, 3")) == before
    assert check(desk.book, full=True).problems == ()
    desk.book.close()


def test_an_opening_reads_no_year(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A start is not slower for the years that came with the program: they are read when a promise needs them."""
    asked: list[Path] = []

    def counted(path: Path) -> calendars.Year:
        asked.append(path)
        return read(path)

    monkeypatch.setattr(calendars, "read", counted)
    calendars._shipped.cache_clear()
    desk = opened(home)
    assert asked == []
    desk.add("request", BOSS, matter="换门禁")
    assert [path.stem for path in asked] == ["2026"]
    desk.book.close()


def test_a_day_is_asked_by_days_alone() -> None:
    """Anything else is in no calendar."""
    assert "2026-10-01" not in SHIPPED.holidays  # type: ignore[comparison-overlap]
    with pytest.raises(DeskError):
        read(Path("nosuch", "2027.toml"))
