"""The few rules that a table can't say; a step names them in `check`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from deskapp.errors import DeskError
from deskapp.forms.form import Form, Step
from deskapp.forms.values import Context, Fields, WrongAnswer


@dataclass(frozen=True, slots=True)
class Situation:
    """What a check may look at: the record with the step's answers laid over it."""

    form: Form
    step: Step
    values: Fields
    """The record's values with this step's answers over them."""
    answers: Fields
    marks: frozenset[str]
    by: str
    ctx: Context


def trained(now: Situation) -> None:
    """Only a provider who works here and is trained for the trade may be sent to a home (R32, R39, P7.9-8 §4.3.1)."""
    provider = now.ctx.find("provider", str(now.values.get("provider", "")))
    if provider is None:
        return
    if provider.get("state") == "left":
        raise DeskError("{name} has left", "choose another provider, F4 shows them", name=provider.get("name", "-"))
    item = now.ctx.find("item", str(now.values.get("item", ""))) or {}
    trade = item.get("trade")
    if trade and provider.get(str(trade)) is not True:
        form = now.ctx.forms.get("item")
        choice = form.fields["trade"].choice(trade) if form and "trade" in form.fields else None
        raise DeskError("{name} is not trained for {trade}", "choose a provider who is, F4 shows them",
                        name=provider.get("name", "-"), trade=choice.label if choice else trade)  # fmt: skip


def charged(now: Situation) -> None:
    """A charge agreed before the work: item, amount and consent on the board, review off it (R15, R29)."""
    match now.values.get("charge"):
        case "board" if now.values.get("consent") == "no":
            raise DeskError("the customer does not agree to the price", "choose free: first aid only, nothing charged")
        case "board":
            for name in ("price", "amount", "consent"):
                if now.values.get(name) in (None, ""):
                    raise DeskError("{label} is needed when the charge is by the price board",
                                    "or choose free, or priced on site", label=now.form.fields[name].label)  # fmt: skip
        case "off_board" if "reviewed" not in now.marks:
            raise DeskError("a service off the price board is reviewed by the manager first",
                            "record the review, by phone at night; or choose priced on site")  # fmt: skip


def promised(now: Situation) -> None:
    """Who is told to wait for an answer is told until when (R17)."""
    if now.values.get("handling") == "reply" and "promised" not in now.answers:
        raise WrongAnswer(now.form.fields["promised"], "{label}: say until when, and keep it")


def approver(now: Situation) -> None:
    """What a manager allowed by phone is confirmed by that manager, while he is on the staff (R29, R34)."""
    name = str(now.values.get("approver", ""))
    staff = now.ctx.find("staff", name)
    if name and name != now.by and staff is not None and staff.get("state") == "active":
        raise DeskError("{name} allowed it by phone and confirms it", name=staff.get("name", name))


CHECKS: dict[str, Callable[[Situation], None]] = {
    check.__name__: check for check in (trained, charged, promised, approver)
}
