"""All functions, as the forms put them on the menu (ux 3.12); F2 and 0 open it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from textual import events
from textual.app import ComposeResult

from deskapp.i18n import _
from deskapp.text import fit
from deskapp.tui.commandline import Command
from deskapp.tui.widgets.chrome import PagedScreen
from deskapp.tui.widgets.plain import RULE, Words

COLUMN = 20
"""Cells of one column."""


class MenuScreen(PagedScreen):
    """Groups of numbers beside each other."""

    def where(self) -> str:
        """All functions."""
        return _("All functions")

    def prompt(self) -> str:
        """What to type."""
        return _("menu number")

    def compose_body(self) -> ComposeResult:
        """The numbers."""
        yield Words(self._lines(self.app.size.width))

    def on_resize(self, event: events.Resize) -> None:
        """Say that there are more numbers than there is room for."""
        super().on_resize(event)
        self.call_after_refresh(self._tell_more)

    def _tell_more(self) -> None:
        self.say(_("PgDn: more") if self.query_one(Words).more else "")

    def _lines(self, width: int) -> list[str]:
        blocks = []
        for tens, title in self.app.menu.groups:
            if entries := self.app.menu.group(tens):
                blocks.append([title, *(f"{entry.number:>2} {entry.word}" for entry in entries)])
        across, longest = max(1, width // COLUMN), max(map(len, blocks), default=0)
        heights = range(longest, sum(map(len, blocks)) + 1)
        found = min((_laid(_columns(blocks, height), across) for height in heights), key=len, default=[])
        return [RULE, *found, f" {_('3 digits: serial   4 digits: tail of phone, waybill, code   with -: room')}"]

    def command(self, command: Command) -> None:
        """A number opens its function in the place of this screen."""
        if command.kind in ("open", "all", "next", "steps"):
            return
        if command.kind == "menu" and self.app.menu.get(command.number) is None:
            self.app.obey(command)
            return
        self.dismiss(None)
        self.app.call_later(self.app.obey, command)

    def action_new(self) -> None:
        """F2 again: it is open."""


def _laid(columns: Sequence[list[str]], across: int) -> list[str]:
    """The columns in bands, as many beside each other as there is room for."""
    lines: list[str] = []
    for start in range(0, len(columns), across):
        lines += [*_beside(columns[start : start + across]), RULE]
    return lines


def _columns(blocks: Sequence[list[str]], height: int) -> list[list[str]]:
    """Short groups stand below each other, where they are together no higher than this."""
    columns: list[list[str]] = []
    for block in blocks:
        if columns and len(columns[-1]) + 1 + len(block) <= height:
            columns[-1] += ["", *block]
        else:
            columns.append([*block])
    return columns


def _beside(blocks: Sequence[Sequence[str]]) -> list[str]:
    rows = zip_longest(*blocks, fillvalue="")
    return [" " + "".join(fit(cell, COLUMN) for cell in row).rstrip() for row in rows]
