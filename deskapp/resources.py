"""Where the files of `data/` lie: inside the installed package, or beside it in a checkout."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any


@cache
def _root() -> Path:
    package = Path(__file__).resolve().parent
    inside = package / "data"
    return inside if inside.is_dir() else package.parent / "data"


def data_path(*parts: str) -> Path:
    """The path of a shipped file or folder, which need not exist."""
    return _root().joinpath(*parts)


@cache
def load_toml(*parts: str) -> dict[str, Any]:
    """A shipped TOML file, read once; callers share it and leave it as it is."""
    import tomli

    return tomli.loads(data_path(*parts).read_text("utf-8"))
