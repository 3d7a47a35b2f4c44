"""The menu numbers: what the forms put on them, and the few of the desk itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from deskapp.forms.form import Form, Label
from deskapp.i18n import N_, _, pick
from deskapp.resources import load_toml

LIST = "list"


@dataclass(frozen=True, slots=True)
class Own:
    """A function of the desk itself: a method of the app, or a screen that is imported when it is chosen."""

    word: str
    opens: str
    """`open_menu`, `people.leave`, or `exchange:ExchangeScreen` below `deskapp.tui.screens`."""
    args: tuple[object, ...] = ()


ALL, LEAVE = 0, 83
OWN = {
    ALL: Own(N_("All functions"), "open_menu"),
    3: Own(N_("Mail in"), "delivery:BeginScreen"),
    4: Own(N_("Mail out"), "basket:BasketScreen"),
    9: Own(N_("Handover"), "handover:HandoverScreen"),
    21: Own(N_("Tell of mail"), "notices:NoticesScreen"),
    42: Own(N_("What ran out"), "late:LateScreen"),
    43: Own(N_("Close the day"), "dayclose:DayScreen"),
    44: Own(N_("To the stick"), "exchange:ExchangeScreen", (True,)),
    45: Own(N_("From the stick"), "exchange:ExchangeScreen", (False,)),
    46: Own(N_("Statistics"), "figures:StatisticsScreen"),
    63: Own(N_("Last hand-over"), "handover_sheet:RecordSheet"),
    64: Own(N_("Relief"), "handover_post:ReliefPanel"),
    81: Own(N_("Change user"), "people.change"),
    82: Own(N_("Lock"), "action_lock"),
    LEAVE: Own(N_("Leave"), "handover_post:LeaveScreen"),
    84: Own(N_("Redraw"), "redraw"),
    85: Own(N_("My PIN"), "pin:PinScreen"),
    86: Own(N_("Numbers shown"), "reveals:RevealsScreen"),
    87: Own(N_("Unsaved forms"), "drafts:DraftsScreen"),
}
"""The numbers that no form may take."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One menu number. Without a form it is the desk's own."""

    number: int
    word: str
    task: str = ""
    form: str = ""
    steps: tuple[str, ...] = ()
    """`list`, or the steps of which the first one that a record can take opens."""

    @property
    def step(self) -> str:
        """What it does first of all."""
        return self.steps[0] if self.steps else ""


class Menu:
    """The numbers that do something, in order."""

    def __init__(self, forms: Mapping[str, Form]) -> None:
        texts = load_toml("menu.toml")
        words, tasks = texts["words"], texts["tasks"]
        self._entries: dict[int, Entry] = {}
        for form in forms.values():
            for number, steps in form.menu.items():
                word = _say(words.get(str(number))) or _title(form, steps[0])
                self._entries[number] = Entry(number, word, _say(tasks.get(str(number))), form.name, steps)
        for number, own in OWN.items():
            word = _say(words.get(str(number))) or _(own.word)
            self._entries[number] = Entry(number, word, _say(tasks.get(str(number))))
        self.groups = [(group["tens"], _say(group)) for group in texts["groups"]]

    def get(self, number: int) -> Entry | None:
        """What a number opens."""
        return self._entries.get(number)

    def name(self, form: Form) -> str:
        """What a form's records are called in the menu of lists, or its title."""
        lists = (one.word for one in self._entries.values() if one.form == form.name and one.step == LIST)
        return next(lists, "") or pick(form.title)

    def group(self, tens: int) -> list[Entry]:
        """The numbers from `tens` on that stand under one heading."""
        wanted = range(max(1, tens), tens + 10)
        return [self._entries[number] for number in wanted if number in self._entries]

    def line(self) -> list[str]:
        """The numbers of one digit with their words, for the line above the message."""
        return [f"{entry.number}{entry.word}" for entry in [*self.group(0), self._entries[ALL]]]


def _say(text: Mapping[str, str] | None) -> str:
    return pick(Label(text["zh"], text["en"])) if text else ""


def _title(form: Form, step: str) -> str:
    return pick(form.title) if step in (LIST, "register") else pick(form.steps[step].label)
