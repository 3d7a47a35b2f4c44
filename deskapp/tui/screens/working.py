"""A screen that has work done in a thread: keys typed meanwhile wait, but Esc leaves at once.

What has begun goes on then, and its outcome is said on whatever screen is there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from textual import events
from textual.binding import Binding, BindingType

from deskapp.errors import DeskError
from deskapp.tui.widgets.chrome import DeskScreen
from deskapp.tui.widgets.plain import RULE, Words
from deskapp.tui.widgets.prompted import Prompted

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from deskapp.tui.app import DeskApp

Made = TypeVar("Made")


class WorkingScreen(DeskScreen[None]):
    """One piece of work at a time."""

    left = False
    """Whether somebody left while the work went on."""
    desk: DeskApp
    """The app, which a screen that was left finds no more."""

    def work(self, job: Callable[[], Made], done: Callable[[Made], None]) -> None:
        """Do a job in a thread, then call `done` with what it made, or `failed` with why it did not."""
        app = self.desk = self.app
        app.typeahead.stay(self._leave)

        def run() -> None:
            try:
                made: Any = job()
            except DeskError as error:
                made = error
            except BaseException:
                app.call_from_thread(self._over)
                raise
            app.call_from_thread(self._done, made, done)

        app.run_worker(run, group="stick", thread=True)

    def failed(self, error: DeskError) -> None:
        """It was refused."""
        self.desk.desk_screen.refuse(error)

    def _done(self, made: Any, done: Callable[[Any], None]) -> None:
        try:
            if isinstance(made, DeskError):
                self.failed(made)
            else:
                done(made)
        finally:
            self._over()

    def _over(self) -> None:
        if not self.left:
            self.desk.typeahead.go()

    def _leave(self) -> None:
        """Esc while something is under way."""
        if self.is_current and not self.left:
            self.left = True
            self.dismiss(None)
            self.desk.typeahead.go()


class AskingScreen(WorkingScreen):
    """Lines that tell how things stand, and one field under them: what is typed is for this screen alone."""

    HAS_COMMAND = False
    AUTO_FOCUS = "#typed"
    LIVE: ClassVar[frozenset[str]] = frozenset({"F1", "F7", "F8", "Esc"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pageup,up,f7", "turn(-1)", show=False),
        Binding("pagedown,down,f8", "turn(1)", show=False),
    ]
    _draw: Callable[[int], list[str]] | None = None

    def question(self) -> None:
        """Say before the field, once more, what it is for."""
        raise NotImplementedError

    def compose_body(self) -> ComposeResult:
        """The lines, and the field."""
        yield Words()
        yield Prompted(id="typed")

    def on_resize(self, event: events.Resize) -> None:
        """Laid out anew."""
        if self._draw is not None:
            self.show(self._draw)
        self.question()

    def show(self, draw: Callable[[int], list[str]]) -> None:
        """Show lines, which are laid out for a width; nothing where somebody has left."""
        self._draw = draw
        if self.is_mounted and not self.left:
            self.query_one(Words).show([RULE, *draw(self.app.size.width)])

    def action_turn(self, by: int) -> None:
        """A page of it."""
        self.query_one(Words).turn(by)

    def action_new(self) -> None:
        """The field is not for commands."""

    action_find = action_quick = action_new
