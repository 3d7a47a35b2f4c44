"""What the other side says it holds of our journal, and what follows from it (B28)."""

from __future__ import annotations

from deskapp.book import foreign
from deskapp.book.desks import desks
from deskapp.bundle.manifest import Manifest
from deskapp.errors import DeskError
from deskapp.exchange.judging import Shelf
from deskapp.i18n import N_

_GO_ON = N_("a manager goes on as a new journal: deskapp restore --reason TEXT")


def acknowledged(shelf: Shelf, own: int, man: Manifest) -> tuple[int, int, str] | DeskError | None:
    """Up to where the sender holds which journal of ours; or the alarm, where ours is not what it holds."""
    ack = man.ack
    if ack is None:
        return None
    ours = desks(shelf.conn)
    there = foreign.known(shelf.conn, ack.journal)
    if there is None or there.desk != ours.own:
        return DeskError("UNKNOWN JOURNAL: {party} holds a journal of ours that this book does not know: {journal}",
                         _GO_ON, party=man.from_, journal=ack.journal)  # fmt: skip
    if ack.seq > there.seq:
        if there.id != own:  # a restored book: what came after the copy is known to be lost
            return there.id, there.seq, there.hash
        return DeskError("ROLLED BACK: {party} holds {theirs} entries of ours, this older book only {ours}",
                         _GO_ON, party=man.from_, theirs=ack.seq + 1, ours=there.seq + 1)  # fmt: skip
    if foreign.hash_at(shelf.conn, ack.journal, ack.seq) != ack.hash:
        return DeskError("FORKED: {party} holds another entry {seq} of ours than this book", _GO_ON, party=man.from_,
                         seq=ack.seq)  # fmt: skip
    return there.id, ack.seq, ack.hash
