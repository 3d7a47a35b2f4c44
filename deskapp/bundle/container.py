"""Reading the zip by its own structures, never extracting (B5 to B11).

A zip says everything twice and tools differ in whom they believe: here both must say the same, and the members must
lie end to end, so that every tool sees the same files in it.
"""

from __future__ import annotations

import os
import re
import stat
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from deskapp.bundle.limits import BLOCK, LIMITS, Limits
from deskapp.bundle.outcomes import BundleDamaged, Malformed, TooBig

SUMS, SIGNATURE, MANIFEST = "SHA256SUMS", "SHA256SUMS.sig", "manifest.json"
ENTRIES, BODIES, README = "entries.jsonl", "bodies.jsonl", "README.txt"
NAMES = (SUMS, SIGNATURE, MANIFEST, ENTRIES, BODIES, README)
"""The members of version 1, in order (B10)."""

LOCAL = struct.Struct("<4s5H3L2H")
CENTRAL = struct.Struct("<4s6H3L5H2L")
END = struct.Struct("<4s4H2LH")
LOCAL_MARK, CENTRAL_MARK, END_MARK = b"PK\3\4", b"PK\1\2", b"PK\5\6"
DATE = 1 << 5 | 1
"""1980-01-01 as a zip writes it."""
STORED, DEFLATED = 0, 8
_NAME = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")
_DOS, _UNIX = 0, 3
_DOS_FOLDER = 0x10 | 0x08


@dataclass(frozen=True, slots=True)
class Member:
    """A member, and where its data lies."""

    name: str
    method: int
    crc: int
    packed: int
    size: int
    start: int


class Container:
    """A zip whose structure was found to be that of a bundle; raises Malformed or TooBig."""

    def __init__(self, stream: BinaryIO, limits: Limits = LIMITS) -> None:
        self._stream, self._limits = stream, limits
        self.members: dict[str, Member] = {}
        directory, end = self._end()
        at = 0
        while directory < end:
            directory, at = self._member(directory, at)
        if at != self._directory:  # B5
            raise Malformed("B5", "bytes that belong to no member")
        if tuple(self.members)[:3] != NAMES[:3]:  # B9
            raise Malformed("B9", f"its first members are not {', '.join(NAMES[:3])}")

    def _end(self) -> tuple[int, int]:
        """The first and last position of the central directory (B5, B6)."""
        size = self._stream.seek(0, os.SEEK_END)
        if size < END.size:
            raise Malformed("B5", "not a zip")
        mark, disk, first_disk, here, count, length, start, comment = END.unpack(self._read(size - END.size, END.size))
        if mark != END_MARK:  # also: something behind it
            raise Malformed("B5", "it does not end as a zip ends")
        if disk or first_disk or here != count or comment:
            raise Malformed("B6", "a zip of several disks, or with a comment")
        if not 3 <= count <= self._limits.members:  # 0xffff would be zip64
            raise Malformed("B6", f"{count} members")
        if start + length != size - END.size:
            raise Malformed("B5", "its directory is not where it says")
        self._directory, self._count = start, count
        return start, size - END.size

    def _member(self, directory: int, at: int) -> tuple[int, int]:
        """Take a member; gives where the next directory entry and the next member must stand."""
        fields = CENTRAL.unpack(self._read(directory, CENTRAL.size))
        mark, made, *told, named, extra, comment, disk, kind, mode, start = fields
        needed, flags, method, time, date, crc, packed, size = told
        if mark != CENTRAL_MARK or len(self.members) == self._count:
            raise Malformed("B5", "its directory is not whole")
        raw = self._read(directory + CENTRAL.size, named)
        if not _NAME.match(raw):
            raise Malformed("B9", "a member's name is not plain")
        name = raw.decode()
        if name in self.members:
            raise Malformed("B9", f"two members named {name}")
        if flags or needed not in (10, 20) or method not in (STORED, DEFLATED) or (time, date) != (0, DATE):
            raise Malformed("B7", f"{name} is packed in an unknown way or dated")
        if extra or comment or disk or kind not in (0, 1) or not _is_plain(made >> 8, mode):
            raise Malformed("B7", f"{name} has an extra field, a comment or is no plain file")
        local = (LOCAL_MARK, *told, named, 0)
        if start != at:
            raise Malformed("B5", f"{name} does not lie where it must")
        if LOCAL.unpack(self._read(at, LOCAL.size)) != local:
            raise Malformed("B8", f"{name} is told differently in two places")
        data = at + LOCAL.size + named
        if self._read(at + LOCAL.size, named) != raw:
            raise Malformed("B8", f"{name} has two names")
        if data + packed > self._directory or (method == STORED and packed != size):
            raise Malformed("B8", f"{name} is not as long as it says")
        if size > self._limits.member(name):  # B11
            raise TooBig("B11", f"{name}: {size} bytes")
        self.members[name] = Member(name, method, crc, packed, size, data)
        return directory + CENTRAL.size + named, data + packed

    def _read(self, at: int, length: int) -> bytes:
        self._stream.seek(at)
        data = self._stream.read(length)
        if len(data) != length:
            raise Malformed("B5", "it breaks off")
        return data

    def chunks(self, name: str) -> Iterator[bytes]:
        """A member's bytes, never more than it declares; raises BundleDamaged or TooBig (B11)."""
        member = self.members[name]
        crc = done = 0
        for chunk in self._inflated(member) if member.method == DEFLATED else self._packed(member):
            done += len(chunk)
            if done > member.size:
                raise TooBig("B11", f"{name} is larger than it says")
            crc = zlib.crc32(chunk, crc)
            yield chunk
        if done != member.size or crc != member.crc:
            raise BundleDamaged("B11", f"{name} is not what its checksum says")

    def data(self, name: str) -> bytes:
        """A small member whole."""
        return b"".join(self.chunks(name))

    def _packed(self, member: Member) -> Iterator[bytes]:
        for at in range(0, member.packed, BLOCK):
            yield self._read(member.start + at, min(BLOCK, member.packed - at))

    def _inflated(self, member: Member) -> Iterator[bytes]:
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        done = 0
        for block in self._packed(member):
            rest = block
            while True:
                try:
                    # One byte more than declared shows that there is more, and no more is made of it (B11).
                    chunk = inflater.decompress(rest, min(BLOCK, member.size - done + 1))
                except zlib.error:
                    raise BundleDamaged("B11", f"{member.name} does not inflate") from None
                rest = inflater.unconsumed_tail
                if chunk:
                    done += len(chunk)
                    yield chunk
                elif inflater.eof or not rest:
                    break
            if inflater.unused_data:
                break
        if not inflater.eof or inflater.unused_data:
            raise BundleDamaged("B11", f"{member.name} does not end where it says")


def _is_plain(system: int, mode: int) -> bool:
    """Whether the attributes are those of a plain file: no folder, no link (B7)."""
    unix = mode >> 16
    return system in (_DOS, _UNIX) and not mode & _DOS_FOLDER and (not unix or stat.S_ISREG(unix))
