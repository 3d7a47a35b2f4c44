"""What is said can be typed: short numbers, there and back."""

from __future__ import annotations

from datetime import date

import pytest

from deskapp.desk import display
from deskapp.desk.office import Office
from deskapp.tui.numbers import full

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("委22-003", "WT20261122-003"),
        ("委1018-004", "WT20261018-004"),
        ("委251231-001", "WT20251231-001"),
        ("委22-B003", "WT20261122-B003"),
        ("委２２－００３", "WT20261122-003"),
        ("o22-003", "WT20261122-003"),
        ("车22-003", None),
        ("22-003", None),
        ("", None),
    ],
)
def test_read_back(office: Office, typed: str, number: str | None) -> None:
    assert full(office.book.forms.values(), typed, TODAY) == number


def test_every_form_there_and_back(office: Office) -> None:
    for form in office.book.forms.values():
        if form.short and "{date}" in form.number:
            for day in ("20261122", "20261001", "20251231"):
                number = f"{form.number.partition('{')[0]}{day}-017"
                said = display.short_number(form, number, TODAY)
                assert full(office.book.forms.values(), said, TODAY) == number
