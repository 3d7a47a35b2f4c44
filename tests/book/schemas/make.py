"""Makes the book of the schema that this program writes: `python -m tests.book.schemas.make`, once a release."""

from __future__ import annotations

import gzip
import sqlite3
from pathlib import Path

from deskapp.book.schema import SCHEMA
from tests.support import opened


def make() -> Path:
    """A small office with whatever keeps a row of its own: clocks, links, marks, a correction, an undo."""
    with opened() as desk:
        desk.done()
        number = desk.order(caller="曾女士", phone="13800131234")
        desk.step(number, "correct", content="水管漏水", reason="听错")
        desk.step(number, "undo")
        desk.add("mail", room="3-2-1502", waybill="SF1234567890", recipient="曾女士", kind="2")
        desk.add("notice", scope="3", text="停水", until="+60", kind="1", asked_by="工程部")
        desk.book.close()
        conn = sqlite3.connect(desk.book.path)
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        conn.execute("VACUUM")
        conn.close()
        file = Path(__file__).with_name(f"{SCHEMA}.db.gz")
        file.write_bytes(gzip.compress(desk.book.path.read_bytes(), 9, mtime=0))
    return file


if __name__ == "__main__":
    print(make())
