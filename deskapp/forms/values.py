"""Field types: what may be typed for each, what it becomes, and what is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from unicodedata import normalize

from deskapp.errors import DeskError, Refused
from deskapp.forms.form import Choice, Field, Form
from deskapp.text import clean, fold

CHINA = timezone(timedelta(hours=8))
"""The office's time. Fixed: the summer time of 1986-91 must not move anybody's birthday."""

Value = str | int | bool
Fields = Mapping[str, Value]

_EXAMPLES = {
    "money": "80 or 80.50", "count": "3", "phone": "13800131234", "id-tail": "123X",
    "room": "3-2-1502", "day": "22, 1122 or 20261122",
}  # fmt: skip
_YES_NO = {"1": True, "yes": True, "true": True, "y": True, "2": False, "no": False, "false": False, "n": False}
_PHONE = re.compile(r"\+?[0-9]{3,20}\Z")
_ID_TAIL = re.compile(r"[0-9]{3,5}[0-9X]\Z")
_MONEY = re.compile(r"-?(?:[0-9]{1,9}(?:\.[0-9]{0,2}0*)?|\.[0-9]{1,2}0*)\Z")
_NUMBER = re.compile(r"[^\s\x00-\x1f]{1,64}\Z")


@dataclass(frozen=True, slots=True)
class Context:
    """What reading an answer may look at: the moment, who writes, and the book's records."""

    now: datetime | None = None
    me: str | None = None
    find: Callable[[str, str], Fields | None] = lambda form, number: {}
    """`find(form, number)` gives a record's field values and `state`, or None where there is no such record."""
    forms: Mapping[str, Form] = field(default_factory=dict)
    kind: str | None = None
    """The kind of office, where it is known: some answers are given in one kind only."""
    holder: Callable[[str, str], str | None] = lambda name, value: None
    """`holder(field, value)` gives the number of the record that holds a value which is used only once."""
    codes: Callable[[str, str], tuple[Collection[str], str]] = lambda form, name: ((), "")
    """`codes(form, field)` gives the codes that open records of the form have, and the one given last."""


class WrongAnswer(DeskError):
    """An answer that its field can't take; `field` names it."""

    def __init__(self, field: Field, message: str, hint: str = "", **values: object) -> None:
        super().__init__(message, hint, label=field.label, **values)
        self.field = field.name


class Missing(WrongAnswer):
    """An answer that the step needs was not given."""

    def __init__(self, field: Field) -> None:
        super().__init__(field, "{label}: an answer is needed")


def parse(field: Field, raw: object, ctx: Context) -> Value | None:
    """The stored value of an answer; None where nothing was said.

    `raw` is text as typed or a value already of the right kind. Raises WrongAnswer, or Refused for
    what the manuals forbid (R91).
    """
    if raw is None:
        return None
    if isinstance(raw, str):
        raw = clean(raw, lines=field.type == "note")
        if not raw:
            return None
    value = _READERS[field.type](field, raw, ctx)
    if field.refuses is not None and value == field.refuses and field.say is not None:
        raise Refused("{label}: this is not accepted ({cites})", field.say, "read the sentence to the customer",
                      label=field.label, cites=field.cites or "-")  # fmt: skip
    return value


def _text(field: Field, raw: object, ctx: Context) -> str:
    text = str(raw)
    if len(text) > field.length:
        raise WrongAnswer(field, "{label}: too long, {length} characters at most", length=field.length)
    return text


def _choice(field: Field, raw: object, ctx: Context) -> str:
    word = fold(str(raw))
    for digit, choice in enumerate(field.choices, 1):
        if given_in(choice, ctx.kind) and word in (
            str(digit),
            choice.code,
            fold(choice.label.zh),
            fold(choice.label.en),
        ):
            return choice.code
    known = " ".join(f"{i} {choice.code}" for i, choice in enumerate(field.choices, 1) if given_in(choice, ctx.kind))
    raise WrongAnswer(field, "{label}: no such choice", "choose one of: {known}", known=known)


def given_in(choice: Choice, kind: str | None) -> bool:
    """Whether an office of this kind has this answer (R102, R103)."""
    return choice.at is None or kind is None or choice.at == kind


def _yes_no(field: Field, raw: object, ctx: Context) -> bool:
    if isinstance(raw, bool):
        return raw
    word = fold(str(raw))
    if word not in _YES_NO:
        raise WrongAnswer(field, "{label}: answer 1 (yes) or 2 (no)")
    return _YES_NO[word]


def _digits(field: Field, raw: object, shape: re.Pattern[str], drop: str) -> str:
    word = re.sub(drop, "", fold(str(raw))).upper()
    if not shape.match(word):
        raise WrongAnswer(field, "{label}: is not understood", "type it like {example}", example=_EXAMPLES[field.type])
    return word


def _phone(field: Field, raw: object, ctx: Context) -> str:
    return _digits(field, raw, _PHONE, r"[\s().-]")


def _id_tail(field: Field, raw: object, ctx: Context) -> str:
    return _digits(field, raw, _ID_TAIL, r"\s")


def _money(field: Field, raw: object, ctx: Context) -> str:
    word = re.sub(r"[\s,]", "", fold(str(raw)))
    if not _MONEY.match(word) or (word.startswith("-") and field.min is None):
        raise _unread(field)
    amount = Decimal(word) + 0  # so that -0 is 0
    _in_range(field, amount)
    return f"{amount:.2f}"


def _count(field: Field, raw: object, ctx: Context) -> int:
    word = fold(str(raw))
    if isinstance(raw, bool) or not re.match(r"[0-9]{1,9}\Z", word):
        raise _unread(field)
    _in_range(field, Decimal(word))
    return int(word)


def _in_range(field: Field, amount: Decimal) -> None:
    if amount > Decimal(field.max if field.max is not None else "999999999"):
        raise WrongAnswer(field, "{label}: {limit} at most", limit=field.max or "999999999")
    if field.min is not None and amount < Decimal(field.min):
        raise WrongAnswer(field, "{label}: {limit} at least", limit=field.min)


def _unread(field: Field) -> WrongAnswer:
    return WrongAnswer(field, "{label}: is not understood", "type it like {example}", example=_EXAMPLES[field.type])


def _room(field: Field, raw: object, ctx: Context) -> str:
    if ctx.find("room", str(raw)) is not None:
        return str(raw)
    for number in room_numbers(str(raw)):
        if ctx.find("room", number) is not None:
            return number
    raise WrongAnswer(field, "{label}: there is no room {room}", "type it like 3-2-1502, or 0 for a public place",
                      room=str(raw)[:20])  # fmt: skip


def room_numbers(raw: str) -> list[str]:
    """The room numbers that a typed room may mean, the likeliest first.

    `3.2.1502`, `3 2 1502` and `321502` (building, unit, then a door of three or four digits) are 3-2-1502.
    """
    word = re.sub(r"[\s.,/_-]+", "-", fold(raw).strip())
    found = [word, word.upper()]
    if re.match(r"[0-9]{5,7}\Z", word):
        for door in (4, 3):
            head = word[:-door]
            found += [f"{head[:cut]}-{head[cut:]}-{word[-door:]}" for cut in range(1, len(head))]
    return found


def read_code(field: Field, value: Value) -> str:
    """A record's own code, as it will be typed wherever it is named: in plain digits, without blanks."""
    code = normalize("NFKC", str(value))
    if not _NUMBER.match(code):
        raise WrongAnswer(field, "{label}: has no blanks in it")
    return code


def _reference(field: Field, raw: object, ctx: Context) -> str:
    word = str(raw)
    plain = fold(word)
    forms = ("staff",) if field.type == "staff" else field.of
    if field.type == "staff" and plain == "me" and ctx.me:
        return ctx.me
    if _NUMBER.match(word):
        for form in forms:
            short = (word, plain, plain.lstrip("0"), plain.upper())
            for number in (word, *(f"{form}-{code}" for code in short), plain, plain.upper()):
                if ctx.find(form, number) is not None:
                    return number
    raise WrongAnswer(field, "{label}: there is no {number}", "F4 or * shows what there is", number=word[:20])


def _moment(field: Field, raw: object, ctx: Context) -> str:
    value = _zoned(raw) if isinstance(raw, datetime) else read_moment(str(raw), _clock(ctx), field.tense)
    if value is None:
        example = "0258, -10 (minutes ago) or 2026-11-22 03:15" if field.tense == "past" else "9, +30 or 23-10"
        raise WrongAnswer(field, "{label}: is not understood", "type it like {example}", example=example)
    if field.tense == "past" and value > _clock(ctx):
        raise WrongAnswer(field, "{label}: is still to come", "type when it happened")
    if field.tense == "future" and value < _clock(ctx) - timedelta(minutes=1):
        raise WrongAnswer(field, "{label}: is already past", "type a moment to come")
    return stamp(value)


def _day(field: Field, raw: object, ctx: Context) -> str:
    today = _clock(ctx).date()
    raw = _zoned(raw).date() if isinstance(raw, datetime) else raw
    value = raw if isinstance(raw, date) else read_day(str(raw), today, field.tense)
    if value is None:
        raise _unread(field)
    if field.tense == "past" and value > today:
        raise WrongAnswer(field, "{label}: is still to come", "type a day up to today")
    if field.tense == "future" and value < today:
        raise WrongAnswer(field, "{label}: is already past", "type a day from today")
    return value.isoformat()


def _clock(ctx: Context) -> datetime:
    return (ctx.now or datetime.now(CHINA)).astimezone(CHINA)


def _zoned(moment: datetime) -> datetime:
    """In the office's time; a spreadsheet's moment without a zone is meant so."""
    return moment.replace(tzinfo=CHINA) if moment.tzinfo is None else moment.astimezone(CHINA)


def stamp(moment: datetime) -> str:
    """A moment as it is written: to the second, with the office's offset."""
    return moment.astimezone(CHINA).isoformat(timespec="seconds")


def read_moment(raw: str, now: datetime, tense: str) -> datetime | None:
    """A moment from its short forms (ux: `0258` `-10` for the past, `9` `+30` `23-10` for the future)."""
    word = fold(raw).strip()
    if tense == "past" and (minutes := re.match(r"-([0-9]{1,4})\Z", word)):
        return now - timedelta(minutes=int(minutes[1]))
    if tense == "future" and (minutes := re.match(r"\+([0-9]{1,5})\Z", word)):
        return now + timedelta(minutes=int(minutes[1]))
    if word == "now":
        return now
    if re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[t ][0-9]{2}:[0-9]{2}", word):
        return _iso(word)
    if clock := re.match(r"([0-9]{1,2}):?([0-9]{2})?\Z", word):
        return _nearest(now, None, clock[1], clock[2], tense)
    if clock := re.match(r"([0-9]{1,2}|[0-9]{4})[- ]([0-9]{1,2}):?([0-9]{2})?\Z", word):
        return _nearest(now, clock[1], clock[2], clock[3], tense)
    return None


def _iso(word: str) -> datetime | None:
    try:
        value = datetime.fromisoformat(word.upper())
    except ValueError:
        return None
    value = _zoned(value)
    return value if 1950 <= value.year <= 2200 else None


def _nearest(now: datetime, day: str | None, hour: str, minute: str | None, tense: str) -> datetime | None:
    """The last (past) or next (future) moment with this clock time, on this day if one is named."""
    here = now.astimezone(CHINA)
    on = here.date() if day is None else read_day(day, here.date(), tense)
    if on is None or int(hour) > 23 or int(minute or 0) > 59:
        return None
    value = datetime(on.year, on.month, on.day, int(hour), int(minute or 0), tzinfo=CHINA)
    if day is None and tense == "past" and value > now:
        value -= timedelta(days=1)
    if day is None and tense == "future" and value <= now:
        value += timedelta(days=1)
    return value


def read_day(raw: str, today: date, tense: str) -> date | None:
    """A day from its short forms: `0` today, `-1` yesterday, `22` of the month, `1122`, `20261122`."""
    word = fold(raw).strip()
    if re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z", word):
        word = word.replace("-", "")
    if word == "0":
        return today
    if away := re.match(r"([+-])([0-9]{1,4})\Z", word):
        return today + timedelta(days=int(away[2]) * (1 if away[1] == "+" else -1))
    if re.match(r"[0-9]{8}\Z", word):
        return _date(int(word[:4]), int(word[4:6]), int(word[6:]))
    step = 1 if tense == "future" else -1
    if re.match(r"[0-9]{4}\Z", word):  # at most eight years to a leap day
        days = (_date(today.year + i * step, int(word[:2]), int(word[2:])) for i in range(9))
    elif re.match(r"[0-9]{1,2}\Z", word):
        months = (today.year * 12 + today.month - 1 + i * step for i in range(4))
        days = (_date(month // 12, month % 12 + 1, int(word)) for month in months)
    else:
        return None
    return next((day for day in days if day and (day - today).days * step >= 0), None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


_READERS: dict[str, Callable[[Field, object, Context], Value]] = {
    "text": _text, "note": _text, "person": _text, "choice": _choice, "yes-no": _yes_no, "phone": _phone,
    "id-tail": _id_tail, "money": _money, "count": _count, "room": _room, "record": _reference,
    "staff": _reference, "moment": _moment, "day": _day,
}  # fmt: skip
