"""What must be true of a book's file before anything in it is trusted."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

from deskapp.errors import Damaged

APPLICATION_ID = 0x4445534B
SCHEMA = 3
"""The schema version this program writes: the number of migrations, kept in `user_version`."""

VIEW_TABLES = (
    "forms", "erased", "records", "due", "links", "totals", "names", "name_keys", "name_records", "tails", "numbers",
)  # fmt: skip
"""Everything that a rebuild makes anew from the journal, but for the search index."""

DAY = """substr(head, instr(head, '"day":"') + 7, 10)"""
"""The business day in a head line as this program writes it: what `journal_day` is sorted by. It never fails."""

_MAGIC = b"SQLite format 3\x00"

TRIGGERS = {
    # FAIL, not ABORT: a statement that may be aborted makes SQLite write out the search index before each row.
    # INSERT OR REPLACE passes BEFORE DELETE triggers by: the insert itself must refuse a taken place.
    "journal_append": """CREATE TRIGGER journal_append BEFORE INSERT ON journal
        WHEN EXISTS (SELECT 1 FROM journal WHERE id = NEW.id OR (journal = NEW.journal AND seq = NEW.seq))
        BEGIN SELECT RAISE(FAIL, 'the journal is append-only'); END""",
    "journal_keep": """CREATE TRIGGER journal_keep BEFORE DELETE ON journal
        BEGIN SELECT RAISE(FAIL, 'the journal is append-only'); END""",
    # The one change there may be: the private line of an entry that an erase entry has named.
    "journal_ink": """CREATE TRIGGER journal_ink BEFORE UPDATE ON journal
        WHEN NOT (NEW.private IS NULL AND NEW.id = OLD.id AND NEW.journal = OLD.journal AND NEW.seq = OLD.seq
            AND NEW.rec IS OLD.rec AND NEW.head = OLD.head AND NEW.body = OLD.body AND NEW.hash = OLD.hash
            AND EXISTS (SELECT 1 FROM erased WHERE journal = OLD.journal AND seq = OLD.seq))
        BEGIN SELECT RAISE(FAIL, 'the journal is append-only'); END""",
}


def identify(path: Path) -> int:
    """The schema version of the book at this path, read without touching it.

    Raises Damaged for what is not a book of ours, newer, empty or cut short.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(100)
    if size == 0:
        raise Damaged("{path} is empty, not a book", "restore a backup: deskapp restore", path=path)
    if not head.startswith(_MAGIC):
        raise Damaged("{path} is not a book of deskapp", "nothing in it was touched", path=path)
    page = int.from_bytes(head[16:18], "big")
    page = 65536 if page == 1 else page
    pages = int.from_bytes(head[28:32], "big")
    if len(head) < 100 or (size < page * pages and not _logged(path, page, range(size // page + 1, pages + 1))):
        raise Damaged("{path} is cut short: {size} bytes of {whole}", "restore a backup: deskapp restore",
                      path=path, size=size, whole=page * pages)  # fmt: skip
    if int.from_bytes(head[68:72], "big") != APPLICATION_ID:
        raise Damaged("{path} is not a book of deskapp", "nothing in it was touched", path=path)
    version = int.from_bytes(head[60:64], "big")
    if version > SCHEMA:
        raise Damaged("{path} was written by a newer deskapp", "use that one, or a newer one", path=path)
    return version


def _logged(path: Path, page: int, missing: range) -> bool:
    """Whether the log has the pages that the file lacks: a checkpoint, cut off, has written the first page first."""
    log = path.with_name(path.name + "-wal")
    wanted = set(missing)
    if not log.exists() or not page:
        return False
    with log.open("rb") as file:
        for at in range(32, log.stat().st_size - page - 23, page + 24):
            file.seek(at)
            wanted.discard(int.from_bytes(file.read(4), "big"))
    return not wanted


def assert_triggers(conn: sqlite3.Connection) -> None:
    """Refuse a book whose append-only triggers are not exactly ours; raises Damaged."""
    there = dict(conn.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    for name, sql in TRIGGERS.items():
        if _words(there.get(name, "")) != _words(sql):
            raise Damaged("the book's guard {name} is missing or changed", "restore a backup: deskapp restore",
                          name=name)  # fmt: skip


def _words(sql: str) -> str:
    return re.sub(r"\s+", " ", sql)
