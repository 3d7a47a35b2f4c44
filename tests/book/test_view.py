"""The view is what the journal says, whatever was done; and stock tools can read it."""

from __future__ import annotations

import random
import sqlite3
from dataclasses import replace
from datetime import datetime

import pytest

from deskapp.book import building, journal, schema, view
from deskapp.book import check as checks
from deskapp.book.check import check
from deskapp.book.journal import Request
from deskapp.book.view import Record
from deskapp.errors import Damaged, DeskError
from deskapp.forms.form import ROLES
from tests import support
from tests.support import BOSS, LI, MANAGER, Desk

DESK_TABLES = {
    "journals",
    "journal",
    "own",
    "credentials",
    "tries",
    "acked",
    "received",
    "held",
    "drafts",
    "pins",
    "seen",
    "unclean",
    "_sqlite_migrations",
    "sqlite_sequence",
}


class Walker:
    """Does whatever the forms allow, at random, wanting most what was not done yet."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self.desk, self.rng = desk, random.Random(seed)
        self.done: set[tuple[str, str]] = set()
        self.numbers: dict[str, list[str]] = {}
        for number, form in desk.book.read.execute("SELECT number, form FROM records"):
            if form not in ("staff", "provider"):  # those who are needed to go on stay as they are
                self.numbers.setdefault(form, []).append(number)

    @property
    def missing(self) -> list[tuple[str, str]]:
        every = {(form.name, step) for form in self.desk.book.forms.values() for step in form.steps}
        return sorted(every - self.done)

    def walk(self, most: int, enough: int) -> None:
        for n in range(most):
            if n >= enough and not self.missing:
                return
            self.desk.clock.pass_(seconds=self.rng.choice((1, 20, 60, 60, 240, 3600)))
            form, step, number = self.choose()
            before = self.desk[number] if number else None
            stepped = self.try_(Request(step, self.answers(form, step), form, number))
            if before and stepped and step != "reveal" and ((form, "undo") not in self.done or self.rng.random() < 0.2):
                self.undo(before)

    def undo(self, before: Record) -> None:
        """Take back what was just done: the record stands as it stood, but for its last entry."""
        if self.try_(Request("undo", {}, None, before.number)):
            after = self.desk[before.number]
            assert replace(after, at=before.at, seq=before.seq) == before

    def choose(self) -> tuple[str, str, str | None]:
        """A step not done yet that some record allows; else any step, that one may be allowed next time."""
        wanted = self.rng.choice(self.missing or [(name, "") for name in self.desk.book.forms])
        form = self.desk.book.forms[wanted[0]]
        records = [self.desk[number] for number in self.numbers.get(form.name, ())[-12:]]
        able = [one for one in records if wanted[1] in self.steps(one)]
        if able and self.rng.random() < 0.9:
            return *wanted, self.rng.choice(able).number
        if not records or wanted[1] == "register" or self.rng.random() < 0.25:
            return form.name, "register", None
        record = self.rng.choice([one for one in records if not one.ended] or records)
        onward = form.next_step(record.state, record.marks, ROLES)
        if onward and self.rng.random() < 0.6:
            return form.name, onward.name, record.number
        return form.name, self.rng.choice([s for s in self.steps(record) if s != "void"]), record.number

    def steps(self, record: Record) -> list[str]:
        form = self.desk.book.forms[record.form]
        return [s.name for s in form.allowed(record.state, record.marks, ROLES)]

    def answers(self, form: str, step: str) -> dict[str, object]:
        one = self.desk.book.forms[form]
        known = {**self.numbers, "staff": ["staff-1", "staff-3"], "provider": ["provider-21"], "item": ["item-13"]}
        given = support.answers(one, one.steps[step], self.desk.clock.now, self.rng, lambda of: known.get(of, []))
        if step != "undo" and self.rng.random() < 0.1:
            given["when"] = "-1"
        return given

    def try_(self, request: Request) -> bool:
        before = self.desk.head
        by = self.rng.choice((BOSS,) * 8 + (MANAGER, LI))
        request = replace(request, answers=support.fitting(request.answers, by.staff))
        try:
            entries = self.desk.write(by, request)
        except DeskError:
            assert self.desk.head == before, request
            return False
        for entry in entries:
            self.done.add((entry.form, entry.step))
            if entry.number:
                self.numbers.setdefault(entry.form, []).append(entry.number)
        return True


def rebuilds(desk: Desk, seed: int) -> None:
    walker = Walker(desk, seed)
    walker.walk(12_000, 300)
    assert walker.missing == []
    report = check(desk.book, full=True)
    assert report.problems == ()
    assert report.entries == desk.head[0] + 1
    assert report.head == desk.head
    # and in place
    before = checks._dump(desk.book.read)
    with desk.book.writing() as conn:
        building.rebuild(desk.book, conn)
    assert checks._dump(desk.book.read) == before


@pytest.mark.parametrize("seed", [7])
def test_any_walk_rebuilds(desk: Desk, seed: int) -> None:
    """After every step of every form, undo, correct, void and reveal among them, the view equals a rebuild."""
    rebuilds(desk, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 110))
def test_many_walks_rebuild(desk: Desk, seed: int) -> None:
    """The same for many more walks."""
    rebuilds(desk, seed)


def test_walks_in_acts(desk: Desk) -> None:
    """Acts over two forms, taken back as one, leave a view that equals a rebuild."""
    walker = Walker(desk, 5)
    for _ in range(12):
        requests = [
            Request("register", {**walker.answers("diary", "register"), "handling": "order"}, "diary"),
            Request("register", {"charge": "free"}, "order"),
            Request("dispatch", {"provider": "21", "charge": "free"}, "order"),
        ]
        requests[0] = Request("register", {**requests[0].answers, "item": "13"}, "diary")
        entries = desk.write(BOSS, *requests)
        desk.clock.pass_(minutes=1)
        if walker.rng.random() < 0.5:
            desk.step(str(entries[1].number), "undo", BOSS)
    assert check(desk.book, full=True).problems == ()


@pytest.mark.parametrize(
    "spoil",
    [
        "UPDATE due SET due = '2030-01-01T00:00:00+08:00'",
        "UPDATE records SET state = 'closed' WHERE form = 'order'",
        "UPDATE records SET fields = replace(fields, '马桶', '水管') WHERE form = 'order'",
        "DELETE FROM links WHERE field = 'room'",
        "DELETE FROM tails",
        "UPDATE numbers SET n = n - 1",
        "INSERT INTO erased VALUES (1, 3)",
        "DELETE FROM name_keys WHERE key = 'zns'",
        "INSERT INTO search (search) VALUES ('delete-all')",
        "DROP VIEW form_order",
        "DELETE FROM forms",
    ],
)
def test_spoiled_view_is_told(desk: Desk, spoil: str) -> None:
    """Whatever in the view is not what the journal says, the full check names; a rebuild mends it."""
    desk.order(caller="曾女士", phone="13800131234")
    desk.dispatched()
    assert check(desk.book, full=True).problems == ()
    with desk.book.writing() as conn:
        conn.execute(spoil)
    assert check(desk.book, full=False).problems == ()
    problems = check(desk.book, full=True).problems
    assert problems
    assert all(isinstance(problem, Damaged) for problem in problems)
    with desk.book.writing() as conn:
        building.rebuild(desk.book, conn)
    assert check(desk.book, full=True).problems == ()


def test_every_table_is_known(desk: Desk) -> None:
    """A table that is neither journal, view nor the desk's own would be checked by nobody."""
    names = {name for (name,) in desk.book.read.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert {n for n in names if not n.startswith("search")} == DESK_TABLES - {"sqlite_sequence"} | set(
        schema.VIEW_TABLES
    )


def test_sql_views(desk: Desk) -> None:
    """form_order and its like open in stock tools, a column a field."""
    number = desk.order(caller="曾女士")
    plain = sqlite3.connect(f"file:{desk.book.path}?mode=ro", uri=True)
    for form in ("order", "staff", "room", "item"):
        row = plain.execute(f"SELECT * FROM form_{form}").fetchone()
        assert row
    found = plain.execute("SELECT number, state, business_day, room, caller, amount FROM form_order").fetchall()
    assert found == [(number, "registered", "2026-11-21", "3-2-1502", "曾女士", "80.00")]
    assert {r[0] for r in plain.execute("SELECT name FROM sqlite_master WHERE type = 'view'")} >= {
        "form_order",
        "form_room",
    }
    plain.close()


def everything(desk: Desk, form: str) -> list[Record]:
    return view.page(desk.book.read, form, limit=10_000)


def test_pages(desk: Desk) -> None:
    """Pages by id visit every record once, newest first, both ways."""
    numbers = [desk.order() for _ in range(23)]
    desk.step(numbers[4], "void", reason="重复")
    newest = numbers[::-1]
    conn = desk.book.read
    assert [r.number for r in everything(desk, "order")] == newest
    seen: list[str] = []
    before = None
    while page := view.page(conn, "order", before=before, limit=5):
        seen += [r.number for r in page]
        before = page[-1].id
    assert seen == newest
    last = view.page(conn, "order", limit=50)[-1].id
    back: list[str] = []
    after: int | None = last
    while page := view.page(conn, "order", after=after, limit=5):
        back = [r.number for r in page] + back
        after = page[0].id
    assert back == newest[:-1]
    assert [r.number for r in view.page(conn, "order", open_only=True)] == [n for n in newest if n != numbers[4]]
    assert [r.number for r in view.page(conn, "order", states=["void"])] == [numbers[4]]
    assert view.count(conn, "order") == 23
    assert view.count(conn, "order", open_only=True) == 22
    assert view.count(conn, "order", most=7) == 7
    assert view.count(conn, "order", where={"room": "3-2-1502"}) == 23
    assert view.count(conn, "order", where={"room": "nosuch' OR 1=1"}) == 0
    assert view.count(conn, "order", since="2026-11-22") == 0


def test_tally(desk: Desk) -> None:
    """How often a step was recorded and when it last happened; what was taken back does not count."""
    number = desk.order()
    for minute in (1, 2, 3):
        desk.clock.pass_(minutes=minute)
        desk.step(number, "reply", said="在路上")
    last = desk.clock.now
    desk.clock.pass_(minutes=1)
    desk.step(number, "reply", said="错")
    desk.step(number, "undo")
    count, when = view.tally(desk.book.read, desk[number], "reply")
    assert (count, when and datetime.fromisoformat(when)) == (3, last)
    assert view.tally(desk.book.read, desk[number], "arrive") == (0, None)


def test_links_lead_back(desk: Desk) -> None:
    """What names a record is found from it, newest first; a link corrected away leads nowhere."""
    first = desk.order()
    second = desk.order(source=first)
    assert [(name, r.number) for name, r in view.linked(desk.book.read, first)] == [("source", second)]
    desk.step(second, "correct", room="5-302", reason="错")
    assert [r.number for _, r in view.linked(desk.book.read, "5-302")] == [second]
    assert second not in [r.number for _, r in view.linked(desk.book.read, "3-2-1502")]
    desk.step(second, "undo")
    assert second in [r.number for _, r in view.linked(desk.book.read, "3-2-1502")]
    assert view.linked(desk.book.read, "5-302") == []
    assert check(desk.book, full=True).problems == ()


def test_nothing_there(desk: Desk) -> None:
    """A number nobody has is told so; a void record is none for those that would name it."""
    with pytest.raises(DeskError, match="no record WT1"):
        view.record(desk.book.read, "WT1")
    assert view.lookup(desk.book.read, "WT1") is None
    number = desk.order()
    assert view.fields(desk.book.read, "order", number)
    assert view.fields(desk.book.read, "diary", number) is None
    desk.step(number, "void", reason="重复")
    assert view.fields(desk.book.read, "order", number) is None
    assert journal.last_head(desk.book) == desk.head
