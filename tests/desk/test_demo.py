"""The made-up office: plausible now, complete, made up, and the same every time."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from deskapp import paths
from deskapp.book import journal, view
from deskapp.book.check import check
from deskapp.book.database import Book
from deskapp.book.entry import COLUMNS, Entry, read
from deskapp.book.signin import sign_in
from deskapp.desk import demo
from deskapp.desk.board import CLOCK, PROMISE, Board, board
from deskapp.desk.card import card
from deskapp.desk.demo import folder
from deskapp.desk.demo.cast import Cast
from deskapp.desk.demo.dice import Dice
from deskapp.desk.demo.making import make
from deskapp.desk.office import Office, found, open_office
from deskapp.errors import DeskError
from deskapp.forms.form import BUILT_IN_STEPS
from deskapp.forms.values import CHINA
from deskapp.resources import load_toml

NOW = datetime(2026, 11, 22, 14, 48, tzinfo=CHINA)
HOURS = ("00:02", "03:15", "07:59", "12:00", "23:57")
OFFICE_OF_ITS_OWN = {"passphrase": "not-a-demo-1", "office": "x", "desk": "desk-001", "manager": "m"}

FORMS = (
    "diary", "order", "mail", "custody", "customer", "item", "price", "provider", "room", "staff",
    "complaint", "key", "visitor", "enquiry", "found",
    "cash", "notice", "incident", "round", "info_change", "data_use", "archive_loan", "agreement", "phrase", "delivery",
    "daily",
)  # fmt: skip


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The ordinary office, as it is at NOW."""
    opened = demo.open_demo(tmp_path_factory.mktemp("demo") / "office", now=NOW)
    opened.book.now = lambda: NOW
    yield opened
    opened.book.close()


@pytest.fixture(scope="module")
def book(office: Office) -> Book:
    return office.book


@pytest.fixture(scope="module")
def now_on_the_board(book: Book) -> Board:
    return board(book, NOW)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Path]:
    """Offices are made at once and hold nothing but their founder; how often one was made, and where."""
    made: list[Path] = []

    def make(home: Path, passphrase: str, now: datetime, records: int, progress: Callable[[int], None]) -> None:
        made.append(home)
        found(home, **{**OFFICE_OF_ITS_OWN, "passphrase": passphrase}).book.close()

    monkeypatch.setattr("deskapp.desk.demo.making.make", make)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(paths, "cache", lambda: tmp_path / "cache")
    return made


def entries(book: Book) -> Iterator[Entry]:
    for row in book.read.execute(f"SELECT {COLUMNS} FROM journal ORDER BY seq"):
        yield read(row)


def told(book: Book) -> list[tuple[object, ...]]:
    """Everything that an office says, but for what chance makes: salts, the hashes over them, the journal's name."""
    chance = {"journal", "head_hash"}
    return [
        (e.seq, e.at, e.day, e.by, e.form, e.rec, e.step, e.state, e.number, e.marks, e.due, e.when, e.act,
         {name: value for name, value in e.data.items() if name not in chance})
        for e in entries(book)
    ]  # fmt: skip


# The board.


def test_the_board_has_clocks_that_run_and_one_that_just_ran_out(now_on_the_board: Board) -> None:
    arrivals = [line for line in now_on_the_board.lines if line.clock == "arrival" and line.stands]
    running = [line for line in arrivals if line.stands and line.stands.state == "running"]
    late = [line for line in running if line.late]
    assert 2 <= len(running) <= 4
    assert len(late) == 1
    assert late[0].stands is not None
    assert late[0].stands.due is not None
    assert NOW - late[0].stands.due < timedelta(minutes=15)
    assert [line.stands.state for line in arrivals if line.stands and line not in running] == ["paused"]
    complaint, first = now_on_the_board.lines[:2]
    assert (complaint.form.name, complaint.clock, complaint.late) == ("complaint", "minor", True)
    assert first == late[0]


def test_the_board_has_promises_appointments_and_things_to_follow(now_on_the_board: Board, book: Book) -> None:
    promises = [line for line in now_on_the_board.lines if line.group == PROMISE and line.stands]
    today = [line for line in promises if line.stands and line.stands.due and line.stands.due.date() == NOW.date()]
    assert len(today) >= 3
    assert not any(line.late for line in promises)
    assert [line for line in now_on_the_board.lines if line.group == CLOCK and line.clock == "appointment"]
    marks = Counter(mark for line in now_on_the_board.lines for mark in line.record.marks)
    assert {"unconfirmed", "waiting", "reviewed", "signed", "slip_back"} <= set(marks)
    assert 20 <= len(now_on_the_board.lines) <= 50


def test_seventeen_parcels_and_six_things_are_kept_some_too_long(now_on_the_board: Board) -> None:
    counts = {count.form.name: (count.open, count.late) for count in now_on_the_board.counts}
    assert counts["mail"] == (17, 4)
    assert counts["custody"] == (6, 1)


def test_keys_are_out_one_too_long_and_visitors_inside(now_on_the_board: Board, book: Book) -> None:
    counts = {count.form.name: (count.open, count.late) for count in now_on_the_board.counts}
    assert (counts["key"], counts["visitor"], counts["found"]) == ((3, 1), (2, 0), (2, 0))
    assert view.total(book.read, "keys_in") > view.total(book.read, "keys_out") > 3


def test_complaints_of_every_age(now_on_the_board: Board, book: Book) -> None:
    """One is late, one has just been promised an answer, one of last week is closed and visited (R127)."""
    shown = [line for line in now_on_the_board.lines if line.form.name == "complaint"]
    assert {line.clock for line in shown} >= {"minor", "major", "promise", None}
    closed = [one for one in view.page(book.read, "complaint") if one.state == "closed" and "visited" in one.marks]
    assert [one for one in closed if timedelta(days=7) < NOW - one.opened < timedelta(days=10)]


def test_the_drawer_holds_its_float_and_takings_and_a_provider_owes_eighty(book: Book) -> None:
    """Since it was last handed up; what the provider still holds is not in it (R53)."""
    assert 500_00 <= view.total(book.read, "drawer") < 3000_00
    (owed,) = view.page(book.read, "cash", states=("outstanding",))
    assert (owed.fields["amount"], owed.fields["provider"]) == ("80.00", "provider-22")
    asked = "SELECT fields FROM records WHERE form = 'cash' AND state = 'booked'"
    moved = [json.loads(row[0]) for row in book.read.execute(asked)]
    handed_up = [Decimal(one["amount"]) for one in moved if one["kind"] == "handed_up"]
    assert len(handed_up) > 20
    assert min(handed_up) > 0


def test_no_receipt_is_used_twice(book: Book) -> None:
    """R52: over orders and the drawer, void ones too."""
    numbers: dict[str, set[int]] = {}
    for entry in entries(book):
        if entry.form in ("order", "cash") and (receipt := entry.data.get("receipt")):
            numbers.setdefault(str(receipt), set()).add(entry.rec)
    assert len(numbers) > 50
    assert {len(records) for records in numbers.values()} == {1}
    assert sorted(numbers) == [f"{first:07}" for first in range(12_301, 12_301 + len(numbers))]


def test_callers_of_building_3_hear_of_the_lift_and_of_the_power_cut(book: Book) -> None:
    def told(room: str) -> set[str]:
        return {one.form.name for one in card(book, room, NOW).announced if one.record.fields.get("scope")}

    assert told("3-2-1502") == {"incident", "notice"}
    assert told("3-1-0304") == {"notice"}
    assert told("1-1-0601") == set()


def test_the_building_is_walked_every_day(book: Book) -> None:
    days = Counter(row[0] for row in book.read.execute("SELECT day FROM records WHERE form = 'round'"))
    assert len(days) >= 58
    assert sorted(days.values())[3] >= 2


@pytest.mark.slow
@pytest.mark.parametrize("hour", HOURS)
def test_the_board_is_as_plausible_at_any_hour(tmp_path: Path, hour: str) -> None:
    now = datetime.fromisoformat(f"2027-03-01T{hour}:00+08:00")
    make(tmp_path, demo.PASSPHRASE, now, 0, lambda n: None, residents=150, ordinary=False)
    office = open_office(tmp_path, lambda: now)
    try:
        shown = board(office.book, now)
        assert [line.clock for line in shown.lines if line.late and line.group != "follow"] == ["minor", "arrival"]
        assert {count.form.name: (count.open, count.late) for count in shown.counts}["mail"] == (17, 4)
        assert max(entry.at for entry in entries(office.book)) <= now.isoformat()
        assert check(office.book, full=True).problems == ()
    finally:
        office.book.close()


# What is in it.


@pytest.mark.parametrize("name", FORMS)
def test_every_state_and_every_step_of_a_form_occurs(book: Book, name: str) -> None:
    form = book.forms[name]
    states = {row[0] for row in book.read.execute("SELECT DISTINCT state FROM records WHERE form = ?", (name,))}
    assert set(form.states) <= states
    done = {entry.step for entry in entries(book) if entry.form == name}
    assert set(form.steps) - set(BUILT_IN_STEPS) <= done


@pytest.mark.slow
@pytest.mark.parametrize("name", ["diary", "order", "mail", "custody"])
def test_what_every_form_has_occurs_at_the_desk(book: Book, name: str) -> None:
    done = {entry.step for entry in entries(book) if entry.form == name}
    assert set(BUILT_IN_STEPS) <= done


def test_every_form_of_the_program_is_in_use(book: Book) -> None:
    """Those of the shift are told by `test_week.py`: here only who sits at the desk has taken the post."""
    assert set(book.forms) - set(FORMS) == {"shift", "count"}
    assert [row[0] for row in book.read.execute("SELECT state FROM records WHERE form = 'shift'")] == ["on_duty"]


def test_an_office_of_usual_size(book: Book) -> None:
    counts = dict(book.read.execute("SELECT form, count(*) FROM records WHERE ended = 0 OR form <> 'room' GROUP BY 1"))
    rooms = book.read.execute("SELECT count(*) FROM records WHERE form = 'room' AND number NOT LIKE '0%'").fetchone()[0]
    assert rooms == 400
    assert counts["customer"] == 1000
    assert counts["provider"] == 11
    staff = view.page(book.read, "staff", open_only=True)
    assert len(staff) == 8
    assert {role for one in staff for role, has in one.fields.items() if has is True} == {
        "reception", "cashier", "assistant", "manager", "quality",
    }  # fmt: skip
    days = {row[0] for row in book.read.execute("SELECT DISTINCT day FROM records WHERE form = 'diary'")}
    assert len(days) >= 60


def test_names_that_trip_programs_up(book: Book) -> None:
    names = Counter(row[0] for row in book.read.execute(
        "SELECT json_extract(fields, '$.name') FROM records WHERE form = 'customer'"
    ))  # fmt: skip
    for surname in ("曾", "单", "仇", "解", "查", "区", "翟", "欧阳", "𠮷", "上官"):
        assert any(name.startswith(surname) for name in names), surname
    assert "王[/]五" in names
    assert names["张三"] >= 2
    assert names["张伟"] >= 3
    assert len(names) > 600


def test_telephone_numbers_are_of_the_made_up_ranges(book: Book) -> None:
    heads = tuple(load_toml("demo", "office.toml")["phones"])
    phones = []
    for entry in entries(book):
        if entry.form != "form":
            form = book.forms.get(entry.form)
            phones += [v for k, v in entry.data.items() if form and form.fields[k].type == "phone" and v]
    assert len(phones) > 1000
    assert all(re.fullmatch(r"1[0-9]{10}", str(phone)) and str(phone).startswith(heads) for phone in phones)
    assert "13800138000" not in phones


def test_nothing_is_written_before_its_time_or_after_now(book: Book) -> None:
    moments = [datetime.fromisoformat(entry.at) for entry in entries(book)]
    assert moments == sorted(moments)
    assert moments[-1] <= NOW
    assert NOW - moments[0] > timedelta(days=60)


def test_shifts_take_turns_and_li_min_is_there_now(book: Book) -> None:
    by = Counter(entry.by for entry in entries(book) if entry.step == "register" and entry.form == "diary")
    assert set(by) == {"staff-2", "staff-3", "staff-6"}
    assert [entry.by for entry in entries(book) if entry.form not in ("daily", "form")][-1] == demo.RECEPTIONIST


@pytest.mark.slow
def test_it_verifies_like_any_other(book: Book) -> None:
    report = check(book, full=True)
    assert report.problems == ()
    assert report.entries > 6000


@pytest.mark.slow
def test_it_is_the_same_every_time(office: Office, tmp_path: Path) -> None:
    again = demo.open_demo(tmp_path / "again", now=NOW)
    try:
        assert told(again.book) == told(office.book)
        assert journal.last_head(again.book)[1] != journal.last_head(office.book)[1]
    finally:
        again.book.close()


# Who and where.


def test_the_desk_is_signed_in_without_asking_and_with_the_passphrase(book: Book) -> None:
    session = demo.demo_session(book)
    assert (session.staff, session.name) == (demo.RECEPTIONIST, "李敏")
    assert sign_in(book, "3", demo.PASSPHRASE) == session
    for staff in ("1", "2"):
        assert sign_in(book, staff, demo.PASSPHRASE).roles


def test_nobody_is_signed_in_without_asking_in_a_real_office(tmp_path: Path) -> None:
    real = found(tmp_path / "real", **OFFICE_OF_ITS_OWN)
    with pytest.raises(DeskError, match="not a demonstration"):
        demo.demo_session(real.book)
    real.book.close()


def test_a_real_office_or_a_full_folder_is_left_alone(tmp_path: Path, quick: list[Path]) -> None:
    found(tmp_path / "real", **OFFICE_OF_ITS_OWN).book.close()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("x")
    for name in ("real", "full", "full/thesis.txt"):
        with pytest.raises(DeskError, match="not a demonstration"):
            demo.open_demo(tmp_path / name)
    assert quick == []
    assert (tmp_path / "full" / "thesis.txt").read_text() == "x"


def test_a_folder_of_ones_own_is_used_again_whenever(tmp_path: Path, quick: list[Path]) -> None:
    home = tmp_path / "deep" / "mine"
    for days in (0, 1, 400):
        demo.open_demo(home, now=NOW + timedelta(days=days)).book.close()
    assert len(quick) == 1
    assert sorted(path.name for path in home.parent.iterdir()) == ["mine"]


@pytest.mark.slow
def test_the_temporary_office_is_of_today(tmp_path: Path, quick: list[Path]) -> None:
    homes = [demo.open_demo(now=NOW + timedelta(hours=hours)) for hours in (0, 9, 10)]
    for office in homes:
        office.book.close()
    assert len(quick) == 2
    assert {office.home.parent for office in homes} == {tmp_path}
    assert len({office.home for office in homes}) == 1
    assert os.name == "nt" or homes[0].home.stat().st_mode & 0o777 == 0o700
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.slow
def test_a_broken_temporary_office_is_made_anew(quick: list[Path]) -> None:
    office = demo.open_demo(now=NOW)
    office.book.close()
    for broken in (paths.book(office.home), office.home / "demo.json"):
        broken.unlink()
        demo.open_demo(now=NOW).book.close()
    assert len(quick) == 3


def test_an_office_that_is_open_on_a_screen_is_not_taken_away(quick: list[Path]) -> None:
    from filelock import FileLock

    office = demo.open_demo(now=NOW)
    office.book.close()
    with FileLock(paths.screen_lock(office.home)):
        demo.open_demo(now=NOW + timedelta(days=1)).book.close()
    assert len(quick) == 1


def test_somebody_elses_folder_or_link_is_not_followed(tmp_path: Path, quick: list[Path]) -> None:
    office = demo.open_demo(now=NOW)
    office.book.close()
    office.home.chmod(0o777)
    with pytest.raises(DeskError, match="somebody else"):
        demo.open_demo(now=NOW)
    office.home.chmod(0o700)
    office.home.rename(tmp_path / "elsewhere")
    office.home.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DeskError, match="somebody else"):
        demo.open_demo(now=NOW)


def test_a_failure_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("deskapp.desk.demo.making.make", fail)
    with pytest.raises(KeyboardInterrupt):
        demo.open_demo(tmp_path / "mine")
    assert list(tmp_path.iterdir()) == []


def test_two_that_are_made_at_once_become_one(tmp_path: Path, quick: list[Path]) -> None:
    home = tmp_path / "mine"

    def fill(part: Path) -> None:
        demo.open_demo(home, now=NOW).book.close()
        (part / "late").touch()

    folder.make(home, 0, NOW.date(), fill)
    assert folder.is_demo(home)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


# Big ones.


@pytest.mark.slow
def test_a_big_office_holds_what_it_was_asked_for_and_verifies(tmp_path: Path) -> None:
    seen: list[int] = []
    office = demo.open_demo(tmp_path / "big", 6000, seen.append, NOW)
    try:
        records = office.book.read.execute("SELECT count(*) FROM records").fetchone()[0]
        assert records == pytest.approx(6000, rel=0.05)
        assert check(office.book, full=True).problems == ()
        assert seen == sorted(seen)
        assert len(seen) > 100
        assert seen[-1] <= journal.last_head(office.book)[0]
        # What is decided once and repeated is what would have been decided: the same fields, by who writes.
        asked = "SELECT fields, by FROM records WHERE form = 'diary' AND state = 'closed' AND opened < '2026-11-20'"
        for fields, by in map(_row, office.book.read.execute(asked)):
            assert {"room", "item", "content", "source", "handling", "urgency", "owner"} <= set(fields)
            assert fields["owner"] == by or fields["handling"] in ("reply", "next_shift")
    finally:
        office.book.close()


def _row(row: sqlite3.Row | tuple[str, str]) -> tuple[dict[str, object], str]:
    return json.loads(row[0]), row[1]


def test_a_big_office_is_kept_with_the_cached_files(tmp_path: Path, quick: list[Path]) -> None:
    for days in (0, 3):
        office = demo.open_demo(records=1_000_000, now=NOW + timedelta(days=days))
        office.book.close()
        assert office.home.parent == tmp_path / "cache"
    demo.open_demo(records=200_000, now=NOW).book.close()
    assert len(quick) == 2


def test_a_crowd_of_residents_has_rooms_and_numbers_of_its_own() -> None:
    cast = Cast(Dice(1).rng, 20_000)
    assert len(cast.people) == 20_000
    assert len(cast.rooms) == len({row["code"] for row in cast.rooms}) >= 8000
    phones = [person.row["phone"] for person in cast.people if "phone" in person.row]
    numbers = Counter(phones)
    assert len(phones) > 10_000
    assert max(numbers.values()) == 1
