"""The life of an office's own form: written into its folder, used, changed, got wrong; on the screen and by command."""

# ruff: noqa: F811 - a fixture comes in under the name it is imported by
from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from deskapp import paths
from deskapp.book import view
from deskapp.book.check import check
from deskapp.book.session import Session
from deskapp.desk.office import open_office
from deskapp.tui.app import DeskApp

# ruff: noqa: F811 - a fixture comes in under its name
from tests.cli.conftest import Run, founded, home, run  # noqa: F401
from tests.tui.conftest import Desk

LI = Session("staff-3", "李敏", frozenset({"reception"}))

# R98: what is carried out of the house has a slip of the office's own.
FIRST = """
form    = "release"
code    = "HJ-FX-1"
version = 1
title   = { zh = "大件放行条", en = "Release slip" }
short   = { zh = "放", en = "R" }
number  = "FX{date}-{n:03}"
states  = ["issued", "left"]
ends    = ["left"]
what    = ["thing"]
list    = ["room", "what", "mover"]
board   = "list"
labels  = { issued = { zh = "已开条", en = "Issued" }, left = { zh = "已放行", en = "Left" } }
menu    = { 88 = "leave", 98 = "register", 99 = "list" }

[fields.room]
type  = "room"
label = { zh = "房号", en = "Room" }

[fields.thing]
type  = "text"
label = { zh = "搬出物品", en = "Thing" }
hint  = { zh = "搬什么,如 冰箱一台", en = "what goes out, as: a fridge" }

[fields.mover]
type  = "person"
label = { zh = "搬运人", en = "Mover" }

[steps.register]
label = { zh = "开条", en = "Issue" }
who   = ["reception", "manager"]
asks  = { room = "needed", thing = "needed", mover = "needed" }

[steps.leave]
label = { zh = "放行", en = "Let out" }
from  = ["issued"]
to    = "left"
who   = ["reception", "manager"]
asks  = { mover = "needed" }
"""

# A new field, a new step before the old one, a state by another name, and the old step asks something else.
SECOND = (
    FIRST.replace("version = 1", "version = 2")
    .replace('states  = ["issued", "left"]', 'states  = ["approved", "compared", "left"]')
    .replace(
        'issued = { zh = "已开条", en = "Issued" }',
        'approved = { zh = "待核对", en = "Approved" }, compared = { zh = "已核对", en = "Compared" }',
    )
    .replace('from  = ["issued"]', 'from  = ["compared"]')
    .replace('mover = "needed" }\n\n', 'mover = "needed", vehicle = "optional" }\n\n')
    .replace('asks  = { mover = "needed" }\n', 'asks  = { guard = "needed" }\n')
    .replace(
        "[steps.leave]",
        """[fields.vehicle]
type  = "text"
label = { zh = "车牌号", en = "Vehicle" }

[fields.guard]
type  = "person"
label = { zh = "门岗", en = "Guard" }

[steps.compare]
label = { zh = "门岗核对", en = "Compare" }
from  = ["approved"]
to    = "compared"
who   = ["reception", "manager"]
asks  = { guard = "needed" }

[steps.leave]""",
    )
)
SLIP = ("room=3-2-1502", "thing=三门冰箱", "mover=张师傅")


@pytest.fixture
def form(home: Path) -> Path:
    """The form's first version, in the office's folder."""
    file = paths.forms(home) / "release.toml"
    file.parent.mkdir()
    file.write_text(FIRST, "utf-8")
    return file


@asynccontextmanager
async def screen(home: Path) -> AsyncIterator[Desk]:
    """The desk, opened anew, 李敏 at the board."""
    office = open_office(home)
    minute = office.book.now().replace(second=0)  # no minute ends while the test goes on
    app = DeskApp(lambda: office, office_name=office.config.office, book_path=office.book.path, clock=lambda: minute)
    async with app.run_test(size=(80, 24)) as pilot:
        desk = Desk(app, pilot)
        await pilot.pause()
        app.screen.dismiss(LI)
        await pilot.pause()
        await desk.press()
        yield desk
    office.book.close()


def line(desk: Desk, *words: str) -> str:
    """The line of the screen in which all the words stand."""
    found = [one for one in desk.lines() if all(word in one for word in words)]
    assert found, f"{words} is not on the screen:\n{desk.text}"
    return found[0]


# ---------------------------------------------------------------- a new form


@pytest.mark.slow
def test_a_new_form_is_there_by_command(form: Path, run: Run) -> None:
    """Judged, listed, explained, filled in, found and finished; nothing was installed."""
    judged = run("forms", "--check", str(form))
    assert (judged.code, judged.err) == (0, "")
    assert "大件放行条" in run("forms").out
    assert "搬什么,如 冰箱一台" in run("forms", "release").out

    number = run("add", "release", *SLIP).number
    assert "三门冰箱" in run("find", "冰箱").out
    assert "已开条" in run("list", "release", "--open").out
    assert "三门冰箱" in run("board").out
    assert run("step", number, "leave", "mover=张师傅").code == 0
    assert "已放行" in run("show", number).out
    assert "三门冰箱" not in run("board").out
    assert run("check", "--full").code == 0


@pytest.mark.slow
async def test_a_new_form_is_there_on_the_screen(form: Path) -> None:
    """In the menu; filled in field by field; on the board, in its list, found; finished by + and Enter."""
    async with screen(form.parents[1]) as desk:
        await desk.type("0\n")
        await desk.press("pagedown")
        assert "大件放行条" in line(desk, "98")
        await desk.press("escape")
        await desk.type("98\n")
        assert "冰箱一台" not in desk.text
        await desk.type("3-2-1502\n三门冰箱\n张师傅\n")
        assert "已保存 放" in desk.text
        assert "已开条" in line(desk, "放", "三门冰箱")

        await desk.type("99\n")
        assert "大件放行条" in desk.lines()[0]
        assert "张师傅" in line(desk, "三门冰箱")
        await desk.press("escape")
        await desk.type("冰箱\n")
        line(desk, "查找")
        line(desk, "三门冰箱", "已开条")
        await desk.press("enter")
        line(desk, "搬出物品", "三门冰箱")
        await desk.press("+")
        await desk.type("张师傅\n")
        assert "放行" in desk.text
        book = desk.app.office.book
        assert [one.state for one in view.page(book.read, "release")] == ["left"]


# ---------------------------------------------------------------- a new version


@pytest.fixture
def old(form: Path, run: Run) -> list[str]:
    """Two slips begun under version 1, before version 2 came."""
    numbers = [run("add", "release", *SLIP[:1], f"thing={thing}", SLIP[2]).number for thing in ("三门冰箱", "钢琴")]
    form.write_text(SECOND, "utf-8")
    assert run("forms", "--check", str(form)).code == 0
    return numbers


@pytest.mark.slow
def test_what_was_begun_is_finished_under_its_version_by_command(old: list[str], run: Run) -> None:
    """The old slip knows no comparing and asks the old question; a new one goes the new way; the list shows both."""
    fridge, piano = old
    sofa = run("add", "release", *SLIP[:1], "thing=沙发", SLIP[2], "vehicle=粤A12345").number
    listed = run("list", "release").out
    assert [word in listed for word in ("三门冰箱", "钢琴", "沙发")] == [True] * 3
    assert listed.count("已开条") == 2
    assert listed.count("待核对") == 1

    for state in ("issued", "已开条"):
        kept = run("list", "release", "--where", f"state={state}", "--json").items
        assert {one["number"] for one in kept} == {fridge, piano}
    assert run("list", "release", "--where", "state=待核对", "--json").items[0]["number"] == sofa
    refused = run("list", "release", "--where", "state=nosuch")
    assert refused.code == 1
    assert "issued" in refused.err
    assert [one["number"] for one in run("list", "release", "--where", "vehicle=粤A12345", "--json").items] == [sofa]

    refused = run("step", fridge, "compare", "guard=刘班长")
    assert refused.code == 1
    assert "leave" in refused.err
    assert run("step", fridge, "leave", "guard=刘班长").code == 1
    assert run("step", fridge, "leave", "mover=张师傅").code == 0
    assert run("step", sofa, "leave", "guard=刘班长").code == 1
    assert run("step", sofa, "compare", "guard=刘班长").code == 0
    assert run("step", sofa, "leave", "guard=刘班长").code == 0
    assert run("step", piano, "correct", "thing=立式钢琴", "reason=写漏").code == 0
    assert run("step", piano, "correct", "vehicle=粤B1", "reason=x").code == 1

    shown = {one["number"]: one for one in run("list", "release", "--json").items}
    assert [shown[number]["state"] for number in (fridge, piano, sofa)] == ["left", "issued", "left"]
    assert "vehicle" not in shown[fridge]
    assert run("check", "--full").code == 0


@pytest.mark.slow
async def test_what_was_begun_is_finished_under_its_version_on_the_screen(
    old: list[str],
    form: Path,
    run: Run,
) -> None:
    """List and record show the old state's name; + opens the old step with the old question."""
    async with screen(form.parents[1]) as desk:
        await desk.type("98\n3-2-1502\n沙发\n张师傅\n粤A12345\n")
        await desk.type("99\n")
        assert "待核对" in line(desk, "沙发")
        assert "已开条" in line(desk, "三门冰箱")
        await desk.press("escape")
        await desk.type("冰箱\n")
        await desk.press("enter")
        line(desk, "搬出物品", "三门冰箱")
        assert "车牌号" not in desk.text
        await desk.press("+")
        line(desk, "搬运人")
        assert "门岗" not in desk.text
        await desk.type("张师傅\n")
        await desk.press("escape")
        await desk.type("88\n")
        line(desk, "钢琴", "已开条")
        await desk.type("钢琴\n")
        line(desk, "搬运人")
        assert "门岗" not in desk.text
        await desk.press("escape", "escape", "escape")
        await desk.type("沙发\n")
        await desk.press("enter")
        await desk.press("+")
        line(desk, "门岗")
        await desk.type("刘班长\n")
        book = desk.app.office.book
        states = {str(one.fields["thing"]): (one.v, one.state) for one in view.page(book.read, "release")}
        assert states == {"三门冰箱": (1, "left"), "钢琴": (1, "issued"), "沙发": (2, "compared")}
        assert check(book, full=True).problems == ()


# ---------------------------------------------------------------- what goes wrong


@pytest.mark.slow
def test_a_version_in_ink_keeps_its_text(form: Path, run: Run) -> None:
    """The same version with another text is told with what to do; the text in ink is what the office works by."""
    number = run("add", "release", *SLIP).number
    form.write_text(
        FIRST.replace("搬出物品", "物件").replace('mover = "needed" }\n\n', 'mover = "optional" }\n\n'), "utf-8"
    )

    for words in (("board",), ("list", "release"), ("find", "冰箱"), ("show", number)):
        told = run(*words)
        assert told.code == 0
        assert "release.toml: 第 1 版已经用过,内容不同 (表单改过后,请给一个新版本号)" in told.err
        assert "三门冰箱" in told.out
    assert "搬出物品" in run("show", number).out
    assert run("add", "release", *SLIP[:2]).code == 1
    again = run("add", "release", *SLIP)
    assert again.code == 0
    assert run("step", number, "leave", "mover=张师傅").code == 0
    judged = run("forms", "--check", str(form))
    assert (judged.code, judged.out) == (1, "")
    assert "第 1 版已经用过" in judged.err

    form.write_text(FIRST, "utf-8")
    assert run("board").err == ""


@pytest.mark.parametrize(
    ("old_text", "new_text", "key", "reason"),
    [
        ('type  = "room"', 'type  = "rooms"', "fields.room.type", "rooms"),
        ('asks  = { room = "needed"', 'asks  = { roof = "needed"', "steps.register.asks.roof", "is not a field"),
        ("version = 1", "version = 1\nversion = 2", "-", "is not TOML"),
        ('form    = "release"', 'form    = "release-slip"', "form", "must be the file's name"),
    ],
)
def test_a_mistake_is_named_and_the_desk_opens(
    form: Path,
    run: Run,
    old_text: str,
    new_text: str,
    key: str,
    reason: str,
) -> None:
    """File, key and reason, from --check and from any command; everything else goes on."""
    assert old_text in FIRST
    form.write_text(FIRST.replace(old_text, new_text), "utf-8")

    judged = run("forms", "--check", str(form))
    assert (judged.code, judged.out) == (1, "")
    listed = run("list", "order")
    assert listed.code == 0
    for told in (judged.err, listed.err):
        assert told.startswith(f"release.toml: {key}: ")
        assert reason in told
    assert "release" not in [one["form"] for one in run("forms", "--json").items]
    refused = run("add", "release", *SLIP)
    assert refused.code == 1
    assert key in refused.err.splitlines()[-1]
    assert run("add", "diary", "room=0", "item=45", "source=1", "handling=1", "content=x").code == 0


async def test_the_screen_opens_without_a_wrong_form(form: Path) -> None:
    """Its numbers open nothing; the rest of the menu does."""
    form.write_text(FIRST.replace('type  = "room"', 'type  = "rooms"'), "utf-8")  # noqa: ASYNC240
    async with screen(form.parents[1]) as desk:
        await desk.type("98\n")
        assert "98" in desk.text
        assert "搬出物品" not in desk.text
        await desk.type("12\n")
        assert "顾客委托服务单" in desk.lines()[0]


@pytest.mark.slow
def test_a_wrong_change_leaves_the_office_its_form(form: Path, run: Run) -> None:
    """A mistake in the next version: the last text in ink is gone by, and no open record leaves the board."""
    number = run("add", "release", *SLIP).number
    form.write_text(SECOND.replace('type  = "room"', 'type  = "rooms"'), "utf-8")

    for words in (("find", "冰箱"), ("show", number), ("board",), ("list", "release")):
        told = run(*words)
        assert (told.code, "三门冰箱" in told.out) == (0, True)
        assert "fields.room.type" in told.err
    again = run("add", "release", *SLIP)
    assert again.code == 0
    assert run("step", number, "leave", "mover=张师傅").code == 0
    assert run("forms", "--check", str(form)).code == 1
    assert run("check", "--full").code == 0

    form.write_text(SECOND, "utf-8")
    assert "待核对" in run("forms", "release").out
