"""What somebody has not seen yet."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from deskapp.book import seen, view
from tests.support import Desk, opened

OTHER = "staff-5"


@pytest.fixture
def desk() -> Iterator[Desk]:
    with opened() as found:
        yield found


def news(desk: Desk, staff: str = OTHER) -> dict[str, bool]:
    found = seen.changed(desk.book.read, staff)
    return {one.number: found[one.journal, one.rec] for one in view.page(desk.book.read, "order") if
            (one.journal, one.rec) in found}  # fmt: skip


def test_who_was_never_there_has_no_news(desk: Desk) -> None:
    desk.order()
    assert news(desk) == {}


def test_what_others_did_since(desk: Desk) -> None:
    old, other = desk.order(), desk.order()
    seen.note(desk.book, OTHER)
    assert news(desk) == {}
    desk.step(old, "dispatch", provider="21", charge="free")
    new = desk.dispatched()
    assert news(desk) == {old: False, new: True}
    assert other not in news(desk)
    seen.note(desk.book, OTHER)
    assert news(desk) == {}


def test_what_one_did_oneself_is_no_news(desk: Desk) -> None:
    first = view.record(desk.book.read, desk.order())
    seen.note(desk.book, first.by)
    desk.order()
    assert news(desk, first.by) == {}
