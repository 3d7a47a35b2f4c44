"""The board: what is running out, what was promised, what to follow up (ux 3.2)."""

from __future__ import annotations

from datetime import datetime
from time import monotonic
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.timer import Timer

from deskapp.book.entry import Entry
from deskapp.book.journal import Request
from deskapp.book.view import Record
from deskapp.desk import display, shifts
from deskapp.desk.board import CLOCK, FOLLOW, NOTICE, PROMISE, Board, Line, board
from deskapp.errors import DeskError
from deskapp.forms.form import Form, Step
from deskapp.i18n import N_, _, pick
from deskapp.text import cells
from deskapp.tui.commandline import Command
from deskapp.tui.news import News
from deskapp.tui.screens.listing import ListScreen
from deskapp.tui.widgets.chrome import OFFICE_FROM, moment
from deskapp.tui.widgets.plain import Line as Title
from deskapp.tui.widgets.plain import Words
from deskapp.tui.widgets.records import Records
from deskapp.tui.widgets.rows import Column, Fixed, Heading, Row
from deskapp.tui.widgets.rows import Line as ListLine

QUIET = 10.0
"""Seconds without a key after which lines may change places (ux 3.1 rule 4)."""
COUNTS = 3
"""Lines of the rule and the counts; one more where they need it."""
GROUPS = {PROMISE: N_("Promised"), FOLLOW: N_("To follow up"), NOTICE: N_("Notices")}


class BoardScreen(ListScreen[None]):
    """The first screen. Minutes are repainted in place; lines move only when nobody is aiming at one."""

    HAS_MENU = True
    LIVE: ClassVar[frozenset[str]] = ListScreen.LIVE | {"F6"}
    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "next_changed", show=False, priority=True)]

    def __init__(self) -> None:
        super().__init__()
        self._late: frozenset[tuple[str, str | None]] | None = None
        self._order: list[tuple[str, str | None]] = []
        self._resort: Timer | None = None
        self._board: Board | None = None
        self._asked = ("", 0)
        self._news = News(self)

    def where(self) -> str:
        """The board."""
        return _("Board")

    def title_line(self) -> None:
        """Whose shift it is stands beside where; who is signed in only where that is somebody else."""
        app, session = self.app, self.app.session
        shift = shifts.on_duty(app.office.book) if session else None
        if session is None or shift is None:
            super().title_line()
            return
        office = app.office_name if app.size.width >= OFFICE_FROM else ""
        duty = shifts.title(app.office.book, shift, app.now())
        if shift.state == shifts.COUNTING:
            duty = f"{duty} {display.state(display.form_of(app.office.book, shift), shift.state)}"
        other = f"({session.name})" if shift.by != session.staff else ""
        parts = [self.where(), office, duty, other]
        self.query_one("#title", Title).show("  ".join(filter(None, parts)), moment(app.now()))

    def help_lines(self) -> list[str]:
        """What the signs on the lines mean."""
        return [_("/ or Tab goes to the next line that is new, or changed since you left")]

    def compose_body(self) -> ComposeResult:
        """The lines, and the counts below them."""
        yield Records(self._columns(), empty=_("nothing is running, promised or to follow up"))
        yield Words(id="counts")

    def _columns(self) -> list[Column]:
        return [
            Column(_("Time"), 8),
            Column(_("Number"), 10),
            Column(_("Room"), 11),
            Column(_("About"), 0),
            Column(_("State"), 7, drop=2),
            Column(_("Who"), 6, drop=1),
            Column(_("To do"), 8),
        ]

    # What it shows.

    def on_screen_resume(self) -> None:
        """Whoever comes to the board sees it as it is now, in its order."""
        self._show(sort=True)

    def on_screen_suspend(self) -> None:
        """Something else is looked at, or nobody is there any more."""
        self._news.left()

    def on_unmount(self) -> None:
        """The program ends."""
        self._news.ended()

    def minute(self) -> None:
        """The minutes left; what ran out since is said in words."""
        self._show(sort=self._is_quiet())

    def on_resize(self, event: events.Resize) -> None:
        """Fewer lines: one line of counts."""
        self.query_one("#counts").styles.height = COUNTS if event.size.height >= 20 else 1

    def _is_quiet(self) -> bool:
        return monotonic() - self.app.typeahead.last >= QUIET

    def _show(self, *, sort: bool) -> None:
        if self.app.session is None:
            return
        self.app.book_changed()
        self.title_line()
        now = self.app.now()
        shown = board(self.app.office.book, now)
        arrived = self._news.arrived()
        found = {_key(line): line for line in (*shown.lines, *shown.notices)}
        order = list(found)
        if not sort and order != self._order:
            standing = [key for key in self._order if key in found]
            order = [*standing, *(key for key in order if key not in set(standing))]
            self._sort_later()
        self._order = order
        self._tell_late(found, now)
        self.records.reload(Fixed(self._lines([found[key] for key in order], now, unsure=shown.unsure)))
        self._board = shown
        if arrived and shown.unsure:
            self.say(_("the computer's clock is in doubt: no minutes are shown"), wrong=True)
        elif arrived:
            self._tell_news(found)
        self.moved()

    def moved(self) -> None:
        """The counts, and whether lines stand below those that are shown."""
        if self._board is not None:
            lines, words = self._counts(self._board), self.query_one("#counts", Words)
            words.show(lines)
            words.styles.height = min(max(COUNTS, len(lines)), COUNTS + 1) if len(lines) > 1 else 1

    def _sort_later(self) -> None:
        if self._resort is None:
            self._resort = self.set_timer(QUIET, self._sort_now)

    def _sort_now(self) -> None:
        self._resort = None
        if self.is_current:
            if self._is_quiet():
                self._show(sort=True)
            else:
                self._sort_later()

    def _tell_news(self, found: dict[tuple[str, str | None], Line]) -> None:
        if count := len({line.record.id for line in found.values() if line.record in self._news}):
            self.say(_("{n} lines changed since you left; / or Tab goes to the next").format(n=count))

    def _tell_late(self, found: dict[tuple[str, str | None], Line], now: datetime) -> None:
        late = frozenset(key for key, line in found.items() if line.late)
        fresh = [found[key] for key in late - self._late] if self._late is not None else []
        if fresh:
            numbers = " ".join(display.short_number(line.form, line.record.number, now.date()) for line in fresh[:3])
            self.say(_("{time} run out: {numbers}").format(time=f"{now:%H:%M}", numbers=numbers))
        self._late = late

    def _lines(self, lines: list[Line], now: datetime, *, unsure: bool) -> list[ListLine]:
        shown: list[ListLine] = []
        group = CLOCK
        for line in lines:
            if line.group != group:
                group = line.group
                shown.append(Heading(_(GROUPS[group])))
            shown.append(self._row(line, now, unsure=unsure))
        return shown

    def _row(self, line: Line, now: datetime, *, unsure: bool) -> Row:
        book, record, form = self.app.office.book, line.record, line.form
        session = self.app.session
        step = line.to_do(session.roles if session else frozenset())
        room = next((name for name, field in form.fields.items() if field.type == "room"), "")
        follow = record.fields.get(form.follow or "")
        return Row(
            _key(line),
            (
                _time(line, now, unsure=unsure),
                display.short_number(form, record.number, now.date()),
                display.value(book, form.fields[room], record.fields.get(room)) if room else "",
                f"{self._news.word(record)} {display.what(book, form, record)}".lstrip(),
                display.state(form, record.state),
                display.person(book, str(follow or record.by)),
                pick(step.label) if step else "",
            ),
            "late" if line.late else "",
        )

    def _counts(self, shown: Board) -> list[str]:
        parts = [
            f"{self.app.menu.name(count.form)} {count.open}" + (f" {_('late')} {count.late}" if count.late else "")
            + "".join(f" {pick(label)} {n}" for label, n in count.tallies if n)
            for count in sorted(shown.counts, key=lambda one: max(one.form.menu, default=99))
            if count.open
        ]  # fmt: skip
        if shown.more:
            parts.insert(0, _("{n} more lines").format(n=shown.more))
        told = ((_("appointments today {n}"), shown.today), (_("paused {n}"), shown.paused))
        head = " ".join(["--", *(words.format(n=n) for words, n in told if n), ""]) if any(n for _w, n in told) else ""
        below = f" {_('PgDn: more')} --" if self.records.more_below else ""
        lines = [head + "-" * (self.app.size.width - cells(head + below)) + below, ""]
        for part in parts:
            longer = f"{lines[-1]}  {part}" if lines[-1] else f" {part}"
            if cells(longer) > self.app.size.width:
                lines.append(f" {part}")
            else:
                lines[-1] = longer
        return lines if self.app.size.height >= 20 else lines[1:2]

    # What can be done.

    def number_of(self, row: Row) -> str:
        """A record may stand on the board with several clocks."""
        assert isinstance(row.id, tuple)
        return str(row.id[0])

    def command(self, command: Command) -> None:
        """`/` goes on to what changed."""
        if command.kind == "changed":
            self.action_next_changed()
        else:
            super().command(command)

    def action_next_changed(self) -> None:
        """Tab: the next line that changed while this person was away, round and round."""
        number = self.number
        at = next((at for at, (one, _clock) in enumerate(self._order) if one == number), -1) + 1
        shown = {_key(line): line.record for line in (*self._board.lines, *self._board.notices)} if self._board else {}
        for key in (*self._order[at:], *self._order[:at]):
            if key[0] != number and key in shown and shown[key] in self._news:
                self.records.point(key)
                return
        self.say(_("nothing else changed since you left"))

    def next_step(self, form: Form, record: Record, roles: frozenset[str]) -> Step | None:
        """What the line says is to do."""
        row = self.records.row
        lines = self._board.lines if self._board else ()
        line = next((one for one in lines if row and _key(one) == row.id and one.record.seq == record.seq), None)
        return line.to_do(roles) if line else super().next_step(form, record, roles)

    def action_move(self, by: int) -> None:
        """Up, Down; what a command wrote meanwhile is shown first, in place."""
        if self.app.book_changed():
            self._show(sort=False)
        super().action_move(by)

    def action_correct(self) -> None:
        """F6 twice: take back my last save, as long as that is allowed; the first time says which one it is."""
        number = self.app.saved
        if not number:
            self.say(_("there is nothing of yours to take back"), wrong=True)
        elif self._asked != (number, self.app.typeahead.typed - 1):
            self._asked = (number, self.app.typeahead.typed)
            words = _("F6 once more takes back your last step on {number}; any other key leaves it")
            self.say(words.format(number=display.called(self.app.office.book, number)), wrong=True)
        else:
            self.app.write([Request("undo", {}, None, number)], self._undone)

    def _undone(self, result: list[Entry] | DeskError) -> None:
        if isinstance(result, DeskError):
            self.refuse(result)
        else:
            self.app.saved = ""
            self.app.announce(result)
            self._show(sort=True)

    def action_save(self) -> None:
        """F10: take the post, where nobody has it."""
        book = self.app.office.book
        if (shift := shifts.on_duty(book)) is not None:
            self.say(_("{duty} is on duty; 9 hands over").format(duty=shifts.title(book, shift, self.app.now())))
        else:
            self.app.write([shifts.opening(book, self.app.now())], self._taken)

    def _taken(self, result: list[Entry] | DeskError) -> None:
        if isinstance(result, DeskError):
            self.refuse(result)
        else:
            self.app.announce(result)
            self._show(sort=True)

    def action_back(self) -> None:
        """Esc: nothing lies behind the board."""
        self.say(_("this is the first screen; menu number 83 leaves, 82 locks"))


def _key(line: Line) -> tuple[str, str | None]:
    return line.record.number, line.clock


def _time(line: Line, now: datetime, *, unsure: bool) -> str:
    """The minutes of a clock; a promise says when instead, until it is late; a notice until when."""
    if line.stands is None:
        return _until(line)
    due = line.stands.due
    if line.group == PROMISE and due is not None and not line.late:
        return f"{due:%H:%M}" if due.date() == now.date() else f"{due:%m-%d}"
    return display.left(line.stands, now, since=line.since, unsure=unsure)


def _until(line: Line) -> str:
    """When a notice ends."""
    card = line.form.card
    until = line.record.fields.get(card.until) if card and card.until and line.group == NOTICE else None
    return f"-{str(until)[5:10]}" if until else ""
