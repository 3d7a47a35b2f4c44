"""Commands around what came: import, and what is known of every desk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from deskapp.cli import opening, output
from deskapp.i18n import _, tell

if TYPE_CHECKING:
    from deskapp.cli.general import Given
    from deskapp.exchange.arrived import Arrived


def import_(given: Given, names: Sequence[str], *, dry: bool, json: bool) -> int:
    """Take files, or say what would become of them; the exit code: held 1, refused or alarming 4."""
    from pathlib import Path

    from deskapp.book import outgoing
    from deskapp.exchange.arrived import files
    from deskapp.exchange.importing import Importer
    from deskapp.exchange.keyring import Keyring

    with opening.office(given) as office:
        given_files = files([Path(opening.text(name)).absolute() for name in names], outgoing.party(office.book))
        with output.progress(_("entry")) as progress:
            importer = Importer(office.book, Keyring.open(office.home), dry=dry, progress=progress)
            found = importer.take(given_files)
    for one in found:
        _tell(one, json=json)
    if not found:
        output.say(_("no bundle for this office there"))
    if dry and found:
        output.say(_("this is what would happen; nothing was changed"))
    if any(one.alarms or not (one.good or one.outcome.startswith("HELD")) for one in found):
        return 4
    return 0 if all(one.good for one in found) else 1


def _tell(one: Arrived, *, json: bool) -> None:
    message, hint = tell(one.said)
    if json:
        output.emit({
            "file": one.file.name, "outcome": one.outcome, "message": message, "hint": hint, "from": one.party,
            "journal": one.journal, "from_seq": one.from_seq, "to_seq": one.to_seq, "count": one.count,
            "bundle_id": one.bundle_id, "alarms": [tell(alarm)[0] for alarm in one.alarms],
        })  # fmt: skip
        return
    print(output.line(one.outcome, one.file.name))
    for error in (one.said, *one.alarms):
        message, hint = tell(error)
        print(f"  {output.line(message, f'({hint})' if hint else '')}")


def desks(given: Given, *, json: bool) -> None:
    """What is here of every desk: its last bundle and how old it is, the head, what waits, forks, keys."""
    from deskapp.exchange.keyring import Keyring
    from deskapp.exchange.standing import standings

    with opening.office(given) as office:
        found = standings(office.book, Keyring.open(office.home))
    if json:
        for one in found:
            output.emit({
                "desk": one.desk, "journals": list(one.journals), "seq": one.seq, "hash": one.hash, "last": one.last,
                "age_days": one.age, "acknowledged": one.acked, "waiting": one.waiting, "gaps": list(one.gaps),
                "forks": list(one.forks), "keys": list(one.keys), "overdue": one.overdue,
            })  # fmt: skip
        return
    if not found:
        output.say(_("nothing came from anybody yet"))
        return
    headings = [_("Desk"), _("Last bundle"), _("Days"), _("Head"), _("Waiting"), _("Forks"), _("Known keys")]
    output.table(headings, [
        [one.desk, (one.last or "-")[:16].replace("T", " "), "-" if one.age is None else str(one.age),
         f"{one.seq} {one.hash[:16]}" if one.seq >= 0 else "-", str(one.waiting), str(len(one.forks)),
         str(len(one.keys))]
        for one in found
    ])  # fmt: skip
    for one in found:
        for note in (*one.gaps, *one.forks):
            output.say(f"{one.desk}: {note}")
        if one.overdue:
            output.say(_("{desk}: its newest bundle is out of date: ask why no newer one came").format(desk=one.desk))
