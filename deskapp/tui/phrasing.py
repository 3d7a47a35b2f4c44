"""Usual phrases behind F4: a list by digit, and the sentence that is read to the customer (ux 2.4)."""

from __future__ import annotations

from rich.text import Text

from deskapp.book.database import Book
from deskapp.desk.phrases import Facts, phrases
from deskapp.i18n import _
from deskapp.text import show
from deskapp.tui.widgets.field import Box, Pick
from deskapp.tui.widgets.roomcard import heading, wrapped


def offers(book: Book, box: Box, facts: Facts, office: str) -> list[Pick]:
    """What may be put into a text: its usual answers, its phrases, and those to be read aloud, which put in nothing."""
    said = [Pick("" if one.aloud else one.words, f"{_('say')}: {one.words}" if one.aloud else one.words)
            for one in phrases(book, box.name, facts, office)]  # fmt: skip
    return [*box.picks, *said]


def aloud(picked: Pick, width: int) -> list[Text]:
    """A sentence to read to the customer."""
    return [heading(_("say"), width), *wrapped(show(picked.label.partition(": ")[2]), width)]
