"""What is done every day besides what people ask for: the rounds of the building, and the drawer handed up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from deskapp.desk.demo.dice import Dice, Often
from deskapp.desk.demo.stage import TAKINGS, Step, Story
from deskapp.resources import load_toml

_ROUNDS = ((time(9, 40), "building"), (time(14, 20), "grounds"), (time(20, 30), "garage"))
_FINDING = Often({"nothing": 9, "mended": 1})
_HANDED_UP, _CASHIER = time(17, 20), "staff-4"
_SATURDAY = 5


class Daily:
    """The rounds and the drawer, from `days` ago up to shortly before now."""

    def __init__(self, dice: Dice, now: datetime, days: int) -> None:
        self._dice = dice
        self._latest = now - timedelta(minutes=12)
        self._days = [now - timedelta(days=ago) for ago in range(days - 1, -1, -1)]
        self._words = load_toml("demo", "matters.toml")["daily"]
        self._vouchers = 400

    def stories(self) -> Iterator[Story]:
        """The stories, in the order in which they begin."""
        for day in self._days:
            found = [self._round(day, at, route) for at, route in _ROUNDS]
            if day.weekday() < _SATURDAY:
                found.append(self._hand_up(day))
            yield from sorted((one for one in found if one.ends < self._latest), key=lambda one: one.begins)

    def _round(self, day: datetime, at: time, route: str) -> Story:
        begins = self._dice.minutes(datetime.combine(day.date(), at, day.tzinfo), 0, 25)
        answers: dict[str, object] = {"route": route, "finding": self._dice.often(_FINDING)}
        if answers["finding"] == "mended":
            answers["problem"] = self._dice.one(self._words["mended"])
        story = Story()
        story.act(begins, Step("round", "register", answers))
        return story

    def _hand_up(self, day: datetime) -> Story:
        """What lies in the drawer above the float goes to finance."""
        self._vouchers += 1
        begins = self._dice.minutes(datetime.combine(day.date(), _HANDED_UP, day.tzinfo), 0, 20)
        story = Story()
        moved = Step("cash", "register", {"kind": "handed_up", "amount": TAKINGS})
        slip = {"party": self._words["finance"], "voucher": f"CW{self._vouchers:04}"}
        story.act(begins, moved, Step("cash", "hand_up", slip), by=_CASHIER)
        return story
