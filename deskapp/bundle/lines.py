"""entries.jsonl and bodies.jsonl: the entries' lines as stored, a line at a time, with their chain (B32 to B37)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any, BinaryIO, NamedTuple

from deskapp.bundle.limits import BLOCK, LIMITS, Limits
from deskapp.bundle.manifest import Manifest
from deskapp.bundle.outcomes import Malformed, Tampered, TooBig
from deskapp.bundle.packing import Packed


class Line(NamedTuple):
    """An entry as stored, an erased private line being None."""

    seq: int
    head: str
    body: str
    private: str | None
    hash: str
    erased: bool = False
    """Whether its head line names a private line that is absent."""

    @property
    def fields(self) -> dict[str, Any]:
        """What its head line says, read anew each time."""
        return _scan_head(self.head, 0)[0]  # type: ignore[no-any-return]


_ENDS = re.compile(r'[,{]"body":"([0-9a-f]{64})"(?:,"private":"([0-9a-f]{64})")?\}\Z')
"""How the book ends every head line: a quote within a text would stand behind a backslash."""
_TAIL = 64 * 2 + 32
_T, _N = r'"[^"]*+"', r"(?:0|[1-9][0-9]{0,18}+)"
_usual = re.compile(
    rf'\{{"seq":({_N}),"at":{_T},"day":{_T},"by":{_T},"form":{_T},"v":{_N},"rec":{_N},"step":{_T}(?:,"no":{_T})?'
    rf',"state":{_T}(?:,"ended":true)?(?:,"marks":\[(?:{_T}(?:,{_T})*+)?\])?(?:,"due":\{{{_T}:(?:{_T}|null)\}})?'
    rf'(?:,"when":{_T})?(?:,"for":{_T})?(?:,"act":{_N})?(?:,"undoes":{_N})?'
    r',"body":"([0-9a-f]{64})"(?:,"private":"([0-9a-f]{64})")?\}'
).fullmatch
"""How the book writes nearly every head line: an object, no name twice, if no text in it needs a backslash."""
_sha256 = hashlib.sha256
_quote = json.JSONEncoder(ensure_ascii=False).encode


def link(previous: str, head: str) -> str:
    """The chain: SHA-256( hex(previous hash) + LF + head line ) (B34)."""
    return _sha256(f"{previous}\n{head}".encode()).hexdigest()


class Writer:
    """Packs lines into the two members as they come, and keeps what the manifest says of them."""

    def __init__(self, entries: Packed, bodies: Packed, first: int, previous: str, limits: Limits = LIMITS) -> None:
        self.entries, self.bodies, self._limits = entries, bodies, limits
        self.first, self.next, self.hash = first, first, previous
        self.erased: list[int] = []

    def add(self, lines: Iterable[tuple[str, str, str | None]]) -> None:
        """Take (head, body, private) of entries in order; raises Malformed or TooBig, as a reader would."""
        heads, bodies = bytearray(), bytearray()
        for head, body, private in lines:
            raw = head.encode()
            self._check(head, private)
            self.hash = link(self.hash, head)
            heads += raw + b"\n"
            parts = f'{{"seq":{self.next},"body":{_quote(body)}'
            parts += "}\n" if private is None else f',"private":{_quote(private)}}}\n'
            told = parts.encode()
            if len(raw) > self._limits.line or len(told) > self._limits.line:
                raise TooBig("B12", f"entry {self.next}: a line of {max(len(raw), len(told))} bytes")
            bodies += told
            self.next += 1
            if len(heads) + len(bodies) > BLOCK:
                self.entries.add(heads)
                self.bodies.add(bodies)
                heads, bodies = bytearray(), bytearray()
        self.entries.add(heads)
        self.bodies.add(bodies)

    def _check(self, head: str, private: str | None) -> None:
        """What a reader would refuse is not written."""
        ends = _ENDS.search(head, max(0, len(head) - _TAIL))
        if not ends or not head.startswith(f'{{"seq":{self.next},') or "\n" in head:
            raise Malformed("B33", f"entry {self.next}: its head line")
        if ends[2] and private is None:
            self.erased.append(self.next)
        elif private is not None and not ends[2]:
            raise Malformed("B37", f"entry {self.next}: a private line that its head does not name")


def read(
    entries: Iterator[bytes], bodies: Iterator[bytes], manifest: Manifest, limits: Limits = LIMITS
) -> Iterator[Line]:
    """The lines of both members, checked against each other and the manifest; raises Malformed, Tampered, TooBig."""
    rest = _lines(bodies, limits)
    erased = iter(manifest.erased)
    next_erased = next(erased, -1)
    previous = manifest.prev_hash
    seq = manifest.from_seq
    for head in _lines(entries, limits):
        line = next(rest, None)
        if line is None or seq > manifest.to_seq:
            raise Malformed("B32", f"not the entries {manifest.from_seq} to {manifest.to_seq}")
        named, said = _head(head, seq)
        body, private, body_hash, private_hash = _body(line, seq)
        if body_hash != named or (private_hash != said and private is not None and said is not None):
            raise Tampered("B36", f"entry {seq}: what it says is not what its head line vouches for")
        if private_hash != said:
            if private is not None:
                raise Malformed("B37", f"entry {seq}: a private line that its head does not name")
            if seq != next_erased:
                raise Malformed("B37", f"entry {seq}: its private line is missing")
            next_erased = next(erased, -1)
        previous = link(previous, head)
        yield Line(seq, head, body, private, previous, private_hash != said)
        seq += 1
    if seq != manifest.to_seq + 1 or next(rest, None) is not None:
        raise Malformed("B32", f"not the entries {manifest.from_seq} to {manifest.to_seq}")
    if next_erased != -1:
        raise Malformed("B37", f"entry {next_erased}: not erased")
    if previous != manifest.head_hash:
        raise Tampered("B34", "the chain of entries does not end where the manifest says")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) != len(pairs):
        raise ValueError("a name twice")
    return data


def _refuse(text: str) -> Any:
    raise ValueError(text)


_scan_head = json.JSONDecoder(parse_constant=_refuse).scan_once  # type: ignore[attr-defined]
_scan_head_twice = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_refuse).scan_once  # type: ignore[attr-defined]


def _head(line: str, seq: int) -> tuple[str, str | None]:
    """The hashes of body and private line that a head line names (B33)."""
    if "\\" not in line and line.isprintable() and (usual := _usual(line)) and usual[1] == str(seq):
        return usual[2], usual[3]
    try:
        fields, end = _scan_head(line, 0)
        # Without blanks every name ends in '":'. As many of them as names: no name twice, no need to look closer.
        due = fields.get("due")
        names = len(fields) + (len(due) if type(due) is dict else 0)
        if line.count('":') != names or " " in line or "\t" in line or "\r" in line:
            fields, end = _scan_head_twice(line, 0)
    except (ValueError, StopIteration, RecursionError, AttributeError):  # the last: no object at all
        fields, end = {}, 0
    if end != len(line) or type(fields.get("seq")) is not int or fields["seq"] != seq:
        raise Malformed("B33", f"entry {seq}: its head line")
    if type(fields.get("body")) is not str or type(fields.get("private", "")) is not str:
        raise Malformed("B33", f"entry {seq}: its head line names no hashes")
    return fields["body"], fields.get("private")


def _body(line: str, seq: int) -> tuple[str, str | None, str, str | None]:
    """The body and private line of a line of bodies.jsonl, which has one form only (B35), and their hashes."""
    start = f'{{"seq":{seq},"body":"'
    try:
        if line.startswith(start):
            body, at = scanstring(line, len(start))
            if line[at:] == "}":
                return body, None, _sha256(body.encode()).hexdigest(), None
            if line.startswith(',"private":"', at):
                private, at = scanstring(line, at + 12)
                if line[at:] == "}":
                    return body, private, _sha256(body.encode()).hexdigest(), _sha256(private.encode()).hexdigest()
    except ValueError:  # also a lone surrogate, which has no bytes to hash
        pass
    raise Malformed("B35", f"entry {seq}: its body line")


def _lines(chunks: Iterator[bytes], limits: Limits) -> Iterator[str]:
    """Lines without their LF; what is behind the last LF is an error (B32)."""
    carry = b""
    for chunk in chunks:
        whole, found, tail = chunk.rpartition(b"\n")
        if not found:
            carry += chunk
        else:
            yield from _text(carry + whole, limits)
            carry = tail
        if len(carry) > limits.line:
            raise TooBig("B12", f"a line of {len(carry)} bytes")
    if carry:
        raise Malformed("B32", "the last line does not end")


def _text(block: bytes, limits: Limits) -> list[str]:
    """The lines of a block; only the first can be longer than a chunk, so only the first can be too long."""
    try:
        lines = block.decode().split("\n")
    except UnicodeDecodeError:
        raise Malformed("B32", "a line is not UTF-8") from None
    if len(first := lines[0].encode()) > limits.line:
        raise TooBig("B12", f"a line of {len(first)} bytes")
    return lines


def chunks(stream: BinaryIO, at: int, size: int) -> Iterator[bytes]:
    """A part of a stream that others read at the same time."""
    while size:
        stream.seek(at)
        data = stream.read(min(BLOCK, size))
        if not data:
            return
        at, size = at + len(data), size - len(data)
        yield data
