"""The stories that are told one by one in data/demo: the board now, and what seldom happens."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from deskapp.desk.demo.stage import Step, Story
from deskapp.resources import load_toml

_FILES = ("stories.toml", "matters.toml")
_BEGINS = re.compile(r"-(?P<minutes>\d+)|(?P<days>\d+)d (?P<at>\d\d:\d\d)|last (?P<last>\d\d:\d\d)")


def stories(now: datetime, residents: Mapping[str, str]) -> Iterator[Story]:
    """Every told story, laid out before `now`; `residents` gives the number of a room's first resident."""
    for file in _FILES:
        for told in load_toml("demo", file)["story"]:
            yield _story(told, now, residents)


def _story(told: dict[str, Any], now: datetime, residents: Mapping[str, str]) -> Story:
    story = Story()
    moment = _begins(told["begins"], now)
    together: list[Step] = []
    by: str | None = None
    for row in told["steps"]:
        answers = dict(row)
        after = answers.pop("after", 0)
        who = f"staff-{answers.pop('by')}" if "by" in answers else None
        form, _, name = answers.pop("do").partition(".")
        number = answers.pop("number", None) or residents.get(answers.pop("person", ""))
        if together and after:
            story.act(moment, *together, by=by)
            together = []
        if not together:
            moment += timedelta(minutes=after)
            by = who
        together.append(Step(form, name, answers, number))
    story.act(moment, *together, by=by)
    return story


def _begins(text: str, now: datetime) -> datetime:
    """The moment that a story begins at, in the words of stories.toml."""
    found = _BEGINS.fullmatch(text)
    if found is None:
        raise ValueError(text)
    if found["minutes"]:
        return now - timedelta(minutes=int(found["minutes"]))
    hour, minute = map(int, (found["at"] or found["last"]).split(":"))
    moment = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if found["last"]:
        return moment if moment <= now else moment - timedelta(days=1)
    return moment - timedelta(days=int(found["days"]))
