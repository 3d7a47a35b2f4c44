"""The panel: one step, several steps or an act, asked in one go and saved in one write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Self

from rich.text import Text

from deskapp.book import view
from deskapp.book.entry import Entry
from deskapp.book.journal import Request
from deskapp.book.view import Record
from deskapp.desk import display
from deskapp.desk.reveals import hidden
from deskapp.desk.twins import carried, twins
from deskapp.errors import DeskError, Refused
from deskapp.forms.form import Act, Field, Form, Label
from deskapp.forms.steps import FOR, Missing
from deskapp.forms.timing import WHEN
from deskapp.forms.values import Value
from deskapp.i18n import _, pick
from deskapp.tui import panelwords as words
from deskapp.tui import plan as planning
from deskapp.tui.opening import Opening
from deskapp.tui.plan import Plan, Steps
from deskapp.tui.reading import Reader
from deskapp.tui.screens.kept import KeptScreen
from deskapp.tui.typed import PANEL, Typed, steps_of
from deskapp.tui.widgets import roomcard
from deskapp.tui.widgets.field import Box, Pick

SIGNED = frozenset({"text", "note", "phone", "moment", "day"})
"""Field types whose answers may begin with a plus."""
NOBODY = Pick("", "")


class PanelScreen(KeptScreen[list[Entry] | None]):
    """Asks what the steps ask, page by page, and writes them together; left, it gives None."""

    def __init__(self, steps: Steps, *, number: str | None = None, prefill: Mapping[str, object] | None = None) -> None:
        super().__init__()
        self._steps = steps
        self._number = number
        self._prefill = prefill or {}
        self._plan: Plan
        self._opening: Opening
        self._record: Record | None = None
        self._page = 0
        self._pages: list[list[Box]] = []
        self._saving = False
        self._room = ""
        self._twins: list[Record] = []

    # ------------------------------------------------------------ opening

    def on_mount(self) -> None:
        """Ask the first page, with what was parked or handed over already in it."""
        book = self.book
        self.reader = Reader(self.app, self.sheet)
        self._plan = planning.make(book.forms, self._steps)
        if self._number:
            self._record = view.record(book.read, self._number)
            form = book.adopted(book.read, self._record.journal, self._record.form, self._record.v)
            self._plan.live_by(form)
        self._opening = Opening(self._plan, self._record, self._prefill)
        self._open_page(0)
        if self._prefill:
            self._go(next((i for i, box in enumerate(self.sheet.boxes) if not box.typed), 0))
        self.opened()

    def _open_page(self, index: int, at: int = 0) -> None:
        self._page = index
        pages = self._plan.pages()
        fresh = self._opening.boxes(pages[index], self.reader.answers)
        kept = {box.name: box for page in self._pages[index : index + 1] for box in page if box.typed}
        boxes = [kept.get(box.name, box) for box in fresh]
        self._pages[index : index + 1] = [boxes]
        self.title_line()
        self.sheet.head(self._head())
        self.show_page(boxes, at)
        for box in boxes:
            if box.raw and box.name not in kept:
                self._settle(box)
        self.sheet.load()
        self.refresh_below()

    def _settle(self, box: Box) -> None:
        """Take in what was there from the start: its meaning, its copies, the room's card."""
        try:
            box.value = self.read(box)
        except DeskError:
            return
        self.reader.explain(box)
        self.reader.copy(box)
        self.accepted(box)

    # ------------------------------------------------------------ what is said around it

    def where(self) -> str:
        """What is being done, to which record or on which paper form."""
        part = self._plan.parts[self._plan.pages()[self._page].start]
        if self._record:
            number = display.short_number(part.form, self._record.number, self.app.today)
            return f"{pick(self._plan.label)} {number}"
        label = self._plan.label if self._page else part.step.label
        return f"{pick(part.form.title)} {pick(label)}  {part.form.code}"

    def _head(self) -> list[Text]:
        """Which record, or which call, in a line under the title."""
        rule = Text("-" * self.app.size.width, no_wrap=True)
        if self._record:
            first = self._plan.parts[0]
            return [words.of_record(self.book, first.form, self._record, first.step, self.app.now()), rule]
        if self._page:
            return [words.of_call(self.book, self._plan.parts[0].form, self._opening.said), rule]
        return [rule]

    def form_of(self, box: Box) -> Form:
        """The form of the step that asks."""
        return self._plan.parts[min(box.parts)].form

    def facts(self) -> list[tuple[Field, Value]]:
        """What the record says, what was answered on the pages before, and what here."""
        form = self._plan.parts[0].form
        stands = list(self._record.fields.items()) if self._record else []
        found = [(form.fields[name], value) for name, value in stands]
        for (of, name), value in self._opening.said.items():
            if value is not None and name in self.book.forms[of].fields:
                found.append((self.book.forms[of].fields[name], value))
        return found + super().facts()

    def is_needed(self, box: Box) -> bool:
        """Only the steps that will be done need their answers."""
        if box.name in (WHEN.name, FOR.name):
            return False
        return bool(self._opening.late(box, self.app.now())) or any(
            self._plan.parts[i].step.asks.get(box.name) and self._on(i) for i in box.parts
        )

    def _on(self, index: int) -> bool:
        part = self._plan.parts[index]
        if not part.optional:
            return True
        box = next((b for page in self._pages for b in page if index in b.parts and b.name == part.first), None)
        return bool(box and box.raw.strip())

    def accepted(self, box: Box) -> None:
        """A room shows its card and offers its people; the moment decides whether a reason for lateness is asked."""
        if box.name == WHEN.name:
            self._opening.when = box.value
            for other in self.sheet.boxes:
                if (late := self._opening.late(other, self.app.now())) is not None:
                    other.extra = not late
        if box.field.type == "room" and box.value is not None:
            self._room = str(box.value)
            self._house(self.reader.answers.people(self._room))
        if box.field.type == "person" and all(one.raw != box.raw for one in box.picks):
            self.reader.fill(box, NOBODY)
        if (form := self.form_of(box)).twin and box.name == form.twin.by and self._plan.parts[min(box.parts)].enters:
            self._twins = twins(self.book, form, box.value)
        self.refresh_below()
        if self._twins and box.name != WHEN.name and form.twin and box.name == form.twin.by:
            self.say(words.of_twins(self.book, form.twin, self._twins, self.app.now()))
        elif box.field.type == "room" and box.value is not None and self.sheet.room_below < len(card := self._card()):
            self.say(card[1].plain)

    def _house(self, people: Sequence[Pick]) -> None:
        """Offer the people of the flat; where it is usually one of them, the first stands there at once."""
        for other in self.sheet.boxes:
            if other.field.type != "person" or other.field.outsider:
                continue
            if other.field.resident and self._plan.parts[min(other.parts)].enters and not other.typed:
                first = people[0] if people else NOBODY
                self.reader.fill(other, first)
                other.raw = other.start = first.raw
            other.picks = tuple(people)

    def sign(self, typed: str) -> bool:
        """`+` goes on with the open record that this one may only be asking for again (ux F9.6)."""
        if typed != "+" or not self._twins or self.sheet.box.field.type in SIGNED:
            return super().sign(typed)
        if len(self._twins) == 1:
            self._go_on(self._twins[0].number)
        else:
            self.offer([words.twin(self.book, one, self.app.now()) for one in self._twins],
                       lambda picked: self._go_on(picked.raw))  # fmt: skip
        return True

    def _go_on(self, number: str) -> None:
        """Its step, with what was typed so far; this panel is over when that one is saved."""
        form = self._plan.parts[0].form
        if form.twin is None:
            return
        said = {box.name: box.value for box in self.sheet.boxes if box.typed and box.value is not None}
        into = view.record(self.book.read, number)
        panel = PanelScreen([(form.twin.form, form.twin.step)], number=number,
                            prefill=carried(self.book, form, said, into, form.twin.step))  # fmt: skip
        self.app.push_screen(panel, self._went_on)

    def _went_on(self, entries: list[Entry] | None) -> None:
        if entries:
            self.app.drafts.drop(self.place)
            self.dismiss(entries)

    def changed(self, box: Box) -> None:
        """A choice may decide which steps are done, and so what is said below."""
        super().changed(box)
        if box.closed:
            self.refresh_below()

    def sections(self) -> list[Text]:
        """What to say now, the room's card, the emergency card, what will be saved; as much as there is room for."""
        width = self.app.size.width
        said = words.to_say(self.sheet.box, self.book.rules.kind, width)
        self.urgent = bool(said)
        return said + self._beneath(width, self.sheet.room_below - len(said))

    def _beneath(self, width: int, room: int) -> list[Text]:
        parts = [part for i, part in enumerate(self._plan.parts) if self._on(i)]
        after = words.of_save(self.book, parts, self.sheet.boxes, width)
        room -= len(after)
        lines: list[Text] = []
        if self._room:
            lines += self._card()
        lines += words.emergency(self.book, self.sheet.boxes, width)
        return (lines[: max(0, room)] + after)[: max(0, room + len(after))]

    def _card(self) -> list[Text]:
        return roomcard.lines(self.book, self._room, self.app.now(), self.app.size.width, without=self._number)

    # ------------------------------------------------------------ going on and saving

    def turn_back(self) -> bool:
        """The page before, at its last box."""
        if self._page == 0:
            return False
        self._keep()
        self._open_page(self._page - 1)
        return True

    def complete(self) -> None:
        """The next page, or the save."""
        self._keep()
        if (lost := self._lost()) is not None:
            self.point(lost)
            self.wrong(Missing(lost.field))
            return
        if self._page == 0:
            self._follow_choice()
        if self._page + 1 < len(self._plan.pages()):
            self._open_page(self._page + 1)
        else:
            self._save()

    def _lost(self) -> Box | None:
        """The deciding box of a step that is left out although something was typed for it."""
        for index, part in enumerate(self._plan.parts):
            mine = [box for box in self.sheet.boxes if box.parts == {index}]
            if mine and not self._on(index) and any(box.typed and box.raw.strip() for box in mine):
                return next((box for box in mine if box.name == part.first), None)
        return None

    def _keep(self) -> None:
        for box in self.sheet.boxes:
            self._opening.said[self.form_of(box).name, box.name] = box.value

    def _follow_choice(self) -> None:
        """A choice may say with which act the call goes on."""
        if not self._plan.chosen:
            return
        act = self._chosen_act()
        if act:
            self._plan.extend(act, self.book.forms)
        elif len(self._plan.parts) > 1:
            self._plan.cut()
            del self._pages[1:]

    def _chosen_act(self) -> Act | None:
        form = self._plan.parts[0].form
        for box in self.sheet.boxes:
            choice = box.field.choice(box.value)
            if choice and choice.act:
                return form.acts[choice.act]
        return None

    def _requests(self) -> list[Request]:
        requests = []
        boxes = [box for page in self._pages for box in page]
        for index, part in enumerate(self._plan.parts):
            if not self._on(index):
                continue
            answers = {box.name: box.value for box in boxes if index in box.parts and box.value is not None}
            number = self._number if self._record and part.form.name == self._record.form else None
            requests.append(Request(part.step.name, answers, part.form.name, number))
        return requests

    def _save(self) -> None:
        if self._saving:
            return
        self._saving = True
        self.say(_("saving"))
        self.app.write(self._requests(), self._saved, self.place)

    def _saved(self, result: list[Entry] | DeskError) -> None:
        self._saving = False
        if isinstance(result, DeskError):
            self._failed(result)
        else:
            self.done(result)

    def done(self, entries: list[Entry]) -> None:
        """It is written."""
        self.dismiss(entries)

    def _failed(self, error: DeskError) -> None:
        """Nothing was written: say why, with the cursor on the field that it is about."""
        name = getattr(error, "field", "") or self._named(error)
        for index, page in enumerate(self._pages):
            if any(box.name == name for box in page):
                if index != self._page:
                    self._open_page(index)
                self.point_at(name)
                break
        if isinstance(error, Refused):
            self.refused(self.sheet.box, error)
        else:
            self.wrong(error)

    def _named(self, error: DeskError) -> str:
        """The field that an error speaks of by its label."""
        labels = {box.field.label: box.name for page in self._pages for box in page}
        return next(
            (labels[value] for value in error.values.values() if isinstance(value, Label) and value in labels), ""
        )

    def refused(self, box: Box, error: Refused) -> None:
        """A sentence to read aloud, and a note of it if wanted (ux F4.2, F4.3)."""
        from deskapp.tui.screens.refusal import RefusalScreen

        form = self.form_of(box)
        about = [display.value(self.book, one.field, one.value, masked=False) for one in self.sheet.boxes
                 if one.name in form.what and one.value is not None]  # fmt: skip
        self.app.push_screen(RefusalScreen(error, box.field, room=self._room, about=" ".join(about)))

    def action_reveal(self) -> None:
        """F9: the number of the record that is worked on."""
        record = self._record
        form = self._plan.parts[0].form
        if record and (names := hidden(form, record)):
            from deskapp.tui.screens.reveal import RevealScreen

            self.app.push_screen(RevealScreen(record.number, names))
        else:
            self.say(_("there is no hidden number here"))

    # ------------------------------------------------------------ kept while it is typed

    @classmethod
    def made_for(cls, typed: Typed) -> Self:
        """The panel of the same steps, for the same record."""
        return cls(steps_of(typed), number=typed.number)

    def outline(self) -> Typed:
        """The steps, the record, the page."""
        steps = self._steps if isinstance(self._steps, str) else [list(one) for one in self._steps]
        versions = {part.form.name: part.form.version for part in self._plan.parts}
        return Typed(PANEL, self.where(), steps, self._number, versions, page=self._page)

    def pages(self) -> Sequence[Sequence[Box]]:
        """Those before stay as they were answered."""
        return self._pages

    def fill(self, typed: Typed) -> None:
        """Page by page, as far as the answers lead there again; the rest waits for its page."""
        self._opening.prefill |= {text.name: text.raw for text in typed.texts if text.page}
        self._fill(typed)
        while self._page < typed.page:
            self._keep()
            if self._page == 0:
                self._follow_choice()
            if self._page + 1 >= len(self._plan.pages()):
                break
            self._open_page(self._page + 1)
            self._fill(typed)

    def _fill(self, typed: Typed) -> None:
        found: list[Box] = []
        for text in typed.texts:
            if text.page == self._page and (box := self.sheet.named(text.name)):
                box.raw, box.typed = text.raw, text.typed
                found.append(box)
        for box in found:
            self._settle(box)
