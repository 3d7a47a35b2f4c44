"""How the count reads: a line each, and the drawer by note."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from deskapp.book.database import Book
from deskapp.desk import counting, display
from deskapp.desk.counting import NOTES, Line
from deskapp.desk.handover import Told
from deskapp.forms.values import Value
from deskapp.i18n import _
from deskapp.text import fit

_NAME, _FIGURE = 18, 9


def lines_of(
    book: Book, lines: Sequence[Line], said: Told, at: int, differs: str, width: int
) -> list[str]:  # fmt: skip
    """The lines; blind: the book's figure stands beside what was counted only."""
    heads = (_("In the book"), _("Counted"), _("Differs"))
    head = f"  {fit(_('Line'), _NAME)}" + "".join(fit(one, _FIGURE) for one in heads) + _("Explained")
    shown = [head, "-"]
    for n, line in enumerate(lines):
        sign = ">" if n == at else " "
        row = _row(book, line, said.counts.get(line.code))
        if n == at:
            row = fit("", _FIGURE) + fit(f"[{differs}]", _FIGURE) if differs else fit("", _FIGURE) + "[ ]"
            if differs:
                row = _row(book, line, {"expected": counting.expected(book, line), "found": differs})
        shown.append(fit(f"{sign} {fit(line.name, _NAME)}{row}", width))
    return shown


def _row(book: Book, line: Line, said: Mapping[str, Value | None] | None) -> str:
    if said is None:
        return ""
    names = ("next_expected", "next_found") if line.is_receipt and "found" not in said else ("expected", "found")
    should, found = (said.get(name) for name in names)
    parts = [str(one) if one is not None else "-" for one in (should, found)]
    if should is None or str(should) == str(found):
        gap = "0" if should is not None else "-"
    elif isinstance(should, int) and str(found).isdecimal():
        gap = f"{int(str(found)) - should:+}"
    else:
        gap = _("differs")
    form = book.forms["shift"]
    why = next((display.value(book, form.fields[name], said.get(name)) for name in ("origin", "cause")
                if said.get(name)), "")  # fmt: skip
    missing = str(said.get("missing") or "").split()
    gone = [display.called(book, number) for number in missing]
    return "".join(fit(one, _FIGURE) for one in (*parts, gap)) + " ".join([why, *gone, str(said.get("word") or "")])


def drawer(
    book: Book, said: Told, notes: Mapping[str, int] | None, asked: str | None, width: int
) -> list[str]:  # fmt: skip
    """The notes; what they come to, and what there should be, once all are typed."""
    known = notes if notes is not None else {name: int(str((said.cash or {}).get(name) or 0)) for name in NOTES}
    cells = [f"{'>' if name == asked else ' '}{worth(name)}[{known.get(name, ''):>2}]"
             for name in NOTES]  # fmt: skip
    shown = [_("-- Cash (how many of each) "), fit(" ".join(cells), width)]
    if len(known) == len(NOTES):
        counted = counting.worth(known)
        should = counting.drawer(book) if notes is not None or not said.cash else Decimal(str(said.cash["drawer"]))
        line = _(" counted {counted}   should be {should}   {over}")
        shown.append(line.format(counted=f"{counted:.2f}", should=f"{should:.2f}", over=over(counted - should)))
        if said.cash and notes is None and said.cash.get("cause"):
            cause = display.value(book, book.forms["shift"].fields["cause"], said.cash["cause"])
            shown.append(f" {cause} {said.cash.get('word') or ''}")
        if counted != should:
            shown.append(_(" A difference stops nobody: it is written into the record, and the manager sees it."))
    return shown


def worth(note: str) -> str:
    """What a note or coin is called: 100, 0.5."""
    return f"{Decimal(NOTES[note]).scaleb(-2).normalize():f}"


def over(amount: Decimal) -> str:
    """A difference of the drawer in words."""
    if not amount:
        return _("right")
    words = _("over {amount} yuan") if amount > 0 else _("short {amount} yuan")
    return words.format(amount=f"{abs(amount):.2f}")
