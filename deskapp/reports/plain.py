"""A report as lines of plain text, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from deskapp.i18n import _
from deskapp.reports.tables import Report, Row
from deskapp.text import cells, fit, show

_WIDEST = 34
_INDENT = "   "


def lines(report: Report, width: int = 0) -> list[str]:
    """Everything, each table under a heading that begins with `-- `.

    With a width no line is longer: a table too wide for it has no columns, and its rows go on below.
    """
    found = [" ".join(map(show, (report.title, report.number, report.office)))]
    label = max((cells(show(name)) for name, _said in report.facts), default=0)
    found += [f" {fit(name, label)}  {show(said)}" for name, said in report.facts]
    for table in report.tables:
        found.append(f"-- {show(table.title)} ")
        if table.rows:
            found += _table([table.heads, *table.rows], width)
        if table.note or not table.rows:
            found.append(f" {show(table.note or _('none'))}")
    found += ["-", f" {show(report.foot)}"]
    return [part for line in found for part in (_cut(line, width) if width else [line])]


def _table(rows: list[Row], width: int) -> Iterator[str]:
    split = [[show(cell, lines=True).split("\n") for cell in row] for row in rows]
    widths = [min(_WIDEST, max(cells(part) for cell in column for part in cell)) for column in zip(*split, strict=True)]
    if width and sum(widths) + 2 * len(widths) > width:
        for row in split:
            first, *more = ("  ".join(cell[0] for cell in row if cell[0]), *(part for cell in row for part in cell[1:]))
            yield f" {first}"
            yield from (f"{_INDENT}{part}" for part in more)
        return
    for row in split:
        for n in range(max(map(len, row))):
            parts = [cell[n] if n < len(cell) else "" for cell in row]
            line = "  ".join(fit(part, room) for part, room in zip(parts[:-1], widths, strict=False))
            yield f" {line}  {parts[-1]}".rstrip()


def _cut(line: str, width: int) -> list[str]:
    """A line over as many as it needs, no wide character split."""
    found: list[str] = []
    rest = line
    while cells(rest) > width:
        head = fit(rest, width).rstrip()
        found.append(head)
        rest = f"{_INDENT}{rest[len(head) :].lstrip()}"
    return [*found, rest]
