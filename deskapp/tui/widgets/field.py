"""One asked field of a panel: what stands in its brackets, what that means, and its lines on the screen."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text

from deskapp.forms.form import Field
from deskapp.forms.values import Value, given_in
from deskapp.i18n import _, pick
from deskapp.text import cells, fit, show

CODED = frozenset({"record", "staff"})
"""Types whose candidates go by their own codes, not by digit."""
LABEL_CELLS = 8
"""A label takes this much room, four hanzi, so that the brackets of most forms stand under each other."""
_WIDTHS = {
    "choice": 2, "yes-no": 2, "count": 5, "money": 10, "room": 11, "moment": 11, "day": 9, "staff": 10,
    "phone": 14, "id-tail": 6, "person": 12, "record": 15,
}  # fmt: skip
BREAK = "|"
"""A line end of a note, in its one line between the brackets."""
_LEAST_TEXT = 12
_MOST_ROWS = 3


@dataclass(frozen=True, slots=True)
class Pick:
    """A candidate for a field: what picking it puts into the brackets, and what the clerk reads."""

    raw: str
    label: str
    phone: str = ""
    """A person's phone answers the phone field that follows, too."""


@dataclass(slots=True)
class Box:
    """A field as it is asked: `raw` stands in the brackets, `start` is what stood there first."""

    field: Field
    needed: bool
    raw: str = ""
    start: str = ""
    said: str = ""
    """What the value means, in full: 3栋2单元1502, 今天03:25, 80.00元."""
    picks: tuple[Pick, ...] = ()
    typed: bool = False
    """Whether the clerk answered; what the program put there may still be replaced by a copy."""
    ahead: bool = False
    """New words are put before what stands there, instead of replacing it."""
    parts: set[int] = dataclasses.field(default_factory=set)
    """The steps of the panel that ask for it."""
    extra: bool = False
    """Not on the way of Enter: who wants it goes there with Down."""
    value: Value | None = None
    """What was last read from the brackets."""
    behind: str = ""
    """The number that a masked one in the brackets stands for: what the program fills in nobody sees unasked."""
    kind: str = ""
    """The kind of office: some answers are given in one kind only."""

    @property
    def name(self) -> str:
        """The field's name in the form."""
        return self.field.name

    @property
    def line(self) -> str:
        """What stands in the brackets, on one line."""
        return self.raw.replace("\n", BREAK)

    @property
    def options(self) -> tuple[str, ...]:
        """What a digit picks, in order: the answers of a choice, or the people and records on offer.

        An answer that an office of another kind has is empty here; its digit stays its own.
        """
        match self.field.type:
            case "choice":
                return tuple(pick(one.label) if given_in(one, self.kind) else "" for one in self.field.choices)
            case "yes-no":
                return (_("yes"), _("no"))
            case _:
                return tuple(show(one.label) for one in self.picks[:9])

    @property
    def chosen(self) -> int:
        """Which option stands in the brackets, from 1; 0 for none of them."""
        raw = self.raw.strip()
        return int(raw) if raw.isascii() and raw.isdigit() and 0 < int(raw) <= len(self.options) else 0

    @property
    def closed(self) -> bool:
        """Whether the options are all there is to answer."""
        return self.field.type in ("choice", "yes-no")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a box stands on its sheet: the same whatever is typed."""

    row: int
    rows: int
    column: int
    width: int


def label_cells(boxes: Sequence[Box], width: int) -> int:
    """The room the labels of a page take."""
    widest = max((cells(pick(box.field.label)) for box in boxes), default=0)
    return min(max(widest, LABEL_CELLS), 16 if width >= 70 else 10)


def place(box: Box, row: int, labels: int, width: int) -> Place:
    """The place of a box whose first line is `row`, on a sheet this wide."""
    column = labels + 4
    room = width - column - 1
    kind = box.field.type
    if kind in ("text", "note"):
        wanted = room if kind == "note" or box.field.length > 30 else box.field.length + 1
        return Place(row, 1, column, min(max(wanted, _LEAST_TEXT), room))
    value = min(_WIDTHS[kind], room)
    rows = len(_wrap(box, width - column - value - 2)) if box.closed else 1
    return Place(row, max(rows, 1), column, value)


def draw(box: Box, at: Place, digit: int | str, labels: int, width: int, *, active: bool) -> list[Text]:
    """The lines of a box, `at.rows` of them; the brackets are left for the cursor when it is there."""
    label = fit(show(pick(box.field.label)), labels)
    line = Text(f"{digit:>2} ", no_wrap=True, end="")
    line.append(label, "bold" if active else "")
    line.append("[", "bold" if active else "")
    line.append(fit(show(box.line), at.width), "" if box.raw else "dim")
    line.append("]", "bold" if active else "")
    beside = width - at.column - at.width - 2
    lines = [line]
    if beside <= 1 or (box.field.type in ("text", "note") and not box.said):
        return lines
    rows = [[(box.said, "")]] if box.said else _wrap(box, beside) if box.options else [[(_hint(box), "dim")]]
    for count, row in enumerate(rows[: at.rows]):
        if count:
            line = Text(" " * (at.column + at.width + 1), no_wrap=True, end="")
            lines.append(line)
        line.append(" ")
        left = beside - 1
        for words, style in row:
            cut = words if cells(words) <= left else fit(words, left)
            line.append(cut, style)
            left -= cells(cut)
    return lines


def _hint(box: Box) -> str:
    return show(pick(box.field.hint)) if box.field.hint else ""


def _wrap(box: Box, width: int) -> list[list[tuple[str, str]]]:
    """The options by digit, `1来电 2来访`, in rows of this width; the chosen one stands out."""
    rows: list[list[tuple[str, str]]] = [[]]
    used = 0
    coded = box.field.type in CODED
    for digit, label in enumerate(box.options, 1):
        if not label:
            continue
        head = box.picks[digit - 1].raw if coded else str(digit)
        words = f"{head}{label}" if cells(label) > len(label) and not coded else f"{head} {label}"
        size = cells(words) + 1
        if rows[-1] and used + size > width - 1 and len(rows) < _MOST_ROWS:
            rows.append([])
            used = 0
        rows[-1].append((words, "bold" if box.chosen == digit else "dim" if box.chosen else ""))
        rows[-1].append((" ", ""))
        used += size
    return rows if rows[0] else []
