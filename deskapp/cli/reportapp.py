"""What `deskapp close-day` takes, and the commands below `deskapp report`."""

from __future__ import annotations

from typing import Annotated

import typer

from deskapp.cli.general import Command, Commands
from deskapp.i18n import N_

Json = Annotated[bool, typer.Option("--json", help=N_("one JSON object a line"))]
Day = Annotated[str | None, typer.Option(metavar="DAY", help=N_("a business day: 1121, 0 today, -1 yesterday"))]


def close_day(
    ctx: typer.Context,
    day: Day = None,
    to: Annotated[str | None, typer.Option(metavar="DIR", help=N_("and export to this stick"))] = None,
    difference: Annotated[str, typer.Option(metavar="known|question", help=N_("over or short: which"))] = "",
    reviewed: Annotated[str, typer.Option(metavar="STAFF", help=N_("who reviewed it; else signed on paper"))] = "",
    remark: Annotated[str, typer.Option(metavar="TEXT", help=N_("what head office should know"))] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help=N_("only say what would happen"))] = False,
) -> None:
    """The oldest day that is over and not closed, unless one is named."""
    from deskapp.cli import dayclose

    dayclose.close_day(ctx.obj, day, to, difference=difference, reviewed=reviewed, remark=remark, dry=dry_run)


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


def register(app: typer.Typer) -> None:
    """Put them among the program's commands."""
    app.command("close-day", cls=Command, help=N_("Close a business day and write its daily log."))(close_day)
    app.add_typer(report, name="report")
