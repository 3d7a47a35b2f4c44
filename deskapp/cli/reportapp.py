"""The commands below `deskapp report`, and what they take."""

from __future__ import annotations

from typing import Annotated

import typer

from deskapp.cli.general import Command, Commands
from deskapp.i18n import N_

Json = Annotated[bool, typer.Option("--json", help=N_("one JSON object a line"))]
Day = Annotated[str | None, typer.Option(metavar="DAY", help=N_("a business day: 1121, 0 today, -1 yesterday"))]

report = typer.Typer(cls=Commands, help=N_("The daily log, and figures to look at."))


@report.command(cls=Command, help=N_("The log of a business day, here or into files."))
def daily(
    ctx: typer.Context,
    day: Day = None,
    html: Annotated[str | None, typer.Option(metavar="FILE.html", help=N_("a page to print"))] = None,
    xlsx: Annotated[str | None, typer.Option(metavar="FILE.xlsx", help=N_("a spreadsheet"))] = None,
    desk: Annotated[str | None, typer.Option(metavar="DESK", help=N_("at head office: this desk's"))] = None,
) -> None:
    """Each print of a closed day is written down: somebody signs in."""
    from deskapp.cli import dayclose

    dayclose.daily_log(ctx.obj, day, html, xlsx, desk)


@report.command(cls=Command, help=N_("Late by hour, arrivals and visits by day."))
def stats(
    ctx: typer.Context,
    day: Day = None,
    json: Annotated[bool, typer.Option("--json", help=N_("one JSON object a line"))] = False,
) -> None:
    """Of the fourteen business days up to this one."""
    from deskapp.cli import dayclose

    dayclose.stats(ctx.obj, day, json=json)
