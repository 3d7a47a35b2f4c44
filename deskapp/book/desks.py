"""Whose records they are: one book holds its own desk's journals and those that came from others.

A number is one desk's own: `desk-017/WT20261122-003` names a record of another. What the own desk decides goes by its
own records; head office's are shown beside them, and its price board stands in place of the own one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from deskapp.book import index
from deskapp.forms.load import parse_form
from deskapp.forms.strict import FormError
from deskapp.forms.values import Value

HQ = "hq"
"""What head office is called everywhere."""
GUIDED = frozenset({"price"})
"""Forms whose records head office decides: its record stands in place of an own one of the same number."""


@dataclass(frozen=True, slots=True)
class Desks:
    """The journals that a book holds, and whose they are."""

    own: str
    of: Mapping[int, str]

    @property
    def alone(self) -> bool:
        """Whether nothing came from another desk."""
        return all(desk == self.own for desk in self.of.values())

    def named(self, journal: int, number: str) -> str:
        """What a record's number is here: another desk's bears its name."""
        desk = self.of.get(journal, self.own)
        return number if desk == self.own else f"{desk}/{number}"

    def parted(self, number: str) -> tuple[str, str]:
        """The desk that a number names, the own one where it names none, and the number there."""
        desk, slash, rest = number.partition("/")
        return (desk, rest) if slash and desk in self.of.values() else (self.own, number)

    def journals(self, *whose: str) -> list[int]:
        """The journals of these desks."""
        return [journal for journal, desk in self.of.items() if desk in whose]

    def among(self, *whose: str) -> str:
        """The test, as SQL, that a record is of these desks; always true where all are."""
        if all(desk in whose for desk in self.of.values()):
            return "1"
        return f"journal IN ({','.join(map(str, self.journals(*whose)))})"

    @property
    def near(self) -> str:
        """The test that a record is the own desk's or head office's: what is to be done or known here.

        An own record that head office's stands in place of is not.
        """
        if self.alone:
            return "1"
        forms = ",".join(f"'{form}'" for form in GUIDED)
        theirs = ",".join(map(str, self.journals(HQ))) or "NULL"
        shadow = f"SELECT 1 FROM records o WHERE o.number = records.number AND o.journal IN ({theirs})"
        near = self.among(self.own, HQ)
        if self.own == HQ:
            return near
        return f"{near} AND NOT (form IN ({forms}) AND {self.among(self.own)} AND EXISTS ({shadow}))"


def desks(conn: sqlite3.Connection) -> Desks:
    """Whose journals this book holds."""
    own, of = "", {}
    for journal, desk, ours in conn.execute("SELECT id, desk, id IN (SELECT journal FROM own) FROM journals"):
        of[journal] = desk
        own = desk if ours else own
    return Desks(own, of)


def pick(known: Desks, found: Sequence[tuple[int, str]], whose: str = "") -> tuple[int | None, list[str]]:
    """Which of some records of one number is meant, given their journals and forms: its place; or else whose they are.

    Head office's price before the own one, then the own record, then the only one there is. Of one desk's several
    journals the latest speaks.
    """
    desk_of = [known.of.get(journal, "") for journal, _ in found]
    guided = [n for n, (_, form) in enumerate(found) if form in GUIDED and desk_of[n] == HQ and not whose]
    among = guided or [n for n, desk in enumerate(desk_of) if desk == (whose or known.own)]
    if not among and not whose and len(set(desk_of)) == 1:
        among = list(range(len(found)))
    if among:
        return max(among, key=lambda n: found[n][0]), []
    return None, sorted(set(desk_of)) if not whose else []


def references(conn: sqlite3.Connection, journal: int, form: str, v: int) -> frozenset[str]:
    """The fields of a form, as a journal adopted it, whose values are numbers of that desk's records."""
    row = conn.execute("SELECT text FROM forms WHERE journal = ? AND form = ? AND v = ?", (journal, form, v)).fetchone()
    return _links(row[0], form) if row else frozenset()


@lru_cache(maxsize=256)
def _links(text: str, form: str) -> frozenset[str]:
    try:
        return index.ways(parse_form(text, f"{form}.toml")).links
    except FormError:
        return frozenset()


def abroad(known: Desks, journal: int, links: frozenset[str], values: Mapping[str, Value]) -> dict[str, Value]:
    """The values of another desk's record, as they are named here: its provider 21 is not ours."""
    return {
        name: known.named(journal, str(value)) if name in links and known.parted(str(value))[1] == value else value
        for name, value in values.items()
    }
