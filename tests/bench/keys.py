"""What a key costs in a list and in find, against Textual's own table; and whether the worst key is much worse.

The ratios are of processor time, which the rest of the machine does not change much; how much worse the worst is, is
told by the clock.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from statistics import fmean, median

from deskapp import paths
from tests.bench import office, terminal
from tests.bench.harness import Figure, in_turn, percentile
from tests.bench.start import BOARD, FIELD
from tests.bench.terminal import DOWN, ENTER, PAGE_DOWN, UP, Program

KEYS, ROUNDS = 18, 3
LOADED = 10_000
_LOAD = """import sys
from itertools import islice
from pathlib import Path
from deskapp.book import journal
from deskapp.desk.office import open_office
from tests.bench import office
rows = list(islice(office.diary(office.SMALL, seed=2), int(sys.argv[2])))
book = open_office(Path(sys.argv[1])).book
print("ready", flush=True)
sys.stdin.readline()
journal.load(book, office.manager(book), "diary", rows)
book.close()
"""
Answers = list[tuple[float, float]]
"""Ms by the clock and ms of processor time, key by key."""


def figures(folder: Path, big: Path) -> Iterator[Figure]:
    """The list of all diary lines, and find."""
    with signed_in(big) as desk, terminal.peer("table") as table:
        desk.press(b"11", ENTER)
        desk.settle(0.5)
        desk.press(b"3", ENTER)  # all of them
        table.wait("D22-00001")
        for one in (desk, table):
            one.settle(0.5)
        ours, theirs = _both([DOWN] * KEYS, desk, table)
        yield _ratio("cursor", 0.6, ours, theirs)
        steps = pressed(desk, [UP, DOWN] * 100)
        clock, spent = ([one[which] for one in steps] for which in (0, 1))
        yield Figure("cursor p99 / p50, by the clock", percentile(clock, 0.99), 2, median(clock),
                     note=f"of CPU {percentile(spent, 0.99) / median(spent):.2g}")  # fmt: skip
        for one in (desk, table):
            for _ in range(terminal.ROWS):  # to the last line: from there on each key shows a new one
                one.answer(DOWN)
        ours, theirs = _both([DOWN] * 2 * terminal.ROWS, desk, table)
        yield _ratio("line scroll, mean", 0.18, ours, theirs, fmean)
        ours, theirs = _both([PAGE_DOWN] * KEYS, desk, table)
        yield _ratio("page down", 0.12, ours, theirs)
    yield _typing(big)
    yield _in_a_field(big)
    yield from _beside(folder)


def signed_in(home: Path) -> Program:
    """The desk at its board."""
    desk = terminal.desk(home)
    desk.wait(FIELD)
    desk.press(b"1", ENTER, office.PASSPHRASE.encode(), ENTER)
    desk.wait(BOARD)
    desk.settle(0.5)
    return desk


def pressed(program: Program, keys: Sequence[bytes]) -> Answers:
    """Keys one after the other, each answered before the next."""
    return [program.answer(key) for key in keys]


def _both(keys: Sequence[bytes], desk: Program, peer: Program) -> tuple[Answers, Answers]:
    """The same keys in both, in turn; the first of each is to warm up."""
    share = max(1, len(keys) // ROUNDS)
    parts = [keys[at : at + share] for at in range(0, len(keys), share)]
    mine, his = iter(parts), iter(parts)
    found = in_turn(len(parts), lambda: pressed(desk, next(mine)), lambda: pressed(peer, next(his)))
    ours, theirs = (list(chain.from_iterable(one))[1:] for one in found)
    return ours, theirs


def _ratio(
    name: str, goal: float, ours: Answers, theirs: Answers, middle: Callable[[Iterable[float]], float] = median
) -> Figure:
    clock = middle(taken for taken, _ in ours) / middle(taken for taken, _ in theirs)
    return Figure(f"{name} / DataTable, CPU", middle(spent for _, spent in ours), goal,
                  middle(spent for _, spent in theirs), note=f"by the clock {clock:.2g}")  # fmt: skip


def _typing(big: Path) -> Figure:
    """A word typed in find and its Enter, against the same word typed where each key looks it up by LIKE."""
    words = [str(row["content"])[-2:].encode() for row in islice(office.diary(office.SMALL, seed=3), KEYS)]
    ours: list[float] = []
    theirs: list[float] = []
    with signed_in(big) as desk, terminal.peer("find", str(paths.book(big))) as peer:
        desk.press(b"\x1bOR")  # F3
        desk.settle(0.5)
        peer.wait("ready to go")
        peer.settle(0.5)
        for word in words:
            desk.press(word)
            desk.settle()
            ours.append(desk.answer(ENTER)[1])
            theirs.append(peer.answer(word)[1])
            peer.press(b"\x15")  # to the beginning of the field
            peer.settle(0.3)
    return Figure(
        "a word to its list in find / Input + LIKE + DataTable, CPU", median(ours[1:]), 0.25, median(theirs[1:])
    )


def _in_a_field(big: Path) -> Figure:
    """A letter typed into the content of a diary line, against a field of Textual's alone on its screen."""
    letters = [bytes([97 + n % 26]) for n in range(3 * KEYS)]
    with signed_in(big) as desk, terminal.peer("field") as peer:
        desk.press(b"1", ENTER, b"0", ENTER, b"90", ENTER)
        peer.wait("ready to go")
        for one in (desk, peer):
            one.settle(0.5)
        ours, theirs = _both(letters, desk, peer)
    return Figure("a letter in a form's field / a bare Input, CPU", median(spent for _, spent in ours), 1.3,
                  median(spent for _, spent in theirs))  # fmt: skip


def _beside(folder: Path) -> Iterator[Figure]:
    """Keys while another process loads into the same book."""
    home = office.make(folder / "beside", office.SMALL).parent
    loading = subprocess.Popen([sys.executable, "-c", _LOAD, str(home), str(LOADED)], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True, cwd=terminal.ROOT)  # fmt: skip
    with signed_in(home) as desk, loading:
        desk.press(b"11", ENTER)
        desk.settle(0.5)
        desk.press(b"3", ENTER)
        desk.settle(0.5)
        assert loading.stdout is not None
        assert loading.stdin is not None
        loading.stdout.readline()
        idle = [taken for taken, _ in pressed(desk, [DOWN, UP] * 60)]
        loading.stdin.write("\n")
        loading.stdin.flush()
        busy: list[float] = []
        while loading.poll() is None:
            busy += [taken for taken, _ in pressed(desk, [DOWN, UP])]
    yield Figure(f"cursor p99 while {LOADED:,} rows are loaded / idle p99", percentile(busy, 0.99), 3,
                 percentile(idle, 0.99), note=f"{len(busy)} keys")  # fmt: skip
