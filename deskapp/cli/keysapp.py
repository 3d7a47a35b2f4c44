"""The commands below `deskapp keys`."""

from __future__ import annotations

from typing import Annotated

import typer

from deskapp.cli.general import Command, Commands
from deskapp.i18n import N_

keys = typer.Typer(cls=Commands, help=N_("The office's keys, and those it trusts."))
Json = Annotated[bool, typer.Option("--json", help=N_("one JSON object a line"))]
Reason = Annotated[str, typer.Option(metavar="TEXT", help=N_("why; it is written down"), show_default=False)]
Fingerprint = Annotated[str | None, typer.Option(metavar="SHA256:...", help=N_("as it was read out by phone"))]


@keys.command(cls=Command, help=N_("Make the office's keys."))
def new(ctx: typer.Context) -> None:
    """A manager; the key's passphrase, which may be empty, by prompt or DESKAPP_KEY_PASSPHRASE."""
    from deskapp.cli import keys as commands

    commands.new(ctx.obj)


@keys.command("show", cls=Command, help=N_("Show the office's own public keys."))
def show_keys(ctx: typer.Context, json: Json = False) -> None:
    """Whom others know this office by."""
    from deskapp.cli import keys as commands

    commands.show(ctx.obj, json=json)


@keys.command(cls=Command, help=N_("Write the enrolment file and print the fingerprint to read out."))
def enrol(
    ctx: typer.Context,
    to: Annotated[
        str | None, typer.Argument(metavar="DIR|FILE", help=N_("where it goes, else the outbox"), show_default=False)
    ] = None,
) -> None:
    """For the other side, which trusts it."""
    from deskapp.cli import keys as commands

    commands.enrol(ctx.obj, to)


@keys.command(cls=Command, help=N_("Trust the keys of an enrolment file."))
def trust(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help=N_("the enrolment file"), show_default=False)],
    fingerprint: Fingerprint = None,
    escrow: Annotated[str, typer.Option(metavar="age1...", help=N_("head office's escrow key"))] = "",
) -> None:
    """A manager; asks for the fingerprint."""
    from deskapp.cli import keys as commands

    commands.trust(ctx.obj, file, fingerprint, escrow)


@keys.command(cls=Command, help=N_("Make other keys in the place of the office's own."))
def rotate(ctx: typer.Context) -> None:
    """A manager; those before stay good for a while."""
    from deskapp.cli import keys as commands

    commands.rotate(ctx.obj)


@keys.command(cls=Command, help=N_("Revoke a key, for good."))
def revoke(
    ctx: typer.Context,
    key: Annotated[
        str, typer.Argument(metavar="FINGERPRINT", help=N_("`deskapp keys list` shows them"), show_default=False)
    ],
    reason: Reason = "",
) -> None:
    """A manager."""
    from deskapp.cli import keys as commands

    commands.revoke(ctx.obj, key, reason)


@keys.command("list", cls=Command, help=N_("List the keys that are known here."))
def list_keys(ctx: typer.Context, json: Json = False) -> None:
    """Own, trusted, ending, revoked."""
    from deskapp.cli import keys as commands

    commands.list_(ctx.obj, json=json)
