"""What a command does first: open the office, find out who asks, read what was typed."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from deskapp.cli.output import warn
from deskapp.errors import DeskError, UsageError
from deskapp.i18n import _
from deskapp.text import clean

if TYPE_CHECKING:
    from pathlib import Path

    from deskapp.book.database import Book
    from deskapp.book.session import Session
    from deskapp.book.view import Record
    from deskapp.cli.general import Given
    from deskapp.desk.office import Office
    from deskapp.forms.form import Form


@contextlib.contextmanager
def office(given: Given) -> Iterator[Office]:
    """The office, open for as long as the command takes; what is wrong with its files goes to stderr."""
    from deskapp.book.disk import told
    from deskapp.desk.office import open_office

    opened = open_office(given.home)
    try:
        for complaint in (*opened.complaints, *opened.book.complaints):
            warn(complaint)
        # A damaged page may be met by any look into the book.
        with told(opened.book.path):
            yield opened
    finally:
        opened.book.close()


def founded(home: Path) -> bool:
    """Whether there is a book; raises DeskError for a folder that may not be looked into."""
    from deskapp import paths
    from deskapp.book.disk import told

    with told(home):
        return paths.book(home).exists()


def same(one: Path, other: Path) -> bool:
    """Whether two paths are one file; raises DeskError."""
    from deskapp.book.disk import told

    with told(one):
        return one.exists() and one.samefile(other)


def signed_in(given: Given, book: Book) -> Session:
    """Whoever --as names, by passphrase; raises DeskError, also where the computer's clock went back."""
    from deskapp.book import wallclock
    from deskapp.book.signin import sign_in

    if jump := wallclock.refuse_back(book):
        warn(wallclock.ahead(jump))
    return sign_in(book, name(given), passphrase())


def name(given: Given) -> str:
    """The staff number that was given; raises UsageError where there is none."""
    if given.staff:
        return text(given.staff)
    raise UsageError("this needs to know who you are", "add --as and your staff number, or set DESKAPP_STAFF")


def passphrase() -> str:
    """DESKAPP_PASSPHRASE, or what is typed at the prompt."""
    return os.environ.get("DESKAPP_PASSPHRASE") or _typed(_("Passphrase"))


def second_passphrase(staff: str) -> str:
    """The one of a second person: DESKAPP_SECOND_PASSPHRASE, or what he types at the prompt."""
    question = _("Passphrase of {staff}").format(staff=staff)
    return os.environ.get("DESKAPP_SECOND_PASSPHRASE") or _typed(question, "DESKAPP_SECOND_PASSPHRASE")


def founding_passphrase() -> str:
    """The first manager's: DESKAPP_PASSPHRASE, or typed twice."""
    return os.environ.get("DESKAPP_PASSPHRASE") or _twice()


def new_passphrase(question: str = "") -> str:
    """A new one (or a PIN), typed twice; where nobody types, a line of standard input."""
    if sys.stdin.isatty():
        return _twice(question)
    if line := sys.stdin.readline().rstrip("\r\n"):
        return line
    raise DeskError("there is no new passphrase", "type it at a terminal, or give it as a line of standard input")


def key_passphrase() -> str:
    """What unlocks the office's key: DESKAPP_KEY_PASSPHRASE, or what is typed."""
    return os.environ.get("DESKAPP_KEY_PASSPHRASE") or _typed(_("Passphrase of the key"), "DESKAPP_KEY_PASSPHRASE")


def new_key_passphrase() -> str:
    """What locks a new key: DESKAPP_KEY_PASSPHRASE, or typed twice; none where nobody types or nothing is typed."""
    if (given := os.environ.get("DESKAPP_KEY_PASSPHRASE")) is not None or not sys.stdin.isatty():
        return given or ""
    return _twice(_("Passphrase of the key (none: Enter)"))


def typed(question: str) -> str | None:
    """What somebody types at a terminal, for all to see; None where nobody is there."""
    if not sys.stdin.isatty():
        return None
    print(f"{question}: ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip()


def _twice(question: str = "") -> str:
    first = _typed(question or _("New passphrase"))
    if first != _typed(_("Once more")):
        raise DeskError("the two passphrases differ", "nothing was set")
    return first


def _typed(question: str, variable: str = "DESKAPP_PASSPHRASE") -> str:
    from getpass import getpass

    if not sys.stdin.isatty():
        raise DeskError("there is nobody here to type a passphrase", "set {variable}", variable=variable)
    try:
        return getpass(f"{question}: ")
    except EOFError as error:
        raise DeskError("no passphrase was typed") from error


def text(word: str) -> str:
    """A word of the command line as it was meant, also where the terminal's encoding is not the program's."""
    try:
        word.encode()
    except UnicodeEncodeError:
        for encoding in ("utf-8", "gb18030"):
            with contextlib.suppress(UnicodeError):
                return os.fsencode(word).decode(encoding)
        return word.encode(errors="ignore").decode()
    return word


def record(book: Book, number: str) -> Record:
    """The record with this number, its letters large or small; raises DeskError."""
    from deskapp.book import view

    word = clean(text(number))
    return view.lookup(book.read, word) or view.lookup(book.read, word.upper()) or view.record(book.read, word)


def answers(words: Sequence[str]) -> dict[str, str]:
    """`field=value` words as a table; raises UsageError."""
    found: dict[str, str] = {}
    for word in map(text, words):
        field, equals, value = word.partition("=")
        field = clean(field)
        if not equals or not field:
            raise not_an_answer(word)
        if field in found:
            raise UsageError("{field} is given twice", field=field[:40])
        found[field] = value
    return found


def not_an_answer(word: str) -> UsageError:
    """What to say of a word that should have been `field=value`."""
    return UsageError("{word} is not FIELD=VALUE", "as room=3-2-1502, without blanks round the =", word=word[:40])


def named(form: Form, said: dict[str, str], among: Collection[str]) -> dict[str, object]:
    """The answers with fields that go by their label called by their name; what is unknown stays to be refused."""
    found: dict[str, object] = {}
    if said.keys() <= set(among):
        return {**said}
    from deskapp.desk.table import field_named

    for word, value in said.items():
        field = field_named(form, word, among) or word
        if field in found:
            raise UsageError("{field} is given twice", field=field)
        found[field] = value
    return found
