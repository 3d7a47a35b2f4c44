"""Every start: a safe environment, the shortest way to the screen, and calm last words."""

from __future__ import annotations

import codecs
import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from deskapp.errors import DeskError, Refused

_KEPT = {"TEXTUAL_ANIMATIONS", "TEXTUAL_COLOR_SYSTEM", "TEXTUAL_FPS", "TEXTUAL_SMOOTH_SCROLL"}
_SCREEN_OPTIONS = ("--home", "--lang", "--as")
_PLAIN = "--plain"


def main() -> None:
    """Run deskapp and leave with its exit code."""
    _scrub()
    _speak()
    sys.exit(_guarded(sys.argv[1:]))


def _speak() -> None:
    """UTF-8 whatever the locale says (LANG=C must not stop a Chinese name), but for a terminal of another charset."""
    charset = _charset()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            if charset and stream.isatty():
                stream.reconfigure(encoding=charset, errors="desk")
            else:
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    if isinstance(sys.stdin, io.TextIOWrapper) and sys.stdin.isatty():
        # GB18030 reads all that the older Chinese charsets write.
        typed = "gb18030" if charset == "gbk" else charset or "utf-8"
        sys.stdin.reconfigure(encoding=typed, errors="replace")


def _charset() -> str:
    """The locale's charset if it is another one for Chinese than UTF-8, also of a locale that is not installed."""
    names = map(os.environ.get, ("LC_ALL", "LC_CTYPE", "LANG"))
    charset = next(filter(None, names), "").partition(".")[2].partition("@")[0]
    try:
        name = codecs.lookup(charset).name
        if name == "utf-8" or "\x1b[1A\u4e00".encode(name)[:-2] != b"\x1b[1A":
            return ""
    except (LookupError, ValueError):
        return ""
    codecs.register_error("desk", _visible)
    return "gbk" if name == "gb2312" else name


def _visible(error: UnicodeError) -> tuple[str, int]:
    """What a charset lacks, as question marks just as wide."""
    from deskapp.text import cells

    assert isinstance(error, UnicodeEncodeError)
    return "?" * cells(error.object[error.start : error.end]), error.end


def _scrub() -> None:
    """Let the environment choose how the screen looks, never what code it loads or where it writes."""
    for name in list(os.environ):
        if name == "TEXTUAL" or (name.startswith("TEXTUAL_") and name not in _KEPT):
            del os.environ[name]
    # With the Kitty key protocol some terminals lose what an input method commits.
    os.environ["TEXTUAL_DISABLE_KITTY_KEY"] = "1"


def _guarded(words: list[str]) -> int:
    try:
        try:
            return _start(words)
        finally:
            print(end="", flush=True)
    except DeskError as error:
        _tell(error)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read us has left (`| head`); Python would complain once more while it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:  # noqa: BLE001 - the last resort: a traceback may show a customer's data
        return _crashed(error, words)


def _start(words: list[str]) -> int:
    options = _screen_options(words)
    if options is None:
        from deskapp.cli import app

        app(prog_name="deskapp")
        return 0
    from deskapp.tui import start

    return start.run(options.get("--home"), options.get("--lang"), options.get("--as"), plain=_PLAIN in options)


def _screen_options(words: list[str]) -> dict[str, str] | None:
    """The options when there is nothing else, so that the screen need not wait for Typer; else None."""
    options = {}
    rest = iter(words)
    for word in rest:
        if word == _PLAIN:
            options[word] = word
            continue
        name, equals, value = word.partition("=")
        if name not in _SCREEN_OPTIONS:
            return None
        if not equals and (value := next(rest, "")).startswith("-"):
            return None
        if not value:
            return None
        options[name] = value
    return options


def _tell(error: DeskError) -> None:
    """Print an error in the clerk's language, its hint below."""
    from deskapp import i18n
    from deskapp.text import show

    message, hint = i18n.tell(error)
    say = i18n.pick(error.say) if isinstance(error, Refused) else ""
    for text in filter(None, (message, say, hint)):
        print(show(text, lines=True), file=sys.stderr)


def _crashed(error: BaseException, words: list[str]) -> int:
    """Say calmly that the program failed and write down where; 70 is the code for it (sysexits.h)."""
    import hashlib
    from itertools import islice

    trail = list(islice(_trail(error), 200))
    code = hashlib.sha256("\n".join(trail).encode()).hexdigest()[:6]
    last_words = DeskError(
        "the program has stopped by its own fault, code {code}",
        hint="what was saved is safe; start again, and if it comes back pass on this code",
        code=code,
    )
    if log := _write_log(code, trail, words):
        last_words = DeskError(
            "the program has stopped by its own fault, code {code}",
            hint="what was saved is safe; start again, and if it comes back pass on {log}",
            code=code,
            log=log,
        )
    _tell(last_words)
    return 70


def _trail(error: BaseException) -> Iterator[str]:
    """The kinds of error and the lines they passed, oldest cause last; no messages, no values."""
    seen: BaseException | None = error
    while seen is not None:
        yield f"{type(seen).__module__}.{type(seen).__qualname__}"
        trace = seen.__traceback__
        while trace is not None:
            code = trace.tb_frame.f_code
            yield f"  {'/'.join(Path(code.co_filename).parts[-2:])}:{trace.tb_lineno} {code.co_name}"
            trace = trace.tb_next
        seen = seen.__cause__ or seen.__context__


def _write_log(code: str, trail: list[str], words: list[str]) -> Path | None:
    """Append to the log of the office, if there is an office; the file, or None."""
    import platform
    from datetime import UTC, datetime

    from deskapp import __version__, paths

    log = paths.log(paths.home(_home_of(words)))
    about = f"deskapp {__version__} Python {platform.python_version()} {sys.platform}"
    report = [f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {code} {about}", *trail, ""]
    try:
        with os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8") as file:
            file.write("\n".join(report))
    except OSError:
        return None
    return log


def _home_of(words: list[str]) -> str | None:
    """What --home says, wherever it stands among the words."""
    rest = iter(words)
    for word in rest:
        if word == "--home":
            return next(rest, None)
        if word.startswith("--home="):
            return word.partition("=")[2]
    return None


if __name__ == "__main__":
    main()
