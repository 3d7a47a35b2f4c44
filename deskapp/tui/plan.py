"""What a panel asks: its steps, their fields in order, what the act fills by itself, and what is written in the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from deskapp.errors import DeskError
from deskapp.forms.form import Act, Field, Form, Label, Step
from deskapp.tui.widgets.field import Box

Steps = Sequence[tuple[str, str]] | str
"""What a panel is opened for: (form, step) pairs, or the name of an act, `order.return_slip`."""


@dataclass(frozen=True, slots=True)
class Part:
    """One step of a panel."""

    form: Form
    step: Step
    optional: bool = False

    @property
    def first(self) -> str | None:
        """The field whose answer decides whether an optional step is done."""
        return next(iter(self.step.asks), None)


@dataclass(slots=True)
class Page:
    """Steps of one form, asked together: their numbers in the plan, and the boxes."""

    form: Form
    parts: range
    boxes: list[Box] = field(default_factory=list)


@dataclass(slots=True)
class Plan:
    """The steps of a panel and how they hang together."""

    label: Label
    parts: list[Part]

    def pages(self) -> list[range]:
        """The parts of each page: a page ends where the form changes (the call first, then the order)."""
        cuts = [0] + [i for i in range(1, len(self.parts)) if self.parts[i].form is not self.parts[i - 1].form]
        return [range(a, b) for a, b in zip(cuts, [*cuts[1:], len(self.parts)], strict=True)]

    def extend(self, act: Act, forms: Mapping[str, Form]) -> None:
        """Go on with the rest of an act that a choice of the first step asked for."""
        self.parts[1:] = _parts(act, forms)[1:]
        self.label = act.label

    def cut(self) -> None:
        """Take back `extend`: another choice was made."""
        self.label = self.parts[0].step.label
        del self.parts[1:]


def make(forms: Mapping[str, Form], steps: Steps) -> Plan:
    """The plan of a panel; raises DeskError for what no form has."""
    if isinstance(steps, str):
        act = _find_act(forms, steps)
        return Plan(act.label, _parts(act, forms))
    parts = [Part(forms[form], forms[form].steps[step]) for form, step in steps]
    return Plan(parts[0].step.label, parts)


def _find_act(forms: Mapping[str, Form], name: str) -> Act:
    of, _dot, act = name.rpartition(".")
    for form in (forms[of],) if of else forms.values():
        if act in form.acts:
            return form.acts[act]
    raise DeskError("there is no act {name}", name=name)


def _parts(act: Act, forms: Mapping[str, Form]) -> list[Part]:
    return [Part(forms[one.form], forms[one.form].steps[one.step], one.optional) for one in act.steps]


def filled(plan: Plan, index: int, answers: Mapping[tuple[str, str], object]) -> dict[str, str]:
    """The fields of a part that the act fills: the link to a record registered earlier, and what it copies.

    The value says where from: the form for a link, `form.field` for a copy. A copy whose source was left
    empty is not filled: it is asked.
    """
    part = plan.parts[index]
    earlier = {one.form.name for one in plan.parts[:index] if one.step.name == "register" and one.form is not part.form}
    found: dict[str, str] = {}
    for name in part.step.asks:
        asked = part.form.fields[name]
        source = next((form for form in asked.of if form in earlier), None) if asked.type == "record" else None
        if source is None or name in found:
            continue
        found[name] = source
        earlier.discard(source)
        for mine, theirs in asked.copies.items():
            if answers.get((source, theirs)) not in (None, ""):
                found[mine] = f"{source}.{theirs}"
    return found


def asked(plan: Plan, page: range, answers: Mapping[tuple[str, str], object]) -> Iterator[tuple[int, Field, bool]]:
    """What a page asks, in order: the part, the field, whether its step needs an answer."""
    for index in page:
        part = plan.parts[index]
        skip = filled(plan, index, answers)
        for name, needed in part.step.asks.items():
            if name not in skip:
                yield index, part.form.fields[name], needed


def boxes(plan: Plan, page: range, answers: Mapping[tuple[str, str], object]) -> list[Box]:
    """The boxes of a page: a field that two steps ask for is asked once."""
    found: dict[str, Box] = {}
    for index, one, needed in asked(plan, page, answers):
        box = found.setdefault(one.name, Box(one, needed))
        box.parts.add(index)
        box.needed = box.needed or needed
    return list(found.values())
