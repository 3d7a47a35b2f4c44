"""Text on its way in and out: `clean` at entry, `show` at display, cell widths, folding and masks.

Pure, and light enough for `add` and the first paint: widths come from `unicodedata`, not from rich, which is made to
agree (`tui.widths`). Of an ambiguous character (quotes, dashes, circled digits, Greek) nobody knows whether a terminal
draws one cell or two: it is given two, and `steady` says after it where the next one stands.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from deskapp.resources import load_toml

_BREAKS = re.compile("\r\n|[\n\v\f\r\x85\u2028\u2029]")

# What a terminal obeys or nobody can see: controls, bidi and format characters, fillers, variation
# selectors, tags, lone surrogates, noncharacters (P11).
_UNSAFE = re.compile(
    "[\0-\x09\x0b-\x1f\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160"
    "\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufdd0-\ufdef"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
    + "]"
)

# What has been as wide in every table there ever was. Marks go with the character before.
_SURE = (
    (0, 0x7F), (0x2E80, 0x3029), (0x3030, 0x303E), (0x3041, 0x3096), (0x309B, 0x3247), (0x3250, 0x4DBF),
    (0x4E00, 0xA4CF), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFE30, 0xFE4F), (0xFF01, 0xFF60), (0xFFE0, 0xFFE6),
    (0x20000, 0x3FFFF),
)  # fmt: skip

_DASHES = re.compile("[\u2010-\u2015\u2212]+")
_SIGNS = str.maketrans({"\u3002": ".", "\u3001": "/", "\u00d7": "*"})


def clean(raw: str, *, lines: bool = False) -> str:
    """What is kept of typed, pasted or imported text: NFC, visible, harmless (P11)."""
    if raw.isascii() and raw.isprintable():
        return raw.strip()
    text = _BREAKS.sub("\n", raw).replace("\t", " ")
    text = unicodedata.normalize("NFC", _UNSAFE.sub("", text))
    if not lines:
        text = " ".join(filter(None, map(str.strip, text.split("\n"))))
    return text.strip()


def show(text: str, *, lines: bool = False) -> str:
    """Any text made fit for a terminal: what `clean` would have removed is spelled out as `<001B>`."""
    if text.isascii() and text.isprintable():
        return text
    text = _BREAKS.sub("\n" if lines else " ", text).replace("\t", " ")
    return _UNSAFE.sub(lambda match: f"<{ord(match[0]):04X}>", text)


def fold(text: str) -> str:
    """The form in which texts are compared and searched; Chinese signs become the digit row's (ux 4.2)."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return _DASHES.sub("-", folded).translate(_SIGNS)


@lru_cache(maxsize=4096)
def _width(char: str) -> int:
    code = ord(char)
    category = unicodedata.category(char)
    if category[0] == "M" or category in ("Cc", "Cf") or 0x1160 <= code <= 0x11FF or 0xD7B0 <= code <= 0xD7FF:
        return 0  # marks, and the vowels and finals of Hangul, join the character before
    if category == "Cn":  # newer than this Python's tables: Chinese and emoji lie up there
        return 2 if 0x1F000 <= code < 0x40000 else 1
    return 2 if unicodedata.east_asian_width(char) in "WFA" else 1


def cells(text: str) -> int:
    """How many terminal cells a shown text takes; ambiguous characters count two."""
    return len(text) if text.isascii() else sum(map(_width, text))


def fit(text: str, width: int, *, right: bool = False) -> str:
    """The text as shown, cut or padded to exactly `width` cells, no wide character split."""
    text = show(text)
    if text.isascii():
        text = text[:width]
        used = len(text)
    else:
        used = 0
        for index, char in enumerate(text):
            wide = _width(char)
            if used + wide > width:
                text = text[:index]
                break
            used += wide
    pad = " " * (width - used)
    return pad + text if right else text + pad


def steady(line: str, at: int = 0) -> str:
    """A line that begins `at` a column, so written that no terminal's idea of a width shifts what follows.

    A character of unsure width is drawn over blanks, and the cursor is then put where the next one begins.
    """
    if not unsure(line):
        return line
    clusters: list[str] = []
    for char in line:
        if clusters and not _width(char):
            clusters[-1] += char
        else:
            clusters.append(char)
    parts = []
    for cluster in clusters:
        width = cells(cluster)
        if unsure(cluster):
            parts += [" " * width, _column(at), cluster, _column(at + width)]
        else:
            parts.append(cluster)
        at += width
    return "".join(parts)


def unsure(text: str) -> bool:
    """Whether there is a character in it of which terminals do not agree how wide it is."""
    return not text.isascii() and not all(map(_sure, set(text)))


@lru_cache(maxsize=4096)
def _sure(char: str) -> bool:
    return any(low <= ord(char) <= high for low, high in _SURE)


def _column(at: int) -> str:
    return f"\r\x1b[{at}C" if at else "\r"  # nothing older or simpler is understood everywhere


def mask_name(name: str) -> str:
    """The surname and a form of address, or a star for the given name (ux 2.2)."""
    people = load_toml("pinyin", "surnames.toml")
    if not name or name in people["nobody"]:
        return name
    title = next((title for title in people["titles"] if name.endswith(title)), "")
    person = name.removesuffix(title)
    both = person[:2] in people["compound"] and (title or len(person) > 2)
    return person[: 2 if both else 1] + (title or "*")


def mask_phone(phone: str) -> str:
    """Without the four digits before the last four; of a short number only a little stays."""
    digits = "".join(char for char in fold(phone) if char in "0123456789")
    plus = "+" if phone.startswith("+") else ""
    if len(digits) < 7:
        return "****" + digits[4:] if phone else ""
    head = len(digits) - 8 if len(digits) <= 13 else 3
    return f"{plus}{digits[: max(head, 0)]}****{digits[-4:]}"


def mask_id(number: str) -> str:
    """The first three and last four of an identity card, less of shorter papers, nothing of a tail."""
    size = len(number)
    head, tail = (3, 4) if size >= 15 else (1, 2) if size >= 7 else (0, 0)
    return number[:head] + "*" * min(size - head - tail, 14) + number[size - tail :]
