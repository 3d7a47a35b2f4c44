"""Ordinary orders: from the call to the signed slip, the money and the return visit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from deskapp.desk.demo.cast import Row
from deskapp.desk.demo.dice import Dice, Often
from deskapp.desk.demo.stage import Step, Story
from deskapp.forms.values import Fields

Table = Callable[[str, str], Fields | None]
"""`table("item", "item-13")`: a reference record's fields."""

_TOLD = Often({"radio": 70, "phone": 15, "face": 10, "customer": 5})
_LATE = ("earlier_job", "short_staff", "material", "no_contact", "way")
_PAID = Often({"code": 45, "desk": 30, "provider": 15, "transfer": 6, "account": 4})
_OPINION = Often({"good": 85, "fair": 12, "bad": 3})
_SIGNED = Often({"self": 8, "other": 2})


class Orders:
    """Makes the stories of orders; what would come after `latest` (a visit, late money) is left out."""

    def __init__(self, dice: Dice, table: Table, providers: list[Row], words: dict[str, Any], latest: datetime) -> None:
        self._dice, self._table, self._words, self._latest = dice, table, words, latest
        self._providers = [row for row in providers if row.get("on_duty", True)]

    def story(self, at: datetime, request: Row, ends: list[str]) -> Story:
        """An order that begins with a call: what is asked for, and how it may end."""
        dice = self._dice
        item = self._table("item", f"item-{request['item']}") or {}
        dispatch, amount = self._terms(item)
        dispatch["provider"] = dice.one([row for row in self._providers if row.get(str(item["trade"]))])["code"]
        wait = 0
        if at.hour >= 21 or at.hour < 7 or dice.chance(0.2):
            wait = int((dice.later(at, (9, 17), 1 if at.hour > 6 else 0) - at).total_seconds() // 60)
            dispatch["appointment"] = f"+{wait}"
        story = Story()
        call = Step("diary", "register", {**request, "handling": "order"})
        story.act(at, call, Step("order", "register"), Step("order", "dispatch", dispatch))
        at = dice.minutes(at, 1, 9) if dice.chance(0.9) else dice.minutes(at, 11, 19)
        story.act(at, Step("order", "receive_slip", {"slip": dice.one(("face", "radio", "phone"))}))
        at = self._arrive(story, at, wait)
        if dispatch["charge"] == "on_site":
            at = dice.minutes(at, 3, 9)
            amount = f"{dice.some(5, 24) * 10}"
            story.act(at, Step("order", "quote", {"amount": amount, "consent": "signed"}))
        if amount != "0" and dice.chance(0.3):
            at = dice.minutes(at, 2, 2)
            story.act(at, Step("order", "inspect", {"inspected": dice.one(("company", "customer_good"))}))
        self._return(story, dice.minutes(at, 12, 70), amount, ends)
        return story

    def _terms(self, item: Fields) -> tuple[Row, str]:
        """How the order is charged, and what it will cost."""
        charge = item.get("charge", "on_site")
        if charge != "board":
            return {"charge": charge}, "0"
        price = self._table("price", str(item["price"])) or {}
        return {"charge": charge, "price": item["price"], "consent": "phone"}, str(price["amount"])

    def _arrive(self, story: Story, at: datetime, wait: int) -> datetime:
        """The provider arrives: mostly in time; some arrivals are told a few minutes later."""
        dice = self._dice
        late = dice.chance(0.08)
        if wait:
            due = story.begins + timedelta(minutes=wait)
            at = max(at, dice.minutes(due, 3, 25) if late else dice.minutes(due, -20, -2))
            late = at > due
        else:
            at = dice.minutes(at, 33, 55) if late else dice.minutes(at, 6, 28)
        answers: Row = {"told": dice.often(_TOLD)}
        if late:
            answers["late_reason"] = dice.one(_LATE)
        typed = at
        if dice.chance(0.15):
            minutes = dice.some(2, 9)
            typed, answers["when"] = at + timedelta(minutes=minutes), f"-{minutes}"
        story.act(typed, Step("order", "arrive", answers))
        return typed

    def _return(self, story: Story, at: datetime, amount: str, ends: list[str]) -> None:
        """The slip comes back done and signed; money with it or the day after; some customers are called again."""
        dice, words = self._dice, self._words
        done: Row = {"result": "fixed", "when": f"-{dice.some(1, 9)}"}
        if dice.chance(0.5):
            done |= {"materials": "company", "material_note": dice.one(words["materials"])}
        sign: Row = {"signed_by": dice.often(_SIGNED)}
        if dice.chance(0.15):
            sign["opinion"] = dice.one(words["opinions"])
        steps = [Step("order", "done", done), Step("order", "sign", sign), Step("order", "slip_back")]
        how, tomorrow = dice.often(_PAID), dice.later(at, (8, 20))
        later = amount != "0" and dice.chance(0.15) and tomorrow < self._latest
        if amount != "0" and not later:
            steps.append(_pay(amount, how))
        story.act(at, *steps)
        story.act(dice.minutes(at, 2, 2), Step("order", "note", {"remark": dice.one(ends)}))
        if later:
            at = tomorrow
            story.act(at, _pay(amount, "desk"))
        elif amount != "0" and how == "provider":
            story.act(dice.minutes(at, 5, 90), Step("order", "cash_in", {"handed_in": amount, "cash": "till"}))
        visit = dice.later(at, (10, 17), dice.some(1, 2))
        if dice.chance(0.4) and visit < self._latest:
            story.act(visit, self._visit(), by="staff-5")

    def _visit(self) -> Step:
        dice = self._dice
        answers: Row = {name: dice.often(_OPINION) for name in ("timely", "manners", "quality", "satisfaction")}
        if dice.chance(0.2):
            answers["wishes"] = dice.one(self._words["wishes"])
        return Step("order", "visit", {**answers, "visit_mode": "phone", "provider_told": True})


def _pay(amount: str, how: str) -> Step:
    answers: Row = {"pay_how": how, "received": "0" if how == "account" else amount, "cash": "none"}
    if how in ("desk", "provider"):
        answers |= {"cash": "till" if how == "desk" else "provider", "receipt": "@receipt"}
    return Step("order", "pay", answers)
