"""Opening the desk: the one-screen lock, the first picture, the terminal's safety net, and then the app."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from deskapp import i18n, paths
from deskapp.errors import Busy, DeskError, UsageError
from deskapp.i18n import _
from deskapp.tui import ending, looks, paint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from deskapp.book.database import Book
    from deskapp.book.session import Session
    from deskapp.desk.office import Office


def run(
    home: str | None = None, lang: str | None = None, staff: str | None = None,
    welcome: Callable[[Book], Session] | None = None, *, plain: bool = False,
) -> int:  # fmt: skip
    """Open the desk of a home folder, and leave with an exit code; `welcome` signs somebody in without asking.

    `plain` is for screen readers and terminals that know little: no colours, no reverse, no rules.

    Raises UsageError without a terminal, Busy where another screen has the desk, and whatever opening a book raises.
    """
    folder = paths.home(home)
    if lang:
        i18n.use(lang)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("the desk needs a terminal", "deskapp --help shows the commands that do without")
    looks.choose(plain=plain)
    gc.disable()  # until the first screen is there: most of a start is importing
    paths.ensure(folder)
    if not paths.book(folder).exists() and not paths.config(folder).exists():
        with one_screen(folder):
            _found(folder)
    with _taken_terminal(folder, lang), one_screen(folder):
        return _screen(folder, lang, staff or "", welcome)


@contextmanager
def _taken_terminal(folder: Path, lang: str | None) -> Iterator[None]:
    """Nothing that is typed from now on is shown (it may be a passphrase), and the first picture is painted."""
    with ending.taken():
        painted = paint.first(folder, lang)
        try:
            yield
        except BaseException:
            if painted:
                paint.undo()
            raise


@contextmanager
def one_screen(folder: Path) -> Iterator[None]:
    """Hold the desk's screen; a second one is told who has it."""
    from filelock import FileLock, Timeout

    path = paths.screen_lock(folder)
    holder = path.with_name("screen.txt")
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise Busy("the desk is already open: {holder}", "one screen at a time; leave there with 83",
                   holder=_told(holder)) from error  # fmt: skip
    try:
        with suppress(OSError):
            holder.write_text(f"{os.getpid()} {_terminal()}", encoding="utf-8")
        yield
    finally:
        with suppress(OSError):
            holder.unlink()
        lock.release()


def _told(holder: Path) -> str:
    try:
        return holder.read_text(encoding="utf-8").strip() or "?"
    except OSError:
        return "?"


def _terminal() -> str:
    try:
        return os.ttyname(sys.stdin.fileno())
    except (OSError, AttributeError):
        return ""


def _found(folder: Path) -> None:
    """First run: four questions, then the same as `deskapp init`."""
    from deskapp.desk.office import found

    print(_("There is no desk here yet: {path}").format(path=folder))
    print(_("Four questions and it is ready. Ctrl+C leaves everything as it is."))
    office = _ask(_("Name of the office: "))
    desk = _ask(_("Code of this desk, as head office gave it (desk-001): "), usual="desk-001")
    manager = _ask(_("Your name; you are the first manager: "))
    while True:
        try:
            found(folder, office, desk, manager, _passphrase()).book.close()
            return
        except DeskError as error:
            if paths.book(folder).exists():
                raise
            message, hint = i18n.tell(error)
            print("  ".join(filter(None, (message, hint))))


def _ask(question: str, usual: str = "") -> str:
    from deskapp.text import clean

    try:
        answer = clean(input(question))
    except EOFError as error:
        raise KeyboardInterrupt from error
    return answer or usual or _ask(question)


def _passphrase() -> str:
    from getpass import getpass

    while True:
        typed = getpass(_("Passphrase, at least ten letters or digits; it is not shown: "))
        if typed == getpass(_("Once more: ")):
            return typed
        print(_("These two differ."))


def _screen(folder: Path, lang: str | None, staff: str, welcome: Callable[[Book], Session] | None) -> int:
    """Import Textual and run; the book is opened once the sign-in stands on the screen."""
    if "ssl" not in sys.modules:
        sys.modules["ssl"] = None  # type: ignore[assignment]  # asyncio would load it; the desk never connects
    from textual.worker import WorkerFailed

    from deskapp.tui.app import DeskApp

    opened: list[Office] = []

    def opener() -> Office:
        from deskapp.desk.office import open_office

        opened.append(open_office(folder))
        return opened[0]

    settings = paint.settings(folder)
    if lang is None and settings.get("lang") in (i18n.CHINESE, i18n.ENGLISH):
        i18n.use(settings["lang"])
    app = DeskApp(
        opener, office_name=settings.get("office", ""), book_path=paths.book(folder), staff=staff, welcome=welcome
    )
    ending.first.append(app.drafts.keep_at_once)
    _discreet()
    try:
        app.run(mouse=False)
    finally:
        for office in opened:
            office.book.close()
    failure: BaseException | None = app.failure or app._exception  # noqa: SLF001 - Textual has no public name for it
    if isinstance(failure, WorkerFailed):
        failure = failure.error  # what broke in a thread, instead of that something did
    if failure is not None:
        raise failure
    return app.return_code or 0


def _discreet() -> None:
    """What Python says by itself of errors in tasks and finalizers has their words in it: a name, a phone number."""
    import logging
    import threading

    logging.lastResort = None
    sys.unraisablehook = lambda _said: None
    threading.excepthook = lambda _said: None
