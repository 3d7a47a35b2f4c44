"""Who may do what: every command that writes, by one person of each role. The book decides, not a screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from deskapp.book import journal, signin
from deskapp.book.reveals import reveals
from deskapp.desk.office import open_office
from tests.cli.conftest import CLERK, MANAGER, PASSPHRASE, Run

WHO = {"reception": CLERK, "cashier": "4", "assistant": "11", "manager": "12", "quality": "13"}
PIN = "204817"
NEW_PASSPHRASE = "quite-another-one"
EVERYBODY = frozenset(WHO)
DESK = frozenset({"reception", "assistant", "manager"})
MANAGEMENT = frozenset({"manager"})

MATRIX: dict[str, tuple[tuple[str, ...], frozenset[str]]] = {
    "order": (("add", "order", "room=5-302", "item=13", "content=x", "charge=free"), DESK),
    "diary": (("add", "diary", "room=5-302", "item=11", "content=x", "source=1"), EVERYBODY),
    "room": (("add", "room", "code=9-9-0909", "kind=home"), frozenset({"reception", "manager"})),
    "staff": (("add", "staff", "code=77", "name=新来的"), MANAGEMENT),
    "role": (("step", "staff-9", "correct", "manager=1", "reason=x"), MANAGEMENT),
    "passphrase": (("passphrase", "9"), MANAGEMENT),
    "leave": (("step", "staff-9", "leave", "reason=x"), MANAGEMENT),
    "void": (("step", "ORDER", "void", "reason=x"), DESK),
    "load": (("load", "room", "ROOMS"), frozenset({"reception", "manager"})),
    "pin": (("pin",), EVERYBODY),
    "reveal": (("show", "ORDER", "--reveal", "--reason", "x"), EVERYBODY),
    "keys": (("keys", "new"), MANAGEMENT),
    "restore": (("restore", "BACKUP", "--reason", "x"), MANAGEMENT),
}
STDIN = {"passphrase": NEW_PASSPHRASE + "\n", "pin": PIN + "\n"}


@pytest.fixture
def staffed(home: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Somebody of each role, an order, a table of rooms and a backup; what the words of the matrix stand for."""
    monkeypatch.setattr(signin, "_N", 16)
    book = open_office(home).book
    added = [{"code": WHO[role], "name": role, role: True} for role in ("assistant", "manager", "quality")]
    journal.load(book, MANAGER, "staff", added)
    for one in added:
        signin.set_passphrase(book, MANAGER, one["code"], PASSPHRASE)
    book.close()
    order = run("add", "order", "room=5-302", "item=13", "content=x", "charge=free", "phone=13800131234").number
    rooms = home.with_name("rooms.csv")
    rooms.write_text("code,kind\n8-8-0808,home\n", "utf-8")
    return {"ORDER": order, "ROOMS": str(rooms), "BACKUP": run("backup").out.strip()}


@pytest.mark.slow
def test_role_by_command(home: Path, staffed: dict[str, str], run: Run) -> None:
    """Who may not is refused for his role, and the book is as it was. Of those who may, the first one does it."""
    for what, (words, may) in MATRIX.items():
        said = tuple(staffed.get(word, word) for word in words)
        before = head(home)
        for role in sorted(WHO, key=lambda role: role in may):
            ended = run(*said, "--as", WHO[role], stdin=STDIN.get(what, ""))
            refused = "岗位" in ended.err or "经理" in ended.err
            assert refused == (role not in may), (what, role, ended)
            if refused:
                assert (ended.code, head(home)) == (1, before), (what, role, ended)
        assert head(home) != before, what


def head(home: Path) -> tuple[int, str]:
    book = open_office(home).book
    try:
        return journal.last_head(book)
    finally:
        book.close()


@pytest.mark.slow
def test_who_sees_whose_reveals(home: Path, staffed: dict[str, str], run: Run) -> None:
    """One's own; a manager everybody's. Fields and reasons, never a number."""
    for who in (CLERK, "13"):
        run("show", staffed["ORDER"], "--reveal", "--reason", f"回电{who}", "--as", who)
    assert [one["by"] for one in run("reveals", "--json", "--as", CLERK).items] == ["staff-3"]
    assert run("reveals", "--json", "--as", "4").out == ""
    shown = run("reveals", "--as", "12")
    assert [one["by"] for one in run("reveals", "--json", "--as", "12").items] == ["staff-13", "staff-3"]
    assert shown.out.count("回电") == 2
    assert "联系电话" in shown.out
    assert "1380013" not in shown.out
    assert len(run("reveals", "--day", "0", "--json", "--as", "12").items) == 2
    assert run("reveals", "--day", "-1", "--json", "--as", "12").out == ""
    assert run("reveals", "--day", "nonsense", "--as", "12").code == 2
    assert run("reveals").code == 0
    book = open_office(home).book
    assert [entry.by for entry in reveals(book.read, "2020-01-01")] == ["staff-13", "staff-3"]
    book.close()
