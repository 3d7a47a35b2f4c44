"""Find is a full scan that is fast: the same records, for any words."""

from __future__ import annotations

import functools
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from deskapp.book import journal, pinyin, search, view
from deskapp.book.search import Name, Number, Query, Room, Tail, Text, find
from deskapp.book.view import Record
from deskapp.desk.find import ask
from deskapp.i18n import use
from deskapp.text import fold
from tests.support import BOSS, NOW, Desk, opened

TODAY = NOW.date()
SURNAMES = "曾单仇解查区翟王李张刘陈赵钱孙周吴郑冯沈韩杨朱秦许何吕施"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英子涵一诺宇轩"
THINGS = ["水管", "马桶", "空调", "门锁", "电梯", "灯", "钥匙", "快递", "下水道", "窗户", "对讲", "电动车", "充电桩"]
HAPPENED = [
    "漏水",
    "坏了",
    "不亮",
    "打不开",
    "堵了",
    "有异响",
    "丢了",
    "被刮 (左侧)",
    "冒烟!",
    "a/c 不制冷",
    "No.7 loose",
]
ODD = [
    "王[/]五",
    "[b]急[/b]",
    "100%",
    "a_b",
    "\\",
    '"quoted"',
    "𠮷𠮷田",
    "﨑",
    "Straße",
    "ＡＢＣ",
    "e\u0301t\u00e9",
    "ΑΣ",
    "(1+1)*2",
    "--",
    "'; DROP",
]


class World:
    """A few thousand records, and everything ever said in each."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.rng = desk, random.Random(11)
        rng = self.rng
        rooms = [f"{b}-{u}-{f:02}0{n}" for b in (1, 2, 3, 13, 31) for u in (1, 2) for f in range(1, 9) for n in (1, 2)]
        journal.load(desk.book, BOSS, "room", [{"code": code} for code in rooms])
        self.names = [rng.choice(SURNAMES) + "".join(rng.choices(GIVEN, k=rng.choice((1, 2)))) for _ in range(250)]
        self.names += ["Smith John", "欧阳娜娜", "曾女士", "单先生", "区老师", "O'Brien", "陈 1"]
        people = [{"room": rng.choice(rooms), "name": name, "phone": self.phone(), "role": "1"} for name in self.names]
        journal.load(desk.book, BOSS, "customer", people)
        journal.load(desk.book, BOSS, "order", [
            {"room": rng.choice(rooms), "item": rng.choice(("11", "13", "12", "90")), "content": self.content(),
             "caller": rng.choice(self.names), "phone": self.phone()} for _ in range(1100)
        ])  # fmt: skip
        desk.clock.pass_(days=1)
        mail = [{"room": rng.choice(rooms), "kind": "1", "waybill": self.waybill(), "recipient": rng.choice(self.names),
                 "condition": "1"} for _ in range(400)]  # fmt: skip
        journal.load(desk.book, BOSS, "mail", mail)
        numbers = [n for (n,) in desk.book.read.execute("SELECT number FROM records WHERE form = 'order'")]
        for number in rng.sample(numbers, 60):
            change = {
                "content": self.content(),
                "caller": rng.choice(self.names),
                "room": rng.choice(rooms),
                "phone": self.phone(),
            }
            desk.step(number, "correct", BOSS, reason="听错", **dict([rng.choice(list(change.items()))]))
        for number in rng.sample(numbers, 40):
            desk.step(number, "reply", BOSS, said=self.content())
        self.rooms = rooms
        self.records = sorted(self.all(), key=lambda one: -one.id)
        self.said = {one.id: self.everything(one) for one in self.records}

    def phone(self) -> str:
        return f"138{self.rng.randrange(10**8):08}"

    def waybill(self) -> str:
        return self.rng.choice(("SF", "YT", "")) + f"{self.rng.randrange(10**12):012}"

    def content(self) -> str:
        rng = self.rng
        return rng.choice(THINGS) + rng.choice(HAPPENED) + (rng.choice(ODD) if rng.random() < 0.2 else "")

    def all(self) -> Iterator[Record]:
        for form in ("order", "mail", "customer", "room", "item", "provider", "staff", "price", "phrase", "count"):
            yield from view.page(self.desk.book.read, form, limit=100_000)

    def everything(self, record: Record) -> dict[str, set[str]]:
        """By kind: the folded texts, the names, the tails ever said, the rooms and numbers it refers to now."""
        form = self.desk.book.adopted(self.desk.book.read, record.journal, record.form, record.v)
        found: dict[str, set[str]] = {"text": set(), "name": set(), "tail": set(), "link": set()}
        for entry in view.timeline(self.desk.book.read, record):
            for key, value in entry.data.items():
                field = form.fields.get(key)
                if field is None or value is None:
                    continue
                if field.type in ("text", "note", "person") and not field.tail:
                    found["text"].add(fold(str(value)))
                if field.type == "person":
                    found["name"].add(str(value))
                if field.type == "phone" or field.tail:
                    found["tail"].add(fold(str(value)))
                if (
                    field.type == "record"
                    and (other := view.lookup(self.desk.book.read, str(value)))
                    and other.form != "customer"
                ):
                    called = self.desk.book.forms[other.form].naming
                    found["text"].add(fold(str(other.fields.get(called or "", ""))))
        found["now"] = {fold(str(value)) for value in record.fields.values()}
        for key, value in record.fields.items():
            if form.fields[key].type in ("room", "record", "staff"):
                found["link"].add(str(value))
        return found

    @functools.cache  # noqa: B019 - one world a run
    def called(self, key: str) -> frozenset[str]:
        """The names that are found by these letters."""
        every = set().union(*(said["name"] for said in self.said.values()))
        return frozenset(name for name in every if any(one.startswith(key) for one in pinyin.keys(name)))

    @functools.cache  # noqa: B019
    def holding(self, reading: object) -> frozenset[int]:
        """The ids of the records that hold in this reading."""
        return frozenset(one.id for one in self.records if self.holds(one, self.said[one.id], reading))

    def holds(self, record: Record, said: dict[str, set[str]], reading: object) -> bool:
        match reading:
            case Text(word):
                return any(word in text for text in said["text"])
            case Name(key):
                return not said["name"].isdisjoint(self.called(key))
            case Tail(digits) if len(digits) > 4:  # the whole of it is looked for in what is true now
                return any(tail.endswith(digits) for tail in said["tail"] & said["now"])
            case Tail(digits):
                return any(tail.endswith(digits) for tail in said["tail"])
            case Room(number):
                places = [*said["link"], *([record.number] if record.form == "room" else [])]
                within = number if number.endswith("-") else f"{number}-"
                return any(place == number or place.startswith(within) for place in places)
            case Number(number, serial=True):
                return re.search(rf"-[A-Z]?{number}\Z", record.number) is not None
            case Number(number):
                return record.number.startswith(number) or number in said["link"]
        raise AssertionError(reading)

    def scan(self, query: Query) -> list[str]:
        """What a query finds, looked at record by record."""
        if not query.words and query.since is None:
            return []
        words = [frozenset[int]().union(*map(self.holding, word)) for word in query.words]
        return [
            one.number for one in self.records
            if all(one.id in word for word in words)
            and (query.since is None or query.since <= one.opened.date().isoformat())
            and (query.until is None or one.opened.date().isoformat() <= query.until)
            and (not query.forms or one.form in query.forms)
        ]  # fmt: skip

    def word(self) -> str:
        """A word that somebody may type, found often, seldom or never."""
        rng = self.rng
        text = rng.choice([*THINGS, *HAPPENED, *ODD, *self.names])
        cut = rng.randrange(len(text))
        name, room = rng.choice(self.names), rng.choice(self.rooms)
        tail = (
            self.phone()
            if rng.random() < 0.3
            else rng.choice(sorted(self.said[rng.choice(self.records).id]["tail"]) or ["0000"])
        )
        return rng.choice([
            text, text[cut : cut + rng.choice((1, 1, 2, 3))], rng.choice(THINGS) + rng.choice(HAPPENED)[:2],
            room, room[:2].replace("-", "") + "-", room[: room.rindex("-")], room.replace("-", "."), "zzzz", "水" * 3,
            tail[-4:], tail[-6:], tail, min(pinyin.keys(name), key=len), max(pinyin.keys(name), key=len),
            rng.choice(self.records).number, f"{rng.randrange(1000):03}", rng.choice("abzsc/[].*%_-'\"\\"),
        ]).strip() or "水"  # fmt: skip


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with opened() as desk:
        yield World(desk)


def numbers(world: World, query: Query, limit: int = 100_000) -> list[str]:
    return [one.number for one in find(world.desk.book.read, query, limit=limit)]


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """So few records are recent that the index is asked, too."""
    monkeypatch.setattr(search, "RECENT", 100)


@pytest.mark.usefixtures("few")
def test_equals_a_scan(world: World) -> None:
    """Three hundred queries of one to three words find what a scan of everything finds, newest first."""
    hits = 0
    for _ in range(300):
        typed = " ".join(world.word() for _ in range(world.rng.choice((1, 1, 1, 2, 2, 3))))
        query = ask(typed, TODAY)
        expected = world.scan(query)
        assert numbers(world, query) == expected, (typed, query)
        assert numbers(world, query, 7) == expected[:7], (typed, query)
        hits += bool(expected)
    assert hits > 100


@pytest.mark.parametrize("typed", [*ODD, "[/]", "[", "/", "水", "b", "𠮷", "é", "ß", "STRASSE", "abc", "%", "_", "ς"])
@pytest.mark.usefixtures("few")
def test_odd_words(world: World, typed: str) -> None:
    """One character, signs, letters of other scripts: taken for what they are, never as a pattern."""
    query = ask(typed, TODAY)
    expected = world.scan(query)
    assert numbers(world, query) == expected
    assert expected or typed == "ς" or fold(typed) not in fold(" ".join(ODD))


def test_paging(world: World) -> None:
    """Page after page by the last id visits every hit once."""
    for typed in ("水", "漏水", "3-", "z", "今天 漏", "坏了 空调", "138"):
        query = ask(typed, TODAY + timedelta(days=0))
        seen: list[str] = []
        before = None
        while page := find(world.desk.book.read, query, before=before, limit=17):
            seen += [one.number for one in page]
            before = page[-1].id
        assert seen == world.scan(query), typed
        assert len(set(seen)) == len(seen)


@pytest.mark.parametrize(
    ("letters", "name"),
    [
        ("zns", "曾女士"), ("zengnv", "曾女士"), ("zengnu", "曾女士"), ("zeng", "曾女士"),
        ("sxs", "单先生"), ("shanxians", "单先生"), ("qiu", "仇小姐"), ("qxj", "仇小姐"), ("xie", "解老师"),
        ("xls", "解老师"), ("zha", "查先生"), ("zxs", "查先生"), ("ou", "区女士"), ("ons", "区女士"),
        ("zhai", "翟先生"), ("oyn", "欧阳娜娜"), ("ouyang", "欧阳娜娜"), ("nana", "欧阳娜娜"), ("smith", "Smith"),
    ],
)  # fmt: skip
def test_names(letters: str, name: str) -> None:
    """A name is found by initials and pinyin, surnames as surnames are read (F10.4)."""
    with opened() as desk:
        number = desk.order(caller=name)
        assert [r.number for r in find(desk.book.read, ask(letters, TODAY)) if r.form == "order"] == [number]
        assert [r.number for r in find(desk.book.read, ask(letters.upper(), TODAY)) if r.form == "order"] == [number]


@pytest.mark.parametrize("typed", ["1234", "31234", "13800131234", "１２３４", "138-0013-1234", "+8613800131234"])
def test_phone_tails(typed: str) -> None:
    """A phone is found by its last four digits, or more of it, however it is written."""
    with opened() as desk:
        number = desk.order(phone="138 0013 1234")
        desk.order(phone="13800135678")
        assert [r.number for r in find(desk.book.read, ask(typed, TODAY)) if r.form == "order"] == [number]


@pytest.mark.parametrize("typed", ["7890", "SF1234567890", "sf1234567890", "67890", "ＳＦ1234567890"])
@pytest.mark.parametrize("waybill", ["SF1234567890", "sf1234567890"])
def test_waybills(typed: str, waybill: str) -> None:
    """A waybill is found by its tail and by the whole of it, large letters or small."""
    with opened() as desk:
        number = desk.add("mail", room="3-2-1502", kind="1", waybill=waybill, condition="1")
        assert [r.number for r in find(desk.book.read, ask(typed, TODAY))] == [number]


@pytest.mark.parametrize(
    ("typed", "there"),
    [("3-2-1502", True), ("3.2.1502", True), ("3-", True), ("3-2-", True), ("3-2", True), ("3-2-1503", False),
     ("3-2-150", False), ("12-", False), ("2-", False), ("３－２－１５０２", True), ("3。", True)],
)  # fmt: skip
def test_rooms(typed: str, there: bool) -> None:
    """A room, a building, a unit: `3-` does not find building 31, nor `2-` unit 2 of building 3."""
    with opened() as desk:
        number = desk.order(content="马桶")
        found = [r.number for r in find(desk.book.read, ask(typed, TODAY))]
        assert (number in found) == there


def test_words_each_in_its_own_meaning() -> None:
    """曾 3- 钥匙: a name, a building and a thing, all of which must hold (ux 3.10)."""
    with opened() as desk:
        wanted = desk.order(room="3-1-0803", caller="曾女士", content="丢了家门钥匙")
        desk.order(room="12-1-0101", caller="曾女士", content="丢了家门钥匙")
        desk.order(room="3-1-0803", caller="曾女士", content="门禁卡")
        desk.order(room="3-1-0803", caller="单先生", content="丢了家门钥匙")
        for typed in ("曾 3- 钥匙", "zns 3- 钥匙", "钥匙 zeng 3-1-0803", "曾　3。　钥匙", "zns 3-1- 钥匙 今天 家门"):
            assert [r.number for r in find(desk.book.read, ask(typed, TODAY))] == [wanted], typed


def test_many_latin_words() -> None:
    """Each of many words may be a name or a text, whatever the others are."""
    with opened() as desk:
        number = desk.order(content="ab cd ef gh ij kl mn op", caller="Smith")
        for typed in ("ab cd ef gh ij kl mn op", "op mn kl ij gh ef smith ab"):
            assert [r.number for r in find(desk.book.read, ask(typed, TODAY))] == [number]
        assert find(desk.book.read, ask("ab cd ef gh ij kl mn zz", TODAY)) == []


@pytest.mark.parametrize(
    ("typed", "since", "until"),
    [
        ("今天", "2026-11-22", "2026-11-22"),
        ("昨天", "2026-11-21", "2026-11-21"),
        ("本周", "2026-11-16", "2026-11-22"),
        ("上周", "2026-11-09", "2026-11-15"),
        ("本月", "2026-11-01", "2026-11-22"),
        ("上月", "2026-10-01", "2026-10-31"),
        ("10月", "2026-10-01", "2026-10-31"),
        ("12月", "2025-12-01", "2025-12-31"),
        ("2月", "2026-02-01", "2026-02-28"),
        ("20261103", "2026-11-03", "2026-11-03"),
        ("1023", "2026-10-23", "2026-10-23"),
        ("13月", None, None),
        ("20261303", None, None),
    ],
)
def test_time(typed: str, since: str | None, until: str | None) -> None:
    """Words of time in Chinese, and days; what is none is a text (ux 3.10)."""
    use("zh_CN")
    query = ask(typed, TODAY)
    if typed == "1023":  # a tail as well as a day: it must not hide the tail
        assert query.since is None
        assert Tail("1023") in query.words[0]
        return
    assert (query.since, query.until) == (since, until)
    assert bool(query.words) == (since is None)


def test_time_limits() -> None:
    """From the first day to the last, both whole."""
    with opened() as desk:
        today = desk.order()
        yesterday = desk.order(when="2026-11-21 23:59")
        desk.clock.now = NOW.replace(hour=23, minute=59)
        tonight = desk.order()
        found = {
            typed: [r.number for r in find(desk.book.read, ask(f"{typed} 马桶", date(2026, 11, 22)))]
            for typed in ("今天", "昨天")
        }
        assert found == {"今天": [tonight, today], "昨天": [yesterday]}


def test_nothing_said() -> None:
    """No words, no records: the whole book is not an answer."""
    with opened() as desk:
        for typed in ("", "   ", "\u3000", "\u200b"):
            assert find(desk.book.read, ask(typed, TODAY)) == []
        assert find(desk.book.read, replace(ask("马桶", TODAY), forms=("mail",))) == []


def test_what_was_corrected_still_finds() -> None:
    """A name or word that was corrected away still finds the record; a wrong room does not (design: correct)."""
    with opened() as desk:
        number = desk.order(caller="曾女士", content="钥匙", phone="13800131234")
        desk.step(number, "correct", caller="单先生", content="门锁", phone="13900135678", room="5-302", reason="错")
        for typed, there in (("曾女士", 1), ("zns", 1), ("单先生", 1), ("sxs", 1), ("钥匙", 1), ("门锁", 1),
                             ("1234", 1), ("5678", 1), ("5-302", 1), ("3-2-1502", 0)):  # fmt: skip
            found = [r.number for r in find(desk.book.read, ask(typed, TODAY))]
            assert (number in found) == bool(there), typed
