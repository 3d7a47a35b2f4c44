"""交接班记录: the record of a hand-over in its ten blocks, as 80 columns of text and as a page for A4 (ux 2.5, 3.20).

It says what the hand-over's entries say: printed again, it reads the same, but for records corrected since.
"""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from deskapp import paths
from deskapp.book import entry as ink
from deskapp.book import view
from deskapp.book.database import Book
from deskapp.book.disk import told as disk_told
from deskapp.book.entry import Entry
from deskapp.book.view import Record
from deskapp.desk import counting, display, handover, shifts
from deskapp.errors import DeskError
from deskapp.forms.values import Value
from deskapp.i18n import _, pick
from deskapp.text import cells, show

WIDTH = 80
_STYLE = """@page { size: A4; margin: 14mm }
body { font: 10.5pt/1.45 "Noto Serif CJK SC", "Source Han Serif SC", "SimSun", "SimSun-ExtB", "Songti SC", serif }
h1 { font-size: 16pt; text-align: center; letter-spacing: .5em }
h2 { font-size: 10.5pt; margin: .7em 0 0; break-after: avoid }
p { margin: 0 0 0 2em; overflow-wrap: anywhere; break-inside: avoid }
.top, .sign { display: flex; justify-content: space-between; flex-wrap: wrap; gap: .3em 2em }
.sign { margin-top: 2.5em; break-inside: avoid } .foot { font-size: 8pt; overflow-wrap: anywhere; margin-top: 1em }
hr { border: 0; border-top: 1px solid }"""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on the paper."""

    office: str
    number: str
    heads: tuple[str, ...]
    blocks: tuple[tuple[str, tuple[str, ...]], ...]
    signatures: tuple[str, ...]
    foot: str


def text(book: Book, office: str, number: str) -> list[str]:
    """The record in lines of at most 80 columns; raises DeskError where there is no such shift."""
    sheet = _sheet(book, office, number)
    title = _("H A N D - O V E R   R E C O R D")
    rule = "-" * WIDTH
    lines = [" " * ((WIDTH - cells(title)) // 2) + title, *_ends(f" {sheet.office}", sheet.number)]
    lines += [row for head in sheet.heads for row in wrapped(head, 1)] + [rule]
    for title, rows in sheet.blocks:
        lines.append(f" {title}")
        lines += [one for row in rows or (_("none"),) for one in wrapped(row, 4)]
    lines.append(rule)
    lines += [row for one in sheet.signatures for row in wrapped(one, 1)]
    return [*lines, *wrapped(sheet.foot, 1)]


def page(book: Book, office: str, number: str) -> str:
    """The record as a page of HTML that any browser prints; everything that somebody wrote is escaped."""
    sheet = _sheet(book, office, number)
    e = html.escape
    blocks = "".join(
        f"<h2>{e(title)}</h2>" + "".join(f"<p>{e(row)}</p>" for row in rows or (_("none"),))
        for title, rows in sheet.blocks
    )
    heads = "".join(f"<div>{e(head)}</div>" for head in sheet.heads)
    signed = "".join(f"<div>{e(one)}</div>" for one in sheet.signatures)
    return (
        f'<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>{e(sheet.number)}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{e(_('Hand-over record'))}</h1>"
        f'<div class="top"><div>{e(sheet.office)}</div><div>{e(sheet.number)}</div></div>{heads}<hr>'
        f'{blocks}<hr><div class="sign">{signed}</div><div class="foot">{e(sheet.foot)}</div></body></html>\n'
    )


def write(book: Book, office: str, number: str, home: Path) -> Path:
    """Write the page into the folder of prints; where it is now. Raises DeskError."""
    folder = paths.prints(home)
    said = page(book, office, number)
    with disk_told(folder):
        folder.mkdir(mode=0o700, exist_ok=True)
        path = folder / f"{number.replace('/', '-')}.html"
        path.write_text(said, encoding="utf-8")
        path.chmod(0o600)
    return path


def wrapped(line: str, indent: int) -> list[str]:
    """A line in rows of at most 80 columns, indented; cut where it is full, wide characters whole."""
    rows, row = [], ""
    for char in show(line):
        if cells(row) + cells(char) > WIDTH - indent:
            cut = row.rfind(" ") + 1 if char.isascii() and char != " " and row.rfind(" ") > WIDTH // 2 else len(row)
            rows.append(row[:cut])
            row = row[cut:]
        row += char
    return [" " * indent + one.rstrip() for one in [*rows, row]]


def _ends(left: str, right: str) -> list[str]:
    gap = WIDTH - cells(show(left)) - cells(right) - 1
    return [f"{show(left)}{' ' * gap}{right}"] if gap > 0 else [*wrapped(left, 0), f" {right}"]


# ------------------------------------------------------------ what it says


def _sheet(book: Book, office: str, number: str) -> Sheet:
    shift = view.record(book.read, number)
    if shift.form != shifts.FORM:
        raise DeskError("{number} is no hand-over record", "deskapp list shift shows them", number=number)
    said = handover.told(book, shift)
    entries = shifts.entries(book, shift)
    form = display.form_of(book, shift)
    name = display.value(book, form.fields["name"], shift.fields.get("name"))
    closing = said.ends.get("sign") or said.ends.get("sign_disputed") or said.ends.get("seal")
    until = datetime.fromisoformat(closing.at) if closing else None
    signed = said.ends.get("sign") or said.ends.get("sign_disputed")
    heads = (
        _("{shift}  {since} to {until}  {state}").format(
            shift=name, since=f"{shift.opened:%Y-%m-%d %H:%M}", until=f"{until:%m-%d %H:%M}" if until else "____",
            state=display.state(form, shift.state),
        ),
        _("Outgoing {outgoing}   Incoming {incoming}").format(
            outgoing=_who(book, shift.by), incoming=_who(book, signed.by) if signed else "____"
        ),
    )  # fmt: skip
    titles = (
        _("1 This shift"), _("2 Not finished"), _("3 Late, and why"), _("4 Keys, seals, tools"), _("5 Mail"),
        _("6 Things kept"), _("7 Receipts"), _("8 Cash"), _("9 Notices"), _("10 Remarks"),
    )  # fmt: skip
    lines = counting.lines(book)
    blocks = (
        tuple(_written(book, entries)),
        tuple(_items(book, said, notices=False)),
        tuple(_late(book, said)),
        tuple(_counts(book, said, [one.code for one in lines if one.how in ("total", "fixed")])),
        tuple(_counts(book, said, [one.code for one in lines if one.how == "records" and one.of == "mail"])),
        tuple(_counts(book, said, [one.code for one in lines if one.how == "records" and one.of != "mail"])),
        (*_counts(book, said, [one.code for one in lines if one.is_receipt]), *_used(entries)),
        tuple(_cash(book, said)),
        tuple(_items(book, said, notices=True)),
        tuple(_remarks(book, shift, entries)),
    )
    last = closing or entries[-1]
    return Sheet(
        office, shift.number, heads, tuple(zip(titles, blocks, strict=True)), tuple(_signatures(book, shift, said)),
        _("Journal entry {seq}  {hash}").format(seq=last.seq, hash=last.hash),
    )  # fmt: skip


def _who(book: Book, staff: str) -> str:
    return f"{display.person(book, staff)} ({staff.removeprefix('staff-')})"


def _written(book: Book, entries: list[Entry]) -> Iterator[str]:
    """What was registered, by form; who stood in, who left the post."""
    counted = Counter(one.form for one in ink.standing(entries) if one.step == "register")
    known = [(book.forms[form], n) for form, n in counted.items() if form in book.forms and form != shifts.FORM]
    if known:
        yield "  ".join(f"{pick(form.title)} {n}" for form, n in known)
    for one in ink.standing(entries):
        if one.form != shifts.FORM:
            continue
        if one.step == "relieve":
            since, until = (str(one.data[name])[11:16] for name in ("since", "until"))
            yield _("relieved by {name}, {since} to {until}").format(
                name=_who(book, str(one.data["relief"])), since=since, until=until
            )
        elif one.step == "leave":
            yield _("{time} left without relief: {reason}").format(time=one.at[11:16], reason=one.data.get("reason"))


def _known(book: Book, said: handover.Told) -> Iterator[tuple[Record, Mapping[str, Value | None]]]:
    for number, data in said.carried.items():
        if (record := view.lookup(book.read, number)) is not None:
            yield record, data


def _items(book: Book, said: handover.Told, *, notices: bool) -> Iterator[str]:
    n = 0
    for record, data in _known(book, said):
        form = display.form_of(book, record)
        if (form.card is not None) is not notices:
            continue
        n += 1
        room = next((name for name, field in form.fields.items() if field.type == "room"), "")
        owner = data.get("owner")
        why = _answer(book, "why", data)
        dues = [one.due for one in record.clocks.values() if one.due]
        parts = (
            f"{n}", display.short_number(form, record.number, book.now().date()),
            display.value(book, form.fields[room], record.fields.get(room)) if room else "",
            display.what(book, form, record), f"{min(dues):%m-%d %H:%M}" if dues and not notices else "",
            display.person(book, str(owner)) if owner else "", why, str(data.get("word") or ""),
        )  # fmt: skip
        yield "  ".join(filter(None, parts))


def _late(book: Book, said: handover.Told) -> Iterator[str]:
    """What had run out when the line was drawn, and why."""
    if not said.started:
        return
    line = datetime.fromisoformat(said.started)
    for record, data in _known(book, said):
        over = [one.due for one in record.clocks.values()
                if one.due and one.due < line and (one.stopped is None or one.stopped > line)]  # fmt: skip
        if over:
            form = display.form_of(book, record)
            minutes = int((line - min(over)).total_seconds() // 60)
            why = _answer(book, "why", data) or _("no reason given")
            number = display.short_number(form, record.number, book.now().date())
            yield _("{number}  {minutes} minutes late  {why}").format(number=number, minutes=minutes, why=why)


def _answer(book: Book, name: str, data: Mapping[str, Value | None]) -> str:
    return display.value(book, book.form(shifts.FORM).fields[name], data.get(name))


def _counts(book: Book, said: handover.Told, codes: list[str]) -> Iterator[str]:
    names = {one.code: one.name for one in counting.lines(book)}
    for code in codes:
        data = said.counts.get(code)
        if data is None:
            yield _("{name}  not counted").format(name=names[code])
            continue
        should, found = (data.get(name, data.get(f"next_{name}")) for name in ("expected", "found"))
        late = [display.called(book, str(one["booked"])) for one in said.booked if one["line"] == code]
        gone = [display.called(book, one) for one in str(data.get("missing") or "").split()]
        parts = (
            _("{name}  book {should}  counted {found}").format(
                name=names[code], should="-" if should is None else should, found=found
            ),
            _answer(book, "origin", data), _answer(book, "cause", data),
            _("booked in the count: {numbers}").format(numbers=" ".join(late)) if late else "",
            _("not found: {numbers}").format(numbers=" ".join(gone)) if gone else "", str(data.get("word") or ""),
        )  # fmt: skip
        yield "  ".join(filter(None, parts))


def _used(entries: list[Entry]) -> Iterator[str]:
    """The receipts of the shift: how many, from which to which, which are void."""
    used = sorted({str(one.data["receipt"]) for one in entries if one.data.get("receipt")})
    void = sorted({str(one.data["receipt"]) for one in entries
                   if one.data.get("receipt") and one.state == "receipt_void"})  # fmt: skip
    if used:
        yield _("used {n}: {first} to {last}  void {void}").format(
            n=len(used), first=used[0], last=used[-1], void=" ".join(void) or "0"
        )


def _cash(book: Book, said: handover.Told) -> Iterator[str]:
    if said.cash is None:
        yield _("the drawer was not counted")
        return
    should, counted = (Decimal(str(said.cash[name])) for name in ("drawer", "counted"))
    gap = counted - should
    words = _("short {amount} yuan") if gap < 0 else _("over {amount} yuan") if gap else _("right")
    yield _("should be {should}  counted {counted}  {gap}").format(
        should=should, counted=counted, gap=words.format(amount=abs(gap))
    )
    notes = [(name, int(str(said.cash.get(name) or 0))) for name in counting.NOTES]
    yield " ".join(f"{Decimal(counting.NOTES[name]).scaleb(-2).normalize():f}x{n}" for name, n in notes if n)
    if why := _answer(book, "cause", said.cash):
        yield f"{why} {said.cash.get('word') or ''}".strip()


def _remarks(book: Book, shift: Record, entries: list[Entry]) -> Iterator[str]:
    """What was remarked, refused, put aside; in order."""
    for one in ink.standing(entries):
        if one.form != shifts.FORM or one.rec != shift.rec:
            continue
        said = " ".join(str(one.data[name]) for name in ("remark", "objection", "reason") if one.data.get(name))
        told = f" -> {_who(book, str(one.data['told']))}" if one.data.get("told") else ""
        label = pick(display.form_of(book, shift).steps[one.step].label)
        if one.step == "sign_off" and said:
            yield said
        elif one.step in ("refuse", "seal", "resume", "note", "void", "correct"):
            yield f"{one.at[11:16]} {label} {_who(book, one.by)}: {said}{told}"


def _signatures(book: Book, shift: Record, said: handover.Told) -> Iterator[str]:
    blank = "____________"
    off, seal = said.ends.get("sign_off"), said.ends.get("seal")
    signed = said.ends.get("sign") or said.ends.get("sign_disputed")

    def by(entry: Entry | None) -> str:
        return f"{_who(book, entry.by)} {entry.at[:16].replace('T', ' ')}" if entry and shift.ended else blank

    yield _("Outgoing signs {who}").format(who=by(off))
    yield _("Incoming signs {who}").format(who=by(signed))
    supervisor = str(signed.data.get("supervisor") or "") if signed else ""
    yield _("Supervisor {who}").format(who=_who(book, supervisor) if supervisor else blank)
    if seal and shift.ended:
        yield _("Sealed one-sided by {who}; told: {told}").format(who=by(seal), told=_who(book, str(seal.data["told"])))
    objection = str(signed.data.get("objection") or "") if signed else ""
    yield _("Objection: {objection}").format(objection=objection or _("none"))
