"""The tables that later schemas brought come to a book that was made without them."""

from __future__ import annotations

import sqlite3

from deskapp.book import schema
from deskapp.book.check import check
from tests import support


def test_a_book_without_them_gets_them() -> None:
    """A book of the first schema is upgraded when it is opened, a copy put aside; it is then as one made anew."""
    with support.opened() as desk:
        desk.order()
        head = desk.head
        desk.book.close()
        conn = sqlite3.connect(desk.book.path)
        for table in ("acked", "received", "held", "drafts", "pins", "seen"):
            conn.execute(f"DROP TABLE {table}")
        conn.execute("DROP INDEX journal_day")
        conn.execute("DELETE FROM _sqlite_migrations WHERE name <> 'm001_journal_view_desk'")
        conn.execute("PRAGMA user_version = 1")
        conn.commit()
        conn.close()

        desk.reopen()

        assert schema.identify(desk.book.path) == schema.SCHEMA
        assert desk.head == head
        assert check(desk.book, full=True).problems == ()
        assert schema.identify(desk.home / "book.db.v1") == 1
