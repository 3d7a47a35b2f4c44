"""The notice run: a line a room, one call for all its pieces, the number of the current room only (ux 3.7, F3.6)."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult

from deskapp.book.entry import Entry
from deskapp.book.journal import Request
from deskapp.desk import mail, pickup, reveals
from deskapp.desk.mail import MAIL
from deskapp.desk.pickup import Call
from deskapp.errors import DeskError
from deskapp.forms.form import Field
from deskapp.i18n import _, pick
from deskapp.text import mask_phone, show
from deskapp.tui.commandline import Command
from deskapp.tui.screens.listing import ListScreen
from deskapp.tui.screens.reveal import spoken
from deskapp.tui.widgets.plain import Line, Words
from deskapp.tui.widgets.records import Records
from deskapp.tui.widgets.roomcard import wrapped
from deskapp.tui.widgets.rows import Column, Fixed, Row


class NoticesScreen(ListScreen[None]):
    """Each room is told once; a result digit writes it down on all its pieces and goes on to the next."""

    LIVE: ClassVar[frozenset[str]] = frozenset({"F1", "F2", "F3", "F5", "F6", "F7", "F8", "F9", "Esc"})

    def __init__(self) -> None:
        super().__init__()
        self._calls: list[Call] = []
        self._results: dict[str, str] = {}
        """What came of it, by room."""
        self._tries: dict[str, int] = {}
        self._shown = ""
        """The room whose number is in sight."""
        self._last = ""
        """The piece that F6 takes the last result back of."""

    # ------------------------------------------------------------ what it shows

    def where(self) -> str:
        """The run."""
        return _("Tell of mail")

    def prompt(self) -> str:
        """A digit."""
        return _("result digit")

    def compose_body(self) -> ComposeResult:
        """How many, the rooms, the sentence."""
        yield Line(id="run")
        yield Records(
            [Column(_("No."), 3, right=True), Column(_("Room"), 11), Column(self._label("recipient"), 10, drop=2),
             Column(self._label("pickup_code"), 0), Column(self._label("phone"), 13), Column(_("Result"), 20, drop=1)],
            empty=_("nobody has to be told of anything"),
        )  # fmt: skip
        yield Words(id="say")

    def on_mount(self) -> None:
        """Begin with the first room."""
        super().on_mount()
        try:
            self._calls = pickup.calls(self.app.office.book)
        except DeskError as error:
            self.give_up(error)
            return
        self._tries = {one.room: pickup.tries(self.app.office.book, one) for one in self._calls}
        self._paint()
        self.show_number()

    def _label(self, name: str) -> str:
        form = self.app.office.book.forms.get(MAIL)
        return pick(form.fields[name].label) if form and name in form.fields else ""

    @property
    def _field(self) -> Field:
        return mail.form_of(self.app.office.book, MAIL, "notified").fields["notified"]

    @property
    def _call(self) -> Call | None:
        row = self.records.row
        return next((one for one in self._calls if row and one.room == row.id), None)

    @property
    def _quiet(self) -> bool:
        return mail.is_quiet(self.app.office.config.quiet, self.app.now())

    def number_of(self, row: Row) -> str:
        """The room's first piece."""
        return next((one.pieces[0].number for one in self._calls if one.room == row.id), "")

    def moved(self) -> None:
        """Another line: its neighbour's number goes out of sight."""
        call = self._call
        if self._shown and (call is None or call.room != self._shown):
            self._shown = ""
            self._paint()
        else:
            self._around()

    def _paint(self) -> None:
        self.records.reload(Fixed([self._row(n, one) for n, one in enumerate(self._calls, 1)]))
        self._around()

    def _row(self, n: int, call: Call) -> Row:
        phone = call.phone.number if call.phone else ""
        words = show(spoken(phone) if call.room == self._shown else mask_phone(phone)) if phone else "-"
        result = self._results.get(call.room) or _tried(self._tries[call.room])
        cells = (str(n), call.room, show(call.name), " ".join(call.codes), words, result)
        return Row(call.room, cells, "quiet" if call.room in self._results else "")

    def _around(self) -> None:
        """The count above, the sentence below."""
        width, call = self.app.size.width, self._call
        left = [one for one in self._calls if one.room not in self._results]
        pieces = sum(len(one.pieces) for one in left)
        self.query_one("#run", Line).show(_("to tell: {n} rooms, {m} pieces").format(n=len(left), m=pieces),
                                          _("one call for all pieces of a room"))  # fmt: skip
        if self._quiet:
            words = _("quiet hours {span}: nobody is called now; the notices wait here").format(
                span=self.app.office.config.quiet
            )
        elif call is None:
            words = ""
        else:
            words = _("Hello, the front desk: {n} pieces are here for you, bring code {codes}.")
            words = words.format(n=len(call.pieces), codes=", ".join(call.codes))
        labels = [*(pick(one.label) for one in self._field.choices), _("skip")]
        digits = " ".join(f"{n}{label}" for n, label in enumerate(labels, 1))
        lines = [line.plain for text in (words, digits) for line in wrapped(text, width)]
        say = self.query_one("#say", Words)
        say.styles.height = len(lines) + 1
        say.show([f"-- {_('please read')}", *lines])

    def minute(self) -> None:
        """The quiet hours may be over."""
        self._around()

    # ------------------------------------------------------------ the number

    def show_number(self) -> None:
        """Show the current room's number, and write that down: which field, why, never the number."""
        call = self._call
        if call is None or call.phone is None or self._shown == call.room or call.room in self._results:
            return
        if self._quiet:
            self._wait()
            return
        asked = reveals.requests(self.app.office.book, [call.phone.record.number], _("Tell of mail"))
        self.app.write(asked, lambda result: self._in_sight(call, result))

    def _in_sight(self, call: Call, result: list[Entry] | DeskError) -> None:
        if isinstance(result, DeskError):
            self.refuse(result)
        elif self._call is call:
            self._shown = call.room
            self._paint()
            self.app.people.idle.revealed()

    def on_screen_suspend(self) -> None:
        """Covered by another screen: nothing stays in sight below."""
        if self._shown:
            self._shown = ""
            self._paint()

    def open_line(self) -> None:
        """Enter on a line that was gone to by hand."""
        self.show_number()

    def action_reveal(self) -> None:
        """F9 shows it, and hides it again."""
        if self._shown:
            self._shown = ""
            self._paint()
        else:
            self.show_number()

    # ------------------------------------------------------------ results

    def command(self, command: Command) -> None:
        """A digit is what came of the call; a room goes to its line."""
        if command.kind == "menu" and len(command.text) == 1:
            self._result(command.number)
        elif command.kind == "room" and self.records.point(command.text):
            self.show_number()
        elif command.kind == "next":
            self.say(_("a result digit, as 1"), wrong=True)
        else:
            super().command(command)

    def _result(self, digit: int) -> None:
        call, choices = self._call, self._field.choices
        if call is None:
            return
        if digit == len(choices) + 1:
            self._onward(call)
        elif digit > len(choices):
            self.say(_("results 1 to {n}").format(n=len(choices) + 1), wrong=True)
        elif self._quiet:
            self._wait()
        else:
            code = choices[digit - 1].code
            self.app.write(pickup.told(call, code), lambda result: self._told(call, digit, result))

    def _wait(self) -> None:
        self.say(_("quiet hours {span}: call later").format(span=self.app.office.config.quiet), wrong=True)

    def _told(self, call: Call, digit: int, result: list[Entry] | DeskError) -> None:
        if isinstance(result, DeskError):
            self.refuse(result)
            return
        self._last = call.pieces[0].number
        self._tries[call.room] += 1
        label = pick(self._field.choices[digit - 1].label)
        self._results[call.room] = f"{label} {self.app.now():%H:%M} {_tried(self._tries[call.room])}"
        self.say(_("{time} saved {room} {result}   (F6 takes it back)").format(
            time=f"{self.app.now():%H:%M}", room=call.room, result=label))  # fmt: skip
        self._onward(call)

    def _onward(self, call: Call) -> None:
        """The next room that has no result yet; its number comes into sight by itself."""
        after = self._calls[self._calls.index(call) + 1 :]
        following = next((one for one in after if one.room not in self._results), None)
        self._shown = ""
        self._paint()
        if following is None:
            self.say(_("that was the last one"))
        else:
            self.records.point(following.room)
            self.show_number()

    def action_correct(self) -> None:
        """F6: the last result was another one."""
        if not self._last:
            self.say(_("there is nothing of yours to take back"), wrong=True)
        else:
            self.app.write([Request("undo", {}, None, self._last)], self._taken_back)

    def _taken_back(self, result: list[Entry] | DeskError) -> None:
        if isinstance(result, DeskError):
            self.refuse(result)
            return
        call = next(one for one in self._calls if one.pieces[0].number == self._last)
        self._last = ""
        self._results.pop(call.room, None)
        self._tries[call.room] -= 1
        self._shown = ""
        self.records.point(call.room)
        self._paint()
        self.say(_("taken back: {room}").format(room=call.room))


def _tried(times: int) -> str:
    return _("time {n}").format(n=times) if times else ""
