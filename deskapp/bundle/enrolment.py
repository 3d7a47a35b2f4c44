"""The enrolment file: a desk's public keys, signed with the very key it brings (B43, B44).

That proves only that whoever wrote it holds the key; whose key it is, two people compare by phone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from deskapp.bundle import seal, signature
from deskapp.bundle.keys import PublicKey, SigningKey
from deskapp.bundle.manifest import is_journal, is_party
from deskapp.bundle.outcomes import KeyFault

LARGEST = 4096
_TEXT = re.compile(
    r"deskapp-enrol-v1\nparty (?P<party>\S+)\njournal (?P<journal>\S+)\nsigns (?P<signs>ssh-ed25519 \S+)\n"
    r"receives (?P<receives>\S+)\n\Z"
)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Who a party is: the key it signs with and the key others seal to."""

    party: str
    journal: str
    signs: PublicKey
    receives: str

    @property
    def text(self) -> str:
        """What is signed."""
        return (
            f"{signature.ENROLMENT}\nparty {self.party}\njournal {self.journal}\n"
            f"signs {self.signs.line()}\nreceives {self.receives}\n"
        )


def write(party: str, journal: str, key: SigningKey, receives: str) -> bytes:
    """An enrolment file; raises KeyFault."""
    text = Enrolment(party, journal, key.public, receives).text.encode()
    file = text + signature.sign(text, key, signature.ENROLMENT)
    read(file)
    return file


def read(file: bytes) -> Enrolment:
    """From an enrolment file; raises KeyFault, or Malformed over its signature (B43, B44)."""
    if len(file) > LARGEST:
        raise KeyFault("B43", "too long for an enrolment file")
    head, begin, tail = file.partition(signature.BEGIN.encode())
    try:
        match = _TEXT.match(head.decode("ascii"))
    except UnicodeDecodeError:
        match = None
    if not match or not is_party(match["party"]) or not is_journal(match["journal"]):
        raise KeyFault("B43", "not an enrolment file")
    enrolment = Enrolment(
        match["party"], match["journal"], PublicKey.parse(match["signs"]), seal.check_recipient(match["receives"])
    )
    if signature.signer(head, begin + tail, signature.ENROLMENT) != enrolment.signs:
        raise KeyFault("B44", "it is not signed with the key it brings")
    return enrolment
