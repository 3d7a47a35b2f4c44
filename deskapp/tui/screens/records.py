"""The list of a form: filters by digit, any number of records; or a record to pick for a step (ux 3.18)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from textual.app import ComposeResult

from deskapp.book import view
from deskapp.book.database import Book
from deskapp.book.search import find
from deskapp.book.view import Record
from deskapp.desk import display
from deskapp.desk.find import ask
from deskapp.forms import clocks
from deskapp.forms.form import Form
from deskapp.i18n import _, pick
from deskapp.text import cells
from deskapp.tui.commandline import Command
from deskapp.tui.screens.listing import ListScreen
from deskapp.tui.widgets.plain import Line
from deskapp.tui.widgets.records import Records
from deskapp.tui.widgets.rows import Column, Fixed, Row, Source

COUNTED = 99
"""Counts go no further; behind stands a +."""
_WIDTHS = {
    "room": 11, "choice": 8, "yes-no": 4, "person": 8, "phone": 11, "id-tail": 6, "money": 10, "count": 4,
    "moment": 11, "day": 10, "staff": 7, "record": 8, "text": 14, "note": 14,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filter:
    """One digit above the list."""

    label: str
    source: Source
    count: int


@dataclass(frozen=True, slots=True)
class Pages:
    """Records of one form by keyset, as rows."""

    book: Book
    form: str
    row: Callable[[Record], Row]
    test: Mapping[str, Any] = field(default_factory=dict)

    def newest(self, limit: int) -> Sequence[Row]:
        """The newest records."""
        return self._rows(limit)

    def oldest(self, limit: int) -> Sequence[Row]:
        """The oldest: what follows upon id 0."""
        return self._rows(limit, after=0)

    def older(self, than: Hashable, limit: int) -> Sequence[Row]:
        """The records before one."""
        return self._rows(limit, before=_id(than))

    def newer(self, than: Hashable, limit: int) -> Sequence[Row]:
        """The records after one."""
        return self._rows(limit, after=_id(than))

    def _rows(self, limit: int, **edge: Any) -> list[Row]:
        return [self.row(one) for one in view.page(self.book.read, self.form, limit=limit, **self.test, **edge)]

    def count(self) -> int:
        """How many, up to what is counted."""
        return view.count(self.book.read, self.form, most=COUNTED + 1, **self.test)


class RecordsScreen(ListScreen[None]):
    """A form's records; with steps, those that can take one of them, and Enter opens the panel of the first such."""

    LIVE: ClassVar[frozenset[str]] = ListScreen.LIVE

    def __init__(self, form: str, *steps: str) -> None:
        super().__init__()
        self._form = form
        self._steps = steps
        self._totals = ""
        self._at = 1
        self._filters: list[Filter] = []
        self._named = ""
        self._fitting = 0
        """How many filters there is room to name; no others can be chosen."""
        self._picked = False

    @property
    def form(self) -> Form:
        """The form as it is used now."""
        return self.app.office.book.form(self._form)

    def where(self) -> str:
        """The form, and the steps a record is picked for or what its records come to."""
        steps = " / ".join(pick(self.form.steps[step].label) for step in self._steps)
        return "  ".join(filter(None, (pick(self.form.title) + (f" - {steps}" if steps else ""), self._totals)))

    def prompt(self) -> str:
        """What digits do here."""
        if self._steps:
            return _("code, tail or room picks one; Enter takes the line")
        return _("digit filter, 3 digits serial, + next step, Enter opens")

    def compose_body(self) -> ComposeResult:
        """Filters, list."""
        yield Line(id="filters")
        yield Records(self._columns(), empty=_("nothing here"))

    def on_screen_resume(self) -> None:
        """From the newest; back from a record or a panel it may read otherwise now."""
        if self._filters:
            self._reload()
        else:
            self._filters = self._make_filters()
            self._add_up()
            self._choose(1)

    def _add_up(self) -> None:
        """The totals stand in the title line."""
        self._totals = "  ".join(display.totals(self.app.office.book, self.form))
        self.title_line()

    def minute(self) -> None:
        """Somebody may have written."""
        if self.app.book_changed():
            self._reload()

    def _reload(self) -> None:
        self._picked = False
        self._filters = self._make_filters()
        self._add_up()
        self._name_filters()
        self.records.reload(self._filters[self._at - 1].source)

    # Filters.

    def _make_filters(self) -> list[Filter]:
        book = self.app.office.book
        if self._steps:
            states = self._states
            return [self._filter(_("for this step"), states=states)]
        day = book.rules.business_day(self.app.now()).isoformat()
        found = [
            self._filter(_("open"), open_only=True),
            self._filter(_("today"), since=day),
            self._filter(_("all")),
        ]
        if self.form.clocks:
            late = [self._row(one) for one in self._late()]
            found.append(Filter(_("late"), Fixed(late), len(late)))
        for state in self.form.states:
            if state not in self.form.ends and len(found) < 9:
                found.append(self._filter(display.state(self.form, state), states=[state]))
        return found

    @property
    def _states(self) -> tuple[str, ...]:
        """The states in which a record can take one of the steps."""
        versions = self.app.office.book.versions(self._form)
        found = (one.steps[step].from_ for one in versions for step in self._steps if step in one.steps)
        return tuple(dict.fromkeys(state for from_ in found for state in from_))

    def _filter(self, label: str, **test: Any) -> Filter:
        pages = Pages(self.app.office.book, self._form, self._row, test)
        return Filter(label, pages, pages.count())

    def _late(self) -> list[Record]:
        now = self.app.now()
        running = view.running(self.app.office.book.read)
        return [one for one in running if one.form == self._form and any(
            clock.state == clocks.RUNNING and clock.due is not None and clock.due < now for clock in one.clocks.values()
        )]  # fmt: skip

    def _choose(self, at: int) -> None:
        self._at = at
        self._name_filters()
        self.records.show(self._filters[at - 1].source)
        self.moved()

    def _name_filters(self) -> None:
        words = []
        for digit, one in enumerate(self._filters, 1):
            count = f"{one.count}" if one.count <= COUNTED else f"{COUNTED}+"
            words.append(f"[{digit}{one.label}{count}]" if digit == self._at else f" {digit}{one.label}{count} ")
        while len(words) > 1 and cells("".join(words)) > self.app.size.width - 12:
            words.pop()
        self._named, self._fitting = "".join(words), len(words)
        self.moved()

    def moved(self) -> None:
        """Whether there is more below stands beside the filters."""
        self.query_one("#filters", Line).show(self._named, _("PgDn: more") if self.records.more_below else "")

    # Rows.

    def _columns(self) -> list[Column]:
        columns = [Column(_("Number"), 10), Column(_("Opened"), 6, drop=3)]
        names = list(self.form.list_) or ["what"]
        flexible = "what" if "what" in names else next((n for n in names if self._type(n) == "text"), names[-1])
        for name in names:
            width = 0 if name == flexible else _WIDTHS.get(self._type(name), 8)
            columns.append(Column(self._label(name), width, drop=0 if width == 0 else 4))
        columns.append(Column(_("State"), 8, drop=2))
        if self.form.closes:
            columns.append(Column(_("Missing"), 10, drop=1))
        return columns

    def _type(self, name: str) -> str:
        return self.form.fields[name].type if name in self.form.fields else name

    def _label(self, name: str) -> str:
        if name == "what":
            return _("About")
        if name.startswith("steps."):
            return pick(self.form.steps[name.removeprefix("steps.")].label)
        return pick(self.form.fields[name].label)

    def _row(self, record: Record) -> Row:
        book, today = self.app.office.book, self.app.today
        form = display.form_of(book, record)
        opened = f"{record.opened:%H:%M}" if record.opened.date() == today else f"{record.opened:%m-%d}"
        number = display.short_number(form, record.number, today)
        told = [self._cell(record, form, name) for name in list(self.form.list_) or ["what"]]
        state = display.state(form, record.state)
        missing = ""
        if form.closes and record.state in form.closes.from_:
            missing = " ".join(display.state(form, mark) for mark in form.closes.missing(record.marks, record.fields))
        return Row(record.id, (number, opened, *told, state, missing), "quiet" if record.ended else "")

    def _cell(self, record: Record, form: Form, name: str) -> str:
        book = self.app.office.book
        if name == "what":
            return display.what(book, form, record)
        if name.startswith("steps."):
            times, last = view.tally(book.read, record, name.removeprefix("steps."))
            return f"{times} {last[11:16]}" if times and last else ""
        return display.value(book, form.fields[name], record.fields.get(name)) if name in form.fields else ""

    # What can be done.

    def number_of(self, row: Row) -> str:
        """Rows are by id, which is what pages go by."""
        found = view.by_ids(self.app.office.book.read, [_id(row.id)])
        return found[0].number if found else ""

    def command(self, command: Command) -> None:
        """A digit is a filter; while a record is picked, whatever names one picks it."""
        if command.kind == "menu" and len(command.text) == 1 and not self._steps:
            at = command.number
            if at <= self._fitting:
                self._choose(at)
            else:
                self.say(_("filters 1 to {n}").format(n=self._fitting), wrong=True)
        elif self._steps and command.kind in ("serial", "tail", "code", "room", "find"):
            self._pick(command.text)
        else:
            super().command(command)

    def _pick(self, text: str) -> None:
        """The one record that is meant, or the few among which the cursor chooses."""
        found = find(self.app.office.book.read, ask(text, self.app.today, forms=(self._form,)))
        able = [one for one in found if one.state in self._states]
        if len(able) == 1:
            self._take(able[0])
        elif able:
            self._picked = True
            self.records.show(Fixed([self._row(one) for one in able]))
            self.say(_("{n} found; Enter takes the line, Esc shows all again").format(n=len(able)))
        else:
            self.say(_("nothing found for {text} that can take this step").format(text=text), wrong=True)

    def action_back(self) -> None:
        """Esc: from the few that were meant to all, then back."""
        if self._picked:
            self._picked = False
            self.say("")
            self._choose(1)
        else:
            super().action_back()

    def open_line(self) -> None:
        """Enter."""
        if self._steps and self.number:
            self._take(view.record(self.app.office.book.read, self.number))
        else:
            super().open_line()

    def _take(self, record: Record) -> None:
        """Open the panel of the first of the steps that the record can take."""
        own = display.form_of(self.app.office.book, record)
        step = next((one for one in self._steps if one in own.steps and record.state in own.steps[one].from_), "")
        if step:
            self.app.open_panel(self._form, step, record.number)


def _id(row: Hashable) -> int:
    assert isinstance(row, int)
    return row
