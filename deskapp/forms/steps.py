"""Who may do what, when, and what it decides: the whole life of a record, with no file and no clock.

`decide` either refuses, changing nothing, or says everything that the entry will hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from deskapp.errors import DeskError
from deskapp.forms import giving
from deskapp.forms.checks import CHECKS, Situation
from deskapp.forms.clocks import ClockState, Rules
from deskapp.forms.form import INTO, RESERVED, VOID, Choice, Field, Form, Label, Step, word
from deskapp.forms.timing import WHEN, Timing
from deskapp.forms.values import Context, Fields, Value, WrongAnswer, parse, read_code, stamp
from deskapp.forms.values import Missing as Missing  # noqa: PLC0414 - named by others as what `decide` raises
from deskapp.text import fold

FOR = Field("for", "record", word("for"), of=("provider", "staff"))
"""For whom a step is written down: an answer that every step takes, as when it happened."""
_EMPTY = "-"
"""What a correction says to empty a field."""


class Standing(Protocol):
    """A record as it stands, as far as the next step depends on it."""

    @property
    def number(self) -> str:
        """The record's human number."""
        ...

    @property
    def state(self) -> str:
        """Its state."""
        ...

    @property
    def marks(self) -> frozenset[str]:
        """The marks set."""
        ...

    @property
    def fields(self) -> Fields:
        """Its field values."""
        ...

    @property
    def clocks(self) -> Mapping[str, ClockState]:
        """Its clocks."""
        ...

    @property
    def opened(self) -> datetime:
        """When it opened."""
        ...


@dataclass(frozen=True, slots=True)
class Decision:
    """What a step decided: everything the entry writes down."""

    state: str
    ended: bool
    marks: frozenset[str] | None
    """The record's marks after the step; None where it changed none."""
    due: Mapping[str, str | None] = field(default_factory=dict)
    """Clock -> a moment (running), a duration (paused), kept, late, or None (dropped)."""
    data: Mapping[str, Value | None] = field(default_factory=dict)
    when: datetime | None = None
    for_: str | None = None


class NotAllowed(DeskError):
    """The person's roles don't allow the step."""


class WrongState(DeskError):
    """The record's state or marks don't allow the step."""


def decide(
    form: Form, step_name: str, answers: Mapping[str, object], record: Standing | None, ctx: Context,
    rules: Rules, roles: frozenset[str],
) -> Decision:  # fmt: skip
    """What this step, with these answers, by somebody with these roles, decides now.

    Raises NotAllowed, WrongState, WrongAnswer, Missing, Refused or a check's DeskError.
    """
    step = find_step(form, step_name)
    may_record(form, step, record, roles)
    if ctx.now is None:
        raise ValueError("a step is decided at a moment")
    when = _when(answers, record, ctx)
    if step.name == "correct" and record:
        data = _correction(form, answers, record, ctx)
    else:
        data = _answers(form, step, answers, ctx, record.fields if record else {})
    values = {key: value for key, value in {**(record.fields if record else {}), **data}.items() if value is not None}
    before = record.marks if record else frozenset[str]()
    given = {key: value for key, value in data.items() if value is not None}
    _used_once(form, given, record, ctx)
    giving.check(form, given, record.fields if record else {}, ctx)
    if record and INTO in given:
        _merging(form, record, str(given[INTO]), ctx)
    asked = [*step.asks, *(form.corrects.asks if form.corrects and step.name == "correct" else ())]
    chosen = [choice for name in asked if (choice := form.fields[name].choice(given.get(name)))]
    marks = before - step.clears | step.sets | {choice.sets for choice in chosen if choice.sets}
    situation = Situation(form, step, values, given, before, ctx.me or "", ctx)
    for check in step.checks:
        CHECKS[check](situation)
    state = _state(form, step, chosen, record, marks, values)
    ended = state in form.ends
    if step.name == "register" and not ended:
        data |= giving.give(form, given, ctx)
    timing = Timing(
        form, step.name, data, values, record.clocks if record else {}, record.opened if record else None,
        when or ctx.now, when is not None, rules,
    )  # fmt: skip
    due = timing.changes(ended=ended)
    for_ = parse(FOR, answers.get("for"), ctx)
    return Decision(state, ended, marks if marks != before else None, due, data, when, str(for_) if for_ else None)


def find_step(form: Form, name: str) -> Step:
    """The form's step of that name; raises DeskError."""
    if name not in form.steps:
        known = " ".join(form.steps)
        raise DeskError("{form} has no step {step}", "its steps: {known}", form=form.name, step=name[:40], known=known)
    return form.steps[name]


def check_role(step: Step, roles: frozenset[str]) -> None:
    """Refuse a step that these roles do not allow."""
    if not step.who & roles:
        raise NotAllowed("{step}: your role may not record this", "it is for: {who}",
                         step=step.label, who=" ".join(sorted(step.who)))  # fmt: skip


def may_record(form: Form, step: Step, record: Standing | None, roles: frozenset[str]) -> None:
    """Refuse a step that these roles or the record's state or marks do not allow."""
    check_role(step, roles)
    if record is None:
        return
    if record.state not in step.from_:
        steps = [one.label for one in form.allowed(record.state, record.marks, roles)]
        possible = Label(" ".join(one.zh for one in steps), " ".join(f"[{one.en}]" for one in steps)) if steps else "-"
        raise WrongState("{number} is {state}: {step} is not possible now", "possible now: {possible}",
                         number=record.number, state=form.labels.get(record.state) or word(VOID), step=step.label,
                         possible=possible)  # fmt: skip
    if missing := step.needs - record.marks:
        raise WrongState("{number}: {step} needs {mark} first", number=record.number, step=step.label,
                         mark=form.labels[min(missing)])  # fmt: skip


def _when(answers: Mapping[str, object], record: Standing | None, ctx: Context) -> datetime | None:
    """When it really happened: never to come, never before the record opened."""
    raw = parse(WHEN, answers.get("when"), ctx)
    if raw is None:
        return None
    when = datetime.fromisoformat(str(raw))
    if record and when < record.opened:
        raise WrongAnswer(WHEN, "{label}: before {number} was opened ({opened})", number=record.number,
                          opened=stamp(record.opened)[:16].replace("T", " "))  # fmt: skip
    return when


def _answers(
    form: Form, step: Step, answers: Mapping[str, object], ctx: Context, stands: Fields
) -> dict[str, Value | None]:  # fmt: skip
    """The step's answers read, with copies and defaults; refuses unknown and missing ones.

    A default says nothing new about an optional field that stands already.
    """
    for name in answers:
        if name not in step.asks and name not in RESERVED:
            raise _unknown(form, name, step.asks)
    data: dict[str, Value | None] = {}
    code = form.number_field
    for name in step.asks:
        if name in answers and (value := parse(form.fields[name], answers[name], ctx)) is not None:
            data[name] = read_code(form.fields[name], value) if name == code else value
    for name in tuple(data):
        _copy(form, name, data, ctx)
    for name, needed in step.asks.items():
        if name in data:
            continue
        asked = form.fields[name]
        speaks = needed or name not in stands
        if speaks and (value := parse(asked, asked.default, ctx)) is not None:
            data[name] = value
            _copy(form, name, data, ctx)
        elif needed:
            raise Missing(asked)
    return data | {name: None for name in step.empties if name in stands}


def _used_once(form: Form, given: Fields, record: Standing | None, ctx: Context) -> None:
    """Refuse a value that another record holds, where each is used only once (receipts)."""
    for name, value in given.items():
        asked = form.fields[name]
        holder = ctx.holder(name, str(value)) if asked.unique else None
        if holder and holder != (record.number if record else None):
            raise WrongAnswer(asked, "{label}: {value} is used already, in {number}",
                              "each is used once, a void one too", value=value, number=holder)  # fmt: skip


def _merging(form: Form, record: Standing, into: str, ctx: Context) -> None:
    """A record becomes part of an open one of its form, once nobody is on his way for it (ux F9.7)."""
    found = ctx.find(form.name, into) or {}
    if into == record.number or found.get("state") in form.ends:
        raise WrongAnswer(form.fields[INTO], "{label}: {number} is not open", number=into)
    if form.twin and record.state not in form.twin.merges:
        recall = form.steps[form.twin.recall].label if form.twin.recall else "-"
        raise WrongState("{number} is {state}: somebody is on his way for it", "first: {step}", number=record.number,
                         state=form.labels.get(record.state) or word(VOID), step=recall)  # fmt: skip


def _copy(form: Form, name: str, data: dict[str, Value | None], ctx: Context) -> None:
    """Take over what was not answered itself from the record that a field names, and so on from what that names."""
    asked = form.fields[name]
    if not asked.copies:
        return
    for other in {"room": ("room",), "staff": ("staff",)}.get(asked.type, asked.of):
        if source := ctx.find(other, str(data[name])):
            taken = ((mine, source.get(theirs)) for mine, theirs in asked.copies.items())
            fresh = {mine: value for mine, value in taken if value is not None and mine not in data}
            data.update(fresh)
            for mine in fresh:
                _copy(form, mine, data, ctx)


def _correction(
    form: Form, answers: Mapping[str, object], record: Standing, ctx: Context
) -> dict[str, Value | None]:  # fmt: skip
    """New values for any fields of the record, and the reason; a lone `-` empties a field."""
    data: dict[str, Value | None] = {}
    for name, raw in answers.items():
        if name in RESERVED:
            continue
        if name not in form.fields or name == form.number_field:
            raise _unknown(form, name, [n for n in form.fields if n != form.number_field])
        if isinstance(raw, str) and fold(raw).strip() == _EMPTY and not form.steps["register"].asks.get(name):
            data[name] = None
        elif (value := parse(form.fields[name], raw, ctx)) is not None:
            data[name] = value
    for name in tuple(data):
        _recopy(form, name, data, record, ctx)
    if not data.get("reason"):
        raise Missing(form.fields["reason"])
    if set(data) == {"reason"}:
        raise DeskError("nothing to correct", "name a field and its new value")
    changed = [name for name, value in data.items() if record.fields.get(name) != value]
    for name in form.corrects.of(record.state, changed) if form.corrects else ():
        if name not in data:
            raise Missing(form.fields[name])
    return data


def _recopy(form: Form, name: str, data: dict[str, Value | None], record: Standing, ctx: Context) -> None:
    """What was copied goes along with a corrected reference; what somebody typed himself stays."""
    brings, brought = ({name: number} for number in (data[name], record.fields.get(name)))
    for copies in (brings, brought):
        if copies[name] is not None:
            _copy(form, name, copies, ctx)
    for mine, value in brings.items():
        if mine not in data and record.fields.get(mine) in (None, brought.get(mine)):
            data[mine] = value


def _unknown(form: Form, name: str, known: object) -> DeskError:
    return DeskError("{form} has no field {name} here", "fields: {known}", form=form.name, name=name[:40],
                     known=" ".join(known) if isinstance(known, list) else " ".join(list(known)))  # type: ignore[call-overload] # fmt: skip


def _state(
    form: Form, step: Step, chosen: list[Choice], record: Standing | None, marks: frozenset[str], values: Fields
) -> str:
    """The state after the step: its own, a choice's, or the closing state once all marks are there."""
    if step.name == "void":
        return VOID
    state = step.to or (record.state if record else form.states[0])
    for choice in chosen:
        state = choice.to or state
    closes = form.closes
    if closes and state in closes.from_ and not closes.missing(marks, values):
        state = closes.to
    return state
