"""The panel: one step, several steps or an act, asked in one go and saved in one write."""

from __future__ import annotations

from collections.abc import Mapping

from rich.text import Text

from deskapp.book import view
from deskapp.book.entry import Entry
from deskapp.book.journal import Request
from deskapp.book.view import Record
from deskapp.desk import display
from deskapp.errors import DeskError, Refused
from deskapp.forms.clocks import read_limit
from deskapp.forms.form import Act, Field, Form, Label
from deskapp.forms.values import Value
from deskapp.i18n import N_, _, pick
from deskapp.text import show
from deskapp.tui import plan as planning
from deskapp.tui.answers import people
from deskapp.tui.plan import Plan, Steps
from deskapp.tui.screens.filling import FillScreen
from deskapp.tui.widgets import roomcard
from deskapp.tui.widgets.field import Box
from deskapp.tui.widgets.roomcard import heading


UNITS = {
    "min": N_("{n} minutes"), "h": N_("{n} hours"), "days": N_("{n} days"), "working hours": N_("{n} working hours"),
    "working days": N_("{n} working days"),
}  # fmt: skip


class PanelScreen(FillScreen[list[Entry] | None]):
    """Asks what the steps ask, page by page, and writes them together; left, it gives None."""

    def __init__(
        self, steps: Steps, *, number: str | None = None, prefill: Mapping[str, object] | None = None
    ) -> None:
        super().__init__()
        self._steps = steps
        self._number = number
        self._prefill = dict(prefill or {})
        self._plan: Plan
        self._record: Record | None = None
        self._page = 0
        self._pages: list[list[Box]] = []
        self._said: dict[tuple[str, str], Value | None] = {}
        self._saving = False
        self._room = ""

    # ------------------------------------------------------------ opening

    def on_mount(self) -> None:
        """Ask the first page, with what was parked or handed over already in it."""
        book = self.book
        self._plan = planning.make(book.forms, self._steps)
        if self._number:
            self._record = view.record(book.read, self._number)
            form = book.adopted(book.read, self._record.journal, self._record.form, self._record.v)
            self._plan.live_by(form)
        self._open_page(0)
        self._unpark()

    def _open_page(self, index: int, at: int = 0) -> None:
        self._page = index
        pages = self._plan.pages()
        fresh = self._boxes(pages[index], first=index == 0)
        kept = {box.name: box for box in self._pages[index]} if index < len(self._pages) else {}
        boxes = [kept.get(box.name, box) for box in fresh]
        self._pages[index:] = [boxes]
        self.title_line()
        self.sheet.head(self._head())
        self.show_page(boxes, at)
        for box in boxes:
            if box.raw and box.name not in kept:
                self._settle(box)
        self.sheet.load()
        self.refresh_below()

    def _boxes(self, page: range, *, first: bool) -> list[Box]:
        boxes = planning.boxes(self._plan, page, self._said)
        when, behalf = _reserved()
        entering = self._plan.parts[page.start].step.name == "register"
        if first:
            asked = Box(when, needed=False, parts={page.start}, extra=entering)
            boxes = [*boxes, asked] if entering else [asked, *boxes]
        if not entering:
            boxes.append(Box(behalf, needed=False, parts=set(page), extra=True))
        for box in boxes:
            box.raw = box.start = self._start(box, page)
            box.typed = box.name in self._prefill
        return boxes

    def _start(self, box: Box, page: range) -> str:
        """What stands in the brackets at first: what was handed over, what the record says, the default."""
        answers, asked = self.answers, box.field
        for value in (self._prefill.get(box.name), self._standing(box, page), asked.default):
            if value is None or (value == "now" and asked.type == "moment"):
                continue
            try:
                read = answers.read(asked, value)
            except DeskError:
                return str(value)
            return answers.raw(asked, read) if read is not None else ""
        return ""

    def _standing(self, box: Box, page: range) -> Value | None:
        """What the record says by then, unless it is the answer of this very step the last time."""
        if box.field.type in ("note", "yes-no") or box.name in ("when", "for"):
            return None
        form = self._plan.parts[page.start].form
        mine = {self._plan.parts[i].step.name for i in page}
        if self._record and not any(box.name in step.asks for step in form.steps.values() if step.name not in mine):
            return None
        record = self._record.fields if self._record and self._record.form == form.name else {}
        return planning.standing(self._plan, min(box.parts), record, self._said, self.answers.context).get(box.name)

    def _settle(self, box: Box) -> None:
        """Take in what was there from the start: its meaning, its copies, the room's card."""
        try:
            box.value = self._value(box)
        except DeskError:
            return
        self._copy(box)
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
            return [Text(show(self._standing_words(self._record)), no_wrap=True), rule]
        if self._page:
            return [Text(show(self._said_words()), no_wrap=True), rule]
        return [rule]

    def _standing_words(self, record: Record) -> str:
        form = self._plan.parts[0].form
        names = [name for name, one in form.fields.items() if one.type == "room"][:1]
        names += [form.follow] if form.follow else []
        words = {name: display.value(self.book, form.fields[name], record.fields.get(name)) for name in names}
        room = next(iter(words.values()), "") if names and form.fields[names[0]].type == "room" else ""
        follow = words.get(form.follow or "", "")
        return "  ".join(filter(None, (room, display.what(self.book, form, record), follow,
                                       display.state(form, record.state))))  # fmt: skip

    def _said_words(self) -> str:
        """What the page before was about."""
        form = self._plan.parts[0].form
        asked = [one for one in form.fields.values() if one.type in ("room", "person") or one.name in form.what]
        return "  ".join(
            words for one in asked
            if (words := display.value(self.book, one, self._said.get((form.name, one.name))).replace("\n", " "))
        )  # fmt: skip

    def form_of(self, box: Box) -> Form:
        """The form of the step that asks."""
        return self._plan.parts[min(box.parts)].form

    def is_needed(self, box: Box) -> bool:
        """Only the steps that will be done need their answers."""
        return any(self._plan.parts[i].step.asks.get(box.name) and self._on(i) for i in box.parts)

    def _on(self, index: int) -> bool:
        part = self._plan.parts[index]
        if not part.optional:
            return True
        box = next((b for page in self._pages for b in page if index in b.parts and b.name == part.first), None)
        return bool(box and box.raw.strip())

    def accepted(self, box: Box) -> None:
        """A room shows its card and offers its people."""
        if box.field.type == "room" and box.value is not None:
            self._room = str(box.value)
            fields = [one.field for one in self.sheet.boxes]
            for other in self.sheet.boxes:
                if other.field.type == "person":
                    other.picks = people(self.book, self._room, other.field, fields)
        self.refresh_below()

    def sections(self) -> list[Text]:
        """The room's card, the emergency card, what will be saved; as much as there is room for."""
        width = self.sheet.size.width
        after = self._after()
        room = self.sheet.room_below - len(after)
        lines: list[Text] = []
        if self._room:
            lines += roomcard.lines(self.book, self._room, self.app.now(), width,
                                    without=self._number)  # fmt: skip
        lines += self._emergency(width)
        return lines[: max(0, room)] + after

    def _emergency(self, width: int) -> list[Text]:
        """The card of a record that was named: what to say and do now (ux F1.9)."""
        answers = self.answers
        for box in self.sheet.boxes:
            for form in answers.forms(box.field) if box.value is not None and box.field.type == "record" else ():
                source = answers.context.find(form, str(box.value)) or {}
                if "card" in source:
                    title = pick(self.book.forms[form].fields["card"].label)
                    return [heading(f"{title} {answers.said(box.field, box.value)}", width),
                            *roomcard.wrapped(str(source["card"]), width)]  # fmt: skip
        return []

    def _after(self) -> list[Text]:
        """What one save writes, and which promises it starts."""
        parts = [part for i, part in enumerate(self._plan.parts) if self._on(i)]
        promises = [
            f"{pick(clock.label)} {self._limit(clock.limit)}" + (f" ({clock.cites})" if clock.cites else "")
            for part in parts for clock in part.form.clocks.values()
            if part.step.name in clock.starts and clock.limit
        ]  # fmt: skip
        if len(parts) < 2 and not promises:
            return []
        steps = ", ".join(
            f"{pick(part.form.title)} {pick(part.step.label)}" if part.enters else pick(part.step.label) for part in parts
        )
        lines = [heading(_("when saved"), self.sheet.size.width)]
        lines.append(Text(_("written at once: {steps} ({n})").format(steps=steps, n=len(parts)), no_wrap=True))
        if promises:
            lines.append(Text(_("promises: {promises}").format(promises="; ".join(dict.fromkeys(promises))), no_wrap=True))
        return lines

    def _limit(self, limit: str) -> str:
        """A limit in words; a setting's name is looked up."""
        try:
            count, unit = read_limit(self.book.rules.limits.get(limit, limit))
        except ValueError:
            return limit
        return _(UNITS[unit]).format(n=count)

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
        if self._page == 0:
            self._follow_choice()
        if self._page + 1 < len(self._plan.pages()):
            self._open_page(self._page + 1)
        else:
            self._save()

    def _keep(self) -> None:
        for box in self.sheet.boxes:
            self._said[self.form_of(box).name, box.name] = box.value

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
        self.app.write(self._requests(), self._saved)

    def _saved(self, result: list[Entry] | DeskError) -> None:
        self._saving = False
        if isinstance(result, DeskError):
            self._failed(result)
        else:
            self.memory.parked.pop(self._key, None)
            self.dismiss(result)

    def _failed(self, error: DeskError) -> None:
        """Nothing was written: say why, with the cursor on the field that it is about."""
        name = getattr(error, "field", "")
        for index, page in enumerate(self._pages):
            if any(box.name == name for box in page):
                if index != self._page:
                    self._open_page(index)
                self.point(name)
                break
        if isinstance(error, Refused):
            self.refused(self.sheet.box, error)
        else:
            self.wrong(error)

    def refused(self, box: Box, error: Refused) -> None:
        """A sentence to read aloud, and a note of it if wanted (ux F4.2, F4.3)."""
        from deskapp.tui.screens.refusal import RefusalScreen

        form = self.form_of(box)
        about = [display.value(self.book, one.field, one.value, masked=False) for one in self.sheet.boxes
                 if one.name in form.what and one.value is not None]  # fmt: skip
        self.app.push_screen(RefusalScreen(error, box.field, room=self._room, about=" ".join(about)))

    # ------------------------------------------------------------ leaving

    @property
    def _key(self) -> tuple[str, str]:
        return (str(self._steps), self._number or "")

    def leave(self) -> None:
        """Go; what was typed waits in memory for this session."""
        typed = {f"{i}.{box.name}": box.raw for i, page in enumerate(self._pages) for box in page if box.typed and box.raw}
        if typed:
            self.memory.park(self._key, typed)
        self.dismiss(None)

    def _unpark(self) -> None:
        kept = self.memory.parked.pop(self._key, None)
        if kept is None or self._prefill:
            return
        for box in self.sheet.boxes:
            if (raw := kept.get(f"0.{box.name}")) is not None:
                box.raw, box.typed = raw, True
                self._settle(box)
        rest = {name.partition(".")[2]: raw for name, raw in kept.items() if not name.startswith("0.")}
        self._prefill = dict(rest)
        self.sheet.load()
        self.say(_("what was typed last time is still here; F6 or Esc 6 empties a field"))
        self.refresh_below()


def _reserved() -> tuple[Field, Field]:
    """The answers that every step takes: when it happened, and for whom it is written down."""
    when, behalf = _("When it happened"), _("On whose behalf")
    return (
        Field("when", "moment", Label(when, when), tense="past"),
        Field("for", "record", Label(behalf, behalf), of=("provider", "staff")),
    )
