"""A real book's lines go through a bundle and come out to the letter, with the hashes the book holds."""

from __future__ import annotations

import io
import random
import sqlite3

import pytest

from deskapp.bundle import lines
from deskapp.bundle.manifest import GENESIS
from deskapp.bundle.outcomes import Malformed
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
    _, found = take(out.getvalue())
    assert [line[:5] for line in found] == rows
    assert found[0].fields["seq"] == 0
    later = draft(journal=journal, from_seq=rows[40][0], prev_hash=rows[39][4])
    out = io.BytesIO()
    write_plain(out, io.BytesIO, later, (row[1:4] for row in rows[40:]), key=DESK)
    assert [line[:5] for line in take(out.getvalue())[1]] == rows[40:]


def test_the_short_way_judges_as_the_long_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A head line as the book writes it is not parsed; whatever is done to it, the verdict is that of the parser."""
    with opened() as desk:
        desk.step(desk.done(), "correct", content="x", reason="y")
        heads = [head for (head,) in desk.book.read.execute("SELECT head FROM journal ORDER BY seq")][-40:]
        first = desk.head[0] - len(heads) + 1
    rng = random.Random(7)
    pieces = [
        '"',
        ",",
        ":",
        "{",
        "}",
        "[",
        "]",
        " ",
        "\\",
        "0",
        "-1",
        "\t",
        "\x00",
        "null",
        "true",
        '"v":1,',
        "1.5",
        "\u3000",
        "9" * 5000,
    ]
    given = [(head, seq) for seq, head in enumerate(heads, first)]
    for head, seq in [one for one in given for _ in range(150)]:
        at, end = sorted(rng.randrange(len(head)) for _ in range(2))
        swapped = head[:at] + rng.choice(pieces) + head[at + rng.randrange(3) :]
        given.append((swapped if rng.random() < 0.8 else head[:at] + head[end:], seq))

    def judged() -> list[object]:
        return [verdict(head, seq) for head, seq in given]

    short = sum(lines._usual(head) is not None for head, _ in given)
    wanted = judged()
    monkeypatch.setattr(lines, "_usual", lambda _: None)
    assert judged() == wanted
    assert short > 40


def verdict(head: str, seq: int) -> object:
    try:
        return lines._head(head, seq)
    except Malformed as error:
        return str(error)
