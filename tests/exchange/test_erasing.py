"""What a desk erases goes at head office too, once its bundle comes; both chains verify."""

from __future__ import annotations

import sqlite3

import pytest

from deskapp import paths
from deskapp.book import backup, building, foreign
from deskapp.book import erasure as private
from deskapp.book.check import check
from deskapp.desk import erasure
from deskapp.exchange import exporting
from deskapp.exchange.importing import Importer
from deskapp.exchange.keyring import Keyring
from tests.desk.test_erasure import NAME, PHONE, YEARS, holding
from tests.exchange.offices import lines
from tests.exchange.pair import Pair
from tests.support import BOSS, LI, MANAGER


def sent(pair: Pair) -> list[str]:
    """Export, import; the outcomes."""
    files = [one.path for one in pair.send()]
    return [one.outcome for one in Importer(pair.hq.book, Keyring.open(pair.hq.home)).take(files)]


def ordered(pair: Pair) -> str:
    number = pair.desk.order(caller=NAME, phone=PHONE)
    pair.desk.step(number, "void", BOSS, reason="错")
    for one in (pair.desk, pair.hq):
        one.clock.now += YEARS
    return number


def erased(pair: Pair, number: str) -> int:
    book = pair.desk.book
    due = erasure.plan(book, "3 years", [pair.desk[number]])
    erasure.erase(book, MANAGER, LI, due)
    exporting.withdraw(book, pair.desk.home)
    private.clean(book)
    return len(due.seqs)


def same(pair: Pair) -> None:
    (one,) = foreign.of_desk(pair.hq.book.read, "desk-017")
    assert lines(pair.hq.book, one.id) == lines(pair.desk.book)
    for side in (pair.desk, pair.hq):
        assert check(side.book, full=True).problems == ()
        assert holding(side.home, NAME, PHONE) == []


def test_head_office_drops_its_copy(pair: Pair) -> None:
    number = ordered(pair)
    assert sent(pair) == ["APPLIED"]
    assert pair.hq[f"desk-017/{number}"].fields["phone"] == PHONE
    assert erased(pair, number) == 2
    pair.acknowledge(pair.desk.head[0] - 1)

    assert sent(pair) == ["APPLIED"]

    assert "phone" not in pair.hq[f"desk-017/{number}"].fields
    assert private.unfinished(pair.hq.book) is None
    same(pair)
    with pair.hq.book.writing() as conn:
        building.rebuild(pair.hq.book, conn)
    same(pair)


def test_what_it_never_had(pair: Pair) -> None:
    """Erased before it was sent: the copy in the outbox goes, and the next export has neither."""
    number = ordered(pair)
    pair.send()
    outbox = paths.outbox(pair.desk.home)
    assert len([*outbox.glob("*.age")]) == 1
    assert erased(pair, number) == 2
    assert [*outbox.glob("*.age")] == []
    for file in pair.stick.iterdir():
        file.unlink()

    man, found = pair.receive(pair.send()[0].path)

    assert len(man.erased) == 2
    assert not any(PHONE in str(line) for line in found)
    assert sent(pair) == ["APPLIED"]
    same(pair)


def test_the_bundle_before_comes_after_it(pair: Pair) -> None:
    """A stick that was under way meanwhile brings nothing back."""
    number = ordered(pair)
    (late,) = pair.send()
    aside = late.path.rename(pair.stick / "late.age")
    erased(pair, number)
    assert sent(pair) == ["APPLIED"]
    assert [one.outcome for one in Importer(pair.hq.book, Keyring.open(pair.hq.home)).take([aside])] == ["DUPLICATE"]
    same(pair)


def test_a_record_of_two_journals(pair: Pair) -> None:
    """Registered before the book was restored, finished after it."""
    number = pair.desk.order(caller=NAME, phone=PHONE)
    assert sent(pair) == ["APPLIED"]
    backup.go_on(pair.desk.book, BOSS, "换机")
    pair.desk.step(number, "correct", caller=NAME, reason=PHONE)
    pair.desk.step(number, "void", BOSS, reason="错")
    assert set(sent(pair)) <= {"APPLIED", "DUPLICATE"}
    for one in (pair.desk, pair.hq):
        one.clock.now += YEARS
    assert erased(pair, number) == 3
    assert set(sent(pair)) <= {"APPLIED", "DUPLICATE"}
    assert "phone" not in pair.hq[f"desk-017/{number}"].fields
    for side in (pair.desk, pair.hq):
        assert check(side.book, full=True).problems == ()
        assert holding(side.home, NAME, PHONE) == []


@pytest.mark.slow
def test_what_came_is_in_though_the_file_cannot_be_made_anew(pair: Pair) -> None:
    """Somebody reads all the while: it is said until it is done."""
    number = ordered(pair)
    assert sent(pair) == ["APPLIED"]
    erased(pair, number)
    reader = sqlite3.connect(pair.hq.book.path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM journal").fetchone()
    assert sent(pair) == ["APPLIED"]
    assert private.unfinished(pair.hq.book) is not None
    reader.close()
    assert private.clean(pair.hq.book)
    same(pair)
