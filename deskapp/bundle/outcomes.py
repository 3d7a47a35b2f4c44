"""Why a bundle is not taken: one exception for each outcome (B47), each with what to do next.

`clause` names the rule of `data/bundle-spec.md`; `detail` says in English what was found, for whoever repairs it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

from deskapp.errors import Damaged, DeskError


class BundleError(Damaged):
    """A bundle was not taken and nothing was changed; `outcome` is its name in receipts."""

    outcome: ClassVar[str]


class BundleDamaged(BundleError):
    """Truncated or bit-flipped: another copy may be good."""

    outcome = "DAMAGED"

    def __init__(self, clause: str, detail: str) -> None:
        super().__init__(
            "the bundle is damaged: {detail} ({clause})",
            "copy it again, or ask for another copy: nothing was changed",
            clause=clause,
            detail=detail,
        )


class Tampered(BundleError):
    """What it holds is not what was signed, or not what its own hashes say."""

    outcome = "TAMPERED"

    def __init__(self, clause: str, detail: str) -> None:
        super().__init__(
            "the bundle was tampered with: {detail} ({clause})",
            "keep the file and tell head office: nothing was changed",
            clause=clause,
            detail=detail,
        )


class Malformed(BundleError):
    """Not built as a bundle is."""

    outcome = "MALFORMED"

    def __init__(self, clause: str, detail: str) -> None:
        super().__init__(
            "this is not built as a bundle is: {detail} ({clause})",
            "keep the file and ask who sent it: nothing was changed",
            clause=clause,
            detail=detail,
        )


class TooBig(BundleError):
    """Larger, or said to be larger, than a bundle may be."""

    outcome = "TOO BIG"

    def __init__(self, clause: str, detail: str) -> None:
        super().__init__(
            "the bundle is too big: {detail} ({clause})",
            "keep the file and ask who sent it: nothing was changed",
            clause=clause,
            detail=detail,
        )


class UnknownSigner(BundleError):
    """Signed with a key that is not trusted, or not at this time."""

    outcome = "UNKNOWN SIGNER"

    def __init__(self, clause: str, detail: str) -> None:
        super().__init__(
            "the bundle is signed with a key nobody here trusts: {detail} ({clause})",
            "compare the fingerprint by phone, then trust the key and import again",
            clause=clause,
            detail=detail,
        )


class WrongSigner(BundleError):
    """Signed with a trusted key, but not with that of the desk it says it is from."""

    outcome = "WRONG SIGNER"

    def __init__(self, clause: str, detail: str) -> None:
        super().__init__(
            "the bundle is signed by another desk than it says: {detail} ({clause})",
            "keep the file and tell head office: nothing was changed",
            clause=clause,
            detail=detail,
        )


class RevokedKey(BundleError):
    """Signed with a key that was revoked, whatever date it claims."""

    outcome = "REVOKED KEY"

    def __init__(self, clause: str, detail: str) -> None:
        super().__init__(
            "the bundle is signed with a revoked key: {detail} ({clause})",
            "ask the desk for an export under its new key: nothing was changed",
            clause=clause,
            detail=detail,
        )


class WrongRecipient(BundleError):
    """Sealed to somebody else, or addressed to somebody else."""

    outcome = "WRONG RECIPIENT"

    def __init__(self, clause: str, detail: str) -> None:
        super().__init__(
            "the bundle is for somebody else: {detail} ({clause})",
            "check that it is the right stick and the right file",
            clause=clause,
            detail=detail,
        )


class NeedsNewer(BundleError):
    """Made for a newer program; the file is good and waits."""

    outcome = "NEEDS NEWER DESKAPP"

    def __init__(self, clause: str, detail: str) -> None:
        super().__init__(
            "the bundle needs a newer deskapp: {detail} ({clause})",
            "keep the file, upgrade deskapp, then import it again",
            clause=clause,
            detail=detail,
        )


class KeyFault(DeskError):
    """A key, a list of keys or an enrolment file is not as it must be."""

    def __init__(self, clause: str, detail: str) -> None:
        super().__init__(
            "this key file is not right: {detail} ({clause})",
            "have it written again by the program, or ask head office",
            clause=clause,
            detail=detail,
        )


class WrongPassphrase(DeskError):
    """The key file's passphrase is missing or wrong."""


@contextmanager
def edge() -> Iterator[None]:
    """The one place where whatever a library raises over a foreign file becomes an outcome (B49)."""
    try:
        yield
    except DeskError:
        raise
    except OSError as error:
        if error.errno is not None:  # the disk's or the stick's fault, not the file's
            raise
        raise BundleDamaged("B49", type(error).__name__) from error
    except Exception as error:  # a hostile file finds errors that nobody listed
        raise BundleDamaged("B49", type(error).__name__) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # how Rust under pyrage and cryptography fails; no Exception
            raise
        raise BundleDamaged("B49", "panic") from error
