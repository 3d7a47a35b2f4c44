"""Commands that keep the book: verify it, make its view anew, copy it, put a copy in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskapp.cli import opening, output
from deskapp.errors import DeskError, UsageError
from deskapp.i18n import _

if TYPE_CHECKING:
    from pathlib import Path

    from deskapp.book.check import Report
    from deskapp.cli.general import Given
    from deskapp.config import Config


def check(given: Given, *, full: bool) -> None:
    """Verify the book; every problem is named."""
    from deskapp.book import check as checking

    with opening.office(given) as office, output.progress(_("entry")) as progress:
        report = checking.check(office.book, full=full, progress=progress)
    for problem in report.problems[:-1]:
        output.warn(problem)
    if report.problems:
        raise report.problems[-1]
    print(_head(report))


def rebuild(given: Given) -> None:
    """Make the view anew. Nobody signs in: where the view is wrong, nobody might be able to."""
    from deskapp.book import building

    with opening.office(given) as office, output.progress(_("entry")) as progress:
        with office.book.writing("a rebuild") as conn:
            entries = building.rebuild(office.book, conn, progress)
        output.say(_("the view was made anew from {n} entries").format(n=entries))


def backup(given: Given, folder: str | None, *, sealed: bool = False) -> None:
    """Make a verified copy of the book, sealed to head office's escrow key or open; its path goes to stdout."""
    from pathlib import Path

    from deskapp import paths
    from deskapp.book import backup as copying

    with opening.office(given) as office:
        into = Path(folder).absolute() if folder is not None else paths.ensure(paths.backups(office.home))
        with output.progress(_("entry")) as progress:
            if sealed:
                from deskapp.exchange import escrow
                from deskapp.exchange.keyring import Keyring

                target, report = escrow.backup(office.book, Keyring.open(office.home), into, progress)
            else:
                target, report = copying.backup(office.book, into, progress)
        print(target)
        output.say(_head(report))
        if sealed:
            output.say(
                _("only head office's escrow key opens it; a desk restored from it makes new keys and enrols again")
            )


def restore(given: Given, file: str, reason: str) -> None:
    """Put a backup in the book's place; it goes on as a new journal."""
    from pathlib import Path

    from deskapp import config, paths
    from deskapp.book import backup as copying
    from deskapp.book.database import beijing_now
    from deskapp.desk.office import forms_of, rules_of
    from deskapp.tui.start import one_screen

    home = paths.ensure(given.home)
    path = paths.config(home)
    known = config.load(path)[0] if path.exists() else None
    source = Path(file).absolute()
    if opening.founded(home) and opening.same(source, paths.book(home)):
        raise DeskError("{path} is the book itself", "name the file that backup made", path=source)
    # An open screen would go on writing into the book that is put aside.
    with one_screen(home):
        staff = opening.name(given)
        report, kept = copying.restore(
            source, paths.book(home), forms_of(home), rules_of(known or config.Config("-", "-")), staff=staff,
            passphrase=opening.passphrase(), reason=opening.text(reason) or "-", now=beijing_now,
        )  # fmt: skip
        if known is None:
            config.save(path, _settings(home, given.lang))
    if kept:
        output.say(_("the book before is kept: {path}").format(path=kept))
    output.say(_head(report))


def go_on(given: Given, reason: str) -> None:
    """The book as it stands goes on as a new journal."""
    from deskapp.book import backup as copying
    from deskapp.tui.start import one_screen

    if not reason:  # somebody may just have forgotten the file
        raise UsageError("name the file that backup made; or say why the book here goes on anew: --reason")
    # An open screen would go on writing into the journal before.
    with one_screen(given.home), opening.office(given) as office:
        session = opening.signed_in(given, office.book)
        report = copying.go_on_here(office.book, session, opening.text(reason) or "-")
        output.say(_("new numbers bear the letter {letter}").format(letter=office.book.branch))
    output.say(_head(report))


def demo(given: Given, records: int) -> None:
    """The screen on a made-up office, the receptionist at the desk."""
    from deskapp.desk.demo import PASSPHRASE, RECEPTIONIST, demo_session, open_demo
    from deskapp.tui import start

    with output.progress(_("entry")) as progress:
        office = open_demo(given.home if given.named else None, records, progress)
    office.book.close()
    output.say(_("{home}: sign in as {staff} with {passphrase}").format(
        home=office.home, staff=RECEPTIONIST, passphrase=PASSPHRASE
    ))  # fmt: skip
    welcome = None if given.staff else demo_session
    staff = given.staff or RECEPTIONIST
    raise SystemExit(start.run(str(office.home), given.lang, staff, welcome, plain=given.plain) or 0)


def _head(report: Report) -> str:
    seq, hash_ = report.head
    return _("{n} entries, head {seq} {hash}").format(n=report.entries, seq=seq, hash=hash_)


def _settings(home: Path, lang: str | None) -> Config:
    """The settings of an office that has only its backup left: what the journal's first entry says."""
    from deskapp import i18n, paths
    from deskapp.book.database import Book
    from deskapp.book.entry import of_record
    from deskapp.config import Config
    from deskapp.desk.office import forms_of
    from deskapp.forms.clocks import Rules

    book = Book(paths.book(home), forms_of(home), Rules())
    try:
        said = next(of_record(book.read, 1, 0)).data
    finally:
        book.close()
    return Config(office=str(said["office"]), desk=str(said["desk"]), lang=lang or i18n.CHINESE)
