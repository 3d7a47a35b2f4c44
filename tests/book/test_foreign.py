"""Another desk's journal stands in the book line by line, and nothing of it is mixed with what is ours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from deskapp.book import entry as ink
from deskapp.book import search, view
from deskapp.book.check import check
from deskapp.book.journal import Request, write
from deskapp.book.session import Session, session_of, staff_number
from deskapp.desk import find as finding
from deskapp.desk.board import board
from deskapp.desk.card import card
from deskapp.desk.display import called, short_number
from deskapp.errors import DeskError
from deskapp.forms.form import ROLES
from tests import support
from tests.exchange.offices import Line, hq, line, lines, name_of, take
from tests.support import BOSS, LI, Desk

HQ_BOSS = Session("staff-1", BOSS.name, frozenset(ROLES))


@pytest.fixture
def desk() -> Iterator[Desk]:
    with support.opened() as one:
        yield one


@pytest.fixture
def office() -> Iterator[Desk]:
    with hq() as one:
        yield one


def whole(book: Desk) -> None:
    """The book is sound and the view equals a rebuild."""
    assert check(book.book, full=True).problems == ()


def test_the_lines_stand_as_they_came(desk, office):
    desk.dispatched()
    number = desk.order()
    desk.step(number, "undo")

    assert take(office.book, "desk-017", name_of(desk.book), lines(desk.book)) == []

    there = office.book.read.execute("SELECT id FROM journals WHERE desk = 'desk-017'").fetchone()[0]
    assert lines(office.book, there) == lines(desk.book)
    whole(office)


def test_in_parts_it_is_the_same(desk, office):
    number = desk.dispatched()
    desk.step(number, "receive_slip", slip="face")
    given = lines(desk.book)
    for at in range(0, len(given), 17):
        take(office.book, "desk-017", name_of(desk.book), given[at : at + 17])

    assert office[f"desk-017/{number}"].state == desk[number].state
    whole(office)


def test_a_number_names_the_own_record_first(desk, office):
    number = desk.order()
    take(office.book, "desk-017", name_of(desk.book), lines(desk.book))
    there = office[number]

    assert there.number == f"desk-017/{number}"
    assert office[there.number] == there
    assert office["staff-1"].number == "staff-1"
    assert office["desk-017/staff-1"].number == "desk-017/staff-1"
    assert desk[f"desk-017/{number}"].number == number
    take(office.book, "desk-018", "journal18", lines(desk.book))
    with pytest.raises(DeskError, match=f"of several desks: desk-017/{number} desk-018/{number}"):
        view.record(office.book.read, number)
    assert view.lookup(office.book.read, number) is None
    whole(office)


def test_what_it_refers_to_is_its_own(desk, office):
    number = desk.dispatched()
    office.add("provider", HQ_BOSS, code="21", name="总部的人", kind="own", plumbing=True)
    take(office.book, "desk-017", name_of(desk.book), lines(desk.book))
    there = office[number]

    assert there.fields["provider"] == "desk-017/provider-21"
    assert there.by == "desk-017/staff-3"
    assert called(office.book, str(there.fields["provider"])) == "王强"
    assert called(office.book, "provider-21") == "总部的人"
    assert {entry.by for entry in view.timeline(office.book.read, there)} == {"desk-017/staff-3"}
    linked = view.linked(office.book.read, "desk-017/provider-21")
    assert [one.number for _, one in linked] == [f"desk-017/{number}"]
    assert view.linked(office.book.read, "provider-21") == []


def test_find_and_list_go_over_all_desks(desk, office):
    number = desk.order(content="水管爆了")
    take(office.book, "desk-017", name_of(desk.book), lines(desk.book))
    today = office.clock().date()

    for words in ("水管爆了", f"desk-017/{number}", number, "3-2-1502"):
        found = search.find(office.book.read, finding.ask(words, today))
        assert f"desk-017/{number}" in [one.number for one in found], words
    assert [one.number for one in view.page(office.book.read, "order")] == [f"desk-017/{number}"]
    assert view.page(office.book.read, "order", of=view.OWN) == []
    assert view.count(office.book.read, "order", of=view.NEAR) == 0
    assert view.count(office.book.read, "order", of="desk-017") == 1


def test_what_head_office_decides_is_its_own(desk, office):
    desk.dispatched()
    desk.step(desk.done(), "pay", pay_how="1", received="10", receipt="0012345", cash="till")
    assert view.total(desk.book.read, "drawer") == 1000
    take(office.book, "desk-017", name_of(desk.book), lines(desk.book))
    shown = board(office.book, office.clock())

    assert shown.lines == ()
    assert all(count.open == 0 for count in shown.counts)
    assert office.book.read.execute("SELECT * FROM totals").fetchall() == []
    assert view.fields(office.book.read, "room", "3-2-1502") is None
    assert view.fields(office.book.read, "room", "desk-017/3-2-1502") is not None
    with pytest.raises(DeskError, match="staff-3 is not on the staff"):
        session_of(office.book.read, "staff-3")
    with pytest.raises(DeskError, match="not on the staff"):
        staff_number(office.book.read, "desk-017/staff-3")
    with pytest.raises(DeskError, match="belongs to another desk"):
        write(office.book, HQ_BOSS, [Request("note", {"remark": "x"}, None, "desk-017/provider-21")])


def test_head_office_numbers_go_on_by_themselves(desk, office):
    first = desk.add("notice", kind="1", text="停水")
    take(office.book, "desk-017", name_of(desk.book), lines(desk.book))
    own = office.add("notice", HQ_BOSS, kind="1", text="总部公告")

    assert own == first  # each desk counts for itself
    assert office[own].fields["text"] == "总部公告"
    assert office[f"desk-017/{own}"].fields["text"] == "停水"


def test_the_desk_sees_what_head_office_says(desk, office):
    office.add("notice", HQ_BOSS, kind="1", text="总部: 全部停水", until=office.clock() + timedelta(hours=3))
    office.add(
        "price", HQ_BOSS, code="11", name="上门检查", amount="45", unit="次", trade="1", materials="2", board="7"
    )
    take(desk.book, "hq", name_of(office.book), lines(office.book))

    announced = card(desk.book, "3-2-1502", desk.clock()).announced
    assert [one.record.number for one in announced] == ["hq/GG20261122-001"]
    assert desk["price-11"].fields["amount"] == "45.00"
    assert view.fields(desk.book.read, "price", "price-11")["board"] == "7"
    assert called(desk.book, "price-11") == "上门检查"
    near = view.page(desk.book.read, "price", open_only=True, of=view.NEAR, limit=500)
    assert [one.fields["amount"] for one in near if one.number.endswith("price-11")] == ["45.00"]
    desk.clock.pass_(hours=4)
    desk.trust_clock()
    assert "hq/GG20261122-001" in [one.record.number for one in board(desk.book, desk.clock()).lines]
    with pytest.raises(DeskError, match="not on the staff"):
        session_of(desk.book.read, "hq/staff-1")
    whole(desk)
    assert short_number(desk.book.forms["notice"], "hq/GG20261122-001", desk.clock().date()) == "hq/告22-001"


def test_a_journal_that_continues_another(desk, office):
    number = desk.order()
    given = lines(desk.book)
    take(office.book, "desk-017", name_of(desk.book), given)
    from deskapp.book.backup import go_on

    go_on(desk.book, BOSS, "换了电脑")
    desk.step(number, "dispatch", provider="21", charge="free")
    fresh = desk.order()
    take(office.book, "desk-017", name_of(desk.book), lines(desk.book))

    assert office[f"desk-017/{number}"].state == "dispatched"
    assert "-B" in fresh
    assert office[f"desk-017/{fresh}"].state == "registered"
    whole(office)


FORM = 'form = "x"\n'
HEAD = {"at": "2026-11-22T03:15:00+08:00", "day": "2026-11-21", "by": "staff-3", "form": "order", "v": 1, "rec": 1,
        "step": "register", "state": "registered"}  # fmt: skip


def strange(desk: Desk) -> list[tuple[dict, object]]:
    """Heads and data that no program of ours writes, each behind good lines."""
    seq, rec = desk.head[0] + 1, desk["provider-21"].rec
    register = HEAD | {"rec": seq}
    adopt = HEAD | {"form": "form", "step": "adopt", "rec": seq}
    change = HEAD | {"form": "provider", "rec": rec, "step": "note"}
    return [
        ({}, {}),
        (HEAD | {"at": 5}, {}),
        (HEAD | {"rec": "x"}, {}),
        (HEAD | {"rec": 10**30}, {}),
        (HEAD | {"rec": 999_999}, {}),
        (HEAD | {"v": 99, "rec": seq}, {}),
        (register | {"state": {"a": 1}}, {}),
        (register | {"due": {"arrival": "soon"}}, {}),
        (register | {"due": {"nothing": "2026-11-22T03:25:00+08:00"}}, {}),
        (register | {"due": {"pickup": "2026-11-22T03:25:00"}}, {}),
        (register | {"no": "a\ud800"}, {}),
        (register | {"when": "yesterday"}, {}),
        (register | {"marks": 5}, {}),
        (register, {"appointment": "noon"}),
        (register, {"fee": "NaN"}),
        (register, {"content": {"deep": ["x"]}}),
        (register, {"content": "\udfff"}),
        (register, ["no table"]),
        (change | {"undoes": "x"}, {}),
        (change, {"name": 5}),
        (adopt, {"form": 'x"; DROP TABLE journal', "version": 1, "text": FORM}),
        (adopt, {"form": "x", "version": "a", "text": FORM}),
    ]  # fmt: skip


def test_nothing_authentic_is_refused(desk, office):
    good = lines(desk.book)
    take(office.book, "desk-017", name_of(desk.book), good)
    seq, last = desk.head
    rows: list[Line] = []
    for head, data in strange(desk):
        moved = {**head, "rec": len(rows) + seq + 1} if head.get("rec") == seq + 1 else head
        rows.append(line(seq + 1 + len(rows), last, moved, data))
        last = rows[-1].hash

    unread = take(office.book, "desk-017", name_of(desk.book), rows)

    assert unread == [one.seq for one in rows]
    there = office.book.read.execute("SELECT id FROM journals WHERE desk = 'desk-017'").fetchone()[0]
    assert lines(office.book, there, seq + 1) == rows
    assert lines(office.book, there)[-1].hash == ink.link(rows[-2].hash, rows[-1].head)
    assert len(view.page(office.book.read, "order")) == 0
    board(office.book, office.clock())
    whole(office)


def test_a_number_used_twice_by_another_program_shows_both(desk, office):
    desk.order()
    good = lines(desk.book)
    seq, last = desk.head
    again = {**good[-1].fields, "rec": seq + 1}
    for key in ("seq", "body", "private"):
        again.pop(key, None)
    take(office.book, "desk-017", name_of(desk.book), [*good, line(seq + 1, last, again, {"item": "item-13"})])

    assert len(view.page(office.book.read, "order")) == 2
    whole(office)


def test_an_own_unique_value_is_not_taken_by_another_desk(desk, office):
    number = desk.done()
    desk.step(number, "pay", pay_how="1", received="10", receipt="0012345", cash="till")
    take(office.book, "desk-017", name_of(desk.book), lines(desk.book))

    assert view.holder(desk.book.read, "receipt", "0012345") == number
    assert view.holder(office.book.read, "receipt", "0012345") is None


def test_staff_of_head_office_may_not_stand_in_for_ours(desk, office):
    for code in ("77",):
        office.add("staff", HQ_BOSS, code=code, name="总部张", manager="1")
    take(desk.book, "hq", name_of(office.book), lines(office.book))

    with pytest.raises(DeskError):
        desk.step(desk.order(), "dispatch", Session("staff-77", "总部张", frozenset(ROLES)), provider="21")
    assert view.fields(desk.book.read, "staff", "staff-77") is None
    assert view.fields(desk.book.read, "staff", "hq/staff-77") is None
    assert LI.staff == staff_number(desk.book.read, "3")
