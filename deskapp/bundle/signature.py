"""SSHSIG: what `ssh-keygen -Y sign` writes and `-Y verify` reads, in the one encoding it writes (B15).

An Ed25519 signature has no part of variable length, so it is read by building it again and comparing.
"""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from textwrap import wrap

from deskapp.bundle.keys import PublicKey, SigningKey
from deskapp.bundle.outcomes import Malformed

BUNDLE = "deskapp-bundle-v1"
ENROLMENT = "deskapp-enrol-v1"
BEGIN, END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
_MAGIC = b"SSHSIG"
_HASH = b"sha512"


def _string(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


def _message(message: bytes, namespace: str) -> bytes:
    """What is signed: the namespace and the hash, so that no other signature can be passed off as this one."""
    digest = hashlib.sha512(message).digest()
    return _MAGIC + _string(namespace.encode()) + _string(b"") + _string(_HASH) + _string(digest)


def _armored(public: PublicKey, namespace: str, signature: bytes) -> bytes:
    parts = (public.blob, namespace.encode(), b"", _HASH, _string(b"ssh-ed25519") + _string(signature))
    blob = _MAGIC + (1).to_bytes(4, "big") + b"".join(map(_string, parts))
    return "\n".join([BEGIN, *wrap(b64encode(blob).decode(), 70), END, ""]).encode()


def sign(message: bytes, key: SigningKey, namespace: str = BUNDLE) -> bytes:
    """An armored signature, byte for byte that of `ssh-keygen -Y sign`."""
    return _armored(key.public, namespace, key.sign(_message(message, namespace)))


def signer(message: bytes, armored: bytes, namespace: str = BUNDLE) -> PublicKey | None:
    """Whose signature of the message this is, None if it is nobody's; raises Malformed (B15).

    Whether that key may be trusted is another question (B17, B18).
    """
    try:
        blob = b64decode(b"".join(armored.split(b"\n")[1:-2]), validate=True)
    except ValueError:
        raise Malformed("B15", "the signature is not base64") from None
    public, signature = PublicKey(blob[33:65]), blob[-64:]
    if len(blob) < 65 + 64 or _armored(public, namespace, signature) != armored:
        raise Malformed("B15", f"not an Ed25519 signature for {namespace} as ssh-keygen writes it")
    return public if public.verifies(signature, _message(message, namespace)) else None
