"""A courier's delivery in lines: what was counted, its last pieces (ux 3.6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from rich.text import Text

from deskapp.book.database import Book
from deskapp.book.view import Record
from deskapp.desk import display, mail, slip
from deskapp.forms.form import Form
from deskapp.i18n import _, pick
from deskapp.text import fit, show

COLUMNS = (4, 12, 11, 10, 8)
"""Number, waybill, room, addressee, code; the remark takes what is left."""


def about(book: Book, delivery: Record, today: date) -> str:
    """A delivery in a few words: number, carrier, courier."""
    form = display.form_of(book, delivery)
    words = [display.value(book, form.fields[name], delivery.fields.get(name)) for name in ("carrier", "courier")]
    return " ".join(filter(None, (display.short_number(form, delivery.number, today), *words)))


def counts(book: Book, delivery: Record, pieces: Sequence[Record], width: int) -> Text:
    """What was announced, what was counted, and what is missing."""
    form, fields = display.form_of(book, delivery), delivery.fields
    taken, refused = mail.sums(pieces)
    announced = fields.get("announced")
    parts = [display.value(book, form.fields[name], fields.get(name)) for name in ("carrier", "courier")]
    if isinstance(announced, int):
        parts.append(_("announced {n}").format(n=announced))
    parts.append(_("taken in {n}").format(n=taken))
    if refused:
        parts.append(_("not accepted {n}").format(n=refused))
    if isinstance(announced, int):
        left = announced - taken - refused
        parts.append((_("missing {n}") if left >= 0 else _("over {n}")).format(n=abs(left)))
    if "shelf" in fields:
        parts.append(f"{pick(form.fields['shelf'].label)} {fields['shelf']}")
    return Text(fit(show(" " + "  ".join(filter(None, parts))), width))


def heads(form: Form, width: int) -> Text:
    """What stands in the columns."""
    labels = (pick(form.fields[name].label) for name in ("waybill", "room", "recipient", "pickup_code"))
    return Text(_row(width, _("No."), *labels, _("Remark")))


def rows(book: Book, pieces: Sequence[Record], looked_at: int, most: int, width: int) -> list[Text]:
    """The last pieces, or those around the one that is looked at (from the end); always as many lines."""
    end = len(pieces) - max(0, looked_at - most)
    first = max(0, end - most)
    lines = []
    for n, one in enumerate(pieces[first:end], first + 1):
        here = looked_at and n == len(pieces) - looked_at + 1
        waybill = str(one.fields.get("waybill", ""))
        words = (
            f"{'>' if here else ' '}{n:>2}", f"..{waybill[-8:]}" if waybill else "-", slip.room(one),
            str(one.fields.get("recipient", "")), str(one.fields.get("pickup_code", "-")), _remark(book, one),
        )  # fmt: skip
        lines.append(Text(_row(width, *map(show, words)), "reverse" if here else ""))
    return lines + [Text()] * (most - len(lines))


def _remark(book: Book, piece: Record) -> str:
    waybill = str(piece.fields.get("waybill", ""))
    twice = mail.known(book, waybill, but=piece.number) if waybill else None
    return " ".join(filter(None, (slip.remark(book, piece), _("waybill twice") if twice else "")))


def _row(width: int, *words: str) -> str:
    cut = [fit(text, room) for text, room in zip(words, COLUMNS, strict=False)]
    return fit(" ".join([*cut, *words[len(COLUMNS) :]]), width)
