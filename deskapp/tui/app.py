"""The desk's app: who is signed in, what is open, one clock, one queue of keys. Screens are imported as they open.

The sign-in stands on the screen before the book is open: reading the forms takes as long as typing two digits, and is
done meanwhile.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from functools import cached_property, partial
from importlib import import_module
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import events
from textual.binding import Binding, BindingType
from textual.screen import Screen

from deskapp.errors import DeskError
from deskapp.i18n import _
from deskapp.tui import input as keyboard
from deskapp.tui.caret import Caret
from deskapp.tui.discreet import Discreet
from deskapp.tui.drafts import Drafts
from deskapp.tui.people import People
from deskapp.tui.typeahead import TypeAhead

if TYPE_CHECKING:
    from deskapp.book.database import Book
    from deskapp.book.entry import Entry
    from deskapp.book.journal import Request
    from deskapp.book.session import Session
    from deskapp.desk.office import Office
    from deskapp.tui.commandline import Command
    from deskapp.tui.menu import Menu
    from deskapp.tui.widgets.chrome import DeskScreen

Done = Callable[["list[Entry] | DeskError"], None]
_CHINA = timezone(timedelta(hours=8))


class DeskApp(Caret, Discreet, inherit_bindings=False):
    """One screen of one office.

    Textual's own bindings are left out: Ctrl+Q would end the program at once. The mouse stays the terminal's, for
    copying and pasting.
    """

    CSS_PATH = "styles/desk.tcss"
    ENABLE_COMMAND_PALETTE = False
    ESCAPE_TO_MINIMIZE = False
    ALLOW_SELECT = False
    SUSPENDED_SCREEN_CLASS = ""
    DEFAULT_MODE = "lock"
    MODES: ClassVar[dict[str, str | Callable[[], Screen[Any]]]] = {DEFAULT_MODE: Screen}
    """The pile of the sign-in; below it nothing. Each person's pile is a mode too, see `people`."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+l", "lock", show=False, priority=True, id="lock"),
        Binding("ctrl+p", "all", show=False, priority=True, id="all"),
        Binding("ctrl+c", "stay", show=False, priority=True, id="stay"),
    ]

    def __init__(
        self, opener: Callable[[], Office], *, office_name: str, book_path: Path, staff: str = "",
        welcome: Callable[[Book], Session] | None = None, clock: Callable[[], datetime] | None = None,
    ) -> None:  # fmt: skip
        """`opener` opens the book, in a thread; name and path are what the sign-in needs before that.

        `welcome` signs somebody in without asking: the made-up receptionist of the demonstration.
        """
        super().__init__(driver_class=keyboard.driver_class())
        self.theme = "ansi-dark"
        self.animation_level = "none"
        self.office_name, self.book_path = office_name, book_path
        self.staff = staff
        """Whom to offer at the sign-in."""
        self.session: Session | None = None
        self.failure: DeskError | None = None
        """Why the book could not be opened."""
        self.people = People(self)
        self.typeahead = TypeAhead(self)
        self.drafts = Drafts(self)
        self.last_room = ""
        self.saved = ""
        """The record that was written to last: what F6 on the board takes back."""
        self._opener = opener
        self._clock = clock or partial(datetime.now, _CHINA)
        self._welcome = welcome
        self._opened: Office | None = None
        self._opening = threading.Lock()
        self._seen = 0

    # The book.

    @property
    def office(self) -> Office:
        """The office; waits while it is being opened."""
        with self._opening:
            if self._opened is None:
                self._opened = self._opener()
            return self._opened

    @cached_property
    def menu(self) -> Menu:
        """The menu numbers."""
        from deskapp.tui.menu import Menu

        return Menu(self.office.book.forms)

    def _open(self) -> None:
        """In a thread: open the book, and import what the board will need."""
        try:
            book = self.office.book
            session = self._welcome(book) if self._welcome else None
        except DeskError as error:
            self.failure = error
            self.call_from_thread(self.exit, return_code=error.exit_code)
            return
        import deskapp.tui.screens.board  # noqa: F401

        if session is not None:
            self.call_from_thread(self._welcomed, session)

    def _welcomed(self, session: Session) -> None:
        """Sign in who is expected, unless somebody was quicker by hand."""
        from deskapp.tui.screens.signin import SignInScreen

        if isinstance(self.screen, SignInScreen):
            self.screen.dismiss(session)

    def _fatal_error(self) -> None:
        """Textual would print the values of local variables; our last words are said in `__main__`."""
        self.drafts.keep_at_once()
        self._close_messages_no_wait()

    # Time.

    def now(self) -> datetime:
        """This moment in the office's time."""
        return self._opened.book.now() if self._opened else self._clock()

    @property
    def today(self) -> date:
        """The calendar day."""
        return self.now().date()

    def book_changed(self) -> bool:
        """Whether the book was written since the last look, by us or by a command beside us."""
        version = self.office.book.version
        seen, self._seen = self._seen, version
        return seen != version

    def _minute(self) -> None:
        """The one timer, on the minute."""
        self._wait_for_minute()
        if self.screen_stack:  # none any more while the program ends
            self.people.look()
            if self.screen.is_mounted:
                self.desk_screen.minute_passed()

    def _wait_for_minute(self) -> None:
        now = self.now()
        self.set_timer(60 - now.second - now.microsecond / 1e6 + 0.01, self._minute)

    # Start and end; keys.

    def on_mount(self) -> None:
        """Sign-in first; the book is opened behind it."""
        self.typeahead.start()
        self._wait_for_minute()
        self.people.ask(self.staff)
        self.call_after_refresh(self._shown_first)

    def _shown_first(self) -> None:
        """The first screen is there: what was imported stays, and needs no more looking through."""
        gc.freeze()
        gc.enable()
        self.run_worker(self._open, group="open", thread=True)

    def on_unmount(self) -> None:
        """The last message an app gets."""
        self.people.idle.stop()
        self.typeahead.stop()

    async def on_event(self, event: events.Event) -> None:
        """Keys wait in their queue until their turn."""
        if isinstance(event, events.Key | events.Paste):
            self.people.look()
            self.people.idle.typed()
        if not self.typeahead.takes(event):
            await super().on_event(event)

    def woke(self) -> None:
        """The program was stopped and goes on: who knows how long that took, and what else wrote on the terminal."""
        self.call_next(self.people.look)
        self.call_next(self.redraw)

    def exit(self, *args: Any, **words: Any) -> None:
        """Leave; a form that is open is kept."""
        self.drafts.keep_at_once()
        super().exit(*args, **words)

    # Who.

    def action_lock(self) -> None:
        """Ctrl+L: nothing of the book stays on the screen until somebody shows who he is."""
        self.people.lock()

    # Writing.

    def write(self, requests: Sequence[Request], done: Done, draft: str = "") -> None:
        """Write in a thread, then call `done` with the entries or the refusal; until then no typed key goes out.

        `draft` is the place of what was typed: it goes with the save.
        """
        from deskapp.book import journal

        session = self.session
        if session is None:
            done(DeskError("nobody is signed in"))
            return
        self.typeahead.stay()

        def save() -> None:
            try:
                with self.drafts.using(draft):
                    result: list[Entry] | DeskError = journal.write(self.office.book, session, requests, draft=draft)
            except DeskError as error:
                result = error
            except BaseException:
                self.call_from_thread(self.typeahead.go)
                raise
            self.call_from_thread(self._written, result, done)

        self.run_worker(save, group="write", thread=True)

    def _written(self, result: list[Entry] | DeskError, done: Done) -> None:
        from deskapp.book import view

        try:
            if not isinstance(result, DeskError) and result and result[-1].step != "undo":
                last = view.record_at(self.office.book.read, result[-1].journal, result[-1].rec)
                self.saved = last.number if last else ""
            done(result)
        finally:
            self.typeahead.go()

    def announce(self, entries: Sequence[Entry] | None) -> None:
        """Say on the screen that is there what was saved, and how to take it back."""
        from deskapp.tui.recordwords import saved

        if entries:
            self.desk_screen.say(saved(self.office.book, entries, self.now()))

    # Opening.

    @property
    def desk_screen(self) -> DeskScreen[Any]:
        """The screen on top; every one of ours is a desk screen."""
        return cast("DeskScreen[Any]", self.screen)

    def open_panel(
        self, form: str, step: str, number: str | None = None, prefill: Mapping[str, object] | None = None
    ) -> None:
        """The panel of a step, or of the act that begins with it."""
        from deskapp.tui.screens.panel import PanelScreen

        if not self.drafts.room():
            return
        act = self.office.book.forms[form].act_for(step) if form in self.office.book.forms else None
        steps = f"{form}.{act.name}" if act else [(form, step)]
        self.push_screen(PanelScreen(steps, number=number, prefill=prefill), self.announce)

    def open_record(self, number: str) -> None:
        """A record."""
        from deskapp.tui.screens.record import RecordScreen

        self.push_screen(RecordScreen(number))

    def open_list(self, form: str, *steps: str) -> None:
        """The list of a form; with steps, to pick the record for the first of them that it can take."""
        from deskapp.tui.screens.records import RecordsScreen

        self.push_screen(RecordsScreen(form, *steps))

    def open_find(self, text: str) -> None:
        """Find."""
        from deskapp.tui.screens.find import FindScreen

        if isinstance(self.screen, FindScreen):
            self.screen.look(text)
        else:
            self.push_screen(FindScreen(text))

    def open_menu(self) -> None:
        """All functions."""
        from deskapp.tui.screens.menu import MenuScreen

        if not isinstance(self.screen, MenuScreen):
            self.push_screen(MenuScreen())

    def open_help(self, screen: DeskScreen[Any]) -> None:
        """What can I do here."""
        from deskapp.tui.screens.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(screen))

    def obey(self, command: Command) -> None:
        """What a command means wherever the screen gives it no meaning of its own."""
        match command.kind:
            case "all":
                self.open_menu()
            case "help":
                self.open_help(self.desk_screen)
            case "menu":
                self.choose(command.number)
            case "last":
                if self.last_room:
                    self.open_find(self.last_room)
                else:
                    self.desk_screen.say(_("no room was used yet"), wrong=True)
            case "serial" | "tail" | "code":
                self._open_one(command.text)
            case "room" | "find":
                self.open_find(command.text)

    def choose(self, number: int) -> None:
        """A menu number."""
        from deskapp.tui.menu import LIST

        entry = self.menu.get(number)
        if entry is None:
            self.desk_screen.say(_("there is no {number} in the menu; 0 shows all functions").format(number=number),
                                 wrong=True)  # fmt: skip
        elif not entry.form:
            self._own(number)
        elif entry.step == LIST:
            self.open_list(entry.form)
        elif entry.step == "register":
            self.open_panel(entry.form, entry.step)
        else:
            self.open_list(entry.form, *entry.steps)

    def _own(self, number: int) -> None:
        from deskapp.tui.menu import OWN

        own = OWN[number]
        module, _colon, name = own.opens.rpartition(":")
        if module:
            screen = getattr(import_module(f"deskapp.tui.screens.{module}"), name)
            self.push_screen(screen(*own.args))
        else:
            attrgetter(name)(self)(*own.args)

    def redraw(self) -> None:
        """Paint everything anew, after something else wrote on the terminal."""
        self.refresh(layout=True)

    def _open_one(self, text: str) -> None:
        """The record itself where only one is meant, else the list of those found."""
        from deskapp.book.search import find
        from deskapp.desk.find import ask, meant
        from deskapp.tui.numbers import full

        text = full(self.office.book.forms.values(), text, self.today) or text
        found = find(self.office.book.read, ask(text, self.today), limit=20)
        if (one := meant(self.office.book.forms, found, text, self.today)) is not None:
            self.open_record(one.number)
        else:
            self.open_find(text)

    def action_all(self) -> None:
        """Ctrl+P."""
        if self.session:
            self.open_menu()

    def action_stay(self) -> None:
        """Ctrl+C ends nothing: it is pressed to copy."""
        self.desk_screen.say(_("to leave: menu number 83"))
