"""Names are found by the letters a clerk would type, whatever they are spelled with."""

from __future__ import annotations

import gc
import importlib.util
import random
import string
import subprocess
import sys
from types import FrameType, ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import Style, pinyin

from deskapp.book.pinyin import KEY_LENGTH, _readings, _table, keys
from deskapp.resources import data_path, load_toml

SURNAMES = load_toml("pinyin", "surnames.toml")
COMMON = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾"
    "丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白"
)
GIVEN = (
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂华建国志文玉红海燕春梅晓小云飞鹏宇轩子涵浩"
    "然欣怡诗雨嘉俊佳琪思梦雅婷慧雪琳丹萍鑫波斌辉健峰龙凯翔宁睿泽博绿女乐行重"
)


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", data_path("pinyin", "generate.py"))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_table_is_what_the_generator_makes() -> None:
    made = generator()
    assert made.table(made.covered()) == _table()


def test_the_table_agrees_with_pypinyin_for_every_character() -> None:
    characters = [char for char in _table() if not char.isascii()]
    assert len(characters) == len(set(characters)) > 8_105
    wrong = []
    for char in characters:
        theirs = pinyin(char, style=Style.NORMAL, heteronym=True)[0]
        if list(_readings(char)) != [reading.replace("ê", "e") for reading in theirs]:
            wrong.append(char)
    assert wrong == []
    assert {char for char in _table() if char.isascii()} <= set(string.ascii_lowercase + " \n")


def test_the_table_holds_what_names_need() -> None:
    needed = "".join(SURNAMES["compound"] + SURNAMES["titles"]) + "镕堃喆昇玥䶮㛃陳劉張"
    assert [char for char in needed if not _readings(char)] == []


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("张三", "zhangsan san zs s"),
        ("曾女士", "zengnvshi zengnushi cengnvshi nvshi shi zns cns ns s"),
        ("吕绿", "lvlv lulu ll"),
        ("单于丹", "chanyudan danyudan cyd"),
        ("尉迟恭", "yuchigong weichigong ycg chigong"),
        ("万俟卨", "moqi mq"),
        ("A座 张三", "azuozhangsan azzs zhangsan"),
        ("José 王", "josewang wang josew"),
        ("12号楼", "12haolou 12hl haolou"),
        ("阿依古丽·买买提", "ayigulimaimaiti ayglmmt maimaiti mmt"),
        ("𠮷[/]野", "ye y"),
    ],
)
def test_keys(name: str, typed: str) -> None:
    assert set(typed.split()) <= keys(name)


@pytest.mark.parametrize(("name", "said"), SURNAMES["readings"].items())
def test_a_surname_is_found_as_it_is_said_and_as_it_is_written(name: str, said: str) -> None:
    found = keys(name + "伟")
    choices = [part.split("/") for part in said.split()]
    assert {"".join(part[0] for part in choices) + "wei", "".join(part[-1] for part in choices) + "wei"} <= found
    assert "".join(_readings(char)[0].replace("v", "u") for char in name) + "wei" in found


def test_three_hundred_names_are_found_as_pypinyin_spells_them() -> None:
    chance = random.Random(20261122)
    names = [chance.choice(COMMON) + "".join(chance.choices(GIVEN, k=chance.choice((1, 2)))) for _ in range(300)]
    for name in names:
        for heteronym in (False, True):
            ways = pinyin(name, style=Style.NORMAL, heteronym=heteronym)
            spelled = "".join(way[0] for way in ways)
            found = keys(name)
            assert {spelled, spelled.replace("v", "u"), "".join(way[0][0] for way in ways), name} <= found
    sizes = [len(keys(name)) for name in names]
    assert sum(sizes) / len(sizes) < 12


@given(st.text(st.one_of(st.characters(), st.sampled_from("张曾行单于乐a1 ["))))
def test_any_name_has_short_ascii_keys_and_itself(name: str) -> None:
    found = keys(name)
    assert all(0 < len(key) <= KEY_LENGTH for key in found)
    assert len({key for key in found if not set(key) <= set(string.ascii_lowercase + string.digits)}) <= 1


@pytest.mark.parametrize("piece", ["行", "a", "\u0301", "[/]𠮷 ", "曾", "\ufdfa", " "])
def test_endless_names_cost_no_more_than_long_ones(piece: str) -> None:
    keys(piece * 1_000)  # what is looked up once is in memory now
    assert calls(piece * 40_000) == calls(piece * 1_000)
    assert len(keys(piece * 40_000)) <= 2 * 16 * 32 + 1


def calls(name: str) -> int:
    """How many calls finding the keys of a name takes."""
    count = 0

    def seen(_frame: FrameType, _event: str, _arg: object) -> None:
        nonlocal count
        count += 1

    gc.disable()  # its callbacks are no calls of ours
    sys.setprofile(seen)
    try:
        keys(name)
    finally:
        sys.setprofile(None)
        gc.enable()
    return count


def test_the_table_needs_no_library() -> None:
    code = "import sys, deskapp.book.pinyin as p; p.keys('\\u66fe'); print('pypinyin' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"
