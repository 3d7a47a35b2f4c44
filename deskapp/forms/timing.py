"""What a step does to the clocks of its record: started, stopped with a verdict, paused, moved, dropped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time

from deskapp.forms import clocks
from deskapp.forms.clocks import ClockState, Rules
from deskapp.forms.form import Clock, Field, Form, word
from deskapp.forms.values import CHINA, Fields, Missing, Value, WrongAnswer, stamp

WHEN = Field("when", "moment", word("when"), tense="past")
_LIVE = (clocks.RUNNING, clocks.PAUSED)


@dataclass(frozen=True, slots=True)
class Timing:
    """A step at a moment, as far as clocks depend on it."""

    form: Form
    step: str
    data: Mapping[str, Value | None]
    """What the step itself says."""
    values: Fields
    """What the record says after it."""
    stood: Mapping[str, ClockState]
    """The clocks as they stood before it."""
    opened: datetime | None
    moment: datetime
    told: bool
    """Whether somebody said when it happened."""
    rules: Rules

    def changes(self, *, ended: bool) -> dict[str, str | None]:
        """Clock -> a moment (running), a duration (paused), kept, late, or None (dropped)."""
        found: dict[str, str | None] = {}
        for clock in self.form.clocks.values():
            change = self._corrected(clock) if self.step == "correct" else self._change(clock)
            if ended and self._live(clock):
                verdict = change.get(clock.name)
                found[clock.name] = verdict if verdict in (clocks.KEPT, clocks.LATE) else None
            elif not ended:
                found |= change
        return found

    def _live(self, clock: Clock) -> ClockState | None:
        stood = self.stood.get(clock.name)
        return stood if stood and stood.state in _LIVE else None

    def _change(self, clock: Clock) -> dict[str, str | None]:
        live, limit, hours = self._live(clock), self._limit(clock), self.rules.hours
        if self.step in clock.starts and (due := self._start(clock)):
            return {clock.name: due}
        if live and self.step in clock.stops:
            return {clock.name: self._verdict(clock, live)}
        if live and self.step in clock.drops:
            return {clock.name: None}
        if live and live.due and live.state == clocks.RUNNING and self.step in clock.pauses:
            return {clock.name: clocks.write_left(clocks.time_left(limit, self.moment, live.due, hours))}
        if live and live.left is not None and live.state == clocks.PAUSED and self.step in clock.resumes:
            return {clock.name: stamp(clocks.due_again(limit, self.moment, live.left, hours))}
        return {}

    def _corrected(self, clock: Clock) -> dict[str, str | None]:
        """A correction of what a clock goes by moves it, drops it, or starts it from when the record opened."""
        live, stood = self._live(clock), self.stood.get(clock.name)
        if self.step in clock.starts:
            return self._left_to_do(clock, live)
        if clock.due:
            if clock.due not in self.data or (stood and stood.stopped):
                return {}
            raw = self.values.get(clock.due)
            return {clock.name: stamp(end_of(str(raw)))} if raw is not None else {clock.name: None} if live else {}
        if not self.data.keys() & {clock.unless, *clock.when}:
            return {}
        goes = self._applies(clock) and not self._waived(clock)
        if live:
            return {} if goes else {clock.name: None}
        fresh = stood is None or stood.state == clocks.DROPPED
        if goes and fresh and self.opened and "register" in clock.starts and (limit := self._limit(clock)):
            return {clock.name: stamp(clocks.due_after(limit, self.opened, self.rules.hours))}
        return {}

    def _left_to_do(self, clock: Clock, live: ClockState | None) -> dict[str, str | None]:
        """What a correction says of its consequences starts a clock of its own, or ends it."""
        if not self.data.keys() & clock.when.keys():
            return {}
        if not self._applies(clock):
            return {clock.name: self._verdict(clock, live)} if live else {}
        due = None if live else self._start(clock)
        return {clock.name: due} if due else {}

    def _start(self, clock: Clock) -> str | None:
        """When this clock is due, if the step starts it."""
        if clock.due:
            raw = self.values.get(clock.due)
            moves = clock.due in self.data or clock.name not in self.stood
            return stamp(end_of(str(raw))) if moves and raw is not None else None
        limit = self._limit(clock)
        if limit is None or self._waived(clock) or not self._applies(clock):
            return None
        return stamp(clocks.due_after(limit, self.moment, self.rules.hours))

    def _limit(self, clock: Clock) -> str | None:
        return self.rules.limit(clock.limit, clock.setting)

    def _applies(self, clock: Clock) -> bool:
        return all(self.values.get(name) in wanted for name, wanted in clock.when.items())

    def _waived(self, clock: Clock) -> bool:
        """Whether an appointment stands in the clock's place; one that is over does so no more (R31)."""
        if clock.unless is None or clock.unless not in self.values:
            return False
        rivals = [one for one in self.form.clocks.values() if one.due == clock.unless and one.name in self.stood]
        return clock.unless in self.data or not rivals or any(self._live(one) for one in rivals)

    def _verdict(self, clock: Clock, live: ClockState) -> str:
        """Whether the promise was kept; a late one may ask why (ux F6.1)."""
        if self.told and live.started and self.moment < live.started:
            raise WrongAnswer(WHEN, "{label}: before the clock began ({started})",
                              started=stamp(live.started)[:16].replace("T", " "))  # fmt: skip
        if live.state == clocks.PAUSED:
            late = live.left is not None and live.left.total_seconds() < 0
        else:
            late = live.due is not None and self.moment > live.due
        if late and clock.late_asks and self.data.get(clock.late_asks) is None:
            raise Missing(self.form.fields[clock.late_asks])
        return clocks.LATE if late else clocks.KEPT


def end_of(raw: str) -> datetime:
    """The moment that a moment or day field means: a day ends with its last second."""
    value = datetime.fromisoformat(raw)
    return value if "T" in raw else datetime.combine(value.date(), time(23, 59, 59), CHINA)
