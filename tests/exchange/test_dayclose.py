"""A day closed in one act: record, page, sheet, bundle; a stick that refuses, a cut in the midst, a second time."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest

from deskapp import paths
from deskapp.book import view
from deskapp.book.check import check
from deskapp.desk import closing, day
from deskapp.exchange import dayclose, importing, landing, stick
from deskapp.exchange.dayclose import Outcome
from deskapp.exchange.keyring import Keyring
from tests.exchange import pair as offices
from tests.exchange.pair import Pair
from tests.support import BOSS, NOW, Desk

DAY = date(2026, 11, 21)


class Cut(BaseException):
    """The power went."""


@pytest.fixture
def pair() -> Iterator[Pair]:
    """A desk and its head office at nine in the morning, after a night's work."""
    with offices.opened() as found:
        found.desk.add("diary", room="3-2-1502", item="90", content="𠮷田 来电", source="1", handling="1")
        found.desk.done()
        for one in (found.desk, found.hq):
            one.clock.now = NOW.replace(hour=9)
        yield found


def close(desk: Desk) -> Outcome:
    return dayclose.close(desk.office, BOSS, closing.look(desk.book, DAY))


def steps(desk: Desk) -> list[str]:
    """What is in ink about the day's record."""
    return [entry.step for entry in view.timeline(desk.book.read, desk["RB20261121"])]


def pages(desk: Desk) -> list[str]:
    """What lies in the folder."""
    folder = paths.prints(desk.home)
    return sorted(one.name for one in folder.iterdir()) if folder.exists() else []


def test_closed_printed_and_sent(pair: Pair) -> None:
    """Head office takes the bundle and makes the same log of it, from the desk's own entries."""
    desk = pair.desk
    outcome = close(desk)
    dayclose.send(desk.office, BOSS, outcome, pair.stick)
    assert outcome.trouble is None
    assert steps(desk) == ["register", "print", "export"]
    assert pages(desk) == ["RB20261121.html", "RB20261121.xlsx"]
    assert paths.prints(desk.home).stat().st_mode & 0o077 == 0
    assert openpyxl.load_workbook(paths.prints(desk.home) / "RB20261121.xlsx").sheetnames[0].startswith("工作日报")
    [bundle] = pair.stick.iterdir()
    assert outcome.sent
    last = view.timeline(desk.book.read, desk["RB20261121"])[-1]
    assert last.data["bundle"] == bundle.name

    found = importing.Importer(pair.hq.book, Keyring.open(pair.hq.home)).take([bundle])
    assert [one.outcome for one in found] == ["APPLIED"]
    ours, theirs = (day.gather(one.book, DAY, "desk-017") for one in (desk, pair.hq))
    assert (ours.head, len(ours.entries), ours.money) == (theirs.head, len(theirs.entries), theirs.money)
    assert [(one.form.name, one.fresh, one.ended, one.open) for one in ours.totals] == [
        (one.form.name, one.fresh, one.ended, one.open) for one in theirs.totals
    ]
    record = view.record(pair.hq.book.read, "desk-017/RB20261121")
    assert (record.fields["head"], record.fields["head_hash"]) == theirs.head
    log = dayclose.report(pair.hq.office, DAY, desk="desk-017")
    assert "𠮷田" in "\n".join(map(str, log.tables))
    assert log.number == "desk-017/RB20261121"
    assert log.facts[-1][1].endswith("与这里的流水一致")
    other = dayclose.report(pair.hq.office, DAY - timedelta(days=3), desk="desk-017")
    assert "还没日结" in other.facts[-1][1]


def test_a_second_time_says_so(pair: Pair) -> None:
    """In words on the paper, and in ink."""
    desk = pair.desk
    outcome = close(desk)
    dayclose.send(desk.office, BOSS, outcome, pair.stick)
    again = dayclose.papers(desk.office, BOSS, outcome.record)
    dayclose.send(desk.office, BOSS, outcome, pair.stick)
    assert (again.copy, outcome.sending) == (2, 2)
    assert "补打 打印第2次" in (paths.prints(desk.home) / "RB20261121.html").read_text("utf-8")
    assert [one.data.get("copy") for one in view.timeline(desk.book.read, desk["RB20261121"])[1:]] == [1, 1, 2, 2]


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EROFS, errno.ENODEV])
def test_a_stick_that_refuses(pair: Pair, monkeypatch: pytest.MonkeyPatch, error: int) -> None:
    """The day is closed; the export is done again later, and is then the first."""
    desk, real = pair.desk, landing._read_back

    def refuses(file: object, meant: bytes, target: Path) -> None:
        if target.parent == pair.stick:
            raise OSError(error, "refused")
        real(file, meant, target)  # type: ignore[arg-type]

    monkeypatch.setattr(landing, "_read_back", refuses)
    outcome = close(desk)
    dayclose.send(desk.office, BOSS, outcome, pair.stick)
    assert outcome.trouble is not None
    assert steps(desk) == ["register", "print"]
    assert list(pair.stick.iterdir()) == []
    monkeypatch.undo()
    later = Outcome(desk["RB20261121"])
    dayclose.send(desk.office, BOSS, later, pair.stick)
    assert (later.trouble, later.sending) == (None, 1)


def test_no_stick(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stick, "_places", list)
    outcome = close(pair.desk)
    dayclose.send(pair.desk.office, BOSS, outcome, None)
    assert str(outcome.trouble) == "no stick found"


def test_a_full_disk(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """The record is in ink before the papers: they are written later, and say that it is the second print."""

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(landing, "_read_back", full)
    outcome = close(pair.desk)
    assert "no room left" in str(outcome.trouble)
    assert (outcome.printed, pages(pair.desk)) == (None, [])
    monkeypatch.undo()
    assert dayclose.papers(pair.desk.office, BOSS, outcome.record).copy == 2


@pytest.mark.parametrize(
    "place", ["before the ink", "after the ink", "before the print", "before the pages", "between them"]
)
def test_power_cut(pair: Pair, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    """Before or after, never half: and what is left is done by doing it again."""
    desk = pair.desk

    def cut(*_: object, **__: object) -> None:
        raise Cut

    match place:
        case "before the ink":
            monkeypatch.setattr(closing.journal, "write", cut)
        case "after the ink":
            monkeypatch.setattr(dayclose, "papers", cut)
        case "before the print":
            monkeypatch.setattr(closing, "note", cut)
        case "before the pages":
            monkeypatch.setattr(dayclose, "write", cut)
        case "between them":
            real = Path.replace
            monkeypatch.setattr(Path, "replace", lambda self, to: cut() if to.suffix == ".xlsx" else real(self, to))
    with pytest.raises(Cut):
        close(desk)
    monkeypatch.undo()
    desk.reopen()
    assert check(desk.book, full=True).problems == ()
    record = closing.closed(desk.book, DAY)
    assert (record is None) == (place == "before the ink")
    if record is None:
        outcome = close(desk)
        assert outcome.printed
        record, printed = outcome.record, outcome.printed
    else:
        printed = dayclose.papers(desk.office, BOSS, record)
    assert printed.copy == (2 if place in ("before the pages", "between them") else 1)
    assert pages(desk) == ["RB20261121.html", "RB20261121.xlsx"]
    assert closing.closed(desk.book, DAY) is not None
    assert len(view.page(desk.book.read, "daily")) == 1
