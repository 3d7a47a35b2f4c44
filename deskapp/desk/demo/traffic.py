"""The ordinary days of the made-up office: calls, orders, mail and things in custody, each with its whole life."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from deskapp.desk.demo.cast import Cast, Person, Row
from deskapp.desk.demo.dice import Dice, Often
from deskapp.desk.demo.orders import Orders, Table
from deskapp.desk.demo.stage import Step, Story
from deskapp.resources import load_toml

_SPOT, _LATER, _ORDERS, _CUSTODY = (8, 13), (1, 3), (3, 6), (0, 3)
"""From how many to how many a day."""
_COURIERS = (
    (time(10, 20), "yunda"), (time(10, 40), "jt"), (time(15, 0), "zto"), (time(15, 25), "sto"), (time(17, 30), "sf"),
)  # fmt: skip
_WAYBILLS = {
    "sf": "SF14", "zto": "783", "yto": "YT88", "sto": "7733", "yunda": "4341", "jt": "JT51", "jd": "JDV0", "ems": "126",
}  # fmt: skip
_SOURCES = Often({"call": 60, "visit": 25, "intercom": 8, "relayed": 5, "net": 2})
_NOTICE = Often({"phone": 50, "no_answer": 14, "off": 3, "intercom": 8, "message": 20, "family": 5})
_FETCHED = Often({"0": 45, "1": 34, "2": 13, "3": 6, "4": 2})
"""After how many days."""
_PROOF = Often({"code": 7, "phone": 3})
_CONDITION = Often({"good": 8, "worn": 2})


class Traffic:
    """What happens on ordinary days, from `days` ago up to shortly before now; all of it has come to its end."""

    def __init__(self, dice: Dice, cast: Cast, table: Table, now: datetime, days: int, crowd: int = 0) -> None:
        """`crowd`: how many requests a day end on the spot, where it is more than usual."""
        self._dice, self._cast = dice, cast
        self._latest = now - timedelta(minutes=12)
        self._days = [now - timedelta(days=ago) for ago in range(days, -1, -1)]
        self._spots = (crowd - crowd // 9, crowd + crowd // 9) if crowd else _SPOT
        self._texts: dict[str, Any] = load_toml("demo", "texts.toml")
        self._orders = Orders(dice, table, cast.office["providers"], self._texts["order"], self._latest)
        self._adults = [person for person in cast.people if person.row.get("address") in ("mr", "ms", "teacher")]
        self._often = {kind: Often({code: topic["often"] for code, topic in self._texts[kind].items()})
                       for kind in ("spot", "later", "orders")}  # fmt: skip
        self._tags = 20

    def stories(self) -> Iterator[Story]:
        """The stories, in the order in which they begin."""
        for day in self._days:
            stories = [story for story in self._of(day) if story.ends < self._latest]
            yield from sorted(stories, key=lambda story: story.begins)

    def _of(self, day: datetime) -> Iterator[Story]:
        """What begins on a day."""
        dice = self._dice
        spread = self._spots, _LATER, _ORDERS, _CUSTODY
        for count, make in zip(spread, (self._spot, self._later, self._order, self._custody), strict=True):
            for _ in range(dice.some(*count)):
                yield make(dice.moment(day))
        for at, carrier in _COURIERS:
            came = dice.minutes(datetime.combine(day.date(), at, day.tzinfo), 0, 11)
            for nth in range(dice.some(1, 3)):
                yield self._piece(came + timedelta(seconds=40 * nth), carrier)

    # Requests.

    def _request(self, kind: str) -> tuple[Row, dict[str, Any]]:
        """Room, item, words and caller of a request of this kind, and what else is known about its item."""
        dice = self._dice
        code = dice.often(self._often[kind])
        topic: dict[str, Any] = self._texts[kind][code]
        person = dice.one(self._adults)
        said = dice.one(topic["says"]).replace("{place}", dice.one(self._texts["places"]))
        public = code.startswith("4")
        request: Row = {"room": f"0-{dice.some(1, 6)}" if public else person.room, "item": code, "content": said}
        if dice.chance(0.8):
            request["caller"] = self._cast.called(person)
            if dice.chance(0.4) and "phone" in person.row:
                request["phone"] = person.row["phone"]
        return request, topic

    def _spot(self, at: datetime) -> Story:
        request, _ = self._request("spot")
        source = self._dice.often(_SOURCES)
        alike = " ".join((str(request["item"]), source, *request))
        story = Story()
        story.act(at, Step("diary", "register", {**request, "source": source}, alike=alike))
        return story

    def _later(self, at: datetime) -> Story:
        """A request that is answered later, or given to the next shift."""
        dice = self._dice
        request, topic = self._request("later")
        end = dice.one(topic["ends"])
        story = Story()
        if dice.chance(0.6):
            promised = dice.some(1, 6) * 30
            story.act(at, Step("diary", "register", {**request, "handling": "reply", "promised": f"+{promised}"}))
            answered = at + timedelta(minutes=promised * dice.one((0.3, 0.5, 0.8, 0.9, 1.1)))
            story.act(answered, Step("diary", "reply", {"said": end}))
            closed = dice.minutes(answered, 2, 90)
        else:
            story.act(at, Step("diary", "register", {**request, "handling": "next_shift"}))
            closed = dice.minutes(at, 300, 1200)
        story.act(closed, Step("diary", "close", {"followed": end}))
        return story

    def _order(self, at: datetime) -> Story:
        request, topic = self._request("orders")
        return self._orders.story(at, request, topic["ends"])

    # Mail and custody.

    def _piece(self, at: datetime, carrier: str) -> Story:
        """A parcel or letter: on the shelf, its owner told the same day, fetched within three days mostly."""
        dice = self._dice
        person = dice.one(self._adults)
        register = self._label(person, dice.one(list(_WAYBILLS)) if dice.chance(0.1) else carrier)
        story = Story()
        story.act(at, Step("mail", "register", register))
        told, how = dice.minutes(at, 10, 200), dice.often(_NOTICE)
        story.act(told, Step("mail", "notify", {"notified": how}))
        days = int(dice.often(_FETCHED))
        fetched = dice.later(told, (8, 22), days) if days else dice.minutes(told, 5, 240)
        if how in ("no_answer", "off") and days > 1:
            again = dice.later(told, (18, 20))
            story.act(again, Step("mail", "notify", {"notified": "phone"}))
            fetched = max(fetched, again + timedelta(minutes=9))
        story.act(fetched, self._fetch(person, register.get("kind") == "registered"))
        return story

    def _label(self, person: Person, carrier: str) -> Row:
        """What stands on a piece and where it is put."""
        dice = self._dice
        shelf = dice.some(1, 4)
        register: Row = {
            "room": person.room, "carrier": carrier, "waybill": f"{_WAYBILLS[carrier]}{dice.some(0, 10**10):010}",
            "recipient": person.name if dice.chance(0.7) else self._cast.called(person),
            "shelf": str(shelf),
        }  # fmt: skip
        if carrier == "ems":
            register["kind"] = dice.one(("registered", "express"))
        if dice.chance(0.4) and "phone" in person.row:
            register["phone"] = person.row["phone"]
        if dice.chance(0.06):
            register["condition"] = dice.one(("damaged", "wet", "large", "fresh"))
        return register

    def _fetch(self, person: Person, registered: bool) -> Step:
        dice = self._dice
        answers: Row = {"signature": "paper"}
        others = [one for one in self._cast.at[person.room] if one is not person]
        if not others or registered or dice.chance(0.8):
            return Step("mail", "collect", answers | ({"seen": "id"} if registered else {}))
        answers |= {"taker": dice.one(others).name, "proof": dice.often(_PROOF)}
        return Step("mail", "collect_by_proxy", answers)

    def _custody(self, at: datetime) -> Story:
        """A thing left for some hours or days, and fetched again."""
        dice, words = self._dice, self._texts["custody"]
        person = dice.one(self._adults)
        self._tags += 1
        register: Row = {
            "room": person.room, "depositor": self._cast.called(person), "cash": False, "valuables": False,
            **dice.one(words["things"]), "condition": dice.often(_CONDITION),
            "tag": f"{self._tags % 90 + 10}", "place": dice.one(words["places"]), "declared": True,
        }  # fmt: skip
        if dice.chance(0.6):
            register["until"] = f"+{dice.some(1, 5)}"
        story = Story()
        story.act(at, Step("custody", "register", register))
        fetched = dice.minutes(at, 30, 600) if dice.chance(0.6) else dice.later(at, (8, 21), dice.some(1, 4))
        story.act(fetched, Step("custody", "return", {"tag_back": "fits", "same": "same", "signature": "paper"}))
        return story
