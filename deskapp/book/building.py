"""Building the view from the journal, entry by entry: what each says is copied into rows, nothing is decided.

The rows of new records wait and are put in place many at once, in the order of their keys: a rebuild or a load of
a million would else touch a page of each table for every record.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from deskapp.book import dues, index, legible, lineage, view
from deskapp.book import entry as ink
from deskapp.book.database import Book
from deskapp.book.desks import desks
from deskapp.book.entry import FACTS, Entry
from deskapp.book.index import Ways
from deskapp.book.schema import VIEW_TABLES
from deskapp.errors import Damaged, DeskError
from deskapp.forms.form import VOID, Form
from deskapp.forms.values import Fields, Value

LOT = 5000
"""How many records may wait: they are kept in memory."""
_CACHE = 64 * 1024
"""KiB of pages that a rebuild keeps in memory."""
_RECORD = f"INSERT INTO records VALUES ({','.join('?' * 16)})"
_SEARCH = "INSERT INTO search (rowid, text) VALUES (?, ?)"
_FORGET = "INSERT INTO search (search, rowid, text) VALUES ('delete', ?, ?)"
_LINK = "INSERT OR IGNORE INTO links VALUES (?, ?, ?)"
_TAIL = "INSERT OR IGNORE INTO tails VALUES (?, ?)"
_NAMED = "INSERT OR IGNORE INTO name_records VALUES (?, ?)"
_NAME_KEY = "INSERT OR IGNORE INTO name_keys VALUES (?, ?)"
_TOTAL = "INSERT INTO totals VALUES (?, ?) ON CONFLICT DO UPDATE SET amount = amount + excluded.amount"
_NUMBER = "INSERT INTO numbers VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET n = max(n, excluded.n)"


@dataclass(slots=True)
class _Row:
    """A record's row, its columns in their order."""

    id: int
    journal: int
    rec: int
    form: str
    v: int
    number: str
    state: str
    ended: bool
    marks: list[str]
    opened: str
    day: str
    by: str
    at: str
    seq: int
    fields: dict[str, Value]
    text: str

    def columns(self) -> tuple[object, ...]:
        """As it stands in the table."""
        return (
            self.id, self.journal, self.rec, self.form, self.v, self.number, self.state, self.ended,
            ink.line(self.marks), self.opened, self.day, self.by, self.at, self.seq, ink.line(self.fields), self.text,
        )  # fmt: skip


class Builder:
    """Lays entries over the view inside the caller's transaction; nothing is sure to be there before `flush`."""

    def __init__(self, book: Book, conn: sqlite3.Connection) -> None:
        self.book, self.conn = book, conn
        self.desks = desks(conn)
        self.strange: list[tuple[int, int]] = []
        """Entries of other desks (journal, seq) that say nothing this program can show; they stand in the journal."""
        self._waiting: dict[tuple[int, int], _Row] = {}
        self._numbers: dict[tuple[str, str], _Row] = {}
        self._rows: dict[str, dict[tuple[object, ...], None]] = {sql: {} for sql in (_LINK, _TAIL, _NAMED, _NAME_KEY)}
        self._last: dict[tuple[int, str], int] = {}
        self._totals: dict[str, int] = {}
        self._used: set[str] = set()
        self._names: dict[str, int] = {}
        self._called: dict[tuple[str, str], str] = {}

    def __len__(self) -> int:
        """How many records wait."""
        return len(self._waiting)

    def uses(self, field: str, value: str) -> bool:
        """Whether a record that waits has this value of a field whose values are used only once."""
        return index.used(field, value) in self._used

    def apply(self, id_: int, entry: Entry) -> None:
        """Bring the view up to date with one entry: an own one, or another desk's, of which nothing is refused."""
        if self.desks.of.get(entry.journal) == self.desks.own:
            self._lay(id_, entry)
            return
        try:
            if not legible.readable(entry):
                raise ValueError(entry.seq)
            self._lay(id_, entry)
        except (DeskError, ValueError, KeyError, TypeError, ArithmeticError, AttributeError):
            self.strange.append((entry.journal, entry.seq))

    def _lay(self, id_: int, entry: Entry) -> None:
        if entry.form == "form":
            self._adopt(entry)
        elif (entry.form, entry.step) == ("journal", "erase"):
            rows = [(lineage.root(self.conn, entry.journal, seq), seq) for seq in ink.erased_by(entry.data)]
            self.conn.executemany("INSERT OR IGNORE INTO erased VALUES (?, ?)", rows)
        elif entry.form == "journal" or entry.step in FACTS:
            return
        elif entry.seq == entry.rec:
            self._register(id_, entry)
        else:
            self._change(entry)

    def flush(self) -> None:
        """Put in place what waits."""
        if self._waiting:
            self.conn.executemany(_RECORD, [row.columns() for row in self._waiting.values()])
            self.conn.executemany(_SEARCH, [(row.id, index.document(row.text)) for row in self._waiting.values()])
            self._waiting.clear()
            self._numbers.clear()
        for sql, rows in self._rows.items():
            if rows:
                self.conn.executemany(sql, sorted(rows))
                rows.clear()
        if self._last:
            self.conn.executemany(_NUMBER, [(*place, n) for place, n in self._last.items()])
            self._last.clear()
        if self._totals:
            self.conn.executemany(_TOTAL, self._totals.items())
            self._totals.clear()
        self._used.clear()
        self._called.clear()

    def _adopt(self, entry: Entry) -> None:
        name, v = str(entry.data["form"]), int(entry.data["version"] or 0)
        own = self.desks.of.get(entry.journal) == self.desks.own
        sql = f"INSERT {'' if own else 'OR IGNORE '}INTO forms VALUES (?, ?, ?, ?)"
        self.conn.execute(sql, (entry.journal, name, v, entry.data["text"]))
        try:
            form = self.book.adopted(self.conn, entry.journal, name, v)
        except Damaged:
            if not own:  # a later program's form: its records stay unshown
                place = (entry.journal, name, v)
                self.conn.execute("DELETE FROM forms WHERE journal = ? AND form = ? AND v = ?", place)
            raise
        if not own and self.conn.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (f"form_{name}",)).fetchone():
            return
        columns = ", ".join(f"json_extract(fields, '$.{key}') AS \"{key}\"" for key in form.fields)
        self.conn.execute(f"DROP VIEW IF EXISTS form_{name}")
        self.conn.execute(
            f"CREATE VIEW form_{name} AS SELECT number, state, opened, day AS business_day, {columns} "
            f"FROM records WHERE form = '{name}'"
        )

    def _register(self, id_: int, entry: Entry) -> None:
        number = entry.number or f"{entry.form}-{entry.rec}"
        values = {key: value for key, value in entry.data.items() if value is not None}
        form, how = self._form(entry.journal, entry.form, entry.v)
        self._judge(form, entry)
        desk = self.desks.of[entry.journal]
        if desk != self.desks.own and self._taken(entry, number):
            number = f"{number}~{entry.rec}"  # a number used twice by another's program: both are kept
        self._waiting[entry.journal, entry.rec] = self._numbers[desk, number] = _Row(
            id_, entry.journal, entry.rec, entry.form, entry.v, number, entry.state, entry.ended,
            list(entry.marks or ()), entry.moment, entry.day, entry.by, entry.at, entry.seq, values,
            index.text(how, values, lambda one: self._name_of(one, entry.journal)),
        )  # fmt: skip
        series = number.rstrip("0123456789")
        if 0 < len(number) - len(series) < 19:
            place, n = (entry.journal, series), int(number[len(series) :])
            self._last[place] = max(self._last.get(place, n), n)
        self._total(entry, form, (VOID, {}), (entry.state, values))
        self._find_by(id_, how, values, {})
        dues.follow(self.conn, id_, entry)

    def _change(self, entry: Entry) -> None:
        row, waits = self._row(entry)
        form, how = self._form(row.journal, row.form, row.v)
        self._judge(form, entry)
        state, before, text = row.state, row.fields, row.text
        row.state, row.ended, row.at, row.seq = entry.state, entry.ended, entry.at, entry.seq
        if entry.marks is not None:
            row.marks = list(entry.marks)
        if entry.data:
            said = {key: value for key, value in entry.data.items() if value is not None}
            row.fields = {key: value for key, value in before.items() if key in said or key not in entry.data} | said
            if more := index.text(how, said, lambda one: self._name_of(one, entry.journal)):
                # The index only grows: what a corrected record once said still finds it.
                row.text = f"{text}\n{more}"
            self._find_by(row.id, how, row.fields, before)
            if form.naming in entry.data:
                self._called.clear()
        self._total(entry, form, (state, before), (row.state, row.fields))
        if not waits:
            self._store(row, text)
        dues.follow(self.conn, row.id, entry)

    def _row(self, entry: Entry) -> tuple[_Row, bool]:
        """The row of an entry's record, and whether it still waits."""
        journal = lineage.root(self.conn, entry.journal, entry.rec)
        if waiting := self._waiting.get((journal, entry.rec)):
            return waiting, True
        sql = "SELECT * FROM records WHERE rec = ? AND journal = ?"
        if (found := self.conn.execute(sql, (entry.rec, journal)).fetchone()) is None:
            raise ValueError(entry.rec)
        row = _Row(*found)
        row.marks, row.fields = ink.spoken(str(row.marks)), ink.spoken(str(row.fields))
        return row, False

    def _store(self, row: _Row, old: str) -> None:
        """Write a changed row over the one that stands in the book, found by its old text."""
        self.conn.execute(
            "UPDATE records SET state = ?, ended = ?, marks = ?, at = ?, seq = ?, fields = ?, text = ? WHERE id = ?",
            (row.state, row.ended, ink.line(row.marks), row.at, row.seq, ink.line(row.fields), row.text, row.id),
        )
        if row.text != old:
            # A contentless index must be told what it held.
            self.conn.execute(_FORGET, (row.id, index.document(old)))
            self.conn.execute(_SEARCH, (row.id, index.document(row.text)))

    def _judge(self, form: Form, entry: Entry) -> None:
        """Raise ValueError over another desk's entry that the form has no place for."""
        if self.desks.of.get(entry.journal) != self.desks.own and not legible.fits(form, entry):
            raise ValueError(entry.seq)

    def _taken(self, entry: Entry, number: str) -> bool:
        """Whether this very journal has used a number before."""
        waits = self._numbers.get((self.desks.of[entry.journal], number))
        sql = "SELECT 1 FROM records WHERE number = ? AND journal = ?"
        there = self.conn.execute(sql, (number, entry.journal)).fetchone()
        return there is not None or (waits is not None and waits.journal == entry.journal)

    def _total(self, entry: Entry, form: Form, before: tuple[str, Fields], after: tuple[str, Fields]) -> None:
        """Keep the running totals: what the record adds now, without what it added before. Other desks' are theirs."""
        if self.desks.of.get(entry.journal) != self.desks.own:
            return
        for total in form.totals.values():
            if change := total.share(*after) - total.share(*before):
                self._totals[total.name] = self._totals.get(total.name, 0) + change

    def _find_by(self, id_: int, how: Ways, values: Mapping[str, Value], before: Mapping[str, Value]) -> None:
        """Names, tails and links of a record; a link that was corrected away goes, a name once said stays."""
        for name, value in values.items():
            if before.get(name) == value:
                continue
            if name in how.links:
                self._rows[_LINK][str(value), id_, name] = None
            if name in how.once:
                self._rows[_LINK][index.used(name, value), id_, name] = None
                self._used.add(index.used(name, value))
            if name in how.people:
                self._rows[_NAMED][self._person(str(value)), id_] = None
            if name in how.tails and (tail := index.tail(value)):
                self._rows[_TAIL][tail, id_] = None
        for name, value in before.items():
            if name in how.links and values.get(name) != value:
                place = (str(value), id_, name)
                self._rows[_LINK].pop(place, None)
                self.conn.execute("DELETE FROM links WHERE target = ? AND record = ? AND field = ?", place)

    def _person(self, name: str) -> int:
        """The id of a person's name, indexed by its letters the first time it is met."""
        if (known := self._names.get(name)) is not None:
            return known
        row = self.conn.execute("SELECT id FROM names WHERE name = ?", (name,)).fetchone()
        id_ = row[0] if row else self.conn.execute("INSERT INTO names (name) VALUES (?)", (name,)).lastrowid or 0
        if not row:
            self._rows[_NAME_KEY].update(dict.fromkeys((key, id_) for key in index.name_keys(name)))
        if len(self._names) >= LOT:
            self._names.clear()
        self._names[name] = id_
        return int(id_)

    def _form(self, journal: int, name: str, v: int) -> tuple[Form, Ways]:
        form = self.book.adopted(self.conn, journal, name, v)
        if (how := self.book.ways.get((journal, name, v))) is None:
            how = self.book.ways[journal, name, v] = index.ways(form)
        return form, how

    def _name_of(self, number: str, journal: int) -> str:
        """The name of a reference record (an item, a provider) of that journal: what refers to it is found by it."""
        place = (self.desks.of[journal], number)
        if (known := self._called.get(place)) is not None:
            return known
        fields: Fields
        if row := self._numbers.get(place):
            key, fields = (row.journal, row.form, row.v), row.fields
        elif there := view.named(self.conn, number, journal):
            key, fields = there
        else:
            return ""
        form, _ = self._form(*key)
        said = form.naming and not form.fields[form.naming].personal
        self._called[place] = name = str(fields.get(form.naming or "", "")) if said else ""
        return name


def _entry(builder: Builder, row: tuple[int, int, str, str, str | None, str]) -> Entry | None:
    """An entry from its row; none where another desk's can't be read, an own one is read or raises."""
    try:
        return ink.read(row)
    except (ValueError, KeyError, TypeError):
        if builder.desks.of.get(row[0]) == builder.desks.own:
            raise
        return None


def rebuild(book: Book, conn: sqlite3.Connection, progress: Callable[[int], None] | None = None) -> int:
    """Make the whole view anew from the journal, inside the caller's transaction; how many entries."""
    for (name,) in conn.execute(
        "SELECT name FROM sqlite_master WHERE type = 'view' AND name LIKE 'form\\_%' ESCAPE '\\'"
    ).fetchall():
        conn.execute(f'DROP VIEW "{name}"')
    for table in VIEW_TABLES:
        conn.execute(f"DELETE FROM {table}")
    conn.execute("INSERT INTO search (search) VALUES ('delete-all')")
    # Each lot touches pages all over the tables: with little memory they would be written out again and again.
    conn.execute(f"PRAGMA cache_size = -{_CACHE}")
    builder = Builder(book, conn)
    n = 0
    for row in conn.execute(f"SELECT id, {ink.COLUMNS} FROM journal ORDER BY id"):
        if entry := _entry(builder, row[1:]):
            builder.apply(row[0], entry)
        n += 1
        if len(builder) >= LOT:
            builder.flush()
        if progress and n % 1000 == 0:
            progress(n)
    builder.flush()
    return n
