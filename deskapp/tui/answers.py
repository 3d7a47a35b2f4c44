"""Reading and showing answers at a panel: the short forms typed, what they mean in full, what `*` offers."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from deskapp.book import view
from deskapp.book.database import Book
from deskapp.desk import display
from deskapp.desk.people import residents
from deskapp.forms.form import Field, Form
from deskapp.forms.values import CHINA, Context, Value, parse
from deskapp.i18n import _
from deskapp.text import fold
from deskapp.tui.widgets.field import Pick

FEW = 9
MOST = 500
"""Candidates looked through for one field; a form with more of them is searched, not listed."""


class Answers:
    """What one panel needs of the book to understand what is typed."""

    def __init__(self, book: Book, now: datetime, me: str, homes: dict[str, tuple[Pick, ...]] | None = None) -> None:
        self.book = book
        self._homes = {} if homes is None else homes
        self.now = now
        self.context = Context(now, me, lambda form, number: view.fields(book.read, form, number), kind=book.rules.kind)

    def read(self, field: Field, raw: object) -> Value | None:
        """The stored value of what was typed; raises WrongAnswer or Refused."""
        return parse(field, raw, self.context)

    def said(self, field: Field, value: Value | None) -> str:
        """What a value means in full, where that is more than what was typed."""
        if value is None or field.type in ("text", "note", "choice", "yes-no", "person", "count", "id-tail", "phone"):
            return ""
        if field.type == "room":
            return self._place(str(value))
        if field.type in ("moment", "day"):
            return self._date(str(value))
        return display.value(self.book, field, value, masked=False)

    def _date(self, value: str) -> str:
        """A moment or day in full: the wrong day is the usual mistake of a short form."""
        then, today = datetime.fromisoformat(value), self.now.astimezone(CHINA).date()
        day = then.astimezone(CHINA).date() if "T" in value else then.date()
        words = {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}.get((day - today).days, f"{day:%Y-%m-%d}")
        return f"{words} {then.astimezone(CHINA):%H:%M}" if "T" in value else words

    def people(self, room: str) -> tuple[Pick, ...]:
        """The people of a flat, looked up once a panel."""
        if room not in self._homes:
            self._homes[room] = people(self.book, room)
        return self._homes[room]

    def _place(self, room: str) -> str:
        """A room in words: its name or kind, and how many people live there."""
        record = view.lookup(self.book.read, room)
        if record is None:
            return ""
        words = display.what(self.book, display.form_of(self.book, record), record)
        n = len(self.people(room))
        return f"{words}  " + _("{n} live here").format(n=n) if n else words

    def raw(self, field: Field, value: Value) -> str:
        """How a stored value stands in the brackets: as short as somebody would type it."""
        match field.type:
            case "choice":
                codes = [choice.code for choice in field.choices]
                return str(codes.index(str(value)) + 1) if value in codes else ""
            case "yes-no":
                return "1" if value else "2"
            case "moment":
                moment = datetime.fromisoformat(str(value)).astimezone(CHINA)
                return moment.strftime("%m%d-%H%M")
            case "day":
                return str(value).replace("-", "")
            case "record" | "staff":
                return next(
                    (str(value).removeprefix(f"{of}-") for of in self.forms(field) if str(value).startswith(f"{of}-")),
                    str(value),
                )
            case _:
                return str(value)

    def forms(self, field: Field) -> tuple[str, ...]:
        """The forms whose records a field may name."""
        of = {"room": ("room",), "staff": ("staff",)}.get(field.type, field.of)
        return tuple(name for name in of if name in self.book.forms)

    def few(self, field: Field) -> tuple[Pick, ...]:
        """The candidates where they are few enough to stand beside the field: the providers, the price lines."""
        count = partial(view.count, self.book.read, open_only=True, most=FEW + 1, of=view.NEAR)
        total = sum(count(name) for name in self.forms(field))
        return tuple(self.candidates(field, "")) if total <= FEW else ()

    def candidates(self, field: Field, typed: str) -> list[Pick]:
        """What `*` offers: the records the field may name, narrowed by what was typed (code, name, initials)."""
        word = fold(typed).strip().strip("*")
        found: list[Pick] = []
        for name in self.forms(field):
            form = self.book.forms[name]
            records = view.page(self.book.read, name, open_only=True, limit=MOST, of=view.NEAR)
            if form.number_field:
                records.sort(key=lambda one: one.number)
            for one in records:
                short = self.raw(field, one.number)
                label = display.value(self.book, field, one.number, masked=False)
                known = fold(short).startswith(word) or word in fold(label) or self._called(form, one.fields, word)
                if not word or known:
                    found.append(Pick(short, label))
        return found

    def _called(self, form: Form, fields: object, word: str) -> bool:
        """Whether a record's name has these initials or begins with this pinyin."""
        name = fields.get(form.naming) if form.naming and isinstance(fields, dict) else None
        if not name or not word.isascii() or not word.isalpha():
            return False
        from deskapp.book import pinyin

        return any(key.startswith(word) for key in pinyin.keys(str(name)))


def people(book: Book, room: str) -> tuple[Pick, ...]:
    """The people of a flat, to pick by digit; a pick also answers a phone field.

    People are the records of any form that is named by a person and belongs to a room.
    """
    found: list[Pick] = []
    for one in residents(book, room):
        form = book.forms[one.form]
        label = [str(one.fields[form.naming or ""])]
        phones = []
        for other in form.fields.values():
            value = one.fields.get(other.name)
            if value is not None and other.type == "phone":
                phones.append((str(value), display.value(book, other, value, masked=True)))
            elif value is not None and other.type == "choice":
                label.append(display.value(book, other, value))
        label += [masked for _phone, masked in phones[:1]]
        found.append(Pick(label[0], " ".join(label), phone=phones[0][0] if phones else ""))
    return tuple(found[:9])
