"""What one form says of others must be true of them: what it copies, the steps its acts take."""

from __future__ import annotations

from collections.abc import Mapping

from deskapp.forms.form import Field, Form, Twin
from deskapp.forms.strict import FormError


def crossing(form: Form, forms: Mapping[str, Form]) -> FormError | None:
    """The first thing that a form says of the others and that is not so."""
    file = f"{form.name}.toml"
    for field in form.fields.values():
        of = {"room": ("room",), "staff": ("staff",)}.get(field.type, field.of)
        for mine, theirs in field.copies.items():
            others = [forms[name] for name in of if name in forms]
            if others and not any(theirs in other.fields for other in others):
                return FormError(file, f"fields.{field.name}.copies", f"{theirs} is not a field there")
            for other in others:
                if theirs in other.fields and (reason := _unlike(form.fields[mine], other.fields[theirs])):
                    return FormError(file, f"fields.{field.name}.copies", reason)
    if form.twin and (reason := _no_twin(form, form.twin, forms)):
        return FormError(file, "twin", reason)
    for act in form.acts.values():
        for step in act.steps:
            if step.form not in forms or step.step not in forms[step.form].steps:
                return FormError(file, f"acts.{act.name}.steps", f"{step.form}.{step.step} is not a step")
    return None


def _no_twin(form: Form, twin: Twin, forms: Mapping[str, Form]) -> str:
    """Why no record of that form can be one's twin; empty when it can."""
    other = forms.get(twin.form)
    if other is None:
        return f"{twin.form} is not a form"
    if twin.by not in other.fields or other.fields[twin.by].type != form.fields[twin.by].type:
        return f"{twin.by} is not such a field of {twin.form}"
    if twin.step not in other.steps:
        return f"{twin.step} is not a step of {twin.form}"
    for mine, theirs in twin.copies.items():
        if mine not in other.fields:
            return f"{mine} is not a field of {twin.form}"
        if reason := _unlike(other.fields[mine], form.fields[theirs]):
            return reason
    return ""


def _unlike(mine: Field, theirs: Field) -> str:
    """Why one field can't hold what another one does; empty when it can."""
    if theirs.private and not mine.private:
        return f"{mine.name} must be private like its source"
    if mine.type != theirs.type and not {mine.type, theirs.type} <= {"text", "note"}:
        return f"{mine.name} must be of the type of its source"
    foreign = {choice.code for choice in theirs.choices} - {choice.code for choice in mine.choices}
    if foreign or set(theirs.of) - set(mine.of):
        return f"{mine.name} does not know {' '.join(sorted(foreign | set(theirs.of) - set(mine.of)))}"
    return ""
