"""Personal data past their time go from everything the office keeps; the chain and the view stay sound."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from deskapp.book import building, search
from deskapp.book import erasure as lines
from deskapp.book.check import check
from deskapp.desk import erasure
from deskapp.desk.find import ask
from deskapp.errors import DeskError
from tests import support
from tests.book.test_view import Walker
from tests.support import BOSS, LI, MANAGER, Clock, Desk

NAME, PHONE, WORDS = "欧阳娜娜", "13977776666", "貔貅饕餮魑魅魍魉蹊跷"
YEARS = timedelta(days=3 * 366)


@pytest.fixture
def desk() -> Iterator[Desk]:
    with support.opened() as found:
        yield found


def old(desk: Desk) -> str:
    """An order of a person, closed, three years ago and more."""
    number = desk.order(caller=NAME, phone=PHONE, content=WORDS)
    desk.step(number, "correct", phone="13977770000", reason="号码错了")
    desk.step(number, "correct", phone=PHONE, reason="又对了")
    desk.step(number, "void", BOSS, reason=f"{NAME}取消")
    desk.clock.now += YEARS
    return number


def gone(desk: Desk, *numbers: str, second: support.Session = LI) -> erasure.Plan:
    due = erasure.plan(desk.book, "3 years", [desk[number] for number in numbers])
    erasure.erase(desk.book, MANAGER, second, due)
    lines.clean(desk.book)
    return due


def holding(home: Path, *words: str) -> list[str]:
    """The files of an office that hold any of these words, however they are spelled."""
    spelled = [form for word in words for form in (word.encode(), json.dumps(word)[1:-1].encode())]
    spelled += [word[at : at + 2].encode() for word in words if not word.isascii() for at in range(len(word) - 1)]
    files = [file for file in home.rglob("*") if file.is_file()]
    return [f"{file.name}: {form!r}" for file in files for form in spelled if form in file.read_bytes()]


def sound(desk: Desk) -> None:
    assert check(desk.book, full=True).problems == ()


def test_nothing_is_left(desk: Desk) -> None:
    number = old(desk)
    other = desk.order(caller="曾女士", phone="13800131234")
    head = desk.head
    with desk.book.writing() as conn:
        draft = json.dumps({"caller": NAME})
        conn.execute("INSERT INTO drafts VALUES ('staff-3', 'order', '-', ?)", (draft,))
        conn.execute("INSERT INTO drafts VALUES ('staff-3', 'mail', '-', '{}')")
    assert holding(desk.home, NAME, PHONE)

    due = gone(desk, number)

    assert [one.record.number for one in due.going] == [number]
    assert len(due.seqs) == 4
    assert desk.head[0] == head[0] + 1
    sound(desk)
    assert holding(desk.home, NAME, PHONE, WORDS) == []
    assert lines.unfinished(desk.book) is None
    record = desk[number]
    assert (record.state, record.fields.get("caller"), record.fields.get("phone")) == ("void", None, None)
    assert (record.fields["room"], record.fields["item"]) == ("3-2-1502", "item-13")
    assert desk.book.read.execute("SELECT place FROM drafts").fetchall() == [("mail",)]
    for words in (NAME, "oynn", "6666", WORDS[2:6]):
        assert [one.number for one in search.find(desk.book.read, ask(words, desk.clock()))] == [], words
    found = search.find(desk.book.read, ask("曾女士", desk.clock()))
    assert other in [one.number for one in found]


def test_a_rebuild_comes_to_the_same(desk: Desk) -> None:
    """Also where what a record refers to was called otherwise before, and after more was written."""
    number = desk.order(caller=NAME)
    desk.step(number, "dispatch", provider="21", charge="free")
    desk.step(number, "correct", content=WORDS, reason="补充")
    desk.step("provider-21", "correct", BOSS, name="王小强", reason="改名")
    desk.step(number, "void", BOSS, reason="错")
    desk.clock.now += YEARS
    gone(desk, number)
    desk.order(caller=NAME)
    sound(desk)
    with desk.book.writing() as conn:
        building.rebuild(desk.book, conn)
    sound(desk)
    assert lines.unfinished(desk.book) is None


def test_a_room_takes_what_names_it(desk: Desk) -> None:
    number = old(desk)
    (customer,) = [n for (n,) in desk.book.read.execute("SELECT number FROM records WHERE form = 'customer'")]
    fresh = desk.order(caller=NAME)
    due = erasure.plan(desk.book, "3 years", [desk["3-2-1502"]])
    assert [one.record.number for one in due.going] == [number]
    assert {one.number for one in due.staying} == {customer, fresh}
    desk.step(customer, "leave", reason="卖房")
    desk.clock.now += YEARS
    gone(desk, customer)
    assert "name" not in desk[customer].fields
    sound(desk)


def test_what_may_not_go(desk: Desk) -> None:
    number = old(desk)
    opened = desk.order(caller=NAME)
    with pytest.raises(DeskError, match="is not finished"):
        erasure.plan(desk.book, "3 years", [desk[opened]])
    desk.step(opened, "void", BOSS, reason="错")
    with pytest.raises(DeskError, match="still kept"):
        erasure.plan(desk.book, "3 years", [desk[opened]])
    assert erasure.plan(desk.book, "5 years", []).going == ()
    due = erasure.plan(desk.book, "3 years", [desk[number]])
    before = desk.head
    with pytest.raises(DeskError, match="two people"):
        erasure.erase(desk.book, MANAGER, MANAGER, due)
    with pytest.raises(DeskError, match="only a manager"):
        erasure.erase(desk.book, LI, MANAGER, due)
    assert desk.head == before
    assert desk[number].fields["phone"] == PHONE


def test_a_record_that_has_gone_on_meanwhile(desk: Desk) -> None:
    (customer,) = [n for (n,) in desk.book.read.execute("SELECT number FROM records WHERE form = 'customer'")]
    desk.step(customer, "leave", reason="卖房")
    desk.clock.now += YEARS
    due = erasure.plan(desk.book, "3 years", [desk[customer]])
    desk.step(customer, "come_back")
    with pytest.raises(DeskError, match="has gone on since"):
        erasure.erase(desk.book, MANAGER, LI, due)
    assert desk[customer].fields["name"] == "曾女士"


def test_only_past_lines_that_an_entry_names_can_go(desk: Desk) -> None:
    """A trigger sees to it; what is still to come is not erased by an entry that names it before."""
    number = old(desk)
    gone(desk, number)
    seq = desk[desk.order(caller=NAME)].seq
    with pytest.raises(Exception, match="append-only"), desk.book.writing() as conn:
        conn.execute("UPDATE journal SET private = NULL WHERE seq = ?", (seq,))
    with desk.book.writing() as conn:
        erasure.Writer(desk.book, conn, BOSS).say("erase", {"seqs": f"{seq + 2} {seq + 9}", "approved": "staff-3"})
    desk.order(caller=NAME)
    assert desk.book.read.execute("SELECT count(*) FROM erased WHERE seq > ?", (seq,)).fetchone() == (0,)
    sound(desk)


def test_cut_off_before_the_file_is_made_anew(desk: Desk) -> None:
    """It says so until it is finished."""
    number = old(desk)
    erasure.erase(desk.book, MANAGER, LI, erasure.plan(desk.book, "3 years", [desk[number]]))
    desk.reopen()
    assert holding(desk.home, NAME, PHONE, WORDS)
    assert [str(one) for one in desk.book.complaints] == ["what was erased may still stand in the book's file"]
    assert lines.clean(desk.book)
    assert not lines.clean(desk.book)
    assert holding(desk.home, NAME, PHONE, WORDS) == []
    assert desk.reopen().book.complaints == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_after_any_walk(desk: Desk, seed: int) -> None:
    """Whatever was done to records, and is done to them afterwards: the view is what a rebuild makes."""
    walker = Walker(desk, seed)
    for _ in range(3):
        walker.walk(1500, 300)
        desk.clock.now += YEARS
        ended = [desk[number] for numbers in walker.numbers.values() for number in numbers if desk[number].ended]
        due = erasure.plan(desk.book, "3 years", ended)
        assert len(due.seqs) > 50
        erasure.erase(desk.book, MANAGER, LI, due)
        assert lines.clean(desk.book)
        sound(desk)
        assert all(lines.private(desk.book.read, one) == [] for one in ended)


@pytest.mark.slow
def test_killed(desk: Desk) -> None:
    """Kill -9 at any moment: all of it is there or none, and once more finishes it."""
    number = old(desk)
    desk.book.close()
    before = {file.name: file.read_bytes() for file in desk.home.glob("book.db*")}
    left = set()
    for n in range(60):
        for file in desk.home.glob("book.db*"):
            file.unlink()
        for name, data in before.items():
            (desk.home / name).write_bytes(data)
        if (pid := os.fork()) == 0:
            with contextlib.suppress(BaseException):
                clock = Clock(desk.clock.now)
                gone(Desk(support._open(desk.home, clock), clock), number)
            os._exit(0)
        time.sleep(0.002 * n)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        desk.reopen()
        kept = desk[number].fields.get("phone") == PHONE
        left.add("before" if kept else "unclean" if lines.unfinished(desk.book) else "after")
        sound(desk)
        if kept:
            gone(desk, number)
        lines.clean(desk.book)
        assert holding(desk.home, NAME, PHONE, WORDS) == []
        sound(desk)
    assert {"before", "after"} <= left
