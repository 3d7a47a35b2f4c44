"""Making the office: founded in the past, peopled, and lived in up to now."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from operator import attrgetter
from pathlib import Path

from deskapp.book import journal, view
from deskapp.book.database import Book
from deskapp.book.journal import Request
from deskapp.book.session import session_of
from deskapp.book.signin import set_passphrase
from deskapp.desk import closing
from deskapp.desk.demo.cast import RESIDENTS, Cast
from deskapp.desk.demo.daily import Daily
from deskapp.desk.demo.dice import Dice
from deskapp.desk.demo.stage import RECEPTION, Clock, Progress, Stage, Step, Story, shift_began
from deskapp.desk.demo.stories import stories
from deskapp.desk.demo.traffic import Traffic
from deskapp.desk.office import FOUNDER, found
from deskapp.desk.shifts import turn
from deskapp.forms.values import Fields
from deskapp.resources import load_toml

DAYS = 60
"""How long the ordinary office has been at work."""
_A_DAY = 550
"""How many records a day a busier office writes; the more it is to hold, the longer it has been at work."""
_USUAL = 31
"""How many of them are those of an ordinary day, but for what ends on the spot."""
_SEED = 17


def make(
    home: Path, passphrase: str, now: datetime, records: int, progress: Progress, residents: int = RESIDENTS,
    ordinary: bool = True,
) -> None:  # fmt: skip
    """Make the office in an empty folder; a big one where it is to hold so many `records`.

    Without the `ordinary` days only what is told in stories.toml happens. Raises DeskError.
    """
    days = max(DAYS, records // _A_DAY)
    dice = Dice(_SEED)
    cast = Cast(dice.rng, max(residents, records // 20))
    crowd = max(0, (records - len(cast.people) - len(cast.rooms)) // days - _USUAL)
    clock = Clock((now - timedelta(days=days + 1)).replace(hour=9, minute=0, second=0, microsecond=0))
    office = found(home, cast.office["office"], cast.office["desk"], cast.office["manager"]["name"], passphrase, clock)
    try:
        first = _people(office.book, cast, passphrase, progress)
        told = sorted([*stories(now, first), _duty(now)], key=attrgetter("begins"))
        traffic = Traffic(dice, cast, _table(office.book), now, days, crowd).stories() if ordinary else ()
        stage = Stage(office.book, clock, now, crowds=crowd > 0)
        daily = Daily(Dice(_SEED), now, days).stories() if ordinary else ()
        stage.play(heapq.merge(told, traffic, daily, key=attrgetter("begins")), progress)
        if ordinary:
            _close_days(office.book, clock, now)
    finally:
        office.book.close()


def _close_days(book: Book, clock: Clock, now: datetime) -> None:
    """Close two days, late, the older one with all that follows; yesterday is left to whoever tries it."""
    clock.moment = now
    manager = session_of(book.read, f"staff-{FOUNDER}")
    today = book.rules.business_day(now)
    older, _entries = closing.close(book, manager, closing.look(book, today - timedelta(days=3), verify=False))
    seq = journal.last_head(book)[0]
    closing.note(book, manager, older, "print")
    closing.note(book, manager, older, "export", bundle="demo", from_entry=0, to_entry=seq)
    words = load_toml("demo", "matters.toml")["daily"]
    for step, answers in (("note", {"remark": words["logged"]}), ("review", {"reviewed": "me"})):
        journal.write(book, manager, [Request(step, answers, None, older.number)])
    closing.close(book, manager, closing.look(book, today - timedelta(days=2), verify=False))


def _duty(now: datetime) -> Story:
    """Who sits at the desk now took the post when his shift began."""
    began = shift_began(now)
    story = Story()
    story.act(began, Step("shift", "register", {"name": turn(began)}))
    return story


def _people(book: Book, cast: Cast, passphrase: str, progress: Progress) -> dict[str, str]:
    """Register rooms, staff, providers, keys and residents; the number of each room's first resident."""
    manager = session_of(book.read, f"staff-{FOUNDER}")
    providers = cast.office["providers"] + cast.office["former_providers"]
    rows = cast.rooms, cast.office["staff"], providers, cast.office["keys"], [person.row for person in cast.people]
    numbers: list[str] = []
    done = journal.last_head(book)[0]
    for form, some in zip(("room", "staff", "provider", "key", "customer"), rows, strict=True):
        numbers = journal.load(book, manager, form, some, partial(_tell, progress, done))
        done += len(numbers)
    for staff in RECEPTION[:2]:
        set_passphrase(book, manager, staff, passphrase)
    return {person.room: number for person, number in zip(reversed(cast.people), reversed(numbers), strict=True)}


def _tell(progress: Progress, done: int, count: int) -> None:
    if count % 50 == 0:
        progress(done + count)


def _table(book: Book) -> Callable[[str, str], Fields | None]:
    """Reference records by form and number, each read once."""
    known: dict[tuple[str, str], Fields | None] = {}

    def read(form: str, number: str) -> Fields | None:
        if (form, number) not in known:
            known[form, number] = view.fields(book.read, form, number)
        return known[form, number]

    return read
