"""Whatever is written in a form file or typed as an answer: refused in words, or taken; never a traceback."""

from __future__ import annotations

import copy
import random
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from deskapp.errors import DeskError
from deskapp.forms.clocks import ClockState, Rules
from deskapp.forms.form import ROLES, VOID, Form
from deskapp.forms.load import FormError, _Reader
from deskapp.forms.steps import decide
from deskapp.forms.values import Context
from tests import support
from tests.support import NOW

ODD: list[Any] = [
    3, -1, 10**30, 1.5, float("nan"), True, False, "", "x", "open", "any", "void", "n", "reason", "30 min", "needed",
    "{n}", [], {}, [1], ["a"], ["open"], [["a"]], [{}], {"a": 1}, {"zh": "a", "en": "b"},
    date(2020, 1, 1), datetime(2020, 1, 1, tzinfo=UTC), time(10),
]  # fmt: skip
KEYS = [
    "length",
    "default",
    "min",
    "max",
    "refuses",
    "limit",
    "due",
    "to",
    "from",
    "tail",
    "personal",
    "of",
    "copies",
    "say",
]
TYPED: list[Any] = [
    "1", "2", "x", "", "-", "80", "22", "0900", "+30", "now", "3-2-1502", "21", "13800131234", "123X", "曾女士", "１２",
    "\ud800", "{", "{x}", "%s", 3, True, None, 1.5, datetime(2026, 11, 22, 1, tzinfo=UTC), date(2026, 1, 1), [], {},
]  # fmt: skip


def paths(data: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a form's data."""
    for key, value in data.items() if isinstance(data, dict) else enumerate(data):
        yield (*at, key)
        if isinstance(value, dict | list):
            yield from paths(value, (*at, key))


def spoil(data: Any, rng: random.Random) -> Any:
    """The data with one place removed, replaced or added to."""
    data = copy.deepcopy(data)
    *way, last = rng.choice(list(paths(data)))
    at = data
    for key in way:
        at = at[key]
    match rng.randrange(4):
        case 0:
            del at[last]
        case 1 if isinstance(at, dict):
            at[rng.choice(KEYS)] = rng.choice(ODD)
        case _:
            at[last] = rng.choice(ODD)
    return data


def answer_anyhow(form: Form, rng: random.Random) -> None:
    """Decide a random step with random answers."""
    step = form.steps[rng.choice(list(form.steps))]
    given = support.answers(form, step, NOW, rng, lambda of: ["3-2-1502"] if of == "room" else ["staff-1"])
    for name in rng.sample([*step.asks, "when", "for"], rng.randrange(3)):
        given[name] = rng.choice(TYPED)
    stub = Stub(rng.choice((*form.states, VOID)), frozenset(m for m in form.marks if rng.random() < 0.5), form)
    ctx = Context(NOW, "staff-1", lambda of, number: {"state": "active"}, support.forms())
    try:
        decide(form, step.name, given, None if step.name == "register" else stub, ctx, Rules(), frozenset(ROLES))
    except DeskError as error:
        assert str(error)  # noqa: PT017


class Stub:
    """A record as it stands."""

    number, opened, fields = "X-1", NOW, dict[str, Any]()

    def __init__(self, state: str, marks: frozenset[str], form: Form) -> None:
        self.state, self.marks = state, marks
        self.clocks = {name: ClockState("running", NOW, None, NOW) for name in form.clocks}


@pytest.mark.parametrize("name", sorted(support.forms()))
def test_spoiled_forms(name: str) -> None:
    """A form with one thing wrong is refused as a form, or can be worked with."""
    rng, data = random.Random(name), tomllib.loads(support.forms()[name].text)
    taken = 0
    for _ in range(150):
        try:
            form = _Reader(spoil(data, rng), "", f"{name}.toml").form()
        except FormError:
            continue
        taken += 1
        for _ in range(4):
            answer_anyhow(form, rng)
    assert 0 < taken < 150


@pytest.mark.parametrize("name", sorted(support.forms()))
def test_any_answers(name: str) -> None:
    """Any answers to any step of a real form."""
    rng = random.Random(name)
    for _ in range(300):
        answer_anyhow(support.forms()[name], rng)
