"""By what each record is found: the terms of its text, name keys, tails and links. No row is written here."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from operator import add

from deskapp.book import pinyin
from deskapp.forms.form import Form
from deskapp.forms.values import Value
from deskapp.text import fold

_RUN = re.compile(r"\w+")
_LINKS = frozenset({"room", "record", "staff"})
_PLAIN = frozenset({"text", "note", "person"})


@dataclass(frozen=True, slots=True)
class Ways:
    """By which fields a form's records are found, and how."""

    said: Mapping[str, bool]
    """The fields whose words are looked for, and whether they are those of the record that the field names."""
    links: frozenset[str]
    people: frozenset[str]
    tails: frozenset[str]
    once: frozenset[str]
    """Those whose values are used only once."""


def ways(form: Form) -> Ways:
    """How the records of a form are found."""
    fields = form.fields.values()
    return Ways(
        {one.name: one.type == "record" for one in fields if one.type == "record" or _is_plain(one.type, one.tail)},
        frozenset(one.name for one in fields if one.type in _LINKS),
        frozenset(one.name for one in fields if one.type == "person"),
        frozenset(one.name for one in fields if one.type == "phone" or one.tail),
        frozenset(one.name for one in fields if one.unique),
    )


def _is_plain(type_: str, tail: bool) -> bool:
    return type_ in _PLAIN and not tail


def terms(text: str) -> list[str]:
    """The index terms of a folded text: overlapping pairs of each run, and its last character alone.

    Cut in Python at write time; every query of two characters or more is then an exact lookup, and one
    character a prefix (`performance.md`: bigrams beat trigrams in size and speed).
    """
    found: list[str] = []
    for run in _RUN.findall(text):
        found += map(add, run, run[1:])
        found.append(run[-1])
    return found


def document(folded: str) -> str:
    """What the index is told of a text."""
    return " ".join(dict.fromkeys(terms(folded)))


def text(how: Ways, values: Mapping[str, Value], called: Callable[[str], str | None]) -> str:
    """What a record, or one entry of it, can be found by: folded, a line a value; `called` names what it refers to."""
    lines: dict[str, None] = {}
    for name, value in values.items():
        if (refers := how.said.get(name)) is not None and (line := called(str(value)) if refers else str(value)):
            lines[line] = None
    return fold("\n".join(lines))


def tail(value: Value) -> str:
    """The last four characters that a phone or a waybill is found by."""
    return fold(str(value))[-4:]


def used(name: str, value: Value) -> str:
    """Under what a value that is used only once is found; a number, a room or a receipt are never taken for each other.

    A value once said stays used, also when it was corrected away: the paper has been handed out.
    """
    return f"{name}={fold(str(value))}"


@lru_cache(maxsize=4096)
def name_keys(name: str) -> frozenset[str]:
    """The letters that a person's name is found by."""
    return frozenset(pinyin.keys(name))
