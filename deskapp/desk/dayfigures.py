"""The figures that a closed day's record holds, for head office to read beside the journal they come from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from deskapp.desk.money import ACCOUNT, CASH, CODE, PROVIDER, TRANSFER, yuan
from deskapp.forms import clocks
from deskapp.forms.values import Value

if TYPE_CHECKING:
    from deskapp.desk.closing import Closing


def figures(closing: Closing) -> Mapping[str, Value]:
    """The figures of the record."""
    day, money = closing.day, closing.day.money

    def of(form: str, what: str) -> int:
        total = day.total(form)
        return int(getattr(total, what)) if total else 0

    numbers = sorted(money.receipts, key=lambda one: (len(one), one))
    amounts = money.amounts
    counted = -closing.difference if closing.difference < 0 else 0
    return {
        "code": closing.number.removeprefix("RB"), "day": day.day.isoformat(), "days_late": closing.late,
        "head": day.head[0], "head_hash": day.head[1] or "-", "entries": len(day.entries),
        "diary": of("diary", "fresh"), "orders": of("order", "fresh"), "orders_ended": of("order", "ended"),
        "mail_in": of("mail", "fresh"), "mail_out": of("mail", "ended"), "mail_held": of("mail", "open"),
        "custody_in": of("custody", "fresh"), "custody_out": of("custody", "ended"),
        "custody_held": of("custody", "open"), "keys_out": of("key", "open"), "complaints": of("complaint", "fresh"),
        "incidents": of("incident", "fresh"), "visitors": of("visitor", "fresh"),
        "clocks_kept": day.count(clocks.KEPT), "clocks_late": day.count(clocks.LATE),
        "overdue": day.count(clocks.RUNNING), "unexplained": day.unexplained, "open": day.left,
        "receipts_used": len(money.receipts), "receipts_void": len(money.void),
        "receipts": f"{numbers[0]}-{numbers[-1]}"[:60] if numbers else "",
        "cash": yuan(amounts[CASH]), "company_code": yuan(amounts[CODE]), "transfer": yuan(amounts[TRANSFER]),
        "on_account": yuan(amounts[ACCOUNT]), "income": yuan(money.income),
        "paid_out": yuan(amounts["paid_out"] + amounts["refund"]), "handed_up": yuan(amounts["handed_up"]),
        "outstanding": yuan(amounts[PROVIDER]), "over": yuan(max(closing.difference, 0)), "short": yuan(counted),
        "drawer": yuan(closing.drawer), "shifts": " ".join(one.number for one in closing.shifts)[:200],
    }  # fmt: skip
