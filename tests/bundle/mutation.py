"""Damage as sticks, editors and enemies do it."""

from __future__ import annotations

from random import Random


def mutated(data: bytes, dice: Random, other: bytes = b"") -> bytes:
    """The bytes, changed in one to three places; now and then they come out as they were."""
    made = bytearray(data)
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        at = dice.randrange(len(made) + 1)
        some = dice.randrange(1, 1 + min(32, max(1, len(made) - at)))
        match dice.randrange(11):
            case 0 | 1 | 2 if at < len(made):
                made[at] ^= 1 << dice.randrange(8)
            case 3 if at < len(made):
                made[at] = dice.randrange(256)
            case 4:
                del made[at : at + some]
            case 5:
                made[at:at] = dice.randbytes(some)
            case 6:
                made[at:at] = made[at : at + some]
            case 7:
                made[at : at + some] = bytes(some)
            case 8:
                del made[at:]
            case 9:
                made[at : at + some] = dice.choice(
                    (b"\n", b" ", b"\r\n", b"=", b"\0", b"\xff\xff\xff\xff", b"\0\0\0\0")
                )
            case _:
                source = other or data
                there = dice.randrange(len(source))
                made[at : at + some] = source[there : there + some]
        if not made:
            return b""
    return bytes(made)
