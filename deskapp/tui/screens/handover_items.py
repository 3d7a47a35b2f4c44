"""Page 1: everything that the next shift goes on with; a digit gives the reason, Enter takes the line as it is."""

from __future__ import annotations

import re

from deskapp.book.journal import Request
from deskapp.book.session import staff_number
from deskapp.desk import display, handover, shifts
from deskapp.desk.handover import Item
from deskapp.errors import DeskError
from deskapp.forms.clocks import PAUSED, RUNNING
from deskapp.i18n import _
from deskapp.text import fold
from deskapp.tui.screens.handover_page import Page
from deskapp.tui.widgets.records import Records
from deskapp.tui.widgets.rows import Fixed, Row

_SAID = re.compile(r"(?P<why>[1-9](?!\S))?\s*(?:/(?P<owner>\S+))?\s*(?P<word>.*)", re.DOTALL)


class ItemsPage(Page):
    """The list. The first thing said draws the line."""

    LISTED = True

    @property
    def _list(self) -> Records:
        return self.screen.query_one(Records)

    @property
    def _fresh(self) -> list[Item]:
        return handover.left(self.screen.items, self.screen.said)

    def draw(self) -> None:
        """Every item with what was said about it."""
        self._list.reload(Fixed([self._row(item) for item in self.screen.items]))

    def _row(self, item: Item) -> Row:
        book, now = self.screen.app.office.book, self.screen.app.now()
        record, form = item.record, item.form
        said = self.screen.said.carried.get(record.number)
        shift = display.form_of(book, self.screen.shift)
        room = next((name for name, field in form.fields.items() if field.type == "room"), "")
        stands = item.stands
        timed = stands is not None and stands.state in (RUNNING, PAUSED) and item.kind != handover.PROMISED
        follow = record.fields.get(form.follow or "")
        owner = said and said.get("owner")
        why = display.value(book, shift.fields["why"], said.get("why")) if said else ""
        word = str(said.get("word") or "") if said else ""
        default = _("(next shift)") if not item.new else _("in hand-over")
        cells = (
            "v" if said is not None else "",
            display.left(stands, now) if stands and timed else _(item.kind),
            display.short_number(form, record.number, now.date()),
            display.value(book, form.fields[room], record.fields.get(room)) if room else "",
            f"{display.what(book, form, record)}{f' {display.person(book, str(follow))}' if follow else ''}",
            display.person(book, str(owner)) if owner else default,
            " ".join(filter(None, (why, word))),
        )
        return Row(record.number, cells, "late" if item.kind == handover.LATE else "")

    def asks(self) -> tuple[str, str, bool]:
        """The reasons, by digit."""
        form = display.form_of(self.screen.app.office.book, self.screen.shift)
        digits = " ".join(
            f"{n}{display.value(self.screen.app.office.book, form.fields['why'], choice.code)}"
            for n, choice in enumerate(form.fields["why"].choices, 1)
        )
        if not self._fresh:
            return _("all said: Enter goes on to the count"), digits, False
        told, whole = len(self.screen.items) - len(self._fresh), len(self.screen.items)
        words = _("{n}/{m}  Enter takes the line, + all the rest, 0 no hand-over").format(n=told, m=whole)
        return words, _("{digits}; /5 = staff 5 goes on with it; or a word").format(digits=digits), False

    def typed(self, raw: str) -> None:
        """A reason, an owner, a word; nothing: as it is."""
        match fold(raw).strip():
            case "+":
                self.finish()
            case "0":
                self._stay()
            case _ if raw or self._fresh:
                self._carry(raw)
            case _:
                self.finish()

    def move(self, by: int) -> None:
        """Another line."""
        self._list.move(by)

    def page(self, by: int) -> None:
        """A page of lines."""
        self._list.page(by)

    def _carry(self, raw: str) -> None:
        row = self._list.row
        if row is None:
            self.finish()
            return
        found = _SAID.fullmatch(raw)
        assert found is not None  # every part may be empty
        why, owner, word = (found[name] or "" for name in ("why", "owner", "word"))
        if owner:
            owner = staff_number(self.screen.app.office.book.read, owner)
        shift = self.screen.shift
        if any(item.new for item in self.screen.items if item.record.number == row.id):
            raise DeskError("this came after the line: it is the next shift's anyway")
        self.screen.write(
            handover.act(shift, handover.carry(shift, str(row.id), why, owner, word.strip())), self._carried
        )

    def _carried(self) -> None:
        """On to the next line about which nothing was said."""
        numbers = [item.record.number for item in self._fresh]
        order = [item.record.number for item in self.screen.items]
        at = order.index(str(self._list.row.id)) if self._list.row else 0
        self.draw()
        after = next((number for number in numbers if order.index(number) > at), numbers[0] if numbers else "")
        if after:
            self._list.point(after)

    def finish(self) -> None:
        """All the rest as it is, and on to the count."""
        shift = self.screen.shift
        requests = handover.act(shift, *handover.carry_rest(shift, self._fresh))
        if requests:
            self.screen.write(requests, lambda: self.screen.turn(1))
        else:
            self.screen.turn(1)

    def _stay(self) -> None:
        """No hand-over after all."""
        shift = self.screen.shift
        if shift.state == shifts.ON_DUTY:
            self.screen.dismiss(None)
            return
        self.screen.write([Request("resume", {}, None, shift.number)], self._leave)

    def _leave(self) -> None:
        self.screen.dismiss(None)
