"""A report as lines of plain text, for a terminal."""

from __future__ import annotations

from deskapp.i18n import _
from deskapp.reports.tables import Report
from deskapp.text import cells, fit, show

_WIDEST = 34


def lines(report: Report) -> list[str]:
    """Everything, each table under a heading that begins with `-- `; a cell's further lines below its first."""
    found = [" ".join(map(show, (report.title, report.number, report.office)))]
    label = max((cells(show(name)) for name, _said in report.facts), default=0)
    found += [f" {fit(name, label)}  {show(said)}" for name, said in report.facts]
    for table in report.tables:
        found.append(f"-- {show(table.title)} ")
        if table.rows:
            found += _table([table.heads, *table.rows])
        if table.note or not table.rows:
            found.append(f" {show(table.note or _('none'))}")
    return [*found, "-", f" {show(report.foot)}"]


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    split = [[show(cell, lines=True).split("\n") for cell in row] for row in rows]
    widths = [min(_WIDEST, max(cells(part) for cell in column for part in cell)) for column in zip(*split, strict=True)]
    found = []
    for row in split:
        for n in range(max(map(len, row))):
            parts = [cell[n] if n < len(cell) else "" for cell in row]
            line = "  ".join(fit(part, width) for part, width in zip(parts[:-1], widths, strict=False))
            found.append(f" {line}  {parts[-1]}".rstrip())
    return found
