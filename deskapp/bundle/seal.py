"""The outer envelope: age with X25519 keys, through pyrage (B1 to B4)."""

from __future__ import annotations

import os
import re
from base64 import b64decode
from collections.abc import Callable, Sequence
from typing import Any, BinaryIO

from deskapp.bundle.limits import LIMITS, Limits
from deskapp.bundle.outcomes import BundleDamaged, KeyFault, Malformed, TooBig, WrongRecipient

_ARMOR = b"-----BEGIN AGE ENCRYPTED FILE-----"
_FIRST = b"age-encryption.org/v1\n"
_NONE_FITS = "No matching keys found"
_RECIPIENT = re.compile(r"age1[a-z0-9]{58}\Z")


class _Watched:
    """A stream whose first error is kept: pyrage swallows one over its last bytes and disguises the others."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.error: OSError | None = None

    def read(self, size: int = -1) -> bytes:
        try:
            return self._stream.read(size)
        except OSError as error:
            self.error = self.error or error
            raise

    def write(self, data: bytes) -> int:
        try:
            return self._stream.write(data)
        except OSError as error:
            self.error = self.error or error
            raise

    def flush(self) -> None:
        """Whoever owns the stream flushes it."""


def _through(work: Callable[[_Watched, _Watched], None], source: BinaryIO, sink: BinaryIO) -> None:
    """Do the work; an error of either stream comes out as it was."""
    reads, writes = _Watched(source), _Watched(sink)
    try:
        work(reads, writes)
    finally:
        if error := reads.error or writes.error:
            raise error


def new_identity() -> tuple[str, str]:
    """A new key pair to receive with: (identity, to be kept; recipient, to be given away)."""
    from pyrage import x25519

    identity = x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def recipient_of(identity: str) -> str:
    """The public half of an identity; raises KeyFault."""
    return str(_identity(identity).to_public())


def check_recipient(recipient: str) -> str:
    """The recipient itself, if it is one; raises KeyFault (B4)."""
    from pyrage import RecipientError, x25519

    try:
        if _RECIPIENT.match(recipient):
            return str(x25519.Recipient.from_str(recipient))
    except RecipientError:
        pass
    raise KeyFault("B4", "not an age X25519 recipient")


def seal(plain: BinaryIO, sealed: BinaryIO, recipients: Sequence[str], *, armored: bool = False) -> None:
    """Seal a stream to everybody named; raises KeyFault, or OSError when a stream fails (B1, B4)."""
    import pyrage

    if not recipients:
        raise KeyFault("B4", "nobody to seal it to")
    to = [pyrage.x25519.Recipient.from_str(check_recipient(one)) for one in recipients]
    _through(lambda source, sink: pyrage.encrypt_io(source, sink, to, armored), plain, sealed)


def unseal(sealed: BinaryIO, plain: BinaryIO, identities: Sequence[str], limits: Limits = LIMITS) -> None:
    """Open a sealed stream; raises TooBig, Malformed, WrongRecipient, BundleDamaged (B1 to B3).

    What was written to `plain` before an error is nobody's word: throw it away.
    """
    import pyrage

    size = sealed.seek(0, os.SEEK_END)
    if size > limits.file:  # B2; a plain text is never larger than its sealed file
        raise TooBig("B2", f"{size} bytes")
    sealed.seek(0)
    _look_at_header(sealed.read(2 * limits.header), limits)
    sealed.seek(0)
    keys = [_identity(one) for one in identities]
    try:
        _through(lambda source, sink: pyrage.decrypt_io(source, sink, keys), sealed, plain)
    except pyrage.DecryptError as error:
        if str(error) == _NONE_FITS:
            raise WrongRecipient("B3", "none of our keys opens it") from None
        raise BundleDamaged("B3", "the seal does not open") from error
    except OSError as error:
        if error.errno is not None:  # the disk's, not the seal's
            raise
        raise BundleDamaged("B3", "the seal breaks off or was changed") from error


def _look_at_header(start: bytes, limits: Limits) -> None:
    """The header is that of B1 and ends where B2 says, before anything is made of it."""
    if start.startswith(_ARMOR):
        text = b"".join(start[len(_ARMOR) :].split())
        text = text.partition(b"-----END")[0]
        try:
            start = b64decode(text[: len(text) // 4 * 4], validate=True)
        except ValueError:
            raise BundleDamaged("B1", "the armor is not base64") from None
    if not start.startswith(_FIRST):
        if start and _FIRST.startswith(start[: len(_FIRST)]):
            raise BundleDamaged("B1", "it breaks off in its first line")
        raise Malformed("B1", "not an age v1 file")
    end = start.find(b"\n--- ")
    if end < 0 and len(start) < limits.header:
        raise BundleDamaged("B1", "it breaks off in its header")
    if not 0 <= end <= limits.header:
        raise TooBig("B2", "its header has no end")


def _identity(text: str) -> Any:
    from pyrage import IdentityError, x25519

    try:
        return x25519.Identity.from_str(text.strip())
    except IdentityError:
        raise KeyFault("B4", "not an age identity") from None
