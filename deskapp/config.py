"""The office's settings: one small TOML file that a manager may also edit by hand."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import tomli

from deskapp.errors import DeskError
from deskapp.forms.clocks import read_limit
from deskapp.forms.form import KINDS
from deskapp.text import clean

LANGUAGES = ("zh_CN", "en")

_CLOCK = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_TIME = re.compile(rf"{_CLOCK}\Z")
_HOURS = re.compile(rf"{_CLOCK}-{_CLOCK}\Z")
_MINUTES = re.compile(r"([1-9]|[1-5][0-9]|60) min\Z")
_SPAN = re.compile(r"[1-9][0-9]? years?\Z")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+\Z")


@dataclass(frozen=True, slots=True)
class Config:
    """What an office decided once; `kind` says whether a stranger may be told a room (R103)."""

    office: str
    desk: str
    lang: str = "zh_CN"
    kind: str = "housing"
    day_starts: str = "08:00"
    opens: str = "09:00"
    closes: str = "18:00"
    quiet: str = "22:00-08:00"
    """When nobody is called about what can wait (ux F1.13)."""
    backups: str = ""
    """A folder, on another disk, into which the book is copied at each hand-over; empty: none."""
    lock: str = "3 min"
    """After how long without a key the screen is locked: 1 to 60 minutes."""
    retention: str = "3 years"
    """For how long after its end a record's personal data stay."""
    limits: Mapping[str, str] = field(default_factory=dict)
    """What replaces limits of the forms, by the name that a clock gives in `setting`."""


def load(path: Path) -> tuple[Config, list[DeskError]]:
    """The settings, and complaints about keys nobody knows; raises DeskError for what cannot be used."""
    table = _read(path)
    known: dict[str, Any] = {}
    for key, read in _READERS.items():
        if key in table:
            known[key] = read(path, key, table.pop(key))
        elif key in ("office", "desk"):
            raise DeskError("{file}: {key} is missing", file=path, key=key)
    complaints = [
        DeskError("{file}: {key} is not a setting and was left out", file=path, key=clean(key)) for key in table
    ]
    config = Config(**known)
    if config.opens >= config.closes:
        raise DeskError("{file}: {key} must be later than {other}", file=path, key="closes", other="opens")
    return config, complaints


def save(path: Path, config: Config) -> None:
    """Write the settings so that a power cut leaves the old file or the new one; comments are not kept."""
    part = path.with_name(f"{path.name}.part")
    try:
        part.unlink(missing_ok=True)
        # O_EXCL: never through a link that somebody else put there.
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(_toml(config).encode())
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise DeskError("{file} cannot be written: {reason}", file=path, reason=error.strerror) from error


def _read(path: Path) -> dict[str, Any]:
    try:
        # Notepad puts a byte order mark in front.
        return tomli.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise DeskError("there is no office here: {file} is missing", "make one: deskapp init", file=path) from error
    except OSError as error:
        raise DeskError("{file} cannot be read: {reason}", file=path, reason=error.strerror) from error
    except UnicodeDecodeError as error:
        raise DeskError("{file} is not UTF-8 text", "save it again as UTF-8", file=path) from error
    except tomli.TOMLDecodeError as error:
        raise DeskError("{file} is not valid TOML: {reason}", file=path, reason=error) from error


def _text(file: Path, key: str, value: object) -> str:
    if not isinstance(value, str) or not (text := clean(value)):
        raise DeskError("{file}: {key} must be text in quotes, and not empty", file=file, key=key)
    return text


def _folder(file: Path, key: str, value: object) -> str:
    if not isinstance(value, str):
        raise DeskError("{file}: {key} must be a folder in quotes, or empty", file=file, key=key)
    return clean(value)


def _time(file: Path, key: str, value: object) -> str:
    if not isinstance(value, str) or not _TIME.match(value):
        raise DeskError('{file}: {key} must be a time of day in quotes, such as "08:00"', file=file, key=key)
    return value


def _span(file: Path, key: str, value: object) -> str:
    if not isinstance(value, str) or not _SPAN.match(value):
        raise DeskError('{file}: {key} must be a number of years in quotes, such as "3 years"', file=file, key=key)
    return value


def _hours(file: Path, key: str, value: object) -> str:
    if not isinstance(value, str) or not _HOURS.match(value):
        raise DeskError('{file}: {key} must be two times of day in quotes, such as "22:00-08:00"', file=file, key=key)
    return value


def _one_of(*choices: str) -> Callable[[Path, str, object], str]:
    def read(file: Path, key: str, value: object) -> str:
        if value not in choices:
            raise DeskError("{file}: {key} must be one of {choices}", file=file, key=key, choices=", ".join(choices))
        return str(value)

    return read


def _limits(file: Path, key: str, value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise DeskError("{file}: {key} must be a table of limits", file=file, key=key)
    given = {clean(name): limit for name, limit in value.items()}
    return {name: _limit(file, f"{key}.{name}", limit) for name, limit in given.items()}


def _limit(file: Path, key: str, value: object) -> str:
    try:
        read_limit(str(value))
    except ValueError as error:
        raise DeskError(
            '{file}: {key} must be a limit in quotes, such as "30 min", "24 h" or "8 working hours"',
            file=file,
            key=key,
        ) from error
    return str(value)


def _minutes(file: Path, key: str, value: object) -> str:
    if not isinstance(value, str) or not _MINUTES.match(value):
        raise DeskError('{file}: {key} must be 1 to 60 minutes in quotes, such as "3 min"', file=file, key=key)
    return value


_READERS: Mapping[str, Callable[[Path, str, object], object]] = {
    "office": _text,
    "desk": _text,
    "lang": _one_of(*LANGUAGES),
    "kind": _one_of(*KINDS),
    "day_starts": _time,
    "opens": _time,
    "closes": _time,
    "quiet": _hours,
    "backups": _folder,
    "lock": _minutes,
    "retention": _span,
    "limits": _limits,
}


def _toml(config: Config) -> str:
    """By hand: eight lines of text and one table of text are not worth a dependency."""
    plain = [f"{key.name} = {_quote(getattr(config, key.name))}" for key in fields(config) if key.name != "limits"]
    limits = [f"{_key(name)} = {_quote(limit)}" for name, limit in config.limits.items()]
    return "\n".join([*plain, "", "[limits]", *limits, ""])


def _key(name: str) -> str:
    return name if _BARE_KEY.match(name) else _quote(name)


def _quote(text: str) -> str:
    # Without DEL and lone surrogates, which `clean` removes, a JSON string is a TOML string.
    return json.dumps(clean(text), ensure_ascii=False)


def _sync_folder(folder: Path) -> None:
    """Make the new name itself last; Windows has no such call and does not need it."""
    if os.name == "nt":
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
