"""What a form says of its records beside each other: twins, repeats, the cards of rooms, corrections; read strictly."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from deskapp.forms.form import Announcement, Consequence, Field, Repeats, Twin
from deskapp.forms.strict import Table


def read_twin(
    top: Table, form: str, fields: Mapping[str, Field], states: Collection[str], steps: Collection[str]
) -> Twin | None:  # fmt: skip
    """The `[twin]` of a form; what it says of another form is judged with all forms together."""
    if "twin" not in top.data:
        return None
    table = top.table("twin")
    table.only(("form", "by", "step", "copies", "merges", "double", "recall"))
    copies = table.table("copies")
    for key in copies.data:
        copies.name(key, fields, "a field")
    by = table.name("by", fields, "a field")
    if not by or fields[by].type not in ("room", "record", "staff"):
        raise table.fail("by", "must be a room, record or staff field")
    other = table.text("form", form)
    merges = table.names("merges", states, "a state")
    double, recall = (table.name(key, steps, "a step") for key in ("double", "recall"))
    if other != form and (merges or double or recall):
        raise table.fail("merges", "is among records of one form")
    return Twin(other, by, table.text("step"), dict(copies.data), merges, double, recall)


def read_consequence(top: Table, fields: Mapping[str, Field], states: Collection[str]) -> Consequence | None:
    """The `[corrects]` of a form."""
    if "corrects" not in top.data:
        return None
    table = top.table("corrects")
    table.only(("from", "asks"))
    asks = table.table("asks")
    for key in asks.data:
        if key not in fields:
            raise asks.fail(key, "is not a field")
    named = table.names("from", states, "a state")
    if not named:
        raise table.fail("from", "must name a state")
    return Consequence(named, {key: asks.names(key, fields, "a field") for key in asks.data})


def read_repeats(top: Table) -> Repeats | None:
    """The `repeats` of a form."""
    if "repeats" not in top.data:
        return None
    table = top.table("repeats")
    table.only(("days", "times"))
    days, times = (table.data.get(key) for key in ("days", "times"))
    if not (type(days) is int and type(times) is int and 0 < days < 1000 and 0 < times < 100):
        raise table.fail("days", "and times must be whole numbers from 1")
    return Repeats(days, times)


def read_card(top: Table, fields: Mapping[str, Field]) -> Announcement | None:
    """The `card` of a form."""
    if "card" not in top.data:
        return None
    table = top.table("card")
    table.only(("covers", "until"))
    covers, until = (table.name(key, fields, "a field") for key in ("covers", "until"))
    if not covers or fields[covers].type != "text" or fields[covers].private:
        raise table.fail("covers", "must be a text that is not personal")
    if until and fields[until].type not in ("moment", "day"):
        raise table.fail("until", "must be a moment or a day")
    return Announcement(covers, until)
