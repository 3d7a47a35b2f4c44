"""Every step of every form, from every state, by every role: allowed and decided, or refused and nothing changed."""

from __future__ import annotations

import contextlib
import copy
import random
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from deskapp.errors import DeskError, Refused
from deskapp.forms.clocks import ClockState, Rules, read_left
from deskapp.forms.form import BUILT_IN_STEPS, ROLES, VOID, Form
from deskapp.forms.load import parse_form
from deskapp.forms.steps import Decision, NotAllowed, WrongState, decide
from deskapp.forms.values import Context, Fields, Missing, Value, WrongAnswer
from tests import support
from tests.support import NOW

EVERYBODY = frozenset(ROLES)
WORLD: dict[str, dict[str, dict[str, Value]]] = {
    "room": {"3-2-1502": {"code": "3-2-1502", "kind": "home"}},
    "staff": {"staff-1": {"name": "陈建国", "state": "active"}, "staff-3": {"name": "李敏", "state": "active"}},
    "provider": {"provider-21": {"name": "王强", "plumbing": True, "state": "active"}},
    "item": {
        "item-13": {"name": "马桶堵塞", "text": "马桶堵塞", "urgency": "urgent", "trade": "plumbing", "charge": "free"}
    },
    "price": {"price-13": {"name": "换水龙头", "amount": "40.00", "board": "1"}},
    "customer": {"customer-00001": {"room": "3-2-1502", "name": "曾女士", "phone": "13800131234"}},
    "mail": {"YJ20261122-001": {"room": "3-2-1502", "state": "held"}},
}


def find(form: str, number: str) -> Fields | None:
    return WORLD.get(form, {}).get(number)


CTX = Context(NOW, "staff-1", find, support.forms())


@dataclass(frozen=True)
class Stub:
    """A record as it stands, without a book."""

    state: str
    marks: frozenset[str] = frozenset()
    fields: Mapping[str, Value] = field(default_factory=dict)
    clocks: Mapping[str, ClockState] = field(default_factory=dict)
    number: str = "X-1"
    opened: datetime = NOW - timedelta(hours=2)


def running(form: Form) -> dict[str, ClockState]:
    started, due = NOW - timedelta(hours=1), NOW + timedelta(hours=1)
    return {name: ClockState("running", due, None, started) for name in form.clocks}


def good(form: Form, step: str, rng: random.Random) -> dict[str, object]:
    given = support.answers(form, form.steps[step], NOW, rng, lambda of: sorted(WORLD.get(of, ())), every=True)
    return support.fitting(given, CTX.me)


def subsets(form: Form) -> Iterator[frozenset[str]]:
    """No mark, each one, all but each, all."""
    every = frozenset(form.marks)
    yield from dict.fromkeys(
        [frozenset[str](), *(frozenset({m}) for m in form.marks), *(every - {m} for m in form.marks), every]
    )


def may(raw: dict[str, Any], form: Form, step: str, state: str, marks: frozenset[str], role: str) -> bool:
    """Whether the form's own TOML allows it, read again without the loader."""
    register = raw["steps"]["register"]
    table = raw["steps"].get(step, {})
    who = table.get("who") or ([*register["who"], "manager"] if step != "reveal" else ROLES)
    if role not in who:
        return False
    if step in BUILT_IN_STEPS:
        return step != "undo" and (state != VOID or step == "reveal")
    if step == "register":
        return False
    ends = {*raw.get("ends", ()), VOID}
    match table["from"]:
        case "any":
            here = state != VOID
        case "open":
            here = state not in ends
        case names:
            here = state in names
    needs = table.get("needs", [])
    return here and {needs} <= marks if isinstance(needs, str) else here and set(needs) <= marks


def check_decision(form: Form, step: str, before: Stub, decision: Decision) -> None:
    """A decision speaks only of what the form has."""
    assert decision.state in {*form.states, VOID}
    assert decision.ended == (decision.state in form.ends)
    after = before.marks if decision.marks is None else decision.marks
    assert after <= set(form.marks)
    asked = (form.fields[name].choice(decision.data.get(name)) for name in form.steps[step].asks)
    chosen = {choice.sets for choice in asked if choice and choice.sets}
    assert after == before.marks - form.steps[step].clears | form.steps[step].sets | chosen
    assert set(decision.data) <= set(form.fields)
    for clock, due in decision.due.items():
        assert clock in form.clocks
        match due:
            case None | "kept" | "late":
                pass
            case str() if due.startswith(("P", "-P")):
                read_left(due)
            case _:
                assert datetime.fromisoformat(due).utcoffset() == timedelta(hours=8)
                assert not decision.ended


@pytest.mark.parametrize("name", sorted(support.forms()))
def test_walk(name: str) -> None:
    """form x state x marks x step x role: allowed exactly where the TOML says so (design: a form)."""
    form, rng = support.forms()[name], random.Random(name)
    raw = tomllib.loads(form.text)
    decided = set[str]()
    for state in {*form.states, VOID}:
        for marks in subsets(form):
            stub = Stub(state, marks, {"charge": "free"} if "charge" in form.fields else {}, running(form))
            before = copy.deepcopy(stub)
            for step in form.steps:
                if step == "register":
                    continue
                given = good(form, step, rng)
                for role in ROLES:
                    allowed = may(raw, form, step, state, marks, role)
                    try:
                        decision = decide(form, step, given, stub, CTX, Rules(), frozenset({role}))
                    except (NotAllowed, WrongState):
                        assert not allowed, (state, marks, step, role)
                    except DeskError:
                        assert allowed
                        assert form.steps[step].checks
                    else:
                        decided.add(step)
                        assert allowed, (state, marks, step, role)
                        check_decision(form, step, stub, decision)
                    allowed_now = {s.name for s in form.allowed(state, marks, {role})}
                    assert (step in allowed_now) == allowed, (state, marks, step, role)
            assert stub == before
    assert decided == set(form.steps) - {"register", "undo"}


def registered(form: Form, role: str, rng: random.Random) -> tuple[dict[str, object], Decision]:
    """Answers that go together, and what they decide: drawn anew as long as a check refuses them."""
    for _ in range(99):
        given = good(form, "register", rng)
        with contextlib.suppress(DeskError):
            return given, decide(form, "register", given, None, CTX, Rules(), frozenset({role}))
        assert form.steps["register"].checks
    raise AssertionError(form.name)


@pytest.mark.parametrize("name", sorted(support.forms()))
def test_register_walk(name: str) -> None:
    """Who may register, and nobody else; it begins in the first state or where a choice sends it."""
    form, rng = support.forms()[name], random.Random(name)
    who = set(tomllib.loads(form.text)["steps"]["register"]["who"])
    for role in ROLES:
        given = good(form, "register", rng)
        if role not in who:
            with pytest.raises(NotAllowed):
                decide(form, "register", given, None, CTX, Rules(), frozenset({role}))
            continue
        given, decision = registered(form, role, rng)
        check_decision(form, "register", Stub(form.states[0]), decision)
        sent = {c.to for f in form.fields.values() for c in f.choices if c.to and f.name in given}
        assert decision.state in {form.states[0], *sent}


@pytest.mark.parametrize("name", sorted(support.forms()))
def test_needed_answers(name: str) -> None:
    """Each needed answer, left out, is missed by name, unless a default or copy gives it; unknown ones are refused."""
    form, rng = support.forms()[name], random.Random(name)
    for step in form.steps.values():
        if step.name == "undo":
            continue
        stub = None if step.name == "register" else Stub(step.from_[0], frozenset(form.marks), {"charge": "free"})
        given = good(form, step.name, rng)
        for asked, needed in step.asks.items():
            copied = {mine for other in step.asks for mine in form.fields[other].copies}
            if not needed or form.fields[asked].default is not None or asked in copied:
                continue
            less = {k: v for k, v in given.items() if k != asked}
            with pytest.raises(Missing) as caught:
                decide(form, step.name, less, stub, CTX, Rules(), EVERYBODY)
            assert caught.value.field == asked
        with pytest.raises(DeskError, match="no field nosuch here"):
            decide(form, step.name, given | {"nosuch": "1"}, stub, CTX, Rules(), EVERYBODY)


@pytest.mark.parametrize("name", sorted(support.forms()))
def test_forbidden_answers(name: str) -> None:
    """What a form refuses is refused in every step that asks it, with the sentence to say (R91)."""
    form, rng = support.forms()[name], random.Random(name)
    for step in form.steps.values():
        for asked in step.asks:
            if (bad := form.fields[asked].refuses) is None:
                continue
            stub = None if step.name == "register" else Stub(step.from_[0], frozenset(form.marks))
            with pytest.raises(Refused) as caught:
                decide(form, step.name, good(form, step.name, rng) | {asked: bad}, stub, CTX, Rules(), EVERYBODY)
            assert caught.value.say.zh


def test_custody_refuses() -> None:
    """The real custody form forbids cash and valuables, and wants the declaration signed (R91)."""
    refusals = {f.name: f.refuses for f in support.forms()["custody"].fields.values() if f.refuses is not None}
    assert refusals == {"cash": True, "valuables": True, "declared": False}
    # fees in cash are another matter (warning 5)
    assert not [f for f in support.forms()["order"].fields.values() if f.refuses is not None]


SMALL = parse_form(
    """
form = "small"
code = "x"
version = 1
title = { zh = "小", en = "Small" }
number = "S{n}"
states = ["open", "done", "shut"]
ends = ["shut"]
marks = ["a", "b"]
closes = { from = ["done"], to = "shut", marks = ["a", "b"], unless = { b = { grave = ["no", "never"] } } }
[labels]
open = { zh = "开", en = "o" }
done = { zh = "完", en = "d" }
shut = { zh = "结", en = "s" }
a = { zh = "甲", en = "a" }
b = { zh = "乙", en = "b" }
[fields.grave]
type = "choice"
label = { zh = "重", en = "Grave" }
choices = [
  { code = "yes", zh = "是", en = "y" },
  { code = "no", zh = "否", en = "n" },
  { code = "never", zh = "绝", en = "e" },
]
[fields.until]
type = "moment"
label = { zh = "到", en = "Until" }
[fields.day]
type = "day"
tense = "future"
label = { zh = "日", en = "Day" }
[fields.why]
type = "note"
label = { zh = "因", en = "Why" }
[fields.text]
type = "text"
label = { zh = "文", en = "Text" }
[steps.register]
label = { zh = "登", en = "r" }
who = ["reception"]
asks = { grave = "needed", until = "optional", day = "optional", text = "optional" }
[steps.finish]
label = { zh = "完", en = "f" }
from = ["open"]
to = "done"
who = ["reception"]
asks = { why = "optional" }
[steps.back]
label = { zh = "回", en = "b" }
from = ["done"]
to = "open"
who = ["reception"]
[steps.set_a]
label = { zh = "甲", en = "a" }
from = "open"
who = ["reception"]
sets = "a"
[steps.set_b]
label = { zh = "乙", en = "b" }
from = "open"
who = ["reception"]
sets = "b"
[steps.drop]
label = { zh = "停", en = "d" }
from = "open"
who = ["reception"]
clears = ["a", "b"]
[steps.again]
label = { zh = "再", en = "g" }
from = "open"
who = ["reception"]
asks = { until = "needed" }
[steps.hold]
label = { zh = "停", en = "h" }
from = "open"
who = ["reception"]
[steps.go]
label = { zh = "走", en = "g" }
from = "open"
who = ["reception"]
[clocks.grave]
label = { zh = "重", en = "g" }
starts = ["register"]
stops = ["finish"]
pauses = ["hold"]
resumes = ["go"]
drops = ["drop"]
limit = "7 working days"
when = { grave = "yes" }
late_asks = "why"
[clocks.light]
label = { zh = "轻", en = "l" }
starts = ["register"]
stops = ["finish"]
limit = "24 h"
when = { grave = ["no", "never"] }
unless = "until"
[clocks.until]
label = { zh = "到", en = "u" }
starts = ["register", "again"]
stops = ["finish"]
due = "until"
[clocks.day]
label = { zh = "日", en = "d" }
starts = ["register"]
due = "day"
[clocks.named]
label = { zh = "名", en = "n" }
starts = ["register"]
stops = ["finish"]
setting = "nightly"
""",
    "small.toml",
)
RULES = Rules(limits={"other": "10 min"})


def small(
    step: str, stub: Stub | None = None, /, ctx: Context = CTX, rules: Rules = RULES, **answers: object
) -> Decision:
    return decide(SMALL, step, answers, stub, ctx, rules, frozenset({"reception"}))


def later(**span: float) -> Context:
    return replace(CTX, now=NOW + timedelta(**span))


def live(due: timedelta, state: str = "running", left: timedelta | None = None) -> ClockState:
    return ClockState(state, None if left is not None else NOW + due, left, NOW)


def test_when_starts_one_of_two() -> None:
    """Severity decides which deadline runs, and nothing else does (R114, R115, warning 1)."""
    assert small("register", grave="yes").due == {"grave": "2026-12-01T18:00:00+08:00"}
    assert small("register", grave="no").due == {"light": "2026-11-23T03:15:00+08:00"}
    assert small("register", grave="never").due == {"light": "2026-11-23T03:15:00+08:00"}


def test_correcting_the_severity() -> None:
    """A field that a clock goes by, corrected, drops the one deadline and starts the other from the opening."""
    stub = Stub("open", fields={"grave": "no"}, clocks={"light": live(timedelta(hours=24))}, opened=NOW)
    decision = small("correct", stub, later(hours=5), grave="yes", reason="听错")
    assert decision.due == {"light": None, "grave": "2026-12-01T18:00:00+08:00"}
    back = Stub("open", fields={"grave": "yes"}, opened=NOW,
                clocks={"light": live(timedelta(hours=24), "dropped"), "grave": live(timedelta(days=9))})  # fmt: skip
    assert small("correct", back, later(hours=6), grave="no", reason="听错").due == {
        "light": "2026-11-23T03:15:00+08:00", "grave": None,
    }  # fmt: skip
    assert small("correct", stub, text="x", reason="补").due == {}


def test_unless() -> None:
    """A clock does not start while the field that replaces it has a value."""
    assert small("register", grave="no", until="+60").due == {"until": "2026-11-22T04:15:00+08:00"}
    stub = Stub("open", fields={"grave": "no"}, clocks={"light": live(timedelta(hours=24))})
    assert small("correct", stub, until="+60", reason="约").due == {"light": None, "until": "2026-11-22T04:15:00+08:00"}


def test_correcting_a_due() -> None:
    """The due moves in the same entry; emptied, the clock is dropped; a clock that stopped stays stopped."""
    stub = Stub(
        "open",
        fields={"grave": "yes", "until": "2026-11-22T04:15:00+08:00"},
        clocks={"until": live(timedelta(hours=1))},
    )
    assert small("correct", stub, until="9", reason="改").due == {"until": "2026-11-22T09:00:00+08:00"}
    assert small("correct", stub, until="-", reason="不约了").due == {"until": None}
    kept = replace(stub, clocks={"until": ClockState("kept", NOW, None, NOW, NOW)})
    assert small("correct", kept, until="9", reason="改").due == {}


def test_day_is_due_at_its_end() -> None:
    """A day is kept until its last second."""
    assert small("register", grave="yes", day="0").due["day"] == "2026-11-22T23:59:59+08:00"


def test_limit_by_name() -> None:
    """A limit the office has not set holds nobody; one it has set does."""
    assert "named" not in small("register", grave="yes").due
    rules = Rules(limits={"nightly": "10 min"})
    assert small("register", rules=rules, grave="yes").due["named"] == "2026-11-22T03:25:00+08:00"


@pytest.mark.parametrize(
    ("clock", "verdict"),
    [
        (live(timedelta(minutes=30)), "kept"),
        (live(timedelta()), "kept"),
        (live(timedelta(seconds=-1)), "late"),
        # a paused clock is judged by what was left, not by the clock on the wall
        (live(timedelta(), "paused", timedelta(minutes=5)), "kept"),
        (live(timedelta(), "paused", timedelta(seconds=-1)), "late"),
        (ClockState("paused", NOW - timedelta(days=1), timedelta(minutes=5), NOW), "kept"),
    ],
)
def test_verdict(clock: ClockState, verdict: str) -> None:
    """Kept up to the very second, late after it; a late one asks why."""
    stub = Stub("open", fields={"grave": "yes"}, clocks={"grave": clock})
    if verdict == "late":
        with pytest.raises(Missing) as caught:
            small("finish", stub)
        assert caught.value.field == "why"
    assert small("finish", stub, why="人手不足").due == {"grave": verdict}


def test_pause_and_resume() -> None:
    """Office time left at the pause is what runs on after the resume (design: clocks)."""
    noon = later(days=1, hours=9)  # Monday 12:15
    stub = Stub("open", fields={"grave": "yes"}, clocks={"grave": live(timedelta(days=2, hours=6, minutes=45))})
    paused = small("hold", stub, noon)
    assert paused.due == {"grave": "PT24300S"}  # 5 h 45 of Monday, 1 h of Tuesday
    held = replace(stub, clocks={"grave": ClockState("paused", None, read_left("PT24300S"), NOW)})
    friday = later(days=5, hours=13, minutes=45)  # 17:00
    assert small("go", held, friday).due == {"grave": "2026-11-30T14:45:00+08:00"}
    assert small("hold", held, noon).due == {}
    assert small("go", stub, noon).due == {}
    assert small("drop", held, noon).due == {"grave": None}


@pytest.mark.parametrize("order", list(permutations(["finish", "set_a", "set_b"])))
def test_marks_in_any_order_close(order: tuple[str, ...]) -> None:
    """Signature, slip and money come as they come; the last of them closes, not one sooner (R35, R36, R53)."""
    stub = Stub("open", fields={"grave": "yes"})
    for step in order:
        assert stub.state != "shut"
        decision = small(step, stub)
        stub = replace(stub, state=decision.state, marks=stub.marks if decision.marks is None else decision.marks)
    assert stub.state == "shut"
    assert decision.ended


def test_unneeded_mark() -> None:
    """A mark that the record's own answers make needless is not waited for."""
    for grave, state in (("yes", "done"), ("no", "shut"), ("never", "shut")):
        stub = Stub("open", frozenset({"a"}), {"grave": grave})
        assert small("finish", stub).state == state
    # and a correction that makes it needless closes
    assert small("correct", Stub("done", frozenset({"a"}), {"grave": "yes"}), grave="no", reason="错").state == "shut"


def test_end_drops_clocks() -> None:
    """A record that ends drops what runs, and judges what the ending step stops."""
    clocks = {"grave": live(timedelta(hours=1)), "until": live(timedelta(hours=1), "paused", timedelta(1)),
              "day": live(timedelta(hours=-1)), "light": live(timedelta(), "kept")}  # fmt: skip
    stub = Stub("open", frozenset({"a", "b"}), {"grave": "yes"}, clocks)
    assert small("finish", stub).due == {"grave": "kept", "until": "kept", "day": None}
    assert small("void", stub, ctx=CTX, reason="错登").due == {"grave": None, "until": None, "day": None}
    assert small("void", stub, reason="错登").state == VOID


@pytest.mark.parametrize(
    ("when", "reason"),
    [("+5", "not understood"), ("2026-11-22 03:16", "to come"), ("2026-11-22 01:14", "before X-1 was")],
)
def test_when_it_happened(when: str, reason: str) -> None:
    """Never to come, never before the record opened (design: a form)."""
    with pytest.raises(WrongAnswer, match=reason):
        small("set_a", Stub("open"), when=when)
    assert small("set_a", Stub("open"), when="0120").when == NOW - timedelta(minutes=115)


def test_told_before_the_clock_began() -> None:
    """Nobody arrives before the slip was taken; but a PC clock set back holds nobody up (P14)."""
    stub = Stub(
        "open", fields={"grave": "yes"}, clocks={"grave": live(timedelta(hours=1))}, opened=NOW - timedelta(hours=2)
    )
    with pytest.raises(WrongAnswer, match="before the clock began"):
        small("finish", stub, later(minutes=10), when="0310")
    assert small("finish", stub, later(minutes=10), when="0320").due == {"grave": "kept"}
    assert small("finish", stub, later(hours=-1)).due == {"grave": "kept"}


def test_what_happened_is_judged_by_when() -> None:
    """A step typed late is judged, and starts clocks, by when it happened."""
    stub = Stub("open", fields={"grave": "yes"}, clocks={"grave": live(timedelta(minutes=30))})
    assert small("finish", stub, later(hours=2), when="0340").due == {"grave": "kept"}
    assert small("register", ctx=later(hours=2), grave="no", when="0315").due == {"light": "2026-11-23T03:15:00+08:00"}


def test_for_whom() -> None:
    """A step may be recorded for a provider or a colleague, by number; for nobody else."""
    assert small("set_a", Stub("open"), **{"for": "21"}).for_ == "provider-21"
    assert small("set_a", Stub("open"), **{"for": "3"}).for_ == "staff-3"
    with pytest.raises(WrongAnswer):
        small("set_a", Stub("open"), **{"for": "曾女士"})


def test_correct() -> None:
    """New values with a reason; `-` empties what register does not need; nothing else is taken."""
    stub = Stub("open", fields={"grave": "yes", "text": "旧"})
    assert small("correct", stub, text="新", reason="错字").data == {"text": "新", "reason": "错字"}
    assert small("correct", stub, text="-", reason="不要").data == {"text": None, "reason": "不要"}
    assert small("correct", stub, text="－", reason="不要").data == {"text": None, "reason": "不要"}
    with pytest.raises(Missing):
        small("correct", stub, text="新")
    with pytest.raises(DeskError, match="nothing to correct"):
        small("correct", stub, reason="想想")
    with pytest.raises(WrongAnswer):
        small("correct", stub, grave="-", reason="不要")
    with pytest.raises(DeskError, match="no field nosuch"):
        small("correct", stub, nosuch="-", reason="不要")
    room = support.forms()["room"]
    with pytest.raises(DeskError, match="no field code here"):
        decide(
            room, "correct", {"code": "9", "reason": "错"}, Stub("active", fields={"code": "8"}), CTX, RULES, EVERYBODY
        )


ORDER = support.forms()["order"]


def test_copies() -> None:
    """What is not answered comes from what is named, and on from what that names; an answer goes before it."""
    given = {"room": "3-2-1502", "item": "13"}
    data = decide(ORDER, "register", given, None, CTX, RULES, EVERYBODY).data
    assert data["content"] == "马桶堵塞"
    assert data["urgency"] == "urgent"
    data = decide(ORDER, "register", given | {"content": "二楼马桶"}, None, CTX, RULES, EVERYBODY).data
    assert data["content"] == "二楼马桶"


def test_corrected_reference() -> None:
    """What was copied goes along with a corrected reference; what somebody typed himself stays."""
    world = copy.deepcopy(WORLD)
    world["item"]["item-11"] = {"name": "爆管漏水", "text": "水管爆裂漏水", "urgency": "emergency", "trade": "plumbing"}
    ctx = replace(CTX, find=lambda form, number: world.get(form, {}).get(number))
    fields: dict[str, Value] = {"item": "item-13", "content": "马桶堵塞", "urgency": "urgent"}

    def corrected(fields: dict[str, Value]) -> Mapping[str, object]:
        return decide(
            ORDER, "correct", {"item": "11", "reason": "错"}, Stub("registered", fields=fields), ctx, RULES, EVERYBODY
        ).data

    assert corrected(fields)["content"] == "水管爆裂漏水"
    assert corrected(fields)["urgency"] == "emergency"
    assert "content" not in corrected(fields | {"content": "二楼卫生间马桶堵塞"})
    assert "urgency" not in corrected(fields | {"urgency": "normal"})


def test_void_is_told_in_both_languages() -> None:
    """A step on a void record is refused by a word of the office's language."""
    with pytest.raises(WrongState) as caught:
        small("finish", Stub(VOID))
    assert caught.value.values["state"].zh == "作废"


def test_unknown_step() -> None:
    """A step the form has not is refused by name."""
    with pytest.raises(DeskError, match="small has no step fly"):
        small("fly", Stub("open"))
