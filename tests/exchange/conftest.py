"""A desk and its head office for every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.exchange.pair import Pair, opened
from tests.support import Desk
from tests.support import opened as founded


@pytest.fixture
def pair() -> Iterator[Pair]:
    """Both offices know each other's keys."""
    with opened() as found:
        yield found


@pytest.fixture
def desk() -> Iterator[Desk]:
    """An office that has no keys yet."""
    with founded() as found:
        yield found
