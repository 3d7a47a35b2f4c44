"""The search index's writing side: bigrams, name keys, tails and links of each record."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from deskapp.book import pinyin
from deskapp.forms.form import Form
from deskapp.forms.values import Value
from deskapp.text import fold

if TYPE_CHECKING:
    from deskapp.book.database import Book

_RUN = re.compile(r"\w+")
_LINKS = frozenset({"room", "record", "staff"})
_PLAIN = frozenset({"text", "note", "person"})


def terms(text: str) -> Iterator[str]:
    """The index terms of a folded text: overlapping pairs of each run, and its last character alone.

    Cut in Python at write time; every query of two characters or more is then an exact lookup, and one
    character a prefix (`performance.md`: bigrams beat trigrams in size and speed).
    """
    for run in _RUN.findall(text):
        for i in range(len(run) - 1):
            yield run[i : i + 2]
        yield run[-1]


def text(book: Book, conn: sqlite3.Connection, form: Form, values: Mapping[str, Value]) -> str:
    """What a record, or one entry of it, can be found by: folded, a line a value."""
    lines = []
    for name, value in values.items():
        field = form.fields.get(name)
        if field is None:
            continue
        if field.type in _PLAIN and not field.tail:
            lines.append(str(value))
        elif field.type == "record" and (called := _called(book, conn, str(value))):
            lines.append(called)
    return fold("\n".join(dict.fromkeys(lines)))


def _called(book: Book, conn: sqlite3.Connection, number: str) -> str | None:
    """The name of a reference record (an item, a provider): what refers to it is found by it."""
    row = conn.execute("SELECT journal, form, v, fields FROM records WHERE number = ?", (number,)).fetchone()
    if row is None:
        return None
    form = book.adopted(conn, *row[:3])
    if form.naming is None or form.fields[form.naming].personal:
        return None
    return str(json.loads(row[3]).get(form.naming, ""))


def add(conn: sqlite3.Connection, id_: int, folded: str) -> None:
    """Index a new record's text."""
    conn.execute("INSERT INTO search (rowid, text) VALUES (?, ?)", (id_, _document(folded)))


def replace(conn: sqlite3.Connection, id_: int, old: str, new: str) -> None:
    """Index a record anew: a contentless index must be told what it held."""
    conn.execute("INSERT INTO search (search, rowid, text) VALUES ('delete', ?, ?)", (id_, _document(old)))
    add(conn, id_, new)


def _document(folded: str) -> str:
    return " ".join(dict.fromkeys(terms(folded)))


def keys(
    conn: sqlite3.Connection, id_: int, form: Form, values: Mapping[str, Value], before: Mapping[str, Value]
) -> None:
    """The names, tails and links of a record; a link that was corrected away goes, a name once said stays."""
    for name, value in values.items():
        field = form.fields.get(name)
        if field is None or before.get(name) == value:
            continue
        if field.type in _LINKS:
            conn.execute("INSERT OR IGNORE INTO links VALUES (?, ?, ?)", (str(value), id_, name))
        elif field.type == "person":
            conn.execute("INSERT OR IGNORE INTO name_records VALUES (?, ?)", (_name(conn, str(value)), id_))
        if field.unique:
            conn.execute("INSERT OR IGNORE INTO links VALUES (?, ?, ?)", (used(name, value), id_, name))
        if (field.type == "phone" or field.tail) and (tail := fold(str(value))[-4:]):
            conn.execute("INSERT OR IGNORE INTO tails VALUES (?, ?)", (tail, id_))
    for name, value in before.items():
        if name in form.fields and form.fields[name].type in _LINKS and values.get(name) != value:
            conn.execute("DELETE FROM links WHERE target = ? AND record = ? AND field = ?", (str(value), id_, name))


def used(name: str, value: Value) -> str:
    """Under what a value that is used only once is found; a number, a room or a receipt are never taken for each other.

    A value once said stays used, also when it was corrected away: the paper has been handed out.
    """
    return f"{name}={fold(str(value))}"


def _name(conn: sqlite3.Connection, name: str) -> int:
    """The id of a person's name, indexed by pinyin the first time it is met."""
    row = conn.execute("SELECT id FROM names WHERE name = ?", (name,)).fetchone()
    if row:
        return int(row[0])
    id_ = conn.execute("INSERT INTO names (name) VALUES (?)", (name,)).lastrowid or 0
    conn.executemany("INSERT OR IGNORE INTO name_keys VALUES (?, ?)", [(key, id_) for key in _keys(name)])
    return id_


@lru_cache(maxsize=4096)
def _keys(name: str) -> frozenset[str]:
    return frozenset(pinyin.keys(name))
