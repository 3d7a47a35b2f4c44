"""Where an office's files lie; nothing is made until `ensure` is called."""

from __future__ import annotations

import os
from pathlib import Path

from deskapp.errors import DeskError


def home(option: str | None = None) -> Path:
    """The folder of one office: what `--home` says, else DESKAPP_HOME, else the user's data folder."""
    if chosen := option or os.environ.get("DESKAPP_HOME"):
        return Path(chosen).expanduser().absolute()
    from platformdirs import user_data_path

    return user_data_path("deskapp", appauthor=False)


def cache() -> Path:
    """The user's folder for what can be made again."""
    from platformdirs import user_cache_path

    return user_cache_path("deskapp", appauthor=False)


def ensure(home: Path) -> Path:
    """Make the folder, for its owner's eyes only; one that is already there is left as it is."""
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise DeskError(
            "the folder {path} cannot be made: {reason}",
            hint="choose another one with --home or DESKAPP_HOME",
            path=home,
            reason=error.strerror,
        ) from error
    return home


def book(home: Path) -> Path:
    """The SQLite file."""
    return home / "book.db"


def config(home: Path) -> Path:
    """The office's settings."""
    return home / "config.toml"


def forms(home: Path) -> Path:
    """The office's own forms, beside the ones that come with the program."""
    return home / "forms"


def calendar(home: Path) -> Path:
    """The years that came out after the program did, and those that the office keeps otherwise."""
    return home / "calendar"


def prints(home: Path) -> Path:
    """Papers to be printed and what goes with them: daily logs, hand-overs, slips; all can be written again."""
    return home / "prints"


def keys(home: Path) -> Path:
    """The desk's own keys and those it trusts."""
    return home / "keys"


def outbox(home: Path) -> Path:
    """Bundles that were written and not acknowledged yet."""
    return home / "outbox"


def backups(home: Path) -> Path:
    """Copies of the book, where no other folder was named."""
    return home / "backups"


def held(home: Path) -> Path:
    """Bundles that came and wait for others."""
    return home / "held"


def lock(home: Path) -> Path:
    """Held around every write to the book."""
    return home / "book.lock"


def screen_lock(home: Path) -> Path:
    """Held while the screen is open: one screen a book."""
    return home / "screen.lock"


def log(home: Path) -> Path:
    """What went wrong inside the program: types and line numbers, never values."""
    return home / "errors.log"
