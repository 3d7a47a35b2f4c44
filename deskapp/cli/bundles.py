"""Commands around bundles that go out, and what a file is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskapp.cli import opening, output
from deskapp.errors import Damaged, DeskError, UsageError
from deskapp.i18n import _, tell

if TYPE_CHECKING:
    from deskapp.bundle.enrolment import Enrolment
    from deskapp.cli.general import Given
    from deskapp.exchange.exporting import Exported
    from deskapp.exchange.verifying import Verified


def export(given: Given, to: str | None, party: str | None) -> None:
    """Write a bundle for whoever is to have one; their paths go to stdout."""
    from pathlib import Path

    from deskapp.exchange import exporting
    from deskapp.exchange.keyring import Keyring

    with opening.office(given) as office:
        ring = Keyring.open(office.home)
        known = exporting.parties(office.book, ring)
        if party is not None and party not in known:
            raise UsageError("nothing goes to {party} from here", "to: {known}", party=party[:40],
                             known=" ".join(known))  # fmt: skip
        if not known:
            raise DeskError("no desk is known here yet", "ask for its enrolment file, then: deskapp keys trust FILE")
        for one in (party,) if party else known:
            ring.sealing_to(one)
        target = Path(opening.text(to)).absolute() if to is not None else None
        if target and not target.is_dir() and party is None and len(known) > 1:
            raise UsageError("there are {n} bundles to write", "name a folder, not a file", n=len(known))
        key = ring.signing(opening.key_passphrase)
        for one in (party,) if party else known:
            with output.progress(_("entry")) as progress:
                written = exporting.export(office.book, ring, key, one, target, progress)
            for bundle in written:
                print(bundle.path)
                _tell(bundle)
                if target and not bundle.carried:
                    output.say(_("this is the computer's own disk: is the stick plugged in?"))


def _tell(bundle: Exported) -> None:
    from deskapp.book.desks import HQ

    if bundle.count:
        said = _("{n} entries, {first} to {last}, for {party}")
    else:
        said = _("nothing new for {party}: the bundle only says what came from there")
    output.say(said.format(n=bundle.count, first=bundle.from_seq, last=bundle.to_seq, party=bundle.to))
    if bundle.replaced:
        output.say(_("a file of that name was there: it was replaced"))
    if bundle.to == HQ and bundle.sealed_to == 1:
        output.say(_("head office's escrow key is not known here: deskapp keys trust FILE --escrow age1..."))


def verify(given: Given, file: str, *, json: bool) -> None:
    """Say what a file is; one that is not good is an error by its outcome."""
    from pathlib import Path

    from deskapp.exchange import verifying
    from deskapp.exchange.keyring import Keyring

    with opening.office(given) as office:
        path = Path(opening.text(file)).absolute()
        try:
            found = verifying.verify(office.book, Keyring.open(office.home), path)
        except Damaged as error:
            if json and (outcome := getattr(error, "outcome", None)):
                output.emit({"outcome": outcome, **{name: str(value) for name, value in error.values.items()}})
            raise
        if isinstance(found, verifying.Verified):
            _bundle(found, json=json)
        else:
            _enrolment(found, json=json)


def _bundle(found: Verified, *, json: bool) -> None:
    man = found.manifest
    if json:
        output.emit({
            "outcome": "GOOD", "kind": man.kind, "from": man.from_, "to": man.to, "journal": man.journal,
            "from_seq": man.from_seq, "to_seq": man.to_seq, "count": man.count, "erased": len(man.erased),
            "head_hash": man.head_hash, "created_at": man.created_at, "expires": man.expires, "app": man.app,
            "ack": {"journal": man.ack.journal, "seq": man.ack.seq, "hash": man.ack.hash} if man.ack else None,
            "signer": found.signer, "key": found.fingerprint, "bundle_id": found.bundle_id, "bytes": found.bytes,
            "import": found.outcome, "alarms": [tell(alarm)[0] for alarm in found.alarms],
        })  # fmt: skip
        return
    entries = _("{n}: {first} to {last}").format(n=man.count, first=man.from_seq, last=man.to_seq)
    erased = _("{n} private parts were erased").format(n=len(man.erased)) if man.erased else ""
    desk = man.kind == "desk-journal"
    print(_("a good bundle: a desk's journal") if desk else _("a good bundle: head office's feed"))
    output.pairs([
        (_("from"), man.from_), (_("for"), man.to), (_("signed by"), f"{found.signer}  {found.fingerprint}"),
        (_("journal"), man.journal), (_("entries"), entries if man.count else "0"), (_("erased"), erased),
        (_("made"), f"{man.created_at[:16].replace('T', ' ')}  {man.app}"),
        (_("acknowledges"), f"{man.ack.journal} {man.ack.seq}" if man.ack else ""), (_("bundle"), found.bundle_id),
        (_("on import"), found.outcome),
    ])  # fmt: skip
    for error in (*([found.said] if found.outcome.startswith("HELD") else ()), *found.alarms):
        output.warn(error)


def _enrolment(found: Enrolment, *, json: bool) -> None:
    if json:
        output.emit({"outcome": "GOOD", "kind": "enrolment", "party": found.party, "journal": found.journal,
                     "receives": found.receives})  # fmt: skip
        return
    print(_("an enrolment file"))
    output.pairs([(_("from"), found.party), (_("journal"), found.journal)])
    output.say(_("the fingerprint is read out by phone, then: deskapp keys trust FILE"))
