"""Commands for the keys: the office's own, and those it trusts."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from deskapp.cli import opening, output
from deskapp.errors import UsageError
from deskapp.i18n import _

if TYPE_CHECKING:
    from deskapp.cli.general import Given


def new(given: Given) -> None:
    """The office's first keys; the fingerprint goes to stdout."""
    from deskapp.exchange import keys

    with opening.office(given) as office:
        session = opening.signed_in(given, office.book)
        public = keys.new(office.home, office.book, session, opening.new_key_passphrase())
    print(public.fingerprint)
    output.say(_("the keys are made; deskapp keys enrol writes the file that the other side needs"))


def rotate(given: Given) -> None:
    """Other keys in the place of the office's."""
    from deskapp.exchange import keys

    with opening.office(given) as office:
        session = opening.signed_in(given, office.book)
        public = keys.rotate(office.home, office.book, session, opening.new_key_passphrase())
    print(public.fingerprint)
    output.say(_("the new keys are in use; give the other side a new file: deskapp keys enrol"))


def show(given: Given, *, json: bool) -> None:
    """What others know the office by."""
    from deskapp.book import outgoing
    from deskapp.exchange import keys
    from deskapp.exchange.keyring import Keyring

    with opening.office(given) as office:
        ring = Keyring.open(office.home)
        own, receives = ring.mine(), keys.recipient(ring)
        party, journal = outgoing.party(office.book), outgoing.journal_name(office.book)
    if json:
        output.emit({"party": party, "journal": journal, "fingerprint": own.fingerprint, "key": own.line(),
                     "receives": receives})  # fmt: skip
        return
    output.pairs([
        (_("office"), party), (_("journal"), journal), (_("fingerprint"), own.fingerprint), (_("signs"), own.line()),
        (_("receives"), receives),
    ])  # fmt: skip


def enrol(given: Given, to: str | None) -> None:
    """The enrolment file; the fingerprint goes to stdout, in groups also to whoever reads it out."""
    from pathlib import Path

    from deskapp import paths
    from deskapp.exchange import keys
    from deskapp.exchange.keyring import Keyring

    with opening.office(given) as office:
        ring = Keyring.open(office.home)
        key = ring.signing(opening.key_passphrase)
        into = Path(opening.text(to)).absolute() if to is not None else paths.ensure(paths.outbox(office.home))
        file = keys.enrol(office.book, ring, key, into)
    print(key.public.fingerprint)
    output.say(_("the enrolment file is {path}").format(path=file))
    output.say(_("read out by phone: {groups}").format(groups=_groups(key.public.fingerprint)))


def trust(given: Given, file: str, fingerprint: str | None, escrow: str) -> None:
    """Trust an enrolment, once its fingerprint was read out."""
    from pathlib import Path

    from deskapp.exchange import keys

    with opening.office(given) as office:
        told = keys.enrolment_in(Path(opening.text(file)).absolute())
        session = opening.signed_in(given, office.book)
        output.say(_("the file says it is {party}; ring them up and have the fingerprint read out").format(
            party=told.party
        ))  # fmt: skip
        read_out = fingerprint or opening.typed(_("Fingerprint as it was read out"))
        if not read_out:
            raise UsageError("the fingerprint is missing", "add --fingerprint, as it was read out by phone")
        rotated = keys.trust(office.home, office.book, session, told, opening.text(read_out), escrow)
    output.say(_("{party} is trusted").format(party=told.party))
    if rotated:
        output.say(_("its key before stays good for {n} days").format(n=keys.OVERLAP.days))


def revoke(given: Given, key: str, reason: str) -> None:
    """Revoke a key from now on."""
    from deskapp.exchange import keys

    with opening.office(given) as office:
        session = opening.signed_in(given, office.book)
        party = keys.revoke(office.home, office.book, session, opening.text(key), opening.text(reason))
    output.say(_("the key of {party} is revoked: nothing signed with it is taken any more").format(party=party))


def list_(given: Given, *, json: bool) -> None:
    """Every key that is known here, and what it is good for."""
    from deskapp.exchange import keys
    from deskapp.exchange.keyring import Keyring

    states = {"own": _("own"), "trusted": _("trusted"), "ending": _("trusted until {day}"), "ended": _("ended {day}"),
              "early": _("not yet"), "revoked": _("revoked")}  # fmt: skip
    with opening.office(given) as office:
        known = keys.known(Keyring.open(office.home), office.book)
    if json:
        for one in known:
            output.emit({"party": one.party, "fingerprint": one.key.fingerprint, "state": one.state,
                         "until": one.until or None, "receives": list(one.receives),
                         "journal": one.journal})  # fmt: skip
    elif known:
        rows = [(one.party, states[one.state].format(day=one.until[:10]), one.key.fingerprint) for one in known]
        output.table([_("who"), _("state"), _("fingerprint")], rows, whole=(0, 2))
    else:
        output.say(_("no keys are known here: deskapp keys new"))


def _groups(fingerprint: str) -> str:
    return "  ".join(wrap(fingerprint.removeprefix("SHA256:"), 4))
