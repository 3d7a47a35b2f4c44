"""The real tools, which judge what we write and write what we read: a test that needs one fails without it."""

from __future__ import annotations

import subprocess
from pathlib import Path


def run(*words: str, cwd: Path | None = None, given: bytes = b"") -> bytes:
    """A tool's output; an AssertionError with all it said if it fails."""
    ended = subprocess.run(words, input=given, capture_output=True, check=False, cwd=cwd)
    assert ended.returncode == 0, (words, ended.returncode, ended.stdout, ended.stderr)
    return ended.stdout
