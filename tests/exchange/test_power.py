"""Power cuts and kill -9 while bundles go out and come in, or data are erased: each is there whole or not at all.

What a process does to the folders of both offices and the stick is taken down once; of that any number of disks are
made as a cut may have left them.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import pickle
import random
import shutil
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from deskapp import paths
from deskapp.book import erasure as private
from deskapp.book import foreign, receipts
from deskapp.book.check import check
from deskapp.book.desks import HQ
from deskapp.book.receipts import Receipt
from deskapp.bundle.outcomes import BundleError
from deskapp.desk import erasure
from deskapp.exchange import exporting, importing
from deskapp.exchange.exporting import export
from deskapp.exchange.importing import Importer
from deskapp.exchange.keyring import Keyring
from tests import support
from tests.desk.test_erasure import NAME, PHONE, YEARS, holding
from tests.exchange.offices import lines
from tests.exchange.pair import Pair, nobody
from tests.support import BOSS, LI, MANAGER, Clock, Desk
from tests.torture import recorder
from tests.torture.cuts import cut, files_of, lay
from tests.torture.recorder import Op, Recorder

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not recorder.available(), reason="no way to see what SQLite writes"),
]
Note = Callable[..., None]
Work = Callable[[Pair, Note], None]
CUTS = 120
NUMBER = "WT20261122-001"


# ---------------------------------------------------------------- what is interrupted


def exports(pair: Pair, note: Note) -> None:
    """Three days' orders, each day's on the stick."""
    for _ in range(3):
        pair.desk.order()
        ring = Keyring.open(pair.desk.home)
        (sent,) = export(pair.desk.book, ring, ring.signing(nobody), HQ, pair.stick)
        note(file=sent.path.name, sha256=hashlib.sha256(sent.path.read_bytes()).hexdigest(), seq=sent.to_seq)


def imports(pair: Pair, note: Note) -> None:
    """Every file of the stick; one comes before what it waits for."""
    for file in sorted(pair.stick.glob("*.age")):
        for one in Importer(pair.hq.book, Keyring.open(pair.hq.home)).take([file]):
            note(outcome=one.outcome, id=one.bundle_id, seq=one.to_seq)


def unflushed_exports(pair: Pair, note: Note) -> None:
    """A file gets its name before it is flushed."""
    os.fsync = lambda _: None  # type: ignore[assignment]
    exports(pair, note)


def erases(pair: Pair, note: Note) -> None:
    """Personal data past their time go, from the outbox too."""
    pair.desk.clock.now += YEARS
    book = pair.desk.book
    erasure.erase(book, MANAGER, LI, erasure.plan(book, "3 years", [pair.desk[NUMBER]]))
    note(erased=True)
    exporting.withdraw(book, pair.desk.home)
    private.clean(book)
    note(clean=True)


def unflushed_erasure(pair: Pair, note: Note) -> None:
    """The book says that it is clean before it is made anew."""
    really = private._empty_log

    def hasty(conn: Any) -> None:
        conn.execute("DELETE FROM unclean")
        really(conn)

    private._empty_log = hasty
    erases(pair, note)


def late_receipts(pair: Pair, note: Note) -> None:
    """A receipt is written when its bundle is in."""
    really, taken, late = receipts.note, Importer._file, list[Receipt]()
    receipts.note = lambda _, receipt: late.append(receipt)

    def file(self: Importer, *given: Any) -> Any:
        arrived = taken(self, *given)
        with self.book.writing("an import") as conn:
            while late:
                really(conn, late.pop())
        return arrived

    Importer._file = file  # type: ignore[method-assign]
    imports(pair, note)


def line_by_line(pair: Pair, note: Note) -> None:
    """Each entry is in when it was read."""
    really = foreign.append

    def append(book: Any, conn: Any, journal: int, given: Any, progress: Any = None) -> tuple[int, list[int]]:
        n = 0
        for one in given:
            n += really(book, conn, journal, [one], progress)[0]
            conn.execute("COMMIT")
            conn.execute("BEGIN IMMEDIATE")
        return n, []

    importing.foreign.append = append  # type: ignore[attr-defined]
    imports(pair, note)


# ---------------------------------------------------------------- what is left


def look_at_export(pair: Pair, notes: Sequence[dict[str, Any]]) -> None:
    """Whatever has a bundle's name is whole, what was said to be written is there, and the next export is whole."""
    for folder in (pair.stick, paths.outbox(pair.desk.home)):
        for file in folder.glob("*.age"):
            try:
                man, found = pair.receive(file)
            except BundleError as error:
                raise AssertionError(f"half a bundle: {file.name}: {error}") from error
            assert len(found) == man.count
    for note in notes:
        file = pair.stick / note["file"]
        assert file.exists(), f"lost: {file.name}"
        assert hashlib.sha256(file.read_bytes()).hexdigest() == note["sha256"], f"lost: {file.name}"
        assert pair.desk.head[0] >= note["seq"], "lost: an entry that was sent"
    assert check(pair.desk.book, full=True).problems == ()
    for file in pair.stick.glob("*.age"):
        file.unlink()
    (sent,) = pair.send()
    assert pair.receive(sent.path)[0].head_hash == pair.desk.head[1]
    assert [file.name for file in pair.stick.iterdir()] == [sent.path.name]
    assert sorted(file.name for file in paths.outbox(pair.desk.home).iterdir()) == [".lock", sent.path.name]


def look_at_import(pair: Pair, notes: Sequence[dict[str, Any]]) -> None:
    """Each bundle is in, with its receipt, or it is not; taken once more, all of it is there once."""
    book, files = pair.hq.book, sorted(pair.stick.glob("*.age"))
    assert check(book, full=True).problems == ()
    ends = {int(file.name.split("-")[-1].split(".")[0]) for file in files}
    (own,) = foreign.of_desk(pair.desk.book.read, "desk-017")
    there = foreign.known(book.read, own.name)
    head = there.seq if there else -1
    assert head in {-1, *ends}, f"a bundle in part: {head}"
    came = {one.bundle_id: one for one in receipts.receipts(book.read)}
    applied = max((one.to_seq or 0 for one in came.values() if one.outcome == "APPLIED"), default=-1)
    assert applied == head, f"without its receipt: {head}, {applied}"
    for note in notes:
        assert came[note["id"]].outcome == note["outcome"] or applied >= note["seq"], f"lost: {note}"
    waits = {row[1] for row in receipts.held(book.read)}
    assert waits <= {file.name for file in paths.held(pair.hq.home).glob("*")}, "what waits has no file"

    found = Importer(book, Keyring.open(pair.hq.home)).take(files)
    assert {one.outcome for one in found} <= {"APPLIED", "DUPLICATE"}
    there = foreign.known(book.read, own.name)
    assert there is not None
    assert lines(book, there.id) == lines(pair.desk.book, own.id)[: max(ends) + 1]
    assert check(book, full=True).problems == ()
    assert receipts.held(book.read) == []
    assert [*paths.held(pair.hq.home).glob("*")] == []


def look_at_erasure(pair: Pair, notes: Sequence[dict[str, Any]]) -> None:
    """All of it went or none; what was said to be gone is, and once more finishes what was cut off."""
    book = pair.desk.book
    assert check(book, full=True).problems == ()
    kept = pair.desk[NUMBER].fields.get("phone") == PHONE
    assert not (kept and notes), "lost: an erasure"
    if not kept and not private.unfinished(book):
        assert holding(pair.desk.home, NAME, PHONE) == [], "said to be clean, in part"
    if kept:
        erases(pair, lambda **_: None)
    else:
        exporting.withdraw(book, pair.desk.home)
        private.clean(book)
    assert holding(pair.desk.home, NAME, PHONE) == []
    assert check(book, full=True).problems == ()
    assert [*paths.outbox(pair.desk.home).glob("*.age")] == []
    (sent,) = pair.send()
    assert not any(PHONE in str(line.private) for line in pair.receive(sent.path)[1])


# ---------------------------------------------------------------- the harness


@contextlib.contextmanager
def offices(folder: Path) -> Iterator[Pair]:
    """Both offices in a folder, open."""
    (folder / "stick").mkdir(exist_ok=True)
    desk, hq = (Desk(support._open(folder / name, clock), clock) for name in ("desk", "hq") for clock in (Clock(),))
    try:
        yield Pair(desk, hq, folder / "stick")
    finally:
        desk.book.close()
        hq.book.close()


def begun(pair: Pair) -> Path:
    """Both offices closed, to be worked on by another process; their folder."""
    pair.desk.book.close()
    pair.hq.book.close()
    return pair.stick.parent


def with_sticks(pair: Pair) -> Path:
    """The same, with a stick: runs that follow each other, one that overlaps, one that comes before its turn."""
    sent = []
    for back in (None, 0, 1, 0, 0, 0):
        if back is not None:
            pair.acknowledge(pair.desk.head[0] - back)
        pair.desk.order()
        sent.append(pair.send()[0].path)
    sent[4], sent[5] = sent[5], sent[4]
    for n, file in enumerate(sent):
        file.rename(file.with_name(f"{n}-{file.name}"))
    return begun(pair)


def recorded(folder: Path, work: Work) -> list[Op]:
    """What a process does to the disk while it works."""
    out = folder.parent / f"{folder.name}.ops"
    if (pid := os.fork()) == 0:
        try:
            taken = Recorder(folder)
            with offices(folder) as pair:
                work(pair, lambda **said: taken.note(json.dumps(said).encode()))
            out.write_bytes(pickle.dumps(taken.ops))
        finally:
            os._exit(0)
    os.waitpid(pid, 0)
    ops = pickle.loads(out.read_bytes())
    out.unlink()
    assert isinstance(ops, list)
    return ops


def cut_somewhere(folder: Path, before: dict[str, bytes], ops: list[Op], look: Callable[..., None], cuts: int) -> None:
    """Cut the power in many places, and look at what each leaves."""
    rng = random.Random(1)
    for n in range(cuts):
        files, said = cut(before, ops[: rng.randint(1, len(ops))], rng)
        again = folder.parent / f"{folder.name}.cut"
        lay(files, again)
        for home in (again / "desk", again / "hq"):
            keys = paths.keys(home)
            for path in (keys, *keys.iterdir()):
                path.chmod(0o700 if path.is_dir() else 0o600)
        try:
            with offices(again) as pair:
                look(pair, [json.loads(line) for line in said])
        except BaseException as error:
            error.add_note(f"cut {n}")
            raise
        finally:
            shutil.rmtree(again)


def with_an_order(pair: Pair) -> Path:
    """The same, with an order of long ago that was exported and not acknowledged."""
    assert pair.desk.order(caller=NAME, phone=PHONE) == NUMBER
    pair.desk.step(NUMBER, "void", BOSS, reason="错")
    pair.send()
    return begun(pair)


EXPORT, IMPORT, ERASURE = (begun, look_at_export), (with_sticks, look_at_import), (with_an_order, look_at_erasure)
Kind = tuple[Callable[[Pair], Path], Callable[..., None]]


def power_cuts(pair: Pair, work: Work, kind: Kind) -> None:
    begin, look = kind
    folder = begin(pair)
    before = files_of(folder)
    ops = recorded(folder, work)
    assert kind is not IMPORT or any(op.kind == "A" and b"HELD: GAP" in op.data for op in ops)
    cut_somewhere(folder, before, ops, look, CUTS)


@pytest.mark.parametrize(("work", "kind"), [(exports, EXPORT), (imports, IMPORT), (erases, ERASURE)])
def test_power_cuts(pair: Pair, work: Work, kind: Kind) -> None:
    power_cuts(pair, work, kind)


@pytest.mark.parametrize(
    ("work", "kind"),
    [(unflushed_exports, EXPORT), (late_receipts, IMPORT), (line_by_line, IMPORT), (unflushed_erasure, ERASURE)],
)
def test_mutant(pair: Pair, work: Work, kind: Kind) -> None:
    """A name before the flush, a receipt after the commit, a bundle entry by entry, clean too soon: each is noticed."""
    with pytest.raises(AssertionError, match=r"half a bundle|lost|without its receipt|in part"):
        power_cuts(pair, work, kind)


def test_import_killed(pair: Pair) -> None:
    """Kill -9 in the midst of an import, over and over."""
    rng, folder = random.Random(), with_sticks(pair)
    before = files_of(folder)
    for _ in range(40):
        if (pid := os.fork()) == 0:
            try:
                with offices(folder) as one:
                    imports(one, lambda **_: None)
                time.sleep(60)
            finally:
                os._exit(1)
        time.sleep(0.02 + rng.random() * 0.4)
        os.kill(pid, signal.SIGKILL)
        assert os.WIFSIGNALED(os.waitpid(pid, 0)[1]), "it ended by itself"
        with offices(folder) as one:
            look_at_import(one, [])
        for file in paths.book(folder / "hq").parent.glob("book.db*"):
            file.unlink()
        hq = {name: data for name, data in before.items() if name.startswith("hq/book.db")}
        lay(hq, folder)
