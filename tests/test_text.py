"""What comes in is clean, what goes out is inert, and every column keeps its width."""

from __future__ import annotations

import re
import subprocess
import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from deskapp.text import _UNSAFE, cells, clean, fit, fold, mask_id, mask_name, mask_phone, show, steady

CHARACTERS = [chr(code) for code in range(sys.maxunicode + 1)]
FILLERS = "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2065\u3164\uffa0"

hostile = st.text(
    st.one_of(
        st.characters(),
        st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Zp", "Zs"]),
        st.sampled_from("\x1b\x9b\u202e\u200b\ufeff\u0301\u1161\ufe0f\U0001f468\r\n\t[]/ 张𠮷王"),
    )
)


def unsafe(char: str) -> bool:
    """What a terminal obeys or nobody can see, said by Unicode's own tables."""
    code = ord(char)
    return (
        unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")
        or code & 0xFFFE == 0xFFFE
        or 0xFDD0 <= code <= 0xFDEF
        or 0xFE00 <= code <= 0xFE0F
        or 0xFFF0 <= code <= 0xFFF8
        or 0xE0000 <= code <= 0xE0FFF
        or char in FILLERS
    )


@pytest.mark.slow
def test_the_dangerous_characters_are_unicodes() -> None:
    found = set(_UNSAFE.findall("".join(CHARACTERS)))
    assert {char for char in CHARACTERS if unsafe(char)} - found == {"\n"}
    assert not [char for char in found if not unsafe(char) and unicodedata.category(char) != "Cn"]


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("  张三\u3000", "张三"),
        ("e\u0301 e\u200b\u0301", "\u00e9 \u00e9"),
        ("王\x1b[31m五\x00\x9b", "王[31m五"),
        ("\u202e三张\u2066\ufeff", "三张"),
        ("一\r\n\r\n 二\t三\u2028四\r五", "一 二 三 四 五"),
        ("\ud800𠮷\uffff\U0010ffff", "𠮷"),
        ("葛\U000e0100❤\ufe0f", "葛❤"),
        ("[/]王[b]", "[/]王[b]"),
        ("\n \t", ""),
    ],
)
def test_clean(raw: str, kept: str) -> None:
    assert clean(raw) == kept


def test_clean_keeps_lines_when_asked() -> None:
    assert clean("\r\n一\r\n\n二\r三\x0b四\u2029五\n", lines=True) == "一\n\n二\n三\n四\n五"


@given(hostile, st.booleans())
@example("a\n\u0301", True)
@example("e\x00\u0301", False)
def test_clean_is_done_once(raw: str, lines: bool) -> None:
    text = clean(raw, lines=lines)
    assert clean(text, lines=lines) == text == text.strip() == unicodedata.normalize("NFC", text)
    assert not any(unsafe(char) and not (lines and char == "\n") for char in text)
    text.encode()


@given(hostile, st.booleans())
def test_what_is_shown_is_inert(text: str, lines: bool) -> None:
    shown = show(text, lines=lines)
    assert show(shown, lines=lines) == shown
    assert not any(unsafe(char) and not (lines and char == "\n") for char in shown)
    if not lines:
        assert len(shown.splitlines()) <= 1
    shown.encode()


@given(hostile)
def test_cleaned_text_is_shown_as_it_is(raw: str) -> None:
    assert show(clean(raw)) == clean(raw)
    assert show(clean(raw, lines=True), lines=True) == clean(raw, lines=True)


def test_show_spells_out_what_it_removes() -> None:
    assert show("王\x1b]0;x\x07\u202e五\n六\ud800\U000e0041") == "王<001B>]0;x<0007><202E>五 六<D800><E0041>"
    assert show("一\r\n二\x85三", lines=True) == "一\n二\n三"


@given(hostile, st.integers(0, 40), st.booleans())
@example("张三", 3, False)
@example("\u0301\u0301", 0, True)
def test_fit_is_exact(text: str, width: int, right: bool) -> None:
    fitted = fit(text, width, right=right)
    assert cells(fitted) == width
    assert fitted.strip(" ") in show(text)


def test_fit_splits_no_character_and_keeps_its_marks() -> None:
    assert fit("张三丰", 5) == "张三 "
    assert fit("12", 4, right=True) == "  12"
    assert fit("e\u0301x", 1) == "e\u0301"
    assert fit("王\x1b[", 20) == "王<001B>[" + " " * 11


# The width of these has changed with the versions of Unicode, or depends on what stands beside them.
UNSETTLED = re.compile(
    "[\u2630-\u2637\u268a-\u268f\u302e\u302f\u4dc0-\u4dff\U00016ff0\U00016ff1\U0001d300-\U0001d376\U0001f3fb-\U0001f3ff]"
)


@pytest.mark.slow
def test_widths_agree_with_rich_for_every_character() -> None:
    known = (c for c in CHARACTERS if unicodedata.category(c) != "Cn" and not unsafe(c) and not UNSETTLED.match(c))
    unsure = (char for char in known if unicodedata.east_asian_width(char) != "A" or cells(char) != 2)
    assert [hex(ord(char)) for char in unsure if cells(char) != cell_len(char)] == []


def test_widths_of_characters_newer_than_python() -> None:
    newer = [chr(code) for code in (*range(0x30000, 0x3134A), *range(0x31350, 0x323AF), 0x2EBF0)]
    assert {cells(char) for char in newer} == {2} == {cell_len(char) for char in newer}


@given(st.text(st.sampled_from("ab1 张三𠮷，。ëe\u0301ａｱ한가\u3000")))
def test_widths_agree_with_rich_in_words(text: str) -> None:
    assert cells(text) == cell_len(text)
    assert cell_len(fit(text, 7)) == 7


def test_after_what_is_unsure_the_place_is_said() -> None:
    assert steady("张三 abc𠮷", 3) == "张三 abc𠮷"
    assert steady("水\u201ca", 3) == "水  \r\x1b[5C\u201c\r\x1b[7Ca"
    assert steady("e\u0323") == " \re\u0323\r\x1b[1C"


@given(hostile)
def test_steady_changes_no_word(text: str) -> None:
    written = re.sub("\r(\x1b\\[[0-9]+C)?", "", steady(show(text)))
    assert written.replace(" ", "") == show(text).replace(" ", "")


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("３－２－１５０２", "3-2-1502"),
        ("3。2。1502", "3.2.1502"),
        ("3、2——1502", "3/2-1502"),
        ("×", "*"),
        ("ＺＳ Zs", "zs zs"),
        ("張Ⅲ①㈱", "張iii1(株)"),
        ("İß", "i\u0307ss"),
    ],
)
def test_fold(typed: str, folded: str) -> None:
    assert fold(typed) == folded


@given(st.text())
def test_fold_twice_is_fold(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三", "张*"),
        ("张三丰", "张*"),
        ("曾", "曾*"),
        ("曾女士", "曾女士"),
        ("张三先生", "张先生"),
        ("欧阳娜娜", "欧阳*"),
        ("欧阳女士", "欧阳女士"),
        ("欧阳", "欧*"),
        ("女士", "女士"),
        ("不详", "不详"),
        ("𠮷野", "𠮷*"),
        ("John Smith", "J*"),
        ("[/]五", "[*"),
        ("", ""),
        ("王" * 40_000, "王*"),
    ],
)
def test_mask_name(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13800131234", "138****1234"),
        ("138-0013-1234", "138****1234"),
        ("１３８００１３１２３４", "138****1234"),
        ("+8613800131234", "+86138****1234"),
        ("02088886666", "020****6666"),
        ("075588886666", "0755****6666"),
        ("88886666", "****6666"),
        ("8886666", "****6666"),
        ("10086", "****6"),
        ("8012", "****"),
        ("110", "****"),
        ("", ""),
        ("1" * 40, "111****1111"),
    ],
)
def test_mask_phone(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@given(st.from_regex(r"\+?[0-9]{1,20}", fullmatch=True))
def test_a_masked_phone_always_hides_some_digits(phone: str) -> None:
    digits = re.sub(r"\D", "", phone)
    assert len(re.sub(r"\D", "", mask_phone(phone))) <= max(len(digits) - 3, 0)


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("11010119900101123X", "110***********123X"),
        ("E12345678", "E******78"),
        ("123X", "****"),
        ("", ""),
    ],
)
def test_mask_id(number: str, masked: str) -> None:
    assert mask_id(number) == masked


def test_text_imports_nothing_heavy() -> None:
    heavy = {"rich", "textual", "tomllib", "sqlite3", "gettext"}
    code = f"import sys, deskapp.text; print(sorted({heavy} & sys.modules.keys()))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"
