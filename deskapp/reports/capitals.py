"""Sums in capitals, as they stand on Chinese papers beside the figures: the two must agree (ux 2.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deskapp.resources import load_toml


def capitals(hundredths: int) -> str:
    """A sum in words that nobody alters with one stroke; hundredths of a yuan."""
    signs = load_toml("capitals.toml")
    digits = signs["digits"]
    yuan, cents = divmod(abs(hundredths), 100)
    jiao, fen = divmod(cents, 10)
    text = f"{_whole(yuan, signs)}{signs['yuan']}" if yuan or not cents else ""
    if jiao:
        text += f"{digits[jiao]}{signs['jiao']}"
    elif fen and yuan:
        text += digits[0]
    text += f"{digits[fen]}{signs['fen']}" if fen else signs["whole"]
    return f"{signs['minus']}{text}" if hundredths < 0 else text


def _whole(number: int, signs: Mapping[str, Any]) -> str:
    """A whole number by lots of four digits; one zero stands for any run of them."""
    digits: str = signs["digits"]
    if number == 0:
        return digits[0]
    lots: list[str] = []
    text, rest = "", number
    while rest:
        rest, lot = divmod(rest, 10_000)
        lots.insert(0, f"{lot:04}")
    for place, lot4 in enumerate(lots):
        said, gap = "", False
        for n, digit in enumerate(lot4):
            if digit == "0":
                gap = True
                continue
            if gap and (said or text):
                said += digits[0]
            said += digits[int(digit)] + signs["tens"][3 - n]
            gap = False
        if said:
            text += said + signs["lots"][len(lots) - 1 - place]
    return text
