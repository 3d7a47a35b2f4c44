"""What a panel asks: its steps, their fields in order, what the act fills by itself, and what Enter passes by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from deskapp.errors import DeskError
from deskapp.forms.form import Act, Field, Form, Label, Step
from deskapp.forms.values import Context, Value
from deskapp.tui.widgets.field import Box

Steps = Sequence[tuple[str, str]] | str
"""What a panel is opened for: (form, step) pairs, or the name of an act, `order.return_slip`."""
Said = Mapping[tuple[str, str], Value | None]
"""What was answered on the pages before, by form and field."""


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

    @property
    def enters(self) -> bool:
        """Whether the step registers a record."""
        return self.step.name == "register"


@dataclass(slots=True)
class Plan:
    """The steps of a panel and how they hang together."""

    label: Label
    parts: list[Part]
    chosen: bool = False
    """Whether an answer on the first page says how it goes on."""

    def pages(self) -> list[range]:
        """The parts of each page: a page ends where the form changes, and where an answer chose how it goes on."""
        cuts = [
            i for i, part in enumerate(self.parts)
            if i == 0 or part.form is not self.parts[i - 1].form or (self.chosen and i == 1)
        ]  # fmt: skip
        return [range(a, b) for a, b in zip(cuts, [*cuts[1:], len(self.parts)], strict=True)]

    def live_by(self, form: Form) -> None:
        """Use the version of a form that the record was written on."""
        self.parts = [
            Part(form, form.steps[one.step.name], one.optional) if one.form.name == form.name else one
            for one in self.parts
        ]

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
        parts, label = _parts(act, forms), act.label
    else:
        parts = [Part(forms[form], forms[form].steps[step]) for form, step in steps]
        label = parts[0].step.label
    first = parts[0]
    chosen = any(choice.act for name in first.step.asks for choice in first.form.fields[name].choices)
    return Plan(first.step.label, [first], chosen=True) if chosen else Plan(label, parts)


def _find_act(forms: Mapping[str, Form], name: str) -> Act:
    of, _dot, act = name.rpartition(".")
    for form in (forms[of],) if of else forms.values():
        if act in form.acts:
            return form.acts[act]
    raise DeskError("there is no act {name}", name=name)


def _parts(act: Act, forms: Mapping[str, Form]) -> list[Part]:
    return [Part(forms[one.form], forms[one.form].steps[one.step], one.optional) for one in act.steps]


def filled(plan: Plan, index: int, said: Said) -> dict[str, Value | None]:
    """The fields of a part that the act fills: the link to a record registered earlier in it, and its copies.

    A copy whose source was asked and left empty is not asked again, unless this step needs it.
    """
    part = plan.parts[index]
    earlier = [one.form.name for one in plan.parts[:index] if one.enters and one.form is not part.form]
    found: dict[str, Value | None] = {}
    for name in part.step.asks:
        asked = part.form.fields[name]
        source = next((form for form in asked.of if form in earlier), None) if asked.type == "record" else None
        if source is None:
            continue
        found.setdefault(name, None)
        for mine, theirs in asked.copies.items():
            if (source, theirs) in said:
                value = said[source, theirs]
                if value is not None or not part.step.asks.get(mine):
                    found.setdefault(mine, value)
    return found


def standing(plan: Plan, index: int, record: Mapping[str, Value], said: Said, ctx: Context) -> dict[str, Value]:
    """What the record will hold before this step, as far as it is known: what stands, what was answered, copies."""
    form = plan.parts[index].form
    values = dict(record)
    for earlier in range(index + 1):
        if plan.parts[earlier].form is form:
            values.update({k: v for k, v in filled(plan, earlier, said).items() if v is not None})
    values.update({name: v for (of, name), v in said.items() if of == form.name and v is not None})
    for name in list(values):
        copy_into(values, form.fields.get(name), ctx)
    return values


def copy_into(values: dict[str, Value], field: Field | None, ctx: Context) -> None:
    """Add what a field copies from the record that it names, and what those copies bring with them."""
    if field is None or not field.copies or field.name not in values:
        return
    for form in {"room": ("room",), "staff": ("staff",)}.get(field.type, field.of):
        for mine, theirs in field.copies.items() if (source := ctx.find(form, str(values[field.name]))) else ():
            if source and theirs in source:
                values.setdefault(mine, source[theirs])


def boxes(plan: Plan, page: range, said: Said) -> list[Box]:
    """The boxes of a page: a field that two steps ask for is asked once."""
    found: dict[str, Box] = {}
    same = [part for part in plan.parts[: page.stop] if part.form is plan.parts[page.start].form]
    copied = {mine for part in same for name in part.step.asks for mine in part.form.fields[name].copies}
    for index in page:
        part = plan.parts[index]
        skip = filled(plan, index, said)
        for name, needed in part.step.asks.items():
            if name in skip:
                continue
            box = found.setdefault(name, Box(part.form.fields[name], needed))
            box.parts.add(index)
            box.needed = box.needed or needed
    for box in found.values():
        aside = all(box.name in plan.parts[index].step.aside for index in box.parts)
        box.extra = not box.needed and (aside or _known(box.field, copied))
    return list(found.values())


def _known(field: Field, copied: set[str]) -> bool:
    """Whether Enter passes an optional field by: the program answers it; but money and prices are always looked at.

    Decided by the form alone and never by what was typed, so that the same keys always do the same.
    """
    return field.default is not None or (field.name in copied and field.type not in ("money", "record"))
