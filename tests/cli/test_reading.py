"""Commands that read: what they show, in which order, and what stays masked."""

from __future__ import annotations

import pytest

from deskapp.book import view
from deskapp.desk.office import open_office
from deskapp.resources import data_path
from deskapp.text import cells
from tests.cli.conftest import CLERK, Run

PERSONAL = ("曾丽", "13800131234")


def dispatched(run: Run, number: str) -> str:
    assert run("step", number, "dispatch", "provider=21", "charge=free").code == 0
    return number


# ---------------------------------------------------------------- show


def test_a_record_is_shown_with_its_clocks_and_what_was_done(run: Run, order):
    ended = run("show", dispatched(run, order))

    assert ended.err == ""
    first, *lines = ended.out.splitlines()
    assert first.split() == [order, "顾客委托服务单", "已派"]
    assert any(line.split() == ["房号", "3-2-1502"] for line in lines)
    assert any(line.split()[:2] == ["时限", "领单"] for line in lines)
    assert [line.split()[2] for line in lines if line.startswith("20")] == ["登记", "派单"]
    assert any("王强" in line for line in lines)


def test_a_number_may_be_typed_small(run: Run, order):
    assert run("show", f" {order.lower()} ", "--json").items[0]["number"] == order


def test_json_has_the_forms_keys_and_the_records_own(run: Run, order):
    (item,) = run("show", dispatched(run, order), "--json").items

    assert list(item)[:6] == ["number", "form", "state", "opened_at", "marks", "due"]
    assert (item["number"], item["form"], item["state"], item["marks"]) == (order, "order", "dispatched", [])
    assert item["opened_at"].endswith("+08:00")
    assert item["due"]["pickup"] > item["opened_at"]
    assert (item["room"], item["item"], item["provider"]) == ("3-2-1502", "item-13", "provider-21")
    assert (item["caller"], item["phone"]) == ("曾*", "138****1234")


def test_every_clock_reads_in_json_as_an_entry_writes_it(run: Run, order):
    dispatched(run, order)
    run("step", order, "receive_slip", "slip=1")

    assert run("show", order, "--json").items[0]["due"]["pickup"] == "kept"
    run("step", order, "wait", "pause_reason=1", "until=+300", "agreed=1")
    left = run("show", order, "--json").items[0]["due"]["arrival"]
    assert left.startswith("PT")
    assert left.endswith("S")


def test_no_field_of_a_shipped_form_is_lost_beside_the_records_own_keys(home):
    taken = {"number", "form", "state", "opened_at", "marks", "due"}
    office = open_office(home)
    office.book.close()
    names = [name for form in office.book.forms.values() for name in form.fields]

    assert not {f"{name}_" for name in taken} & set(names)


def test_what_was_corrected_and_taken_back_stays_readable(run: Run, order):
    assert run("step", order, "correct", "room=5-302", "reason=听错").code == 0
    assert run("step", order, "note", "remark=敲门轻点").code == 0
    assert run("step", order, "undo").code == 0

    lines = run("show", order).out.splitlines()

    assert any("更正" in line and "5-302" in line and "听错" in line for line in lines)
    assert any("追加说明" in line and "已撤回" in line and "敲门轻点" in line for line in lines)
    assert run("show", order, "--json").items[0]["room"] == "5-302"


def test_nothing_personal_is_printed_before_it_is_revealed(run: Run, order):
    for words in (("show", order), ("list", "order"), ("find", "3-2-1502"), ("board",), ("find", "曾丽")):
        for more in ((), ("--json",)):
            ended = run(*words, *more)
            assert order in ended.out
            assert not [secret for secret in PERSONAL if secret in ended.out + ended.err]


def test_a_reveal_shows_all_and_is_written_down_by_field_and_reason(home, run: Run, order):
    ended = run("show", order, "--reveal", "--reason", "回电", "--as", CLERK, "--json")

    assert (ended.items[0]["caller"], ended.items[0]["phone"]) == PERSONAL
    clear = run("show", order, "--reveal", "--reason", "回电").out
    assert all(secret in clear for secret in PERSONAL)
    office = open_office(home)
    entries = view.timeline(office.book.read, view.record(office.book.read, order))
    office.book.close()
    assert [entry.step for entry in entries] == ["register", "reveal", "reveal"]
    assert (entries[1].by, entries[1].data["reason"]) == ("staff-3", "回电")
    assert entries[1].data["revealed"] == "caller phone"
    assert not [secret for secret in PERSONAL if secret in str(entries[1].data)]


def test_a_reveal_without_a_passphrase_shows_nothing(run: Run, order, monkeypatch):
    monkeypatch.setenv("DESKAPP_PASSPHRASE", "quite another one")

    ended = run("show", order, "--reveal", "--reason", "x")

    assert (ended.code, ended.out) == (1, "")


# ---------------------------------------------------------------- list


@pytest.fixture
def orders(run: Run, order) -> list[str]:
    """Four orders, newest first; the second newest is dispatched, the oldest void."""
    numbers = [order, *(run("add", "order", f"room={room}", "item=13").number for room in ("5-302", "3-2-1503", "0"))]
    dispatched(run, numbers[2])
    assert run("step", order, "void", "reason=重复").code == 0
    return numbers[::-1]


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ((), [0, 1, 2, 3]),
        (("--open",), [0, 1, 2]),
        (("--where", "state=dispatched"), [1]),
        (("--where", "state=已派"), [1]),
        (("--where", "state=void"), [3]),
        (("--where", "room=5.302"), [2]),
        (("--where", "房号=5-302", "--where", "item=13"), [2]),
        (("--where", "room=5-302", "--where", "state=dispatched"), []),
        (("--where", "phone=138-0013-1234"), [3]),
        (("--where", "charge=1"), [1, 3]),
        (("--limit", "2"), [0, 1]),
        (("--limit", "2", "--before", "{1}"), [2, 3]),
        (("--before", "{3}"), []),
    ],
)
def test_a_list_holds_what_was_asked_for(run: Run, orders, words, kept):
    words = [word.format(*orders) for word in words]

    items = run("list", "order", *words, "--json").items
    lines = run("list", "order", *words).out.splitlines()

    assert [item["number"] for item in items] == [orders[i] for i in kept]
    assert [line.split()[0] for line in lines[1:]] == [orders[i] for i in kept]


def test_a_page_says_how_to_go_on(run: Run, orders):
    assert f"--before {orders[1]}" in run("list", "order", "--limit", "2").err
    assert f"--before {orders[1]}" in run("find", "马桶", "--limit", "2").err
    assert run("list", "order", "--limit", "4").err == ""


def test_columns_stand_below_one_another_by_cell_width(run: Run, orders):
    head, *lines = run("list", "order").out.splitlines()

    place = cells(head[: head.index("房号")])
    for line, room in zip(lines, ("0", "3-2-1503", "5-302", "3-2-1502"), strict=True):
        column = next(i for i in range(len(line)) if cells(line[:i]) == place)
        assert line[column:].startswith(("公共区域", room))


def test_how_often_a_step_was_recorded_is_a_column(home, run: Run):
    number = run("add", "mail", "room=3-2-1502", "waybill=SF1234567890", "carrier=1").number
    for _ in range(2):
        assert run("step", number, "notify").code == 0

    _, line = run("list", "mail").out.splitlines()

    assert line.split()[-2] == "2"


# ---------------------------------------------------------------- find


@pytest.mark.parametrize(
    "words",
    [("3-2-1502",), ("3-2-",), ("zl",), ("zengli",), ("1234",), ("马桶",), ("马桶", "3-"), ("today",), ("001",)],
)
def test_find_finds_as_the_screen_does(run: Run, order, words):
    ended = run("find", *words, "--json", "--lang", "en")

    assert order in [item["number"] for item in ended.items]


def test_find_that_finds_nothing_is_no_error(run: Run, order):
    ended = run("find", "没有这样的话")

    assert (ended.code, ended.out) == (0, "")
    assert ended.err.strip()


# ---------------------------------------------------------------- board


def test_the_board_holds_what_runs_then_what_is_open(run: Run, order):
    dispatched(run, order)
    diary = run("add", "diary", "room=0", "item=45", "source=1", "handling=5", "content=灯不亮").number

    lines = run("board").out.splitlines()

    numbers = [line.split() for line in lines if order in line or diary in line]
    assert order in numbers[0]
    assert diary in numbers[1]
    assert "王强" in numbers[0]
    assert "顾客委托服务单 1" in lines[-1]
    items = run("board", "--json").items
    assert [item["number"] for item in items] == [order, diary]
    assert (items[0]["clock"], items[0]["clock_due"], items[0]["late"]) == ("pickup", items[0]["due"]["pickup"], False)


def test_visitors_may_read_numbers_states_and_minutes_alone(run: Run, order):
    run("add", "diary", "room=0", "item=45", "source=1", "handling=5", "content=灯不亮")
    dispatched(run, order)

    ended = run("board", "--public")

    _, line = ended.out.splitlines()
    assert line.split()[-2:] == [order, "已派"]
    assert not [word for word in ("3-2-1502", "马桶", "王强", "灯不亮") if word in ended.out]
    (item,) = run("board", "--public", "--json").items
    assert set(item) == {"number", "form", "state", "clock", "clock_due", "late"}


def test_an_empty_board_prints_its_counts(home, run: Run):
    assert "顾客委托服务单 0" in run("board").out
    assert run("board", "--public").out == ""
    assert run("board", "--json").items == []


# ---------------------------------------------------------------- forms


@pytest.mark.slow
def test_the_forms_are_listed_and_explained(home, run: Run):
    names = [item["form"] for item in run("forms", "--json").items]
    assert [line.split()[0] for line in run("forms").out.splitlines()[1:]] == names
    assert {"order", "diary", "staff"} <= set(names)
    for name in names:
        out = run("forms", name).out
        (item,) = run("forms", name, "--json").items
        for field in item["fields"]:
            assert f"\n{field} " in out
        for step in item["steps"]:
            assert f"\n{step}  " in out
        assert all(choice in out for field in item["fields"].values() for choice in field["choices"])
        assert f"deskapp add {name}" in out


def test_a_form_is_explained_well_enough_to_write_add_from_it(run: Run, home):
    (item,) = run("forms", "room", "--json").items
    needed = [name for name, must in item["steps"]["register"]["asks"].items() if must == "needed"]
    example = {"code": "9-9-0909", "kind": next(iter(item["fields"]["kind"]["choices"]))}

    assert set(needed) <= set(example)
    assert run("add", "room", *(f"{name}={value}" for name, value in example.items())).number == "9-9-0909"


@pytest.mark.slow
def test_a_right_form_file_is_right(run: Run, home):
    for path in data_path("forms").glob("*.toml"):
        ended = run("forms", "--check", str(path))
        assert (ended.code, ended.err) == (0, ""), path.name
        assert path.stem in ended.out


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('form    = "order"', 'form = "other"', "form"),
        ("states  = [", "nonesuch = 1\nstates = [", "nonesuch"),
        ('type  = "phone"', 'type = "persona"', "persona"),
    ],
)
def test_a_wrong_form_file_is_refused_by_file_key_and_reason(run: Run, home, tmp_path, old, new, says):
    text = data_path("forms", "order.toml").read_text("utf-8")
    assert old in text
    (tmp_path / "order.toml").write_text(text.replace(old, new, 1), "utf-8")

    ended = run("forms", "--check", str(tmp_path / "order.toml"))

    assert (ended.code, ended.out) == (1, "")
    assert "order.toml" in ended.err
    assert says in ended.err


def test_a_form_that_was_used_needs_a_new_version(run: Run, home, tmp_path):
    file = tmp_path / "diary.toml"
    text = data_path("forms", "diary.toml").read_text("utf-8")
    file.write_text(text + "\n# changed\n", "utf-8")
    assert run("forms", "--check", str(file)).code == 0  # nothing was written on it yet

    assert run("add", "diary", "room=0", "item=45", "source=1", "handling=1", "content=x").code == 0
    refused = run("forms", "--check", str(file))
    assert refused.code == 1
    assert "diary.toml" in refused.err

    file.write_text(text.replace("version = 1", "version = 2"), "utf-8")
    assert run("forms", "--check", str(file)).code == 0


def test_a_form_that_breaks_another_is_refused(run: Run, home, tmp_path):
    text = data_path("forms", "item.toml").read_text("utf-8")
    (tmp_path / "item.toml").write_text(
        text.replace("[fields.urgency]", "[fields.haste]").replace("urgency =", "haste ="), "utf-8"
    )

    assert run("forms", "--check", str(tmp_path / "item.toml")).code == 1
