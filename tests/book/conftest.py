"""An open office with a book for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support import Desk, opened


@pytest.fixture
def desk() -> Iterator[Desk]:
    """A copy of the founded office, open, at 03:15 of a Sunday night."""
    with opened() as found:
        yield found
