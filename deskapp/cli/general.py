"""What every command has in common: the general options, the language, and how wrong usage is told."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup

from deskapp import i18n, paths
from deskapp.errors import UsageError
from deskapp.i18n import N_, _

_EVERYWHERE = ("--home", "--lang", "--as")
_PLAIN = "--plain"
MOST = 1_000_000
"""Of whatever an option counts."""
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
    plain: bool = False
    """Whether a screen that is opened is one for screen readers."""


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


class Command(TyperCommand):
    """A command whose help speaks the chosen language."""

    def get_params(self, ctx: Any) -> list[Any]:
        """What it takes, word for word."""
        return _keep_words(super().get_params(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Help, in the language."""
        _translate(self)
        super().format_help(ctx, formatter)


class Commands(TyperGroup):
    """All commands. The general options may stand anywhere; errors of usage are told like any other."""

    def get_params(self, ctx: Any) -> list[Any]:
        """What it takes, word for word."""
        return _keep_words(super().get_params(ctx))

    def main(self, args: Sequence[str] | None = None, *more: Any, **extra: Any) -> NoReturn:
        """Run a command and leave; raises DeskError for whatever went wrong, wrong usage too."""
        general, others = _apart(sys.argv[1:] if args is None else args)
        i18n.use(_language(general))
        words = [word for pair in general.items() for word in pair if word]
        extra["standalone_mode"] = False
        try:
            code = super().main([*words, *others], *more, **extra)
        except _WRONG_USAGE as error:
            raise _told(error) from error
        raise SystemExit(code)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of this name; raises UsageError."""
        if command := super().get_command(ctx, cmd_name):
            return command
        raise UsageError("there is no command {command}", "deskapp --help lists them", command=cmd_name[:40])

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Help, in the language."""
        _translate(self)
        for command in self.commands.values():
            _translate(command)
        super().format_help(ctx, formatter)


def _translate(command: Any) -> None:
    command.help, command.epilog = _(command.help or ""), _(command.epilog or "")
    for param in command.params:
        # Typer's own option for help is not in our catalogue, and stays as it is.
        param.help = _(getattr(param, "help", None) or "")


def _apart(words: Iterable[str]) -> tuple[dict[str, str], list[str]]:
    """What --home, --lang, --as and --plain say, wherever they stand, and the other words."""
    general: dict[str, str] = {}
    others: list[str] = []
    rest = iter(words)
    for word in rest:
        name, equals, value = word.partition("=")
        if word == "--":
            others += [word, *rest]
        elif word == _PLAIN:
            general[word] = ""
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
    import tomli

    try:
        text = paths.config(paths.home(general.get("--home"))).read_text("utf-8-sig")
        lang = tomli.loads(text).get("lang")
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


def number(word: str) -> int:
    """A number that was typed; raises UsageError."""
    if word.isascii() and word.isdigit() and len(word) < 8 and 0 < int(word) <= MOST:
        return int(word)
    raise UsageError("{word} is not a number from 1 to {most}", word=word[:20], most=MOST)
