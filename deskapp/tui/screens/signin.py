"""Sign in, or unlock: who, and a passphrase or a PIN. Nothing of the book is shown but what visitors may see."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from deskapp.errors import DeskError
from deskapp.i18n import _
from deskapp.text import clean, fold
from deskapp.tui import public
from deskapp.tui.widgets.chrome import DeskScreen
from deskapp.tui.widgets.plain import Line
from deskapp.tui.widgets.prompted import Prompted, brackets
from deskapp.tui.widgets.records import Records
from deskapp.tui.widgets.rows import Column, Fixed, Row
from deskapp.tui.widgets.secret import Secret

if TYPE_CHECKING:
    from deskapp.book.database import Book
    from deskapp.book.session import Session
    from deskapp.tui.app import DeskApp

MOST_STAFF = 500


class SignInScreen(DeskScreen["Session"]):
    """Staff number or initials, and the passphrase; who is signed in already may type his PIN.

    It can't be left but so, or with the program.
    """

    HAS_COMMAND = False
    AUTO_FOCUS = ""
    PUBLIC = True
    LIVE: ClassVar[frozenset[str]] = frozenset({"F1", "Esc"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "field('staff')", show=False),
        Binding("down", "field('passphrase')", show=False),
    ]

    def __init__(self, staff: str = "") -> None:
        """`staff` is offered: whoever was at the keyboard last."""
        super().__init__()
        self._staff = staff
        self._trying = False

    def where(self) -> str:
        """Locked, or nobody there yet."""
        return _("Locked") if self.app.people.signed_in else _("Sign in")

    def compose_body(self) -> ComposeResult:
        """The public board; below it the two fields."""
        widths = [width for _label, width in public.COLUMNS]
        columns = [Column(label, width) for label, width in zip(public.headings(), widths, strict=True)]
        yield Records(columns, cursor=False, empty=_("no clock is running"))
        yield Line(f"-- {self.where()} " + "-" * 200)
        if people := self.app.people.signed_in:
            names = "  ".join(f"{_code(one.staff)} {one.name}" for one in people)
            yield Line(_("Signed in: {names}").format(names=names))
        yield Prompted(_code(self._staff), id="staff", select=True)
        yield Secret(id="passphrase")

    def on_resize(self, event: events.Resize) -> None:
        """The fields stand between brackets."""
        secret = _("PIN or passphrase") if self.app.people.signed_in else _("Passphrase")
        brackets(
            {self.query_one("#staff", Prompted): _("Staff number"), self.query_one("#passphrase", Prompted): secret}
        )

    def on_mount(self) -> None:
        """The cursor is where something is missing."""
        self.minute()
        first = "#passphrase" if self.query_one("#staff", Prompted).value else "#staff"
        self.query_one(first, Prompted).focus()
        if self.app.people.signed_in:
            self.say(_demo(self.app) or _("everybody goes on where he was; what was half typed is still there"))

    def minute(self) -> None:
        """The minutes left change."""
        shown = public.rows(self.app.book_path, self.app.now())
        lines = [Row(cells[1], cells, "late" if late else "") for cells, late in shown]
        self.query_one(Records).reload(Fixed(lines))

    def action_field(self, name: str) -> None:
        """Up and Down between the two."""
        self.query_one(f"#{name}", Prompted).focus()

    def action_back(self) -> None:
        """Esc empties the fields."""
        for box in self.query(Prompted):
            box.value = ""
        self.query_one("#staff", Prompted).focus()

    def action_new(self) -> None:
        """Not before somebody has signed in."""

    action_find = action_quick = action_new

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """The hint of the field with the cursor."""
        if event.widget.id == "staff":
            self.hint(_("your number, or the initials of your name; Enter goes on"))
        elif self.app.people.signed_in:
            self.hint(_("six digits if you are signed in, else the passphrase; Enter"))
        else:
            self.hint(_("at least ten letters or digits; Enter signs in"))

    @on(Input.Submitted, "#staff")
    def _named(self) -> None:
        self.query_one("#passphrase", Prompted).focus()

    @on(Input.Submitted, "#passphrase")
    def _try(self, event: Input.Submitted) -> None:
        if self._trying:
            return
        app, typed, secret = self.app, self.query_one("#staff", Prompted).value, event.value
        self._trying = True
        self.say(_("checking"))
        app.typeahead.stay()  # what is typed now belongs to the board

        def check() -> None:
            result: Session | DeskError
            try:
                result = shown(app, typed, secret)
            except DeskError as error:
                result = error
            app.call_from_thread(self._checked, app, result)

        # The app's, not the screen's: a screen that goes takes its workers along, and the keys would wait for ever.
        app.run_worker(check, group="sign-in", thread=True)

    def _checked(self, app: DeskApp, result: Session | DeskError) -> None:
        self._trying = False
        try:
            if app.screen is not self:
                return  # somebody was signed in meanwhile
            if isinstance(result, DeskError):
                self._refused(result)
            else:
                self.dismiss(result)
        finally:
            app.typeahead.go()

    def _refused(self, error: DeskError) -> None:
        from deskapp.book.signin import WrongPassphrase

        self.refuse(error)
        self.query_one("#passphrase", Prompted).value = ""
        self.query_one("#passphrase" if isinstance(error, WrongPassphrase) else "#staff", Prompted).focus()


def shown(app: DeskApp, typed: str, secret: str) -> Session:
    """Who has shown that it is he, by passphrase, or by PIN where he is signed in here; raises DeskError."""
    from deskapp.book.pin import is_pin, unlock
    from deskapp.book.session import staff_number
    from deskapp.book.signin import SHORTEST, WrongPassphrase, sign_in

    if len(secret) < SHORTEST and not is_pin(secret):
        # Keys that were meant for something else must not count as a try.
        raise WrongPassphrase("that is too short", "a PIN has six digits, a passphrase at least ten")
    book = app.office.book
    number = staff_number(book.read, _who(book, typed))
    if not is_pin(secret):
        return sign_in(book, number, secret)
    if (session := app.people.get(number)) is None:
        raise WrongPassphrase("a PIN unlocks who is signed in here", "sign in with the passphrase")
    return unlock(book, session, secret)


def _demo(app: DeskApp) -> str:
    """In the made-up office, what nobody there could know."""
    from deskapp.desk.demo import PASSPHRASE, folder

    if not folder.is_demo(app.book_path.parent):
        return ""
    return _("demonstration: everybody's passphrase is {passphrase}").format(passphrase=PASSPHRASE)


def _code(staff: str) -> str:
    return staff.removeprefix("staff-")


def _who(book: Book, typed: str) -> str:
    """The staff number for what was typed: a number, or initials that only one member of staff has."""
    from deskapp.book import pinyin, view

    word = fold(clean(typed)).strip()
    if not word.isalpha():
        return word
    staff = view.page(book.read, "staff", open_only=True, limit=MOST_STAFF, of=view.OWN)
    named = [one for one in staff if word in pinyin.keys(str(one.fields.get("name", "")))]
    if len(named) > 1:
        numbers = " ".join(one.number.removeprefix("staff-") for one in reversed(named))
        raise DeskError("{n} people have these initials", "type the number: {numbers}", n=len(named), numbers=numbers)
    return named[0].number if named else word
