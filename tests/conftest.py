"""What every test stands on: an office of its own, no clerk's settings, a clock far from China."""

from __future__ import annotations

import asyncio
import functools
import gc
import inspect
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# The program always writes +08:00: a test that passes only in Chinese local time is a mistake.
# This spelling of a zone needs no tzdata.
os.environ["TZ"] = "FAR+9"
if sys.platform != "win32":
    time.tzset()

settings.register_profile("desk", settings.get_profile("default"), deadline=None)
if not os.environ.get("CI"):  # there hypothesis chooses its own, the same examples every time
    settings.load_profile("desk")

_LOOKS = {"COLORTERM", "COLUMNS", "FORCE_COLOR", "LINES", "NO_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"}


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No test sees, or touches, the office of whoever runs it."""
    for name in list(os.environ):
        if name.startswith("TEXTUAL_SNAPSHOT"):
            # The snapshot plugin hands its folder on by a variable, which a start of ours scrubs: put it back after.
            monkeypatch.setenv(name, os.environ[name])
        elif name in _LOOKS or name.startswith(("DESKAPP_", "TEXTUAL")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("DESKAPP_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(gc, "freeze", lambda: None)  # an app does so once; a hundred apps would keep their books open
    yield
    if i18n := sys.modules.get("deskapp.i18n"):
        i18n.use("zh_CN")


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: looking through it again and again takes a tenth of the run."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> None:
    """Run an `async def` test in a loop of its own; a plugin would bring much more than that."""
    if inspect.iscoroutinefunction(test := pyfuncitem.obj):

        @functools.wraps(test)
        def run(**fixtures: object) -> None:
            asyncio.run(test(**fixtures))

        pyfuncitem.obj = run
