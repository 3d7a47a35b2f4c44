"""A book that was changed behind the program's back: rewritten, cut short, exchanged for an older copy (P7, P8).

Who knows how can compute a chain anew that is sound in itself: only the head that is kept beside the book tells.
"""

from __future__ import annotations

import contextlib
import json
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator

import pytest

from deskapp.book import anchor, lineage
from deskapp.book import entry as ink
from deskapp.book.backup import backup, restore
from deskapp.book.check import check
from deskapp.book.disk import copy_to
from deskapp.book.schema import TRIGGERS
from deskapp.book.signin import sign_in
from deskapp.desk import office as offices
from deskapp.errors import Damaged
from deskapp.forms.clocks import Rules
from tests import support
from tests.support import PASSPHRASE, Desk


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(offices, "open_office", support._open)  # the forms are read once
    with support.opened() as one:
        yield one


@contextlib.contextmanager
def behind(desk: Desk) -> Iterator[sqlite3.Connection]:
    """The closed book, without its guards, in somebody else's hands."""
    desk.book.close()
    with contextlib.closing(sqlite3.connect(desk.book.path)) as conn:
        for name in TRIGGERS:
            conn.execute(f"DROP TRIGGER {name}")
        yield conn
        for sql in TRIGGERS.values():
            conn.execute(sql)
        conn.commit()


def rewrite(desk: Desk, seq: int, old: str, new: str) -> None:
    """Change an entry's words, and every hash from there on."""
    with behind(desk) as conn:
        journal = desk.book.journal
        line = "SELECT head, body FROM journal WHERE journal = ? AND seq = ?"
        head, body = conn.execute(line, (journal, seq)).fetchone()
        assert old in body
        changed = body.replace(old, new)
        head = head.replace(ink.digest(body), ink.digest(changed))
        conn.execute("UPDATE journal SET head = ?, body = ? WHERE journal = ? AND seq = ?",
                     (head, changed, journal, seq))  # fmt: skip
        first, previous = lineage.start(conn, journal)
        hash_ = previous or ink.GENESIS
        rows = conn.execute("SELECT seq, head FROM journal WHERE journal = ? AND seq >= ? ORDER BY seq",
                            (journal, first)).fetchall()  # fmt: skip
        for one, head in rows:
            hash_ = ink.link(hash_, head)
            conn.execute("UPDATE journal SET hash = ? WHERE journal = ? AND seq = ?", (hash_, journal, one))


def told(desk: Desk) -> list[str]:
    """What opening and checking say, which is the same."""
    book = desk.reopen().book
    found = [str(problem) for problem in check(book).problems]
    assert [str(one) for one in book.complaints] == found
    return found


def rebuilt(desk: Desk) -> None:
    """Make the view fit what the journal says now, as somebody who covers his tracks would."""
    from deskapp.book import building

    with desk.book.writing() as conn:
        building.rebuild(desk.book, conn)


def test_a_chain_computed_anew(desk: Desk) -> None:
    """It is sound in itself, and is not the one that was there."""
    seq = desk.step(desk.order(), "dispatch", provider="21", charge="free").seq
    desk.order()
    sign_in(desk.book, "1", PASSPHRASE)
    rewrite(desk, seq, "provider-21", "provider-22")
    problem = told(desk)
    assert len(problem) == 1
    assert "was rewritten" in problem[0]
    assert "2026-11-22 03:15" in problem[0]
    # to sign in, to work and to save a copy do not wipe out what is known
    sign_in(desk.book, "1", PASSPHRASE)
    desk.order()
    backup(desk.book, desk.home)
    assert told(desk) == problem
    # without the head that was kept nobody could tell: it is that which tells, not the chain
    desk.book.path.with_name("book.db.head").unlink()
    rebuilt(desk.reopen())
    assert check(desk.book, full=True).problems == ()


def test_an_older_copy(desk: Desk) -> None:
    """Yesterday's copy put in the book's place: said, also after work went on in it."""
    old = desk.home / "old.db"
    copy_to(desk.book.read, old)
    number = desk.order()
    sign_in(desk.book, "1", PASSPHRASE)
    desk.book.close()
    shutil.copy(old, desk.book.path)
    assert "an older copy" in told(desk)[0]
    for _ in range(5):
        desk.order(content="x")
    assert desk[number].fields["content"] == "x"
    assert "was rewritten" in told(desk)[0]


def test_another_book(desk: Desk) -> None:
    """Another desk's book is none of ours."""
    sign_in(desk.book, "1", PASSPHRASE)
    kept = anchor.heads(desk.book.path)[0]
    anchor.write(desk.book.path, [anchor.Head(kept.at, "00000000", kept.seq, kept.hash)])
    assert "not the book" in told(desk)[0]


def test_a_restored_book_is_accused_of_nothing(desk: Desk) -> None:
    """What a manager restores goes on as a new journal, and that one's head is kept."""
    file, _ = backup(desk.book, desk.home)
    desk.order()
    sign_in(desk.book, "1", PASSPHRASE)
    for _ in range(2):
        desk.book.close()
        restore(file, desk.book.path, support.forms(), Rules(), staff="1", passphrase=PASSPHRASE, reason="x",
                now=desk.clock)  # fmt: skip
        assert told(desk) == []
        assert [kept.journal for kept in anchor.heads(desk.book.path)] == [anchor.head(desk.book).journal]
    assert not list(desk.home.glob("*restore*"))
    # but its own copy of before is older again
    kept_book = next(desk.home.glob("book.db.replaced-*"))
    desk.book.close()
    shutil.copy(kept_book, desk.book.path)
    assert told(desk) != []


def test_while_a_restore_is_under_way_either_book_is_right(desk: Desk) -> None:
    sign_in(desk.book, "1", PASSPHRASE)
    before = anchor.heads(desk.book.path)
    assert before == [anchor.head(desk.book)]
    anchor.write(desk.book.path, [*before, anchor.Head("", "00000000", 9, "")])
    assert told(desk) == []
    anchor.write(desk.book.path, [anchor.Head("", "00000000", 9, ""), *before])
    assert told(desk) == []


@pytest.mark.parametrize("spoil", [b"", b"\xff\xfe", b"[]", b"{}", b"null\n", b'{"at": 1}', b"[" * 500])
def test_a_head_that_cannot_be_read_accuses_nobody(desk: Desk, spoil: bytes) -> None:
    """It is kept anew at the next sign-in."""
    desk.book.path.with_name("book.db.head").write_bytes(spoil)
    assert told(desk) == []
    sign_in(desk.book, "1", PASSPHRASE)
    assert anchor.heads(desk.book.path) == [anchor.head(desk.book)]


def test_a_folder_that_takes_no_more_files(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who can't keep a head can still work."""

    def refuse(*_: object) -> None:
        raise OSError(28, "")

    monkeypatch.setattr(anchor, "write", refuse)
    assert sign_in(desk.book, "1", PASSPHRASE).staff == "staff-1"
    assert backup(desk.book, desk.home)[0].exists()


ROWS: dict[str, Callable[[sqlite3.Connection, int], object]] = {
    "head": lambda conn, n: conn.execute("UPDATE journal SET head = replace(head, '03:15', '03:16') WHERE id = ?", [n]),
    "body": lambda conn, n: conn.execute("UPDATE journal SET body = replace(body, 'data', 'Data') WHERE id = ?", [n]),
    "private": lambda conn, n: conn.execute("UPDATE journal SET private = private || ' ' WHERE id = ?", [n]),
    "erased": lambda conn, n: conn.execute("UPDATE journal SET private = NULL WHERE id = ?", [n]),
    "hash": lambda conn, n: conn.execute("UPDATE journal SET hash = replace(hash, 'a', 'b') WHERE id = ?", [n]),
    "record": lambda conn, n: conn.execute("UPDATE journal SET rec = rec - 1 WHERE id = ?", [n]),
    "gone": lambda conn, n: conn.execute("DELETE FROM journal WHERE id = ?", [n]),
    "last": lambda conn, n: conn.execute("DELETE FROM journal WHERE id >= ?", [n]),
    "moved": lambda conn, n: conn.execute("UPDATE journal SET seq = seq + 100000 WHERE id = ?", [n]),
}


@pytest.mark.parametrize("change", ROWS)
def test_a_row_was_changed(desk: Desk, change: str) -> None:
    """Whatever is done to an entry is named with its number, and the file opens for a look."""
    desk.order(caller="曾女士")
    seq = desk.head[0]
    if change != "last":
        desk.order()
    sign_in(desk.book, "1", PASSPHRASE)
    with behind(desk) as conn:
        n = conn.execute("SELECT id FROM journal WHERE seq = ?", (seq,)).fetchone()[0]
        ROWS[change](conn, n)
    problems = [str(problem) for problem in check(desk.reopen().book).problems]
    assert any(f"entry {seq}" in problem for problem in problems), problems


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_a_guard_was_taken_away(desk: Desk, trigger: str) -> None:
    """Refused at the start, before anything is written."""
    desk.book.close()
    with contextlib.closing(sqlite3.connect(desk.book.path)) as conn:
        conn.execute(f"DROP TRIGGER {trigger}")
    with pytest.raises(Damaged, match=trigger):
        desk.reopen()


def cut_short(desk: Desk, lengths: list[int]) -> None:
    desk.order()
    desk.book.close()
    whole = desk.book.path.read_bytes()
    for length in lengths:
        desk.book.path.write_bytes(whole[: length % len(whole)])
        with pytest.raises(Damaged, match=r"cut short|is empty|is not a book"):
            desk.reopen()
    desk.book.path.write_bytes(whole)
    assert check(desk.reopen().book, full=True).problems == ()


def test_cut_short(desk: Desk) -> None:
    """At any length it is refused in words."""
    rng = random.Random(1)
    cut_short(desk, [0, 1, 15, 16, 99, 100, 4095, 4096, -1, *(rng.randrange(10**9) for _ in range(12))])


def test_the_log_cut_short(desk: Desk) -> None:
    """It is read up to the last whole save; where one was lost that was there, the head that was kept tells."""
    desk.order()
    sign_in(desk.book, "1", PASSPHRASE)
    seq = desk.head[0]
    log = desk.book.path.with_name("book.db-wal")
    held, whole = log.read_bytes(), desk.book.path.read_bytes()
    desk.book.close()
    rng = random.Random(2)
    for _ in range(8):
        desk.book.path.write_bytes(whole)
        log.write_bytes(held[: rng.randrange(len(held))])
        desk.book.path.with_name("book.db-shm").unlink(missing_ok=True)
        report = check(desk.reopen().book)
        assert (report.head[0] >= seq) == (report.problems == ())
        desk.book.close()
        log.unlink(missing_ok=True)


def test_what_is_kept_is_public(desk: Desk) -> None:
    """Four words about the last entry, none of what it says."""
    desk.order(caller="曾女士", phone="13800131234")
    sign_in(desk.book, "1", PASSPHRASE)
    text = desk.book.path.with_name("book.db.head").read_text()
    assert json.loads(text).keys() == {"at", "journal", "seq", "hash"}


def test_it_costs_no_second_scan(desk: Desk) -> None:
    """The kept head is looked up by its place, however many entries there are."""
    sign_in(desk.book, "1", PASSPHRASE)
    plan = desk.book.read.execute(
        "EXPLAIN QUERY PLAN SELECT hash FROM journal WHERE journal = ? AND seq = ?", (1, 1)
    ).fetchone()
    assert "USING INDEX" in plan[3]
