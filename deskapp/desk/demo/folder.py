"""Where the made-up office lies: a folder that is known by its mark, whole or not there, and never anybody's own."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Callable
from datetime import date
from getpass import getuser
from pathlib import Path

from deskapp import __version__, paths
from deskapp.errors import DeskError
from deskapp.resources import data_path

_MARK = "demo.json"


class Foreign(DeskError):
    """The folder holds something that is not a made-up office."""

    def __init__(self, path: Path) -> None:
        super().__init__("{path} is not a demonstration office", "name a folder that is not there yet", path=path)


def is_demo(home: Path) -> bool:
    """Whether the folder holds a made-up office."""
    return _marked(home) is not None and paths.book(home).exists()


def default(records: int, today: date) -> Path:
    """The folder where nobody named one, rid of what is not of today, or of another version.

    A big office is kept until the version changes. Raises DeskError where somebody else has the folder.
    """
    user, version = re.sub(r"\W", "_", getuser()), _sources()[:8]
    home = Path(tempfile.gettempdir(), f"deskapp-demo-{user}-{version}")
    if records:
        home = paths.ensure(paths.cache()) / f"demo-{records}-{version}"
    if not home.exists() and not home.is_symlink():
        return home
    if not _ours(home):
        raise DeskError("{path} belongs to somebody else", "name a folder: deskapp demo --home DIR", path=home)
    mark = _marked(home) or {}
    current = mark.get("of") == _sources() and (records or mark.get("made") == today.isoformat())
    if not (is_demo(home) and current) and not _in_use(home):
        shutil.rmtree(home)
    return home


def make(home: Path, records: int, today: date, fill: Callable[[Path], None]) -> None:
    """Fill a new folder and put it in place whole; raises Foreign where something else is there."""
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise Foreign(home)
    part = Path(tempfile.mkdtemp(prefix=f"{home.name}.", dir=paths.ensure(home.parent)))
    try:
        fill(part)
        mark = {"made": today.isoformat(), "of": _sources(), "records": records}
        (part / _MARK).write_text(json.dumps(mark), encoding="utf-8")
        if home.exists():
            home.rmdir()
        part.rename(home)
    except OSError as error:
        # Two demonstrations may be started at once: the other one's will do.
        if not is_demo(home):
            hint = "choose another one with --home or DESKAPP_HOME"
            raise DeskError("the folder {path} cannot be made: {reason}", hint, path=home,
                            reason=error.strerror) from error  # fmt: skip
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _marked(home: Path) -> dict[str, object] | None:
    try:
        mark = json.loads((home / _MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return mark if isinstance(mark, dict) else None


def _ours(home: Path) -> bool:
    """Whether a folder in a place that everybody may write to was made by this user, for nobody else."""
    found = home.lstat()
    mine = not hasattr(os, "getuid") or (found.st_uid == os.getuid() and not found.st_mode & 0o077)
    return stat.S_ISDIR(found.st_mode) and mine


def _in_use(home: Path) -> bool:
    from filelock import FileLock, Timeout

    try:
        FileLock(paths.screen_lock(home)).acquire(timeout=0).lock.release()
    except Timeout:
        return True
    return False


def _sources() -> str:
    """What the office is made of: the program's version, its forms and the made-up content."""
    files = (*data_path("forms").glob("*"), *data_path("demo").glob("*"), *Path(__file__).parent.glob("*.py"))
    whole = hashlib.sha256(__version__.encode())
    for file in sorted(files):
        whole.update(file.read_bytes())
    return whole.hexdigest()
