"""What stands in the boxes of a page before anything is typed, and which of them Enter passes by."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime

from deskapp.book.view import Record
from deskapp.errors import DeskError
from deskapp.forms.clocks import RUNNING
from deskapp.forms.form import Field, Label
from deskapp.forms.steps import FOR
from deskapp.forms.timing import WHEN
from deskapp.forms.values import Value
from deskapp.i18n import _
from deskapp.tui import plan as planning
from deskapp.tui.answers import Answers
from deskapp.tui.plan import Plan
from deskapp.tui.widgets.field import Box


class Opening:
    """Makes the boxes of a panel's pages."""

    def __init__(self, plan: Plan, record: Record | None, prefill: Mapping[str, object]) -> None:
        self.plan = plan
        self.record = record
        self.prefill = dict(prefill)
        """What was handed over: a room, the words of a refusal."""
        self.said: dict[tuple[str, str], Value | None] = {}
        """What was answered so far, by form and field."""
        self.when: Value | None = None
        """When it happened, if that was answered."""

    def boxes(self, page: range, answers: Answers) -> list[Box]:
        """The boxes of a page with what stands in them at first."""
        boxes = planning.boxes(self.plan, page, self.said)
        for box in boxes:
            box.extra = box.extra or self.late(box, answers.now) is False
        entering = self.plan.parts[page.start].enters
        if page.start == 0:
            timed = not entering and self._timed(page)
            asked = Box(_when(), needed=False, parts={page.start}, extra=not timed)
            boxes = [asked, *boxes] if timed else [*boxes, asked]
        if not entering:
            boxes.append(Box(FOR, needed=False, parts=set(page), extra=True))
        for box in boxes:
            box.raw = box.start = self._start(box, page, answers)
            box.typed = box.name in self.prefill
        return boxes

    def late(self, box: Box, now: datetime) -> bool | None:
        """Whether the reason that a box asks for is needed: its clock is late. None where it is not such a box."""
        part = self.plan.parts[min(box.parts)]
        asking = [
            clock
            for clock in part.form.clocks.values()
            if clock.late_asks == box.name and part.step.name in clock.stops and not box.needed
        ]
        if not asking or self.record is None:
            return None
        moment = datetime.fromisoformat(str(self.when)) if self.when else now
        stands = [self.record.clocks.get(clock.name) for clock in asking]
        return any(one and one.state == RUNNING and one.due and one.due < moment for one in stands)

    def _timed(self, page: range) -> bool:
        """Whether a clock runs by when the step happened: then that is the first question (ux F1.4)."""
        parts = [self.plan.parts[i] for i in page]
        return any(
            part.step.name in clock.starts | clock.stops
            for part in parts for clock in part.form.clocks.values() if not clock.quiet
        )  # fmt: skip

    def _start(self, box: Box, page: range, answers: Answers) -> str:
        """What was handed over, else what the record says, else the default."""
        asked = box.field
        for value in (self.prefill.get(box.name), self._standing(box, page, answers), asked.default):
            if value is None or (value == "now" and asked.type == "moment"):
                continue
            try:
                read = answers.read(asked, value)
            except DeskError:
                return str(value)
            return answers.raw(asked, read) if read is not None else ""
        return ""

    def _standing(self, box: Box, page: range, answers: Answers) -> Value | None:
        """What the record says by then, unless it is the answer of this very step the last time."""
        if box.field.type in ("note", "yes-no") or box.name in (WHEN.name, FOR.name):
            return None
        if box.field.type == "moment" and box.field.tense == "past":
            return None  # when it happened this time is not when it happened the last time
        form = self.plan.parts[page.start].form
        mine = {self.plan.parts[i].step.name for i in page}
        if self.record and not any(box.name in step.asks for step in form.steps.values() if step.name not in mine):
            return None
        record = self.record.fields if self.record and self.record.form == form.name else {}
        return planning.standing(self.plan, min(box.parts), record, self.said, answers.context).get(box.name)


def _when() -> Field:
    words = _("empty = now, 0258 = 02:58, -10 = ten minutes ago")
    return dataclasses.replace(WHEN, hint=Label(words, words))
