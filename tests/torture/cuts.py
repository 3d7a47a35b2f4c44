"""What a disk may hold after a power cut, from what a recorder took down.

Pessimistic about data: a write or a truncation is lost with one chance in two, or torn at a sector, unless its file was
flushed after it. Creations, links, unlinks and renames happen in order, and a random number of the last ones is lost
unless any flush came after them, as on a file system with a journal. A disk that lies about flushing is not modelled.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.torture.recorder import Op

SECTOR = 512


@dataclass
class _File:
    """A file's flushed content, and what was done to it since."""

    durable: bytearray = field(default_factory=bytearray)
    pending: list[Op] = field(default_factory=list)

    def flush(self) -> None:
        for op in self.pending:
            self.apply(op)
        self.pending.clear()

    def apply(self, op: Op, size: int | None = None) -> None:
        content = self.durable
        if op.kind == "T":
            del content[op.at :]
        if len(content) < op.at:
            content.extend(bytes(op.at - len(content)))
        if op.kind == "W":
            data = op.data[:size]
            content[op.at : op.at + len(data)] = data

    def fail(self, rng: random.Random) -> None:
        """The power goes: of what was not flushed, some is there, some is not, some is torn."""
        for op in self.pending:
            if rng.random() < 0.5:
                continue
            torn = len(op.data) > SECTOR and rng.random() < 0.3
            self.apply(op, SECTOR * rng.randint(1, len(op.data) // SECTOR) if torn else None)


@dataclass
class _Folder:
    """The names that are in use, those that a cut would leave, and the changes between the two."""

    names: dict[str, _File]
    durable: dict[str, _File]
    pending: list[tuple[Op, _File]] = field(default_factory=list)

    def change(self, op: Op) -> _File:
        """Make, link, unlink or rename; the file that it is about."""
        if op.kind == "C" and op.path in self.names:
            return self.names[op.path]
        fresh = _File()
        self.pending.append((op, fresh))
        return self._put(self.names, op, fresh)

    def flush(self, first: int | None = None) -> None:
        for op, fresh in self.pending[:first]:
            self._put(self.durable, op, fresh)
        self.pending.clear()

    @staticmethod
    def _put(names: dict[str, _File], op: Op, fresh: _File) -> _File:
        found = names.get(op.path, fresh)
        if op.kind == "C":
            names[op.path] = found = fresh
        elif op.path in names:
            if op.kind in "RL":
                names[op.other] = found
            if op.kind in "RU":
                del names[op.path]
        return found


def cut(before: dict[str, bytes], ops: Sequence[Op], rng: random.Random) -> tuple[dict[str, bytes], list[bytes]]:
    """The files after these operations and a power cut, and what had been acknowledged by then."""
    held = {name: _File(bytearray(data)) for name, data in before.items()}
    folder = _Folder(dict(held), dict(held))
    files, said = list(held.values()), []
    for op in ops:
        match op.kind:
            case "W" | "T" if op.path in folder.names:
                folder.names[op.path].pending.append(op)
            case "S":
                if op.path in folder.names:
                    folder.names[op.path].flush()
                folder.flush()
            case "A":
                said.append(op.data)
            case "C" | "U" | "R" | "L":
                files.append(folder.change(op))
    folder.flush(rng.randint(0, len(folder.pending)))
    for file in {id(file): file for file in files}.values():
        file.fail(rng)
    return {name: bytes(file.durable) for name, file in folder.durable.items()}, said


def files_of(home: Path) -> dict[str, bytes]:
    """All files in a folder, by their paths in it; SQLite's shared memory never reaches a disk."""
    return {
        f"{path.relative_to(home)}": path.read_bytes()
        for path in home.rglob("*")
        if path.is_file() and not path.name.endswith("-shm")
    }


def lay(files: dict[str, bytes], home: Path) -> None:
    """Put files into a folder."""
    for name, data in files.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_bytes(data)
