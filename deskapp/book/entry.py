"""An entry: one step as written; its three lines, and the chain that holds them."""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from json.encoder import c_make_encoder, encode_basestring  # type: ignore[attr-defined]  # not in the stubs
from typing import Any

from deskapp.book import lineage
from deskapp.forms.steps import Decision
from deskapp.forms.values import Value, stamp

GENESIS = "0" * 64
"""The hash before a journal's first entry."""
FACTS = frozenset({"reveal", "passphrase", "pin"})
"""Steps that note a fact about a record and leave the record as it was."""
_encode = c_make_encoder(None, json.JSONEncoder().default, encode_basestring, None, ":", ",", False, False, False)
COLUMNS = "journal, seq, head, body, private, hash"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry, read back from its lines. Times are text, as written."""

    journal: int
    seq: int
    at: str
    day: str
    by: str
    form: str
    v: int
    rec: int
    step: str
    state: str
    ended: bool
    hash: str
    number: str | None = None
    marks: tuple[str, ...] | None = None
    due: Mapping[str, str | None] = field(default_factory=dict)
    when: str | None = None
    for_: str | None = None
    act: int | None = None
    undoes: int | None = None
    data: Mapping[str, Value | None] = field(default_factory=dict)
    erased: bool = False

    @property
    def moment(self) -> str:
        """When it happened: as told, or else when it was written."""
        return self.when or self.at


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a head line vouches for."""

    seq: int
    body: str
    private: str | None


def sealed(head: str) -> Sealed:
    """The hashes in a head line; raises ValueError or KeyError."""
    data = json.loads(head)
    return Sealed(data["seq"], data["body"], data.get("private"))


@dataclass(frozen=True, slots=True)
class Lines:
    """An entry's three lines as they stand in the journal, and its hash."""

    head: str
    body: str
    private: str | None
    hash: str


def line(data: Any) -> str:
    """A value as one line of JSON: what `json.dumps` makes of it, which builds an encoder for each line."""
    return "".join(_encode(data, 0))


def link(previous: str, head: str) -> str:
    """The chain: SHA-256( hex(previous hash) + LF + head line )."""
    return hashlib.sha256(f"{previous}\n{head}".encode()).hexdigest()


def digest(text: str) -> str:
    """SHA-256 of a body or private line, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def salted(data: Mapping[str, Value | None]) -> str:
    """A body or private line: 16 random bytes, so that nobody can guess a value from its hash, and the data."""
    return line({"salt": secrets.token_hex(16), "data": dict(data)})


def compose(
    previous: str, journal: int, seq: int, *, at: str, day: str, by: str, form: str, v: int, rec: int, step: str,
    decision: Decision, private: frozenset[str], number: str | None = None, act: int | None = None,
    undoes: int | None = None,
) -> tuple[Lines, Entry]:  # fmt: skip
    """An entry and its lines; `private` names the fields that go on the erasable line.

    The entry is what `read` makes of the lines, to the order of its fields.
    """
    open_ = {k: value for k, value in decision.data.items() if k not in private}
    hidden = {k: value for k, value in decision.data.items() if k in private}
    body, apart = salted(open_), salted(hidden) if hidden else None
    when = stamp(decision.when) if decision.when is not None else None
    marks = tuple(sorted(decision.marks)) if decision.marks is not None else None
    head: dict[str, Any] = {
        "seq": seq, "at": at, "day": day, "by": by, "form": form, "v": v, "rec": rec, "step": step,
    }  # fmt: skip
    if number is not None:
        head["no"] = number
    head["state"] = decision.state
    if decision.ended:
        head["ended"] = True
    if marks is not None:
        head["marks"] = marks
    if decision.due:
        head["due"] = decision.due
    if when is not None:
        head["when"] = when
    if decision.for_ is not None:
        head["for"] = decision.for_
    if act is not None:
        head["act"] = act
    if undoes is not None:
        head["undoes"] = undoes
    head["body"] = digest(body)
    if apart is not None:
        head["private"] = digest(apart)
    text = line(head)
    lines = Lines(text, body, apart, link(previous, text))
    return lines, Entry(
        journal=journal, seq=seq, at=at, day=day, by=by, form=form, v=v, rec=rec, step=step,
        state=decision.state, ended=decision.ended, hash=lines.hash, number=number, marks=marks,
        due=dict(decision.due), when=when, for_=decision.for_, act=act, undoes=undoes, data={**open_, **hidden},
    )  # fmt: skip


_decode = json.JSONDecoder().raw_decode


def spoken(text: str) -> Any:
    """The value that a line of JSON holds, and nothing else; raises ValueError."""
    value, end = _decode(text)
    if end != len(text):
        raise ValueError(text[end:])
    return value


def read(row: tuple[int, int, str, str, str | None, str]) -> Entry:
    """An entry from its row (COLUMNS); raises ValueError or KeyError where a line is not what it should be."""
    journal, seq, head, body, private, hash_ = row
    return told(journal, seq, spoken(head), body, private, hash_)


def told(journal: int, seq: int, head: Mapping[str, Any], body: str, private: str | None, hash_: str) -> Entry:
    """An entry from what its head line says and its other lines; raises ValueError or KeyError."""
    data = dict(spoken(body)["data"])
    if private is not None:
        data.update(spoken(private)["data"])
    return Entry(
        journal=journal, seq=seq, at=head["at"], day=head["day"], by=head["by"], form=head["form"], v=head["v"],
        rec=head["rec"], step=head["step"], state=head["state"], ended=head.get("ended", False), hash=hash_,
        number=head.get("no"), marks=tuple(head["marks"]) if "marks" in head else None, due=head.get("due", {}),
        when=head.get("when"), for_=head.get("for"), act=head.get("act"), undoes=head.get("undoes"), data=data,
        erased="private" in head and private is None,
    )  # fmt: skip


def erased_by(data: Mapping[str, Any], before: int) -> set[int]:
    """The seqs that the erase entry at seq `before` names: `seqs`, parted by blanks; raises ValueError.

    What is still to be written can't be erased.
    """
    return {seq for word in str(data.get("seqs", "")).split() if 0 <= (seq := int(word)) < before}


def standing(entries: Iterable[Entry]) -> list[Entry]:
    """The entries that were not taken back, without those that took them back."""
    every = list(entries)
    undone = {one.undoes for one in every}
    return [one for one in every if one.undoes is None and one.seq not in undone]


def still(entries: Iterable[Entry]) -> list[Entry]:
    """The steps that stand: the entries that do, without mere facts."""
    return [one for one in standing(entries) if one.step not in FACTS]


def of_record(conn: sqlite3.Connection, journal: int, rec: int) -> Iterator[Entry]:
    """A record's entries, in order, also those of journals that continue its own."""
    first = conn.execute(f"SELECT {COLUMNS} FROM journal WHERE journal = ? AND seq = ?", (journal, rec)).fetchone()
    if first:
        yield read(first)
    # Left to itself SQLite would walk the whole journal in its order, to spare sorting these few.
    indexed = "journal INDEXED BY journal_rec"
    rows = f"SELECT {COLUMNS} FROM {indexed} WHERE rec = ? AND rec <> seq AND journal = ? ORDER BY seq"
    for one in lineage.family(conn, journal):
        for row in conn.execute(rows, (rec, one)):
            yield read(row)


def between(conn: sqlite3.Connection, journal: int, after: int, upto: int | None = None) -> Iterator[Entry]:
    """The entries after one seq, up to another, of a journal and those that it continues; in order."""
    own = ",".join(map(str, lineage.ancestors(conn, journal)))
    rows = conn.execute(
        f"SELECT {COLUMNS} FROM journal WHERE journal IN ({own}) AND seq > ? AND seq <= ? ORDER BY seq",
        (after, 2**62 if upto is None else upto),
    )
    return map(read, rows)
