"""Reads the fields of a form file strictly: type by type, what a key may say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

from deskapp.errors import DeskError
from deskapp.forms.form import ALWAYS_PERSONAL, KINDS, TYPES, Choice, Field, Label
from deskapp.forms.giving import GIVEN
from deskapp.forms.strict import NAME, Table
from deskapp.forms.values import CHINA, Context, parse

FIELD_KEYS = (
    "type", "label", "hint", "personal", "choices", "default", "of", "copies", "refuses", "say", "cites",
    "tense", "min", "max", "length", "tail", "unique", "outsider", "resident", "given",
)  # fmt: skip
CHOICE_KEYS = ("code", "zh", "en", "to", "act", "sets", "at", "say")
_GOES_WITH = {
    "choices": ("choice",), "of": ("record",), "copies": ("record", "room", "staff"), "tail": ("text",),
    "tense": ("moment", "day"), "min": ("money", "count"), "max": ("money", "count"), "length": ("text", "note"),
    "refuses": ("yes-no", "choice"), "unique": ("text",), "outsider": ("person",),
    "resident": ("person",), "given": ("text",),
}  # fmt: skip
_SOME_DAY = datetime(2000, 1, 1, 12, tzinfo=CHINA)


@dataclass(frozen=True, slots=True)
class Words:
    """The form's own words that a choice may name."""

    states: Sequence[str]
    marks: Sequence[str]
    acts: Sequence[str]


def read_field(name: str, table: Table, words: Words) -> Field:
    """One field of a form; raises FormError for the first thing that is wrong."""
    table.only(FIELD_KEYS)
    type_ = table.name("type", TYPES, "a field type") or ""
    if not type_:
        raise table.fail("type", "is needed")
    copies = table.data.get("copies", {})
    if isinstance(copies, list):
        copies = {item: item for item in table.names("copies", None, "")}
    elif not isinstance(copies, dict) or not all(isinstance(v, str) for v in copies.values()):
        raise table.fail("copies", "must be a list or a table of field names")
    field = Field(
        name=name, type=type_, label=table.label("label"), hint=table.optional_label("hint"),
        personal=table.flag("personal") or type_ in ALWAYS_PERSONAL,
        choices=tuple(_choices(table, words)), default=table.data.get("default"),
        of=table.names("of", None, ""), copies=copies,
        refuses=table.data.get("refuses"), say=table.optional_label("say"),
        cites=table.text("cites", ""), tense=table.name("tense", ("past", "future"), "past or future")
        or ("future" if type_ == "moment" else "past"),
        min=table.data.get("min"), max=table.data.get("max"),
        length=_length(table, type_), tail=table.flag("tail"), unique=table.flag("unique"),
        outsider=table.flag("outsider"), resident=table.flag("resident"), given=table.text("given", ""),
    )  # fmt: skip
    _makes_sense(field, table)
    return field


def is_answer(field: Field, value: object) -> bool:
    """Whether a choice or yes-no field can hold this value."""
    return isinstance(value, bool) if field.type == "yes-no" else field.choice(value) is not None


def _length(table: Table, type_: str) -> int:
    length = table.data.get("length", 100_000 if type_ == "note" else 200)
    if not isinstance(length, int) or isinstance(length, bool) or not 0 < length <= 1_000_000:
        raise table.fail("length", "must be a whole number up to 1000000")
    return length


def _makes_sense(field: Field, table: Table) -> None:
    for key, types in _GOES_WITH.items():
        if key in table.data and field.type not in types:
            raise table.fail(key, f"does not go with {field.type}")
    for key in ("choices", "of"):
        if field.type in _GOES_WITH[key] and not table.data.get(key):
            raise table.fail(key, f"is needed by {field.type}")
    if field.refuses is not None and field.say is None:
        raise table.fail("say", "is needed by refuses: the sentence to say")
    if field.refuses is not None and not is_answer(field, field.refuses):
        raise table.fail("refuses", f"{field.refuses} is not an answer")
    if field.unique and field.private:
        raise table.fail("unique", "does not go with personal")
    if field.given and (field.private or not GIVEN.match(field.given)):
        raise table.fail("given", "must be like {n:04} or {field}{n:03}, and not personal")
    edges = [_edge(table, key) for key in ("min", "max") if key in table.data]
    if edges != sorted(edges):
        raise table.fail("max", "is less than min")
    if not isinstance(field.default, str | int | None):
        raise table.fail("default", "must be a text, number, true or false")
    if field.default is not None and field.type not in ("room", "record", "staff"):
        try:
            parse(field, field.default, Context(_SOME_DAY))
        except DeskError as error:
            raise table.fail("default", f"is not an answer ({error})") from error


def _edge(table: Table, key: str) -> Decimal:
    try:
        amount = Decimal(str(table.data[key]))
    except InvalidOperation as error:
        raise table.fail(key, "must be an amount") from error
    if not amount.is_finite():
        raise table.fail(key, "must be an amount")
    return amount


def _choices(table: Table, words: Words) -> Iterable[Choice]:
    rows = table.data.get("choices", [])
    if not isinstance(rows, list) or len(rows) > 9:
        raise table.fail("choices", "must be a list of at most 9")
    seen = set()
    for i, row in enumerate(rows, 1):
        one = Table(row, table.file, f"{table.key}.choices.{i}")
        one.only(CHOICE_KEYS)
        code = one.text("code")
        if not NAME.match(code) or code in seen:
            raise one.fail("code", "must be a name of its own")
        seen.add(code)
        yield Choice(
            code, Label(one.text("zh"), one.text("en")),
            to=one.name("to", words.states, "a state"), act=one.name("act", words.acts, "an act"),
            sets=one.name("sets", words.marks, "a mark"), at=one.name("at", KINDS, "a kind of office"),
            say=one.optional_label("say"),
        )  # fmt: skip
