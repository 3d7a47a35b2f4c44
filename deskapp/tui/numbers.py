"""Numbers as they are said (`desk.display.short_number`), read back: what stands on the screen can be typed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from deskapp.forms.form import Form
from deskapp.text import fold

_SHORT = re.compile(r"([^0-9]+)([0-9]{2,6})-([a-z]?[0-9]+)")


def full(forms: Iterable[Form], typed: str, today: date) -> str | None:
    """The number meant by a sign, a day (of this month; month and day; with the year) and a serial; None if none is."""
    found = _SHORT.fullmatch(fold(typed))
    if found is None:
        return None
    sign, day, serial = found.groups()
    for form in forms:
        if form.short and "{date}" in form.number and sign in (fold(form.short.zh), fold(form.short.en)):
            digits = f"{today:%Y%m%d}"
            return form.number.partition("{")[0] + digits[: 8 - len(day)] + day + f"-{serial.upper()}"
    return None
