"""The commands and what they take; each brings in what it needs when it is called."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup

from deskapp import i18n, paths
from deskapp.errors import UsageError
from deskapp.i18n import N_, _

_EVERYWHERE = ("--home", "--lang", "--as")
_MOST = 1_000_000
_WRONG_USAGE: type[Exception] = typer.BadParameter.__mro__[1]
"""What Typer calls a usage error; it keeps the name to itself."""


@dataclass(frozen=True, slots=True)
class Given:
    """What was said to every command: which office, which language, who."""

    home: Path
    named: bool = False
    """Whether --home named it: the demonstration must never touch an office by way of the environment."""
    lang: str | None = None
    staff: str | None = None


class _AsTyped:
    """What becomes of a word: nothing, it stays as it is.

    Since 0.29 Typer asks pydantic instead, which costs 0.1 s a command and refuses whatever is not Unicode.
    """

    @staticmethod
    def coerce(value: Any, param: Any, ctx: Any) -> Any:
        del ctx
        return () if value is None and (param.multiple or param.nargs == -1) else value


def _keep_words(params: list[Any]) -> list[Any]:
    for param in params:
        param.get_runtime_param = lambda: _AsTyped
    return params


class _Command(TyperCommand):
    """A command whose help speaks the chosen language."""

    def get_params(self, ctx: Any) -> list[Any]:
        return _keep_words(super().get_params(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        _translate(self)
        super().format_help(ctx, formatter)


class _Commands(TyperGroup):
    """All commands. The general options may stand anywhere; errors of usage are told like any other."""

    def get_params(self, ctx: Any) -> list[Any]:
        return _keep_words(super().get_params(ctx))

    def main(self, args: Sequence[str] | None = None, *more: Any, **extra: Any) -> NoReturn:
        general, others = _apart(sys.argv[1:] if args is None else args)
        i18n.use(_language(general))
        words = [word for pair in general.items() for word in pair]
        extra["standalone_mode"] = False
        try:
            code = super().main([*words, *others], *more, **extra)
        except _WRONG_USAGE as error:
            raise _told(error) from error
        raise SystemExit(code)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if command := super().get_command(ctx, cmd_name):
            return command
        raise UsageError("there is no command {command}", "deskapp --help lists them", command=cmd_name[:40])

    def format_help(self, ctx: Any, formatter: Any) -> None:
        _translate(self)
        for command in self.commands.values():
            _translate(command)
        super().format_help(ctx, formatter)


def _translate(command: Any) -> None:
    command.help = _(command.help or "")
    for param in command.params:
        # Typer's own option for help is not in our catalogue, and stays as it is.
        param.help = _(getattr(param, "help", None) or "")


def _apart(words: Iterable[str]) -> tuple[dict[str, str], list[str]]:
    """What --home, --lang and --as say, wherever they stand, and the other words."""
    general: dict[str, str] = {}
    others: list[str] = []
    rest = iter(words)
    for word in rest:
        name, equals, value = word.partition("=")
        if word == "--":
            others += [word, *rest]
        elif name not in _EVERYWHERE:
            others.append(word)
        elif (value := value if equals else next(rest, "")) and not value.startswith("-"):
            general[name] = value
        else:
            raise UsageError("{option} needs a value", "deskapp --help", option=name)
    return general, others


def _language(general: Mapping[str, str]) -> str:
    """What --lang says, then the office's setting, then Chinese."""
    if lang := general.get("--lang"):
        return lang
    import tomllib

    try:
        text = paths.config(paths.home(general.get("--home"))).read_text("utf-8-sig")
        lang = tomllib.loads(text).get("lang")
    except (OSError, ValueError):
        lang = None  # whatever needs the settings will say what is wrong with them
    return i18n.ENGLISH if lang == i18n.ENGLISH else i18n.CHINESE


def _told(error: Any) -> UsageError:
    """Typer's complaint in our words."""
    where = error.ctx.command_path if error.ctx else "deskapp"
    hint = N_("{command} --help tells what goes there")
    match type(error).__name__:
        case "NoSuchOption":
            return UsageError("there is no option {option}", hint, option=error.option_name[:40], command=where)
        case "MissingParameter":
            named = error.param.opts[0]
            what = named if named.startswith("-") else error.param.metavar
            return UsageError("{what} is missing", hint, what=what, command=where)
        case "BadOptionUsage":
            return UsageError("{option} needs a value", hint, option=error.option_name, command=where)
        case _:
            return UsageError("wrong usage: {reason}", hint, reason=error.format_message(), command=where)


def _number(word: str) -> int:
    if word.isascii() and word.isdigit() and len(word) < 8 and 0 < int(word) <= _MOST:
        return int(word)
    raise UsageError("{word} is not a number from 1 to {most}", word=word[:20], most=_MOST)


app = typer.Typer(
    cls=_Commands, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None,
    help=N_("The front desk of a property office. Without a command: the screen."),
)  # fmt: skip

Form = Annotated[str, typer.Argument(metavar="FORM", help=N_("a form; `deskapp forms` lists them"), show_default=False)]
Number = Annotated[str, typer.Argument(metavar="NUMBER", help=N_("a record's number"), show_default=False)]
Answers = Annotated[
    list[str] | None, typer.Argument(metavar="FIELD=VALUE", help=N_("a field and its answer"), show_default=False)
]
Json = Annotated[bool, typer.Option("--json", help=N_("one JSON object a line"))]
Limit = Annotated[str, typer.Option(metavar="N", help=N_("how many at most"))]
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
) -> None:
    """Take what every command takes."""
    ctx.obj = Given(paths.home(home), home is not None, lang, staff)


@app.command(cls=_Command, help=N_("Found an office: its book and its first manager."))
def init(
    ctx: typer.Context,
    office: Annotated[str, typer.Option(metavar="NAME", help=N_("the office's name"))],
    desk: Annotated[str, typer.Option(metavar="NAME", help=N_("the desk's name, as desk-017"))],
    manager: Annotated[str, typer.Option(metavar="NAME", help=N_("the first manager's name"))],
) -> None:
    """Passphrase by prompt, twice, or DESKAPP_PASSPHRASE."""
    from deskapp.cli import writing

    writing.init(ctx.obj, office, desk, manager)


@app.command(cls=_Command, help=N_("Register a record and print its number."))
def add(ctx: typer.Context, form: Form, answers: Answers = None) -> None:
    """The number alone goes to stdout."""
    from deskapp.cli import writing

    writing.add(ctx.obj, form, answers or [])


@app.command(cls=_Command, help=N_("Record a step on a record."))
def step(
    ctx: typer.Context,
    number: Number,
    step: Annotated[str, typer.Argument(metavar="STEP", help=N_("a step of its form"), show_default=False)],
    answers: Answers = None,
) -> None:
    """Correct, undo and void are steps too."""
    from deskapp.cli import writing

    writing.step(ctx.obj, number, step, answers or [])


@app.command(cls=_Command, help=N_("Show a record and what was done."))
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


@app.command("list", cls=_Command, help=N_("List a form's records, newest first."))
def list_(
    ctx: typer.Context,
    form: Form,
    open_: Annotated[bool, typer.Option("--open", help=N_("only those not ended"))] = False,
    where: Annotated[
        list[str] | None, typer.Option(metavar="FIELD=VALUE", help=N_("only those that say this; or state=..."))
    ] = None,
    limit: Limit = "50",
    before: Before = None,
    json: Json = False,
) -> None:
    """By keyset: any page costs the same."""
    from deskapp.cli import reading

    reading.list_(ctx.obj, form, where or [], open_only=open_, limit=_number(limit), before=before, json=json)


@app.command(cls=_Command, help=N_("Find records by room, name, tail, day or text."))
def find(
    ctx: typer.Context,
    words: Annotated[
        list[str], typer.Argument(metavar="TEXT", help=N_("several words must all match"), show_default=False)
    ],
    limit: Limit = "50",
    before: Before = None,
    json: Json = False,
) -> None:
    """As the screen's find."""
    from deskapp.cli import reading

    reading.find(ctx.obj, words, limit=_number(limit), before=before, json=json)


@app.command(cls=_Command, help=N_("What runs out, was promised, or is to follow up."))
def board(
    ctx: typer.Context,
    public: Annotated[bool, typer.Option("--public", help=N_("only what visitors may read"))] = False,
    json: Json = False,
) -> None:
    """The first screen."""
    from deskapp.cli import reading

    reading.board(ctx.obj, public=public, json=json)


@app.command(cls=_Command, help=N_("List the forms, explain one, or check a form file."))
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


@app.command(cls=_Command, help=N_("Register the rows of a table, all or none."))
def load(
    ctx: typer.Context,
    form: Form,
    file: Annotated[str, typer.Argument(metavar="FILE.csv|.xlsx", help=N_("headings: fields"), show_default=False)],
) -> None:
    """UTF-8 or GB18030; every bad row is named."""
    from deskapp.cli import writing

    writing.load(ctx.obj, form, file)


@app.command(cls=_Command, help=N_("Verify the chain of entries, the view and the file."))
def check(
    ctx: typer.Context,
    full: Annotated[bool, typer.Option("--full", help=N_("also that the view equals a rebuild"))] = False,
) -> None:
    """Exit code 4 when something is wrong."""
    from deskapp.cli import keeping

    keeping.check(ctx.obj, full=full)


@app.command(cls=_Command, help=N_("Make the view anew from the journal."))
def rebuild(ctx: typer.Context) -> None:
    """In one transaction."""
    from deskapp.cli import keeping

    keeping.rebuild(ctx.obj)


@app.command(cls=_Command, help=N_("Copy the book and verify the copy."))
def backup(
    ctx: typer.Context,
    folder: Annotated[
        str | None, typer.Argument(metavar="DIR", help=N_("into this folder, else backups"), show_default=False)
    ] = None,
) -> None:
    """Prints the copy's path."""
    from deskapp.cli import keeping

    keeping.backup(ctx.obj, folder)


@app.command(cls=_Command, help=N_("Put a backup in the book's place; the old book is kept."))
def restore(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help=N_("what backup made"), show_default=False)],
    reason: Reason = "",
) -> None:
    """A manager signs in to the backup."""
    from deskapp.cli import keeping

    keeping.restore(ctx.obj, file, reason)


@app.command(cls=_Command, help=N_("Set a passphrase: one's own, or as a manager anybody's."))
def passphrase(
    ctx: typer.Context,
    staff: Annotated[str, typer.Argument(metavar="STAFF", help=N_("a staff number"), show_default=False)],
) -> None:
    """The new one by prompt, twice, or as a line of standard input."""
    from deskapp.cli import writing

    writing.passphrase(ctx.obj, staff)


@app.command(cls=_Command, help=N_("Open the screen on a made-up office."))
def demo(
    ctx: typer.Context,
    records: Annotated[str, typer.Option(metavar="N", help=N_("how many records"))] = "2000",
) -> None:
    """In a temporary folder, unless --home says where."""
    from deskapp.cli import keeping

    keeping.demo(ctx.obj, _number(records))
