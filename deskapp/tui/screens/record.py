"""A record: how it stands, its fields, links and timeline, and the next steps by number (ux 3.5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from deskapp.book import undo, view
from deskapp.book.entry import Entry
from deskapp.book.view import Record
from deskapp.desk import display
from deskapp.desk.reveals import hidden
from deskapp.desk.twins import twins
from deskapp.forms.form import BUILT_IN_STEPS, Form, Step
from deskapp.i18n import _, pick
from deskapp.text import cells, fit, show
from deskapp.tui import recordwords
from deskapp.tui.commandline import Command
from deskapp.tui.widgets import timeline
from deskapp.tui.widgets.chrome import KEYS, DeskScreen
from deskapp.tui.widgets.paper import Paper
from deskapp.tui.widgets.roomcard import heading

REVEAL, PREVIOUS, FOLLOWING = 10, 11, 12
"""Numbers of a record's own doings, the same on every form (ux 4.2)."""
BUILT_IN = {91: "correct", 92: "void", 93: "undo"}
FEW_ROWS = 2
"""Lines of next steps that leave the timeline its room."""
_OWN = (REVEAL, PREVIOUS, FOLLOWING)
_COLUMN = 10


class RecordScreen(DeskScreen[None]):
    """One record. Enter on the empty line does nothing: nothing is ever written by accident."""

    LIVE: ClassVar[frozenset[str]] = frozenset(key for key, _word in KEYS if key != "F10")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
    ]

    def __init__(self, number: str) -> None:
        super().__init__()
        self._number = number
        self._record: Record
        self._form: Form
        self._entries: list[Entry] = []
        self._all = False
        self._paper = Paper()
        self._steps = Static("", markup=False, id="steps")

    def where(self) -> str:
        """The form and the record's number."""
        return f"{pick(self._form.title)} {self._number}"

    def compose_body(self) -> ComposeResult:
        """What is read, and under it what can be done."""
        yield self._paper
        yield self._steps

    def prompt(self) -> str:
        """Steps by number, + for the next one."""
        return _("a step's number, + the next step")

    def help_lines(self) -> list[str]:
        """F1: what can be done with a record."""
        return [
            _("Digits and Enter: the panel of that step. + the next step. * every step."),
            _("F6 takes your last step back, or corrects one field with a reason; the old value stays readable."),
            _("F7 F8, or 11 12: the record before and after in the list it came from. PgUp PgDn: more of it."),
            _("F9, or 10: a masked number in clear, for a reason that is written down."),
        ]

    def room_here(self) -> str:
        """The record's room: what is said over it is about the same flat."""
        rooms = [name for name, one in self._form.fields.items() if one.type == "room" and name in self._record.fields]
        return str(self._record.fields[rooms[0]]) if rooms else ""

    # ------------------------------------------------------------ reading

    def on_mount(self) -> None:
        """Read the record."""
        self._read()

    def on_screen_resume(self) -> None:
        """Something may have been written meanwhile."""
        if self.is_mounted:
            self._read()

    def minute(self) -> None:
        """Minutes left have changed, or somebody else wrote."""
        self._read()

    def on_resize(self, event: events.Resize) -> None:
        """Lay the lines out for another width."""
        self._draw(event.size.width)

    def _read(self) -> None:
        book = self.app.office.book
        self._record = view.record(book.read, self._number)
        self._form = display.form_of(book, self._record)
        self._entries = view.timeline(book.read, self._record)
        self.title_line()
        self._draw(self.app.size.width)

    def _draw(self, width: int) -> None:
        book, form, record, now = self.app.office.book, self._form, self._record, self.app.now()
        above = {one.name: record.fields[one.name] for one in recordwords.standing(book, form, record)}
        self._paper.show([
            *recordwords.status(book, form, record, self._entries, now, width),
            Text("-" * width, no_wrap=True),
            *recordwords.fields(book, form, record, width),
            *recordwords.links(book, form, record, now),
            heading(_("what happened"), width),
            *timeline.lines(book, form, self._entries, now, width, above=above),
        ])  # fmt: skip
        self._steps.update(Text("\n").join(self._next(width)))

    # ------------------------------------------------------------ next steps

    def _allowed(self) -> dict[int, Step]:
        """The steps possible now for this person, by numbers that never change: their place in the form."""
        session, record = self.app.session, self._record
        roles = session.roles if session else frozenset()
        allowed = {step.name: step for step in self._form.allowed(record.state, record.marks, roles)}
        found = {number: allowed[name] for number, name in numbers(self._form) if name in allowed}
        if self._undoable() and "undo" in self._form.steps:
            found[next(n for n, name in BUILT_IN.items() if name == "undo")] = self._form.steps["undo"]
        return found

    def _undoable(self) -> Entry | None:
        last, session, book = undo.last_step(self._entries), self.app.session, self.app.office.book
        if last is None or session is None or not undo.may_undo(last, session.staff, self.app.now()):
            return None
        return None if undo.left_the_desk(book, book.read, last) else last

    def _natural(self) -> Step | None:
        session = self.app.session
        return display.next_step(self._form, self._record, session.roles if session else frozenset())

    def _next(self, width: int) -> list[Text]:
        """The steps by number, in two lines; `*` shows them all."""
        words = []
        natural = self._natural()
        for number, step in self._allowed().items():
            act = self._form.act_for(step.name)
            label = pick(act.label if act else step.label)
            if step.name == "undo" and (last := self._undoable()):
                label = f"{label} {pick(self._form.steps[last.step].label)}"
            words.append((f"{number}{'+' if step is natural else ' '}{show(label)}", step is natural))
        if "reveal" in self._form.steps and self._hidden():
            words.append((f"{REVEAL} {_('show the number')}", False))
        rows = _packed(words, width)
        if len(rows) > FEW_ROWS and not self._all:
            title = _("next (digits, then Enter; * shows all {n})").format(n=len(words))
            rows = rows[:FEW_ROWS]
        else:
            title = _("next (digits, then Enter)")
        return [heading(title, width), *rows]

    def _hidden(self) -> list[str]:
        """The fields shown masked, by name."""
        return hidden(self._form, self._record)

    # ------------------------------------------------------------ doing

    def command(self, command: Command) -> None:
        """Digits are steps here; nothing at all happens on an empty line."""
        match command.kind:
            case "open":
                return
            case "next":
                natural = self._natural()
                if natural is None:
                    self.say(_("nothing is waiting here"), wrong=True)
                else:
                    self._run(natural)
            case "steps":
                self._all = not self._all
                self._read()
            case "menu":
                self._number_given(command.number)
            case _:
                self.app.obey(command)

    def _number_given(self, number: int) -> None:
        match number:
            case _ if number == REVEAL:
                self.action_reveal()
            case _ if number == PREVIOUS:
                self.action_previous()
            case _ if number == FOLLOWING:
                self.action_following()
            case _:
                step = self._allowed().get(number)
                if step is None:
                    known = dict(numbers(self._form)).get(number)
                    words = _("{step}: not possible now") if known else _("there is no step {number}")
                    label = pick(self._form.steps[known].label) if known else ""
                    self.say(words.format(step=label, number=number), wrong=True)
                else:
                    self._run(step)

    def _run(self, step: Step) -> None:
        match step.name:
            case "correct":
                self.action_correct()
            case "undo":
                self._correct(undoing=True)
            case "void" if self._form.twin and self._form.twin.merges and (others := self._twins()):
                from deskapp.tui.screens.merge import MergeScreen

                self.app.push_screen(MergeScreen(self._number, others), self._done)
            case _:
                self.app.open_panel(self._form.name, step.name, self._number)

    def _twins(self) -> list[Record]:
        answer = self._record.fields.get(self._form.twin.by) if self._form.twin else None
        return twins(self.app.office.book, self._form, answer, than=self._record)

    def action_correct(self) -> None:
        """F6: take back or correct."""
        self._correct()

    def _correct(self, *, undoing: bool = False) -> None:
        from deskapp.tui.screens.correct import CorrectScreen

        self.app.push_screen(CorrectScreen(self._number, undoing=undoing), self._done)

    def _done(self, entries: list[Entry] | None) -> None:
        if entries and entries[-1].step == "undo":
            steps = {entry.seq: entry.step for entry in self._entries}
            back = [pick(self._form.steps[steps[e.undoes]].label) for e in entries if e.undoes in steps]
            self.say(_("{time} taken back: {steps}").format(time=f"{self.app.now():%H:%M}", steps=" ".join(back)))
        else:
            self.app.announce(entries or ())

    def action_choose(self) -> None:
        """F4: the panel of the next step, as +."""
        self.command(Command("next", "+"))

    def action_reveal(self) -> None:
        """F9: the number in clear, for a reason."""
        names = self._hidden()
        if not names:
            self.say(_("there is no hidden number here"))
            return
        from deskapp.tui.screens.reveal import RevealScreen

        self.app.push_screen(RevealScreen(self._number, names))

    def action_previous(self) -> None:
        """F7: the record above in the list it came from."""
        self._neighbour(-1)

    def action_following(self) -> None:
        """F8: the record below."""
        self._neighbour(1)

    def _neighbour(self, by: int) -> None:
        from deskapp.tui.screens.listing import ListScreen

        below = self.app.screen_stack[-2]
        if isinstance(below, ListScreen):
            below.action_move(by)
            if below.number and below.number != self._number:
                self._number = below.number
                self.say("")
                self._read()
                return
        self.say(_("no other record in this direction"))

    def action_move(self, by: int) -> None:
        """Scroll by a line."""
        self._paper.move(by)

    def action_page(self, by: int) -> None:
        """Scroll by a page."""
        self._paper.page(by)


def numbers(form: Form) -> list[tuple[int, str]]:
    """The number of each step: its place in the form, passing by the record's own numbers; the built-in ones last."""
    named = [name for name in form.steps if name not in BUILT_IN_STEPS and name != "register"]
    free = (number for number in range(1, 90) if number not in _OWN)
    return [*zip(free, named, strict=False), *((n, name) for n, name in BUILT_IN.items() if name in form.steps)]


def _packed(words: Sequence[tuple[str, bool]], width: int) -> list[Text]:
    """Words in lines, each beginning at a multiple of _COLUMN, so that they stand under each other."""
    rows: list[Text] = []
    used = width
    for word, strong in words:
        if used + cells(word) > width:
            rows.append(Text(no_wrap=True, overflow="crop"))
            used = 0
        size = min(-(-(cells(word) + 2) // _COLUMN) * _COLUMN, width - used)
        rows[-1].append(fit(word, size), "bold" if strong else "")
        used += size
    return rows
