"""`python -m tests.bench`: every figure of speed, its floor measured in the same run, and its goal.

What counts is the ratio: both sides are measured in turn, in this run, on this machine.
"""

from __future__ import annotations

import argparse
import importlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench import office
from tests.bench.harness import Figure

BENCHES = ("start", "keys", "find", "save", "load", "rebuild", "exchange", "idle")
_HEAD = ("figure", "value", "floor", "ratio", "goal", "")


def main() -> None:
    """Run the benches and print the table, line by line as it grows."""
    asked = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    asked.add_argument("--records", type=int, default=20_000, help="how many the big book holds (20000)")
    asked.add_argument("--only", nargs="+", choices=BENCHES, default=BENCHES, metavar="NAME", help=" ".join(BENCHES))
    asked.add_argument("--book", type=Path, help="where the big book is kept for the next run")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="deskapp-bench-") as folder:
        home = (given.book or Path(folder)) / str(given.records)
        home.parent.mkdir(parents=True, exist_ok=True)
        office.make(home, given.records)
        print(f"a book of {given.records:,} records")
        print(_line(*_HEAD))
        for name in given.only:
            for figure in _figures(name, Path(folder), home):
                print(_told(figure), flush=True)


def _figures(name: str, folder: Path, home: Path) -> Iterator[Figure]:
    bench = importlib.import_module(f"tests.bench.{name}")
    own = folder / name
    own.mkdir()
    yield from bench.figures(own, home)


def _told(one: Figure) -> str:
    floor = f"{one.floor:.4g} {one.unit}" if one.floor != 1 else ""
    verdict = "met" if one.met else "NOT MET"
    return _line(
        one.name, f"{one.value:.4g} {one.unit}", floor, f"{one.ratio:.3g}", f"{one.goal:.3g}", verdict, one.note
    )


def _line(name: str, value: str, floor: str, ratio: str, goal: str, verdict: str, note: str = "") -> str:
    return f"{name:<58} {value:>11} {floor:>11} {ratio:>8} {goal:>7}  {verdict:<7} {note}".rstrip()


if __name__ == "__main__":
    main()
