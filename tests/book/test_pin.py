"""PINs: set by their owner, good for unlocking alone, off after five wrong ones, and never a way to sign in."""

from __future__ import annotations

import json

import pytest

from deskapp.book import signin
from deskapp.book.check import check
from deskapp.book.pin import MOST_WRONG, check_pin, set_pin, unlock
from deskapp.book.signin import WrongPassphrase, set_passphrase, sign_in
from deskapp.errors import DeskError
from tests.book.test_signin import LONG, Wall
from tests.support import BOSS, LI, PASSPHRASE, Desk

PIN = "204817"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signin, "_N", 16)


@pytest.fixture
def li(desk: Desk) -> Desk:
    """李敏 has a passphrase and a PIN."""
    set_passphrase(desk.book, BOSS, "3", LONG)
    set_pin(desk.book, LI, PIN)
    return desk


@pytest.mark.parametrize(
    "pin",
    ["", "12345", "1234567", "12345a", "１２３４５６", "000000", "999999", "123456", "654321", "135791", "890123",
     "121212", "112211", "123123", "123321", "111112", " 20481"],
)  # fmt: skip
def test_bad_pins(desk: Desk, pin: str) -> None:
    before = desk.head
    with pytest.raises(DeskError):
        set_pin(desk.book, LI, pin)
    assert desk.head == before


def test_most_pins_are_good() -> None:
    refused = 0
    for n in range(0, 1_000_000, 37):
        try:
            check_pin(f"{n:06}")
        except DeskError:
            refused += 1
    assert 0 < refused < 1_000_000 / 37 / 50


def test_it_unlocks_and_brings_the_roles_of_now(li: Desk) -> None:
    assert unlock(li.book, LI, PIN).roles == LI.roles
    li.step("staff-3", "correct", BOSS, cashier="2", reason="不再收款")
    assert unlock(li.book, LI, PIN).roles == {"reception"}


def test_it_never_signs_in(li: Desk) -> None:
    """A session is what `unlock` takes; sign-in knows passphrases alone."""
    with pytest.raises(WrongPassphrase):
        sign_in(li.book, "3", PIN)


def test_who_left_is_not_let_in(li: Desk) -> None:
    li.step("staff-3", "leave", BOSS, reason="辞职")
    with pytest.raises(DeskError, match="not on the staff"):
        unlock(li.book, LI, PIN)


def test_without_a_pin(desk: Desk) -> None:
    with pytest.raises(WrongPassphrase, match="has no PIN"):
        unlock(desk.book, LI, PIN)


def test_five_wrong_ones_put_it_off_until_the_passphrase(li: Desk) -> None:
    """Tries and waits are sign-in's own, kept in the book: a new process changes nothing."""
    wall = Wall()
    waited = 0
    for n in range(MOST_WRONG):
        while True:
            with pytest.raises(DeskError) as caught:
                unlock(li.book, LI, f"20481{n}", wall)
            if isinstance(caught.value, WrongPassphrase):
                break
            waited += caught.value.values["seconds"]
            wall.now += caught.value.values["seconds"] + 0.1
        li.reopen()
    assert waited == 1 + 2 + 4
    wall.now += 3600
    with pytest.raises(WrongPassphrase, match="off after"):
        unlock(li.book, LI, PIN, wall)
    sign_in(li.book, "3", LONG, wall)
    assert unlock(li.book, LI, PIN, wall).staff == "staff-3"


def test_wrong_passphrases_count_too(li: Desk) -> None:
    wall = Wall()
    for _ in range(MOST_WRONG):
        with pytest.raises(WrongPassphrase):
            sign_in(li.book, "3", "wrong-wrong", wall)
        wall.now += 61
    with pytest.raises(WrongPassphrase, match="off after"):
        unlock(li.book, LI, PIN, wall)


def test_a_new_passphrase_takes_the_pin_along(li: Desk) -> None:
    """Whoever set the PIN may be the reason why a manager sets another passphrase."""
    set_passphrase(li.book, BOSS, "3", LONG)
    with pytest.raises(WrongPassphrase, match="has no PIN"):
        unlock(li.book, LI, PIN)


def test_only_the_fact_is_written(li: Desk) -> None:
    head, body, private, _ = li.row(li.head[0])
    assert json.loads(head)["step"] == "pin"
    assert json.loads(head)["by"] == "staff-3"
    assert json.loads(body)["data"] == {}
    assert private is None
    with pytest.raises(DeskError):
        li.step("staff-3", "undo", LI)
    assert check(li.book, full=True).problems == ()
    sign_in(li.book, "1", PASSPHRASE)
