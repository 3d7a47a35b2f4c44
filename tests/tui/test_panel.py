"""The panel under real keys: what it asks, what one save writes, what a refusal leaves standing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from deskapp import i18n
from deskapp.book import journal, view
from deskapp.book.entry import Entry
from deskapp.book.journal import Request
from deskapp.desk.office import Office
from deskapp.errors import DeskError
from deskapp.text import cells
from deskapp.tui.screens import correct, filling, panel, record, refusal, reveal
from deskapp.tui.screens.panel import PanelScreen
from deskapp.tui.widgets.sheet import Sheet
from tests.tui.conftest import FOUNDER, LI_MIN, Clock, Desk, Open

ROOM = "3-2-1502"


@pytest.fixture
def people(office: Office) -> None:
    """Two people live in the flat."""
    for name, phone, role in (("曾女士", "13800131234", "owner"), ("陈先生", "13900005678", "family")):
        answers = {"room": ROOM, "name": name, "phone": phone, "role": role}
        journal.write(office.book, FOUNDER, [Request("register", answers, "customer")])


def entries(desk: Desk, form: str) -> list[Entry]:
    """The entries of the newest record of a form."""
    conn = desk.app.office.book.read
    return view.timeline(conn, view.page(conn, form, limit=1)[0])


def said(desk: Desk) -> str:
    """Line 22."""
    return desk.lines()[21].strip()


def sheet(desk: Desk) -> Sheet:
    """The boxes on the screen."""
    return desk.app.screen.query_one(Sheet)


def on_panel(desk: Desk) -> bool:
    """Whether a panel is on top."""
    return isinstance(desk.app.screen, PanelScreen)


async def test_a_diary_line_is_a_few_keys(desk: Open, people: None) -> None:
    """Room, item, words, and Enter through what the program knows."""
    async with desk() as d:
        keys = f"1\n{ROOM}\n51\n物业费\n\n1\n\n1\n"
        await d.type(keys)
        assert not on_panel(d)
        (entry,) = entries(d, "diary")
        assert entry.state == "closed"
        assert entry.data["room"] == ROOM
        assert entry.data["caller"] == "曾女士"
        assert entry.data["phone"] == "13800131234"
        assert str(entry.data["content"]).startswith("物业费")
        assert len(keys) <= 31


@pytest.mark.slow
async def test_the_room_brings_its_first_resident_and_his_phone(desk: Open, people: None) -> None:
    """Enter takes them; another name is not told by the first one's phone; another room brings other people."""
    async with desk() as d:
        await d.type(f"1\n{ROOM}\n51\n费\n\n")
        boxes = {box.name: box for box in sheet(d).boxes}
        assert (boxes["caller"].raw, boxes["phone"].raw) == ("曾女士", "138****1234")
        await d.type("王先生\n")
        assert boxes["phone"].raw == ""
        await d.press("up")
        await d.type("2\n")
        assert (boxes["caller"].raw, boxes["phone"].raw) == ("陈先生", "139****5678")
        assert boxes["phone"].behind == "13900005678"
        await d.press("escape", "escape")
        await d.type(f"1\n{ROOM}\n")
        await d.press("up")
        await d.type("5-1-0302\n51\n\n\n\n\n\n")
        data = entries(d, "diary")[0].data
        assert "caller" not in data
        assert "phone" not in data


@pytest.mark.slow
async def test_one_call_writes_diary_and_order_in_one_save(desk: Open, people: None) -> None:
    """The call is typed once; each step is an entry of its own, and one act (ux scene 1)."""
    async with desk() as d:
        await d.type(f"1\n{ROOM}\n11\n厨房\n\n1\n\n2\n")
        asked = [box.name for box in sheet(d).boxes if not box.extra]
        assert asked == ["charge", "price", "amount", "consent", "provider", "appointment", "slip"]
        assert view.page(d.app.office.book.read, "diary", where={"caller": "曾女士"}) == []
        await d.type("2\n12\n\n1\n21\n\n1\n")
        assert not on_panel(d)
        diary, order = entries(d, "diary"), entries(d, "order")
        assert [e.step for e in order] == ["register", "dispatch", "receive_slip"]
        assert len({e.act for e in (*diary, *order)}) == 1
        assert order[0].data["source"] == view.page(d.app.office.book.read, "diary", limit=1)[0].number
        assert order[0].data["content"] == diary[0].data["content"]
        assert order[1].data["amount"] == "80.00"
        assert diary[0].state == "closed"
        assert "已保存" in said(d)


async def test_the_slip_comes_back_in_one_panel(desk: Open, clock: Clock) -> None:
    """Done, signed, slip back and paid; the finished order closes itself."""
    async with desk() as d:
        number = order_on_site(d, clock)
        clock.at(3, 31)
        d.app.open_record(number)
        await d.settle()
        await d.type("+0325\n\n\n\n1\n3\n80\n0012347\n2\n")
        written = entries(d, "order")
        assert [e.step for e in written[-4:]] == ["done", "sign", "slip_back", "pay"]
        assert written[-4].when == "2026-11-22T03:25:00+08:00"
        assert [e.when for e in written[-3:]] == [None] * 3
        assert view.record(d.app.office.book.read, number).state == "closed"


@pytest.mark.slow
async def test_an_unsigned_slip_comes_back_without_its_signature(desk: Open, clock: Clock) -> None:
    """A step of an act whose first field is left empty is left out."""
    async with desk() as d:
        number = order_on_site(d, clock)
        d.app.open_record(number)
        await d.settle()
        await d.type("+" + "\n" * 12)
        assert [e.step for e in entries(d, "order")[-2:]] == ["done", "slip_back"]


async def test_words_for_a_step_that_is_left_out_are_not_lost(desk: Open, clock: Clock) -> None:
    """An opinion without a signature asks for the signature."""
    async with desk() as d:
        number = order_on_site(d, clock)
        d.app.open_record(number)
        await d.settle()
        await d.type("+\n\n\n\n")
        await d.press("down", "down")
        await d.type("师傅很细心\n\n\n\n\n")
        assert on_panel(d)
        assert sheet(d).box.name == "signed_by"
        assert sheet(d).named("opinion").raw == "师傅很细心"  # type: ignore[union-attr]


@pytest.mark.slow
async def test_a_late_arrival_is_asked_why_and_one_in_time_is_not(desk: Open, clock: Clock) -> None:
    """The reason is asked where the promise was broken at the moment told, not at the moment of typing."""
    async with desk() as d:
        number = order_on_site(d, clock, arrive=False)
        clock.pass_(minutes=40)
        d.app.open_panel("order", "arrive", number)
        await d.settle()
        await d.type("-35\n")
        assert sheet(d).named("late_reason").extra  # type: ignore[union-attr]
        await d.press("up", "backspace", "enter", "enter", "enter")
        assert sheet(d).box.name == "late_reason"
        await d.type("2\n")
        assert entries(d, "order")[-1].data["late_reason"] == "short_staff"


def order_on_site(d: Desk, clock: Clock, *, arrive: bool = True) -> str:
    """An order with its provider at the door."""
    book = d.app.office.book

    def write(step: str, number: str | None = None, **answers: object) -> str:
        made = journal.write(book, LI_MIN, [Request(step, answers, "order", number)])
        return made[0].number or ""

    number = write("register", room=ROOM, item="13", content="马桶堵塞", charge="on_site")
    write("dispatch", number, charge="on_site", provider="21")
    write("receive_slip", number, slip="1")
    if arrive:
        clock.pass_(minutes=10)
        write("arrive", number, told="radio")
    return number


@pytest.mark.slow
async def test_another_choice_takes_the_second_page_back(desk: Open) -> None:
    """Up from the second page, another answer, and only the first form is written."""
    async with desk() as d:
        orders = view.count(d.app.office.book.read, "order")
        await d.type(f"1\n{ROOM}\n11\n\n\n\n\n2\n")
        assert sheet(d).box.name == "charge"
        await d.press("up")
        assert sheet(d).named("room").raw == ROOM  # type: ignore[union-attr]
        await d.press("escape", "7")
        while sheet(d).box.name != "handling":
            await d.press("down")
        await d.type("1\n")
        assert not on_panel(d)
        assert [e.step for e in entries(d, "diary")] == ["register"]
        assert view.count(d.app.office.book.read, "order") == orders


@pytest.mark.slow
async def test_what_was_typed_on_the_second_page_survives_a_look_back(desk: Open) -> None:
    """Going back and forth loses nothing."""
    async with desk() as d:
        await d.type(f"1\n{ROOM}\n11\n\n\n\n\n2\n1\n")
        await d.press("up", "up")
        assert sheet(d).named("handling") is not None
        await d.press("escape", "0")
        assert sheet(d).named("charge").raw == "1"  # type: ignore[union-attr]


@pytest.mark.slow
async def test_words_typed_on_the_second_page_survive_a_look_back(desk: Open) -> None:
    """Also where Enter was not pressed yet, and notes as well as choices."""
    async with desk() as d:
        await d.type(f"1\n{ROOM}\n90\n锁坏了\n\n\n\n3\n")
        while sheet(d).box.field.type != "note":
            await d.press("down")
        name = sheet(d).box.name
        await d.type("先请示")
        await d.press("f7", "f7", "f7")
        assert sheet(d).named(name) is None
        await d.press("escape", "0")
        assert sheet(d).named(name).raw == "先请示"  # type: ignore[union-attr]


# ---------------------------------------------------------------- refusals


@pytest.mark.slow
async def test_a_check_that_names_a_field_gets_the_cursor_there(desk: Open) -> None:
    """By the price board without the customer's consent (R15): the book refuses, the panel points."""
    async with desk() as d:
        await d.type(f"1\n{ROOM}\n11\n\n\n\n\n2\n2\n12\n\n\n21\n\n\n")
        assert on_panel(d)
        assert sheet(d).box.name == "consent"
        await d.type("1\n")
        await d.press("f10")
        assert not on_panel(d)


@pytest.mark.slow
async def test_cash_is_refused_with_a_sentence_and_noted(desk: Open, people: None) -> None:
    """R91: the sentence to read aloud, the clause, a note of it; the panel stays as it was."""
    async with desk() as d:
        await d.type(f"5\n{ROOM}\n1\n1\n")
        assert "对不起" in d.text
        assert "P7.12-1" in d.text
        assert view.page(d.app.office.book.read, "custody") == []
        await d.type("1\n")
        assert sheet(d).named("room").raw == ROOM  # type: ignore[union-attr]
        assert "拒收" in sheet(d).named("content").raw  # type: ignore[union-attr]
        await d.press("f10")
        assert entries(d, "diary")[0].state == "closed"
        assert (sheet(d).box.name, sheet(d).box.raw) == ("cash", "1")
        assert view.page(d.app.office.book.read, "custody") == []
        await d.type("2\n")
        assert sheet(d).box.raw == ""


@pytest.mark.slow
async def test_every_refused_answer_says_why_keeps_all_and_points(desk: Open) -> None:
    """Nothing typed is lost, the cursor stands on the field, nothing is written."""
    async with desk() as d:
        seq = journal.last_head(d.app.office.book)[0]
        await d.type("1\n9-9-9999\n")
        assert sheet(d).box.name == "room"
        assert sheet(d).box.raw == "9-9-9999"
        assert "9-9-9999" in said(d)
        await d.type("\b")
        await d.press("end", *["backspace"] * 8)
        await d.type(f"{ROOM}\n11\n\n7\n")
        assert sheet(d).box.name == "source"
        assert "1 到 6" in said(d)
        assert journal.last_head(d.app.office.book)[0] == seq


@pytest.mark.slow
async def test_a_refusal_of_the_book_points_at_the_field(desk: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """What only the book knows: the message is said, the text stays, the cursor is on the field."""
    async with desk() as d:
        await d.type(f"1\n{ROOM}\n11\n字\n")
        error = DeskError("the disk is full: nothing was saved", "free some space and save again")
        error.field = "content"  # type: ignore[attr-defined]
        monkeypatch.setattr(journal, "write", raising(error))
        await d.press("f10")
        assert "磁盘" in said(d)
        assert sheet(d).box.name == "content"
        assert sheet(d).box.raw.startswith("字")


def raising(error: DeskError) -> Callable[..., list[Entry]]:
    """A write that fails."""

    def write(*_given: object, **_more: object) -> list[Entry]:
        raise error

    return write


async def test_f10_goes_to_the_first_that_is_missing(desk: Open) -> None:
    """F10, or Esc 0, saves from anywhere, or shows what is still wanted."""
    async with desk() as d:
        await d.type("1\n")
        await d.press("f10")
        assert sheet(d).box.name == "room"
        await d.type(f"{ROOM}\n")
        await d.press("escape", "0")
        assert not on_panel(d) or sheet(d).box.name == "content"


# ---------------------------------------------------------------- keys


@pytest.mark.slow
async def test_esc_arms_and_any_other_key_goes_to_the_field(desk: Open) -> None:
    """ux 4.1: a digit is that F-key, text is text, Enter only says so, Esc leaves."""
    async with desk() as d:
        await d.type("1\n")
        await d.press("escape")
        assert "0保存" in d.lines()[23]
        await d.press("enter")
        assert on_panel(d)
        assert sheet(d).box.name == "room"
        await d.press("escape")
        await d.type("-")
        assert sheet(d).box.raw == "-"
        assert "F10" in d.lines()[23]
        await d.press("escape", "6")
        assert sheet(d).box.raw == ""
        await d.press("escape", "escape")
        assert not on_panel(d)


@pytest.mark.slow
async def test_what_was_left_comes_back_when_asked_and_to_the_same_person_only(desk: Open) -> None:
    """Esc Esc parks the text in memory; F7 brings it back. By itself it would mix two callers."""
    async with desk() as d:
        await d.type(f"1\n{ROOM}\n11\n半句")
        await d.press("escape", "escape")
        await d.type("1\n")
        assert sheet(d).named("room").raw == ""  # type: ignore[union-attr]
        assert "F7" in said(d)
        await d.press("f7")
        assert sheet(d).named("room").raw == ROOM  # type: ignore[union-attr]
        assert sheet(d).named("content").raw.startswith("半句")  # type: ignore[union-attr]
        await d.press("escape", "escape")
        d.app.session = FOUNDER
        await d.type("1\n")
        await d.press("f7")
        assert sheet(d).named("room").raw == ""  # type: ignore[union-attr]


async def test_full_width_digits_and_chinese_signs_are_understood(desk: Open) -> None:
    """An input method left on is no reason to type again."""
    async with desk() as d:
        await d.type("1\n３。２。１５０２\n１１\n\n１\n")
        assert sheet(d).named("room").value == ROOM  # type: ignore[union-attr]
        assert sheet(d).named("item").value == "item-11"  # type: ignore[union-attr]
        assert sheet(d).named("source").value == "call"  # type: ignore[union-attr]


@pytest.mark.parametrize("typed", ["3-2-1502", "3.2.1502", "3 2 1502", "321502"])
async def test_a_room_is_typed_as_one_likes(desk: Open, typed: str) -> None:
    """All short forms of a room (ux 4.2)."""
    async with desk() as d:
        await d.type(f"1\n{typed}\n")
        assert sheet(d).named("room").value == ROOM  # type: ignore[union-attr]


@pytest.mark.slow
async def test_two_dots_are_the_last_room(desk: Open) -> None:
    """`..`: as in my last record."""
    async with desk() as d:
        await d.type(f"1\n{ROOM}\n51\n\n\n\n\n1\n")
        await d.type("1\n..\n")
        assert sheet(d).named("room").raw == ROOM  # type: ignore[union-attr]


async def test_a_paste_keeps_its_lines_in_a_note_alone(desk: Open) -> None:
    """The stock field keeps the first line only (platform: riftor#63)."""
    async with desk() as d:
        await d.type(f"1\n{ROOM}\n\n")
        from textual import events

        d.app.post_message(events.Paste("第一行\r\n第二行\n\x1b[31m红"))
        await d.settle()
        assert sheet(d).box.raw == "第一行\n第二行\n[31m红"
        assert "第一行|第二行|[31m红" in d.text
        await d.type("\n\n")
        d.app.post_message(events.Paste("曾\r\n女士\n"))
        await d.settle()
        assert sheet(d).box.raw == "曾 女士"


@pytest.mark.slow
async def test_a_star_lists_and_a_digit_picks(desk: Open) -> None:
    """F4 or `*`; nine at a time, PgDn for more."""
    async with desk() as d:
        await d.type(f"1\n{ROOM}\n*")
        first = d.text
        await d.press("pagedown")
        assert d.text != first
        await d.press("pageup")
        await d.type("2")
        picked = sheet(d).box.raw
        assert picked == "12"
        await d.press("enter")
        assert sheet(d).named("item").value == "item-12"  # type: ignore[union-attr]


async def test_initials_find_a_provider(desk: Open, clock: Clock) -> None:
    """`zg` is 赵刚, the only one."""
    async with desk() as d:
        book = d.app.office.book
        made = journal.write(book, LI_MIN, [Request("register", {"room": ROOM, "item": "13", "content": "x",
                                                                 "charge": "free"}, "order")])  # fmt: skip
        d.app.open_panel("order", "dispatch", made[0].number)
        await d.settle()
        while sheet(d).box.name != "provider":
            await d.press("down")
        await d.type("zg\n")
        assert sheet(d).named("provider").value == "provider-22"  # type: ignore[union-attr]
        assert sheet(d).box.name != "provider"


async def test_the_program_shows_what_an_answer_means(desk: Open) -> None:
    """The moment in full, the amount with its cents, the item by its words."""
    async with desk() as d:
        await d.type(f"1\n{ROOM}\n11\n\n\n\n\n4\n9")
        assert "今天 09:00" in d.text
        assert "爆管漏水" in d.text


@pytest.mark.slow
async def test_a_burst_lands_in_the_right_fields(desk: Open) -> None:
    """Ten lines typed at once, as fast as they come (P10)."""
    async with desk() as d:
        for n in range(10):
            await d.type(f"1\n{ROOM}\n51\n第{n}条\n\n业主{n}号\n\n1\n")
        found = view.page(d.app.office.book.read, "diary", limit=10)[::-1]
        assert [(one.fields["caller"], str(one.fields["content"])[:3]) for one in found] == [
            (f"业主{n}号", f"第{n}条") for n in range(10)
        ]


@pytest.mark.slow
async def test_keys_typed_during_a_save_are_kept(desk: Open) -> None:
    """The next record is begun while the last one is being written."""
    async with desk() as d:
        await d.type(f"1\n{ROOM}\n51\n\n\n\n\n1\n1\n{ROOM}\n52\n\n\n\n\n1\n")
        items = [one.fields["item"] for one in view.page(d.app.office.book.read, "diary", limit=2)]
        assert items == ["item-52", "item-51"]


@pytest.mark.slow
async def test_a_double_enter_after_a_save_writes_nothing(desk: Open) -> None:
    """ux 9: further Enters meet a board that only looks."""
    async with desk() as d:
        await d.type(f"1\n{ROOM}\n51\n\n\n\n\n1\n")
        seq = journal.last_head(d.app.office.book)[0]
        await d.type("\n\n")
        assert journal.last_head(d.app.office.book)[0] == seq


@pytest.mark.slow
async def test_f5_is_a_note_over_anything(desk: Open) -> None:
    """The panel below waits with all that was typed."""
    async with desk() as d:
        await d.type("5\n" + ROOM + "\n")
        await d.press("escape", "5")
        await d.type(f"{ROOM}\n51\n\n\n\n\n1\n")
        assert sheet(d).named("room").raw == ROOM  # type: ignore[union-attr]
        assert sheet(d).named("cash") is not None


@pytest.mark.slow
async def test_f5_comes_back_to_where_it_was_pressed(desk: Open) -> None:
    """Board, list, find and record; over a record its room stands there already, and the words are asked next."""
    async with desk() as d:
        for keys, room in (("", ""), ("12\n", ""), ("水管\n", ""), ("\n", ROOM)):
            await d.type(keys)
            here = d.app.screen
            await d.press("f5")
            assert on_panel(d)
            assert sheet(d).named("room").raw == room  # type: ignore[union-attr]
            assert sheet(d).box.name == ("item" if room else "room")
            await d.type("51\n\n\n\n\n\n" if room else "5-1-0302\n51\n\n\n\n\n\n")
            assert d.app.screen is here
            assert entries(d, "diary")[0].data["room"] == (room or "5-1-0302")


# ---------------------------------------------------------------- what is shown


async def test_the_card_of_a_room_appears_with_its_number(desk: Open) -> None:
    """Open orders of the room, at once (ux F9.6)."""
    async with desk() as d:
        await d.type(f"1\n{ROOM}\n")
        assert "委22-002" in d.text


@pytest.mark.slow
async def test_each_person_brings_his_own_phone_and_no_other(desk: Open, people: None) -> None:
    """Who may fetch a thing is somebody else than who left it."""
    async with desk() as d:
        await d.type(f"5\n{ROOM}\n1\n2\n2\n")
        while sheet(d).box.field.type != "person":
            await d.press("down")
        await d.type("2\n")
        boxes = [box for box in sheet(d).boxes if box.field.type == "phone"]
        assert [box.behind for box in boxes] == ["13800131234"]


async def test_hostile_text_is_only_text(desk: Open, office: Office) -> None:
    """Escape sequences, markup and bidi signs neither reach the terminal nor end the desk (P11)."""
    names = {"name": "王[/]五\u202e[bold]", "room": ROOM, "phone": "13800131234", "role": "owner"}
    journal.write(office.book, FOUNDER, [Request("register", names, "customer")])
    async with desk() as d:
        await d.type(f"1\n{ROOM}\n51\n[/x] [red]a\x1b]0;x\x07 \u202eabc\n\n1\n")
        assert "王[/]五" in d.text
        assert not any(unicodedata.category(char) in ("Cc", "Cf") for char in d.text.replace("\n", ""))
        assert on_panel(d)


def test_every_panel_fits_the_screen_and_is_of_certain_width(office: Office) -> None:
    """24 lines of 80 cells, no sign whose width a terminal may choose, for every step of every form."""
    book = office.book
    words = []
    for form in book.forms.values():
        for step in form.steps.values():
            for name in step.asks:
                asked = form.fields[name]
                words += [asked.label.zh, asked.hint.zh if asked.hint else ""]
                words += [choice.label.zh for choice in asked.choices]
    assert not {char for word in words for char in word if unicodedata.east_asian_width(char) == "A"}


@pytest.mark.slow
@pytest.mark.parametrize(
    "size", [(80, 24), *(pytest.param(size, marks=pytest.mark.slow) for size in ((60, 16), (120, 40)))]
)
async def test_registers_of_all_forms_are_drawn_whole(desk: Open, size: tuple[int, int]) -> None:
    """Every line is exactly as wide as the screen, and the box with the cursor is in sight."""
    async with desk(size=size) as d:
        for form in d.app.office.book.forms.values():
            d.app.open_panel(form.name, "register")
            await d.settle()
            boxes = sheet(d)
            for _n in range(len(boxes.boxes)):
                assert all(cells(line) == size[0] for line in d.lines())
                region = boxes.editor.region
                assert boxes.region.contains_region(region), (form.name, boxes.box.name, region)
                row = d.lines()[region.y]
                assert "[" in row
                await d.press("down")
            await d.press("escape", "escape")


async def test_the_help_of_a_field(desk: Open) -> None:
    """F1, and any key closes it."""
    async with desk() as d:
        await d.type("1\n")
        await d.press("f1")
        assert "321502" in d.text
        await d.type("3")
        assert "321502" not in d.text
        assert sheet(d).box.raw == "3"


@pytest.mark.slow
async def test_english(desk: Open) -> None:
    """The other language keeps to the same places."""
    i18n.use("en")
    async with desk() as d:
        for form in d.app.office.book.forms.values():
            d.app.open_panel(form.name, "register")
            await d.settle()
            assert form.title.en in d.lines()[0]
            assert all(cells(line) == 80 for line in d.lines())
            await d.press("escape", "escape")


def test_the_panel_is_generic() -> None:
    """No form, step or field of the office is named in the screens."""
    named = re.compile(r"\"(diary|order|mail|custody|handling|item|content|caller|charge|register_\w+)\"")
    for module in (panel, filling, record, refusal, correct, reveal):
        assert not named.search(Path(str(module.__file__)).read_text("utf-8")), module.__name__
