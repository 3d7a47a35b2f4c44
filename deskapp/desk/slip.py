"""The slip that a courier signs: what he handed over, on a page of text (ux 2.1, 3.20)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from deskapp import paths
from deskapp.book import journal, view
from deskapp.book.database import Book
from deskapp.book.view import Record
from deskapp.desk import display, mail
from deskapp.desk.office import Office
from deskapp.errors import DeskError
from deskapp.i18n import _, pick
from deskapp.text import cells, fit, show

WIDTH = 79
_PEN = "_" * 14


def lines(office: Office, number: str, *, copy: int = 0) -> list[str]:
    """The slip of a delivery; `copy` counts the times it was printed."""
    return [line.rstrip() for line in _lines(office, number, copy)]


def print_out(office: Office, number: str) -> Path:
    """Write the slip into the home's folder of prints, beside earlier ones; raises DeskError."""
    folder = paths.prints(office.home)
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        for copy in range(1, 100):
            path = folder / (f"{number}.txt" if copy == 1 else f"{number}-{copy}.txt")
            try:
                opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                continue
            with os.fdopen(opened, "w", encoding="utf-8") as file:
                file.write("\n".join([*lines(office, number, copy=copy), ""]))
            return path
    except OSError as error:
        raise DeskError("{file} cannot be written: {reason}", file=folder, reason=error.strerror) from error
    raise DeskError(
        "{number} was printed often enough", "the first prints are in {folder}", number=number, folder=folder
    )


def _lines(office: Office, number: str, copy: int) -> Iterator[str]:
    book = office.book
    delivery = view.record(book.read, number)
    form = display.form_of(book, delivery)
    found = mail.pieces(book, number)
    title = pick(form.title)
    yield " " * ((WIDTH - cells(title)) // 2) + title
    yield _ends(f" {office.config.office}", number)
    yield _ends(f" {form.code}  {_('version {v}').format(v=form.version)}", _printed(copy))
    yield "-" * WIDTH
    taken, refused = mail.sums(found)
    began, ended = delivery.opened, max((one.opened for one in found), default=delivery.opened)
    said = {name: display.value(book, form.fields[name], value) for name, value in delivery.fields.items()}
    courier = f"{pick(form.fields['courier'].label)} {said.get('courier', '')}"
    yield _ends(f" {said.get('carrier', '')}  {courier}", f"{began:%Y-%m-%d %H:%M}-{ended:%H:%M}")
    counts = [(_("announced"), said.get("announced", "-")), (_("taken in"), taken), (_("not accepted"), refused)]
    yield (
        " "
        + "   ".join(f"{label} {n}" for label, n in counts)
        + "   "
        + _("pick-up codes {codes}").format(codes=_span(found))
    )
    yield from _unusual(book, found)
    yield "-" * WIDTH
    piece = mail.form_of(book, mail.MAIL).fields
    yield _row(_("No."), *(pick(piece[name].label) for name in ("waybill", "room", "pickup_code")), _("Remark"))
    for n, one in enumerate(found, 1):
        code = str(one.fields.get("pickup_code", "-"))
        yield _row(f"{n:>2}", show(str(one.fields.get("waybill", "-"))), room(one), code, remark(book, one))
    yield "-" * WIDTH
    yield ""
    receiver = f"{_('received by')} {display.person(book, delivery.by)} {_PEN}"
    yield _ends(f" {pick(form.fields['signature'].label)} {_PEN}", receiver)
    yield ""
    seq, digest = journal.last_head(book)
    yield _ends(f" {_('book entry {n}, hash {hash}').format(n=seq, hash=digest[-8:])}", f"{book.now():%m-%d %H:%M}")


def room(piece: Record) -> str:
    """The room of a piece; that it is not known."""
    number = str(piece.fields["room"])
    return _("not known") if number == mail.UNKNOWN else number


def remark(book: Book, piece: Record) -> str:
    """What is unusual about a piece, in a few words."""
    form = display.form_of(book, piece)
    words = [display.value(book, form.fields[name], piece.fields[name]) for name in ("condition", "kind")
             if name in piece.fields and piece.fields[name] != form.fields[name].default]  # fmt: skip
    phone = str(piece.fields.get("phone", ""))
    if piece.fields["room"] == mail.UNKNOWN and piece.state == mail.HELD:
        words.append(_("whose? phone ..{tail}").format(tail=phone[-4:]) if phone else _("whose?"))
    return " ".join(words)


def _unusual(book: Book, found: list[Record]) -> Iterator[str]:
    """How many pieces of each unusual kind there are, with their places on the slip."""
    places: dict[str, list[str]] = {}
    for n, one in enumerate(found, 1):
        if words := remark(book, one):
            places.setdefault(words, []).append(str(n))
    if places:
        yield fit(" " + "   ".join(f"{words} {len(at)} ({' '.join(at)})" for words, at in places.items()), WIDTH)


def _span(found: list[Record]) -> str:
    codes = [str(one.fields["pickup_code"]) for one in found if "pickup_code" in one.fields]
    return f"{codes[0]} - {codes[-1]}" if len(codes) > 1 else "".join(codes) or "-"


def _printed(copy: int) -> str:
    """Which print it is: the second one says so (ux 2.1)."""
    if copy == 0:
        return ""
    return (_("printed again, time {n}") if copy > 1 else _("printed, time {n}")).format(n=copy)


def _row(*cell: str) -> str:
    return " " + " ".join(fit(text, width) for text, width in zip(cell, (3, 24, 12, 6, 29), strict=True))


def _ends(left: str, right: str) -> str:
    return fit(left, WIDTH - cells(right) - 1) + " " + right
