"""A customer's file is changed after identity number, phone and room were checked, and not before (R106)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product

import pytest

from deskapp.forms.steps import Missing, WrongState
from tests.support import Desk, opened

CHECKED = {"id_seen": "card", "phone_checked": "called", "room_checked": "said"}


@pytest.fixture
def desk() -> Iterator[Desk]:
    with opened() as found:
        yield found


def asked(desk: Desk) -> str:
    return desk.add(
        "info_change", room="3-2-1502", customer="customer-00001", applicant="曾女士", subject="phone",
        old="13800131234", new="13900005678",
    )  # fmt: skip


def test_checked_then_changed(desk: Desk) -> None:
    number = asked(desk)
    with pytest.raises(WrongState):
        desk.step(number, "change")
    desk.step(number, "verify", **CHECKED)
    desk.step(number, "change", changed_in="both")
    assert desk[number].state == "changed"
    assert desk[number].fields["changed_by"] == "staff-3"
    with pytest.raises(WrongState):
        desk.step(number, "verify", **CHECKED)


@pytest.mark.parametrize("missing", sorted(CHECKED))
def test_each_of_the_three_is_answered_and_none_by_default(desk: Desk, missing: str) -> None:
    number = asked(desk)
    with pytest.raises(Missing) as caught:
        desk.step(number, "verify", **{key: value for key, value in CHECKED.items() if key != missing})
    assert caught.value.field == missing


@pytest.mark.parametrize("wrong", [one for one in product((False, True), repeat=3) if any(one)])
def test_whatever_does_not_match_refuses(desk: Desk, wrong: tuple[bool, ...]) -> None:
    """One that does not match is enough, whichever it is, whatever the others say."""
    number = asked(desk)
    told = {key: "no" if no else value for (key, value), no in zip(CHECKED.items(), wrong, strict=True)}
    desk.step(number, "verify", **told)
    assert desk[number].state == "refused"
    with pytest.raises(WrongState):
        desk.step(number, "change")


def test_old_and_new_can_be_erased_and_are_masked(desk: Desk) -> None:
    """R102: what is changed is personal data: on the erasable line, never in clear on a list."""
    number = asked(desk)
    row = desk.row(desk[number].seq)
    private = json.loads(row[2] or "{}")
    assert "13900005678" in str(private)
    assert "13900005678" not in row[0] + row[1]
    form = desk.book.form("info_change")
    assert all(form.fields[name].personal for name in ("old", "new", "applicant"))


def test_it_may_be_refused_before_and_after_the_check(desk: Desk) -> None:
    for verified in (False, True):
        number = asked(desk)
        if verified:
            desk.step(number, "verify", **CHECKED)
        with pytest.raises(Missing):
            desk.step(number, "refuse")
        desk.step(number, "refuse", reason="申请人撤回")
        assert desk[number].state == "refused"
