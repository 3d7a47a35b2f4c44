"""Writing the zip: the same members give the same bytes with the same zlib (B5 to B10)."""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

from deskapp.bundle.container import CENTRAL, CENTRAL_MARK, DATE, DEFLATED, END, END_MARK, LOCAL, LOCAL_MARK, STORED
from deskapp.bundle.limits import BLOCK

_NEEDED = 20
_MADE = 3 << 8 | _NEEDED
_MODE = 0o100644 << 16


class Packed:
    """A member being made: deflated into a stream as it comes, its size and sums kept."""

    def __init__(self, stream: BinaryIO, level: int = 6) -> None:
        self.stream = stream
        self._deflate = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
        self._sha256 = hashlib.sha256()
        self.crc = self.size = self.packed = 0

    def add(self, data: bytes | bytearray) -> None:
        """Take some more of it."""
        self.size += len(data)
        self.crc = zlib.crc32(data, self.crc)
        self._sha256.update(data)
        self._put(self._deflate.compress(data))

    def end(self) -> Packed:
        """That was all of it."""
        self._put(self._deflate.flush())
        return self

    def _put(self, data: bytes) -> None:
        self.packed += len(data)
        self.stream.write(data)

    @property
    def sha256(self) -> str:
        """Of the member, not of its packing."""
        return self._sha256.hexdigest()


@dataclass(frozen=True, slots=True)
class Plain:
    """A small member, stored as it is."""

    data: bytes

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self.data)

    @property
    def sha256(self) -> str:
        """Of its bytes."""
        return hashlib.sha256(self.data).hexdigest()


def write(out: BinaryIO, members: Iterable[tuple[str, Packed | Plain]]) -> None:
    """Write a zip of these members, in this order."""
    directory = b""
    at = count = 0
    for name, member in members:
        raw = name.encode()
        if isinstance(member, Plain):
            method, crc, packed, size = STORED, zlib.crc32(member.data), len(member.data), len(member.data)
        else:
            method, crc, packed, size = DEFLATED, member.crc, member.packed, member.size
        told = (_NEEDED, 0, method, 0, DATE, crc, packed, size, len(raw), 0)
        out.write(LOCAL.pack(LOCAL_MARK, *told) + raw)
        if isinstance(member, Plain):
            out.write(member.data)
        else:
            _copy(member.stream, out)
        directory += CENTRAL.pack(CENTRAL_MARK, _MADE, *told, 0, 0, 0, _MODE, at) + raw
        at += LOCAL.size + len(raw) + packed
        count += 1
    out.write(directory + END.pack(END_MARK, 0, 0, count, count, len(directory), at, 0))


def _copy(source: BinaryIO, out: BinaryIO) -> None:
    source.seek(0, os.SEEK_SET)
    while block := source.read(BLOCK):
        out.write(block)
