"""The fields of a panel under each other, and the one editor that moves from brackets to brackets.

One editor, never one a field: every key of a panel goes through one queue, so what is typed ahead lands in the right
field whatever the speed (Textual 8.2.8 reorders keys across a change of focus).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Protocol

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widget import Widget
from textual.widgets import Input
from textual.widgets.input import Selection

from deskapp.text import cells, clean
from deskapp.tui.widgets.field import BREAK, Box, Place, draw, label_cells, place
from deskapp.tui.widgets.plain import Kept


class Host(Protocol):
    """The screen around a sheet: told of every key first, and of every change."""

    def typed_key(self, event: events.Key) -> bool:
        """Deal with a key; False leaves it to the editor."""

    def changed(self, box: Box) -> None:
        """Something was typed into a box."""

    def laid_out(self) -> None:
        """There is another amount of room under the boxes."""


class Editor(Kept, Input):
    """The brackets that have the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = []
    DEFAULT_CSS = """
    Editor, Editor:focus {
        position: absolute; border: none; padding: 0; height: 1;
        background: transparent; background-tint: transparent; text-style: bold;
    }
    """

    def __init__(self, host: Host) -> None:
        super().__init__(compact=True, select_on_focus=False)
        self.cursor_blink = False
        self._host = host

    async def _on_key(self, event: events.Key) -> None:
        if self._host.typed_key(event):
            event.stop()
            event.prevent_default()

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        sheet = self.parent
        self.put(clean(event.text, lines=isinstance(sheet, Sheet) and sheet.box.field.type == "note"))

    @property
    def _value(self) -> Text:
        # A line end would end the line that is drawn.
        return Text(self.value.replace("\n", BREAK), no_wrap=True, overflow="ignore", end="")

    def _position_to_cell(self, position: int) -> int:
        return cells(self.value[:position].replace("\n", BREAK))

    def put(self, text: str) -> None:
        """Put text where the cursor is, over what is selected."""
        self.replace(text, *self.selection)

    def watch_value(self) -> None:
        """Every change goes into the box at once."""
        if isinstance(sheet := self.parent, Sheet):
            sheet.taken()


class Sheet(Kept, Widget):
    """The boxes of one page and the lines below them; scrolls by lines when the window is low."""

    DEFAULT_CSS = "Sheet { height: 1fr; width: 1fr; overflow: hidden hidden; }"

    def __init__(self, host: Host) -> None:
        super().__init__()
        self._host = host
        self.boxes: list[Box] = []
        self.at = 0
        self._head: list[Text] = []
        self._below: list[Text] = []
        self._places: list[Place] = []
        self._labels = 0
        self._top = 0
        self._quiet = False
        self._over = False

    def compose(self) -> ComposeResult:
        """The one editor."""
        self.editor = Editor(self._host)
        yield self.editor

    def on_resize(self) -> None:
        """Lay the boxes out for the new width."""
        self._arrange()
        self._host.laid_out()

    @property
    def box(self) -> Box:
        """The box with the cursor."""
        return self.boxes[self.at]

    def open(self, boxes: Sequence[Box], at: int = 0) -> None:
        """Show these boxes, with the cursor in one of them."""
        self.boxes = list(boxes)
        self._arrange()
        self.go(at)

    def named(self, name: str) -> Box | None:
        """The box of a field, if this page asks it."""
        return next((box for box in self.boxes if box.name == name), None)

    def group(self, by: int) -> int | None:
        """The first box of the next or previous step; downwards at last the very last box."""
        starts = [i for i, box in enumerate(self.boxes) if i == 0 or box.parts.isdisjoint(self.boxes[i - 1].parts) or
                  box.extra != self.boxes[i - 1].extra]  # fmt: skip
        if by < 0:
            return next((i for i in reversed(starts) if i < self.at), None)
        last = len(self.boxes) - 1
        return next((i for i in starts if i > self.at), last if self.at < last else None)

    @property
    def room_below(self) -> int:
        """The lines that are left under the boxes."""
        last = self._places[-1] if self._places else None
        return max(0, self.size.height - (last.row + last.rows if last else len(self._head)))

    def head(self, lines: Sequence[Text]) -> None:
        """Show these lines above the boxes."""
        self._head = list(lines)
        self._arrange()

    def below(self, lines: Sequence[Text], *, over: bool = False) -> None:
        """Show these lines under the boxes; `over` them, but for the one with the cursor, where there is no room."""
        self._below = list(lines)
        self._over = over
        self._move_editor()

    def go(self, at: int) -> None:
        """Move the cursor to a box; what stands there is selected, so typing replaces it."""
        self.at = at
        self.load()

    def load(self) -> None:
        """Take what stands in the brackets into the editor."""
        box = self.box
        self._quiet = True
        self.editor.value = box.raw
        self._quiet = False
        end = len(box.raw)
        self.editor.selection = Selection.cursor(0) if box.ahead else Selection(0, end)
        self._move_editor()

    def taken(self) -> None:
        """Take what the editor holds into the box."""
        if self._quiet or not self.boxes:
            return
        box = self.box
        if box.raw != self.editor.value:
            box.raw = self.editor.value
            box.typed = True
            self._host.changed(box)
            if box.closed:
                self.refresh()  # its options show which one stands there; else the editor has all that changed

    def _arrange(self) -> None:
        if not self.size.width:
            return
        width = self.size.width
        self._labels = label_cells(self.boxes, width)
        row = len(self._head)
        self._places = []
        for box in self.boxes:
            at = place(box, row, self._labels, width)
            self._places.append(at)
            row += at.rows
        self._move_editor()

    def _move_editor(self) -> None:
        """Bring the box with the cursor into sight, and the editor into its brackets."""
        if self._places and self.at < len(self._places):
            at = self._places[self.at]
            last = at.row + at.rows
            wanted = min(len(self._below), max(0, self.size.height - at.rows)) if self._over else 0
            self._top = max(0, last + wanted - self.size.height) if last + wanted > self.size.height else 0
            self.editor.styles.width = at.width
            self.editor.styles.offset = (at.column, at.row - self._top)
        self.refresh()

    def render(self) -> Text:
        """All lines that fit."""
        width, height = self.size
        lines = list(self._head)
        digit = 0
        for box, at in zip(self.boxes, self._places, strict=False):
            digit += not box.extra
            drawn = draw(box, at, "-" if box.extra else digit, self._labels, width, active=box is self.box)
            lines += drawn + [Text()] * (at.rows - len(drawn))
        lines = lines[self._top :]
        if self._over and self._places:
            at = self._places[self.at]
            start = max(at.row + at.rows - self._top, min(len(lines), height - len(self._below)))
            lines = lines[:start]
        return Text("\n", no_wrap=True, end="").join((lines + self._below)[:height])
