"""What the screen of the stick says: one plain sentence for everything, and the next thing to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from deskapp.errors import DeskError
from deskapp.i18n import N_, _, tell
from deskapp.text import fit
from deskapp.tui.widgets.roomcard import wrapped

if TYPE_CHECKING:
    from deskapp.exchange.arrived import Arrived
    from deskapp.exchange.exporting import Exported
    from deskapp.exchange.stick import Due, Found, Stick

STAGES = {"writing": N_("writing"), "reading back": N_("reading back"), "settling": N_("settling")}
"""What is done to a file on the stick, as `exchange.landing` calls it, in its order."""
BANNER = "       ****  {}  ****"
_LABEL = 10


def look(found: Found, width: int) -> list[str]:
    """The stick, what would go, and what lies there."""
    return [*_stick(found, width), *_goes(found, width), *_came(found, width)]


def _stick(found: Found, width: int) -> list[str]:
    if found.stick is None:
        return _row(_("Stick"), _("none found: plug it in and press Enter, or type its folder"), width)
    lines = _row(_("Stick"), _named(found.stick), width)
    if found.others:
        lines += _row("", _("{n} more are plugged in; 3 takes the next").format(n=found.others), width)
    return lines


def _named(stick: Stick) -> str:
    free = f"{stick.free / 1e9:.1f}G" if stick.free is not None and stick.free >= 1e8 else (
        "" if stick.free is None else f"{stick.free // 1_000_000}M")  # fmt: skip
    folder = str(stick.folder)
    return "  ".join(filter(None, (folder, _("{free} free").format(free=free) if free else "")))


def _goes(found: Found, width: int) -> list[str]:
    if found.held_back:
        return _row(_("To go"), _told(found.held_back), width)
    return [line for due in found.due for line in _row(_("To go"), _due(due), width)]


def _due(due: Due) -> str:
    if due.count:
        said = _("{n} entries, {first} to {last}, for {party}")
    else:
        said = _("nothing new for {party}: the bundle only says what came from there")
    if due.since and due.since[:4].isdigit():
        since = _("last acknowledged on {at}").format(at=due.since[:16].replace("T", " "))
    else:
        since = _("never acknowledged yet") if due.since is None else ""
    words = said.format(n=due.count, first=due.first, last=due.last, party=due.party)
    return "; ".join(filter(None, (words, since)))


def _came(found: Found, width: int) -> list[str]:
    if found.unread:
        return _row(_("On it"), _told(found.unread), width)
    if found.stick is None:
        return []
    if not found.came:
        return _row(_("On it"), _("nothing for this office"), width)
    return [*_row(_("On it"), _("{n} files for this office; import would say:").format(n=len(found.came)), width),
            *came(found.came, width)]  # fmt: skip


def came(files: Iterable[Arrived], width: int) -> list[str]:
    """Each file and what becomes of it."""
    lines = []
    for one in files:
        said = " ".join(map(_told, (one.said, *one.alarms)))
        lines += [f"   {one.file.name}", *(f"     {part.plain}" for part in wrapped(said, width - 6))]
    return lines


def stages(now: str, entries: int, width: int) -> list[str]:
    """The three words; those before the one that is being done are done, an empty one is before all."""
    order = list(STAGES)
    at = order.index(now) if now in order else len(order) if now == "done" else -1
    lines = []
    for n, word in enumerate(STAGES.values()):
        state = _("complete") if n < at else _("under way ...") if n == at else ""
        lines += _row(_(word), state, width)
    if entries and at < len(order):
        lines += _row(_("Entries"), str(entries), width)
    return lines


def reading(entries: int) -> list[str]:
    """An import that is under way."""
    return [f" {_('reading ...')}  {entries or ''}".rstrip()]


def sent(files: Sequence[Exported], width: int) -> list[str]:
    """What was exported, and what to do now."""
    if all(one.carried for one in files):
        lines = ["", BANNER.format(_("the stick may be pulled out")), ""]
    else:
        lines = ["", *_row("", _("this is the computer's own disk: is the stick plugged in?"), width), ""]
    for one in files:
        lines += _row(_("File"), one.path.name, width)
    lines += _plain(_("Take it to the other side; put the file that comes back on this stick and take 45."), width)
    return lines + _plain(
        _("Until then every export brings the same entries again: nothing is lost or doubled."), width
    )


def taken(files: Sequence[Arrived], width: int) -> list[str]:
    """What was imported, and what to do now."""
    good = sum(one.good for one in files)
    lines = ["", BANNER.format(_("the stick may be pulled out")), ""]
    if not files:
        return [*lines, *_plain(_("Nothing for this office was on it: ask the other side for its file."), width)]
    if good == len(files):
        lines += _plain(_("{n} files were taken; nothing more to do.").format(n=good), width)
    else:
        said = _("{n} files were taken, {m} need you: read below, and tell the manager.")
        lines += _plain(said.format(n=good, m=len(files) - good), width)
    return [*lines, *came(sorted(files, key=lambda one: one.good), width)]


def trouble(files: Iterable[Arrived]) -> str:
    """The first thing that somebody has to see to; empty where there is nothing."""
    bad = next((one for one in files if not one.good), None)
    return _told(bad.alarms[0] if bad.alarms else bad.said) if bad else ""


def _told(error: DeskError) -> str:
    message, hint = tell(error)
    return f"{message} ({hint})" if hint else message


def refused(error: DeskError, width: int) -> list[str]:
    """Why it did not work, and what to do instead."""
    message, hint = tell(error)
    return ["", *_plain(message, width), "", *(_plain(hint, width) if hint else [])]


def _plain(text: str, width: int) -> list[str]:
    return [f" {part.plain}" for part in wrapped(text, width - 2)]


def _row(label: str, text: str, width: int) -> list[str]:
    parts = wrapped(text, width - _LABEL - 2)
    return [f" {fit(label if n == 0 else '', _LABEL)}{part.plain}" for n, part in enumerate(parts)]
