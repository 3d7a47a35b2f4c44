"""What the screens of the day's end say: the checklist, what was done, the late ones (ux 3.9, 3.17)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from deskapp.desk.closing import Closing
from deskapp.exchange.dayclose import print_words
from deskapp.i18n import _, tell
from deskapp.reports import checklist, daily
from deskapp.reports.checklist import Line
from deskapp.text import cells, fit
from deskapp.tui import stickwords
from deskapp.tui.widgets.plain import RULE
from deskapp.tui.widgets.roomcard import wrapped

if TYPE_CHECKING:
    from deskapp.exchange.dayclose import Outcome

_NAME, _RESULT = 14, 20


def looked(found: Closing, lines: Sequence[Line], left: Sequence[date], width: int) -> list[str]:
    """A day as it is about to be closed, or is closed."""
    title = f" {_('business day {span}  {number}').format(span=daily.span(found.day), number=found.number)}"
    if found.record is not None:
        title += f"  {_('CLOSED')}"
    told = [title, RULE]
    for line in lines:
        told += _line(line, width)
    told.append(f"-- {_('the day')} ")
    for words in checklist.summary(found):
        told += plain(words, width)
    if left:
        told += plain(_("not closed: {days}").format(days=checklist.few(left)), width)
    told.append(RULE)
    return told + plain(_("! informs; only x is in the way: no hand-over, an unsound book, an earlier day"), width)


def _line(line: Line, width: int) -> list[str]:
    name, result = (text if cells(text) < room_ else f"{text} " for text, room_ in
                    ((line.name, _NAME), (line.result, _RESULT)))  # fmt: skip
    head = f"{line.sign} {fit(name, max(_NAME, cells(name)))}{fit(result, max(_RESULT, cells(result)))}"
    words = [one.plain for one in wrapped(line.detail, max(10, width - cells(head) - 1))] or [""]
    return [f"{head}{words[0]}".rstrip(), *(" " * cells(head) + more for more in words[1:])]


def done(outcome: Outcome, width: int) -> list[str]:
    """What was done, where it lies, and what was not."""
    number = outcome.record.number
    found: list[str] = []
    if (printed := outcome.printed) is not None:
        words = _("{number} is closed: {copy}. Open the page in a browser and print it:")
        found += plain(words.format(number=number, copy=print_words(printed.copy)), width)
        found += [f"   {file}" for file in printed.files]
    if outcome.sent is not None:
        found += ["", *stickwords.stages("done", 0, width), *stickwords.sent(outcome.sent, width)]
        if outcome.sending:
            found += plain(_("export no. {n} of this day").format(n=outcome.sending), width)
    if outcome.trouble is not None:
        found += ["", *plain(_("The day is closed; this failed, and can be done again:"), width)]
        found += [line for text in tell(outcome.trouble) if text for line in plain(text, width)]
    return found


def plain(text: str, width: int) -> list[str]:
    """A sentence over as many lines as it needs."""
    return [f" {part.plain}" for part in wrapped(text, width - 2)]
