"""What the tests of forms, book and desk stand on: a clock, a founded office to copy, answers to any question."""

from __future__ import annotations

import atexit
import contextlib
import functools
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from deskapp import config as settings
from deskapp import paths
from deskapp.book import journal, view, wallclock
from deskapp.book.database import Book
from deskapp.book.entry import Entry
from deskapp.book.journal import Request
from deskapp.book.session import Session
from deskapp.book.view import Record
from deskapp.desk import office as offices
from deskapp.desk.office import Office
from deskapp.forms.form import ROLES, Field, Form, Step
from deskapp.forms.load import Forms, load
from deskapp.forms.values import CHINA, given_in
from deskapp.resources import data_path

NOW = datetime(2026, 11, 22, 3, 15, tzinfo=CHINA)
"""A Sunday night: the shift of the 21st is on duty."""
PASSPHRASE = "huijing-2026"
BOSS = Session("staff-1", "陈建国", frozenset(ROLES))
LI = Session("staff-3", "李敏", frozenset({"reception", "cashier"}))
CASHIER = Session("staff-4", "钱芳", frozenset({"cashier"}))
MANAGER = Session("staff-6", "孙经理", frozenset({"manager"}))
ROOMS = ("3-2-1502", "3-2-1503", "3-1-0803", "12-1-0101", "5-302")
WORDS = ("厨房水管漏水", "空调不制冷", "门锁坏了", "灯不亮 B2", "𠮷田留言", "王[/]五说[b]急[/b]", "=1+1", "a\\b'c\"d%_")
PEOPLE = ("曾女士", "单先生", "仇小姐", "解老师", "查先生", "区女士", "翟先生", "王强", "张三丰", "Smith", "欧阳娜娜")


class Clock:
    """The time, moved by the test alone."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **span: float) -> datetime:
        """Let time pass: `minutes=30`."""
        self.now += timedelta(**span)
        return self.now


@functools.cache
def forms() -> Forms:
    """The forms that come with the program."""
    found = load([data_path("forms")])
    assert found.complaints == []
    return found


@functools.cache
def founded() -> Path:
    """The home of an office with staff, rooms and providers; made once a process, copied for each test."""
    folder = Path(tempfile.mkdtemp(prefix="deskapp-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    clock = Clock(NOW - timedelta(days=3))
    book = offices.found(folder / "home", "汇景中心", "desk-017", BOSS.name, PASSPHRASE, clock).book
    rows: dict[str, list[dict[str, object]]] = {
        "staff": [
            {"code": one.staff.removeprefix("staff-"), "name": one.name, **dict.fromkeys(one.roles, True)}
            for one in (LI, CASHIER, MANAGER)
        ],
        "room": [{"code": code, "kind": "home"} for code in ROOMS],
        "provider": [
            {"code": "21", "name": "王强", "kind": "own", "plumbing": True, "general": True},
            {"code": "22", "name": "赵刚", "kind": "supplier", "electric": True, "agreement": "XY2026-15"},
        ],
        "customer": [{"room": "3-2-1502", "name": "曾女士", "phone": "13800131234", "role": "owner"}],
    }
    for form, given in rows.items():
        journal.load(book, BOSS, form, given)
    book.close()
    return folder / "home"


class Desk:
    """An open office and short ways to write in its book."""

    def __init__(self, office: Office, clock: Clock) -> None:
        self.office, self.book, self.home, self.clock = office, office.book, office.home, clock

    def add(self, form: str, by: Session = LI, /, **answers: object) -> str:
        """Register a record; its number."""
        return str(self.write(by, Request("register", answers, form))[0].number)

    def step(self, number: str, step: str, by: Session = LI, /, **answers: object) -> Entry:
        """Record a step; its last entry."""
        return self.write(by, Request(step, answers, None, number))[-1]

    def write(self, by: Session, *requests: Request, act: bool = True) -> list[Entry]:
        """Write requests; their entries without the adopted forms."""
        return [entry for entry in journal.write(self.book, by, requests, act=act) if entry.form != "form"]

    def __getitem__(self, number: str) -> Record:
        return view.record(self.book.read, number)

    @property
    def head(self) -> tuple[int, str]:
        """The last entry's seq and hash."""
        return journal.last_head(self.book)

    def row(self, seq: int) -> tuple[str, str, str | None, str]:
        """An entry's three lines and its hash, as they stand in the file."""
        found = self.book.read.execute(
            "SELECT head, body, private, hash FROM journal WHERE journal = ? AND seq = ?", (self.book.journal, seq)
        ).fetchone()
        return tuple(found)

    def reopen(self) -> Desk:
        """Close the office and open it anew."""
        self.book.close()
        self.office = offices.open_office(self.home, self.clock)
        self.book = self.office.book
        return self

    def trust_clock(self) -> None:
        """After a day without entries whoever signs in is asked what time it is: as the computer says."""
        wallclock.settle(self.book, LI, None)

    def order(self, **more: object) -> str:
        """A registered order."""
        given: dict[str, object] = {"room": "3-2-1502", "item": "13", "content": "马桶堵塞", "charge": "free"}
        return self.add("order", **(given | more))

    def dispatched(self, **more: object) -> str:
        """A dispatched order."""
        number = self.order()
        self.step(number, "dispatch", **({"provider": "21", "charge": "free"} | more))
        return number

    def on_site(self) -> str:
        """An order whose provider has arrived."""
        number = self.dispatched()
        self.step(number, "receive_slip", slip="face")
        self.step(number, "arrive", told="radio")
        return number

    def done(self, **more: object) -> str:
        """An order whose work is done."""
        number = self.on_site()
        self.step(number, "done", **({"result": "fixed", "as_ordered": "same", "materials": "none"} | more))
        return number


def _open(home: Path, clock: Clock) -> Office:
    """As `open_office`, with the program's forms read once a process."""
    config, complaints = settings.load(paths.config(home))
    book = Book(paths.book(home), Forms(forms().values()), offices.rules_of(config), clock)
    return Office(home, config, book, complaints)


@contextlib.contextmanager
def opened(now: datetime = NOW) -> Iterator[Desk]:
    """A copy of the founded office, open; in memory where the system has such a folder, for the speed."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="deskapp-", dir=memory if os.access(memory, os.W_OK) else None) as folder:
        home = Path(folder, "home")
        shutil.copytree(founded(), home)
        clock = Clock(now)
        desk = Desk(_open(home, clock), clock)
        try:
            yield desk
        finally:
            desk.book.close()


@functools.cache
def nobody_can_run() -> bool:
    """Whether another user can run this very installation; in root's own folder he can't."""
    if sys.platform != "linux" or os.geteuid() != 0 or shutil.which("setpriv") is None:
        return False
    words = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", sys.executable, "-B", "-c"]
    root = str(Path(__file__).parents[1])
    script = f"import sys; sys.path.insert(0, {root!r}); import filelock, typer, deskapp.book.journal"
    return subprocess.run([*words, script], capture_output=True, check=False, cwd="/").returncode == 0


@functools.cache
def can_mount() -> bool:
    """Whether disks can be made here; only root can, and not everywhere."""
    if sys.platform != "linux" or os.geteuid() != 0 or shutil.which("mount") is None:
        return False
    try:
        with tempfile.TemporaryDirectory() as folder, disk(Path(folder), 64):
            return True
    except subprocess.CalledProcessError:
        return False


@contextlib.contextmanager
def disk(folder: Path, kilobytes: int) -> Iterator[Path]:
    """A disk of so many kilobytes, mounted on a folder."""
    mount("-t", "tmpfs", "-o", f"size={kilobytes}k", "none", str(folder))
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def mount(*words: str) -> None:
    """Mount, or mount anew: `remount,ro`."""
    subprocess.run(["mount", *words], check=True, capture_output=True)


def fill(folder: Path, left: int = 0) -> Path:
    """Leave so many bytes free on a disk; the file that takes the rest."""
    filler = folder / "filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    if left:
        os.truncate(filler, max(0, filler.stat().st_size - left))
    return filler


# ---------------------------------------------------------------- answers to any question


def answer(  # noqa: PLR0912 - a case a type
    field: Field, now: datetime, rng: random.Random, known: Callable[[str], list[str]]
) -> object:
    """A good answer to a question, typed as a clerk would; None where there is nothing to name."""
    match field.type:
        case "text" if field.unique:
            return f"{rng.randrange(10**9):09}"
        case "text" | "note":
            return rng.choice(WORDS)[: field.length]
        case "person":
            return rng.choice(PEOPLE)
        case "choice":
            given = [(i, one) for i, one in enumerate(field.choices, 1) if given_in(one, "housing")]
            digits = [i for i, one in given if one.code != field.refuses]
            return str(rng.choice(digits))
        case "yes-no":
            return "2" if field.refuses is True else "1" if field.refuses is False else rng.choice("12")
        case "phone":
            return f"138{rng.randrange(10**8):08}"
        case "id-tail":
            return rng.choice(("123X", "4321", "００１２"))
        case "money":
            return rng.choice(("80", "0", "12.50", "1,234.5"))
        case "count":
            return str(max(int(field.min or 1), 1))
        case "moment" if field.tense == "past":
            return "now"
        case "moment":
            return f"+{rng.randrange(1, 300)}"
        case "day":
            return f"{now.date() + timedelta(days=rng.randrange(30) * (1 if field.tense == 'future' else -1)):%Y%m%d}"
        case "room":
            return rng.choice(known("room") or [""])
        case "staff":
            return rng.choice(known("staff") or [""])
        case _:
            return rng.choice([one for of in field.of for one in known(of)] or [""])


def fitting(given: Mapping[str, object], me: str) -> dict[str, object]:
    """Answers of which those that must agree do: a drawer with its notes, who signs with who writes."""
    worth = {"n100": 10000, "n50": 5000, "n20": 2000, "n10": 1000, "n5": 500, "n1": 100, "n05": 50, "n01": 10}
    counted = f"{sum(int(str(given.get(name, 0))) * fen for name, fen in worth.items()) / 100:.2f}"
    fit = {"counted": counted, "incoming": me, "outgoing": me}
    return {**given, **{name: value for name, value in fit.items() if name in given}}


def answers(
    form: Form, step: Step, now: datetime, rng: random.Random, known: Callable[[str], list[str]], *, every: bool = False
) -> dict[str, object]:
    """Good answers to all that a step asks: the needed ones and, by chance or with `every`, the optional ones."""
    asked = [name for name, needed in step.asks.items() if needed or every or rng.random() < 0.6]
    given = {name: answer(form.fields[name], now, rng, known) for name in asked}
    if step.name == "register" and form.number_field:
        given[form.number_field] = f"{rng.randrange(36**4):04x}"[: form.fields[form.number_field].length]
    if step.name == "correct":
        names = [n for n in form.fields if n not in (form.number_field, "reason")]
        chances = {n: answer(form.fields[n], now, rng, known) for n in rng.sample(names, len(names))}
        name, value = next((n, value) for n, value in chances.items() if value not in (None, ""))
        given[name] = value
        by = form.corrects.asks if form.corrects else {}
        given |= {n: answer(form.fields[n], now, rng, known) for n, these in by.items() if {name} & set(these)}
    return {name: value for name, value in given.items() if value not in (None, "")}
