"""Reads form files strictly: whatever is not in the form language is refused by file, key and reason."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import tomli

from deskapp.forms import checks
from deskapp.forms.clocks import read_limit
from deskapp.forms.crossing import crossing
from deskapp.forms.fields import Words, is_answer, read_field
from deskapp.forms.form import (
    ALWAYS_PERSONAL,
    BUILT_IN_STEPS,
    INTO,
    ROLES,
    VOID,
    Act,
    ActStep,
    Clock,
    Closing,
    Field,
    Form,
    Label,
    Step,
    Tally,
    Total,
    word,
)  # fmt: skip
from deskapp.forms.giving import GIVEN
from deskapp.forms.strict import NAME, FormError, Table
from deskapp.forms.twins import read_card, read_consequence, read_repeats, read_twin

# A serial is counted by the digits at a number's end: nothing comes after it, and no digit just before it.
_NUMBER = re.compile(r"[^\s{}]*(?:(?:\{date\}[^\s{}]*)?(?<![0-9}])\{n(?::0[1-9])?\}|\{(?P<field>[a-z][a-z0-9_]*)\})\Z")
_MENU = re.compile(r"[1-9][0-9]?\Z")
_FORM_KEYS = {
    "form", "code", "version", "title", "cites", "short", "number", "states", "ends", "marks", "labels", "closes",
    "name", "what", "follow", "list", "board", "counts", "card", "menu", "twin", "corrects", "repeats", "totals",
    "tallies", "single", "fields", "steps", "clocks", "acts",
}  # fmt: skip
_OWN = frozenset({"form", "journal"})
"""What the journal itself writes stands under these names."""
_COLUMNS = frozenset({"number", "form", "state", "marks", "due", "opened", "opened_at", "business_day"})
"""What every record has, in lists, exports and SQL views, whatever its fields."""


class Forms(dict[str, Form]):
    """The forms of the office by name, and the complaints about files that were refused."""

    def __init__(self, forms: Iterable[Form] = (), complaints: Iterable[FormError] = ()) -> None:
        super().__init__((form.name, form) for form in forms)
        self.complaints = list(complaints)


def load(folders: Iterable[Path]) -> Forms:
    """Load every `*.toml` of the folders; a wrong file is left out and complained about.

    A later folder's form of the same name replaces an earlier one's.
    """
    found: dict[str, Form] = {}
    complaints: list[FormError] = []
    for folder in folders:
        for path in sorted(folder.glob("*.toml")):
            try:
                form = parse_form(path.read_text(encoding="utf-8-sig"), path.name)
            except (OSError, UnicodeDecodeError) as error:
                complaints.append(FormError(path.name, "-", f"cannot be read ({type(error).__name__})"))
            except FormError as refused:
                complaints.append(refused)
            else:
                found[form.name] = form
    forms = Forms(_numbered(found.values(), complaints), complaints)
    while broken := [wrong for form in forms.values() if (wrong := crossing(form, forms))]:
        for wrong in broken:
            forms.complaints.append(wrong)
            forms.pop(str(wrong.values["file"]).removesuffix(".toml"), None)
    return forms


def _numbered(forms: Iterable[Form], complaints: list[FormError]) -> Iterable[Form]:
    """The forms with the menu numbers that no form before them has."""
    taken: dict[int, str] = {}
    for form in forms:
        file, twice = f"{form.name}.toml", sorted(form.menu.keys() & taken.keys())
        complaints += [FormError(file, f"menu.{number}", f"is the number of {taken[number]}") for number in twice]
        menu = {number: steps for number, steps in form.menu.items() if number not in taken}
        taken |= dict.fromkeys(menu, form.name)
        yield replace(form, menu=menu) if twice else form


@lru_cache(maxsize=128)
def parse_form(text: str, file: str) -> Form:
    """One form from its text; raises FormError for the first thing that is wrong.

    Remembered: a form's file and the text that the journal adopted are nearly always the same.
    """
    try:
        data = tomli.loads(text)
    except (tomli.TOMLDecodeError, RecursionError) as error:
        raise FormError(file, "-", f"is not TOML ({error})") from error
    return _Reader(data, text, file).form()


class _Reader:
    """Reads one form: fields first, then what refers to them."""

    def __init__(self, data: dict[str, Any], text: str, file: str) -> None:
        self.top = Table(data, file, "")
        self.file, self.text = file, text

    def form(self) -> Form:
        top = self.top
        top.only(_FORM_KEYS)
        name = top.text("form")
        if name != self.file.removesuffix(".toml") or not NAME.match(name):
            raise top.fail("form", "must be the file's name")
        if name in _OWN:
            raise top.fail("form", "is the journal's own word")
        version = top.data.get("version")
        if not isinstance(version, int) or isinstance(version, bool) or not 1 <= version < 2**31:
            raise top.fail("version", "must be a whole number from 1")
        self.states = top.names("states", None, "")
        if not self.states or not all(NAME.match(state) for state in self.states):
            raise top.fail("states", "must name at least one state")
        self.ends = frozenset(top.names("ends", self.states, "a state")) | {VOID}
        if self.states[0] in self.ends:
            raise top.fail("ends", "must not hold the first state")
        self.marks = top.names("marks", None, "")
        self.labels = self._labels()
        self.fields = self._fields(name)
        self._registered = top.table("steps").table("register").table("asks").data
        self.steps = {key: self._step(key, table) for key, table in top.tables("steps")}
        if "register" not in self.steps:
            raise top.fail("steps", "must have register")
        self._built_in_steps()
        shown = {*self.fields, "what"}
        what = top.names("what", self.fields, "a field")
        for key in what:
            if self.fields[key].type in ALWAYS_PERSONAL:
                raise top.fail("what", f"{key} is personal")
        board = top.name("board", ("list", "count"), "list or count")
        counts = top.names("counts", self.states, "a state")
        if counts and board != "count":
            raise top.fail("counts", "goes with board = count")
        single = top.data.get("single", False)
        if not isinstance(single, bool):
            raise top.fail("single", "must be true or false")
        return Form(
            name=name, code=top.text("code"), version=version, title=top.label("title"), text=self.text,
            number=self._number(), states=self.states, fields=self.fields, steps=self.steps,
            short=top.optional_label("short"),
            ends=self.ends, marks=self.marks, labels=self.labels, closes=self._closing(),
            naming=top.name("name", self.fields, "a field"), what=what,
            follow=top.name("follow", self.fields, "a field"),
            list_=top.names("list", {*shown, *(f"steps.{s}" for s in self.steps)}, "a field or a step"),
            board=board, counts=counts, card=read_card(top, self.fields), menu=self._menu(),
            cites=top.text("cites", ""), single=single,
            twin=read_twin(top, name, self.fields, self.states, self.steps),
            corrects=read_consequence(top, self.fields, self.states), repeats=read_repeats(top),
            totals={key: self._total(key, table) for key, table in top.tables("totals")},
            tallies={key: self._tally(table) for key, table in top.tables("tallies")},
            clocks={key: self._clock(key, table) for key, table in top.tables("clocks")},
            acts={key: self._act(name, key, table) for key, table in top.tables("acts")},
        )  # fmt: skip

    def _labels(self) -> dict[str, Label]:
        table = self.top.table("labels")
        words = {*self.states, *self.marks}
        for bare in sorted(words - {VOID} - set(table.data)):
            raise self.top.fail("labels", f"has no label for {bare}")
        for idle in sorted(set(table.data) - words - {VOID}):
            raise table.fail(idle, "is not a state or mark")
        return {key: table.label(key) for key in table.data}

    def _fields(self, form: str) -> dict[str, Field]:
        """The fields with the built-in ones; what one copies into must be there."""
        words = Words(self.states, self.marks, tuple(self.top.table("acts").data))
        fields = {key: read_field(key, table, words) for key, table in self.top.tables("fields")}
        for taken in fields.keys() & _COLUMNS:
            raise self.top.fail(f"fields.{taken}", "is not a name: every record has it by itself")
        fields.setdefault("reason", Field("reason", "note", word("reason")))
        fields.setdefault("revealed", Field("revealed", "text", word("revealed")))
        if "merges" in self.top.table("twin").data:
            fields.setdefault(INTO, Field(INTO, "record", word(INTO), of=(form,)))
        for field in fields.values():
            for mine in field.copies:
                if mine not in fields:
                    raise self.top.fail(f"fields.{field.name}.copies", f"{mine} is not a field")
            head = GIVEN.match(field.given)
            if head and head["head"] and (head["head"] not in fields or fields[head["head"]].private):
                raise self.top.fail(f"fields.{field.name}.given", f"{head['head']} is not a field, or personal")
        return fields

    def _number(self) -> str:
        number = self.top.text("number")
        found = _NUMBER.match(number)
        place = found["field"] if found else None
        if not found or (place is not None and place not in self.fields):
            raise self.top.fail("number", "must end with one {n} after a sign or one {field}; {date} goes with {n}")
        if place is not None:
            if self.fields[place].type != "text" or self.fields[place].private:
                raise self.top.fail("number", f"{place} must be a text that is not personal")
            if not self.steps["register"].asks.get(place):
                raise self.top.fail("number", f"{place} must be needed at register")
        return number

    def _menu(self) -> dict[int, tuple[str, ...]]:
        table = self.top.table("menu")
        found = {}
        for key in table.data:
            steps = table.names(key, ("list", *self.steps), "a step or list")
            if not _MENU.match(key) or not steps or (len(steps) > 1 and {"list", "register"} & set(steps)):
                raise table.fail(key, "must be 1-99 and name list, register, or steps of a record")
            found[int(key)] = steps
        return found

    def _total(self, name: str, table: Table) -> Total:
        table.only(("label", "sum", "minus", "when", "states"))
        summed = table.name("sum", self.fields, "a field")
        if not summed or self.fields[summed].type not in ("money", "count"):
            raise table.fail("sum", "must be an amount of money or a count")
        return Total(
            name, table.optional_label("label"), summed, self._conditions(table, "minus"),
            self._conditions(table, "when"), table.names("states", self.states, "a state"),
        )  # fmt: skip

    def _tally(self, table: Table) -> Tally:
        table.only(("label", "states", "when", "unless"))
        when, unless = (self._conditions(table, key, rooms=True) for key in ("when", "unless"))
        return Tally(table.label("label"), table.names("states", self.states, "a state"), when, unless)

    def _step(self, name: str, table: Table) -> Step:
        table.only(
            ("label", "from", "to", "who", "asks", "check", "sets", "clears", "needs", "empties", "leaves", "cites")
        )
        who = frozenset(table.names("who", ROLES, "a role"))
        if not who:
            raise table.fail("who", "must name who may record it")
        if name in BUILT_IN_STEPS:
            table.only(("who",))
            return Step(name, word(name), who=who)
        asks = table.table("asks")
        for key, value in asks.data.items():
            if key not in self.fields:
                raise asks.fail(key, "is not a field")
            if value not in ("needed", "optional", "aside"):
                raise asks.fail(key, "must be needed, optional or aside")
        first = name == "register"
        if first == ("from" in table.data):
            raise table.fail("from", "is for every step but register")
        return Step(
            name, table.label("label"), from_=self._from(table), who=who, cites=table.text("cites", ""),
            to=table.name("to", self.states, "a state") or (self.states[0] if first else None),
            asks={key: value == "needed" for key, value in asks.data.items()},
            aside=frozenset(key for key, value in asks.data.items() if value == "aside"),
            checks=table.names("check", checks.CHECKS, "a check of forms/checks.py"),
            sets=frozenset(table.names("sets", self.marks, "a mark")),
            clears=frozenset(table.names("clears", self.marks, "a mark")),
            needs=frozenset(table.names("needs", self.marks, "a mark")),
            empties=self._empties(table, first=first), leaves=table.flag("leaves"),
        )  # fmt: skip

    def _empties(self, table: Table, *, first: bool) -> tuple[str, ...]:
        empties = table.names("empties", self.fields, "a field")
        asked = {*table.table("asks").data, *(name for name, must in self._registered.items() if must == "needed")}
        if first and empties:
            raise table.fail("empties", "is for every step but register")
        for name in empties:
            if name in asked:
                raise table.fail("empties", f"{name} is asked here, or needed at register")
        return empties

    def _from(self, table: Table) -> tuple[str, ...]:
        every = tuple(s for s in self.states if s != VOID)
        if (word := table.data.get("from")) in ("open", "any"):
            return tuple(s for s in every if word == "any" or s not in self.ends)
        if not (states := table.names("from", every, "a state")) and "from" in table.data:
            raise table.fail("from", "must name a state")
        return states

    def _built_in_steps(self) -> None:
        register = self.steps["register"]
        every = tuple(s for s in self.states if s != VOID)
        for name in BUILT_IN_STEPS:
            who = self.steps[name].who if name in self.steps else register.who | {"manager"}
            if name in ("undo", "reveal") and name not in self.steps:
                who = frozenset(ROLES)  # one's own step, and whoever needs a number: both are written down
            self.steps[name] = Step(
                name, word(name), who=who,
                from_=() if name == "undo" else every if name != "reveal" else (*every, VOID),
                to=VOID if name == "void" else None,
                asks=self._built_in_asks(name),
            )  # fmt: skip

    def _built_in_asks(self, step: str) -> dict[str, bool]:
        match step:
            case "undo":
                return {}
            case "reveal":
                return {"revealed": True, "reason": True}
            case "void" if INTO in self.fields:
                return {"reason": True, INTO: False}
            case _:
                return {"reason": True}

    def _closing(self) -> Closing | None:
        if "closes" not in self.top.data:
            return None
        table = self.top.table("closes")
        table.only(("from", "to", "marks", "unless"))
        for key in ("from", "to", "marks"):
            if not table.data.get(key):
                raise table.fail(key, "is needed")
        unless = table.table("unless")
        marks = table.names("marks", self.marks, "a mark")
        for mark in unless.data:
            if mark not in marks:
                raise unless.fail(mark, "is not one of the marks")
        return Closing(
            table.names("from", self.states, "a state"), table.name("to", self.states, "a state") or "",
            marks, {mark: self._conditions(unless, mark) for mark in unless.data},
        )  # fmt: skip

    def _conditions(self, table: Table, key: str, *, rooms: bool = False) -> dict[str, tuple[object, ...]]:
        found = table.conditions(key)
        for name, wanted in found.items():
            field = self.fields.get(name)
            if rooms and field is not None and field.type == "room":
                continue
            if field is None or field.type not in ("choice", "yes-no"):
                raise table.fail(f"{key}.{name}", "is not a choice or yes-no field")
            for value in wanted:
                if not is_answer(field, value):
                    raise table.fail(f"{key}.{name}", f"{value} is not an answer")
        return found

    def _clock(self, name: str, table: Table) -> Clock:
        table.only((
            "label", "cites", "starts", "stops", "pauses", "resumes", "drops", "limit", "setting", "due", "unless",
            "when", "late_asks", "quiet",
        ))  # fmt: skip
        runs = {key: frozenset(table.names(key, self.steps, "a step")) for key in
                ("starts", "stops", "pauses", "resumes", "drops")}  # fmt: skip
        if not runs["starts"]:
            raise table.fail("starts", "must name a step")
        due = table.name("due", self.fields, "a field")
        if (due is None) != bool({"limit", "setting"} & table.data.keys()):
            raise table.fail("limit", "a clock has either a limit, its own or a setting's, or a due field")
        if due and self.fields[due].type not in ("moment", "day"):
            raise table.fail("due", "must be a moment or a day")
        limit = table.text("limit") if "limit" in table.data else None
        try:
            _unused = read_limit(limit) if limit else None
        except ValueError as error:
            raise table.fail("limit", "must be like 30 min, 24 h, 3 days or 7 working days") from error
        late_asks = table.name("late_asks", self.fields, "a field")
        for step in sorted(runs["stops"]) if late_asks else ():
            if late_asks not in self.steps[step].asks:
                raise table.fail("late_asks", f"{late_asks} is not asked by {step}, which stops the clock")
        return Clock(
            name, table.label("label"), **runs, limit=limit, due=due, setting=self._setting(table),
            unless=table.name("unless", self.fields, "a field"), when=self._conditions(table, "when"),
            late_asks=late_asks, quiet=table.flag("quiet"),
            cites=table.text("cites", ""),
        )  # fmt: skip

    def _setting(self, table: Table) -> str | None:
        name = table.text("setting") if "setting" in table.data else None
        if name and not NAME.match(name):
            raise table.fail("setting", "must be a name (small letters, digits, _)")
        return name

    def _act(self, form: str, name: str, table: Table) -> Act:
        table.only(("label", "steps"))
        steps = []
        for place in table.names("steps", None, ""):
            of, _, step = place.removesuffix("?").rpartition(".")
            steps.append(ActStep(of or form, step, place.endswith("?")))
            if steps[-1].form == form and step not in self.steps:
                raise table.fail("steps", f"{step} is not a step")
        if len(steps) < 2 or steps[0].optional:
            raise table.fail("steps", "must have two steps or more, the first one always done")
        return Act(name, table.label("label"), tuple(steps))
