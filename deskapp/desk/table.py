"""Tables to be loaded: the rows of a CSV file or a spreadsheet, as answers to a form's first step."""

from __future__ import annotations

import csv
import warnings
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

from deskapp.errors import DeskError, UsageError
from deskapp.forms.form import RESERVED, Form
from deskapp.forms.values import WrongAnswer
from deskapp.text import clean, fold

LONGEST_CELL = 1_000_000
"""Characters of one cell; a longer one is a file that lost a quotation mark."""
_ENCODINGS = ("utf-8-sig", "gb18030")
_DATES = frozenset({"moment", "day"})
_NO_VALUE = frozenset({"f", "e"})
"""What openpyxl calls formulas and errors."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A cell of a sheet that has no value: a formula nobody calculated, or one that went wrong."""

    text: str


Cell = str | int | float | bool | date | time | Broken | None
Line = tuple[int, Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table: where it stands in the file, and what it answers."""

    line: int
    answers: dict[str, object]


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row can't be loaded."""

    line: int
    column: str
    reason: DeskError


class BadTable(DeskError):
    """Rows that were refused, all of them named; none was written."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("{n} rows are refused, nothing was loaded", "mend them and load again", n=len(faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a file, and the heading of each column by the field that it answers."""

    rows: tuple[Row, ...]
    headings: dict[str, str]

    def fault(self, row: int, error: DeskError) -> Fault:
        """A refusal of the row with this position, from 1, with its place in the file."""
        column = self.headings.get(error.field, error.field) if isinstance(error, WrongAnswer) else ""
        return Fault(self.rows[row - 1].line, column, error)


def read(path: Path, form: Form) -> Table:
    """The table in a file; its first row names fields of the form, or their labels in either language.

    Raises UsageError for another kind of file, DeskError for one that can't be read or a heading
    that is not understood, BadTable for rows that do not fit the headings.
    """
    match path.suffix.lower():
        case ".csv":
            lines = _csv(path)
        case ".xlsx":
            lines = _xlsx(path)
        case _:
            raise UsageError("{file}: a table is a .csv or .xlsx file", "save the sheet as CSV UTF-8", file=path.name)
    filled = ((line, cells) for line, cells in lines if any(_is_said(cell) for cell in cells))
    _, first = next(filled, (0, ()))
    if not first:
        raise DeskError("{file} is empty", "its first row names the fields", file=path.name)
    columns = _columns(path, form, [clean(str(cell)) if _is_said(cell) else "" for cell in first])
    rows: list[Row] = []
    faults: list[Fault] = []
    for line, cells in filled:
        try:
            rows.append(Row(line, dict(_answers(form, columns, cells))))
        except _Misplaced as misplaced:
            faults.append(Fault(line, misplaced.column, misplaced))
    if faults:
        raise BadTable(faults)
    if not rows:
        raise DeskError("{file} has headings and no rows", "one row is one record", file=path.name)
    return Table(tuple(rows), {name: heading for name, heading in columns if name})


def field_named(form: Form, word: str, among: Collection[str]) -> str | None:
    """The field that a word means: its name, or its label in either language; None where none or several do."""
    if word in among:
        return word
    wanted = fold(word)
    labels = {name: form.fields[name].label for name in among if name in form.fields}
    found = [name for name, label in labels.items() if wanted in (fold(label.zh), fold(label.en))]
    return found[0] if len(found) == 1 else None


class _Misplaced(DeskError):
    """A cell that does not fit its column."""

    def __init__(self, column: str, message: str, hint: str = "", **values: object) -> None:
        super().__init__(message, hint, **values)
        self.column = column


def _columns(path: Path, form: Form, headings: Iterable[str]) -> list[tuple[str, str]]:
    """The field of each column, empty for one without a heading, and the heading as it is written."""
    asked = [*form.steps["register"].asks, *sorted(RESERVED)]
    columns: list[tuple[str, str]] = []
    for heading in headings:
        name = field_named(form, heading, asked) if heading else ""
        if name is None:
            raise DeskError("{file}: {heading} is not a field of {form}", "its fields: {known}",
                            file=path.name, heading=heading[:40], form=form.name, known=" ".join(asked))  # fmt: skip
        if name and name in (taken for taken, _ in columns):
            raise DeskError("{file}: two columns are {field}", "leave one out", file=path.name, field=name)
        columns.append((name, heading))
    return columns


def _answers(form: Form, columns: Sequence[tuple[str, str]], cells: Sequence[Cell]) -> Iterator[tuple[str, object]]:
    for place, cell in enumerate(cells):
        if not _is_said(cell):
            continue
        name, heading = columns[place] if place < len(columns) else ("", "")
        if not name:
            raise _Misplaced(str(place + 1), "there is something in column {n}, which has no heading",
                             "a comma in a text needs quotation marks round it", n=place + 1)  # fmt: skip
        if isinstance(cell, Broken):
            raise _Misplaced(heading, "{heading}: the sheet has no value there, only {what}",
                             "mend the cell, and save the sheet from the program that made it",
                             heading=heading, what=cell.text[:40])  # fmt: skip
        type_ = form.fields[name].type if name in form.fields else "moment" if name == "when" else "record"
        if isinstance(cell, date | time) and type_ not in _DATES:
            # A spreadsheet takes 3-2-15 for a day of March.
            raise _Misplaced(heading, "{heading}: the sheet made a date of it",
                             "format the column as text and type it again", heading=heading)  # fmt: skip
        yield name, _typed(cell, type_)


def _is_said(cell: Cell) -> bool:
    return cell is not None and (not isinstance(cell, str) or not cell.isspace()) and cell != ""


def _typed(cell: Cell, type_: str) -> str:
    """A cell as a person would type it."""
    match cell:
        case bool():
            return "yes" if cell else "no"
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime() if type_ == "day":
            return cell.date().isoformat()
        case datetime():
            return f"{cell:%Y-%m-%d %H:%M}"
        case date():
            return cell.isoformat() if type_ == "day" else f"{cell:%Y-%m-%d} 00:00"
        case time():
            return f"{cell:%H:%M}"
        case _:
            return str(cell)


def _csv(path: Path) -> list[Line]:
    """Line numbers and cells; a row's line is the one it begins on."""
    limit = csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(StringIO(_decoded(path), newline=""), strict=True)
    lines: list[Line] = []
    line = 1
    try:
        for cells in reader:
            lines.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        raise DeskError("{file}: line {line} is not CSV: {reason}", "is a quotation mark missing?",
                        file=path.name, line=line, reason=error) from error  # fmt: skip
    finally:
        csv.field_size_limit(limit)
    return lines


def _decoded(path: Path) -> str:
    raw = _bytes(path)
    for encoding in _ENCODINGS:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DeskError("{file} is neither UTF-8 nor GB18030 text", "save the sheet as CSV UTF-8", file=path.name)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DeskError("{file} cannot be read: {reason}", file=path, reason=error.strerror) from error


def _xlsx(path: Path) -> list[Line]:
    """Row numbers and values of the first sheet."""
    try:
        from openpyxl import load_workbook
    except ImportError as error:
        raise DeskError("reading .xlsx needs openpyxl, which is not installed",
                        "save the sheet as CSV UTF-8") from error  # fmt: skip
    raw = _bytes(path)
    try:
        with warnings.catch_warnings():
            # It warns of what it leaves out: colours, charts, rules for cells.
            warnings.simplefilter("ignore")
            return _values(load_workbook, raw)
    # Whatever a broken file makes the zip, the XML and the sheet reader say: they have no one word for it.
    except (
        OSError, zipfile.BadZipFile, zlib.error, EOFError, SyntaxError, LookupError, ValueError, TypeError,
        AttributeError, ArithmeticError, NotImplementedError, RuntimeError,
    ) as error:  # fmt: skip
        raise DeskError("{file} can't be read as a spreadsheet", "save it again, or as CSV UTF-8",
                        file=path.name) from error  # fmt: skip


def _values(load_workbook: Callable[..., Any], raw: bytes) -> list[Line]:
    """The values of the first sheet; a formula's is what the sheet's own program made of it."""

    def lines(*, data_only: bool) -> Iterator[tuple[int, Sequence[Any]]]:
        sheet = load_workbook(BytesIO(raw), read_only=True, data_only=data_only).worksheets[0]
        sheet.reset_dimensions()  # other programs write wrong ones
        return enumerate(sheet.iter_rows(), 1)

    found: list[tuple[int, list[Any]]] = [(line, list(cells)) for line, cells in lines(data_only=False)]
    if any(cell.data_type == "f" for _, cells in found for cell in cells):
        for (_, cells), (_, made) in zip(found, lines(data_only=True), strict=True):
            for place, cell in enumerate(cells):
                if cell.data_type == "f" and made[place].value is not None:
                    cells[place] = made[place]
    return [
        (line, [Broken(str(cell.value)) if cell.data_type in _NO_VALUE else cell.value for cell in cells])
        for line, cells in found
    ]
