"""What can go wrong, in words: every error the program means to show, and its exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from deskapp.forms.form import Label


class DeskError(Exception):
    """A refusal: nothing was changed, and `hint` says what to do.

    `message` and `hint` are English catalogue keys with `{name}` places that `values` fill; a value
    with both languages (a `Label`) is picked when the error is told.
    """

    exit_code = 1

    def __init__(self, message: str, hint: str = "", **values: Any) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.values = values

    def __str__(self) -> str:
        plain = {key: getattr(value, "en", value) for key, value in self.values.items()}
        return self.message.format(**plain) if plain else self.message


class UsageError(DeskError):
    """The command was put together wrongly."""

    exit_code = 2


class Busy(DeskError):
    """Another process kept the book locked for too long."""

    exit_code = 3


class Damaged(DeskError):
    """The file is bad: not ours, newer, truncated, changed or not authentic."""

    exit_code = 4


class Refused(DeskError):
    """What the manuals forbid; `say` is the sentence to read to the customer."""

    def __init__(self, message: str, say: Label, hint: str = "", **values: Any) -> None:
        super().__init__(message, hint, **values)
        self.say = say
