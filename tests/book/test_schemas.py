"""A book of every schema that was ever written opens, is brought up to date, and is worked on."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from deskapp import paths
from deskapp.book import schema
from deskapp.book.check import check
from tests.support import opened

BOOKS = sorted(Path(__file__).with_name("schemas").glob("*.db.gz"))


def test_no_schema_is_missing() -> None:
    assert [file.name for file in BOOKS] == [f"{n}.db.gz" for n in range(1, schema.SCHEMA + 1)]


@pytest.mark.parametrize("file", BOOKS, ids=lambda file: file.name)
def test_a_book_of_that_schema(file: Path) -> None:
    """Nothing in it is lost or changed, the view is what a rebuild makes of it, and the next record is written."""
    with opened() as desk:
        desk.book.close()
        for left in desk.home.glob("book.db*"):
            left.unlink()
        paths.book(desk.home).write_bytes(gzip.decompress(file.read_bytes()))
        desk.reopen()
        assert schema.identify(desk.book.path) == schema.SCHEMA
        assert check(desk.book, full=True).problems == ()
        assert desk["WT20261122-002"].fields["caller"] == "曾女士"
        assert desk["WT20261122-001"].clocks["arrival"].state == "kept"
        number = desk.order()
        assert number == "WT20261122-003"
        assert check(desk.book, full=True).problems == ()
