"""Reading TOML strictly: a table that complains about whatever is not expected, by file, key and reason."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from deskapp.errors import DeskError
from deskapp.forms.form import RESERVED, Label

NAME = re.compile(r"[a-z][a-z0-9_]*\Z")


class FormError(DeskError):
    """A form file is wrong: `file`, `key` and `reason` are in the values."""

    def __init__(self, file: str, key: str, reason: str) -> None:
        super().__init__("{file}: {key}: {reason}", file=file, key=key, reason=reason)


class Table:
    """A TOML table that knows where it stands and complains about keys nobody took."""

    def __init__(self, data: Any, file: str, key: str) -> None:
        self.file, self.key = file, key
        if not isinstance(data, dict):
            raise FormError(file, key, "must be a table")
        self.data = data

    def fail(self, key: str, reason: str) -> FormError:
        """An error about a key of this table."""
        return FormError(self.file, f"{self.key}.{key}" if self.key else key, reason)

    def only(self, known: Iterable[str]) -> None:
        """Refuse every key but the known ones."""
        for key in self.data:
            if key not in known:
                raise self.fail(key, "is not a key of the form language")

    def text(self, key: str, default: str | None = None) -> str:
        """A text that is not empty, or the default."""
        value = self.data.get(key, default)
        if not isinstance(value, str) or (not value and default is None):
            raise self.fail(key, "must be a text")
        return value

    def name(self, key: str, known: Iterable[str], what: str) -> str | None:
        """One name of the known ones; None where the key is absent."""
        if key not in self.data:
            return None
        value = self.text(key)
        if value not in known:
            raise self.fail(key, f"{value} is not {what}")
        return value

    def names(self, key: str, known: Iterable[str] | None, what: str) -> tuple[str, ...]:
        """A list of names, each once and, unless `known` is None, one of the known."""
        value = self.data.get(key, [])
        value = [value] if isinstance(value, str) else value
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.fail(key, "must be a list of names")
        known = None if known is None else set(known)
        for item in value:
            if known is not None and item not in known:
                raise self.fail(key, f"{item} is not {what}")
        if len(set(value)) != len(value):
            raise self.fail(key, "names something twice")
        return tuple(value)

    def label(self, key: str) -> Label:
        """A text in both languages."""
        table = self.table(key)
        if set(table.data) != {"zh", "en"}:
            raise self.fail(key, "must have exactly zh and en")
        return Label(table.text("zh"), table.text("en"))

    def optional_label(self, key: str) -> Label | None:
        """A text in both languages, or none."""
        return self.label(key) if key in self.data else None

    def flag(self, key: str) -> bool:
        """True or false; false where the key is absent."""
        value = self.data.get(key, False)
        if not isinstance(value, bool):
            raise self.fail(key, "must be true or false")
        return value

    def table(self, key: str) -> Table:
        """The table under a key; an empty one where it is absent."""
        return Table(self.data.get(key, {}), self.file, f"{self.key}.{key}" if self.key else key)

    def tables(self, key: str) -> Iterable[tuple[str, Table]]:
        """The named tables under a key, in order."""
        for name in (table := self.table(key)).data:
            if not NAME.match(name) or name in RESERVED:
                raise table.fail(name, "is not a name (small letters, digits, _)")
            yield name, table.table(name)

    def conditions(self, key: str) -> dict[str, tuple[object, ...]]:
        """Field names with the values, one or several, that satisfy."""
        table = self.table(key)
        return {k: tuple(v) if isinstance(v, list) else (v,) for k, v in table.data.items()}
