"""Usual phrases (常用语): those of a field, and what stands in their braces (ux 2.4)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from deskapp.book import view
from deskapp.book.database import Book
from deskapp.desk import display
from deskapp.forms.form import Field
from deskapp.forms.values import Value
from deskapp.resources import load_toml

FORM, PLACE, WORDS = "phrase", "place", "words"
ANY, ALOUD = "any", "aloud"
"""Answers of `place` that are no field's name: it fits everywhere; it is read to the customer, not written."""
OPEN = "__"
"""Left where nothing is known: the clerk says or types it himself."""
_SLOT = re.compile(r"\{([^{}]{1,40})\}")
_MOST = 500

Facts = Iterable[tuple[Field, Value]]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A usual sentence, its braces filled in."""

    words: str
    aloud: bool


def phrases(book: Book, field: str, facts: Facts, office: str) -> Iterator[Phrase]:
    """The phrases of a field in the order of their codes, those to be read aloud last; later facts go before."""
    if FORM not in book.forms:
        return
    records = view.page(book.read, FORM, open_only=True, limit=_MOST, of=view.NEAR)
    known = _known(book, facts) | {name: office for name, kind in _kinds().items() if kind == "office"}
    for aloud, places in ((False, (field,)), (False, (ANY,)), (True, (ALOUD,))):
        for one in sorted(records, key=lambda record: record.number):
            if one.fields.get(PLACE) in places:
                words = _SLOT.sub(lambda slot: known.get(slot[1].strip(), OPEN), str(one.fields.get(WORDS, "")))
                yield Phrase(words, aloud)


def _known(book: Book, facts: Facts) -> dict[str, str]:
    """What stands for a name in braces: the field of that label, or the last answer of that kind."""
    kinds = {kind: name for name, kind in _kinds().items()}
    by_kind: dict[str, str] = {}
    by_label: dict[str, str] = {}
    for field, value in facts:
        words = display.value(book, field, value)
        by_label |= {field.label.zh: words, field.label.en: words}
        over = field.type == "moment" and field.tense == "past"
        if (name := kinds.get(field.type)) and not over:
            by_kind[name] = words
    return by_kind | by_label


def _kinds() -> dict[str, str]:
    kinds: dict[str, str] = load_toml("words.toml")["slots"]
    return kinds
