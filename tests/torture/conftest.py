"""One process to start workers from, and an office in memory for them to work on."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.torture.harness import Torture


@pytest.fixture(scope="module")
def child() -> Iterator[subprocess.Popen[str]]:
    script = Path(__file__).with_name("child.py")
    one = subprocess.Popen([sys.executable, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert one.stdout is not None
    assert one.stdout.readline() == "ready\n"
    yield one
    one.communicate()


@pytest.fixture
def torture(child: subprocess.Popen[str]) -> Iterator[Torture]:
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(
        prefix="deskapp-kill-", dir=memory if os.access(memory, os.W_OK) else None
    ) as folder:
        found = Torture(child, Path(folder))
        found.fresh()
        yield found
