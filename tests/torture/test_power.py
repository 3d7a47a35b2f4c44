"""Power cuts: whatever part of what was not flushed is lost, nothing acknowledged is, and the book opens (P2).

What a worker does to the disk is taken down once; of that any number of disks are made as a cut may have left them.
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

from deskapp.errors import Damaged
from tests import support
from tests.torture import harness, recorder
from tests.torture.cuts import cut, files_of, lay
from tests.torture.harness import Notes, Torture
from tests.torture.recorder import Op

pytestmark = pytest.mark.skipif(not recorder.available(), reason="no way to see what SQLite writes")


@dataclass(frozen=True)
class Recording:
    """What a worker did to an office that began as these files."""

    mode: str
    before: dict[str, bytes]
    ops: Sequence[Op]

    def cut(self, torture: Torture, rng: random.Random) -> None:
        """Cut the power somewhere, and look at what is left."""
        files, said = cut(self.before, self.ops[: rng.randint(1, len(self.ops))], rng)
        shutil.rmtree(torture.home, ignore_errors=True)
        lay(files, torture.home)
        self.look(torture, [json.loads(line) for line in said])

    def look(self, torture: Torture, notes: Notes) -> None:
        if self.mode == "upgrade":
            harness.look_at_upgrade(torture.home, harness.entries(support.founded()))
            return
        harness.look(torture.home, notes)
        harness.look_at_backups(torture.home, notes)


@pytest.fixture
def recorded(torture: Torture) -> Callable[[str], Recording]:
    def record(mode: str) -> Recording:
        before = files_of(torture.home)
        return Recording(mode, before, torture.record(mode, MODES.get(mode, 10)))

    return record


MODES = {"add": 25, "step": 15, "act": 15, "load": 6, "rebuild": 6, "backup": 4, "restore": 2, "upgrade": 1}
SHORT = ("add", "load", "backup", "restore", "upgrade")
"""How many things each kind of work is acknowledged, twice."""


def run(torture: Torture, recording: Recording, cuts: int) -> None:
    rng = random.Random(1)
    for n in range(cuts):
        try:
            recording.cut(torture, rng)
        except BaseException as error:
            error.add_note(f"cut {n} of {recording.mode}")
            raise


@pytest.mark.parametrize("mode", SHORT)
def test_cuts(torture: Torture, recorded: Callable[[str], Recording], mode: str) -> None:
    """A few cuts in each kind of work."""
    run(torture, recorded(mode), 3)


@pytest.mark.slow
@pytest.mark.parametrize("mode", MODES)
def test_cuts_long(torture: Torture, recorded: Callable[[str], Recording], mode: str) -> None:
    """Six hundred in all."""
    run(torture, recorded(mode), 75)


@pytest.mark.parametrize("mode", ["mutant_leaves_it_to_the_log", "mutant_copies_without_flushing"])
def test_mutant(torture: Torture, recorded: Callable[[str], Recording], mode: str) -> None:
    """A desk that says saved before it is flushed, a backup that is not: each is noticed."""
    with pytest.raises((AssertionError, Damaged), match=r"lost|empty|cut short|damaged"):
        run(torture, recorded(mode), 40)
