"""What the hand-over counts, and what the book says of it (ux F2.3, F2.5, F2.11)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from deskapp.book import view
from deskapp.book.database import Book
from deskapp.book.journal import Request
from deskapp.book.view import Record
from deskapp.desk import shifts
from deskapp.desk.office import standard_records
from deskapp.forms.values import Value
from deskapp.text import fold

FORM = "count"
NOTES: Mapping[str, int] = {
    "n100": 10000, "n50": 5000, "n20": 2000, "n10": 1000, "n5": 500, "n1": 100, "n05": 50, "n01": 10,
}  # fmt: skip
"""The drawer's notes and coins, worth so many fen."""
DRAWER = "drawer"
_MOST = 10_000
_AHEAD = 500
"""How many receipts a shift may use."""


@dataclass(frozen=True, slots=True)
class Line:
    """Something that is counted."""

    code: str
    name: str
    how: str
    """fixed, records, total or receipt."""
    fixed: int | None
    of: str
    standing: str

    @property
    def is_receipt(self) -> bool:
        """Whether it is the number of the next receipt, not how many there are."""
        return self.how == "receipt"


def lines(book: Book) -> list[Line]:
    """What this office counts besides cash; what ships with the program where it never said."""
    records = view.page(book.read, FORM, limit=_MOST, of=view.OWN)[::-1]
    if records:
        return [_line(one.fields) for one in records if not one.ended]
    return [_line(row) for form, rows in standard_records(book.forms) if form == FORM for row in rows]


def _line(said: Mapping[str, Value]) -> Line:
    fixed = said.get("fixed")
    code, name, how, of, standing = (str(said.get(key) or "") for key in ("code", "name", "how", "of", "standing"))
    return Line(code, name, how, int(fixed) if fixed not in (None, "") else None, of, standing)


def expected(book: Book, line: Line) -> int | str | None:
    """What the book says there should be now; None where it has nothing to say."""
    match line.how:
        case "records":
            states = line.standing.split()
            return view.count(book.read, line.of, open_only=True, states=states, most=_MOST, of=view.OWN)
        case "total":
            return view.total(book.read, line.of)
        case "receipt":
            return next_receipt(book)
        case _:
            return line.fixed


def listed(book: Book, line: Line) -> list[Record]:
    """The things of a line one by one, where each is a record, the oldest first."""
    if line.how != "records":
        return []
    return view.page(book.read, line.of, open_only=True, states=line.standing.split(), limit=_MOST, of=view.OWN)[::-1]


def next_receipt(book: Book) -> str | None:
    """The receipt that should come next: after the last one used since the last hand-over, in the book begun last.

    None where that book is full, or nothing is known. A number typed wrong, far from the others, leads nowhere.
    """
    begun = view.page(book.read, "cash", where={"kind": "book"}, states=("booked",), limit=1, of=view.OWN)
    first, last = (str(begun[0].fields[name]) for name in ("first", "last")) if begun else ("", "")
    ended = shifts.last(book)
    base = str(ended.fields.get("next_found", "")) if ended else ""
    if base and (not begun or first <= base <= last):
        first, last = base, min(filter(None, (last, after(base, _AHEAD) or base)))
    used = view.highest(book.read, "receipt", first, last)
    if used is None:
        return first or None
    return after(used) if not begun or used < str(begun[0].fields["last"]) else None


def after(number: str, by: int = 1) -> str | None:
    """The number that follows another, in as many digits; None for what does not end in digits."""
    found = re.fullmatch(r"(.*?)([0-9]{1,18})", number)
    return f"{found[1]}{int(found[2]) + by:0{len(found[2])}}" if found else None


def drawer(book: Book) -> Decimal:
    """What the drawer should hold."""
    return Decimal(view.total(book.read, DRAWER)).scaleb(-2)


def worth(notes: Mapping[str, int]) -> Decimal:
    """What notes and coins come to."""
    return Decimal(sum(NOTES[name] * n for name, n in notes.items())).scaleb(-2)


def count(book: Book, shift: str, line: Line, found: str, **said: object) -> Request:
    """What was counted, beside what the book says at this moment."""
    should = expected(book, line)
    if line.is_receipt:
        found = str(should) if should is not None and fold(str(should)) == fold(found) else found
        answers = {"line": line.code, "next_expected": should, "next_found": found, **said}
        return Request("receipts", answers, None, shift)
    return Request("count", {"line": line.code, "expected": should, "found": found, **said}, None, shift)


def cash(book: Book, shift: str, notes: Mapping[str, int], **said: object) -> Request:
    """The drawer by note, beside what it should hold."""
    sums = {"drawer": f"{drawer(book):.2f}", "counted": f"{worth(notes):.2f}"}
    return Request("cash", {**dict.fromkeys(NOTES, 0), **notes, **sums, **said}, None, shift)
