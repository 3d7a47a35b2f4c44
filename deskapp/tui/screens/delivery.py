"""A courier comes: the head of his delivery, asked once before its pieces (ux 3.6)."""

from __future__ import annotations

from dataclasses import replace
from typing import Self

from deskapp.book.entry import Entry
from deskapp.desk import mail
from deskapp.desk.mail import DELIVERY, MAIL
from deskapp.errors import DeskError
from deskapp.i18n import _
from deskapp.tui.arrivalwords import about
from deskapp.tui.screens.arrivals import ArrivalsScreen
from deskapp.tui.screens.panel import PanelScreen
from deskapp.tui.typed import BEGIN, Typed
from deskapp.tui.widgets.field import Box


class BeginScreen(PanelScreen):
    """The head of a delivery, asked once: carrier, courier, how many, shelf; what was so the last time stands there."""

    def __init__(self) -> None:
        super().__init__([(DELIVERY, "register")])

    def on_mount(self) -> None:
        """Say that a delivery waits for its signature: it never comes by itself, the same keys do the same."""
        try:
            mail.form_of(self.book, MAIL, "delivery", "condition", "kind", "waybill")
            mail.form_of(self.book, DELIVERY, "carrier", "courier", "announced", "shelf", "signature")
        except DeskError as error:
            self.give_up(error)
            return
        super().on_mount()
        if (waiting := mail.unsigned(self.book)) is not None:
            self.say(
                _("not signed yet: {about}   F7 or Esc 7 goes on with it").format(
                    about=about(self.book, waiting, self.app.today)
                )
            )

    def accepted(self, box: Box) -> None:
        """The carrier brings its courier and the shelf of the last time."""
        super().accepted(box)
        if box.name != "carrier":
            return
        last = mail.last_delivery(self.book, box.value)
        for name in ("courier", "shelf"):
            other = self.sheet.named(name)
            if other and not other.typed and (name == "shelf" or box.value):
                other.raw = str(last.get(name, ""))

    def recall(self) -> bool:
        """F7 on the first box: the delivery that is not signed yet."""
        waiting = mail.unsigned(self.book)
        if waiting is None:
            return super().recall()
        self.app.switch_screen(ArrivalsScreen(waiting.number))
        return True

    @classmethod
    def made_for(cls, typed: Typed) -> Self:
        """The head again."""
        return cls()

    def outline(self) -> Typed:
        """Going on with it goes on to the pieces."""
        return replace(super().outline(), screen=BEGIN)

    def done(self, entries: list[Entry]) -> None:
        """On to its pieces."""
        self.app.switch_screen(ArrivalsScreen(str(entries[-1].number)))
