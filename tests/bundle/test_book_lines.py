"""A real book's lines go through a bundle and come out to the letter, with the hashes the book holds."""

from __future__ import annotations

import io
import sqlite3

from deskapp.bundle.manifest import GENESIS
from deskapp.bundle.writer import write_plain
from tests.bundle.craft import DESK, take
from tests.bundle.test_writing import draft
from tests.support import opened


def test_a_books_lines_come_out_as_they_are() -> None:
    with opened() as desk:
        for _ in range(3):
            desk.done()
        conn = sqlite3.connect(f"file:{desk.book.path}?mode=ro", uri=True)
        journal = conn.execute("SELECT journal FROM journals").fetchone()[0]
        rows = conn.execute("SELECT seq, head, body, private, hash FROM journal ORDER BY seq").fetchall()
        conn.close()
    out = io.BytesIO()
    whole = draft(journal=journal, from_seq=0, prev_hash=GENESIS)
    write_plain(out, io.BytesIO, whole, (row[1:4] for row in rows), key=DESK)
    _, lines = take(out.getvalue())
    assert [line[:5] for line in lines] == rows
    assert lines[0].fields["seq"] == 0
    later = draft(journal=journal, from_seq=rows[40][0], prev_hash=rows[39][4])
    out = io.BytesIO()
    write_plain(out, io.BytesIO, later, (row[1:4] for row in rows[40:]), key=DESK)
    assert [line[:5] for line in take(out.getvalue())[1]] == rows[40:]
