"""Commands that keep the book: verified copies, a book restored, what is said of a book that is none."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from filelock import FileLock

from deskapp.desk.office import Office, open_office
from tests.cli.conftest import CLERK, Run, book_bytes
from tests.support import nobody_can_run

DIARY = ("add", "diary", "room=0", "item=45", "source=1", "handling=5", "content=x")


# ---------------------------------------------------------------- check, rebuild


def test_a_sound_book_is_told_by_its_head(run: Run, order):
    for words in (("check",), ("check", "--full")):
        ended = run(*words)
        assert (ended.code, ended.err) == (0, "")
        assert re.search(r"[0-9a-f]{64}\n", ended.out)


def test_an_entry_that_was_changed_is_found(home, run: Run, order):
    with contextlib.closing(sqlite3.connect(home / "book.db")) as conn:
        sql = conn.execute("SELECT sql FROM sqlite_master WHERE name = 'journal_ink'").fetchone()[0]
        conn.execute("DROP TRIGGER journal_ink")
        seq = conn.execute("SELECT max(seq) FROM journal").fetchone()[0]
        conn.execute("UPDATE journal SET body = replace(body, 'item-13', 'item-14') WHERE seq = ?", (seq,))
        conn.execute(sql)
        conn.commit()

    ended = run("check")

    assert (ended.code, ended.out) == (4, "")
    assert str(seq) in ended.err


def test_a_book_without_its_guards_is_refused(home, run: Run):
    with contextlib.closing(sqlite3.connect(home / "book.db")) as conn:
        conn.execute("DROP TRIGGER journal_keep")

    for words in (("check",), ("list", "order"), DIARY):
        ended = run(*words)
        assert (ended.code, ended.out) == (4, "")
        assert "journal_keep" in ended.err


@pytest.mark.slow
def test_an_older_copy_in_the_books_place_is_told(home, run: Run, order):
    """By every command that looks into it; it works on, and a restore by a manager settles it."""
    old = home / "old.db"
    shutil.copy(run("backup").out.strip(), old)
    for _ in range(2):  # the head that a sign-in keeps is the one before what is then written
        assert run(*DIARY).code == 0
    shutil.copy(old, home / "book.db")
    for words, code in ((("check",), 4), (("list", "order"), 0), (DIARY, 0), (("check", "--lang", "en"), 4)):
        ended = run(*words)
        assert ended.code == code
        assert "台账被换成了较旧的一份" in ended.err or "rewritten" in ended.err

    assert run("restore", str(old), "--reason", "x").code == 0

    assert run("check") == run("check")
    assert (run("check").code, run("check").err) == (0, "")


def test_a_wrong_view_is_found_and_made_anew(home, run: Run, order):
    with contextlib.closing(sqlite3.connect(home / "book.db")) as conn:
        conn.execute("UPDATE records SET state = 'closed', ended = 1 WHERE number = ?", (order,))
        conn.execute("DELETE FROM records WHERE number LIKE 'staff%'")
        conn.commit()
    assert run("check").code == 0
    wrong = run("check", "--full")
    assert wrong.code == 4
    assert "rebuild" in wrong.err

    ended = run("rebuild")

    assert (ended.code, ended.out) == (0, "")
    assert run("check", "--full").code == 0
    assert run("show", order, "--json").items[0]["state"] == "registered"
    assert run(*DIARY).code == 0


# ---------------------------------------------------------------- backup


def test_a_backup_is_verified_and_for_its_owner_alone(home, run: Run, order, tmp_path):
    (tmp_path / "stick").mkdir()
    for words, folder in ((("backup",), home / "backups"), (("backup", str(tmp_path / "stick")), tmp_path / "stick")):
        copy = Path(run(*words).number)

        assert copy.parent == folder
        assert list(folder.iterdir()) == [copy]
        assert copy.stat().st_mode & 0o777 == 0o600
    assert (home / "backups").stat().st_mode & 0o777 == 0o700
    assert run("check").code == 0


def test_a_backup_of_a_damaged_book_is_none(home, run: Run, order):
    with contextlib.closing(sqlite3.connect(home / "book.db")) as conn:
        sql = conn.execute("SELECT sql FROM sqlite_master WHERE name = 'journal_ink'").fetchone()[0]
        conn.execute("DROP TRIGGER journal_ink")
        conn.execute("UPDATE journal SET head = replace(head, 'register', 'registex') WHERE seq = 5")
        conn.execute(sql)
        conn.commit()

    ended = run("backup")

    assert (ended.code, ended.out) == (4, "")
    assert list((home / "backups").iterdir()) == []


def test_there_is_no_backup_into_a_folder_that_is_not_there(home, run: Run, tmp_path):
    ended = run("backup", str(tmp_path / "none"))

    assert (ended.code, ended.out) == (1, "")
    assert not (tmp_path / "none").exists()


# ---------------------------------------------------------------- restore


@pytest.mark.slow
def test_a_restored_book_goes_on_as_a_new_journal(home, run: Run, order):
    copy = run("backup").number
    lost = run(*DIARY).number

    ended = run("restore", copy, "--reason", "硬盘坏了")

    assert (ended.code, ended.out) == (0, "")
    kept = next(home.glob("book.db.replaced-*"))
    assert str(kept) in ended.err
    assert run("show", lost).code == 1
    branched = run(*DIARY).number
    assert re.fullmatch(lost[:-3] + "B00[0-9]", branched)
    assert run("step", order, "dispatch", "provider=21", "charge=free").code == 0
    assert run("step", order, "undo").code == 0
    assert run("check", "--full").code == 0
    office = open_office(home)
    opening = office.book.read.execute("SELECT body FROM journal WHERE journal = 2 ORDER BY seq LIMIT 1").fetchone()[0]
    office.book.close()
    assert "硬盘坏了" in opening


@pytest.mark.slow
def test_an_older_book_in_the_place_of_the_newer_goes_on_as_a_new_journal(home, run: Run, order):
    """A file that somebody copied back, and no newer one is to be had: it says so until a manager goes on."""
    older = (home / "book.db").read_bytes()
    lost = run(*DIARY).number
    assert run("backup").code == 0  # which keeps the head
    (home / "book.db-wal").unlink(missing_ok=True)
    (home / "book.db").write_bytes(older)
    assert run("--lang", "en", "check").code == 4
    assert run("restore").code == 2
    assert run("restore", "--reason", "x", "--as", CLERK).code == 1
    with FileLock(home / "screen.lock"):
        assert run("restore", "--reason", "x").code == 3

    ended = run("--lang", "en", "restore", "--reason", "拷回了旧文件")

    assert (ended.code, ended.out) == (0, "")
    assert "letter B" in ended.err
    assert re.fullmatch(lost[:-3] + "B00[0-9]", run(*DIARY).number)
    assert run("check", "--full").code == 0
    assert run("board").err == ""


def test_an_office_that_lost_everything_else_is_restored_from_its_backup(home, run: Run, order, tmp_path, monkeypatch):
    copy = run("backup").number
    monkeypatch.setenv("DESKAPP_HOME", str(tmp_path / "new"))

    assert run("restore", copy, "--lang", "en").code == 0

    assert run("show", order, "--json").items
    config = (tmp_path / "new" / "config.toml").read_text("utf-8")
    assert "阳光花园" in config
    assert "desk-017" in config
    assert 'lang = "en"' in config


@pytest.mark.parametrize("staff", [CLERK, "77"])
def test_only_a_manager_restores(home, run: Run, order, staff):
    copy, before = run("backup").number, book_bytes(home)

    ended = run("restore", copy, "--as", staff)

    assert (ended.code, ended.out) == (1, "")
    assert book_bytes(home) == before
    assert [path.name for path in home.glob("book.db*") if "replaced" in path.name or "restore" in path.name] == []


def test_what_is_not_a_backup_is_not_put_in_the_books_place(home, run: Run, order, tmp_path):
    before = book_bytes(home)
    bad = {"empty.db": b"", "text.db": b"not a book", "short.db": (home / "book.db").read_bytes()[:20_000]}
    for name, content in bad.items():
        (tmp_path / name).write_bytes(content)
        ended = run("restore", str(tmp_path / name))
        assert (ended.code, ended.out) == (4, "")
        assert name in ended.err
    assert run("restore", str(home / "book.db")).code == 1
    assert book_bytes(home) == before
    assert run(*DIARY).code == 0


def test_a_book_is_not_restored_under_an_open_screen(home, run: Run, order):
    copy = run("backup").number

    with FileLock(home / "screen.lock"):
        assert run("restore", copy).code == 3
    assert run("restore", copy).code == 0


# ---------------------------------------------------------------- a book that is none


def foreign(path: Path) -> None:
    path.unlink()
    with contextlib.closing(sqlite3.connect(path)) as conn:
        conn.execute("CREATE TABLE recipes (name TEXT)")


def newer(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as conn:
        conn.execute("PRAGMA journal_mode = DELETE")
        conn.execute("PRAGMA user_version = 99")


BAD = {
    "empty": (lambda path: path.write_bytes(b""), "空"),
    "text": (lambda path: path.write_bytes(b"Dear customer, " * 100), "不是"),
    "foreign": (foreign, "不是"),
    "newer": (newer, "新"),
    "truncated": (lambda path: os.truncate(path, path.stat().st_size - 4096), "不完整"),
    "head alone": (lambda path: os.truncate(path, 50), ""),
}


@pytest.mark.parametrize(("spoil", "says"), BAD.values(), ids=BAD)
def test_a_bad_book_is_named_for_what_it_is_and_left_alone(home, run: Run, spoil, says):
    path = home / "book.db"
    spoil(path)
    before = path.read_bytes()

    for words in (("list", "order"), DIARY, ("check", "--full"), ("backup",), ("rebuild",), ("board",), ("forms",)):
        ended = run(*words)
        assert (ended.code, ended.out) == (4, ""), words
        assert says in ended.err
        assert "book.db" in ended.err
    assert path.read_bytes() == before
    assert not list(home.glob("backups/*"))


@pytest.mark.slow
def test_pages_full_of_rubbish_are_damage_and_not_a_fault_of_ours(home, run: Run, order):
    path = home / "book.db"
    with contextlib.closing(sqlite3.connect(path)) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = path.read_bytes()
    pages = len(whole) // 4096
    for page in range(1, pages, max(1, pages // 12)):
        spoiled = bytearray(whole)
        spoiled[page * 4096 : page * 4096 + 512] = b"\xa5" * 512
        path.write_bytes(spoiled)
        for words in (("show", order), ("find", "马桶"), ("list", "order"), ("board",), ("check", "--full")):
            assert run(*words).code in (0, 1, 4), (page, words)
        assert run("check", "--full").code == 4


NOBODY = 65534


@pytest.mark.slow
@pytest.mark.skipif(not nobody_can_run(), reason="needs root, who alone can become nobody, where nobody may read")
def test_a_book_that_may_only_be_read_is_read_and_says_so(home, monkeypatch, request):
    """Root may write anything: only another user meets a read-only book. pytest's own folders are closed to him."""
    folder = Path(tempfile.mkdtemp(prefix="deskapp-nobody-"))
    request.addfinalizer(lambda: shutil.rmtree(folder))
    folder.chmod(0o755)
    home = Path(shutil.copytree(home, folder / "home"))
    home.chmod(0o555)
    for path in home.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    monkeypatch.setenv("DESKAPP_HOME", str(home))
    before = book_bytes(home)

    def as_nobody(*words: str) -> subprocess.CompletedProcess[str]:
        become = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        command = [sys.executable, "-B", "-m", "deskapp", *words]
        return subprocess.run([*become, *command], capture_output=True, encoding="utf-8", check=False)

    read = as_nobody("list", "room", "--json")
    assert (read.returncode, read.stderr) == (0, "")
    assert "3-2-1502" in read.stdout
    for words in (DIARY, ("rebuild",), ("backup",)):
        refused = as_nobody(*words)
        assert (refused.returncode, refused.stdout) == (1, ""), refused
        assert str(home) in refused.stderr
    assert book_bytes(home) == before


# ---------------------------------------------------------------- beside another process


HOLDER = """
import sys
import tempfile
from pathlib import Path
from deskapp.book import journal, view
from deskapp.book.journal import Request
from deskapp.book.signin import Session
from deskapp.desk.office import Office, open_office
office = open_office(Path(sys.argv[1]))
me = Session("staff-1", "", frozenset())
answers = {"room": "0", "item": "45", "source": "1", "handling": "5", "content": "held"}
number = journal.write(office.book, me, [Request("register", answers, "diary")])[-1].number
print(number, flush=True)
while sys.stdin.readline():
    print(len(view.page(office.book.read, "diary")), flush=True)
"""


@pytest.mark.slow
def test_commands_work_beside_a_desk_that_has_the_book_open(home):
    def deskapp(*words: str) -> str:
        return subprocess.run(
            [sys.executable, "-m", "deskapp", *words], capture_output=True, encoding="utf-8", check=True
        ).stdout

    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as holder:
        assert holder.stdin
        assert holder.stdout
        first = holder.stdout.readline().strip()
        second = deskapp(*DIARY).strip()
        assert int(second[-3:]) == int(first[-3:]) + 1
        assert first in deskapp("list", "diary")
        assert Path(deskapp("backup").strip()).exists()
        deskapp("rebuild")
        assert "head" in deskapp("check", "--full", "--lang", "en")
        holder.stdin.write("\n")
        holder.stdin.flush()
        assert holder.stdout.readline().strip() == "2"
        holder.stdin.close()
    assert holder.returncode == 0


@pytest.mark.slow
def test_commands_at_the_same_moment_take_turns(home, run: Run):
    started = [
        subprocess.Popen([sys.executable, "-m", "deskapp", *DIARY], stdout=subprocess.PIPE, encoding="utf-8")
        for _ in range(6)
    ]
    numbers = {one.communicate()[0].strip() for one in started}

    assert [one.returncode for one in started] == [0] * 6
    assert len(numbers) == 6
    assert run("check", "--full").code == 0


# ---------------------------------------------------------------- demo


@pytest.mark.parametrize(
    ("words", "opened"),
    [
        ((), (None, 0, "staff-3")),
        (("--records", "100000"), (None, 100_000, "staff-3")),
        (("--home", "{home}", "--as", "1"), ("{home}", 0, "1")),
    ],
)
def test_the_demonstration_keeps_out_of_the_offices_folder(home, run: Run, monkeypatch, words, opened):
    """DESKAPP_HOME is a real office: only --home says where a made-up one may lie."""
    from deskapp.desk import demo
    from deskapp.tui import start

    seen: list[object] = []

    def open_demo(folder: Path | None, records: int, progress: object) -> Office:
        assert callable(progress)
        seen.extend((folder and str(folder), records))
        return open_office(home)

    def screen(folder: str, lang: str | None, staff: str, welcome: object, *, plain: bool) -> int:
        assert (folder, lang, plain) == (str(home), "en", False)
        assert (welcome is None) == ("--as" in words)  # who is named signs in himself
        seen.append(staff)
        return 5

    monkeypatch.delenv("DESKAPP_STAFF")
    monkeypatch.setattr(demo, "open_demo", open_demo)
    monkeypatch.setattr(start, "run", screen)

    ended = run("demo", "--lang", "en", *(word.format(home=home) for word in words))

    assert ended.code == 5
    assert demo.PASSPHRASE in ended.err
    assert seen == [one.format(home=home) if isinstance(one, str) else one for one in opened]
