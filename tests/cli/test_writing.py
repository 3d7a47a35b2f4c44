"""Commands that write: what they refuse changes nothing, what they accept is there."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest

from deskapp.book import signin, view
from deskapp.book.database import beijing_now
from deskapp.desk.office import open_office
from deskapp.forms.values import CHINA
from tests.cli.conftest import CLERK, PASSPHRASE, Run

ORDER = ("room=3-2-1502", "item=13", "content=马桶堵塞")


@pytest.fixture
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """New passphrases cost little to make."""
    monkeypatch.setattr(signin, "_N", 16)


# ---------------------------------------------------------------- init


@pytest.mark.usefixtures("_cheap")
def test_an_office_is_founded_and_can_be_worked_in(run: Run, tmp_path, monkeypatch):
    monkeypatch.setenv("DESKAPP_PASSPHRASE", PASSPHRASE)
    home = tmp_path / "home"

    ended = run("init", "--office", "阳光花园", "--desk", "desk-017", "--manager", "王敏")

    assert (ended.code, ended.out) == (0, "")
    assert str(home) in ended.err
    assert (home.stat().st_mode & 0o777, (home / "book.db").stat().st_mode & 0o777) == (0o700, 0o600)
    assert run("--as", "1", "add", "room", "code=9", "kind=home").number == "9"
    again = run("init", "--office", "阳光花园", "--desk", "desk-017", "--manager", "王敏")
    assert again.code == 1
    assert run("list", "room", "--where", "code=9").out.count("\n") == 2


@pytest.mark.usefixtures("_cheap")
def test_the_language_of_founding_is_the_offices(run: Run, monkeypatch):
    monkeypatch.setenv("DESKAPP_PASSPHRASE", PASSPHRASE)

    run("--lang", "en", "init", "--office", "Sunny", "--desk", "d1", "--manager", "Wang")

    assert "Registered" in run("forms", "order").out


@pytest.mark.parametrize(
    ("office", "desk", "manager", "passphrase", "code"),
    [
        ("a", "d", "m", "short", 1),
        ("a", "d", "m", "中文口令中文口令中文口令", 1),
        ("a", "../d", "m", PASSPHRASE, 2),
        ("a", "前台", "m", PASSPHRASE, 2),
        (" ", "d", "m", PASSPHRASE, 2),
        ("a", "d", "\u200b", PASSPHRASE, 2),
    ],
)
def test_nothing_is_founded_on_bad_words(run: Run, tmp_path, monkeypatch, office, desk, manager, passphrase, code):
    monkeypatch.setenv("DESKAPP_PASSPHRASE", passphrase)

    ended = run("init", "--office", office, "--desk", desk, "--manager", manager)

    assert (ended.code, ended.out) == (code, "")
    assert passphrase not in ended.err
    assert not (tmp_path / "home" / "book.db").exists()


# ---------------------------------------------------------------- add


def test_add_prints_the_number_alone(home, run: Run):
    ended = run("add", "order", *ORDER)

    assert re.fullmatch(r"WT[0-9]{8}-001\n", ended.out)
    assert ended.err == ""


def test_fields_may_go_by_their_labels(home, run: Run):
    number = run("add", "order", "房号=3.2.1502", "Item=13", "委托内容=马桶堵塞").number

    assert run("show", number, "--json").items[0]["content"] == "马桶堵塞"


TOMORROW = f"{datetime.now(CHINA) + timedelta(days=1):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("room=3-2-1502", "item=13", "nonesuch=1"), "nonesuch"),
        (("item=13", "content=x"), "房号"),
        (("room=9-9-9999", "item=13", "content=x"), "9-9-9999"),
        ((*ORDER, "charge=9"), "收费"),
        ((*ORDER, "phone=twelve"), "联系电话"),
        ((*ORDER, "source=WT20200101-001"), "WT20200101-001"),
        ((*ORDER, f"when={TOMORROW}"), "发生时间"),
        ((*ORDER, "when=soon"), "发生时间"),
        ((*ORDER, "for=nobody"), "nobody"),
        ((*ORDER, f"caller={'x' * 300}"), "顾客"),
    ],
)
def test_what_can_not_be_registered_is_refused_and_nothing_is_written(home, run: Run, words, says):
    ended = run("add", "order", *words)

    assert (ended.code, ended.out) == (1, "")
    assert says in ended.err
    assert run("list", "order", "--json").items == []


def test_a_role_that_may_not_register_is_refused(home, run: Run):
    ended = run("add", "staff", "code=5", "name=新人", "--as", CLERK)

    assert (ended.code, ended.out) == (1, "")


@pytest.mark.parametrize("staff", ["77", "9", ""])
def test_who_is_not_on_the_staff_or_has_no_passphrase_is_refused(home, run: Run, monkeypatch, staff):
    monkeypatch.setenv("DESKAPP_STAFF", staff)

    assert run("add", "order", *ORDER).code == (1 if staff else 2)


def test_what_the_manuals_forbid_is_refused_with_the_sentence_to_say(home, run: Run):
    ended = run("add", "custody", "room=3-2-1502", "depositor=曾女士", "cash=yes")

    office = open_office(home)
    say = office.book.form("custody").fields["cash"].say
    office.book.close()
    assert (ended.code, ended.out) == (1, "")
    assert say is not None
    assert say.zh in ended.err


# ---------------------------------------------------------------- step


def test_a_record_goes_its_way(run: Run, order):
    steps = (
        ("dispatch", "provider=21", "charge=free"),
        ("receive_slip", "slip=1"),
        ("arrive", "told=1"),
        ("done", "result=1", "as_ordered=1", "materials=1"),
        ("sign", "signed_by=1"),
        ("slip_back",),
    )
    for step, *answers in steps:
        ended = run("step", order, step, *answers)
        assert (ended.code, ended.out) == (0, ""), ended
        assert order in ended.err

    (item,) = run("show", order, "--json").items
    assert item["state"] == "closed"
    assert item["marks"] == ["signed", "slip_back"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("nonesuch",), "nonesuch"),
        (("arrive", "told=1"), "到达"),
        (("dispatch", "charge=free"), "师傅"),
        (("dispatch", "provider=99", "charge=free"), "99"),
        (("dispatch", "provider=21", "charge=free", "nonesuch=1"), "nonesuch"),
        (("dispatch", "provider=21", "charge=free", "when=2020-01-01 00:00"), "发生时间"),
        (("dispatch", "provider=21", "charge=free", f"when={TOMORROW}"), "发生时间"),
        (("dispatch", "provider=21", "charge=free", "appointment=2020-01-01 09:00"), "约定时间"),
        (("correct", "room=5-302"), "原因"),
        (("correct", "reason=x"), ""),
        (("correct", "nonesuch=1", "reason=x"), "nonesuch"),
        (("void",), "原因"),
        (("close", "reason=x"), "缺项办结"),
    ],
)
def test_a_step_that_is_not_possible_is_refused_and_nothing_is_written(home, run: Run, order, words, says):
    before = run("show", order, "--json").out

    ended = run("step", order, *words)

    assert (ended.code, ended.out) == (1, ""), ended
    assert says in ended.err
    assert run("show", order, "--json").out == before


def test_a_double_becomes_part_of_the_first(run: Run, order):
    """Its words go along; without `into` it is only void."""
    second = run("add", "order", *ORDER[:2], "content=水漫出来了").number
    assert run("step", second, "void", "reason=重复登记", f"into={second}").code == 1
    assert run("step", second, "void", "reason=重复登记", f"into={order}").code == 0
    assert "水漫出来了" in run("show", order).out
    assert order in run("show", second, "--json").out
    assert [one["number"] for one in run("list", "order", "--open", "--json").items] == [order]


def test_a_role_that_may_not_record_a_step_is_refused(run: Run, order):
    assert run("step", order, "waiver", "waiver=1", "reason=x", "--as", CLERK).code == 1
    assert run("step", order, "note", "remark=x", "--as", CLERK).code == 0


def test_somebody_else_can_not_take_a_step_back(run: Run, order):
    assert run("step", order, "undo", "--as", CLERK).code == 1
    assert run("step", order, "undo").code == 0
    assert run("show", order, "--json").items[0]["state"] == "void"


def test_a_step_may_say_when_and_for_whom(home, run: Run, order):
    run("step", order, "dispatch", "provider=21", "charge=free")

    assert run("step", order, "receive_slip", "slip=1", "when=now", "for=21").code == 0

    office = open_office(home)
    entry = view.timeline(office.book.read, view.record(office.book.read, order))[-1]
    office.book.close()
    assert (entry.by, entry.for_, bool(entry.when)) == ("staff-1", "provider-21", True)


# ---------------------------------------------------------------- passphrase


@pytest.mark.usefixtures("_cheap")
def test_a_manager_sets_somebodys_first_passphrase_who_then_sets_his_own(home, run: Run, monkeypatch):
    assert run("passphrase", "9", stdin="the first one 9\n").code == 0
    monkeypatch.setenv("DESKAPP_STAFF", "9")
    assert run("add", "order", *ORDER).code == 1
    monkeypatch.setenv("DESKAPP_PASSPHRASE", "the first one 9")
    assert run("add", "order", *ORDER).code == 0

    monkeypatch.delenv("DESKAPP_STAFF")
    assert run("passphrase", "9", stdin="his own, longer\n").code == 0
    assert run("add", "order", *ORDER, "--as", "9").code == 1
    monkeypatch.setenv("DESKAPP_PASSPHRASE", "his own, longer")
    monkeypatch.setattr(signin.time, "time", lambda: 4e9)  # past the wait after the failed try
    assert run("add", "order", *ORDER, "--as", "9").code == 0


@pytest.mark.usefixtures("_cheap")
@pytest.mark.parametrize(
    ("words", "stdin"),
    [
        (("9", "--as", CLERK), "the first one 9\n"),
        (("9",), "short\n"),
        (("9",), ""),
        (("77",), "the first one 9\n"),
    ],
)
def test_a_passphrase_that_may_not_be_set_is_not(home, run: Run, words, stdin):
    ended = run("passphrase", *words, stdin=stdin)

    assert (ended.code, ended.out) == (1, "")
    assert not stdin.strip() or stdin.strip() not in ended.err
    assert run("add", "order", *ORDER, "--as", "9").code == 1


def test_under_a_clock_that_went_back_nothing_is_written(home, run: Run, monkeypatch):
    """Nobody is there to be asked; what only reads goes on. Far ahead it is said, and written."""
    now = beijing_now()
    diary = ("add", "diary", "room=0", "item=45", "source=1", "handling=5", "content=x", "--lang", "en")
    for away, code, says in ((-2500, 1, "the last entry is of"), (0, 0, ""), (8, 0, "is the computer's clock right?")):
        moment = now + timedelta(days=away)
        monkeypatch.setattr(open_office, "__defaults__", (lambda at=moment: at,))
        assert run("list", "diary").code == 0
        ended = run(*diary)
        assert (ended.code, says in ended.err, bool(ended.err)) == (code, True, bool(says)), ended
