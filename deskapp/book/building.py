"""Building the view from the journal, entry by entry: what each says is copied into rows, nothing is decided.

The rows of new records wait and are put in place many at once, in the order of their keys: a rebuild or a load of
a million would else touch a page of each table for every record.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from deskapp.book import dues, erasure, index, legible, lineage, view
from deskapp.book import entry as ink
from deskapp.book.database import Book
from deskapp.book.desks import desks
from deskapp.book.entry import FACTS, Entry
from deskapp.book.finder import Finder
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
_TOTAL = "INSERT INTO totals VALUES (?, ?) ON CONFLICT DO UPDATE SET amount = amount + excluded.amount"
_STRANGE = (DeskError, ValueError, KeyError, TypeError, ArithmeticError, AttributeError)
"""What another desk's entry may cause that says nothing this program can show."""
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
        self._finder = Finder(conn)
        self._last: dict[tuple[int, str], int] = {}
        self._most: dict[tuple[int, str], int] = {}
        self._totals: dict[str, int] = {}
        self._called: dict[tuple[str, str], str] = {}

    def __len__(self) -> int:
        """How many records wait."""
        return len(self._waiting)

    def uses(self, field: str, value: str) -> bool:
        """Whether a record that waits has this value of a field whose values are used only once."""
        return self._finder.uses(field, value)

    def apply(self, id_: int, entry: Entry) -> None:
        """Bring the view up to date with one entry: an own one, or another desk's, of which nothing is refused."""
        if self.desks.of.get(entry.journal) == self.desks.own:
            self._lay(id_, entry)
            return
        try:
            if not legible.readable(entry):
                raise ValueError(entry.seq)
            self._lay(id_, entry)
        except _STRANGE:
            self.strange.append((entry.journal, entry.seq))

    def _lay(self, id_: int, entry: Entry) -> None:
        if entry.form == "form":
            self._adopt(entry)
        elif (entry.form, entry.step) == ("journal", "erase"):
            self._erase(id_, entry)
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
        self._finder.flush()
        if self._last:
            self.conn.executemany(_NUMBER, [(*place, n) for place, n in self._last.items()])
            self._last.clear()
        if self._totals:
            self.conn.executemany(_TOTAL, self._totals.items())
            self._totals.clear()
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
        form, how = self._form(entry.journal, entry.form, entry.v)
        self._judge(form, entry)
        desk = self.desks.of[entry.journal]
        if desk != self.desks.own and self._taken(entry, number):
            number = f"{number}~{entry.rec}"  # a number used twice by another's program: both are kept
        row = _Row(
            id_, entry.journal, entry.rec, entry.form, entry.v, number, entry.state, entry.ended,
            list(entry.marks or ()), entry.moment, entry.day, entry.by, entry.at, entry.seq, {}, "",
        )  # fmt: skip
        self._say(row, how, entry)
        self._waiting[entry.journal, entry.rec] = self._numbers[desk, number] = row
        series, n = _serial(number)
        if n is not None:
            place = (entry.journal, series)
            self._last[place] = max(self._last.get(place, n), n)
            if place in self._most:
                self._most[place] = max(self._most[place], n)
        self._total(entry, form, (VOID, {}), (entry.state, row.fields))
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
            self._say(row, how, entry)
            if form.naming in entry.data:
                self._called.clear()
        self._total(entry, form, (state, before), (row.state, row.fields))
        if not waits:
            self._store(row, text)
        dues.follow(self.conn, row.id, entry)

    def _say(self, row: _Row, how: Ways, entry: Entry) -> None:
        """Lay what an entry says over a record's values, and over what leads to it."""
        before, said = row.fields, {key: value for key, value in entry.data.items() if value is not None}
        row.fields = {key: value for key, value in before.items() if key in said or key not in entry.data} | said
        more = index.text(how, said, lambda one: self._name_of(one, entry.journal))
        if entry.seq == entry.rec:
            row.text = more
        elif more:
            # The index only grows: what a corrected record once said still finds it.
            row.text = f"{row.text}\n{more}"
        self._finder.put(row.id, how, row.fields, before)

    def _erase(self, id_: int, entry: Entry) -> None:
        """Drop the private lines that an entry names, and what the view has from them.

        A rebuild finds the lines gone and comes to the same: at this very entry the records are made anew.
        """
        self.flush()
        places = [(lineage.root(self.conn, entry.journal, seq), seq) for seq in ink.erased_by(entry.data, entry.seq)]
        if erasure.drop(self.conn, places):
            self.conn.execute("INSERT INTO unclean VALUES (?)", (entry.at,))
        rows = [_Row(*found) for found in erasure.records(self.conn, places)]
        self._finder.forget([row.id for row in rows])
        for row in rows:
            old, row.marks, row.fields, row.text = row.text, ink.spoken(str(row.marks)), {}, ""
            form, how = self._form(row.journal, row.form, row.v)
            for one in erasure.entries(self.conn, row.journal, row.rec, id_):
                if (said := _entry(self, one)) and said.step not in FACTS and self._laid(form, said):
                    self._say(row, how, said)
            self._store(row, old)
        self._finder.flush()

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

    def _laid(self, form: Form, entry: Entry) -> bool:
        """Whether an entry that stands in the journal was laid over the view."""
        try:
            self._judge(form, entry)
            return self.desks.of.get(entry.journal) == self.desks.own or legible.readable(entry)
        except _STRANGE:
            return False

    def _taken(self, entry: Entry, number: str) -> bool:
        """Whether this very journal has used a number before; one above all of its series is new."""
        series, n = _serial(number)
        if n is not None and n > self._highest(entry.journal, series):
            return False
        waits = self._numbers.get((self.desks.of[entry.journal], number))
        sql = "SELECT 1 FROM records WHERE number = ? AND journal = ?"
        there = self.conn.execute(sql, (number, entry.journal)).fetchone()
        return there is not None or (waits is not None and waits.journal == entry.journal)

    def _highest(self, journal: int, series: str) -> int:
        """The highest number of a series of a journal, -1 where it has none."""
        if (known := self._most.get((journal, series))) is None:
            if len(self._most) >= LOT:
                self._most.clear()
            sql = "SELECT n FROM numbers WHERE journal = ? AND series = ?"
            row = self.conn.execute(sql, (journal, series)).fetchone()
            known = max(row[0] if row else -1, self._last.get((journal, series), -1))
            self._most[journal, series] = known
        return known

    def _total(self, entry: Entry, form: Form, before: tuple[str, Fields], after: tuple[str, Fields]) -> None:
        """Keep the running totals: what the record adds now, without what it added before. Other desks' are theirs."""
        if self.desks.of.get(entry.journal) != self.desks.own:
            return
        for total in form.totals.values():
            if change := total.share(*after) - total.share(*before):
                self._totals[total.name] = self._totals.get(total.name, 0) + change

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


def _serial(number: str) -> tuple[str, int | None]:
    """The series of a number, and its place in it where it ends in digits."""
    series = number.rstrip("0123456789")
    return series, int(number[len(series) :]) if 0 < len(number) - len(series) < 19 else None


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
