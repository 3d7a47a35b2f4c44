"""The tables that later schemas brought come to a book that was made without them."""

from __future__ import annotations

from deskapp.book import schema
from deskapp.book.check import check
from tests import support
from tests.exchange.offices import downgrade


def test_a_book_without_them_gets_them() -> None:
    """A book of the first schema is upgraded when it is opened, a copy put aside; it is then as one made anew."""
    with support.opened() as desk:
        desk.order()
        head = desk.head
        desk.book.close()
        downgrade(desk.book.path, 1)

        desk.reopen()

        assert schema.identify(desk.book.path) == schema.SCHEMA
        assert desk.head == head
        assert check(desk.book, full=True).problems == ()
        assert schema.identify(desk.home / "book.db.v1") == 1
