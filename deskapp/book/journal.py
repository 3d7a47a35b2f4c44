"""Writing in ink: a request becomes an entry, and the view with it, in one transaction."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from deskapp.book import drafts, lineage, undo, view, wallclock
from deskapp.book import entry as ink
from deskapp.book.building import LOT, Builder
from deskapp.book.database import Book
from deskapp.book.entry import Entry
from deskapp.book.session import Session, session_of
from deskapp.book.view import Record
from deskapp.errors import DeskError
from deskapp.forms.form import Form
from deskapp.forms.steps import Decision, check_role, decide
from deskapp.forms.values import Context, Fields, Value, stamp

_SERIAL = re.compile(r"\{n(?::0([1-9]))?\}")
_ENTRY = (
    "INSERT OR FAIL INTO journal (id, journal, seq, rec, head, body, private, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)


@dataclass(frozen=True, slots=True)
class Request:
    """A step that somebody asks for: on a record (`number`), or a new one of `form`.

    In an act, a later step may name the form alone: the record registered a moment before is meant.
    """

    step: str
    answers: Mapping[str, object] = field(default_factory=dict)
    form: str | None = None
    number: str | None = None


def write(
    book: Book, session: Session, requests: Sequence[Request], *, act: bool = True, draft: str = ""
) -> list[Entry]:
    """Write the requests' entries, all or none; several at once are an act, which one undo takes back.

    The `draft` that they were typed in goes in the same transaction. Raises DeskError for whatever the forms, the roles
    or the record's state forbid: nothing is written.
    """
    with book.writing() as conn:
        writer = Writer(book, conn, session, act=act and len(requests) > 1)
        wallclock.note(writer)
        if draft:
            drafts.drop(conn, draft)
        return [entry for request in requests for entry in writer.add(request)]


class Writer:
    """Adds entries to the desk's own journal inside one transaction.

    With `many`, what is registered waits until `flush`, to be put in place at once.
    """

    def __init__(
        self, book: Book, conn: sqlite3.Connection, session: Session, *, act: bool = False, many: bool = False
    ) -> None:
        self.book, self.conn, self.session, self.many = book, conn, session, many
        self.seq, self.hash = _end(conn, book.journal)
        self._id: int = conn.execute("SELECT max(id) FROM journal").fetchone()[0] or 0
        self._lines: list[tuple[object, ...]] = []
        self._builder = Builder(book, conn)
        self._own = frozenset(lineage.ancestors(conn, book.journal))
        self._series: dict[str, int] = {}
        self._given: set[str] = set()
        self._adopted: set[tuple[str, int]] = set()
        self._seen: dict[str, dict[str, Fields | None]] = {}
        self._codes: dict[tuple[str, str], tuple[set[str], str]] = {}
        self.at(book.now())
        # What the person may do is what the book says now, not what a screen remembers; only the founder of the
        # office writes before any staff is registered.
        self.roles = session.roles if self.seq < 0 else session_of(conn, session.staff).roles
        self._act = act
        self._first: int | None = None
        self._made: dict[str, str] = {}

    def at(self, moment: datetime) -> None:
        """Set the moment that entries are written at: a writer has one, unless it tells what took time."""
        self.now = moment
        self.day = self.book.rules.business_day(moment).isoformat()
        self._stamp = stamp(moment)
        self._date = moment.date().isoformat().replace("-", "")
        self._context = Context(
            moment, self.session.staff, self._find, self.book.forms, self.book.rules.kind, self._holder, self._taken
        )

    def add(self, request: Request) -> list[Entry]:
        """Write one request: its entry, or the several that an undo of an act takes."""
        if request.step == "register":
            return [self._register(self.book.form(request.form or ""), request)]
        self.flush()
        record = self._record(request)
        if record.journal not in self._own:
            raise DeskError("{number} belongs to another desk", "register a record here that refers to it",
                            number=record.number)  # fmt: skip
        form = self.book.adopted(self.conn, record.journal, record.form, record.v)
        if request.step == "undo":
            plan = undo.plan(self.book, self.conn, record, self.session.staff, self.now)
            return [self._undo(one, back) for one, back in plan]
        answers = self._linked(form, request)
        decision = decide(form, request.step, answers, record, self._context, self.book.rules, self.roles)
        return [self._append(form, request.step, decision, record.rec)]

    def register(self, form: Form, decision: Decision) -> Entry:
        """Write a registration that was decided, under the next number."""
        number = self._number(form, decision.data)
        self.adopt(form)
        entry = self._append(form, "register", decision, self.seq + 1, number=number)
        self._made[form.name] = number
        return entry

    def fact(self, form: Form, step: str, rec: int, data: Fields, state: str) -> Entry:
        """Note a fact about a record that leaves it as it is (a passphrase was set)."""
        return self._append(form, step, Decision(state, ended=False, marks=None, data=dict(data)), rec)

    def adopt(self, form: Form) -> None:
        """Write a form's exact text into the journal, when its version is first used."""
        if (form.name, form.version) in self._adopted:
            return
        self._adopted.add((form.name, form.version))
        place = (self.book.journal, form.name, form.version)
        if not self.conn.execute("SELECT 1 FROM forms WHERE journal = ? AND form = ? AND v = ?", place).fetchone():
            data: dict[str, Value | None] = {"form": form.name, "version": form.version, "text": form.text}
            self.append("form", 1, "adopt", self.seq + 1, Decision("adopted", False, None, data=data))

    def flush(self) -> None:
        """Put in place what waits: the entries, and the view with them."""
        self.conn.executemany(_ENTRY, self._lines)
        self._lines.clear()
        self._builder.flush()
        self._given.clear()

    def _record(self, request: Request) -> Record:
        number = request.number or self._made.get(request.form or "")
        if number is None:
            raise DeskError("name the record", "deskapp step NUMBER STEP")
        return view.record(self.conn, number)

    def _find(self, form: str, number: str) -> Fields | None:
        """What `view.fields` finds, read once until something is written on that form."""
        known = self._seen.setdefault(form, {})
        if number not in known:
            if number in self._given:
                self.flush()
            known[number] = view.fields(self.conn, form, number)
        return known[number]

    def _holder(self, field: str, value: str) -> str | None:
        """What `view.holder` finds, also among what waits."""
        if self._builder.uses(field, value):
            self.flush()
        return view.holder(self.conn, field, value)

    def _taken(self, form: str, field: str) -> tuple[set[str], str]:
        """What `view.codes` finds, read once: what this writer adds is laid over it."""
        if (form, field) not in self._codes:
            self.flush()
            self._codes[form, field] = view.codes(self.conn, form, field)
        return self._codes[form, field]

    def _register(self, form: Form, request: Request) -> Entry:
        decision = decide(
            form, "register", self._linked(form, request), None, self._context, self.book.rules, self.roles
        )
        return self.register(form, decision)

    def _linked(self, form: Form, request: Request) -> Mapping[str, object]:
        """The answers; in an act, a link to what was registered a moment before fills itself in (design: acts)."""
        step = form.steps.get(request.step)
        if not self._made or not self._act or step is None:
            return request.answers
        asked = ((name, form.fields[name].of) for name in step.asks if not request.answers.get(name))
        made = {name: next((self._made[of] for of in known if of in self._made), None) for name, known in asked}
        return {**request.answers, **{name: number for name, number in made.items() if number}}

    def _number(self, form: Form, data: Mapping[str, object]) -> str:
        """The next number of the form's series, or the record's own code; never used twice."""
        if code := form.number_field:
            number = form.number.replace(f"{{{code}}}", str(data[code]))
        else:
            head, width, tail = _SERIAL.split(form.number.replace("{date}", self._date))
            series = f"{head}{self.book.branch}"
            if series not in self._series:
                row = self.conn.execute(
                    "SELECT n FROM numbers WHERE journal = ? AND series = ?", (self.book.journal, series)
                ).fetchone()
                self._series[series] = row[0] if row else 0
            self._series[series] += 1
            number = f"{series}{self._series[series]:0{int(width or 1)}}{tail}"
        # Another desk's numbers are its own; those of the journals that this one continues are ours.
        taken = self.conn.execute("SELECT journal FROM records WHERE number = ?", (number,)).fetchall()
        if number in self._given or {row[0] for row in taken} & self._own:
            raise DeskError("there is already a {number}", "open it: deskapp show {number}", number=number)
        self._given.add(number)
        return number

    def _undo(self, record: Record, decision_and_seq: tuple[Decision, int]) -> Entry:
        decision, undone = decision_and_seq
        form = self.book.adopted(self.conn, record.journal, record.form, record.v)
        check_role(form.steps["undo"], self.roles)
        return self._append(form, "undo", decision, record.rec, undoes=undone)

    def _append(
        self,
        form: Form,
        step: str,
        decision: Decision,
        rec: int,
        *,
        number: str | None = None,
        undoes: int | None = None,
    ) -> Entry:
        if form.single and not decision.ended:
            self._alone(form, rec)
        private = frozenset(name for name in decision.data if form.fields[name].private)
        return self.append(form.name, form.version, step, rec, decision, private, number, undoes)

    def _alone(self, form: Form, rec: int) -> None:
        """Refuse a second open record of a form that has one at a time."""
        self.flush()
        for other in view.page(self.conn, form.name, open_only=True, limit=2, of=view.OWN):
            if other.rec != rec:
                raise DeskError("{number} is not finished yet", "there is one at a time", number=other.number)

    def say(self, step: str, data: Mapping[str, Value]) -> Entry:
        """Write an entry about the journal itself: how it begins, whose keys it is signed with, what time it was."""
        decision = Decision("open", ended=False, marks=None, data=dict(data))
        return self.append("journal", 1, step, self.seq + 1, decision)

    def append(
        self, form: str, v: int, step: str, rec: int, decision: Decision, private: frozenset[str] = frozenset(),
        number: str | None = None, undoes: int | None = None,
    ) -> Entry:  # fmt: skip
        """Put an entry at the end of the journal and bring the view up to date."""
        seq = self.seq + 1
        if self._act and form != "form" and self._first is None:
            self._first = seq
        act = self._first if form != "form" else None
        lines, entry = ink.compose(
            self.hash, self.book.journal, seq, at=self._stamp, day=self.day, by=self.session.staff, form=form, v=v,
            rec=rec, step=step, decision=decision, private=private, number=number, act=act, undoes=undoes,
        )  # fmt: skip
        self._id += 1
        self._lines.append((self._id, self.book.journal, seq, rec, lines.head, lines.body, lines.private, lines.hash))
        self._builder.apply(self._id, entry)
        self._seen.pop(form, None)
        for of, name in self._codes:
            if of == form and isinstance(code := decision.data.get(name), str):
                self._codes[of, name][0].add(code)
                self._codes[of, name] = (self._codes[of, name][0], code)
        self.seq, self.hash = seq, lines.hash
        if not self.many:
            self.flush()
        return entry


def load(
    book: Book,
    session: Session,
    form: str,
    rows: Iterable[Mapping[str, object]],
    progress: Callable[[int], None] | None = None,
) -> list[str]:
    """Register many records of one form, all or none; the numbers.

    Raises BadRows naming every row that was refused.
    """
    numbers: list[str] = []
    bad: list[tuple[int, DeskError]] = []
    with book.writing("a load") as conn:
        writer = Writer(book, conn, session, many=True)
        wallclock.note(writer)
        for i, answers in enumerate(rows, 1):
            try:
                numbers.append(writer.add(Request("register", answers, form))[0].number or "")
            except DeskError as error:
                bad.append((i, error))
            if progress:
                progress(i)
            if i % LOT == 0:
                writer.flush()
        if bad:
            raise BadRows(bad)
        writer.flush()
    return numbers


class BadRows(DeskError):
    """Rows of a load that were refused; none was written."""

    def __init__(self, rows: list[tuple[int, DeskError]]) -> None:
        super().__init__("{n} rows are refused, nothing was loaded", "mend them and load again", n=len(rows))
        self.rows = rows


def last_head(book: Book, journal: int | None = None) -> tuple[int, str]:
    """The seq and hash of a journal's last entry: what stands on help pages, prints and bundles."""
    return _end(book.read, journal or book.journal)


def _end(conn: sqlite3.Connection, journal: int) -> tuple[int, str]:
    row = conn.execute(
        "SELECT seq, hash FROM journal WHERE journal = ? ORDER BY seq DESC LIMIT 1", (journal,)
    ).fetchone()
    if row:
        return int(row[0]), str(row[1])
    first, previous = lineage.start(conn, journal)
    return first - 1, previous or ink.GENESIS
