"""The grammar of the command line, sign by sign (ux 4.2)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp.tui.commandline import Command, read

TABLE = [
    ("", "open", ""),
    ("  ", "open", ""),
    ("0", "all", "0"),
    ("00", "help", "00"),
    ("1", "menu", "1"),
    ("83", "menu", "83"),
    ("07", "menu", "07"),
    ("003", "serial", "003"),
    ("1234", "tail", "1234"),
    ("0001", "tail", "0001"),
    ("3-2-1502", "room", "3-2-1502"),
    ("3.2.1502", "room", "3-2-1502"),
    ("3 2 1502", "room", "3-2-1502"),
    ("321502", "room", "321502"),
    ("12115", "room", "12115"),
    ("1211502", "room", "1211502"),
    ("3-", "room", "3-"),
    ("3-2-", "room", "3-2-"),
    ("3.", "room", "3-"),
    ("13800131234", "code", "13800131234"),
    ("+8613800131234", "code", "+8613800131234"),
    ("20261122", "code", "20261122"),
    ("SF1403398820015", "code", "sf1403398820015"),
    ("WT20261122-003", "code", "wt20261122-003"),
    ("WT20261122-B003", "code", "wt20261122-b003"),
    ("委22-003", "code", "委22-003"),
    ("委1018-004", "code", "委1018-004"),
    ("provider-21", "code", "provider-21"),
    ("曾", "find", "曾"),
    ("zs", "find", "zs"),
    ("曾 3- 钥匙 10月", "find", "曾 3- 钥匙 10月"),
    ("B2车库", "find", "B2车库"),
    ("b2", "find", "b2"),
    ("..", "last", ".."),
    ("+", "next", "+"),
    ("*", "steps", "*"),
    # The input method is on: full-width digits and Chinese signs mean the same.
    ("００", "help", "00"),
    ("１", "menu", "1"),
    ("００３", "serial", "003"),
    ("３－２－１５０２", "room", "3-2-1502"),
    ("3——2——1502", "room", "3-2-1502"),
    ("3。2。1502", "room", "3-2-1502"),
    ("。。", "last", ".."),
    ("＋", "next", "+"),
    ("×", "steps", "*"),
    ("＊", "steps", "*"),
    # What is typed may be anything.
    ("\x1b[2J", "find", "[2J"),
    ("[/bold]", "find", "[/bold]"),
]


@pytest.mark.parametrize(("line", "kind", "text"), TABLE)
def test_grammar(line: str, kind: str, text: str) -> None:
    command = read(line)
    assert (command.kind, command.text) == (kind, text)


@given(st.text(max_size=40))
def test_every_line_means_something(line: str) -> None:
    assert isinstance(read(line), Command)


@given(st.text(alphabet="0123456789-.*+ ", max_size=8))
def test_full_width_means_the_same(line: str) -> None:
    wide = line.translate({ord(sign): ord(sign) + 0xFEE0 for sign in "0123456789-*+"})
    assert read(wide).kind == read(line).kind
    if read(line).kind != "find":
        assert read(wide) == read(line)
