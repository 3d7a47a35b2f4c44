"""SHA256SUMS: what is signed, in the form that `sha256sum -c --strict` reads (B13, B14)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from deskapp.bundle.outcomes import Malformed

_LINE = re.compile(r"(?P<sum>[0-9a-f]{64})  (?P<name>[A-Za-z0-9._-]{1,64})")


def write(sums: Mapping[str, str]) -> bytes:
    """The member, from name to SHA-256."""
    return "".join(f"{sums[name]}  {name}\n" for name in sorted(sums)).encode()


def parse(data: bytes) -> dict[str, str]:
    """From name to SHA-256; raises Malformed (B13)."""
    try:
        lines = data.decode("ascii").split("\n")[:-1]
    except UnicodeDecodeError:
        raise Malformed("B13", "SHA256SUMS is not plain text") from None
    matches = [match for line in lines if (match := _LINE.fullmatch(line))]
    sums = {match["name"]: match["sum"] for match in matches}
    if write(sums) != data:  # one form only: sorted, each name once, nothing besides
        raise Malformed("B13", "SHA256SUMS is not written as sha256sum writes it, sorted")
    return sums


def bundle_id(data: bytes) -> str:
    """What a bundle is known by, however it was packed (B14)."""
    return hashlib.sha256(data).hexdigest()
