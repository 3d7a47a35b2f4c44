"""Makes `data/vectors`:  python -m tests.bundle.vectors

Good and bad bundles with the outcome each must cause, for this program's tests and for anybody else's reader. Their
keys are made from sentences that stand in `craft.py`: they are for tests only.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from deskapp.bundle import enrolment, keyring, seal
from deskapp.resources import data_path
from tests.bundle import inside, outside
from tests.bundle.craft import DESK, HQ_AGE, KEYRING, NOW, OTHER_AGE, line


class Vector(NamedTuple):
    """A file, what must come of it and by which clause."""

    file: str
    outcome: str
    clause: str
    about: str
    data: bytes


def vectors() -> Iterator[Vector]:
    """All of them; seals are new each time, since age rolls dice."""
    groups = (
        outside.good, outside.seal, outside.structure, outside.headers, outside.unpacking,
        inside.signed, inside.sums, inside.manifest, inside.parties, inside.lines,
    )  # fmt: skip
    return (Vector(*one) for group in groups for one in group())


def keys(folder: Path) -> None:
    """The keys that the vectors are judged with, as stock tools read them."""
    folder.mkdir(parents=True, exist_ok=True)
    warning = "# For tests only: anybody can make these keys.\n"
    (folder / "allowed_signers").write_text(warning + keyring.write_signers(KEYRING.signers), "utf-8")
    revoked = [(key, "for tests only") for key in KEYRING.revoked]
    (folder / "revoked").write_text(warning + keyring.write_revoked(revoked), "utf-8")
    (folder / "hq.key").write_text(f"# For tests only.\n{HQ_AGE}\n", "utf-8")
    (folder / "enrol.txt").write_bytes(enrolment.write("desk-017", "3f9a01bc", DESK, seal.recipient_of(OTHER_AGE)))


def index(made: list[Vector]) -> str:
    """What the files are judged by, and each with its outcome."""
    told = {"to": "hq", "now": NOW.isoformat(), "keys": ["keys/allowed_signers", "keys/revoked", "keys/hq.key"]}
    rows = ",\n".join("    " + line(one._asdict() | {"data": None}).replace(',"data":null', "") for one in made)
    return line(told)[:-1] + ',\n  "vectors": [\n' + rows + "\n  ]\n}\n"


def main(folder: Path) -> None:
    """Write them all anew."""
    for old in folder.glob("*.zip*"):
        old.unlink()
    made = list(vectors())
    for one in made:
        (folder / one.file).write_bytes(one.data)
    keys(folder / "keys")
    (folder / "index.json").write_text(index(made), "utf-8")
    print(f"{len(made)} files, {sum(len(one.data) for one in made)} bytes", file=sys.stderr)


if __name__ == "__main__":
    main(data_path("vectors"))
