"""Signing in: the right passphrase, the waits after wrong ones, and what of it is written."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from filelock import FileLock

from deskapp.book import signin
from deskapp.book.check import check
from deskapp.book.signin import WrongPassphrase, set_passphrase, sign_in, staff_number
from deskapp.errors import Busy, DeskError
from tests.support import BOSS, LI, MANAGER, PASSPHRASE, Desk

LONG = "correct-horse"


class Wall:
    """The PC's clock."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.slow
def test_sign_in(desk: Desk) -> None:
    """By number, short or long; the roles are those of the staff record."""
    for typed in ("1", "staff-1", "001", " 1 "):
        session = sign_in(desk.book, typed, PASSPHRASE)
        assert (session.staff, session.name) == ("staff-1", "陈建国")
    set_passphrase(desk.book, BOSS, "3", LONG)
    assert sign_in(desk.book, "3", LONG).roles == {"reception", "cashier"}
    desk.step("staff-3", "correct", BOSS, cashier="2", reason="不再收款")
    assert sign_in(desk.book, "3", LONG).roles == {"reception"}


@pytest.mark.slow
def test_several_at_once(desk: Desk) -> None:
    """Each waits for its turn; none takes another's try, which is not decided yet, for a failure."""
    with ThreadPoolExecutor(5) as pool:
        assert [s.staff for s in pool.map(lambda _: sign_in(desk.book, "1", PASSPHRASE), range(5))] == ["staff-1"] * 5


def test_one_who_is_not_done(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for ever."""
    monkeypatch.setattr(signin, "TURN_SECONDS", 0.05)
    with FileLock(desk.home / "signin.lock"), pytest.raises(Busy, match="signing in"):
        sign_in(desk.book, "1", PASSPHRASE)
    sign_in(desk.book, "1", PASSPHRASE)


def test_who_left_does_not_sign_in(desk: Desk) -> None:
    """Who is not on the staff any more, or has no passphrase, does not get in."""
    set_passphrase(desk.book, BOSS, "3", LONG)
    desk.step("staff-3", "leave", BOSS, reason="辞职")
    with pytest.raises(DeskError, match="not on the staff"):
        sign_in(desk.book, "3", LONG)
    with pytest.raises(WrongPassphrase, match="no passphrase yet"):
        sign_in(desk.book, "4", LONG)
    for nobody in ("", "99", "%", "' OR 1=1 --", "3-2-1502"):
        with pytest.raises(DeskError, match="not on the staff"):
            sign_in(desk.book, nobody, LONG)


@pytest.mark.parametrize(
    "typed", ["", "huijing-202", PASSPHRASE + " ", PASSPHRASE.upper(), "汇景", "\ud800", "x" * 100_000]
)
def test_wrong_passphrase(desk: Desk, typed: str) -> None:
    """Anything but the passphrase is wrong."""
    with pytest.raises(WrongPassphrase):
        sign_in(desk.book, "1", typed)
    assert sign_in(desk.book, "1", PASSPHRASE).staff == "staff-1"


def test_waits_grow_and_survive(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """1, 2, 4 … 60 seconds, kept in the book: neither a new process nor the right passphrase gets round them."""
    monkeypatch.setattr(signin, "_N", 16)  # for speed
    set_passphrase(desk.book, BOSS, "1", PASSPHRASE)
    wall = Wall()
    with pytest.raises(WrongPassphrase):
        sign_in(desk.book, "1", "wrong-wrong", wall)  # the first is free
    waits = []
    for _ in range(9):
        with pytest.raises(WrongPassphrase):
            sign_in(desk.book, "1", "wrong-wrong", wall)
        desk.reopen()
        with pytest.raises(DeskError, match="wait") as caught:
            sign_in(desk.book, "1", PASSPHRASE, wall)
        waits.append(caught.value.values["seconds"])
        wall.now += waits[-1] - 0.01 if waits[-1] > 1 else 0.5
        with pytest.raises(DeskError, match="wait"):
            sign_in(desk.book, "1", PASSPHRASE, wall)
        wall.now += 0.6
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    sign_in(desk.book, "1", PASSPHRASE, wall)
    with pytest.raises(WrongPassphrase):
        sign_in(desk.book, "1", "wrong-wrong", wall)
    sign_in(desk.book, "1", PASSPHRASE, wall)


@pytest.mark.slow
def test_waits_are_each_one_s_own(desk: Desk) -> None:
    """Somebody's failures keep nobody else out."""
    set_passphrase(desk.book, BOSS, "3", LONG)
    wall = Wall()
    for _ in range(2):
        with pytest.raises(WrongPassphrase):
            sign_in(desk.book, "3", "wrong-wrong", wall)
    with pytest.raises(DeskError, match="wait"):
        sign_in(desk.book, "3", LONG, wall)
    sign_in(desk.book, "1", PASSPHRASE, wall)
    set_passphrase(desk.book, BOSS, "3", LONG)
    sign_in(desk.book, "3", LONG, wall)


def test_clock_set_back_locks_nobody_out(desk: Desk) -> None:
    """A PC clock set back by a year costs the longest wait, once (P14)."""
    wall = Wall()
    for _ in range(2):
        with pytest.raises(WrongPassphrase):
            sign_in(desk.book, "1", "wrong-wrong", wall)
    wall.now -= 365 * 86400
    with pytest.raises(DeskError, match="wait"):
        sign_in(desk.book, "1", PASSPHRASE, wall)
    wall.now += 61
    assert sign_in(desk.book, "1", PASSPHRASE, wall).staff == "staff-1"


def test_very_many_failures(desk: Desk) -> None:
    """The wait has an end however often somebody failed."""
    with desk.book.writing() as conn:
        conn.execute("INSERT INTO tries VALUES ('staff-1', 5000, 0)")
    wall = Wall()
    with pytest.raises(WrongPassphrase):
        sign_in(desk.book, "1", "wrong-wrong", wall)
    wall.now += 61
    assert sign_in(desk.book, "1", PASSPHRASE, wall).staff == "staff-1"


@pytest.mark.parametrize(
    "passphrase", ["", "short-one", "长长的口令长长的口令", "tab\there-and-there", "ａｂｃｄｅｆｇｈｉｊｋ"]
)
def test_bad_passphrase(desk: Desk, passphrase: str) -> None:
    """Too short, or touched by an input method: refused, and nothing changed."""
    before = desk.head
    with pytest.raises(DeskError):
        set_passphrase(desk.book, BOSS, "1", passphrase)
    assert desk.head == before
    sign_in(desk.book, "1", PASSPHRASE)


@pytest.mark.slow
def test_who_sets_whose(desk: Desk) -> None:
    """One's own, or as a manager anybody's; what the book says now decides, not what a session claims."""
    set_passphrase(desk.book, LI, "3", LONG)
    set_passphrase(desk.book, MANAGER, "3", LONG + "2")
    with pytest.raises(DeskError, match="only a manager"):
        set_passphrase(desk.book, LI, "1", LONG)
    desk.step("staff-6", "correct", BOSS, manager="2", reason="调岗")
    with pytest.raises(DeskError, match="only a manager"):
        set_passphrase(desk.book, MANAGER, "1", LONG)
    sign_in(desk.book, "1", PASSPHRASE)
    desk.step("staff-3", "leave", BOSS, reason="辞职")
    with pytest.raises(DeskError):
        set_passphrase(desk.book, LI, "3", LONG)


def test_only_the_fact_is_written(desk: Desk) -> None:
    """The journal says that a passphrase was set and by whom; nothing of it is in any entry."""
    set_passphrase(desk.book, MANAGER, "3", LONG)
    head, body, private, _ = desk.row(desk.head[0])
    assert json.loads(head)["step"] == "passphrase"
    assert json.loads(head)["by"] == "staff-6"
    assert json.loads(head)["rec"] == desk["staff-3"].rec
    assert json.loads(body)["data"] == {}
    assert private is None
    key = desk.book.read.execute("SELECT hex(key), hex(salt) FROM credentials WHERE staff = 'staff-3'").fetchone()
    lines = " ".join(str(row) for row in desk.book.read.execute("SELECT head, body, private FROM journal"))
    assert not any(secret.lower() in lines.lower() for secret in (LONG, *key))
    assert check(desk.book, full=True).problems == ()


def test_staff_number(desk: Desk) -> None:
    """A staff number is found however it is typed."""
    assert [staff_number(desk.book.read, typed) for typed in ("3", "03", "staff-3", "３")] == ["staff-3"] * 4
    desk.add("staff", BOSS, code="A7", name="赵")
    assert [staff_number(desk.book.read, typed) for typed in ("A7", "a7", "Ａ７", "staff-A7")] == ["staff-A7"] * 4
