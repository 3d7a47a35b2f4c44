"""The whole program under fast hands: bursts at a pseudo-terminal, over slow saves, with Esc in them, and pastes."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from deskapp.book import drafts, view
from deskapp.desk import office as offices
from deskapp.desk.office import Office
from tests.tui.conftest import PASSPHRASE
from tests.tui.test_real_terminal import Terminal

ROOM = "3-2-1502"
RUNS = 20
TEN = range(10)
ESC = "\x1b"


class Altered(Terminal):
    """The program with alterations of `altered`, signed in as 李敏."""

    PROGRAM = ("-m", "tests.tui.altered")

    def __init__(self, home: Path, *alterations: str) -> None:
        super().__init__(*alterations, home=home)

    def sign_in(self, staff: str = "3") -> None:
        self.wait("工号")
        self.type(f"{staff}\n")
        self.wait("回车签到")  # one after the other: a mutant without the queue must get this far
        self.type(f"{PASSPHRASE}\n")
        self.wait("0全部功能")

    def burst(self, keys: str) -> None:
        """All at once; what does not fit into the terminal's own buffer waits there, as a scanner does."""
        data = keys.replace("\n", "\r").encode()
        while data:
            data = data[os.write(self.fd, data[:512]) :]
            self.read()

    def leave(self) -> int:
        """With 83 and, being on duty, a reason."""
        self.burst("83\n下班了,没人接\n")
        return self.ended()


def record(n: int) -> str:
    """The keys of one diary line, Enter by Enter."""
    return f"1\n{ROOM}\n51\n第{n}件事\n\n业主{n}号\n1390000000{n}\n1\n"


def written(home: Path) -> list[tuple[str, str, str]]:
    """What the diary holds of the ten, oldest first."""
    office = offices.open_office(home)
    try:
        lines = view.page(office.book.read, "diary", where={"item": "item-51"}, limit=50)
        told = [tuple(str(one.fields.get(name, "")) for name in ("content", "caller", "phone")) for one in lines]
        return [(a, b, c) for a, b, c in reversed(told)]
    finally:
        office.book.close()


WANTED = [(f"第{n}件事", f"业主{n}号", f"1390000000{n}") for n in TEN]


def right(found: list[tuple[str, str, str]]) -> bool:
    """Whether they are the ten, in order; the item's own words may stand behind the content."""
    return len(found) == len(WANTED) and all(
        content.startswith(wanted[0]) and (caller, phone) == wanted[1:]
        for (content, caller, phone), wanted in zip(found, WANTED, strict=True)
    )


@pytest.fixture
def home(office: Office) -> Path:
    office.book.close()
    return office.home


def typed_ahead(home: Path, *alterations: str) -> list[tuple[str, str, str]]:
    """Ten records as one burst, and what the book holds then."""
    terminal = Altered(home, *alterations)
    try:
        terminal.sign_in()
        terminal.burst("".join(map(record, TEN)))
        terminal.leave()
    finally:
        terminal.close()
    return written(home)


def test_ten_records_in_one_burst(home: Path) -> None:
    assert right(typed_ahead(home))


@pytest.mark.slow
@pytest.mark.parametrize("alterations", [(), ("slow_saves",)], ids=["quick", "slow saves"])
@pytest.mark.parametrize("run", range(RUNS))
def test_ten_records_in_one_burst_again(home: Path, alterations: tuple[str, ...], run: int) -> None:
    assert right(typed_ahead(home, *alterations))


def with_esc(n: int) -> str:
    """The same line: Esc before a hanzi, before Enter, and before the 0 that saves."""
    return f"1\n{ROOM}\n51\n第{n}件{ESC}事{ESC}\n\n\n业主{n}号\n1390000000{n}{ESC}0"


def esc_in_it(home: Path, *alterations: str) -> bool:
    """Ten lines with Esc, then a form that is left by Esc Esc for the third line; whether all of it came about."""
    terminal = Altered(home, *alterations)
    try:
        terminal.sign_in()
        terminal.burst("".join(map(with_esc, TEN)) + f"1\n3-2{ESC}{ESC}003\n")
        end = time.monotonic() + (3.0 if alterations[:1] in (("stock_parser",), ("no_queue",)) else 60.0)
        while "-003" not in terminal.text.split("\n")[0] and time.monotonic() < end:
            terminal.read(0.05)
        there = "-003" in terminal.text.split("\n")[0]
    finally:
        terminal.close()
    return there and right(written(home))


@pytest.mark.slow
def test_esc_in_the_burst(home: Path) -> None:
    """And saves that take their time."""
    assert esc_in_it(home, "slow_saves")


@pytest.mark.slow
@pytest.mark.parametrize("alterations", [(), ("slow_saves",)], ids=["quick", "slow saves"])
@pytest.mark.parametrize("run", range(RUNS // 4))
def test_esc_in_the_burst_again(home: Path, alterations: tuple[str, ...], run: int) -> None:
    assert esc_in_it(home, *alterations)


@pytest.mark.slow
@pytest.mark.parametrize("mutant", ["no_queue", "stock_parser"])
def test_a_mutant_is_noticed(home: Path, mutant: str) -> None:
    """Direct dispatch puts words into the wrong fields; the stock parser makes of Esc and 0 something else."""
    assert not esc_in_it(home, mutant)


def paste(text: str) -> str:
    """As a terminal sends it."""
    return f"{ESC}[200~{text}{ESC}[201~"


HOSTILE = "第一行\r第二行\r\t三\x1b[21~\x00四\r83\r"
"""Line ends, a tab, NUL, F10's own sequence, and the command that leaves."""


@pytest.mark.slow
def test_a_paste_is_never_a_command(home: Path) -> None:
    """Joined in a box of one line, lines in a box for notes; what is too long is refused in words, and stays."""
    terminal = Altered(home)
    terminal.sign_in()
    terminal.burst("1\n" + paste("3-2\r-1502\r") + "\n51\n" + paste(HOSTILE))
    terminal.wait("第一行|第二行| 三[21~四|83")
    terminal.burst("\n\n" + paste("业主\r七号") + "\n" + paste("139\t0000\r0007") + "\n1\n")
    terminal.wait("已保存")
    assert terminal.leave() == 0
    terminal.close()
    (content, caller, phone) = written(home)[-1]
    assert content.split("\n")[:2] == ["第一行", "第二行"]
    assert "\x1b" not in content
    assert (caller, phone) == ("业主 七号", "13900000007")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("field", "keys"), [("content", "1\n3-2-1502\n51\n"), pytest.param("room", "1\n", marks=pytest.mark.slow)]
)
def test_a_paste_of_200_000_characters(home: Path, field: str, keys: str) -> None:
    """Too long for any field: said, and still all there."""
    terminal = Altered(home)
    terminal.sign_in()
    terminal.burst(keys + paste("字" * 200_000) + "\n")
    terminal.wait("最多" if field == "content" else "不")
    terminal.burst(ESC + ESC)
    terminal.wait("0全部功能")
    assert terminal.leave() == 0
    terminal.close()
    office = offices.open_office(home)
    (kept,) = drafts.of(office.book, "staff-3")
    office.book.close()
    assert "字" * 200_000 in kept.body
