"""A form as data: fields, steps, clocks and acts, exactly as its TOML says."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from deskapp.resources import load_toml

VOID = "void"
ROLES = ("reception", "cashier", "assistant", "manager", "quality")
TYPES = (
    "text", "note", "choice", "yes-no", "room", "person", "phone", "id-tail",
    "money", "count", "moment", "day", "staff", "record",
)  # fmt: skip
KINDS = ("housing", "tower")
"""The kinds of office: what a stranger may be told differs (R102, R103)."""
ALWAYS_PERSONAL = frozenset({"person", "phone", "id-tail"})
RESERVED = frozenset({"when", "for"})
"""Answers that every step takes: when it happened, and for whom it is recorded."""
INTO = "into"
"""What a void record became part of."""
BUILT_IN_STEPS = ("correct", "undo", "void", "reveal")


@dataclass(frozen=True, slots=True)
class Label:
    """A text in both languages."""

    zh: str
    en: str


def word(name: str) -> Label:
    """A word of the form language itself: a built-in step or field, a reserved answer."""
    return Label(**load_toml("words.toml")[name])


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer of a choice field; its digit is its position, from 1."""

    code: str
    label: Label
    to: str | None = None
    act: str | None = None
    sets: str | None = None
    at: str | None = None
    """The kind of office that has this answer; every one without it."""
    say: Label | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """One box of the form."""

    name: str
    type: str
    label: Label
    hint: Label | None = None
    personal: bool = False
    choices: tuple[Choice, ...] = ()
    default: str | bool | int | None = None
    of: tuple[str, ...] = ()
    copies: Mapping[str, str] = field(default_factory=dict)
    refuses: str | bool | None = None
    say: Label | None = None
    cites: str = ""
    tense: str = ""
    min: str | int | None = None
    max: str | int | None = None
    length: int = 200
    tail: bool = False
    unique: bool = False
    outsider: bool = False
    given: str = ""
    """How the program makes the value at register, where nothing was answered; no two open records share one."""
    resident: bool = False
    """Usually the first of the room's people, who stands there at once with his phone."""

    @property
    def private(self) -> bool:
        """Whether the value belongs on the erasable line: personal data and free-text notes."""
        return self.personal or self.type == "note"

    def choice(self, code: object) -> Choice | None:
        """The choice with this code."""
        for choice in self.choices:
            if choice.code == code:
                return choice
        return None


@dataclass(frozen=True, slots=True)
class Step:
    """A named act on a record: who may record it, from where, what it asks."""

    name: str
    label: Label
    from_: tuple[str, ...] = ()
    to: str | None = None
    who: frozenset[str] = frozenset()
    asks: Mapping[str, bool] = field(default_factory=dict)
    """Field name -> whether an answer is needed, in entry order."""
    aside: frozenset[str] = frozenset()
    """Those that Enter passes by: who has an answer goes there with Down."""
    checks: tuple[str, ...] = ()
    sets: frozenset[str] = frozenset()
    clears: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    empties: tuple[str, ...] = ()
    """Fields that say nothing any more afterwards: who held a key that is back."""
    leaves: bool = False
    """Somebody outside was told by it: it is corrected, never taken back (ux F9.9)."""
    cites: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """A promise with a limit, started and stopped by steps."""

    name: str
    label: Label
    starts: frozenset[str] = frozenset()
    stops: frozenset[str] = frozenset()
    pauses: frozenset[str] = frozenset()
    resumes: frozenset[str] = frozenset()
    drops: frozenset[str] = frozenset()
    limit: str | None = None
    setting: str | None = None
    due: str | None = None
    unless: str | None = None
    when: Mapping[str, tuple[object, ...]] = field(default_factory=dict)
    late_asks: str | None = None
    quiet: bool = False
    cites: str = ""


@dataclass(frozen=True, slots=True)
class ActStep:
    """A step inside an act; an optional one is left out when its first asked field is empty."""

    form: str
    step: str
    optional: bool


@dataclass(frozen=True, slots=True)
class Act:
    """Several steps in one panel and one transaction."""

    name: str
    label: Label
    steps: tuple[ActStep, ...]


@dataclass(frozen=True, slots=True)
class Closing:
    """The marks that end a record by themselves once all are there."""

    from_: tuple[str, ...]
    to: str
    marks: tuple[str, ...]
    unless: Mapping[str, Mapping[str, tuple[object, ...]]]

    def missing(self, marks: Collection[str], values: Mapping[str, object]) -> tuple[str, ...]:
        """The marks still wanted of a record with these marks and field values."""
        return tuple(m for m in self.marks if m not in marks and not self._waived(m, values))

    def _waived(self, mark: str, values: Mapping[str, object]) -> bool:
        return any(values.get(name) in wanted for name, wanted in self.unless.get(mark, {}).items())


@dataclass(frozen=True, slots=True)
class Announcement:
    """How open records of a form stand on the cards of rooms."""

    covers: str
    """The text field with the beginning of the room numbers; every room where it is empty."""
    until: str | None
    """The moment or day after which they do no more."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Some of a form's records, counted on the board under a label of their own."""

    label: Label
    states: tuple[str, ...]
    """The states that count; every open one without them."""
    when: Mapping[str, tuple[object, ...]]
    """The answers of records that count."""
    unless: Mapping[str, tuple[object, ...]]
    """The answers of records that do not."""


@dataclass(frozen=True, slots=True)
class Twin:
    """How a second record of one matter is noticed, and what becomes of it (ux F9.5-F9.8)."""

    form: str
    """Whose open records may be the same matter."""
    by: str
    """The field that both answer alike."""
    step: str
    """What is written on the first record when the customer only asks again."""
    copies: Mapping[str, str]
    """What that step, or `double`, takes over from the second record: its field -> the second one's."""
    merges: tuple[str, ...]
    """The states in which the second record may become part of the first: nobody is on his way for it."""
    double: str | None
    """What is written on the first record when the second was only written twice."""
    recall: str | None
    """The step that brings a record back to where it may be merged."""


@dataclass(frozen=True, slots=True)
class Consequence:
    """What a correction leaves to be done in the world, and asks (ux F9.1)."""

    from_: tuple[str, ...]
    """The states in which something has left the desk."""
    asks: Mapping[str, tuple[str, ...]]
    """Field -> the fields whose correction asks it."""

    def of(self, state: str, changed: Collection[str]) -> list[str]:
        """The fields that a correction of these ones asks of a record in this state."""
        return [name for name, by in self.asks.items() if state in self.from_ and set(by) & set(changed)]


@dataclass(frozen=True, slots=True)
class Repeats:
    """How many records about one room within how many days the room's card speaks of (ux F5.3, F5.9)."""

    days: int
    times: int


@dataclass(frozen=True, slots=True)
class Total:
    """An amount summed over a form's records; a total of the same name in other forms is the same total."""

    name: str
    label: Label | None
    """What it is called on the form's list; without one it is only counted there."""
    sum: str
    minus: Mapping[str, tuple[object, ...]]
    """The answers of records that are subtracted."""
    when: Mapping[str, tuple[object, ...]]
    """The answers of records that count at all."""
    states: tuple[str, ...]
    """The states of records that count; every one but void without them."""

    def share(self, state: str, values: Mapping[str, object]) -> int:
        """What a record in this state, with these values, adds; money in hundredths."""
        amount = values.get(self.sum)
        if amount is None or state == VOID or (self.states and state not in self.states):
            return 0
        if any(values.get(name) not in wanted for name, wanted in self.when.items()):
            return 0
        units = amount if isinstance(amount, int) else int(Decimal(str(amount)).scaleb(2))
        return -units if any(values.get(name) in wanted for name, wanted in self.minus.items()) else units


@dataclass(frozen=True, slots=True)
class Form:
    """A controlled document, one version of it."""

    name: str
    code: str
    version: int
    title: Label
    text: str
    number: str
    states: tuple[str, ...]
    fields: Mapping[str, Field]
    steps: Mapping[str, Step]
    short: Label | None = None
    ends: frozenset[str] = frozenset({VOID})
    marks: tuple[str, ...] = ()
    labels: Mapping[str, Label] = field(default_factory=dict)
    closes: Closing | None = None
    naming: str | None = None
    what: tuple[str, ...] = ()
    follow: str | None = None
    list_: tuple[str, ...] = ()
    board: str | None = None
    counts: tuple[str, ...] = ()
    """The states that the board counts; every open one without them."""
    card: Announcement | None = None
    menu: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    """Number -> `list`, or the steps of which the first possible one opens."""
    twin: Twin | None = None
    corrects: Consequence | None = None
    repeats: Repeats | None = None
    totals: Mapping[str, Total] = field(default_factory=dict)
    tallies: Mapping[str, Tally] = field(default_factory=dict)
    clocks: Mapping[str, Clock] = field(default_factory=dict)
    acts: Mapping[str, Act] = field(default_factory=dict)
    single: bool = False
    """Whether only one of its records is open at a time."""
    cites: str = ""

    @property
    def number_field(self) -> str | None:
        """The field that is the record's number, for forms whose records have a code of their own."""
        name = self.number[self.number.rfind("{") + 1 : -1]
        return name if name in self.fields and name != "n" else None

    def steps_from(self, state: str, marks: Collection[str]) -> Iterator[Step]:
        """The steps that a record in this state, with these marks, can take; in the form's order."""
        for step in self.steps.values():
            if state in step.from_ and step.needs <= set(marks):
                yield step

    def allowed(self, state: str, marks: Collection[str], roles: Collection[str]) -> list[Step]:
        """The steps that somebody with these roles may record now."""
        return [step for step in self.steps_from(state, marks) if step.who & set(roles)]

    def next_step(self, state: str, marks: Collection[str], roles: Collection[str]) -> Step | None:
        """The natural next step: the first allowed one that moves the state or sets a missing mark."""
        for step in self.allowed(state, marks, roles):
            if step.name in BUILT_IN_STEPS:
                continue
            if (step.to and step.to != state) or step.sets - set(marks):
                return step
        return None

    def act_for(self, step: str) -> Act | None:
        """The act that begins with this step of a record, if the office does it in one panel.

        An act that begins with a registration is chosen by an answer instead (`Choice.act`).
        """
        first = ActStep(self.name, step, optional=False)
        return next((act for act in self.acts.values() if act.steps[0] == first and step != "register"), None)
