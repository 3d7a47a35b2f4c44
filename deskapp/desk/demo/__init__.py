"""A made-up office to try everything on: `deskapp demo`.

Its people, calls and parcels are made up (data/demo), but written like everybody's, step by step at their moments, so
that it can be searched, checked, exported and worked on like a real one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from deskapp.book.database import Book, beijing_now
from deskapp.book.session import Session, session_of
from deskapp.desk.demo import folder
from deskapp.desk.office import Office, open_office

PASSPHRASE = "demo-demo-demo"
"""What the people of the made-up office sign in with; it protects nothing."""
RECEPTIONIST = "staff-3"
"""Who sits at the desk."""
ORDINARY = 3000
"""An office that is to hold no more records than this is the ordinary one."""


def open_demo(
    home: Path | None = None, records: int = 0, progress: Callable[[int], None] | None = None,
    now: datetime | None = None,
) -> Office:  # fmt: skip
    """Open the made-up office; it is made anew where there is none from today.

    Without a folder it lies in a temporary one; a big one (`records`), which takes minutes, is kept with the user's
    cached files. In a folder of one's own it stays as it was left. `progress` is told how many entries are written.
    Raises DeskError for a folder that holds anything else.
    """
    now, records = now or beijing_now(), records if records > ORDINARY else 0

    def fill(place: Path) -> None:
        from deskapp.desk.demo.making import make

        make(place, PASSPHRASE, now, records, progress or (lambda entries: None))

    if home is None:
        home = folder.default(records, now.date())
    if not folder.is_demo(home):
        folder.make(home, records, now.date(), fill)
    return open_office(home)


def demo_session(book: Book) -> Session:
    """The receptionist, signed in without asking: only in a made-up office. Raises DeskError."""
    if not folder.is_demo(book.path.parent):
        raise folder.Foreign(book.path.parent)
    return session_of(book.read, RECEPTIONIST)
