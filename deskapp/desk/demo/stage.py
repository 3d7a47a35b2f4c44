"""How the made-up days are played: stories, their acts in order of time, and the pen that writes them."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from deskapp.book import view
from deskapp.book.database import Book
from deskapp.book.journal import Request, Writer
from deskapp.book.session import Session, session_of
from deskapp.forms.steps import Decision
from deskapp.forms.values import CHINA

if TYPE_CHECKING:
    import sqlite3

RECEPTION = ("staff-3", "staff-2", "staff-6")
"""Who takes turns at the desk, shift by shift; the first is there now."""
SHIFT = timedelta(hours=12)
VARIES = frozenset({"room", "content", "caller", "phone"})
TAKINGS = "@takings"
"""As an amount: what the drawer holds above its float; where that is nothing, the act is left out."""
_RECEIPT, _LAST_RECEIPT = "@receipt", 12_300
_FLOAT = 500_00

Progress = Callable[[int], None]
"""Told how many entries are written, often enough for a bar."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step on the story's record of a form, or on the record of this number."""

    form: str
    name: str
    answers: Mapping[str, object] = field(default_factory=dict)
    number: str | None = None
    alike: str = ""
    """Registrations that differ in their VARIES only have this in common."""


@dataclass(slots=True)
class Story:
    """What happens about one matter: acts at their moments, and the numbers of the records made in them."""

    acts: list[tuple[datetime, str | None, tuple[Step, ...]]] = field(default_factory=list)
    """When, by whom (None: whoever is on duty) and the steps done together."""
    made: dict[str, str] = field(default_factory=dict)

    @property
    def begins(self) -> datetime:
        """The moment of its first act."""
        return self.acts[0][0]

    @property
    def ends(self) -> datetime:
        """The moment of its last act."""
        return self.acts[-1][0]

    def act(self, at: datetime, *steps: Step, by: str | None = None) -> None:
        """Go on at this moment; acts are told in order."""
        self.acts.append((at, by, steps))


class Clock:
    """The clock on the wall of the made-up office: it shows what it is set to."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        """What the clock shows."""
        return self.moment


class Stage:
    """Plays stories into the book, each act at its moment, through the same pen as everybody's.

    A stage for `crowds` decides registrations that are alike only once, and then changes room, words and caller.
    """

    def __init__(self, book: Book, clock: Clock, now: datetime, *, crowds: bool = False) -> None:
        self.book, self.clock, self.now, self._crowds = book, clock, now, crowds
        self._shift = _shift(now)
        self._sessions: dict[str, Session] = {}
        self._decided: dict[str, Decision] = {}
        self._writer: Writer | None = None
        self._receipt = _LAST_RECEIPT

    def play(self, stories: Iterable[Story], progress: Progress) -> None:
        """Write the stories' acts up to now, in order of time, some thousands in a transaction.

        `stories` come in the order in which they begin; one whose acts are still to come goes on among the next.
        """
        acts = _in_order(stories, self.now)
        batch = 10_000 if self._crowds else 2_500
        seq = 0
        for first in acts:
            with self.book.writing("a demo") as conn:
                self._writer = None
                for count, act in enumerate(itertools.chain([first], itertools.islice(acts, batch - 1))):
                    seq = self._write(conn, *act) or seq
                    if count % 50 == 0:
                        progress(seq)
        self._writer = None

    def _write(
        self, conn: sqlite3.Connection, at: datetime, by: str | None, story: Story, steps: tuple[Step, ...]
    ) -> int:
        """Write one act; the seq of its last entry, 0 for an act that is left out."""
        self.clock.moment = at
        session = self._session(conn, by or self._on_duty(at))
        if self._crowds and steps[0].alike and (seq := self._again(conn, at, session, steps[0])):
            return seq
        self._writer = None
        if TAKINGS in steps[0].answers.values():
            if (takings := view.total(conn, "drawer") - _FLOAT) <= 0:
                return 0
            steps = (replace(steps[0], answers={**steps[0].answers, "amount": f"{takings / 100:.2f}"}), *steps[1:])
        writer = Writer(self.book, conn, session, act=len(steps) > 1)
        for step in steps:
            for entry in writer.add(self._request(step, story)):
                if entry.number:
                    story.made[entry.form] = entry.number
                if step.alike and not entry.due:
                    self._decided[step.alike] = Decision(entry.state, entry.ended, None, data=entry.data)
        return writer.seq

    def _again(self, conn: sqlite3.Connection, at: datetime, session: Session, step: Step) -> int:
        """Register what is like something that was decided before; 0 where there is nothing like it."""
        if (known := self._decided.get(step.alike)) is None:
            return 0
        if self._writer is None or self._writer.session is not session:
            self._writer = Writer(self.book, conn, session)
        self._writer.at(at)
        form = self.book.form(step.form)
        fixed = {name: value for name, value in known.data.items() if name not in VARIES}
        fixed |= {name: session.staff for name in fixed if form.fields[name].default == "me"}
        said = {name: str(step.answers[name]) for name in step.answers if name in VARIES}
        return self._writer.register(form, replace(known, data={**said, **fixed})).seq

    def _on_duty(self, moment: datetime) -> str:
        """Who sits at the desk at a moment."""
        return RECEPTION[(self._shift - _shift(moment)) % len(RECEPTION)]

    def _session(self, conn: sqlite3.Connection, staff: str) -> Session:
        if staff not in self._sessions:
            self._sessions[staff] = session_of(conn, staff)
        return self._sessions[staff]

    def _request(self, step: Step, story: Story) -> Request:
        answers = dict(step.answers)
        for name, value in answers.items():
            if value == _RECEIPT:
                self._receipt += 1
                answers[name] = f"{self._receipt:07}"
            elif isinstance(value, str) and value.startswith("@"):
                answers[name] = story.made[value.removeprefix("@")]
            elif isinstance(value, str) and value.startswith("@"):
                answers[name] = story.made[value[1:]]
        if step.name == "register":
            return Request("register", answers, step.form)
        return Request(step.name, answers, number=step.number or story.made[step.form])


_FIRST = datetime(2000, 1, 1, 8, tzinfo=CHINA)


def _shift(moment: datetime) -> int:
    """The number of the shift: from 08:00, and from 20:00."""
    return (moment - _FIRST) // SHIFT


def shift_began(moment: datetime) -> datetime:
    """When the shift of a moment began."""
    return _FIRST + SHIFT * _shift(moment)


Act = tuple[datetime, str | None, Story, tuple[Step, ...]]


def _in_order(stories: Iterable[Story], until: datetime) -> Iterator[Act]:
    """The acts of all stories by time, keeping in mind only the stories that are going on."""
    waiting: list[tuple[datetime, int, int, Story]] = []

    def next_act() -> Act:
        at, nth, index, story = heapq.heappop(waiting)
        if index + 1 < len(story.acts):
            heapq.heappush(waiting, (story.acts[index + 1][0], nth, index + 1, story))
        return at, story.acts[index][1], story, story.acts[index][2]

    for nth, story in enumerate(stories):
        while waiting and waiting[0][0] <= story.begins:
            yield next_act()
        if story.begins <= until:
            heapq.heappush(waiting, (story.begins, nth, 0, story))
    while waiting and waiting[0][0] <= until:
        yield next_act()
