"""Doors and speed: what a fresh interpreter has loaded, which a static graph cannot see."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import deskapp

SEALS = {"bcrypt", "cryptography", "pyrage", "zipfile"}
SLOW = {"click", "pypinyin", "rich", "sqlite_utils", "textual", "typer"}

COUNT = """
import atexit, json, sys
atexit.register(lambda: print(json.dumps(list(sys.modules)), file=sys.stderr))
"""

EVERYTHING = """
import importlib, pkgutil, deskapp
for module in pkgutil.walk_packages(deskapp.__path__, "deskapp."):
    importlib.import_module(module.name)
"""


def loaded_by(code: str, *words: str) -> set[str]:
    """The top-level modules a fresh interpreter has loaded after this code."""
    ended = subprocess.run(
        [sys.executable, "-c", COUNT + code, *words], capture_output=True, encoding="utf-8", check=True
    )
    return {name.partition(".")[0] for name in json.loads(ended.stderr.splitlines()[-1])}


@pytest.mark.parametrize(
    ("module", "never"),
    [
        ("deskapp.__main__", {*SLOW, "sqlite3", "platformdirs", "argparse", "logging", "asyncio"}),
        ("deskapp.config", {*SLOW, "sqlite3", "platformdirs"}),
        ("deskapp.forms.load", {*SLOW, "sqlite3"}),
        ("deskapp.book.journal", SLOW),
        ("deskapp.book.view", SLOW),
        ("deskapp.tui.start", SLOW),
        ("deskapp.cli.app", SEALS),
        ("deskapp.bundle.reader, deskapp.bundle.writer, deskapp.bundle.enrolment", {*SLOW, *SEALS, "sqlite3"}),
        ("deskapp.exchange.dayclose, deskapp.reports.sheet", {*SLOW, *SEALS, "xlsxwriter"}),
        ("deskapp.exchange.exporting, deskapp.exchange.keys, deskapp.exchange.verifying", {*SLOW, *SEALS}),
    ],
)
def test_a_room_brings_only_what_it_needs(module, never):
    assert loaded_by(f"import {module}") & never == set()


def test_help_never_waits_for_the_screen():
    help_ = "from deskapp.__main__ import main; main()"

    assert loaded_by(help_, "--help") & {"textual", "sqlite_utils", "pypinyin"} == set()


@pytest.mark.slow
def test_importing_everything_makes_no_file(tmp_path):
    places = {name: str(tmp_path) for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "TMPDIR")}
    subprocess.run(
        [sys.executable, "-B", "-c", EVERYTHING],
        cwd=tmp_path,
        env=os.environ | places | {"PYTHONPATH": str(Path(deskapp.__file__).parents[1])},
        stdin=subprocess.DEVNULL,
        check=True,
    )

    assert list(tmp_path.rglob("*")) == []
