"""Working days: China's statutory holidays and the weekend days worked for them, a small TOML file a year."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import tomli

from deskapp.errors import DeskError
from deskapp.forms.clocks import Hours
from deskapp.resources import data_path

AHEAD = timedelta(weeks=3)
"""How far a promise in working days reaches, more or less: seven of them over the longest holidays (R115)."""
_KEYS = ("holidays", "workdays")

Year = Mapping[str, frozenset[date]]
"""The days of a year's notice that differ from the ordinary week, by key; some may lie in the December before."""


class Calendar:
    """The years of some folders, a later folder's file in place of an earlier one's; the shipped ones are read late."""

    def __init__(self, own: Path | None = None) -> None:
        """`own` is the office's folder, whose files are read at once: what is wrong there is told at the opening."""
        self.own = own or Path("calendar")
        self.complaints: list[DeskError] = []
        self._known: dict[int, Year | None] = {}
        for path in sorted(own.glob("*.toml")) if own else ():
            try:
                self._known[_year_of(path)] = read(path)
            except DeskError as wrong:
                self.complaints.append(wrong)

    def year(self, year: int) -> Year | None:
        """What is known of a year; None where weekends are all there is to go by."""
        if year not in self._known:
            self._known[year] = _shipped(year)
        return self._known[year]

    def knows(self, year: int) -> bool:
        """Whether there is a file for a year; a shipped one need not be read for that."""
        return bool(self._known.get(year)) or _shipped_file(year).exists()

    def hours(self, hours: Hours) -> Hours:
        """Office hours with these days."""
        return Hours(hours.opens, hours.closes, _Days(self, "holidays"), _Days(self, "workdays"))

    def unknown(self, today: date) -> list[DeskError]:
        """A complaint for each year that promises made now reach into, and that there is no file for."""
        years = [year for year in sorted({today.year, (today + AHEAD).year}) if not self.knows(year)]
        if not years:
            return []
        model = max(data_path("calendar").glob("*.toml"))
        return [
            DeskError("the holidays of {year} are not known: working days go by weekends alone",
                      "copy {model} to {file} and change the days", year=year, model=model,
                      file=self.own / f"{year}.toml")
            for year in years
        ]  # fmt: skip


class _Days(Container[date]):
    """The days of one kind, over all years."""

    def __init__(self, calendar: Calendar, kind: str) -> None:
        self.calendar, self.kind = calendar, kind

    def __contains__(self, day: object) -> bool:
        if not isinstance(day, date):
            return False
        # A new year's notice may move a day of the December before.
        years = (day.year, day.year + 1) if day.month == 12 else (day.year,)
        return any(day in known[self.kind] for year in years if (known := self.calendar.year(year)))


def read(path: Path) -> Year:
    """A year from its file; raises DeskError with file, key and reason for the first thing that is wrong."""
    year = _year_of(path)
    data = _table(path)
    for key in data:
        if key not in _KEYS:
            raise DeskError("{file}: {key} is not a key of a calendar", "holidays and workdays are", file=path, key=key)
    found = {key: frozenset(_days(path, key, year, data)) for key in _KEYS}
    if not found["holidays"]:
        raise DeskError("{file}: {key} is missing", file=path, key="holidays")
    for day in sorted(found["workdays"]):
        if day.weekday() < 5 or day in found["holidays"]:
            raise DeskError("{file}: {key}: {day} is not a Saturday or Sunday that is worked", file=path,
                            key="workdays", day=day)  # fmt: skip
    return found


def _year_of(path: Path) -> int:
    if len(path.stem) != 4 or not path.stem.isascii() or not path.stem.isdigit() or not path.stem.startswith("20"):
        raise DeskError("{file}: a calendar is named by its year, as 2027.toml", file=path)
    return int(path.stem)


@cache
def _shipped(year: int) -> Year | None:
    path = _shipped_file(year)
    return read(path) if path.exists() else None


def _shipped_file(year: int) -> Path:
    return data_path("calendar", f"{year}.toml")


def _table(path: Path) -> dict[str, Any]:
    try:
        return tomli.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise DeskError("{file} cannot be read: {reason}", file=path, reason=error.strerror) from error
    except UnicodeDecodeError as error:
        raise DeskError("{file} is not UTF-8 text", "save it again as UTF-8", file=path) from error
    except (tomli.TOMLDecodeError, RecursionError) as error:
        raise DeskError("{file} is not valid TOML: {reason}", file=path, reason=error) from error


def _days(path: Path, key: str, year: int, data: dict[str, Any]) -> Iterator[date]:
    written = data.get(key, [])
    if not isinstance(written, list) or not all(isinstance(one, str) for one in written):
        raise DeskError('{file}: {key} must be a list of days in quotes, as "02-14" or "02-15..02-23"', file=path,
                        key=key)  # fmt: skip
    for one in written:
        first, last = _span(path, key, year, one)
        yield from (first + timedelta(days=n) for n in range((last - first).days + 1))


def _span(path: Path, key: str, year: int, written: str) -> tuple[date, date]:
    edges = [_day(year, edge) for edge in written.split("..")]
    match edges:
        case [date() as day]:
            return day, day
        # The longest holidays are nine days; a month is a mistyped one.
        case [date() as first, date() as last] if timedelta() <= last - first < timedelta(days=31):
            return first, last
    raise DeskError('{file}: {key}: "{written}" is not a day of {year}, as "02-14", or days, as "02-15..02-23"',
                    file=path, key=key, written=written, year=year)  # fmt: skip


def _day(year: int, written: str) -> date | None:
    whole = f"{year}-{written}" if len(written) == 5 else written
    try:
        day = date.fromisoformat(whole)
    except ValueError:
        return None
    # fromisoformat also takes weeks and days without dashes.
    return day if day.isoformat() == whole and day.year in (year - 1, year) else None
