"""Find: several words at once, ranges by digit, and the record under the cursor in a few lines (ux 3.10)."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult

from deskapp.book import search, view
from deskapp.book.search import Query, find
from deskapp.book.view import Record
from deskapp.desk import display
from deskapp.desk.find import ask
from deskapp.i18n import N_, _, pick
from deskapp.text import cells, show
from deskapp.tui import menu
from deskapp.tui.commandline import Command
from deskapp.tui.screens.listing import ListScreen
from deskapp.tui.widgets.plain import Line, Words
from deskapp.tui.widgets.records import Records
from deskapp.tui.widgets.rows import Column, Fixed, Row

PREVIEW = 4
"""Lines of the record under the cursor."""
COUNTED = 99
HOW = (
    N_("Several words, parted by blanks; all must match. A name, or its initials; a building: 3-"),
    N_("A room, the last four of a phone or waybill, a serial, any text; a day: 1023, yesterday, lastmonth"),
)


class Found:
    """What a query finds, newest first; the way back up is remembered, because find only goes down."""

    def __init__(self, screen: FindScreen, query: Query) -> None:
        self._screen, self._query = screen, query
        self._seen: dict[int, Row] = {}

    def newest(self, limit: int) -> Sequence[Row]:
        """The newest matches."""
        return self._rows(limit, None)

    def oldest(self, limit: int) -> None:
        """The oldest match is not known without reading all of them."""

    def older(self, than: Hashable, limit: int) -> Sequence[Row]:
        """The matches below."""
        assert isinstance(than, int)
        return self._rows(limit, than)

    def newer(self, than: Hashable, limit: int) -> Sequence[Row]:
        """The matches above, as they were on the way down."""
        assert isinstance(than, int)
        above = sorted(number for number in self._seen if number > than)[:limit]
        return [self._seen[number] for number in reversed(above)]

    def _rows(self, limit: int, before: int | None) -> list[Row]:
        records = find(self._screen.app.office.book.read, self._query, before=before, limit=limit)
        rows = [self._screen.row(one) for one in records]
        self._seen.update(zip((one.id for one in records), rows, strict=True))
        return rows


class FindScreen(ListScreen[None]):
    """What was asked, the ranges, what was found, what it says."""

    LIVE: ClassVar[frozenset[str]] = ListScreen.LIVE

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text
        self._range = 0
        self._query = Query()
        self._ranges: list[tuple[str, tuple[str, ...]]] = []

    def where(self) -> str:
        """Find."""
        return _("Find")

    def prompt(self) -> str:
        """What to type."""
        return _("words to find, digit for a range, Enter opens")

    def compose_body(self) -> ComposeResult:
        """Question, ranges, list, preview."""
        yield Line(id="asked")
        yield Line(id="ranges")
        columns = [
            Column(_("Date"), 10),
            Column(_("Kind"), 8, drop=1),
            Column(_("Number"), 11),
            Column(_("Room"), 11),
            Column(_("About"), 0),
            Column(_("State"), 7, drop=2),
        ]
        yield Records(columns, empty="")
        yield Words(id="preview")

    def on_screen_resume(self) -> None:
        """With a text already asked, or with the question; or back from a record."""
        if not self._ranges:
            self._ranges = self._make_ranges()
            self.look(self._text)
        elif self._text:
            self.records.reload()

    # Looking.

    def look(self, text: str) -> None:
        """Find something else, in all ranges."""
        self._text, self._range = text, 0
        self._query = ask(text, self.app.today)
        self._look()

    def _look(self) -> None:
        forms = self._ranges[self._range][1] if self._range else ()
        query = replace(self._query, forms=forms)
        empty = _("nothing found") if self._text else ""
        self.records.show(Found(self, query) if self._text else Fixed(), empty=empty)
        self._count()
        self._preview(self.records.row)

    def _make_ranges(self) -> list[tuple[str, tuple[str, ...]]]:
        """0 all, 1 people, rooms and whatever has no list of its own, 2 to 9 as the lists 11 to 18."""
        numbered = [self.app.menu.get(number) for number in range(11, 19)]
        listed = [one for one in numbered if one and one.step == menu.LIST]
        named = {one.form for one in listed}
        rest = tuple(name for name in self.app.office.book.forms if name not in named)
        return [(_("all"), ()), (_("people, rooms"), rest), *((one.word, (one.form,)) for one in listed)]

    def _count(self) -> None:
        found = search.forms(self.app.office.book.read, self._query, limit=COUNTED + 1) if self._text else []
        more = "+" if len(found) > COUNTED else ""
        words = []
        for digit, (label, forms) in enumerate(self._ranges):
            count = sum(1 for one in found if not forms or one in forms) if digit else len(found[:COUNTED])
            text = f"{digit}{label}{count}{more}"
            words.append(f"[{text}]" if digit == self._range else f" {text} ")
        while len(words) > 1 and cells("".join(words)) > self.app.size.width:
            words.pop()
        self.query_one("#ranges", Line).show("".join(words))
        total = _("{n} found, newest first").format(n=f"{len(found[:COUNTED])}{more}")
        if self._text:
            self.query_one("#asked", Line).show(_("found for: {text}").format(text=self._text), total)
        else:
            self.query_one("#asked", Line).show(_("type below what to look for"))

    def row(self, record: Record) -> Row:
        """A record as a line. Surnames are shown here, phones are not."""
        book, today = self.app.office.book, self.app.today
        form = display.form_of(book, record)
        room = next((name for name, one in form.fields.items() if one.type == "room"), "")
        naming = form.fields.get(form.naming or "")
        named = display.value(book, naming, record.fields.get(naming.name)) if naming else ""
        reference = form.short is None
        about = " ".join(filter(None, (named, display.what(book, form, record))))
        return Row(
            record.id,
            (
                "" if reference else f"{record.opened:%Y-%m-%d}",
                self.app.menu.name(form),
                display.short_number(form, record.number, today).removeprefix(f"{form.name}-"),
                display.value(book, form.fields[room], record.fields.get(room)) if room else "",
                about,
                display.state(form, record.state),
            ),
            "quiet" if record.ended else "",
        )

    # The record under the cursor.

    def moved(self) -> None:
        """Show the record."""
        self._preview(self.records.row)

    def _preview(self, row: Row | None) -> None:
        words = self.query_one("#preview", Words)
        if row is None:
            words.show([f"-- {_('How to find')}", *(f" {_(line)}" for line in HOW)])
            return
        record = self.record()
        if record is None:
            return
        book, form = self.app.office.book, display.form_of(self.app.office.book, record)
        opened = display.moment(record.opened, self.app.now())
        parts = [f"{pick(form.title)} {display.state(form, record.state)}", opened]
        for name, value in record.fields.items():
            if name in form.fields and (said := display.value(book, form.fields[name], value)):
                parts.append(f"{pick(form.fields[name].label)} {show(said)}")
        heading = display.short_number(form, record.number, self.app.today)
        words.show([f"-- {heading}", *_wrap(parts, self.app.size.width - 2, PREVIEW)])

    # What can be done.

    def number_of(self, row: Row) -> str:
        """Rows are by id."""
        assert isinstance(row.id, int)
        found = view.by_ids(self.app.office.book.read, [row.id])
        return found[0].number if found else ""

    def command(self, command: Command) -> None:
        """One digit is a range; any words are a new question."""
        if command.kind in ("all", "menu") and len(command.text) == 1:
            if int(command.text) < len(self._ranges):
                self._range = int(command.text)
                self._look()
            else:
                self.say(_("ranges 0 to {n}").format(n=len(self._ranges) - 1), wrong=True)
        elif command.kind in ("serial", "tail", "code", "room", "find"):
            self.look(command.text)
        else:
            super().command(command)

    def action_find(self) -> None:
        """F3 again: the question is open anyway."""
        self.say("")


def _wrap(parts: Sequence[str], width: int, most: int) -> list[str]:
    """The parts one after the other, broken between them where that is possible."""
    lines = [""]
    for part in parts:
        longer = f"{lines[-1]}   {part}" if lines[-1] else part
        if cells(longer) <= width:
            lines[-1] = longer
            continue
        if lines[-1]:
            lines.append("")
        rest = part
        while cells(rest) > width and len(lines) <= most:
            end = next(at for at in range(len(rest), 0, -1) if cells(rest[:at]) <= width or at == 1)
            lines[-1], rest = rest[:end], rest[end:]
            lines.append("")
        lines[-1] = rest
    return [f" {line}" for line in lines[:most]]
