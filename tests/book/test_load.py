"""A load puts many records in place at once and is, row for row, what writing them one by one would be."""

from __future__ import annotations

import json

import pytest

from deskapp.book import building, database, entry, journal, search
from deskapp.book import check as checks
from deskapp.book.check import check
from deskapp.book.journal import BadRows
from deskapp.book.search import Name, Query, Text
from tests.support import BOSS, LI, Desk, opened

CALLS = [
    {"room": room, "item": item, "content": content, "caller": caller, "phone": phone}
    for room, item, content, caller, phone in (
        ("3-2-1502", "13", "马桶堵塞", "曾女士", "13800131234"),
        ("5-302", "11", "厨房水管漏水", "王强", "13800135678"),
        ("3-2-1502", "54", "问几点恢复供水", "曾女士", "13800131234"),
        ("12-1-0101", "13", "灯不亮 B2", "单先生", ""),
    )
] * 3


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """So few records wait that a load of some rows, and a rebuild, are put in place in several lots."""
    for room in (journal, building):
        monkeypatch.setattr(room, "LOT", 5)


@pytest.mark.usefixtures("few")
def test_as_one_by_one(desk: Desk) -> None:
    """All tables and the search index are the same, and a rebuild makes them so again."""
    with opened() as other:
        numbers = journal.load(desk.book, LI, "diary", CALLS)
        assert numbers == [other.add("diary", LI, **call) for call in CALLS]
        assert checks._dump(desk.book.read) == checks._dump(other.book.read)
    assert check(desk.book, full=True).problems == ()


def test_a_number_twice_in_one_load(desk: Desk) -> None:
    """The second is refused by its row, though the first still waits."""
    rows = [{"code": code, "kind": "home"} for code in ("9-1", "9-2", "9-1")]
    with pytest.raises(BadRows) as caught:
        journal.load(desk.book, BOSS, "room", rows)
    assert [row for row, _ in caught.value.rows] == [3]


def test_a_row_that_refers_to_one_before(desk: Desk) -> None:
    """What waits is found when a later row names it."""
    order = {"room": "5-302", "item": "13", "content": "x", "charge": "free"}
    numbers = journal.load(desk.book, LI, "order", [order, {**order, "source": "WT20261122-001"}])
    assert desk[numbers[1]].fields["source"] == numbers[0] == "WT20261122-001"


def test_a_later_save_waits_for_the_disk_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log of a big load is cut back as soon as it was copied: its size would call for a copy after each save."""
    monkeypatch.setattr(database, "_CHECKPOINT_PAGES", 50)
    log = desk.book.path.with_name("book.db-wal")
    journal.load(desk.book, BOSS, "room", [{"code": f"8-{n}", "kind": "home"} for n in range(500)])
    assert log.stat().st_size > 4096 * 51
    desk.order()
    assert log.stat().st_size <= 4096 * 50


@pytest.mark.parametrize("data", [{}, [], "x", {"a": '厨"\\\n\u2028', "b": [True, None, 3], "c": {"d": 1.5}}])
def test_a_line_is_json(data: object) -> None:
    """Letter for letter what the standard library writes: the lines are hashed."""
    said = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    assert entry.line(data) == said
    assert entry.spoken(said) == data
    with pytest.raises(ValueError, match=" "):
        entry.spoken(f"{said} ")


def test_names_page_by_page(desk: Desk) -> None:
    """Walked from each name's newest record down, pages follow upon one another without a gap."""
    journal.load(desk.book, LI, "diary", CALLS)
    query = Query(words=((Name("z"),), (Text("堵"),)))
    whole = [one.id for one in search.find(desk.book.read, query)]
    assert len(whole) == 3
    pages: list[int] = []
    while page := search.find(desk.book.read, query, before=pages[-1] if pages else None, limit=2):
        pages += [one.id for one in page]
    assert pages == whole
    assert search.forms(desk.book.read, query, limit=50) == ["diary"] * 3
