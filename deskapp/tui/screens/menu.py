"""All functions, as the forms put them on the menu (ux 3.12); F2 and 0 open it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

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

    def _lines(self, width: int) -> list[str]:
        blocks = []
        for tens, title in self.app.menu.groups:
            if entries := self.app.menu.group(tens):
                blocks.append([title, *(f"{entry.number:>2} {entry.word}" for entry in entries)])
        across, columns = max(1, width // COLUMN), _columns(blocks)
        lines = [RULE]
        for start in range(0, len(columns), across):
            lines += _beside(columns[start : start + across])
            lines.append(RULE)
        return [*lines, f" {_('3 digits: serial   4 digits: tail of phone, waybill, code   with -: room')}"]

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


def _columns(blocks: Sequence[list[str]]) -> list[list[str]]:
    """Short groups stand below each other, where they are together no longer than the longest."""
    longest, columns = max(map(len, blocks), default=0), list[list[str]]()
    for block in blocks:
        if columns and len(columns[-1]) + 1 + len(block) <= longest:
            columns[-1] += ["", *block]
        else:
            columns.append([*block])
    return columns


def _beside(blocks: Sequence[Sequence[str]]) -> list[str]:
    rows = zip_longest(*blocks, fillvalue="")
    return [" " + "".join(fit(cell, COLUMN) for cell in row).rstrip() for row in rows]
