"""Who is on duty, what is open, and the hand-over record on paper."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from deskapp.cli import opening, output
from deskapp.desk import display, handover, shifts
from deskapp.errors import DeskError
from deskapp.i18n import _

if TYPE_CHECKING:
    from deskapp.cli.general import Given
    from deskapp.desk.office import Office


def shift(given: Given, *, json: bool) -> None:
    """The shift that is open, and what it would hand on."""
    with opening.office(given) as office:
        book = office.book
        found = shifts.on_duty(book)
        if found is None:
            raise DeskError("nobody is on duty", "deskapp add shift name=morning takes the post")
        now = book.now()
        items = handover.items(book, found, now)
        if json:
            stands_in = shifts.relief(book, found, now)
            output.emit({
                "number": found.number, "form": found.form, "state": found.state, "by": found.by,
                "name": found.fields.get("name"), "opened_at": found.opened.isoformat(),
                "relief": stands_in[0] if stands_in else None,
                "open": [{"number": one.record.number, "kind": one.kind, "new": one.new} for one in items],
            })  # fmt: skip
            return
        form = display.form_of(book, found)
        state = display.state(form, found.state)
        print(output.line(found.number, shifts.title(book, found, now), state, display.moment(found.opened, now)))
        rows = [[_(one.kind), one.record.number, display.what(book, one.form, one.record)] for one in items]
        output.table([_("Kind"), _("Number"), _("About")], rows)


def handover_(given: Given, number: str | None, *, page: str | None) -> None:
    """The record as text, or as a page that a browser prints."""
    from deskapp.reports import handover as sheet

    with opening.office(given) as office:
        number = opening.record(office.book, number).number if number else _last(office)
        if page is None:
            print("\n".join(sheet.text(office.book, office.config.office, number)))
            return
        said = sheet.page(office.book, office.config.office, number)
    path = Path(page)
    try:
        path.write_text(said, encoding="utf-8")
    except OSError as error:
        raise DeskError("{path} cannot be written: {reason}", path=path, reason=error.strerror) from error
    print(path)


def _last(office: Office) -> str:
    """The last shift that was handed over, else the one that is open."""
    found = shifts.last(office.book) or shifts.on_duty(office.book)
    if found is None:
        raise DeskError("there was no shift yet", "deskapp add shift name=morning takes the post")
    return found.number
