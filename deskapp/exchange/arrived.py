"""A file that came: what became of it, in a sentence and in its receipt."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from deskapp.book.disk import told
from deskapp.book.receipts import APPLIED, DUPLICATE, Receipt
from deskapp.bundle.reader import Bundle
from deskapp.errors import DeskError
from deskapp.exchange.judging import FORK
from deskapp.i18n import tell

_BACKUP = ".deskapp.db.age"


@dataclass(slots=True)
class Arrived:
    """What became of a file: the outcome, a sentence with the next thing to do, and what else is wrong."""

    file: Path
    outcome: str
    said: DeskError
    bundle_id: str = ""
    party: str = ""
    journal: str = ""
    from_seq: int = 0
    to_seq: int = -1
    count: int = 0
    """Entries that were put in."""
    unread: list[int] = field(default_factory=list)
    """The seqs of those that say nothing this program can show."""
    alarms: list[DeskError] = field(default_factory=list)
    came: str = ""
    """When it came; what waits keeps that moment."""

    @property
    def good(self) -> bool:
        """Whether nothing is left to do."""
        return self.outcome in (APPLIED, DUPLICATE) and not self.alarms

    @property
    def waits(self) -> bool:
        """Whether it is kept and may apply by itself."""
        return self.outcome.startswith("HELD") and self.outcome != FORK


def files(given: list[Path], own: str) -> list[Path]:
    """The files that were named, and those of the folders that were; raises DeskError for what is not there.

    A stick carries bundles both ways, and backups: of a folder, what its name says is for others is left out.
    """
    found: dict[Path, None] = {}
    for path in given:
        with told(path):
            if not path.is_dir():
                path.stat()
                found[path] = None
                continue
            for one in sorted(path.glob("*.age")):
                names = one.name.split("_")
                if (len(names) < 4 or names[1] == own) and not one.name.endswith(_BACKUP):
                    found[one] = None
    return list(found)


def arriving(path: Path, bundle: Bundle, came: str) -> Arrived:
    """A bundle that is good so far."""
    man = bundle.manifest
    return Arrived(
        path, "", DeskError(""), bundle.bundle_id, man.from_, man.journal, man.from_seq, man.to_seq, came=came
    )


def receipt(of: Arrived, bundle: Bundle) -> Receipt:
    """The receipt of a bundle: with its manifest and signature, which prove what came."""
    man = bundle.manifest
    note = "; ".join(tell(one)[0] for one in (of.said, *of.alarms))
    return Receipt(
        of.bundle_id, of.outcome, note, of.came, man.from_, man.journal, man.kind, man.from_seq,
        man.to_seq, bundle.manifest_bytes.decode(), bundle.sums.decode(), bundle.signature.decode(),
    )  # fmt: skip
