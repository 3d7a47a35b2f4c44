"""Commands that write: each signs in, and either does all it was asked or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from deskapp.cli import opening, output
from deskapp.errors import DeskError, UsageError
from deskapp.i18n import _
from deskapp.text import clean

if TYPE_CHECKING:
    from deskapp.cli.general import Given
    from deskapp.forms.form import Form


def init(given: Given, office: str, desk: str | None, manager: str, *, hq: bool) -> None:
    """Found an office; its manager is staff-1. Head office is one whose desk is called hq."""
    from dataclasses import replace

    from deskapp import config, paths
    from deskapp.book.desks import HQ
    from deskapp.book.signin import check_passphrase
    from deskapp.desk.office import FOUNDER, found

    if opening.founded(given.home):
        raise DeskError("there is already an office in {path}", "open it: deskapp", path=given.home)
    if hq == (desk is not None):
        raise UsageError("--desk goes with a desk, --hq with head office: one of the two",
                         "{command} --help tells what goes there", command="deskapp init")  # fmt: skip
    if desk == HQ:
        raise UsageError("a desk can't be called hq: that is head office", "found that one with --hq")
    said = {"--office": office, "--desk": desk or HQ, "--manager": manager}
    words = {option: clean(opening.text(word)) for option, word in said.items()}
    for option, word in words.items():
        if not word:
            raise UsageError("{option} needs a value", option=option)
    passphrase = opening.founding_passphrase()
    check_passphrase(passphrase)
    founded = found(given.home, words["--office"], words["--desk"], words["--manager"], passphrase)
    founded.book.close()
    if given.lang:
        config.save(paths.config(given.home), replace(founded.config, lang=given.lang))
    output.say(_("the office is in {home}; {manager} signs in as {staff}").format(
        home=given.home, manager=words["--manager"], staff=FOUNDER
    ))  # fmt: skip


def add(given: Given, form: str, words: Sequence[str]) -> None:
    """Register a record; its number alone goes to stdout."""
    from deskapp.book.journal import Request, write

    said = opening.answers(words)
    with opening.office(given) as office:
        book = office.book
        asked = book.form(form)
        answers = opening.named(asked, said, _askable(asked, "register"))
        session = opening.signed_in(given, book)
        print(write(book, session, [Request("register", answers, form)])[0].number)


def step(given: Given, number: str, name: str, words: Sequence[str]) -> None:
    """Record a step on a record; what became of it is told on stderr."""
    from deskapp.book import view
    from deskapp.book.journal import Request, write
    from deskapp.desk import display
    from deskapp.desk.twins import voided
    from deskapp.forms.form import VOID
    from deskapp.forms.steps import find_step

    said = opening.answers(words)
    if name == "register":
        raise UsageError("a record is registered once, by add", "deskapp add FORM")
    if name == "undo" and said:
        raise UsageError("undo takes no answers")
    with opening.office(given) as office:
        book = office.book
        record = opening.record(book, number)
        form = display.form_of(book, record)
        find_step(form, name)
        answers = opening.named(form, said, _askable(form, name))
        session = opening.signed_in(given, book)
        plain = [Request(name, answers, form.name, record.number)]
        write(book, session, voided(book, form, record, answers) if name == VOID else plain)
        after = view.record(book.read, record.number)
        output.say(output.line(after.number, display.state(form, after.state)))


def load(given: Given, form: str, file: str) -> None:
    """Register every row of a table, or name every row that is wrong."""
    from pathlib import Path

    from deskapp import i18n
    from deskapp.book import journal
    from deskapp.desk import table
    from deskapp.forms.steps import may_record

    with opening.office(given) as office:
        book = office.book
        asked = book.form(form)
        try:
            rows = table.read(Path(file), asked)
            session = opening.signed_in(given, book)
            may_record(asked, asked.steps["register"], None, session.roles)
            try:
                with output.progress(_("row")) as progress:
                    answers = (row.answers for row in rows.rows)
                    numbers = journal.load(book, session, form, answers, progress)
            except journal.BadRows as bad:
                raise table.BadTable([rows.fault(row, error) for row, error in bad.rows]) from bad
        except table.BadTable as bad:
            for fault in bad.faults:
                message, hint = i18n.tell(fault.reason)
                where = _("line {line}, column {column}") if fault.column else _("line {line}")
                place = where.format(line=fault.line, column=fault.column)
                output.say(f"{place}: {message} ({hint})" if hint else f"{place}: {message}")
            raise
        output.say(_("{n} records were registered").format(n=len(numbers)))


def passphrase(given: Given, staff: str) -> None:
    """Set a passphrase; whoever sets his own need not say twice who he is."""
    from dataclasses import replace

    from deskapp.book.session import staff_number
    from deskapp.book.signin import set_passphrase

    with opening.office(given) as office:
        book = office.book
        number = staff_number(book.read, opening.text(staff))
        session = opening.signed_in(replace(given, staff=given.staff or number), book)
        if number != session.staff and "manager" not in session.roles:
            raise DeskError("only a manager sets somebody else's passphrase")
        set_passphrase(book, session, number, opening.new_passphrase())
        output.say(_("the passphrase of {staff} is set").format(staff=number))


def pin(given: Given) -> None:
    """Set one's own PIN."""
    from deskapp.book.pin import set_pin

    with opening.office(given) as office:
        session = opening.signed_in(given, office.book)
        set_pin(office.book, session, opening.new_passphrase(_("New PIN")))
        output.say(_("the PIN of {staff} is set").format(staff=session.staff))


def _askable(form: Form, step: str) -> list[str]:
    """The names of what a step may be told."""
    from deskapp.forms.form import RESERVED

    return [*(form.fields if step == "correct" else form.steps[step].asks), *RESERVED]
