"""What a panel asks, decided by the forms alone."""

from __future__ import annotations

import pytest

from deskapp.errors import DeskError
from deskapp.forms.form import Act
from deskapp.tui import plan as planning
from deskapp.tui.plan import Plan
from deskapp.tui.widgets.field import label_cells, place
from tests.support import forms


def call() -> tuple[Plan, Act]:
    """The panel of a call that becomes an order."""
    plan = planning.make(forms(), "diary.call_to_order")
    return plan, forms()["diary"].acts["call_to_order"]


def test_an_act_that_a_choice_asks_for_begins_as_its_first_step() -> None:
    """The diary line first; the rest only when the answer says so, and not after another answer."""
    plan, act = call()
    assert [part.step.name for part in plan.parts] == ["register"]
    plan.extend(act, forms())
    assert [(part.form.name, part.step.name) for part in plan.parts] == [
        ("diary", "register"), ("order", "register"), ("order", "dispatch"), ("order", "receive_slip"),
    ]  # fmt: skip
    assert [list(page) for page in plan.pages()] == [[0], [1, 2, 3]]
    plan.cut()
    assert len(plan.parts) == 1


def test_what_the_act_fills_is_not_asked_again() -> None:
    """The link and its copies; a copy whose source was left empty only where it is needed."""
    plan, act = call()
    plan.extend(act, forms())
    asked = forms()["diary"].steps["register"].asks
    said: dict[tuple[str, str], object] = {("diary", name): None for name in asked}
    said |= {("diary", "room"): "3-2-1502", ("diary", "item"): "item-11", ("diary", "content"): "漏水"}
    filled = planning.filled(plan, 1, said)  # type: ignore[arg-type]
    assert {"source", "room", "item", "content", "caller", "phone"} <= set(filled)
    said["diary", "content"] = None
    assert "content" not in planning.filled(plan, 1, said)  # type: ignore[arg-type]


def test_a_field_of_two_steps_is_asked_once() -> None:
    """And belongs to both."""
    form = forms()["order"]
    plan = planning.make(forms(), [("order", "quote"), ("order", "dispatch")])
    boxes = planning.boxes(plan, plan.pages()[0], {})
    amount = [box for box in boxes if box.name == "amount"]
    assert len(amount) == 1
    assert amount[0].parts == {0, 1}
    assert amount[0].needed == form.steps["quote"].asks["amount"]


def test_money_is_never_passed_by() -> None:
    """Enter passes what the program answers, but a price is looked at (R15)."""
    for form in forms().values():
        for step in form.steps.values():
            plan = planning.make(forms(), [(form.name, step.name)])
            if plan.chosen and step.name != "register":
                continue
            for box in planning.boxes(plan, plan.pages()[0], {}):
                assert not (box.extra and box.needed)
                assert not (box.extra and box.field.type == "money" and box.field.default is None)


def test_an_act_nobody_has_is_refused() -> None:
    """By name."""
    with pytest.raises(DeskError):
        planning.make(forms(), "nothing_like_it")


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_box_never_moves_when_others_are_filled(width: int) -> None:
    """Fixed places (ux 3.1 rule 3)."""
    for form in forms().values():
        for step in form.steps:
            plan = planning.make(forms(), [(form.name, step)])
            boxes = planning.boxes(plan, plan.pages()[0], {})
            labels = label_cells(boxes, width)
            empty = [place(box, 0, labels, width) for box in boxes]
            for box in boxes:
                box.raw, box.said = "一二三四五六七八" * 9, "说明" * 40
            assert [place(box, 0, labels, width) for box in boxes] == empty
            assert all(at.column + at.width < width for at in empty)
