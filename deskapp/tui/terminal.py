"""The terminal on Linux and macOS: wakes only for a key, survives foreign bytes, notices when it is gone."""

from __future__ import annotations

import os
import selectors
import sys
from codecs import getincrementaldecoder

from textual.drivers.linux_driver import LinuxDriver

from deskapp.tui import ending, looks
from deskapp.tui.input import DeskParser


class TerminalDriver(LinuxDriver):
    """Textual's driver with its reading loop replaced.

    The stock loop wakes ten times a second, dies of a byte that is not UTF-8 (the process then exits with 0) and
    spins when the terminal closes.
    """

    _wake: tuple[int, int] | None = None
    """A pipe: a byte in it ends the reading thread's sleep."""

    def start_application_mode(self) -> None:
        """Take the terminal and start the reading thread."""
        self._wake = os.pipe()
        super().start_application_mode()  # type: ignore[no-untyped-call]

    def write(self, data: str) -> None:
        """Write as this terminal should show it."""
        super().write(looks.dress(data))

    def run_input_thread(self) -> None:
        """Read keys until `disable_input`, sleeping as long as nothing is typed."""
        assert self._wake is not None
        parser = DeskParser(self._debug)
        charset = sys.__stdin__.encoding if sys.__stdin__ else "utf-8"  # the start has set it, by the locale
        decode = getincrementaldecoder(charset)(errors="replace").decode
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            selector.register(self._wake[0], selectors.EVENT_READ)
            while not self.exit_event.is_set():
                ready = {key.fd for key, _mask in selector.select(parser.waiting)}
                if self.fileno in ready:
                    data = self._read()
                    if not data:
                        ending.hang_up()
                        break
                    text = decode(data)  # empty when the read ended within a character
                    for message in parser.feed(text) if text else ():
                        self.process_message(message)
                for message in parser.tick():
                    self.process_message(message)

    def _run_input_thread(self) -> None:
        """Reading broke: the program ends, and says so as for any other fault; the stock one prints a traceback."""
        try:
            self.run_input_thread()
        except Exception as error:  # noqa: BLE001 - nobody could type any more, whatever it was
            self._loop.call_soon_threadsafe(self._app._handle_exception, error)  # noqa: SLF001 - has no public name

    def disable_input(self) -> None:
        """Stop reading; wakes the reading thread first, so that it sees that it must end."""
        if self._wake is not None:
            self.exit_event.set()
            os.write(self._wake[1], b".")
            if self._key_thread is not None:
                self._key_thread.join()
            for end in self._wake:
                os.close(end)
            self._wake = None
            self.exit_event.clear()
        super().disable_input()

    def _sigcont_application(self, *_: object) -> None:
        """Going on after a stop, which may have been long.

        SIGSTOP tells nobody: the terminal is given up only now, else two threads would read the keys.
        """
        if not self._must_signal_resume:
            self.suspend_application_mode()
        super()._sigcont_application()
        woke = getattr(self._app, "woke", None)
        if woke is not None:
            self._loop.call_soon_threadsafe(woke)

    def _read(self) -> bytes:
        try:
            return os.read(self.fileno, 4096)
        except OSError:  # a closed pseudo-terminal gives EIO, not an empty read
            return b""

    def _sigtstp_application(self, *told: object) -> None:
        """Stopped, it may never be continued: what was typed goes to the disk first."""
        for work in ending.first:
            work()
        super()._sigtstp_application(*told)
