"""Handing over at the screen: scene 2 with its keys counted, and whatever goes wrong in it (ux F2.1-F2.12, 3.8)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from deskapp.book import journal, view
from deskapp.book.journal import Request
from deskapp.book.pin import set_pin
from deskapp.book.session import Session
from deskapp.desk import handover, shifts
from deskapp.desk.office import Office
from deskapp.tui.screens.board import BoardScreen
from deskapp.tui.screens.handover import HandoverScreen
from deskapp.tui.screens.handover_post import LeaveScreen
from deskapp.tui.screens.panel import PanelScreen
from tests.tui.conftest import FOUNDER, LI_MIN, PASSPHRASE, Clock, Desk, Open

CEILING = 93
"""Keys of scene 2; it may only fall."""
ZHOU = Session("staff-5", "周洁", frozenset({"reception"}))
PIN = "482915"
REMARK = "漏水修好,楼下1402早上再问"
PINYIN = 23
"""Keys of the remark, as the reference page counts it."""


class Keys:
    """Types, and counts what was pressed."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.pressed = desk, 0

    async def type(self, text: str, cost: int | None = None) -> None:
        self.pressed += len(text) if cost is None else cost
        await self.desk.type(text)

    async def press(self, key: str) -> None:
        self.pressed += 1
        await self.desk.press(key)


@pytest.fixture
def busy(office: Office, clock: Clock) -> Office:
    """07:50: two late, an order not paid up, promises, keys out, 31 parcels, 640 yuan, receipts to 0012347."""

    def add(form: str, by: Session = LI_MIN, **answers: object) -> str:
        return str(journal.write(office.book, by, [Request("register", answers, form)])[-1].number)

    def do(number: str, step: str, **answers: object) -> None:
        journal.write(office.book, LI_MIN, [Request(step, answers, None, number)])

    for peg in range(1, 45):
        add("key", FOUNDER, peg=f"{peg:03}", opens="水泵房", keys="1", consent_needed="2")
    for peg in ("007", "015", "022"):
        do(f"key-{peg}", "take", holder="21", purpose="repair", until="18", signature="1")
    rows = [{"room": "3-2-1502", "kind": "parcel", "waybill": f"YT88{n:08}", "condition": "good"} for n in range(31)]
    journal.load(office.book, LI_MIN, "mail", rows)
    for tag in range(6):
        add("custody", room="4-1-0801", depositor="何先生", cash="2", valuables="2", thing="1", quantity="1",
            condition="1", lock="1", tag=f"{tag}", declared="1", category="1")  # fmt: skip
    float_ = {"kind": "float", "purpose": "备用金", "amount": "500", "means": "cash"}
    income = {"kind": "income", "purpose": "门禁卡", "amount": "140", "means": "cash"}
    for first, then, step in (
        (float_, {"party": "财务"}, "put_in"),
        (income, {"tendered": "140", "cash": "till", "receipt": "0012347"}, "take"),
    ):
        journal.write(office.book, LI_MIN, [Request("register", first, "cash"), Request(step, then, "cash")])
    clock.at(7, 50)
    return office


async def test_scene_2_keeps_to_its_keys(desk: Open, busy: Office) -> None:
    """Two late, three keys out, one parcel too many, 20 yuan short; both sign. The first plan needed 116."""
    book = busy.book
    set_pin(book, LI_MIN, PIN)
    async with desk() as d:
        k = Keys(d)
        await k.type("9\n")
        await k.type("1\n")
        await k.type("4\n")
        await k.type("+\n")
        await k.type("41\n")
        await k.type("32\n")
        assert "多了" in d.text
        await k.type("YT8812345678901\n", cost=0)  # the scanner's
        await k.type("2-1-0901\n")
        await k.press("f10")
        await k.type("6\n")
        await k.type("0\n")
        await k.type("1\n")
        await k.type("348\n")
        await k.type("3 4 3 5 2\n")
        assert "短款 20.00元" in d.text
        await k.type("2\n")
        await k.type(f"{REMARK}\n", cost=PINYIN)
        await k.type(f"{PIN}\n")
        await k.type("5\n")
        await k.type(f"{PASSPHRASE}\n")
        await k.type("1\n")
        assert d.app.session is not None
        assert d.app.session.staff == "staff-5"
        assert "交 接 班 记 录" in d.text
        await d.press("escape")
        assert d.lines()[0].startswith("值班台  汇景中心  早班 周洁")
        await d.type("63\n1\n")
        assert (busy.home / "prints" / "JB20261121-001.html").exists()
        assert k.pressed == CEILING
    first, second = view.page(book.read, "shift")[::-1]
    said = handover.told(book, first)
    assert (first.state, second.state, second.by) == ("handed_over", "on_duty", "staff-5")
    found = said.booked[0]["booked"]
    assert view.record(book.read, str(found)).fields["waybill"] == "YT8812345678901"
    assert (said.counts["mail"]["expected"], said.counts["mail"]["found"]) == (32, 32)
    assert said.counts["receipts"]["next_found"] == "0012348"
    assert view.total(book.read, "drawer") == 62000
    own = {entry.number for entry in shifts.entries(book, first)}
    assert found in own  # registered after the line, but of the shift that found it
    assert all(entry.form == "shift" for entry in shifts.entries(book, second))


async def test_opening_the_page_writes_nothing(desk: Open, office: Office) -> None:
    before = journal.last_head(office.book)
    async with desk() as d:
        await d.type("9\n")
        await d.press("escape")
        assert isinstance(d.app.screen, BoardScreen)
    assert journal.last_head(office.book) == before


@pytest.mark.slow
async def test_a_call_comes_in_between(desk: Open, office: Office) -> None:
    """F5 writes it, the page is there again; it is the next shift's (F2.7)."""
    async with desk() as d:
        await d.type("9\n1\n")
        await d.press("f5")
        await d.type("3-2-1502\n51\n")
        await d.press("f10")
        assert isinstance(d.app.screen, HandoverScreen)
        await d.type("+\n")
        shift = shifts.on_duty(office.book)
        assert shift is not None
        called = view.page(office.book.read, "diary", limit=1)[0]
        assert called.rec not in {entry.seq for entry in shifts.entries(office.book, shift)}
        assert called.number not in handover.told(office.book, shift).carried


@pytest.mark.slow
async def test_no_hand_over_after_all(desk: Open, office: Office) -> None:
    """0: back on duty; what was written meanwhile is his own again."""
    async with desk() as d:
        await d.type("9\n1\n0\n")
        assert isinstance(d.app.screen, BoardScreen)
    shift = shifts.on_duty(office.book)
    assert shift is not None
    assert (shift.state, shifts.line(office.book, shift)) == ("on_duty", None)


async def _count(d: Desk, office: Office, notes: str = "0") -> None:
    """Everything as the book has it, an empty drawer or what is told."""
    await d.type("9\n+\n")
    await d.type("0\n0\n0\n0\n1\n0000001\n")
    await d.type(f"{notes}\n" if " " in notes else f"{notes}\n\n\n\n\n\n\n\n")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("typed", "state", "who"),
    [
        pytest.param(f"5\n{PASSPHRASE}\n2\n少20元没说清\n1\n", "on_duty", "staff-5", id="under objection"),
        pytest.param(f"5\n{PASSPHRASE}\n3\n少20元没说清\n1\n", "on_duty", "staff-3", id="refused"),
        pytest.param("4-4\n1\n接班人没来\n", None, "staff-3", id="nobody came"),
    ],
)
async def test_how_it_may_end(desk: Open, office: Office, typed: str, state: str | None, who: str) -> None:
    """Under objection, refused, sealed: whoever stays, somebody has the post or F10 takes it (F2.8, F2.9)."""
    async with desk() as d:
        await _count(d, office)
        await d.type(f"\n{PASSPHRASE}\n")
        await d.type(typed)
        await d.press("escape")
        assert d.app.session is not None
        assert d.app.session.staff == who
        shift = shifts.on_duty(office.book)
        assert (shift.state if shift else None) == state
        if shift is None:
            await d.press("f10")
            assert "接班上岗" in d.text
            assert shifts.on_duty(office.book) is not None


@pytest.mark.slow
async def test_wrong_secrets_sign_nothing(desk: Open, office: Office) -> None:
    """A wrong passphrase, somebody who is not on the staff, the outgoing person himself; a lone 1."""
    async with desk() as d:
        await _count(d, office)
        await d.type("\nwrong-wrong-wrong\n")
        assert "口令不对" in d.text
        shift = shifts.on_duty(office.book)
        assert shift is not None
        assert "signed" not in shift.marks
        await d.type(f"{PASSPHRASE}\n")
        await d.type("3\n")
        assert "交班人自己" in d.text
        await d.type("99\n")
        assert "staff" in d.text or "99" in d.lines()[21]
        await d.type("5\n1\n")
        shift = shifts.on_duty(office.book)
        assert shift is not None
        assert shift.state == "counting"


@pytest.mark.slow
async def test_what_is_counted_is_typed_blind(desk: Open, busy: Office) -> None:
    """The book's figure is not on the screen before the count was typed; letters and nothing are no count."""
    async with desk() as d:
        await d.type("9\n+\n")
        assert not any(" 41 " in line or " 31 " in line for line in d.lines())
        await d.type("\n")
        await d.type("二十\n-1\n")
        shift = shifts.on_duty(busy.book)
        assert shift is not None
        assert handover.told(busy.book, shift).counts == {}
        await d.type("４１\n")  # full-width digits are digits
        assert handover.told(busy.book, shift).counts["keys"]["found"] == 41
        await d.type("30\n")
        assert "少了" in d.text
        await d.type("4\n")
        await d.type("\n" * 30 + "+\n")
        assert handover.told(busy.book, shift).counts["mail"]["missing"] == "YJ20261122-031"


@pytest.mark.slow
async def test_the_drawer_blocks_and_nothing_else(desk: Open, busy: Office) -> None:
    """F8 passes over what was not counted, F10 does not pass over the drawer."""
    async with desk() as d:
        await d.type("9\n+\n")
        await d.press("f10")
        assert "现金还没有点" in d.text
        await d.press(*["down"] * 6)
        await d.type("6 0 0 4\n")
        await d.press("f10")
        await d.type(f"\n{PASSPHRASE}\n5\n{PASSPHRASE}\n1\n")
        assert d.app.session is not None
        assert d.app.session.staff == "staff-5"


@pytest.mark.slow
async def test_somebody_stands_in(desk: Open, office: Office, clock: Clock) -> None:
    """64: number, from, until; the board names both, and the post may be left (F2.10)."""
    async with desk() as d:
        await d.type("64\n")
        assert isinstance(d.app.screen, PanelScreen)
        await d.type("5\n\n+15\n")
        assert isinstance(d.app.screen, BoardScreen)
        assert "夜班 李敏 (周洁 03:03)" in d.lines()[0]
        await d.type("83\n")
        assert d.app.return_code == 0


@pytest.mark.slow
async def test_leaving_the_post(desk: Open, office: Office) -> None:
    """R141 is said; Esc stays, 2 hands over, a reason leaves and is written down."""
    async with desk() as d:
        await d.type("83\n")
        assert isinstance(d.app.screen, LeaveScreen)
        await d.press("escape")
        await d.type("83\n2\n")
        assert isinstance(d.app.screen, HandoverScreen)
        await d.press("escape")
        await d.type("83\n\n")
        assert isinstance(d.app.screen, LeaveScreen)
        await d.type("孩子发烧\n")
        assert d.app.return_code == 0
    shift = shifts.on_duty(office.book)
    assert shift is not None
    assert view.timeline(office.book.read, shift)[-1].data["reason"] == "孩子发烧"


async def test_who_is_not_on_duty_leaves(desk: Open) -> None:
    async with desk(session=ZHOU) as d:
        await d.type("83\n")
        assert d.app.return_code == 0


@pytest.mark.slow
async def test_a_shift_left_open_is_told_and_closed_late(desk: Open, office: Office, clock: Clock) -> None:
    """Three days: said at sign-in; whoever comes counts and seals it, with a reason."""
    for day in (23, 24, 25):  # others worked on, and nobody handed over
        clock.at(9, 0, day)
        note = {"room": "0", "item": "90", "content": "灯不亮", "source": "3", "handling": "next_shift"}
        journal.write(office.book, ZHOU, [Request("register", note, "diary")])
    async with desk(session=ZHOU) as d:
        assert "一直没有交班" in d.lines()[21]
        await _count(d, office)
        await d.type("\n4\n1\n上一班没有交接就走了\n")
        await d.press("escape")
        assert shifts.on_duty(office.book) is None
        await d.press("f10")
        assert d.lines()[0].startswith("值班台  汇景中心  早班 周洁")


async def test_two_take_the_post_at_once(desk: Open, office: Office) -> None:
    """Whoever is second is told; there is one shift."""
    shift = shifts.on_duty(office.book)
    assert shift is not None
    journal.write(office.book, FOUNDER, [Request("void", {"reason": "x"}, None, shift.number)])
    async with desk() as d:
        await d.type("9\n")
        journal.write(office.book, ZHOU, [shifts.opening(office.book, office.book.now())])
        await d.type("\n")
        assert "还没有结束" in d.text
    assert view.count(office.book.read, "shift", open_only=True) == 1


async def test_two_hand_over_at_once(desk: Open, office: Office) -> None:
    """A colleague draws the line meanwhile: it is said, and the page goes on from there."""
    async with desk() as d:
        await d.type("9\n")
        shift = shifts.on_duty(office.book)
        assert shift is not None
        journal.write(office.book, ZHOU, [Request("start", {}, None, shift.number)])
        await d.type("1\n")
        assert "交接中" in d.lines()[21]
        await d.type("1\n+\n")
        assert "2/3" in d.lines()[0]


@pytest.mark.slow
async def test_hostile_words_are_shown_as_they_are(desk: Open, office: Office) -> None:
    async with desk() as d:
        await d.type("9\n[b]=1+1<script>\n")
        assert "[b]=1+1<script" in d.text


@pytest.mark.parametrize("there", [True, False], ids=["a folder", "a pulled stick"])
async def test_the_book_is_copied_at_the_hand_over(desk: Open, office: Office, tmp_path: Path, there: bool) -> None:
    """Where the office wants it; a folder that is gone is said, and the hand-over stands."""
    folder = tmp_path / "stick"
    if there:
        folder.mkdir()
    office.config = replace(office.config, backups=str(folder))
    async with desk() as d:
        await _count(d, office)
        await d.type(f"\n{PASSPHRASE}\n5\n{PASSPHRASE}\n1\n")
        await d.settle()
        await d.app.workers.wait_for_complete()
        await d.settle()
        assert ("已备份" if there else "不是文件夹") in d.lines()[21]
    assert len(list(folder.glob("*.deskapp.db"))) == there
    shift = shifts.on_duty(office.book)
    assert shift is not None
    assert shift.by == "staff-5"


@pytest.mark.slow
async def test_english_fits(desk: Open, office: Office) -> None:
    """The questions leave room to type at any width."""
    from deskapp.i18n import use

    use("en")
    try:
        for size in ((80, 24), (60, 16)):
            async with desk(size=size) as d:
                await d.type("9\n+\n")
                for answer in ("0", "0", "0", "0", "1", "0000001", "0 0", "", ""):
                    assert "==> " in d.text
                    await d.type(f"{answer}\n")
                await d.press("escape")
    finally:
        use("zh_CN")


PAGES: dict[str, Any] = {
    "items": ("9\n1\n", (80, 24)),
    "counts": ("9\n+\n41\n32\n5\n6\n0\n1\n348\n3 4 3 5 2\n", (80, 24)),
    "signatures": (f"9\n+\n41\n32\n5\n6\n0\n1\n348\n3 4 3 5 2\n2\n{REMARK}\n{PASSPHRASE}\n5\n", (80, 24)),
    "small": ("9\n1\n", (60, 16)),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
async def test_pictures(desk: Open, busy: Office, snapshot: Any, name: str) -> None:
    keys, size = PAGES[name]
    async with desk(size=size) as d:
        await d.type(keys)
        assert d.text == snapshot
