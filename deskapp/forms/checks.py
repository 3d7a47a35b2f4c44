"""The few rules that a table can't say; a step names them in `check`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from deskapp.errors import DeskError
from deskapp.forms.form import Form, Step
from deskapp.forms.values import Context, Fields, Missing, WrongAnswer


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


def worth(now: Situation) -> None:
    """A movement of the drawer has an amount; only the receipt book changes without one (R52)."""
    if now.values.get("kind") not in ("spoiled", "book") and now.values.get("amount") is None:
        raise Missing(now.form.fields["amount"])


def counted_once(now: Situation) -> None:
    """What was paid for an order stands on the order; it is not taken a second time (R53, P7.9-8 §4.2.11)."""
    number = str(now.values.get("source", ""))
    order = now.ctx.find("order", number) or {}
    if now.values.get("kind") == "income" and order.get("cash") in ("till", "provider"):
        raise DeskError("{number}: its money stands on the order already", "open the order", number=number)


def change_given(now: Situation) -> None:
    """What is received and given back are said aloud, and come to the amount due (R55)."""
    due, given, back = (Decimal(str(now.values.get(name, 0))) for name in ("amount", "tendered", "change"))
    if "amount" not in now.values:
        return
    if now.values.get("means") == "account":
        if given or back:
            raise WrongAnswer(now.form.fields["tendered"], "{label}: nothing is taken on account, type 0")
    elif given < due:
        raise WrongAnswer(now.form.fields["tendered"], "{label}: {due} is due", "correct the amount if less was agreed",
                          due=f"{due:.2f}")  # fmt: skip
    elif given - due != back:
        raise WrongAnswer(
            now.form.fields["change"], "{label}: {back} goes back, say it aloud", back=f"{given - due:.2f}"
        )


def held(now: Situation) -> None:
    """Cash lies in the till or with a provider who is named; where no cash was paid there is none (R53)."""
    means, cash = now.values.get("means"), now.values.get("cash")
    if means is not None and (means == "cash") == (cash == "none"):
        raise WrongAnswer(now.form.fields["cash"], "{label}: this does not go with how it was paid")
    if cash == "provider" and "provider" not in now.values:
        raise Missing(now.form.fields["provider"])


def in_full(now: Situation) -> None:
    """A provider hands in what he collected, all of it (R53, P7.9-8 §4.2.11)."""
    owed = now.values.get("received", now.values.get("amount"))
    if owed is not None and Decimal(str(now.values.get("handed_in", 0))) != Decimal(str(owed)):
        raise WrongAnswer(now.form.fields["handed_in"], "{label}: {owed} was collected", "he still owes the rest",
                          owed=owed)  # fmt: skip


def has_receipt(now: Situation) -> None:
    """A receipt is made void by its number (R52)."""
    if "receipt" not in now.values:
        raise Missing(now.form.fields["receipt"])


def in_order(now: Situation) -> None:
    """A receipt book runs from its first number to its last (R52)."""
    first, last = (str(now.values.get(name, "")) for name in ("first", "last"))
    if len(first) == len(last) and first > last:
        raise WrongAnswer(now.form.fields["last"], "{label}: comes before {first}", first=first)


def found_what(now: Situation) -> None:
    """A round that finds a problem says what it is (R20)."""
    if now.values.get("finding") not in (None, "nothing") and "problem" not in now.values:
        raise Missing(now.form.fields["problem"])


def not_his_own(now: Situation) -> None:
    """Who asks for customers' data does not allow it to himself (R100, P7.12-1 §4.2.2)."""
    if now.values.get("applicant") == now.by:
        raise DeskError("who asks for it does not approve it", "somebody else approves")


def within_a_day(now: Situation) -> None:
    """A complaint is answered within 24 hours: nobody is promised later (R116)."""
    promised, limit = str(now.values.get("promised", "")), now.ctx.now
    if promised and limit and datetime.fromisoformat(promised) > limit + timedelta(hours=24):
        raise WrongAnswer(now.form.fields["promised"], "{label}: within 24 hours",
                          "say what is known by then, and when the rest follows")  # fmt: skip


def severe(now: Situation) -> None:
    """A claim over 10,000 yuan, a group, the media or an injury is major; so is what was called major before (R121)."""
    if now.values.get("severity") != "minor":
        return
    severity = now.form.fields["severity"]
    grave = {now.values.get("alarm"), now.values.get("grounds")} & {"claim", "group", "media", "injury"}
    if grave or Decimal(str(now.values.get("claim", "0"))) > 10_000:
        raise WrongAnswer(severity, "{label}: a claim over 10,000 yuan, a group, the media or an injury is major",
                          "choose 2, and tell the manager at once")  # fmt: skip
    if "major" in now.marks - now.step.clears:
        raise WrongAnswer(severity, "{label}: it stands as major", "the manager makes it minor by a step of its own")


def upgraded(now: Situation) -> None:
    """The step that makes a complaint major says so, once: its limit does not begin again (R115)."""
    if "major" in now.marks:
        raise WrongAnswer(now.form.fields["severity"], "{label}: it stands as major")
    if now.values.get("severity") != "major":
        raise WrongAnswer(now.form.fields["severity"], "{label}: this step makes it major", "choose 2")


def downgraded(now: Situation) -> None:
    """The step that makes a complaint minor says so, and R121 does not forbid it."""
    if now.values.get("severity") != "minor":
        raise WrongAnswer(now.form.fields["severity"], "{label}: this step makes it minor", "choose 1")
    severe(now)


def consented(now: Situation) -> None:
    """A key of a vacant room, or one that its owner left with us, goes out with consent only (R96, ux 5.5)."""
    if now.values.get("consent_needed") is True and now.values.get("consent") == "not_needed":
        raise WrongAnswer(now.form.fields["consent"], "{label}: this key goes out with its owner's consent",
                          "ask him or the manager first")  # fmt: skip


def left_word(now: Situation) -> None:
    """A message is passed on to somebody and says something (R102)."""
    for name in ("room", "message") if now.values.get("answer") == "message" else ():
        if name not in now.answers:
            raise WrongAnswer(now.form.fields[name], "{label}: a message needs it", "or choose another answer")


def two_people(now: Situation) -> None:
    """What was found is counted by two (ux 5.9)."""
    if now.values.get("counted_by") == now.by:
        raise WrongAnswer(now.form.fields["counted_by"], "{label}: somebody else than who writes it down")


def reported(now: Situation) -> None:
    """Valuables are handed out after they were reported (ux 5.9)."""
    if "valuable" in now.marks and "reported" not in now.marks:
        raise DeskError("valuables are reported to the manager or the police first",
                        "record the report, then hand them out")  # fmt: skip


def proved(now: Situation) -> None:
    """Whoever claims valuables shows papers, a photo or a key that fits; words alone will not do (ux 5.9)."""
    if "valuable" in now.marks and now.values.get("proof") == "told":
        raise WrongAnswer(now.form.fields["proof"], "{label}: words alone are not enough for valuables",
                          "see his papers, a photo, or try the key")  # fmt: skip


def not_valuable(now: Situation) -> None:
    """Valuables that nobody claims go to the police and nowhere else (ux 5.9)."""
    if "valuable" in now.marks:
        raise DeskError("valuables go to the police", "record that they were handed over, with the receipt")


def unsigned(now: Situation) -> None:
    """A delivery takes pieces in, and gives them out again, until its courier has signed (ux 3.6)."""
    number = str(now.values.get("delivery", ""))
    delivery = now.ctx.find("delivery", number)
    if number and (delivery is None or delivery.get("state") != "open"):
        raise DeskError("{number} was ended already", "correct the piece, or void it with a reason", number=number)


def papers(now: Situation) -> None:
    """A registered letter goes to its addressee, or to whoever has it in writing, on papers (R83, R85)."""
    if now.values.get("kind") != "registered":
        return
    if now.step.name == "collect_by_proxy" and now.answers.get("proof") != "written":
        raise WrongAnswer(now.form.fields["proof"], "{label}: a registered letter needs it in writing",
                          "or its addressee comes himself")  # fmt: skip
    if "seen" not in now.answers:
        raise Missing(now.form.fields["seen"])


def signs(now: Situation) -> None:
    """Who cannot sign says why (R85)."""
    if now.answers.get("signature") == "unable" and "reason" not in now.answers:
        raise Missing(now.form.fields["reason"])


def summed(now: Situation) -> None:
    """What was counted is what the notes and coins come to (ux F2.5)."""
    worth_of = {"n100": 10000, "n50": 5000, "n20": 2000, "n10": 1000, "n5": 500, "n1": 100, "n05": 50, "n01": 10}
    whole = Decimal(sum(int(str(now.answers.get(name, 0))) * fen for name, fen in worth_of.items())).scaleb(-2)
    if Decimal(str(now.answers.get("counted", 0))) != whole:
        raise WrongAnswer(now.form.fields["counted"], "{label}: the notes come to {sum}", sum=f"{whole:.2f}")


def explained(now: Situation) -> None:
    """A difference has a cause, were it only that nobody knows (ux F2.4)."""
    pairs = (("expected", "found", "origin"), ("next_expected", "next_found", "cause"), ("drawer", "counted", "cause"))
    for book, counted, cause in pairs:
        if book in now.answers and now.answers[book] != now.answers.get(counted) and cause not in now.answers:
            raise Missing(now.form.fields[cause])


def in_person(now: Situation) -> None:
    """Nobody signs for somebody else, and nobody hands over to himself (ux 3.8)."""
    for name in ("outgoing", "incoming"):
        if now.answers.get(name, now.by) != now.by:
            raise WrongAnswer(now.form.fields[name], "{label}: everybody signs for himself", "sign in as that person")
    if now.answers.get("incoming") is not None and now.by == now.values.get("outgoing"):
        raise WrongAnswer(now.form.fields["incoming"], "{label}: is the one who hands over",
                          "is nobody there? seal it one-sided")  # fmt: skip


_ALL = (
    trained, charged, promised, approver,
    worth, counted_once, change_given, held, in_full, has_receipt, in_order,
    found_what, not_his_own,
    within_a_day, severe, upgraded, downgraded, consented, left_word,
    two_people, reported, proved, not_valuable,
    unsigned, papers, signs,
    summed, explained, in_person,
)  # fmt: skip
CHECKS: dict[str, Callable[[Situation], None]] = {check.__name__: check for check in _ALL}
