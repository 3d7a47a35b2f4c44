"""Mail by the armful: a delivery, the notice run, the basket, with their keys counted (ux scenes 1 and 3, 3.6, 3.7)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from deskapp.book import journal, view
from deskapp.book.journal import Request
from deskapp.book.view import Record
from deskapp.desk import mail, slip
from deskapp.desk.office import Office
from deskapp.tui.app import DeskApp
from deskapp.tui.screens.arrivals import ArrivalsScreen
from deskapp.tui.screens.basket import BasketScreen
from deskapp.tui.screens.board import BoardScreen
from deskapp.tui.screens.notices import NoticesScreen
from deskapp.tui.screens.panel import PanelScreen
from deskapp.tui.screens.record import RecordScreen
from deskapp.tui.screens.slip import SlipScreen
from tests.tui.conftest import FOUNDER, LI_MIN, Clock, Desk, Open
from tests.tui.test_snapshots import go

ROOMS = [f"3-1-{floor:02}03" for floor in range(1, 15)]
PEOPLE = [f"{name}女士" for name in "钱孙周吴郑冯陈褚卫蒋沈韩杨朱"]
HEAD = "3\n1\n\n14\n\n"


@pytest.fixture(autouse=True)
def _people(office: Office) -> None:
    """Fourteen homes, each with a phone of its own; two more share the tail 5521."""
    journal.load(office.book, FOUNDER, "room", [{"code": room, "kind": "home"} for room in ROOMS])
    rows = [
        {"room": room, "name": name, "phone": f"1380013{n:04}", "role": "owner"}
        for n, (room, name) in enumerate(zip(ROOMS, PEOPLE, strict=True), 1001)
    ]
    more = (("3-2-1502", "曾女士", "13800131234"), ("5-1-0302", "郭先生", "13500135521"),
            ("2-1-0901", "何先生", "13900135521"))  # fmt: skip
    rows += [{"room": room, "name": name, "phone": phone, "role": "owner"} for room, name, phone in more]
    journal.load(office.book, FOUNDER, "customer", rows)


@pytest.fixture
def rack(office: Office) -> list[str]:
    """Four pieces: two of 3-2-1502, one of 3-1-0103, a registered letter of 3-1-0203."""
    whose = [*[("3-2-1502", "曾女士", "2")] * 2, ("3-1-0103", "钱女士", "2"), ("3-1-0203", "孙女士", "1")]
    rows = [{"room": room, "waybill": f"SF140339882000{n}", "recipient": name, "kind": kind, "shelf": "2"}
            for n, (room, name, kind) in enumerate(whose, 11)]  # fmt: skip
    return journal.load(office.book, LI_MIN, "mail", rows)


def pieces(d: Desk) -> list[Record]:
    """All mail, in the order it came."""
    return view.page(d.app.office.book.read, "mail", limit=50)[::-1]


def entries(d: Desk, step: str) -> list[str]:
    """What the entries of a step say, as written."""
    sql = "SELECT head || body || coalesce(private, '') FROM journal WHERE head LIKE ? ORDER BY id"
    return [row[0] for row in d.app.office.book.read.execute(sql, (f'%"step":"{step}"%',))]


async def keys(d: Desk, text: str, scanned: str = "") -> int:
    """Type, and count what a hand pressed; what the scanner reads is not."""
    await d.type(text)
    return len(text) - len(scanned)


# ---------------------------------------------------------------- a delivery


@pytest.mark.slow
async def test_fourteen_parcels_by_phone_tail(desk: Open) -> None:
    """Scene 1e, 170 keys at first; all pieces in one burst, each in its own room."""
    async with desk() as d:
        head = await keys(d, HEAD)
        scans = [f"SF14033988200{n:02}\n" for n in range(14)]
        burst = "".join(f"{scan}{1001 + n}\n" for n, scan in enumerate(scans))
        count = await keys(d, burst, "".join(scans))
        assert [(one.fields["room"], one.fields["recipient"]) for one in pieces(d)] == [
            *zip(ROOMS, PEOPLE, strict=True)
        ]
        assert [one.fields["waybill"] for one in pieces(d)] == [scan.strip() for scan in scans]
        assert [one.fields["pickup_code"] for one in pieces(d)] == [f"0{n:03}" for n in range(1, 15)]
        assert {one.fields["carrier"] for one in pieces(d)} == {"sf"}
        assert (head, head + count) == (9, 79)


@pytest.mark.slow
async def test_fourteen_parcels_by_room_and_the_slip(desk: Open, office: Office) -> None:
    """Scene 1e by room: 135 keys; then the slip, printed once for its signature."""
    async with desk() as d:
        scans = [f"SF14033988200{n:02}\n" for n in range(14)]
        burst = "".join(f"{scan}{ROOMS[n]}\n" for n, scan in enumerate(scans))
        assert await keys(d, HEAD + burst, "".join(scans)) == 135
        await d.press("f10")
        assert isinstance(d.app.screen, SlipScreen)
        for words in ("JJ20261122-001", "实收 14", "0001 - 0014"):
            assert words in d.text
        await d.type("1\n")
        assert isinstance(d.app.screen, BoardScreen)
        assert "待通知 14" in d.text
        delivery = view.record(office.book.read, "JJ20261122-001")
        assert (delivery.state, delivery.fields["taken"], delivery.fields["refused"]) == ("signed", 14, 0)
        [paper] = (office.home / "prints").iterdir()
        assert paper.stat().st_mode & 0o077 == 0
        assert all(words in paper.read_text("utf-8") for words in ("打印 第1次", "投递员签字 ____", "SF1403398820013"))


@pytest.mark.slow
async def test_a_scanner_ends_as_it_likes(desk: Open) -> None:
    """Enter, Tab or both within 50 ms are one end, here and in the basket."""
    ends = (("enter",), ("tab",), ("enter", "tab"), ("tab", "enter"), ("enter", "enter"))
    async with desk() as d:
        await d.type(HEAD)
        for n, end in enumerate(ends):
            await d.press(*f"SF1403398820{n}", *end, *f"{1001 + n}", "enter")
        assert [one.fields["room"] for one in pieces(d)] == ROOMS[:5]
        await d.press("f10")
        await d.type("1\n4\n")
        for n, end in enumerate(ends):
            await d.press(*f"SF1403398820{n}", *end)
        assert "篮中5件" in d.lines()[21]


@pytest.mark.slow
async def test_whose_the_tail_is_is_picked_by_digit(desk: Open) -> None:
    """Two have it, or nobody: then it waits in the rack until somebody asks for it."""
    async with desk() as d:
        await d.type(HEAD + "SF1\n5521\n")
        assert "1 5-1-0302 郭先生  2 2-1-0901 何先生  0都不是,待认" in d.text
        await d.type("2SF2\n9999\n0\n5521\n0")
        assert [(one.fields["room"], one.fields.get("phone")) for one in pieces(d)] == [
            ("2-1-0901", "13900135521"), ("0", "9999"), ("0", "5521"),
        ]  # fmt: skip
        await d.press("escape", "escape")
        assert "待通知 1 待认 2" in d.text


@pytest.mark.slow
async def test_another_room_after_a_wrong_answer_is_the_other_room(desk: Open) -> None:
    """What an earlier text meant is forgotten with it."""
    async with desk() as d:
        await d.type(HEAD + "SF1\n1001")
        await d.press("down")
        await d.type("9\n")
        await d.press("up")
        await d.type("1002")
        await d.press("down")
        await d.type("2\n")
        assert [(one.fields["room"], one.fields["condition"]) for one in pieces(d)] == [(ROOMS[1], "wet")]


@pytest.mark.slow
async def test_what_is_not_accepted_is_written_down(desk: Open) -> None:
    """Cash on delivery and nobody of that name go back with the courier, with a sentence for him and no code."""
    async with desk() as d:
        await d.type(HEAD + "SF1403398820001\n1001")
        await d.press("down")
        await d.type("5\n")
        assert "不能代付" in d.lines()[21]
        await d.type("\n0")
        await d.press("down")
        await d.type("6\n\n1001")
        await d.press("down")
        await d.type("7\n\n1002")
        await d.press("down")
        await d.type("1\n")
        assert "已登2  未收2  差10" in d.lines()[1]
        states = [(one.state, one.fields["kind"], one.fields["condition"]) for one in pieces(d)]
        assert states == [
            ("refused", "parcel", "cod"), ("refused", "parcel", "nobody"),
            ("held", "registered", "good"), ("held", "parcel", "damaged"),
        ]  # fmt: skip
        assert [one.fields.get("pickup_code") for one in pieces(d)] == [None, None, "0001", "0002"]
        text = "\n".join(slip.lines(d.app.office, "JJ20261122-001"))
        assert all(words in text for words in ("实收 2", "未收 2", "到付,拒收 1 (1)", "外包装破 1 (4)", "挂号信 1 (3)"))


@pytest.mark.slow
async def test_a_piece_is_taken_out_until_the_courier_signed(desk: Open, office: Office) -> None:
    async with desk() as d:
        await d.type(HEAD + "SF1\n1001\nSF2\n1002\nSF3\n1003\n")
        await d.press("f7", "f7", "f6")
        assert "再按一次F6取出 0002" in d.lines()[21]
        await d.press("f8", "f7", "f6")
        assert pieces(d)[1].state == "held"  # another key leaves it
        await d.press("f6")
        assert [one.state for one in pieces(d)] == ["held", "mistaken", "held"]
        assert "已登2  差12" in d.lines()[1]
        await d.type("SF4\n1004\n")  # and on with the next one
        await d.press("f7", "escape", "6", "escape", "6")
        assert pieces(d)[-1].state == "mistaken"
        await d.press("f10")
        await d.type("1\n")
        with pytest.raises(Exception, match="was ended already"):
            journal.write(office.book, LI_MIN, [Request("take_out", {}, None, pieces(d)[0].number)])


@pytest.mark.slow
async def test_a_waybill_that_is_in_the_book_is_said(desk: Open) -> None:
    async with desk() as d:
        await d.type(HEAD + "SF1403398820001\n1001\nsf1403398820001\n")
        assert "这个运单已登过: 件22-001 3-1-0103 在架" in d.lines()[21]
        await d.type("1001\n")  # two boxes on one waybill: taken in all the same, and marked
        assert d.text.count("运单重复") == 2


@pytest.mark.slow
async def test_a_delivery_left_unsigned_is_gone_on_with(desk: Open) -> None:
    """Esc, a kill: what is saved is saved; F7 at the next delivery's first box goes on with it."""
    async with desk() as d:
        await d.type("3\n1\n小刘\n14\n2\nSF1\n1001\n")
        await d.press("escape", "escape")
        await d.type("3\n")
        assert "还没签的: 投22-001 顺丰 小刘" in d.lines()[21]
        await d.press("f7")
        await d.type("SF2\n1002\n")
        assert isinstance(d.app.screen, ArrivalsScreen)
        assert {one.fields["delivery"] for one in pieces(d)} == {"JJ20261122-001"}
        await d.type("SF3\n31")  # half typed: kept like everything that is typed
        await d.press("escape", "escape")
        await d.type("3\n")
        await d.press("f7", "f7")
        await d.type("0303\n")
        assert [(one.fields["waybill"], one.fields["room"]) for one in pieces(d)][2:] == [("SF3", "3-1-0303")]
        await d.press("escape", "escape")
        await d.type("3\n1\n")  # the next one of that carrier: courier and shelf as the last time
        assert isinstance(d.app.screen, PanelScreen)
        assert [box.raw for box in d.app.screen.sheet.boxes[:4]] == ["1", "小刘", "", "2"]


# ---------------------------------------------------------------- notices


@pytest.mark.slow
async def test_the_run_calls_each_room_once(desk: Open, clock: Clock, rack: list[str]) -> None:
    """One number in sight at a time, each showing written down without the number, a result on each of its pieces."""
    clock.at(8, 12)
    async with desk() as d:
        await d.type("21\n")
        assert isinstance(d.app.screen, NoticesScreen)
        assert "待通知 3 户 4 件" in d.text
        assert "138 0013 1234" in d.text
        assert "138 0013 1001" not in d.text
        assert "有您2件快递,取件码2001, 2002" in d.text
        assert await keys(d, "1\n2\n8\n") == 6
        assert [one.fields.get("notified") for one in pieces(d)] == ["phone", "phone", "no_answer", None]
        assert "138 0013" not in d.text
        assert len(entries(d, "reveal")) == 3
        assert all("0013" not in one and "通知取件" in one for one in entries(d, "reveal"))
        await d.press("up", "f6")  # the last result was another one
        assert [one.fields.get("notified") for one in pieces(d)] == ["phone", "phone", None, None]
        await d.press("escape")
        assert "待通知 2" in d.text
        await d.type("21\n2\n")
        await d.press("escape")
        await d.type("21\n")
        assert "第1次" in d.text


async def test_nobody_is_called_at_night(desk: Open, clock: Clock, rack: list[str]) -> None:
    async with desk() as d:
        await d.type("21\n1\n")
        assert "夜间(22:00-08:00)" in d.lines()[21]
        await d.press("f9")
        assert "138 0013" not in d.text
        assert entries(d, "reveal") == entries(d, "notify") == []
        clock.at(8, 0)
        await d.press("enter")
        assert "138 0013 1234" in d.text
        await d.press("f5", "escape", "escape")  # a call between: nothing stays in sight
        assert isinstance(d.app.screen, NoticesScreen)
        assert "138 0013 1234" not in d.text


@pytest.mark.slow
async def test_an_offices_own_mail_form_is_told_of(desk: Open, office: Office) -> None:
    """Without the fields that these screens work with, they say so and the desk goes on."""
    form = office.book.forms["mail"]
    fields = {name: one for name, one in form.fields.items() if name not in ("notified", "delivery", "signature")}
    office.book.forms["mail"] = replace(form, fields=fields)
    async with desk() as d:
        for number in ("3", "4", "21"):
            await d.type(f"{number}\n")
            assert isinstance(d.app.screen, BoardScreen)
            assert "不是这个功能用的" in d.lines()[21]


# ---------------------------------------------------------------- the basket


@pytest.mark.slow
async def test_two_of_her_own_and_one_of_the_neighbours(desk: Open, rack: list[str]) -> None:
    """Scene 3, 51 keys at first, 28 wanted: rooms, who, the neighbour asked by phone now, one signature."""
    async with desk() as d:
        count = await keys(d, "4\n3-2-1502\n3-1-0103\n+\n2\n")
        assert "138 0013 1001" in d.text
        count += await keys(d, "\n1\n")
        assert isinstance(d.app.screen, BoardScreen)
        one, two, three, letter = pieces(d)
        assert [one.state, two.state, three.state, letter.state] == ["collected"] * 3 + ["held"]
        assert (one.fields["taker"], "proof" in one.fields) == ("曾女士", False)
        assert (three.fields["taker"], three.fields["proof"]) == ("曾女士", "phone")
        assert three.fields["agreed_at"] == "2026-11-22T02:48:00+08:00"
        [shown] = entries(d, "reveal")
        assert "0013" not in shown
        await d.press("f6", "f6")  # one act: taken back at once
        assert {one.state for one in pieces(d)} == {"held"}
        assert count == 27


@pytest.mark.slow
async def test_what_is_not_given_stays_and_a_line_goes_out_again(desk: Open, rack: list[str]) -> None:
    async with desk() as d:
        await d.type("4\n2001\nSF14033988200012\n8200013\n")
        assert "篮中3件" in d.lines()[21]
        await d.type("2\n\n\n4\n1\n")
        assert [one.state for one in pieces(d)] == ["collected", "held", "held", "held"]


@pytest.mark.slow
async def test_a_registered_letter_is_never_given_by_code(desk: Open, rack: list[str]) -> None:
    """R83, R85: its addressee with papers, or somebody with a written order and papers."""
    async with desk() as d:
        await d.type("4\n3-2-1502\n2004\n\n\n1\n")
        assert "书面委托" in d.lines()[21]
        await d.type("2\n")
        assert "书面委托" in d.lines()[21]
        assert entries(d, "reveal") == []
        await d.type("3\n\n")
        assert "证件" in d.lines()[21]
        await d.type("1\n1\n")
        letter = pieces(d)[3]
        assert (letter.state, letter.fields["proof"], letter.fields["seen"]) == ("collected", "written", "id")
        assert "seen" not in pieces(d)[0].fields


@pytest.mark.slow
async def test_nobody_signs(desk: Open, rack: list[str]) -> None:
    """Cannot sign: why. No signature at night: the manager who said so on the phone confirms it later."""
    async with desk() as d:
        await d.type("4\n2001\n\n\n3\n\n")
        assert isinstance(d.app.screen, BasketScreen)
        await d.type("手伤\n")
        assert (pieces(d)[0].state, pieces(d)[0].fields["reason"]) == ("collected", "手伤")
        await d.type("4\n2003\n\n\n4\n1\n\n给他\n急着出门\n")
        assert isinstance(d.app.screen, BoardScreen)
        assert (pieces(d)[2].state, pieces(d)[2].marks) == ("collected", frozenset({"unconfirmed"}))


@pytest.mark.slow
async def test_not_in_the_book_is_noted_with_one_key(desk: Open, rack: list[str]) -> None:
    """F3.5: delivered, the courier says: a line in the diary with waybill and carrier."""
    async with desk() as d:
        await d.type("4\nJD0099887766\n")
        assert "按 + 记一笔查无此件" in d.lines()[21]
        await d.press("+")
        assert isinstance(d.app.screen, PanelScreen)
        assert "JD0099887766 京东" in d.text
        await d.press("escape", "escape")
        assert isinstance(d.app.screen, BasketScreen)


async def test_four_digits_open_the_piece_with_that_code(desk: Open, office: Office, rack: list[str]) -> None:
    """Also where a phone ends so."""
    row = {"room": "3-2-1502", "name": "李先生", "phone": "13800132003", "role": "tenant"}
    journal.load(office.book, FOUNDER, "customer", [row])
    async with desk() as d:
        await d.type("2003\n")
        assert isinstance(d.app.screen, RecordScreen)
        assert mail.MAIL in view.record(office.book.read, rack[2]).form
        assert "2003" in d.text


# ---------------------------------------------------------------- pictures

PIECES = "SF1403398820001\n1001\nSF1403398820002\n3-2-1502\nSF1403398820003\n5521\n0"
STATES: dict[str, tuple[int, tuple[str, ...]]] = {
    "delivery": (2, (HEAD + PIECES,)),
    "whose-tail": (2, (HEAD + "SF1403398820001\n5521\n",)),
    "notices": (9, ("21\n2\n",)),
    "basket": (9, ("4\n3-2-1502\n3-1-0103\n\n\n2\n",)),
}
"""State -> the hour, and what is typed on the board to get there."""


@pytest.fixture
def screen(office: Office, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> DeskApp:
    """The screen at a moment that does not pass."""
    monkeypatch.setattr(DeskApp, "now", lambda self: clock())
    return DeskApp(lambda: office, office_name=office.config.office, book_path=office.book.path)


@pytest.mark.slow
@pytest.mark.parametrize("state", STATES)
def test_picture(
    screen: DeskApp,
    clock: Clock,
    rack: list[str],
    snap_compare: Callable[..., bool],
    state: str,
) -> None:
    hour, typed = STATES[state]
    clock.at(hour, 50)
    assert snap_compare(screen, terminal_size=(80, 24), run_before=lambda pilot: go(pilot, typed))


@pytest.mark.slow
def test_small(screen: DeskApp, snap_compare: Callable[..., bool]) -> None:
    """A delivery at 60x16, the least that is worked on."""
    assert snap_compare(screen, terminal_size=(60, 16), run_before=lambda pilot: go(pilot, (HEAD + PIECES,)))
