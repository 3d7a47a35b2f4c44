"""manifest.json: who says what to whom, and how much of it there is; a closed schema (B21 to B31)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from deskapp.bundle.outcomes import Malformed, NeedsNewer, TooBig

FORMAT, VERSION = "deskapp-bundle", 1
JOURNAL, FEED = "desk-journal", "hq-feed"
GENESIS = "0" * 64
LAST = 9_999_999_999
"""The highest seq: ten digits in the file's name."""

_PARTY = re.compile(r"[a-z0-9][a-z0-9_.-]{0,39}\Z")
_JOURNAL = re.compile(r"[a-z0-9]{1,32}\Z")
_HASH = re.compile(r"[0-9a-f]{64}\Z")
_KEY = re.compile(r"SHA256:[A-Za-z0-9+/]{43}\Z")
_APP = re.compile(r"[ -~]{1,64}\Z")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d\Z", re.ASCII)


def is_party(value: Any) -> bool:
    """Whether it names a desk or head office (B24)."""
    return isinstance(value, str) and bool(_PARTY.match(value))


def is_journal(value: Any) -> bool:
    """Whether it names a journal (B23)."""
    return isinstance(value, str) and bool(_JOURNAL.match(value))


@dataclass(frozen=True, slots=True)
class Ack:
    """The last entry of the addressee's journal that the sender holds (B28)."""

    journal: str
    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class File:
    """What a member must be (B31)."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest, its fields as in the file; `from_` is `from` there."""

    kind: str
    from_: str
    to: str
    journal: str
    from_seq: int
    to_seq: int
    count: int
    prev_hash: str
    head_hash: str
    erased: tuple[int, ...]
    created_at: str
    app: str
    ack: Ack | None
    key: str
    files: Mapping[str, File]
    expires: str | None = None

    def write(self) -> bytes:
        """As the member's bytes."""
        data: dict[str, Any] = {"format": FORMAT, "format_version": VERSION, "min_reader": VERSION, "kind": self.kind}
        data |= {"from": self.from_, "to": self.to, "journal": self.journal}
        data |= {"from_seq": self.from_seq, "to_seq": self.to_seq, "count": self.count}
        data |= {"prev_hash": self.prev_hash, "head_hash": self.head_hash, "erased": list(self.erased)}
        data |= {"created_at": self.created_at, "app": self.app, "ack": asdict(self.ack) if self.ack else None}
        if self.kind == FEED or self.expires is not None:
            data["expires"] = self.expires
        data |= {"key": self.key, "files": {name: asdict(file) for name, file in self.files.items()}}
        return (json.dumps(data, separators=(",", ":")) + "\n").encode()

    @property
    def file_name(self) -> str:
        """What the sealed file is called; nobody trusts it."""
        return f"{self.from_}_{self.to}_{self.journal}_{self.from_seq:010}-{self.to_seq:010}.zip.age"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) != len(pairs):
        raise Malformed("B21", "the manifest says something twice")
    return data


def _refuse(text: str) -> Any:
    raise Malformed("B21", f"the manifest has a number that is not whole: {text[:20]}")


def _int(text: str) -> int:
    if len(text) > 19:
        raise Malformed("B21", "the manifest has a number of too many digits")
    return int(text)


def parse(data: bytes) -> Manifest:
    """A manifest from the member's bytes; raises Malformed, or NeedsNewer before anything else is judged (B22)."""
    if not data.endswith(b"}\n"):
        raise Malformed("B21", "the manifest is not one object and a line end")
    try:
        told = json.loads(
            data.decode(), object_pairs_hook=_object, parse_float=_refuse, parse_constant=_refuse, parse_int=_int
        )
    except (ValueError, RecursionError):
        raise Malformed("B21", "the manifest is not JSON") from None
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise Malformed("B22", f"the manifest is not that of a {FORMAT}")
    _whole(told, "min_reader", 1, LAST)
    if told["min_reader"] > VERSION:  # B22
        raise NeedsNewer("B22", f"it needs format {told['min_reader']}, this program reads {VERSION}")
    return _judge(told)


def _judge(told: dict[str, Any]) -> Manifest:
    known = {*_TEXTS, "format", "format_version", "min_reader", "kind", "from_seq", "to_seq", "count", "erased", "ack",
             "files"}  # fmt: skip
    known |= {"expires"} if told.get("kind") == FEED else set()
    if told.keys() != known:  # B23, B29: nothing is missing, nothing is new
        odd = ", ".join(sorted(ascii(key)[:40] for key in told.keys() ^ known)[:5])
        raise Malformed("B23", f"the manifest lacks or has besides: {odd}")
    if _whole(told, "format_version", 1, LAST) < told["min_reader"]:
        raise Malformed("B23", "format_version is below min_reader")
    if told["kind"] not in (JOURNAL, FEED):
        raise Malformed("B23", "kind is neither a journal nor a feed")
    for name, is_right in _TEXTS.items():
        if not is_right(told[name]):
            raise Malformed("B23", f"{name} is not as it must be")
    if told["from"] == told["to"]:
        raise Malformed("B24", "it is from and to the same")
    first, last = _whole(told, "from_seq", 0, LAST), _whole(told, "to_seq", 0, LAST)
    if _whole(told, "count", 0, LAST) != last - first + 1:  # B25
        raise Malformed("B25", "count is not the number of entries from from_seq to to_seq")
    if (first == 0 and told["prev_hash"] != GENESIS) or (told["count"] == 0 and told["prev_hash"] != told["head_hash"]):
        raise Malformed("B26", "its first or last hash cannot be")
    expires = told.get("expires")
    if expires is not None and not _is_moment(expires):
        raise Malformed("B29", "expires is no moment")
    return Manifest(
        kind=told["kind"], from_=told["from"], to=told["to"], journal=told["journal"], from_seq=first, to_seq=last,
        count=told["count"], prev_hash=told["prev_hash"], head_hash=told["head_hash"],
        erased=_erased(told["erased"], first, last), created_at=told["created_at"], app=told["app"],
        ack=_ack(told["ack"]), key=told["key"], files=_files(told["files"]), expires=expires,
    )  # fmt: skip


def _whole(told: dict[str, Any], name: str, least: int, most: int) -> int:
    value = told.get(name)
    if type(value) is not int or not least <= value <= most:  # True is not 1 here
        raise Malformed("B23", f"{name} is not a whole number in its range")
    return value


def _is_moment(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(_MOMENT.match(value)) and datetime.fromisoformat(value) is not None
    except ValueError:
        return False


def _matches(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and bool(pattern.match(value))


_TEXTS: dict[str, Callable[[Any], bool]] = {
    "from": is_party,
    "to": is_party,
    "journal": is_journal,
    "prev_hash": _matches(_HASH),
    "head_hash": _matches(_HASH),
    "created_at": _is_moment,
    "app": _matches(_APP),
    "key": _matches(_KEY),
}


def _erased(value: Any, first: int, last: int) -> tuple[int, ...]:
    """B27: each once, ascending, of this range."""
    if not isinstance(value, list) or not all(type(seq) is int for seq in value):
        raise Malformed("B27", "erased is not a list of numbers")
    if value and (value[0] < first or value[-1] > last or any(a >= b for a, b in pairwise(value))):
        raise Malformed("B27", "erased is not in order or not of this range")
    return tuple(value)


def _ack(value: Any) -> Ack | None:
    """B28."""
    if value is None:
        return None
    if not isinstance(value, dict) or value.keys() != {"journal", "seq", "hash"}:
        raise Malformed("B28", "ack is not a journal, a seq and a hash")
    if not is_journal(value["journal"]) or not _matches(_HASH)(value["hash"]):
        raise Malformed("B28", "ack is not a journal, a seq and a hash")
    return Ack(value["journal"], _whole(value, "seq", 0, LAST), value["hash"])


def _files(value: Any) -> dict[str, File]:
    """B31."""
    if not isinstance(value, dict) or not all(isinstance(one, dict) for one in value.values()):
        raise Malformed("B31", "files is not a table")
    if any(one.keys() != {"bytes", "sha256"} or not _matches(_HASH)(one["sha256"]) for one in value.values()):
        raise Malformed("B31", "a file is not told by its bytes and sha256")
    if any(len(name) > 64 for name in value):
        raise TooBig("B31", "a file's name")
    return {name: File(_whole(one, "bytes", 0, 1 << 32), one["sha256"]) for name, one in value.items()}
