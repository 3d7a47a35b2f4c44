"""A screen that has work done in a thread: keys typed meanwhile wait, but Esc leaves at once.

What has begun goes on then, and its outcome is said on whatever screen is there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from deskapp.errors import DeskError
from deskapp.tui.widgets.chrome import DeskScreen

if TYPE_CHECKING:
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
