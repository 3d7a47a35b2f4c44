"""What a business day did to the money: income by means, what providers hold, over and short, receipts (R52-R56).

A day's share is what its records come to at its end, less what they came to at its beginning: a correction or a void
counts on the day it was made, and the days add up to what the drawer should hold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from deskapp.book.entry import Entry
from deskapp.book.view import Record
from deskapp.forms.form import VOID, Form

CASH, CODE, TRANSFER, ACCOUNT = MEANS = ("cash", "code", "transfer", "account")
PROVIDER = "provider"
_PAID = {"desk": CASH, PROVIDER: CASH, "code": CODE, "transfer": TRANSFER, "account": ACCOUNT}
"""How an order is paid -> by what means."""
_MOVES = ("float", "paid_out", "refund", "handed_up", "over", "short")
_DRAWER = "drawer"


@dataclass(slots=True)
class Money:
    """Amounts in hundredths, and receipts in the order in which they were written."""

    amounts: Counter[str] = field(default_factory=Counter)
    """By means; also the drawer's movements, `drawer` altogether, and `provider` for what providers hold."""
    receipts: list[str] = field(default_factory=list)
    void: list[str] = field(default_factory=list)

    @property
    def income(self) -> int:
        """What customers paid or owe on account."""
        return sum(self.amounts[one] for one in MEANS)

    @property
    def holes(self) -> list[str]:
        """Receipt numbers between the first and the last of the day that nobody wrote down, the first few."""
        digits = sorted((len(one), int(one)) for one in self.receipts if one.isascii() and one.isdigit())
        return [
            f"{number:0{width}}"
            for (width, low), (other, high) in pairwise(digits)
            if width == other and high - low < 1000
            for number in range(low + 1, high)
        ][:20]


def share(form: Form, record: Record | None) -> Counter[str]:
    """What a record comes to as it stands."""
    found: Counter[str] = Counter()
    if record is None or record.state == VOID:
        return found
    said = record.fields
    if total := form.totals.get(_DRAWER):
        found[_DRAWER] = total.share(record.state, said)
    if form.name == "order" and (means := _PAID.get(str(said.get("pay_how")))):
        amount = hundredths(said.get("received"))
        found[means] += amount or (hundredths(said.get("amount")) if means == ACCOUNT else 0)
        if said.get("cash") == PROVIDER:
            found[PROVIDER] += amount
    elif form.name == "cash":
        kind, amount = str(said.get("kind")), hundredths(said.get("amount"))
        if kind == "income" and record.state in ("booked", "outstanding"):
            found[str(said.get("means"))] += amount
            found[PROVIDER] += amount if record.state == "outstanding" else 0
        elif kind in _MOVES and record.state in ("booked", "unexplained"):
            found[kind] += amount
    return found


def gather(touched: Iterable[tuple[Form, Record | None, Record, Sequence[Entry]]]) -> Money:
    """The money of a day, of the records it touched: how they stood before and after, and what was written."""
    money = Money()
    for form, before, after, entries in touched:
        if form.name not in ("order", "cash") and _DRAWER not in form.totals:
            continue
        for name, amount in share(form, after).items():
            money.amounts[name] += amount
        for name, amount in share(form, before).items():
            money.amounts[name] -= amount
        held = str(before.fields.get("receipt") or "") if before else ""
        for entry in entries:
            if entry.step == "void_receipt" and held:
                money.void.append(held)
            held = str(entry.data.get("receipt") or held)
            if entry.data.get("receipt"):
                money.receipts.append(held)
                if entry.step == "spoil":
                    money.void.append(held)
    return money


def hundredths(amount: object) -> int:
    """A stored amount."""
    return int(Decimal(str(amount)).scaleb(2)) if amount is not None else 0


def yuan(amount: int) -> str:
    """An amount as it is stored and stands in a column."""
    return f"{Decimal(amount).scaleb(-2):.2f}"
