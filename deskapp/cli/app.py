"""The commands and what they take; each brings in what it needs when it is called."""

from __future__ import annotations

from typing import Annotated

import typer

from deskapp import paths
from deskapp.cli import keysapp, reportapp
from deskapp.cli.general import Command, Commands, Given
from deskapp.cli.general import number as number_of
from deskapp.i18n import N_

app = typer.Typer(
    cls=Commands, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None,
    help=N_("The front desk of a property office. Without a command: the screen."),
    epilog=N_("Ends with 0 done, 1 refused, 2 wrong usage, 3 busy, 4 damaged."),
)  # fmt: skip

Form = Annotated[str, typer.Argument(metavar="FORM", help=N_("a form; `deskapp forms` lists them"), show_default=False)]
Number = Annotated[str, typer.Argument(metavar="NUMBER", help=N_("a record's number"), show_default=False)]
Answers = Annotated[
    list[str] | None, typer.Argument(metavar="FIELD=VALUE", help=N_("a field and its answer"), show_default=False)
]
Json = Annotated[bool, typer.Option("--json", help=N_("one JSON object a line"))]
Limit = Annotated[str, typer.Option(metavar="N", help=N_("how many at most"))]
Desk = Annotated[str, typer.Option("--desk", metavar="DESK", help=N_("only those of this desk"))]
Before = Annotated[str | None, typer.Option(metavar="NUMBER", help=N_("the next page: those before this record"))]
Reason = Annotated[str, typer.Option(metavar="TEXT", help=N_("why; it is written down"), show_default=False)]


@app.callback()
def general(
    ctx: typer.Context,
    home: Annotated[str | None, typer.Option(metavar="DIR", help=N_("the office's folder; else DESKAPP_HOME"))] = None,
    lang: Annotated[str | None, typer.Option(metavar="zh_CN|en", help=N_("the language"))] = None,
    staff: Annotated[
        str | None, typer.Option("--as", metavar="STAFF", envvar="DESKAPP_STAFF", help=N_("who writes"))
    ] = None,
    plain: Annotated[
        bool, typer.Option("--plain", help=N_("the screen without colours, reverse and rules, for screen readers"))
    ] = False,
) -> None:
    """Take what every command takes."""
    ctx.obj = Given(paths.home(home), home is not None, lang, staff, plain)


@app.command(cls=Command, help=N_("Found an office: its book and its first manager."))
def init(
    ctx: typer.Context,
    office: Annotated[str, typer.Option(metavar="NAME", help=N_("the office's name"))],
    manager: Annotated[str, typer.Option(metavar="NAME", help=N_("the first manager's name"))],
    desk: Annotated[str | None, typer.Option(metavar="NAME", help=N_("the desk's name, as desk-017"))] = None,
    hq: Annotated[bool, typer.Option("--hq", help=N_("a head office, which holds every desk's journal"))] = False,
) -> None:
    """Passphrase by prompt, twice, or DESKAPP_PASSPHRASE."""
    from deskapp.cli import writing

    writing.init(ctx.obj, office, desk, manager, hq=hq)


@app.command(cls=Command, help=N_("Register a record and print its number."))
def add(ctx: typer.Context, form: Form, answers: Answers = None) -> None:
    """The number alone goes to stdout."""
    from deskapp.cli import writing

    writing.add(ctx.obj, form, answers or [])


@app.command(cls=Command, help=N_("Record a step on a record."))
def step(
    ctx: typer.Context,
    number: Number,
    step: Annotated[str, typer.Argument(metavar="STEP", help=N_("a step of its form"), show_default=False)],
    answers: Answers = None,
) -> None:
    """Correct, undo and void are steps too."""
    from deskapp.cli import writing

    writing.step(ctx.obj, number, step, answers or [])


@app.command(cls=Command, help=N_("Show a record and what was done."))
def show(
    ctx: typer.Context,
    number: Number,
    json: Json = False,
    reveal: Annotated[bool, typer.Option("--reveal", help=N_("personal data in clear; it is written down"))] = False,
    reason: Reason = "",
) -> None:
    """Masked, unless revealed."""
    from deskapp.cli import reading

    reading.show(ctx.obj, number, json=json, reveal=reveal, reason=reason)


@app.command("list", cls=Command, help=N_("List a form's records, newest first."))
def list_(
    ctx: typer.Context,
    form: Form,
    open_: Annotated[bool, typer.Option("--open", help=N_("only those not ended"))] = False,
    where: Annotated[
        list[str] | None, typer.Option(metavar="FIELD=VALUE", help=N_("only those that say this; or state=..."))
    ] = None,
    limit: Limit = "50",
    before: Before = None,
    desk: Desk = "",
    json: Json = False,
) -> None:
    """By keyset: any page costs the same."""
    from deskapp.cli import reading

    reading.list_(
        ctx.obj, form, where or [], open_only=open_, limit=number_of(limit), before=before, desk=desk, json=json
    )


@app.command(cls=Command, help=N_("Find records by room, name, tail, day or text."))
def find(
    ctx: typer.Context,
    words: Annotated[
        list[str], typer.Argument(metavar="TEXT", help=N_("several words must all match"), show_default=False)
    ],
    limit: Limit = "50",
    before: Before = None,
    desk: Desk = "",
    json: Json = False,
) -> None:
    """As the screen's find."""
    from deskapp.cli import reading

    reading.find(ctx.obj, words, limit=number_of(limit), before=before, desk=desk, json=json)


@app.command(cls=Command, help=N_("What runs out, was promised, or is to follow up."))
def board(
    ctx: typer.Context,
    public: Annotated[bool, typer.Option("--public", help=N_("only what visitors may read"))] = False,
    json: Json = False,
) -> None:
    """The first screen."""
    from deskapp.cli import reading

    reading.board(ctx.obj, public=public, json=json)


@app.command(cls=Command, help=N_("Who is on duty, and what is open."))
def shift(ctx: typer.Context, json: Json = False) -> None:
    """What the hand-over would list."""
    from deskapp.cli import duty

    duty.shift(ctx.obj, json=json)


@app.command(cls=Command, help=N_("Print a hand-over record: the last one, or this."))
def handover(
    ctx: typer.Context,
    number: Annotated[str | None, typer.Argument(metavar="NUMBER", help=N_("a shift"), show_default=False)] = None,
    page: Annotated[str | None, typer.Option("--page", metavar="FILE", help=N_("as a page for a browser"))] = None,
) -> None:
    """Text of 80 columns on stdout."""
    from deskapp.cli import duty

    duty.handover_(ctx.obj, number, page=page)


@app.command(cls=Command, help=N_("What ran out, by whom and why, and the clocks that were paused."))
def late(
    ctx: typer.Context,
    days: Annotated[str, typer.Option(metavar="N", help=N_("how many days back"))] = "1",
    json: Json = False,
) -> None:
    """For whoever answers for the limits; nothing is written."""
    from deskapp.cli import lateness

    lateness.late(ctx.obj, number_of(days), json=json)


@app.command(cls=Command, help=N_("List the forms, explain one, or check a form file."))
def forms(
    ctx: typer.Context,
    form: Annotated[
        str | None, typer.Argument(metavar="FORM", help=N_("its fields, choices and steps"), show_default=False)
    ] = None,
    check: Annotated[str | None, typer.Option(metavar="FILE", help=N_("is this form file right?"))] = None,
    json: Json = False,
) -> None:
    """Enough of a form to write `add` from it."""
    from deskapp.cli import papers

    papers.forms(ctx.obj, form, check=check, json=json)


@app.command(cls=Command, help=N_("Register the rows of a table, all or none."))
def load(
    ctx: typer.Context,
    form: Form,
    file: Annotated[str, typer.Argument(metavar="FILE.csv|.xlsx", help=N_("headings: fields"), show_default=False)],
) -> None:
    """UTF-8 or GB18030; every bad row is named."""
    from deskapp.cli import writing

    writing.load(ctx.obj, form, file)


@app.command(cls=Command, help=N_("Verify the chain of entries, the view and the file."))
def check(
    ctx: typer.Context,
    full: Annotated[bool, typer.Option("--full", help=N_("also that the view equals a rebuild"))] = False,
) -> None:
    """Exit code 4 when something is wrong."""
    from deskapp.cli import keeping

    keeping.check(ctx.obj, full=full)


@app.command(cls=Command, help=N_("Make the view anew from the journal."))
def rebuild(ctx: typer.Context) -> None:
    """In one transaction."""
    from deskapp.cli import keeping

    keeping.rebuild(ctx.obj)


@app.command(cls=Command, help=N_("Copy the book and verify the copy."))
def backup(
    ctx: typer.Context,
    folder: Annotated[
        str | None, typer.Argument(metavar="DIR", help=N_("into this folder, else backups"), show_default=False)
    ] = None,
    to_hq: Annotated[bool, typer.Option("--to-hq", help=N_("sealed to head office's escrow key"))] = False,
) -> None:
    """Prints the copy's path."""
    from deskapp.cli import keeping

    keeping.backup(ctx.obj, folder, sealed=to_hq)


@app.command(cls=Command, help=N_("Put a backup in the book's place; the old book is kept."))
def restore(
    ctx: typer.Context,
    file: Annotated[
        str | None,
        typer.Argument(
            metavar="FILE", help=N_("what backup made; without it the book here goes on anew"), show_default=False
        ),
    ] = None,
    reason: Reason = "",
) -> None:
    """A manager signs in to the backup; either way a new journal begins."""
    from deskapp.cli import keeping

    if file is None:
        keeping.go_on(ctx.obj, reason)
    else:
        keeping.restore(ctx.obj, file, reason)


@app.command(cls=Command, help=N_("Erase personal data that need not be kept any longer; else say what would go."))
def erase(
    ctx: typer.Context,
    numbers: Annotated[
        list[str] | None, typer.Argument(metavar="NUMBER", help=N_("records, a room or a customer"), show_default=False)
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help=N_("do it: it can't be taken back"))] = False,
    second: Annotated[
        str | None, typer.Option("--with", metavar="STAFF", help=N_("the second person who answers for it"))
    ] = None,
) -> None:
    """Two passphrases: DESKAPP_PASSPHRASE and DESKAPP_SECOND_PASSPHRASE, or prompts."""
    from deskapp.cli import erasing

    erasing.erase(ctx.obj, numbers or [], yes=yes, second=second)


@app.command(cls=Command, help=N_("Write what head office lacks into a signed and sealed bundle."))
def export(
    ctx: typer.Context,
    to: Annotated[
        str | None, typer.Option(metavar="DIR|FILE", help=N_("the stick; else it stays in the outbox"))
    ] = None,
    party: Annotated[
        str | None, typer.Option("--for", metavar="DESK", help=N_("head office: this desk alone, else every desk"))
    ] = None,
) -> None:
    """Prints each bundle's path; the key's passphrase by prompt or DESKAPP_KEY_PASSPHRASE."""
    from deskapp.cli import bundles

    bundles.export(ctx.obj, to, party)


@app.command(cls=Command, help=N_("Say what a bundle or enrolment file is; nothing is changed."))
def verify(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help=N_("a bundle or an enrolment file"), show_default=False)],
    json: Json = False,
) -> None:
    """Exit code 4 when it is not good."""
    from deskapp.cli import bundles

    bundles.verify(ctx.obj, file, json=json)


reportapp.register(app)
app.add_typer(keysapp.keys, name="keys")


@app.command(cls=Command, help=N_("Set a passphrase: one's own, or as a manager anybody's."))
def passphrase(
    ctx: typer.Context,
    staff: Annotated[str, typer.Argument(metavar="STAFF", help=N_("a staff number"), show_default=False)],
) -> None:
    """The new one by prompt, twice, or as a line of standard input."""
    from deskapp.cli import writing

    writing.passphrase(ctx.obj, staff)


@app.command(cls=Command, help=N_("Set one's own PIN, which unlocks the screen while one is signed in."))
def pin(ctx: typer.Context) -> None:
    """The passphrase first; the PIN by prompt, twice, or as a line of standard input."""
    from deskapp.cli import writing

    writing.pin(ctx.obj)


@app.command(cls=Command, help=N_("Who had numbers shown in clear, of what, and why."))
def reveals(
    ctx: typer.Context,
    day: Annotated[
        str | None, typer.Option(metavar="DAY", help=N_("a business day, as 20261122; else the last 31"))
    ] = None,
    json: Json = False,
) -> None:
    """One's own; a manager sees everybody's."""
    from deskapp.cli import reading

    reading.reveals(ctx.obj, day, json=json)


@app.command(cls=Command, help=N_("Open the screen on a made-up office."))
def demo(
    ctx: typer.Context,
    records: Annotated[
        str | None, typer.Option(metavar="N", help=N_("a big one, of about so many records"), show_default=False)
    ] = None,
) -> None:
    """In a temporary folder, unless --home says where."""
    from deskapp.cli import keeping

    keeping.demo(ctx.obj, number_of(records) if records else 0)


@app.command("import", cls=Command, help=N_("Take bundles that came; those that must wait are kept."))
def import_(
    ctx: typer.Context,
    files: Annotated[
        list[str], typer.Argument(metavar="FILE|DIR", help=N_("bundles, or the stick's folder"), show_default=False)
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help=N_("only say what would happen"))] = False,
    json: Json = False,
) -> None:
    """Exit code 1 when something waits, 4 when something was refused or is alarming."""
    from deskapp.cli import importing

    raise SystemExit(importing.import_(ctx.obj, files, dry=dry_run, json=json))


@app.command(cls=Command, help=N_("What came from each desk, how old it is, and what is wrong."))
def desks(ctx: typer.Context, json: Json = False) -> None:
    """At a desk: head office."""
    from deskapp.cli import importing

    importing.desks(ctx.obj, json=json)
