"""Void or merge: two records of one matter side by side, and what becomes of the second (ux 3.19)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.text import Text

from deskapp.book import view
from deskapp.book.entry import Entry
from deskapp.book.journal import Request
from deskapp.book.view import Record
from deskapp.desk import display
from deskapp.desk.twins import carried, merge
from deskapp.errors import DeskError
from deskapp.forms.clocks import RUNNING
from deskapp.forms.form import VOID, Choice, Field, Form, Label, Step, Twin
from deskapp.forms.values import Value
from deskapp.i18n import N_, _, pick
from deskapp.text import fit, show
from deskapp.tui.reading import Reader
from deskapp.tui.screens.filling import FillScreen
from deskapp.tui.widgets.field import Box
from deskapp.tui.widgets.roomcard import heading, wrapped

URGED, DOUBLE, ALONE, BOTH = "urged", "double", "void", "both"
FATES = {URGED: N_("the customer asks again"), DOUBLE: N_("written twice"), ALONE: N_("void it"), BOTH: N_("keep both")}
_LABEL = 9


class MergeScreen(FillScreen[list[Entry] | None]):
    """Asks what becomes of a record, and only what the other one can't take over from it; left, it gives None."""

    def __init__(self, number: str, others: Sequence[Record]) -> None:
        super().__init__()
        self._number = number
        self._others = others
        self._record: Record
        self._form: Form
        self._twin: Twin
        self._fate: Box
        self._into: Box | None = None
        self._shown: tuple[Value | None, str] = (None, "")

    def where(self) -> str:
        """Which record."""
        return f"{_('void or merge')} {display.short_number(self._form, self._number, self.app.today)}"

    def on_mount(self) -> None:
        """Ask what becomes of it; the likeliest stands there."""
        self.reader = Reader(self.app, self.sheet)
        self._record = view.record(self.book.read, self._number)
        self._form = display.form_of(self.book, self._record)
        assert self._form.twin is not None
        self._twin = self._form.twin
        self._fate = Box(_choice("fate", _("what to do"), {code: _(word) for code, word in FATES.items()}),
                         needed=True, raw="1", start="1")  # fmt: skip
        if len(self._others) > 1:
            short = {one.number: display.called(self.book, one.number) for one in self._others[:9]}
            self._into = Box(_choice("into", _("which other"), short), needed=True, raw="1", start="1")
        self._fate.value = URGED
        self._show()
        self.title_line()

    @property
    def _other(self) -> Record:
        chosen = self._into.chosen if self._into else 0
        return self._others[max(chosen - 1, 0)]

    def _step(self) -> Step:
        """What will be written on the other record."""
        urged = self._fate.value == URGED or self._twin.double is None
        other = display.form_of(self.book, self._other)
        return other.steps[self._twin.step if urged else self._twin.double or ""]

    # ------------------------------------------------------------ what is asked

    def accepted(self, box: Box) -> None:
        """What becomes of it says what is asked further."""
        if (box is self._fate or box is self._into) and self._shown != (self._fate.value, self._other.number):
            self._show()

    def _show(self) -> None:
        self._shown = (self._fate.value, self._other.number)
        first = [self._into, self._fate] if self._into else [self._fate]
        at = self.sheet.at if self.sheet.boxes else 0
        self.sheet.head(self._side_by_side(self.app.size.width))
        self.show_page([*first, *self._more()], min(at, len(first)))

    def _more(self) -> list[Box]:
        """What the fate still needs to know; a box that is answered already lies off the way of Enter."""
        if self._fate.value == ALONE:
            return [Box(self._form.fields["reason"], needed=True)]
        if self._fate.value not in (URGED, DOUBLE):
            return []
        found = []
        if self._record.state not in self._twin.merges and self._twin.recall:
            asks = self._form.steps[self._twin.recall].asks
            found += [Box(self._form.fields[name], needed=must) for name, must in asks.items()]
        step, other = self._step(), display.form_of(self.book, self._other)
        known = carried(self.book, self._form, self._record.fields, self._other, step.name)
        owed = self._owed()
        for name, asked in step.asks.items():
            must = asked or name in owed
            box = Box(other.fields[name], needed=must)
            if name in known:
                box.raw = box.start = self.reader.answers.raw(box.field, known[name])
            box.extra = bool(box.raw) or not must
            found.append(box)
        return found

    def _owed(self) -> set[str]:
        """What the other record must say anew, if it can't be taken over: a promise that this one did not keep yet."""
        running = {name for name, clock in self._record.clocks.items() if clock.state == RUNNING}
        dues = {clock.due for name, clock in self._form.clocks.items() if name in running}
        return {mine for mine, theirs in self._twin.copies.items() if theirs in dues}

    def form_of(self, box: Box) -> Form:
        """All of them are one form's."""
        return self._form

    # ------------------------------------------------------------ what is said around it

    def _side_by_side(self, width: int) -> list[Text]:
        """This record and the other one, line by line."""
        rows: list[tuple[str, Callable[[Record], str]]] = [
            (_("number"), self._numbered),
            (_("registered"), self._registered),
            (_("about"), lambda one: display.what(self.book, self._form, one)),
            (_("who"), self._follow),
            (_("promised"), self._promised),
        ]  # fmt: skip
        half = (width - _LABEL - 1) // 2
        lines = [_row("", _("this one"), _("the open one"), half)]
        lines += [_row(label, say(self._record), say(self._other), half) for label, say in rows]
        return [*lines, Text("-" * width, no_wrap=True)]

    def _numbered(self, one: Record) -> str:
        return f"{display.called(self.book, one.number)} {display.state(self._form, one.state)}"

    def _registered(self, one: Record) -> str:
        return f"{display.moment(one.opened, self.app.now())} {display.person(self.book, one.by)}"

    def _follow(self, one: Record) -> str:
        return display.person(self.book, str(one.fields.get(self._form.follow or "", ""))) or "-"

    def _promised(self, one: Record) -> str:
        dues = [clock.due for name, clock in one.clocks.items()
                if self._form.clocks[name].due and clock.state == RUNNING and clock.due]  # fmt: skip
        return " ".join(display.moment(due, self.app.now()) for due in dues) or "-"

    def sections(self) -> list[Text]:
        """What is written, and what stands afterwards."""
        width = self.app.size.width
        if self._fate.value in (ALONE, BOTH) or self._twin.double is None:
            return []
        this, other = (display.called(self.book, one.number) for one in (self._record, self._other))
        words = [
            _("{this}: void, part of {other}. The number stays used; it counts in no figure.").format(
                this=this, other=other),
            _("{other} gets: {step}, with the words and the promise of {this}.").format(
                this=this, other=other, step=pick(self._step().label)),
        ]  # fmt: skip
        if self._record.state not in self._twin.merges and self._twin.recall:
            first = _("{who} is on his way: tell him first that he need not go")
            words.insert(0, first.format(who=self._follow(self._record)))
        return [heading(_("when merged"), width), *(line for one in words for line in wrapped(show(one), width))]

    # ------------------------------------------------------------ saving

    def complete(self) -> None:
        """Write what was chosen; to keep both is to write nothing."""
        fresh = [box for box in self.sheet.boxes if box.value is None and self.is_needed(box)]
        if not all(self.take(box) for box in fresh):
            return  # what a fate chosen last asks stood not there when the boxes were read
        said = {box.name: box.value for box in self.sheet.boxes if box.value is not None}
        if self._fate.value == BOTH:
            self.dismiss(None)
        elif self._fate.value == ALONE:
            self.app.write([Request(VOID, {"reason": said["reason"]}, None, self._number)], self._written)
        else:
            recall = self._form.steps[self._twin.recall].asks if self._twin.recall else {}
            needed = self._record.state not in self._twin.merges
            requests = merge(
                self._record, self._form, self._other.number, reason=_(FATES[str(self._fate.value)]),
                urged=self._fate.value == URGED,
                answers={name: said[name] for name in self._step().asks if name in said},
                recall={name: said[name] for name in recall if name in said} if needed else None,
            )  # fmt: skip
            self.app.write(requests, self._written)

    def _written(self, result: list[Entry] | DeskError) -> None:
        if isinstance(result, DeskError):
            self.point_at(getattr(result, "field", ""))
            self.wrong(result)
        else:
            self.dismiss(result)

    def leave(self) -> None:
        """Esc twice."""
        self.dismiss(None)


def _choice(name: str, label: str, options: dict[str, str]) -> Field:
    choices = tuple(Choice(code, Label(words, words)) for code, words in options.items())
    return Field(name, "choice", Label(label, label), choices=choices)


def _row(label: str, this: str, other: str, half: int) -> Text:
    return Text(f"{fit(label, _LABEL)}{fit(show(this), half - 1)} {fit(show(other), half)}", no_wrap=True)
