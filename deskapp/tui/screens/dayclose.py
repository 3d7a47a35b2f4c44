"""Day close 日结: the checklist, then one digit closes the day, writes its log, and sends it (ux 3.17, scene 6)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on
from textual.widgets import Input

from deskapp.errors import DeskError
from deskapp.forms.values import read_day
from deskapp.i18n import _
from deskapp.text import clean, fold
from deskapp.tui import daywords, stickwords
from deskapp.tui.screens.working import AskingScreen
from deskapp.tui.widgets.chrome import ARROW
from deskapp.tui.widgets.prompted import Prompted

if TYPE_CHECKING:
    from deskapp.desk.closing import Closing
    from deskapp.exchange.dayclose import Outcome
    from deskapp.reports.checklist import Line
    from deskapp.reports.tables import Report

CLOSE, EXPORT, SHOW = "1", "2", "3"
MENU, DIFFERENCE, REVIEWED, SECRET = "menu", "difference", "reviewed", "secret"


@dataclass(slots=True)
class _Looked:
    found: Closing
    lines: list[Line]
    left: list[date]


class DayScreen(AskingScreen):
    """Looks at the oldest day that is not closed, or the one that is typed."""

    def __init__(self, day: date | None = None) -> None:
        super().__init__()
        self._day = day
        self._looked: _Looked | None = None
        self._asking = MENU
        self._sends = False
        self._answers: dict[str, str] = {}
        self._folder: Path | None = None
        self._secret = ""

    def where(self) -> str:
        """Its name."""
        return _("Close the day")

    def help_lines(self) -> list[str]:
        """What the digits do."""
        return [_("1 closes and writes the log, 2 exports it too, 3 only shows it; 1121 = another day")]

    def on_mount(self) -> None:
        """Look at once."""
        self._ask(MENU)
        self._look()

    def question(self) -> None:
        """What is asked now."""
        self._ask(self._asking)

    def _ask(self, what: str) -> None:
        self._asking = what
        done = self._looked is not None and self._looked.found.record is not None
        words = {
            MENU: _("1 print again  2 export again  3 the log") if done else _("1 close  2 and export  3 the log"),
            DIFFERENCE: _("cash difference: 1 known  2 in question"),
            REVIEWED: _("reviewed by (staff number; empty: on paper)"),
            SECRET: _("passphrase of the key"),
        }
        field = self.query_one("#typed", Prompted)
        field.password = what == SECRET
        field.frame(words[what] + ARROW)
        self.hint(_("another day: 1121   no stick found? type its folder, as /media/usb") if what == MENU else "")

    @on(Input.Submitted, "#typed")
    def _typed(self, event: Input.Submitted) -> None:
        event.stop()
        field = self.query_one("#typed", Prompted)
        raw = event.value
        field.clear()
        self.say("")
        word = fold(clean(raw)).strip()
        match self._asking:
            case "difference" if word in ("1", "2"):
                self._answers["difference"] = "known" if word == "1" else "question"
                self._ask(REVIEWED)
            case "difference":
                self.say(_("1 or 2"), wrong=True)
            case "reviewed":
                self._answers["reviewed"] = word
                self._close()
            case "secret":
                self._secret = raw
                self._ask(MENU)
                if raw:
                    self._again(sends=True)
            case _:
                self._chosen(word, clean(raw))

    def _chosen(self, word: str, raw: str) -> None:
        if word in (CLOSE, EXPORT):
            self._begin(sends=word == EXPORT)
        elif word == SHOW:
            self._log()
        elif not word:
            self._look()
        elif word.isdigit() or word.startswith("-"):
            day = read_day(word, self.app.office.book.rules.business_day(self.app.now()), "past")
            if len(word) < 2 or day is None:
                self.say(_("1, 2 or 3, Enter, or a day as 1121"), wrong=True)
                return
            self._day = day
            self._look()
        else:
            self._folder = Path(raw).expanduser().absolute()
            self.say(_("the bundle goes to {folder}").format(folder=self._folder))

    # Looking.

    def _look(self) -> None:
        office, day, self._looked = self.app.office, self._day, None
        self.show(lambda width: [_(" looking at the book ...")])

        def job() -> _Looked:
            from deskapp.desk import closing as closings
            from deskapp.reports import checklist

            found = closings.look(office.book, day or closings.first(office.book), self._read)
            left = [one for one in closings.unclosed(office.book) if one != found.day.day]
            return _Looked(found, checklist.lines(office.book, office.home, found), left)

        self.work(job, self._seen)

    def _read(self, entries: int) -> None:
        """From the thread: how many entries are verified."""
        self.desk.call_from_thread(self.show, lambda width: [f"{_(' looking at the book ...')} {entries}"])

    def _seen(self, looked: _Looked) -> None:
        self._looked, self._day = looked, looked.found.day.day
        self.show(lambda width: daywords.looked(looked.found, looked.lines, looked.left, width))
        if not self.left and self.is_mounted:
            self._ask(MENU)

    def _log(self) -> None:
        """The log itself, as the page will have it."""
        if self._looked is None:
            return
        office, found = self.app.office, self._looked.found

        def job() -> Report:
            from deskapp.exchange import dayclose

            return dayclose.report(office, found.day.day, record=found.record)

        def shown(made: Report) -> None:
            from deskapp.reports import plain

            self.show(lambda width: plain.lines(made, width))

        self.work(job, shown)

    # Closing.

    def _begin(self, *, sends: bool) -> None:
        if self._looked is None:
            return
        found = self._looked.found
        if found.record is not None:
            self._again(sends=sends)
        elif (blocked := found.blocked) is not None:
            self.refuse(blocked)
        else:
            self._sends, self._answers = sends, {}
            self._ask(DIFFERENCE if found.difference else REVIEWED)

    def _close(self) -> None:
        """Close, print and, if wanted, send: in one piece of work, each part of it whole."""
        self._ask(MENU)
        looked, session = self._looked, self.app.session
        if looked is None or session is None:
            return
        office, answers, sends, secret, folder = self.app.office, self._answers, self._sends, self._take(), self._folder

        def job() -> Outcome:
            from deskapp.exchange import dayclose

            outcome = dayclose.close(office, session, looked.found, **answers)
            if sends:
                dayclose.send(office, session, outcome, folder, secret, self._stage)
            return outcome

        self.work(job, self._done_with)

    def _again(self, *, sends: bool) -> None:
        """Print or send a closed day once more."""
        looked, session = self._looked, self.app.session
        if looked is None or session is None or (record := looked.found.record) is None:
            return
        office, secret, folder = self.app.office, self._take(), self._folder

        def job() -> Outcome:
            from deskapp.exchange import dayclose

            outcome = dayclose.Outcome(record)
            if sends:
                dayclose.send(office, session, outcome, folder, secret, self._stage)
            else:
                outcome.printed = dayclose.papers(office, session, record)
            return outcome

        self.work(job, self._done_with)

    def _take(self) -> str:
        """The passphrase that was typed, once."""
        secret, self._secret = self._secret, ""
        return secret

    def _stage(self, stage: str) -> None:
        """From the thread: what is being done on the stick."""
        self.desk.call_from_thread(self.show, lambda width: stickwords.stages(stage, 0, width))

    def _done_with(self, outcome: Outcome) -> None:
        self.show(lambda width: daywords.done(outcome, width))
        self._reread()
        screen = self.desk.desk_screen
        if outcome.trouble is not None:
            self._trouble(outcome.trouble)
        elif outcome.sent is None:
            screen.say(_("{number}: page and spreadsheet are written").format(number=outcome.record.number))
        elif all(one.carried for one in outcome.sent):
            screen.say(_("the stick may be pulled out"))
        else:
            screen.say(_("this is the computer's own disk: is the stick plugged in?"), wrong=True)

    def _reread(self) -> None:
        """The day as it stands now, for the next digit; what was done stays on the screen."""
        from deskapp.desk import closing as closings

        if self._looked is not None:
            record = closings.closed(self.desk.office.book, self._looked.found.day.day)
            self._looked.found = replace(self._looked.found, record=record)
            if not self.left and self.is_mounted and self._asking == MENU:
                self._ask(MENU)

    def _trouble(self, error: DeskError) -> None:
        from deskapp.exchange.stick import Locked

        if isinstance(error, Locked) and not self.left:
            self._ask(SECRET)
        self.desk.desk_screen.refuse(error)

    def failed(self, error: DeskError) -> None:
        """Why not, and what to do."""
        if not self.left:
            self.show(lambda width: stickwords.refused(error, width))
        super().failed(error)
