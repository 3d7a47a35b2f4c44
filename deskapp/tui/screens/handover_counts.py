"""Page 2: everything is counted and typed before the book's figure is shown; a difference is explained, not mended."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from deskapp.book.journal import Request
from deskapp.desk import counting, display, shifts
from deskapp.desk.counting import NOTES, Line
from deskapp.errors import DeskError
from deskapp.i18n import _, pick
from deskapp.text import fold
from deskapp.tui.countwords import drawer, lines_of, worth
from deskapp.tui.screens.handover_page import Page
from deskapp.tui.screens.handover_tick import TickScreen
from deskapp.tui.screens.panel import PanelScreen

if TYPE_CHECKING:
    from deskapp.book.database import Book
    from deskapp.book.entry import Entry
    from deskapp.forms.form import Field
    from deskapp.tui.screens.handover import HandoverScreen

_SCAN = 6
"""From so many characters on, what is typed at a surplus is the thing's own number."""
_TAIL = 3
"""A receipt is told from the last one by so many digits."""
_MOST = 9_999_999


class FoundPanel(PanelScreen):
    """What was found in the count is registered as of the shift that hands over, in one act with its count (F2.2)."""

    def __init__(self, form: str, prefill: dict[str, object], book: Request) -> None:
        super().__init__([(form, "register")], prefill=prefill)
        self._also = book

    def _requests(self) -> list[Request]:
        return [*super()._requests(), self._also]


class CountsPage(Page):
    """One question after another: the lines, then the drawer by note; after each, the cause of what differs."""

    def __init__(self, screen: HandoverScreen) -> None:
        super().__init__(screen)
        self._lines = counting.lines(self.book)
        self._notes: dict[str, int] = {}
        self._differs = ""
        """What was typed of the line that is asked, while its difference is being explained."""
        self._at = 0
        self._go_on()

    @property
    def book(self) -> Book:
        """The office's book."""
        return self.screen.app.office.book

    @property
    def _line(self) -> Line | None:
        return self._lines[self._at] if self._at < len(self._lines) else None

    @property
    def _note(self) -> str | None:
        """The note that is asked."""
        at = self._at - len(self._lines)
        return list(NOTES)[at] if 0 <= at < len(NOTES) else None

    def _field(self, name: str) -> Field:
        return display.form_of(self.book, self.screen.shift).fields[name]

    def _go_on(self) -> None:
        """To the next thing that is not counted yet."""
        self._differs = ""
        said = self.screen.said
        todo = (n for n, line in enumerate(self._lines) if line.code not in said.counts)
        self._at = next(todo, len(self._lines) + (len(NOTES) if said.cash else 0))

    # ------------------------------------------------------------ what it shows and asks

    def draw(self) -> None:
        """Every line; the book's figure beside those that were counted."""
        said = self.screen.said
        shown = lines_of(self.book, self._lines, said, self._at, self._differs, self.width)
        own = self._notes or not said.cash or self._note
        self.show([*shown, *drawer(self.book, said, self._notes if own else None, self._note, self.width)])

    def asks(self) -> tuple[str, str, bool]:
        """The number of one thing, or why it differs."""
        if self._differs:
            return self._asks_why()
        if line := self._line:
            hint = _("its last digits will do, as 348") if line.is_receipt else _("count, then type; Up counts again")
            return _("{name}: how many").format(name=line.name) if not line.is_receipt else line.name, hint, False
        if self._note:
            return (
                _("{note} yuan: how many").format(note=worth(self._note)),
                _("empty = none; or several at once, parted by blanks: 3 4 3 5 2"), False,
            )  # fmt: skip
        return _("all counted: Enter goes on to the signatures"), _("Up counts again"), False

    def _asks_why(self) -> tuple[str, str, bool]:
        line = self._line
        name = "cause" if line is None or line.is_receipt else "origin"
        digits = " ".join(f"{n}{pick(one.label)}" for n, one in enumerate(self._field(name).choices, 1))
        if line is not None and self._over(line) > 0 and self._books(line):
            return _("one too many: scan it, or 1-3"), digits, False
        if line is not None and line.how == "records" and self._over(line) < 0:
            return _("some are missing: 4 goes through them one by one"), digits, False
        return _("why does it differ"), _("{digits}; more words may follow").format(digits=digits), False

    def _over(self, line: Line) -> int:
        """How many more were counted than the book says."""
        should = counting.expected(self.book, line)
        return int(self._differs) - should if isinstance(should, int) and self._differs.isdecimal() else 0

    def _books(self, line: Line) -> bool:
        """Whether a thing of this line is a record of its own."""
        return line.how == "records" and line.of in self._field("booked").of

    # ------------------------------------------------------------ what is typed

    def typed(self, raw: str) -> None:
        """A number, or a cause."""
        text = fold(raw).strip()
        if self._differs:
            self._explain(raw)
        elif self._line:
            self._counted(self._line, text if not self._line.is_receipt else raw)
        elif self._note:
            self._tell_notes(text)
        else:
            self.finish()

    def move(self, by: int) -> None:
        """Up: the same thing again, or the one before; Down: leave one out."""
        if self._differs:
            by = max(by, 0)
        self._differs = ""
        self._at = max(0, min(self._at + by, len(self._lines) + len(NOTES)))
        self.draw()

    def finish(self) -> None:
        """On to the signatures, once the drawer is counted."""
        if self.screen.shift.state != shifts.COUNTING or not self.screen.said.cash:
            raise DeskError("the drawer is not counted yet", "type how many of each note")
        self.screen.turn(2)

    def _counted(self, line: Line, text: str) -> None:
        if line.is_receipt:
            should = str(counting.expected(self.book, line) or "")
            if not text:
                raise DeskError("look at the receipt book and type its next number")
            found = text if len(text) >= len(should) or len(text) < _TAIL else should[: -len(text)] + text
            same = not should or fold(found) == fold(should)
        else:
            if not re.fullmatch(r"[0-9]+", text) or int(text) > _MOST:
                raise DeskError("count it, and type a number")
            found, figure = str(int(text)), counting.expected(self.book, line)
            same = figure is None or figure == int(found)
        self._differs = found
        if same:
            self._write_line()

    def _write_line(self, **said: object) -> None:
        line = self._line
        assert line is not None
        self.screen.write(
            [counting.count(self.book, self.screen.shift.number, line, self._differs, **said)], self._go_on
        )

    def _tell_notes(self, text: str) -> None:
        numbers = text.replace(",", " ").split() or ["0"]
        names = list(NOTES)
        at = self._at - len(self._lines)
        if len(numbers) > len(names) - at or any(not re.fullmatch(r"[0-9]{1,7}", one) for one in numbers):
            raise DeskError("how many notes or coins, as 3")
        several = len(numbers) > 1
        for name, number in zip(names[at:], [*map(int, numbers), *[0] * (len(names) if several else 0)], strict=False):
            self._notes[name] = number
            self._at += 1
        if self._note is None:
            if counting.worth(self._notes) == counting.drawer(self.book):
                self._write_cash()
            else:
                self._differs = str(counting.worth(self._notes))

    def _write_cash(self, **said: object) -> None:
        self.screen.write([counting.cash(self.book, self.screen.shift.number, self._notes, **said)], self._cash_done)

    def _cash_done(self) -> None:
        """Nothing is left to count: on to the signatures."""
        self._notes = {}
        self._go_on()
        if self._line is None:
            self.screen.turn(2)

    # ------------------------------------------------------------ differences

    def _explain(self, raw: str) -> None:
        line = self._line
        digit, _blank, word = fold(raw).partition(" ")
        name = "cause" if line is None or line.is_receipt else "origin"
        choices = self._field(name).choices
        scanned = raw if len(raw) >= _SCAN and line is not None and self._over(line) > 0 and self._books(line) else ""
        if scanned:
            digit = "1"
        if not digit.isdecimal() or not 1 <= int(digit) <= len(choices):
            raise DeskError("why does it differ: 1 to {n}", n=len(choices))
        code = choices[int(digit) - 1].code
        said: dict[str, object] = {name: code}
        if word.strip():
            said["word"] = raw.partition(" ")[2]
        if line is None:
            self._write_cash(**said)
        elif self._over(line) > 0 and self._books(line) and code != "asked":
            self._book_in(line, code, scanned)
        elif code == "gone" and line.how == "records" and self._over(line) < 0:
            self.screen.app.push_screen(TickScreen(line), self._ticked)
        else:
            self._write_line(**said)

    def _book_in(self, line: Line, origin: str, scanned: str) -> None:
        """Register what was found; the book's figure moves at once."""
        book = Request("book", {"line": line.code, "origin": origin}, None, self.screen.shift.number)
        field = next((one.name for one in self.book.form(line.of).fields.values() if one.tail), "")
        prefill: dict[str, object] = {field: scanned} if scanned and field else {}
        self.screen.app.push_screen(FoundPanel(line.of, prefill, book), self._booked)

    def _booked(self, entries: list[Entry] | None) -> None:
        line = self._line
        if entries and line is not None and self._over(line) == 0:
            self.screen.app.call_later(self._write_line)
        elif not entries:
            self.screen.say(_("not booked: once more, or 5 to be looked into"), wrong=True)

    def _ticked(self, missing: list[str] | None) -> None:
        if missing is None:
            return
        line = self._line
        assert line is not None
        there = counting.expected(self.book, line)
        if isinstance(there, int) and there - len(missing) != int(self._differs):
            self._differs = str(there - len(missing))
        self.screen.app.call_later(self._write_gone, missing)

    def _write_gone(self, missing: list[str]) -> None:
        if missing:
            self._write_line(origin="gone", missing=" ".join(missing))
        else:
            self._write_line()
