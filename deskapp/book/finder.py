"""By what records are found, in the view: links, tails, the letters of names. Rows wait to be put in at once."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence

from deskapp.book import index
from deskapp.book.index import Ways
from deskapp.forms.values import Value

_LINK = "INSERT OR IGNORE INTO links VALUES (?, ?, ?)"
_TAIL = "INSERT OR IGNORE INTO tails VALUES (?, ?)"
_NAMED = "INSERT OR IGNORE INTO name_records VALUES (?, ?)"
_NAME_KEY = "INSERT OR IGNORE INTO name_keys VALUES (?, ?)"
_NAMES = 5000
"""How many names' ids are kept in memory."""


class Finder:
    """What leads to records, but for their text; nothing is sure to be there before `flush`."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self.conn = conn
        self._rows: dict[str, dict[tuple[object, ...], None]] = {sql: {} for sql in (_LINK, _TAIL, _NAMED, _NAME_KEY)}
        self._used: set[str] = set()
        self._names: dict[str, int] = {}

    def uses(self, field: str, value: str) -> bool:
        """Whether a record that waits has this value of a field whose values are used only once."""
        return index.used(field, value) in self._used

    def put(self, id_: int, how: Ways, values: Mapping[str, Value], before: Mapping[str, Value]) -> None:
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

    def flush(self) -> None:
        """Put in place what waits."""
        for sql, rows in self._rows.items():
            if rows:
                self.conn.executemany(sql, sorted(rows))
                rows.clear()
        self._used.clear()

    def forget(self, ids: Sequence[int]) -> None:
        """Take away all that leads to records, and names that are nobody else's; nothing waits."""
        among, given = "IN (SELECT value FROM json_each(?))", (json.dumps(ids),)
        named = self.conn.execute(f"SELECT DISTINCT name FROM name_records WHERE record {among}", given).fetchall()
        for table in ("links", "tails", "name_records"):
            self.conn.execute(f"DELETE FROM {table} WHERE record {among}", given)
        kept = "SELECT 1 FROM name_records WHERE name = ?"
        alone = [name for (name,) in named if not self.conn.execute(kept, (name,)).fetchone()]
        self.conn.execute(f"DELETE FROM name_keys WHERE name {among}", (json.dumps(alone),))
        self.conn.execute(f"DELETE FROM names WHERE id {among}", (json.dumps(alone),))
        self._names.clear()

    def _person(self, name: str) -> int:
        """The id of a person's name, indexed by its letters the first time it is met."""
        if (known := self._names.get(name)) is not None:
            return known
        row = self.conn.execute("SELECT id FROM names WHERE name = ?", (name,)).fetchone()
        id_ = row[0] if row else self.conn.execute("INSERT INTO names (name) VALUES (?)", (name,)).lastrowid or 0
        if not row:
            self._rows[_NAME_KEY].update(dict.fromkeys((key, id_) for key in index.name_keys(name)))
        if len(self._names) >= _NAMES:
            self._names.clear()
        self._names[name] = id_
        return int(id_)
