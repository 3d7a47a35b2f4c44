"""The keys a desk signs with: Ed25519, in OpenSSH's own files (B39, B40)."""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deskapp.bundle.outcomes import KeyFault, WrongPassphrase

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

TYPE = "ssh-ed25519"
_BLOB = b"\0\0\0\x0bssh-ed25519\0\0\0\x20"
"""What stands before the 32 bytes of every public key."""
_LINE = re.compile(r"ssh-ed25519 (?P<key>[A-Za-z0-9+/]{68})(?: (?P<comment>[ -~]{1,200}))?\n?\Z")
ROUNDS = 32
"""Of bcrypt over a passphrase: a third of a second on an old PC."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """An Ed25519 public key."""

    raw: bytes

    @classmethod
    def parse(cls, line: str) -> PublicKey:
        """From a line `ssh-ed25519 AAAA... [comment]`; raises KeyFault (B40)."""
        match = _LINE.match(line)
        blob = b64decode(match["key"]) if match else b""
        if len(blob) != len(_BLOB) + 32 or not blob.startswith(_BLOB):
            raise KeyFault("B40", "not an ssh-ed25519 public key")
        return cls(blob[len(_BLOB) :])

    @property
    def blob(self) -> bytes:
        """As SSH writes it on the wire."""
        return _BLOB + self.raw

    def line(self, comment: str = "") -> str:
        """As OpenSSH writes it in a `.pub` file, without the line end."""
        return f"{TYPE} {b64encode(self.blob).decode()} {comment}".rstrip()

    @property
    def fingerprint(self) -> str:
        """What is read out by phone, as `ssh-keygen -l` shows it (B40)."""
        return "SHA256:" + b64encode(hashlib.sha256(self.blob).digest()).decode().rstrip("=")

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Whether this key made the signature."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except (InvalidSignature, ValueError):  # ValueError: not a point of the curve
            return False
        return True


class SigningKey:
    """An Ed25519 private key; nothing shows it but `write`."""

    __slots__ = ("_key", "public")

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = PublicKey(key.public_key().public_bytes_raw())

    @classmethod
    def new(cls) -> SigningKey:
        """A new key, from the system's own source of chance."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def read(cls, file: bytes, passphrase: str = "") -> SigningKey:
        """From an OpenSSH private key file; raises KeyFault or WrongPassphrase (B39)."""
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_ssh_private_key

        try:
            key = load_ssh_private_key(file, passphrase.encode() or None)
        except TypeError as error:  # locked and no passphrase given, or the other way round
            if passphrase:
                return cls.read(file)
            raise WrongPassphrase("the key is locked", "give its passphrase") from error
        except (ValueError, UnsupportedAlgorithm) as error:
            if passphrase and b"OPENSSH PRIVATE KEY" in file:
                raise WrongPassphrase("the key does not open: wrong passphrase or a damaged file") from None
            raise KeyFault("B39", "not an OpenSSH private key") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise KeyFault("B39", "not an Ed25519 key")
        return cls(key)

    def write(self, passphrase: str = "") -> bytes:
        """As an OpenSSH private key file, locked if there is a passphrase (B39)."""
        from cryptography.hazmat.primitives import serialization as form

        lock: form.KeySerializationEncryption = form.NoEncryption()
        if passphrase:
            lock = form.PrivateFormat.OpenSSH.encryption_builder().kdf_rounds(ROUNDS).build(passphrase.encode())
        return self._key.private_bytes(form.Encoding.PEM, form.PrivateFormat.OpenSSH, lock)

    def sign(self, message: bytes) -> bytes:
        """The 64 bytes of a bare Ed25519 signature."""
        return self._key.sign(message)
