"""How big each thing may be (B12): what is larger is refused before memory or disk is used."""

from __future__ import annotations

from dataclasses import dataclass

KIB, MIB = 1 << 10, 1 << 20
BLOCK = 1 * MIB
"""How much is read at a time."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The caps of B12, in bytes but for `members`."""

    file: int = 1024 * MIB
    header: int = 16 * KIB
    members: int = 16
    sums: int = 4 * KIB
    signature: int = 1 * KIB
    manifest: int = 16 * MIB
    lines: int = 2048 * MIB
    readme: int = 64 * KIB
    line: int = 4 * MIB

    def member(self, name: str) -> int:
        """The cap of a member; one that only a newer version knows is never unpacked, so it may be large (B22)."""
        return {
            "SHA256SUMS": self.sums,
            "SHA256SUMS.sig": self.signature,
            "manifest.json": self.manifest,
            "entries.jsonl": self.lines,
            "bodies.jsonl": self.lines,
            "README.txt": self.readme,
        }.get(name, self.lines)


LIMITS = Limits()
