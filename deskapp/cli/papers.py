"""The forms themselves: what there is, and what one asks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from deskapp.cli import opening, output
from deskapp.cli.judging import judge
from deskapp.errors import DeskError, UsageError
from deskapp.forms.form import ROLES
from deskapp.i18n import _, pick

if TYPE_CHECKING:
    from deskapp.cli.general import Given
    from deskapp.forms.form import Field, Form, Step
    from deskapp.forms.load import Forms


def forms(given: Given, form: str | None, *, check: str | None, json: bool) -> None:
    """The list of forms, one of them explained, or the verdict on a file."""
    if check is not None:
        if form is not None:
            raise UsageError("--check takes a file, and no form beside it")
        judge(given, Path(check))
        return
    known = _known(given)
    if form is None:
        _list(known, json=json)
        return
    if form not in known:
        raise DeskError("there is no form {form}", "forms: {known}", form=form[:40], known=" ".join(known))
    if json:
        output.emit(_as_item(known[form]))
    else:
        _explain(known[form])


def _known(given: Given) -> Forms:
    """The forms as the office uses them; the ones that come with the program where there is no office yet."""
    from deskapp.desk.office import forms_of

    if opening.founded(given.home):
        with opening.office(given) as office:
            return office.book.forms
    found = forms_of(given.home)
    for complaint in found.complaints:
        output.warn(complaint)
    return found


def _list(known: Forms, *, json: bool) -> None:
    if json:
        for one in known.values():
            output.emit({"form": one.name, "code": one.code, "version": one.version, "title": pick(one.title)})
        return
    rows = [[one.name, pick(one.title), one.code, str(one.version)] for one in known.values()]
    output.table([_("Form"), _("Title"), _("Code"), _("Version")], rows)


def _explain(form: Form) -> None:
    print(output.line(form.name, pick(form.title), form.code, _("version {v}").format(v=form.version)))
    print(output.line(_("Numbers"), form.number))
    states = (f"{state} {pick(form.labels[state])}" for state in form.states if state in form.labels)
    print(output.line(_("States"), ", ".join(states)))
    print()
    rows = [[one.name, pick(one.label), one.type, _allowed(one)] for one in form.fields.values()]
    output.table([_("Field"), _("Label"), _("Type"), _("What it takes")], rows, cut=False)
    print()
    for step in form.steps.values():
        print(output.line(step.name, pick(step.label), _way(form, step)))
        output.pairs([
            (_("recorded by"), " ".join(role for role in ROLES if role in step.who)),
            (_("needs mark"), " ".join(sorted(step.needs))), (_("asks"), _asked(step)),
        ])  # fmt: skip
    print()
    print(_("* is needed; every step also takes when= (it happened) and for= (on whose behalf)"))
    needed = " ".join(f"{name}=..." for name, must in form.steps["register"].asks.items() if must)
    print(f"deskapp add {form.name} {needed}".rstrip())


def _allowed(field: Field) -> str:
    """The choices by digit, the forms it may refer to, or what its hint says."""
    if field.choices:
        return " ".join(f"{i} {one.code} {pick(one.label)};" for i, one in enumerate(field.choices, 1)).rstrip(";")
    hint = pick(field.hint) if field.hint else ""
    return output.line(" ".join(field.of), hint, _("personal") if field.personal else "")


def _way(form: Form, step: Step) -> str:
    if step.name == "register":
        return f"-> {step.to}"
    every, going = set(form.states), set(form.states) - form.ends
    match set(step.from_):
        case came if came >= every - {"void"}:
            words = _("any")
        case came if came == going:
            words = _("open")
        case came:
            words = " ".join(state for state in step.from_ if state in came)
    return f"{words} -> {step.to}" if step.to else words


def _asked(step: Step) -> str:
    if step.name == "correct":
        return _("any field, and reason*")
    return " ".join(f"{name}*" if must else name for name, must in step.asks.items())


def _as_item(form: Form) -> dict[str, object]:
    return {
        "form": form.name, "code": form.code, "version": form.version, "title": pick(form.title),
        "number": form.number, "states": list(form.states), "ends": sorted(form.ends), "marks": list(form.marks),
        "fields": {
            one.name: {
                "type": one.type, "label": pick(one.label), "personal": one.personal, "of": list(one.of),
                "choices": {choice.code: pick(choice.label) for choice in one.choices},
            }
            for one in form.fields.values()
        },
        "steps": {
            one.name: {
                "label": pick(one.label), "from": list(one.from_), "to": one.to, "who": sorted(one.who),
                "asks": {name: "needed" if must else "optional" for name, must in one.asks.items()},
            }
            for one in form.steps.values()
        },
    }  # fmt: skip
