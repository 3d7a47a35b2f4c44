"""Thousands of damaged files: what is accepted says the same as before, and nothing but an outcome is raised."""

from __future__ import annotations

import random
from typing import Any

import pytest

from deskapp.bundle.outcomes import BundleDamaged, BundleError, edge
from deskapp.errors import Busy
from tests.bundle.craft import Craft, deflated, pack, take
from tests.bundle.mutation import mutated

LAYOUTS: tuple[dict[str, Any], ...] = ({}, {"stored": True}, {"central": {"made": 20, "mode": 0x20}})


def says(file: bytes) -> tuple[object, ...]:
    """All that a reader learns from a bundle."""
    bundle, lines = take(file)
    return bundle.manifest, bundle.bundle_id, bundle.signer, bundle.signature, lines


def count_accepted(files: list[bytes], good: tuple[object, ...]) -> int:
    accepted = 0
    for file in files:
        try:
            found = says(file)
        except BundleError as error:
            assert error.outcome  # noqa: PT017 - each is one of the table's
            continue
        assert found == good
        accepted += 1
    return accepted


def containers(count: int) -> None:
    dice = random.Random(count)
    crafts = [Craft().zip(**layout) for layout in LAYOUTS]
    count_accepted([mutated(dice.choice(crafts), dice, crafts[1]) for _ in range(count)], says(crafts[0]))


def sealed(count: int) -> None:
    dice = random.Random(count)
    files = [Craft().sealed(), Craft().sealed(armored=True)]
    # Armored, a line may end otherwise; nothing else is ever accepted.
    count_accepted([mutated(dice.choice(files), dice) for _ in range(count)], says(files[0]))


def inner(count: int) -> None:
    """Members edited and packed again, as somebody without the key would."""
    dice = random.Random(count)
    members = Craft().build()
    good = says(pack(members))
    for _ in range(count):
        name = dice.choice(list(members))
        edited = mutated(members[name], dice)
        if edited != members[name]:
            assert count_accepted([pack(members | {name: edited})], good) == 0
        assert count_accepted([pack(members, data={name: mutated(deflated(members[name]), dice)})], good) <= 1


def signed(count: int) -> None:
    """Members edited and signed again, as a malicious desk would: an outcome or a bundle, never another error."""
    dice = random.Random(count)
    members = Craft().build()
    for _ in range(count):
        name = dice.choice(["manifest.json", "entries.jsonl", "bodies.jsonl"])
        try:
            take(Craft().member(name, mutated(members[name], dice)).zip())
        except BundleError as error:
            assert error.values["clause"] != "B49", error.__cause__  # noqa: PT017 - foreseen, each of them


def test_damaged_containers() -> None:
    containers(250)


def test_damaged_seals() -> None:
    sealed(200)


def test_edited_members() -> None:
    inner(60)


def test_members_edited_by_the_signer() -> None:
    signed(120)


class PanicException(BaseException):
    """As pyrage would raise it."""


@pytest.mark.parametrize("error", [RuntimeError("x"), RecursionError(), OSError("no number"), PanicException()])
def test_whatever_a_library_raises_is_an_outcome(error: BaseException) -> None:
    with pytest.raises(BundleDamaged, match="B49"), edge():
        raise error


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(5, "the stick is gone"), Busy("x")])
def test_what_is_not_the_files_fault_stays_what_it_is(error: BaseException) -> None:
    with pytest.raises(type(error)) as raised, edge():
        raise error
    assert raised.value is error


@pytest.mark.slow
def test_four_thousand_damaged_containers() -> None:
    containers(4000)


@pytest.mark.slow
def test_three_thousand_damaged_seals() -> None:
    sealed(3000)


@pytest.mark.slow
def test_thousands_of_edited_members() -> None:
    inner(2000)
    signed(6000)
