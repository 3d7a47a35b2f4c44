"""Entries in ink: what each line holds, the chain over them, and that nothing is ever changed or used twice."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from datetime import timedelta

import pytest

from deskapp.book import entry as ink
from deskapp.book import journal, schema
from deskapp.book.check import check
from deskapp.book.journal import BadRows, Request
from deskapp.errors import Damaged, DeskError
from deskapp.forms.load import parse_form
from deskapp.forms.steps import NotAllowed, WrongState
from tests import support
from tests.support import BOSS, CASHIER, LI, NOW, WORDS, Desk

GENESIS = "0" * 64


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def rows(desk: Desk) -> list[tuple[int, str, str, str | None, str]]:
    conn = sqlite3.connect(f"file:{desk.book.path}?mode=ro", uri=True)
    found = conn.execute("SELECT seq, head, body, private, hash FROM journal ORDER BY seq").fetchall()
    conn.close()
    return found


# ---------------------------------------------------------------- the lines


def test_chain_with_nothing_but_hashlib(desk: Desk) -> None:
    """hash = SHA-256(hex(previous) LF head); body and private are vouched for by the head; seq has no gap."""
    desk.done()
    previous = GENESIS
    for at, (seq, head, body, private, hash_) in enumerate(rows(desk)):
        assert seq == at
        assert sha(f"{previous}\n{head}") == hash_
        data = json.loads(head)
        assert data["seq"] == seq
        assert data["body"] == sha(body)
        assert data.get("private") == (sha(private) if private is not None else None)
        previous = hash_
    assert desk.head == (seq, previous)


ORDER_OF_KEYS = [
    "seq", "at", "day", "by", "form", "v", "rec", "step", "no", "state", "ended", "marks", "due", "when", "for", "act",
    "undoes", "body", "private",
]  # fmt: skip
ALWAYS = {"seq", "at", "day", "by", "form", "v", "rec", "step", "state", "body"}


def test_head_keys(desk: Desk) -> None:
    """The head has the keys of the design, in its order, and no blank anywhere; absent ones are left out."""
    number = desk.order(caller="曾女士")
    desk.step(number, "dispatch", provider="21", charge="free", when="now")
    desk.step(number, "receive_slip", slip="face", **{"for": "21"})
    desk.step(number, "undo")
    desk.step(number, "slip_back")
    desk.step(number, "void", reason="重复")
    desk.write(BOSS, Request("register", {"code": "9"}, "room"), Request("register", {"code": "10"}, "room"))
    seen = set[str]()
    for _, head, *_ in rows(desk):
        data = json.loads(head)
        assert head == json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        assert list(data) == [key for key in ORDER_OF_KEYS if key in data]
        assert set(data) >= ALWAYS
        assert None not in data.values()
        assert {} not in data.values()
        seen |= set(data)
    assert seen == set(ORDER_OF_KEYS)


def test_head_content(desk: Desk) -> None:
    """Of the dispatch in the design: the state, the due, the business day of the night shift, the record's own seq."""
    number = desk.order()
    opened = desk.head[0]
    desk.clock.pass_(minutes=4)
    desk.step(number, "dispatch", provider="21", charge="free")
    head, body, private, _ = desk.row(desk.head[0])
    assert json.loads(head) == {
        "seq": opened + 1, "at": "2026-11-22T03:19:00+08:00", "day": "2026-11-21", "by": "staff-3", "form": "order",
        "v": 2, "rec": opened, "step": "dispatch", "state": "dispatched",
        "due": {"pickup": "2026-11-22T03:29:00+08:00"},
        "body": sha(body),
    }  # fmt: skip
    assert private is None
    assert json.loads(body)["data"] == {"charge": "free", "provider": "provider-21"}
    first = json.loads(desk.row(opened)[0])
    assert (first["no"], first["rec"], first["state"]) == (number, opened, "registered")


def test_private_line(desk: Desk) -> None:
    """Personal fields and free notes stand on the erasable line alone, each line with 16 random bytes of its own."""
    number = desk.order(caller="曾女士", phone="138-0013-1234", content="厨房漏水")
    head, body, private, _ = desk.row(desk.head[0])
    assert private is not None
    for secret in ("曾女士", "13800131234", "厨房漏水"):
        assert secret in private
        assert secret not in head + body
    assert set(json.loads(private)["data"]) == {"content", "caller", "phone"}
    assert json.loads(body)["data"]["room"] == "3-2-1502"
    desk.order(caller="曾女士", phone="138-0013-1234", content="厨房漏水")
    salts = [json.loads(line)["salt"] for _, _, b, p, _ in rows(desk) for line in (b, p) if line]
    assert len(set(salts)) == len(salts)
    assert all(re.fullmatch("[0-9a-f]{32}", salt) for salt in salts)
    desk.step(number, "correct", phone="-", reason="打错了,是别人的")
    _, body, private, _ = desk.row(desk.head[0])
    assert json.loads(body)["data"] == {}
    assert json.loads(private or "")["data"] == {"phone": None, "reason": "打错了,是别人的"}


def test_no_line_names_anybody(desk: Desk) -> None:
    """Heads, which are kept for ever and read by all, hold numbers and codes, no Chinese and no phone."""
    desk.order(caller="曾女士", phone="13800131234")
    desk.step(desk.done(), "sign", signed_by="self")
    for _, head, *_ in rows(desk):
        assert head.isascii()
        assert "13800131234" not in head


@pytest.mark.parametrize("text", [*WORDS, "a" * 5000, "\"}],{'", "行一\n行二\n", "e\u0301", "\u2028x", "🀄️王"])
def test_kept_byte_for_byte(desk: Desk, text: str) -> None:
    """A line is kept exactly as it was hashed; what was typed comes back as it was cleaned."""
    from deskapp.text import clean

    number = desk.order(content=text)
    private = desk.row(desk.head[0])[2]
    raw = sqlite3.connect(desk.book.path)
    kept = raw.execute("SELECT CAST(private AS BLOB) FROM journal WHERE seq = ?", (desk.head[0],)).fetchone()[0]
    raw.close()
    assert kept.decode() == private
    assert desk[number].fields["content"] == clean(text, lines=True)
    assert check(desk.book, full=True).problems == ()


def test_form_in_ink(desk: Desk) -> None:
    """A form's exact text is an entry, written once, just before the first record on it."""
    adopted = [json.loads(body)["data"] for _, head, body, *_ in rows(desk) if '"step":"adopt"' in head]
    texts = {one["form"]: one["text"] for one in adopted}
    assert "order" not in texts
    desk.order()
    desk.order()
    steps = [(h["form"], h["step"]) for h in (json.loads(head) for _, head, *_ in rows(desk)[-3:])]
    assert steps == [("form", "adopt"), ("order", "register"), ("order", "register")]
    data = json.loads(rows(desk)[-3][2])["data"]
    assert data == {"form": "order", "version": 2, "text": support.forms()["order"].text}
    assert all(texts[name] == support.forms()[name].text for name in texts)


# ---------------------------------------------------------------- append only


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE journal SET head = replace(head, 'a', 'b')",
        "UPDATE journal SET body = 'x' WHERE seq = 5",
        "UPDATE journal SET private = 'x' WHERE seq = 5",
        "UPDATE journal SET private = NULL WHERE private IS NOT NULL",
        "UPDATE journal SET hash = ''",
        "UPDATE journal SET seq = seq + 1000",
        "UPDATE journal SET id = id + 100000",
        "UPDATE OR REPLACE journal SET seq = 4 WHERE seq = 5",
        "DELETE FROM journal",
        "DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)",
        "INSERT OR REPLACE INTO journal SELECT id, journal, seq, rec, 'x', body, private, hash {AT_5}",
        "INSERT OR REPLACE INTO journal SELECT NULL, journal, seq, rec, 'x', body, private, hash {AT_5}",
        "REPLACE INTO journal SELECT id, 9, 9, rec, 'x', body, private, hash {AT_5}",
        "INSERT OR IGNORE INTO journal SELECT id, journal, seq, rec, 'x', body, private, hash {AT_5}",
        "INSERT INTO journal SELECT * FROM journal WHERE seq = 5 ON CONFLICT DO UPDATE SET head = 'x'",
    ],
)
@pytest.mark.parametrize("recursive", [0, 1])
def test_append_only(desk: Desk, sql: str, recursive: int) -> None:
    """No statement changes, replaces or removes an entry, with or without recursive triggers (P6)."""
    desk.book.close()
    conn = sqlite3.connect(desk.book.path)
    conn.execute(f"PRAGMA recursive_triggers = {recursive}")
    before = conn.execute("SELECT * FROM journal").fetchall()
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        conn.execute(sql.format(AT_5="FROM journal WHERE seq = 5"))
    assert conn.execute("SELECT * FROM journal").fetchall() == before
    conn.close()


def test_only_a_named_private_line_goes(desk: Desk) -> None:
    """Once an erasure names an entry its private line, and nothing else of it, can be emptied."""
    desk.order(caller="曾女士")
    seq = desk.head[0]
    with desk.book.writing() as conn:
        conn.execute("INSERT INTO erased VALUES (?, ?)", (desk.book.journal, seq))
        with pytest.raises(sqlite3.IntegrityError):
            conn.execute("UPDATE journal SET private = NULL, body = '{}' WHERE seq = ?", (seq,))
        with pytest.raises(sqlite3.IntegrityError):
            conn.execute("UPDATE journal SET private = '{}' WHERE seq = ?", (seq,))
        conn.execute("UPDATE journal SET private = NULL WHERE seq = ?", (seq,))
    assert check(desk.book).problems == ()


@pytest.mark.parametrize("name", sorted(schema.TRIGGERS))
@pytest.mark.parametrize("how", ["drop", "weaken"])
def test_guard_taken_away(desk: Desk, name: str, how: str) -> None:
    """A book whose guards are not exactly ours is not opened (P6)."""
    desk.book.close()
    conn = sqlite3.connect(desk.book.path)
    conn.execute(f"DROP TRIGGER {name}")
    if how == "weaken":
        conn.execute(f"CREATE TRIGGER {name} BEFORE DELETE ON records BEGIN SELECT 1; END")
    conn.commit()
    conn.close()
    with pytest.raises(Damaged, match=name):
        desk.reopen()


TAMPERED = [
    ("head", 'replace(head, \'"by":"staff-3"\', \'"by":"staff-1"\')', "head line"),
    ("body", "replace(body, '3-2-1502', '3-2-1503')", "body line"),
    ("private", "replace(private, '曾女士', '单女士')", "private line was changed"),
    ("private", "NULL", "private line is missing"),
    ("hash", "iif(hash LIKE '0%', '1', '0') || substr(hash, 2)", "head line"),
    ("rec", "rec - 1", "does not agree"),
]


@pytest.mark.parametrize(("column", "to", "says"), TAMPERED)
def test_tampering_is_found(desk: Desk, column: str, to: str, says: str) -> None:
    """Whoever takes the guards away and changes an entry is found at its seq (P8)."""
    desk.order(caller="曾女士")
    seq = desk.head[0]
    desk.order()
    desk.book.close()
    conn = sqlite3.connect(desk.book.path)
    conn.execute("DROP TRIGGER journal_ink")
    conn.execute(f"UPDATE journal SET {column} = {to} WHERE seq = ?", (seq,))
    conn.execute(schema.TRIGGERS["journal_ink"])
    conn.commit()
    conn.close()
    problems = check(desk.reopen().book).problems
    assert len(problems) == 1
    assert f"entry {seq}: " in str(problems[0])
    assert says in str(problems[0])


def test_missing_entry_is_found(desk: Desk) -> None:
    """An entry cut out of the middle is missed at its seq."""
    desk.order()
    seq = desk.head[0]
    desk.order()
    desk.book.close()
    conn = sqlite3.connect(desk.book.path)
    conn.execute("DROP TRIGGER journal_keep")
    conn.execute("DELETE FROM journal WHERE seq = ?", (seq,))
    conn.execute(schema.TRIGGERS["journal_keep"])
    conn.commit()
    conn.close()
    problems = check(desk.reopen().book).problems
    assert [f"entry {seq}: missing" in str(p) for p in problems] == [True]


# ---------------------------------------------------------------- numbers


def test_numbers(desk: Desk) -> None:
    """The calendar day, then a serial that starts anew each day; padded, and growing past its width."""
    assert [desk.order() for _ in range(3)] == ["WT20261122-001", "WT20261122-002", "WT20261122-003"]
    desk.clock.pass_(days=1)
    assert desk.order() == "WT20261123-001"
    assert desk.add("customer", room="3-2-1502", name="单先生", role="owner") == "customer-00002"
    with desk.book.writing() as conn:
        conn.execute("UPDATE numbers SET n = 999 WHERE series = 'WT20261123-'")
    assert desk.order() == "WT20261123-1000"


def test_numbers_are_never_used_again(desk: Desk) -> None:
    """A number that was voided or taken back stays used."""
    first = desk.order()
    desk.step(first, "void", reason="重复")
    second = desk.order()
    desk.step(second, "undo")
    assert desk[second].state == "void"
    assert desk.order() == "WT20261122-003"
    desk.add("room", BOSS, code="WT20261122-009")
    assert desk.order() == "WT20261122-010"
    assert (
        len({n for (n,) in desk.book.read.execute("SELECT number FROM records")})
        == desk.book.read.execute("SELECT count(*) FROM records").fetchone()[0]
    )


def test_own_codes(desk: Desk) -> None:
    """A record that brings its own code is registered once, also after it was voided."""
    assert desk.add("room", code="9-1") == "9-1"
    for _ in range(2):
        with pytest.raises(DeskError, match="already a 9-1"):
            desk.add("room", code="9-1")
        if desk["9-1"].state != "void":
            desk.step("9-1", "void", reason="错")
    with pytest.raises(DeskError):
        desk.step("3-2-1502", "correct", code="3-2-1500", reason="错")


@pytest.mark.parametrize(("code", "number"), [("３－２", "3-2"), ("Ｂ１", "B1"), ("A座-2", "A座-2"), ("3.2", "3.2")])
def test_codes_as_they_will_be_typed(desk: Desk, code: str, number: str) -> None:
    """A code is kept in plain digits, so that whoever types it finds it."""
    assert desk.add("room", code=code) == number
    assert desk[desk.order(room=code)].fields["room"] == number
    assert desk[desk.order(room=number)].fields["room"] == number


@pytest.mark.parametrize("code", ["3 2", "3\t2", "3\u30002", "x" * 21, ""])
def test_codes_that_nobody_could_type(desk: Desk, code: str) -> None:
    """A code with blanks is refused: fields that name records take none."""
    refused(desk, DeskError, Request("register", {"code": code, "kind": "home"}, "room"))


# ---------------------------------------------------------------- write


def refused(desk: Desk, error: type[DeskError], *requests: Request, by: support.Session = LI) -> None:
    before, text = desk.head, desk.book.read.execute("SELECT group_concat(text) FROM records").fetchone()
    with pytest.raises(error):
        desk.write(by, *requests)
    assert desk.head == before
    assert desk.book.read.execute("SELECT group_concat(text) FROM records").fetchone() == text


def test_write_is_all_or_nothing(desk: Desk) -> None:
    """The last of several requests refused: none is written, nor is a form adopted."""
    number = desk.order()
    good = Request("register", {"room": "3-2-1502", "item": "13", "content": "x"}, "order")
    line = Request("register", {"room": "3-2-1502", "item": "13", "handling": "order"}, "diary")
    refused(desk, DeskError, line, good, Request("arrive", {"told": "1"}, None, number))
    assert "diary" not in {f for (f,) in desk.book.read.execute("SELECT form FROM forms")}
    assert desk.order() == "WT20261122-002"


def test_roles_are_the_book_s(desk: Desk) -> None:
    """What a person may do is what the book says now, whatever the session claims."""
    forged = support.Session("staff-4", "钱芳", frozenset(support.ROLES))
    refused(
        desk, NotAllowed, Request("register", {"room": "3-2-1502", "item": "13", "content": "x"}, "order"), by=forged
    )
    number = desk.order()
    refused(desk, NotAllowed, Request("void", {"reason": "x"}, None, number), by=CASHIER)
    desk.step("staff-4", "correct", BOSS, reception="1", reason="兼前台")
    desk.step(number, "void", CASHIER, reason="重复")
    desk.step("staff-4", "leave", BOSS, reason="辞职")
    refused(desk, DeskError, Request("register", {"code": "77"}, "room"), by=CASHIER)
    refused(
        desk, DeskError, Request("register", {"code": "77"}, "room"), by=support.Session("staff-99", "", forged.roles)
    )


def test_undo_has_its_roles(desk: Desk) -> None:
    """A form that says who may take back is obeyed."""
    text = (
        support.forms()["order"].text.replace("version = 2", "version = 3", 1) + '\n[steps.undo]\nwho = ["manager"]\n'
    )
    desk.book.forms["order"] = parse_form(text, "order.toml")
    number = desk.order()
    refused(desk, NotAllowed, Request("undo", {}, None, number))
    other = desk.add("order", BOSS, room="3-2-1502", item="13", content="x")
    desk.step(other, "undo", BOSS)


def test_everybody_takes_back_his_own(desk: Desk) -> None:
    """Unless the form says otherwise, whoever recorded a step takes it back, also a cashier who registers nothing."""
    number = desk.order()
    desk.step(number, "pay", CASHIER, pay_how="desk", received="80", cash="till")
    refused(desk, DeskError, Request("undo", {}, None, number))
    desk.step(number, "undo", CASHIER)
    assert desk[number].marks == set()


def test_unknown_things(desk: Desk) -> None:
    """No form, no step, no record, no field: refused by name."""
    number = desk.order()
    refused(desk, DeskError, Request("register", {}, "nosuch"))
    refused(desk, DeskError, Request("register", {}))
    refused(desk, DeskError, Request("fly", {}, None, number))
    refused(desk, DeskError, Request("void", {"reason": "x"}))
    refused(desk, DeskError, Request("void", {"reason": "x"}, None, "WT1"))
    refused(desk, DeskError, Request("reply", {"said": "x", "nosuch": 1}, None, number))
    refused(desk, WrongState, Request("arrive", {"told": "1"}, None, number))


def test_reveal_is_written(desk: Desk) -> None:
    """Showing a number is an entry with its reason, and leaves the record as it is; a void one's too."""
    number = desk.order(phone="13800131234")
    before = desk[number]
    desk.step(number, "reveal", revealed="phone", reason="回电")
    assert desk[number] == before
    desk.step(number, "void", reason="重复")
    desk.step(number, "reveal", revealed="phone", reason="查")
    refused(desk, DeskError, Request("reveal", {}, None, number))
    assert check(desk.book, full=True).problems == ()


def test_load(desk: Desk) -> None:
    """Many records at once: all of them, or the bad rows by number and none of them."""
    rows_ = [{"code": f"7-{n}", "kind": "home"} for n in range(50)]
    assert journal.load(desk.book, BOSS, "room", rows_) == [f"7-{n}" for n in range(50)]
    before = desk.head
    bad = [{"code": "8-1"}, {"code": "7-3"}, {"code": "8-2", "kind": "castle"}, {"code": "8-1"}, {"nosuch": 1}]
    with pytest.raises(BadRows) as caught:
        journal.load(desk.book, BOSS, "room", bad)
    assert [n for n, _ in caught.value.rows] == [2, 3, 4, 5]
    assert desk.head == before
    told: list[int] = []
    journal.load(desk.book, BOSS, "room", [{"code": "8-1"}], told.append)
    assert told == [1]


def test_loaded_records_are_strangers(desk: Desk) -> None:
    """Only an act links a record to the one registered a moment before; rows of a table are apart."""
    rows_ = [{"room": "3-2-1502", "item": "13", "content": f"第{n}件"} for n in range(3)]
    for number in journal.load(desk.book, BOSS, "order", rows_):
        assert "source" not in desk[number].fields
    pair = [Request("register", row, "order") for row in rows_[:2]]
    for entry in desk.write(BOSS, *pair, act=False):
        assert "source" not in entry.data


def test_when_and_for(desk: Desk) -> None:
    """When it happened stands beside when it was typed, and for whom beside by whom."""
    number = desk.order()
    desk.clock.pass_(minutes=20)
    entry = desk.step(number, "dispatch", provider="21", charge="free", when="-15", **{"for": "21"})
    assert (entry.at, entry.when, entry.moment) == (
        "2026-11-22T03:35:00+08:00", "2026-11-22T03:20:00+08:00", "2026-11-22T03:20:00+08:00",
    )  # fmt: skip
    assert (entry.by, entry.for_) == ("staff-3", "provider-21")


def test_clock_set_back(desk: Desk) -> None:
    """Order is by seq, never by the clock: a PC whose clock jumps back goes on working (P14)."""
    number = desk.dispatched()
    desk.step(number, "receive_slip", slip="face")
    desk.clock.now = NOW - timedelta(days=400)
    desk.step(number, "arrive", told="radio")
    other = desk.order()
    assert other == "WT20251018-001"
    desk.clock.now = NOW
    assert [e.step for e in ink.of_record(desk.book.read, desk.book.journal, desk[number].rec)] == [
        "register", "dispatch", "receive_slip", "arrive",
    ]  # fmt: skip
    assert check(desk.book, full=True).problems == ()


def test_opened_before_written(desk: Desk) -> None:
    """A record told later opens when it happened; its later steps may lie between."""
    number = desk.order(when="0200")
    assert desk[number].opened == NOW.replace(hour=2, minute=0)
    desk.step(number, "reply", said="x", when="0230")
    with pytest.raises(DeskError, match="was opened"):
        desk.step(number, "reply", said="x", when="0159")


# ---------------------------------------------------------------- form versions


def with_order(desk: Desk, change: str, to: str) -> Desk:
    folder = desk.home / "forms"
    folder.mkdir(exist_ok=True)
    text = support.forms()["order"].text
    assert change in text
    (folder / "order.toml").write_text(text.replace(change, to, 1), "utf-8")
    return desk.reopen()


def test_changed_form_without_a_new_version(desk: Desk) -> None:
    """The same version with another text: the text in ink is used, and the file is complained about."""
    desk.order()
    with_order(desk, "Entrust order", "Entrusted order")
    assert [str(c) for c in desk.book.complaints] == ["order.toml: version 2 was already used with another text"]
    assert desk.book.form("order").title.en == "Entrust order"
    desk.order()


def test_new_version_of_a_form(desk: Desk) -> None:
    """A record keeps the version it was opened on until it ends; new ones are on the new one."""
    old = desk.order()
    with_order(desk, "version = 2", "version = 3")
    assert desk.book.complaints == []
    new = desk.order()
    assert (desk[old].v, desk[new].v) == (2, 3)
    desk.step(old, "dispatch", provider="21", charge="free")
    assert [v for (v,) in desk.book.read.execute("SELECT v FROM forms WHERE form = 'order' ORDER BY v")] == [2, 3]
    assert check(desk.book, full=True).problems == ()


def test_a_field_never_changes_type(desk: Desk) -> None:
    """A new version in which a field's name means another type is complained about and not used."""
    desk.order()
    folder = desk.home / "forms"
    folder.mkdir()
    text = support.forms()["order"].text.replace("version = 2", "version = 3", 1)
    changed = text.replace('[fields.opinion]\ntype  = "note"', '[fields.opinion]\ntype  = "person"', 1)
    assert changed != text
    (folder / "order.toml").write_text(changed, "utf-8")
    desk.reopen()
    assert ["opinion" in str(c) for c in desk.book.complaints] == [True]
    assert desk[desk.order()].v == 2


def test_a_broken_form_is_told_when_wanted(desk: Desk) -> None:
    """A wrong file of the office's own stops nothing else; asked for, it is told what is wrong with it."""
    folder = desk.home / "forms"
    folder.mkdir()
    (folder / "pets.toml").write_text('form = "pets"\nsize = 3\n', "utf-8")
    desk.reopen()
    desk.order()
    assert [c.values["file"] for c in desk.book.complaints] == ["pets.toml"]
    with pytest.raises(DeskError, match=r"pets\.toml: size"):
        desk.add("pets")
    with pytest.raises(DeskError, match="no form cats"):
        desk.add("cats")
