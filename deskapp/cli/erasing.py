"""The command that erases personal data: what would go, and, when two people say so, its going."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from deskapp.cli import opening, output
from deskapp.errors import DeskError, UsageError
from deskapp.i18n import _, pick

if TYPE_CHECKING:
    from deskapp.cli.general import Given
    from deskapp.desk.erasure import Due, Plan
    from deskapp.desk.office import Office


def erase(given: Given, numbers: Sequence[str], *, yes: bool, second: str | None) -> None:
    """Say what would go, masked; with `yes` and a second person it goes. Without numbers, finish what was cut off."""
    from deskapp.desk import erasure

    with opening.office(given) as office:
        if not numbers:
            _finished(office)
            return
        due = erasure.plan(office.book, office.config.retention, [opening.record(office.book, one) for one in numbers])
        _tell(office, due)
        if not due.going:
            raise DeskError("nothing to erase: no personal data there, or they are still kept")
        if not yes:
            output.say(_("nothing was changed; to do it: --yes --with STAFF, the second person who answers for it"))
            return
        if not second:
            raise UsageError(
                "two people answer for it: the second one must be another", "name a colleague: --with STAFF"
            )
        _erase(given, office, due, opening.text(second))


def _erase(given: Given, office: Office, due: Plan, staff: str) -> None:
    from deskapp.book import erasure as lines
    from deskapp.book.signin import sign_in
    from deskapp.desk import erasure
    from deskapp.exchange import exporting

    book = office.book
    session = opening.signed_in(given, book)
    second = sign_in(book, staff, opening.second_passphrase(staff))
    erasure.erase(book, session, second, due)
    exporting.withdraw(book, office.home)
    lines.clean(book)
    print(len(due.seqs))
    output.say(_("the personal data of {n} entries are erased").format(n=len(due.seqs)))
    _elsewhere(office)


def _finished(office: Office) -> None:
    """Finish an erasure that was cut off; nobody signs in, for nothing is decided any more."""
    from deskapp.book import erasure as lines
    from deskapp.exchange import exporting

    exporting.withdraw(office.book, office.home)
    if not lines.clean(office.book):
        raise UsageError("name records, a room or a customer", "deskapp erase NUMBER")
    output.say(_("the erasure that was cut off is finished"))
    _elsewhere(office)


def _tell(office: Office, due: Plan) -> None:
    headings = [_("Number"), _("Form"), _("Ended"), _("Entries"), _("What goes")]
    if due.going:
        output.table(headings, [_row(office, one) for one in due.going])
    for said, numbers in (
        (_("not finished, stays: {numbers}"), [one.number for one in due.staying if not one.ended]),
        (_("finished lately, stays: {numbers}"), [one.number for one in due.staying if one.ended]),
    ):
        if numbers:
            output.say(said.format(numbers=" ".join(numbers)))


def _row(office: Office, one: Due) -> list[str]:
    from deskapp.desk import display

    book, record = office.book, one.record
    form = display.form_of(book, record)
    said = []
    for name, field in form.fields.items():
        if field.private and name in record.fields:
            shown = f" {display.hidden(book, field, record.fields[name])}" if field.personal else ""
            said.append(f"{pick(field.label)}{shown}")
    return [record.number, pick(form.title), record.at[:10], str(len(one.seqs)), ", ".join(said)]


def _elsewhere(office: Office) -> None:
    """What no command reaches."""
    from deskapp.desk import erasure

    output.say(_("not reached: backups and sticks made before, printed pages, and the other side until it imports"))
    for path in erasure.copies(office.home):
        output.say(_("an older copy, to be deleted by hand: {path}").format(path=path))
