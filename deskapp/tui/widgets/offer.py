"""The list behind F4 and `*`: nine candidates at a time, picked by digit; and the help of a field."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from deskapp.i18n import _, pick
from deskapp.text import fit, show
from deskapp.tui.widgets.field import Box, Pick
from deskapp.tui.widgets.roomcard import heading, wrapped

PAGE = 9


class Offer:
    """Candidates on offer; none while it is closed."""

    def __init__(self) -> None:
        self._picks: Sequence[Pick] = ()
        self._turned = 0

    def __bool__(self) -> bool:
        return bool(self._picks)

    def open(self, picks: Sequence[Pick]) -> None:
        """Offer these."""
        self._picks, self._turned = picks, 0

    def close(self) -> None:
        """Offer nothing."""
        self._picks = ()

    def turn(self, by: int) -> None:
        """The next nine, or those before."""
        turned = self._turned + by * PAGE
        self._turned = turned if 0 <= turned < len(self._picks) else self._turned

    def take(self, digit: str) -> Pick | None:
        """The candidate of a digit."""
        shown = self._picks[self._turned : self._turned + PAGE]
        return shown[int(digit) - 1] if len(digit) == 1 and "0" < digit <= str(len(shown)) else None

    def lines(self, width: int) -> list[Text]:
        """A heading and a candidate a line."""
        shown = self._picks[self._turned : self._turned + PAGE]
        title = _("choose by digit, Esc closes")
        if len(self._picks) > PAGE:
            more = _("{a}-{b} of {n}, PgDn more")
            title += "  " + more.format(a=self._turned + 1, b=self._turned + len(shown), n=len(self._picks))
        lines = [heading(title, width)]
        for digit, one in enumerate(shown, 1):
            code = "" if one.raw in ("", str(digit), one.label) else f"{one.raw}  "
            lines.append(Text(fit(f" {digit}  {code}{one.label}", width), no_wrap=True))
        return lines


def field_help(box: Box, width: int) -> list[Text]:
    """A field in a few lines: what it means, how it is typed, the rule it comes from."""
    lines = [heading(_("help: {label}").format(label=pick(box.field.label)), width)]
    for words in (pick(box.field.hint) if box.field.hint else "", _typing(box), box.field.cites):
        lines += [line for line in wrapped(show(words), width) if words]
    keys = _("Enter next field, Up back, F10 or Esc 0 saves, F6 or Esc 6 as it was, .. as last time")
    return [*lines, Text(), *wrapped(keys, width)]


def _typing(box: Box) -> str:
    match box.field.type:
        case "choice" | "yes-no":
            return "  ".join(f"{i} {words}" for i, words in enumerate(box.options, 1) if words)
        case "moment" if box.field.tense == "past":
            return _("empty: now.  0258: the last 02:58.  -10: ten minutes ago.  22-0258: on the 22nd")
        case "moment":
            return _("9: the next 09:00.  +30: in thirty minutes.  23-10: on the 23rd at 10:00")
        case "day":
            return _("22: the 22nd.  1122.  20261122.  0: today")
        case "room":
            return _("3-2-1502, 3.2.1502 or 321502.  0: a public place.  ..: the last room")
        case "money":
            return _("80 or 80.5")
        case "person":
            return _("a digit: somebody of the flat.  A name, or surname and form of address.  0: not named")
        case "record" | "staff":
            return _("its code, its initials, or * for a list")
        case "phone":
            return _("digits; blanks and dashes do not matter")
        case _:
            return _("any text; a pasted text becomes one line")
