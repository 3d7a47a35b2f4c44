"""The program's own words in the clerk's language: gettext over `data/locale`.

English texts are the keys; Chinese is the language unless the settings or `--lang` say otherwise, and
the machine's locale is never asked.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from deskapp.errors import DeskError, UsageError
from deskapp.resources import data_path
from deskapp.text import show

if TYPE_CHECKING:
    from deskapp.forms.form import Label

ENGLISH = "en"
CHINESE = "zh_CN"

_language = CHINESE


def use(language: str) -> None:
    """Speak this language from now on; UsageError for one there is no catalogue of."""
    global _language  # noqa: PLW0603 - one screen, one language
    if language not in (CHINESE, ENGLISH):
        raise UsageError("there is no language {language}", "choose zh_CN or en", language=language)
    _language = language


def lang() -> str:
    """The language spoken now."""
    return _language


def _(msgid: str) -> str:
    """The text in the language spoken now, its `{name}` places still to be filled."""
    return _catalogue(_language)(msgid) if msgid else ""  # gettext keeps its own header under ""


def N_(msgid: str) -> str:  # noqa: N802 - gettext's name for it
    """Mark a text of a table for the catalogue; it is translated with `_` where it is shown."""
    return msgid


def pick(label: Label) -> str:
    """A form's label in the language spoken now."""
    return label.en if _language == ENGLISH else label.zh


def tell(error: DeskError) -> tuple[str, str]:
    """An error's message and hint as a person reads them, its values picked, harmless and filled in."""
    values = {name: _value(value) for name, value in error.values.items()}
    return _fill(error.message, values), _fill(error.hint, values)


def _fill(msgid: str, values: dict[str, Any]) -> str:
    return _(msgid).format_map(values) if values else _(msgid)


def _value(value: Any) -> Any:
    if hasattr(value, "zh") and hasattr(value, "en"):
        value = pick(value)
    return value if isinstance(value, int | float) else show(str(value))


@cache
def _catalogue(language: str) -> Callable[[str], str]:
    if language == ENGLISH:
        return str
    from gettext import GNUTranslations

    with data_path("locale", language, "LC_MESSAGES", "deskapp.mo").open("rb") as file:
        return GNUTranslations(file).gettext
