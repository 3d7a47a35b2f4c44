"""Codes that the program gives: what a field's `given` says, the next code, and that no two open records share one."""

from __future__ import annotations

import re
from collections.abc import Collection

from deskapp.errors import DeskError
from deskapp.forms.form import Field, Form
from deskapp.forms.values import Context, Fields, Value, WrongAnswer
from deskapp.text import fold

GIVEN = re.compile(r"(?:\{(?P<head>[a-z][a-z0-9_]*)\})?\{n:0(?P<digits>[1-9])\}\Z")
"""`{shelf}{n:03}`: the digit of an answer, 0 where it has none, and a serial of that many digits."""


def give(form: Form, data: Fields, ctx: Context) -> dict[str, Value]:
    """The codes that a new record of the form with these answers gets; those it brought with it stay."""
    return {
        name: _next(asked, data, *ctx.codes(form.name, name))
        for name, asked in form.fields.items()
        if asked.given and name not in data
    }


def check(form: Form, data: Fields, stands: Fields, ctx: Context) -> None:
    """Refuse a code that another open record has."""
    for name, value in data.items():
        asked = form.fields[name]
        if not asked.given or value == stands.get(name):
            continue
        if fold(str(value)) in map(fold, ctx.codes(form.name, name)[0]):
            raise WrongAnswer(asked, "{label}: another one has {value}", "leave it out: the program gives one",
                              value=value)  # fmt: skip


def _next(asked: Field, data: Fields, taken: Collection[str], last: str) -> str:
    """The code after the last one given, round and round, but those that open records have."""
    found = GIVEN.match(asked.given)
    assert found, asked.given
    head = ""
    if found["head"]:
        answer = str(data.get(found["head"], ""))
        head = answer[:1] if re.match("[0-9]", answer) else "0"
    for digits in (int(found["digits"]), int(found["digits"]) + 1):  # one more once all are out: work never stops
        serial = int(last[-digits:]) if re.fullmatch(f"[0-9]{{{digits},}}", last) else 0
        for step in range(1, 10**digits + 1):
            code = f"{head}{(serial + step) % 10**digits:0{digits}}"
            if code not in taken:
                return code
    raise DeskError("{label}: every code is taken", "end what is open first", label=asked.label)
