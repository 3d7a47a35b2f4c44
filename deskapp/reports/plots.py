"""Small plots of the figures: in ASCII for the terminal, where no other sign has one width everywhere; SVG on paper."""

from __future__ import annotations

from html import escape

from deskapp.desk.statistics import VISITED, Share, Statistics
from deskapp.i18n import _
from deskapp.text import fit

_HEIGHT = 5
_DAY, _FIGURE = 6, 12


def lines(figures: Statistics, width: int) -> list[str]:
    """The figures as lines of a terminal, each heading beginning with `-- `."""
    return [
        f"-- {late_title(figures)} ",
        *_hours(figures.late, width),
        f"-- {_('Arrived within 30 minutes (R31), visited (R63: 60 %)')} ",
        *(f" {label}  {said}" for label, said in summary(figures)),
        *_days(figures, width),
    ]


def summary(figures: Statistics) -> list[tuple[str, str]]:
    """The figures of all the days together."""
    arrived = sum(figures.arrived.values(), Share(0, 0))
    visited = sum(figures.visited.values(), Share(0, 0))
    return [
        (_("arrived in time (R31)"), _figure(arrived)),
        (_("orders visited (R63: 60 %)"), f"{_figure(visited)}{_short(visited, VISITED)}"),
        (_("of the visits at the door (R64: 40 %)"), _figure(figures.at_the_door)),
        (_("of all orders at the door (R64: 40 %)"), _figure(figures.at_the_door_of_all)),
    ]


def late_title(figures: Statistics) -> str:
    """What the first plot shows."""
    return _("Late by hour, {since} to {until}: {n}").format(
        since=f"{figures.since:%m-%d}", until=f"{figures.until:%m-%d}", n=sum(figures.late)
    )


def _hours(late: tuple[int, ...], width: int) -> list[str]:
    """A column an hour, as high as the largest one allows; every second hour where there is no room for all."""
    step = 3 if width >= 24 * 3 + 5 else 2
    top = max(late, default=0)
    scale = max(1, -(-top // _HEIGHT))
    drawn = []
    for level in range(min(_HEIGHT, -(-top // scale)), 0, -1):
        bars = "".join(("##" if n > (level - 1) * scale else "").ljust(step) for n in late)
        drawn.append(f"{level * scale:>4} {bars.rstrip()}")
    hours = "".join((f"{hour:02}" if step == 3 or hour % 2 == 0 else "").ljust(step) for hour in range(24))
    return [*drawn, f"{'':>4} {hours.rstrip()}"]


def _days(figures: Statistics, width: int) -> list[str]:
    """A line a day, with two bars, the newest first."""
    bar = max(4, (width - _DAY - 2 * _FIGURE - 4) // 2)
    found = []
    for day in reversed(figures.days):
        parts = [f" {day:%m-%d}"]
        for share in (figures.arrived.get(day), figures.visited.get(day)):
            filled = "#" * ((share.percent or 0) * bar // 100) if share else ""
            parts.append(f"{filled.ljust(bar, '.')} {fit(_figure(share), _FIGURE)}")
        found.append(" ".join(parts).rstrip())
    return found


def _figure(share: Share | None) -> str:
    if share is None or share.percent is None:
        return "-"
    return f"{share.percent}% {share.part}/{share.whole}"


def _short(share: Share, wanted: int) -> str:
    """How many more it would have taken."""
    missing = -(-share.whole * wanted // 100) - share.part
    return "  " + _("{n} short").format(n=missing) if missing > 0 else ""


def drawings(figures: Statistics) -> list[tuple[str, str]]:
    """The figures as titled SVG drawings, and the figures in words below."""
    words = "".join(f"<p>{escape(label)} {escape(said)}</p>" for label, said in summary(figures))
    arrived = [(f"{day:%d}", figures.arrived.get(day)) for day in figures.days]
    visited = [(f"{day:%d}", figures.visited.get(day)) for day in figures.days]
    late = [(f"{hour:02}", n, str(n) if n else "") for hour, n in enumerate(figures.late)]
    return [
        (late_title(figures), _columns(late)),
        (_("Arrived within 30 minutes by day, percent (R31)"), _shares(arrived, None)),
        (_("Visited by day, percent (R63: 60 %)"), _shares(visited, VISITED) + words),
    ]


def _shares(points: list[tuple[str, Share | None]], line: int | None) -> str:
    columns = [(label, (share.percent or 0) if share else 0, _figure(share).split()[0]) for label, share in points]
    return _columns(columns, top=100, line=line)


def _columns(columns: list[tuple[str, int, str]], top: int = 0, line: int | None = None) -> str:
    """Columns over their labels; hatched by nothing but black, so that every printer draws them."""
    highest = max(top, *(value for _, value, _ in columns), 1)
    step = 720 / len(columns)
    drawn = []
    for n, (label, value, figure) in enumerate(columns):
        x, height = n * step, value * 80 / highest
        middle = x + step / 2
        drawn += [
            f'<rect x="{x + step * 0.2:.1f}" y="{95 - height:.1f}" width="{step * 0.6:.1f}" height="{height:.1f}"/>',
            f'<text x="{middle:.1f}" y="107">{escape(label)}</text>',
        ]
        if figure:
            drawn.append(f'<text x="{middle:.1f}" y="{92 - height:.1f}">{escape(figure)}</text>')
    if line is not None:
        y = 95 - line * 80 / highest
        drawn.append(f'<line x1="0" x2="720" y1="{y:.1f}" y2="{y:.1f}" stroke="black" stroke-dasharray="4 3"/>')
    return (
        '<svg viewBox="0 0 720 110" role="img"><line x1="0" x2="720" y1="95" y2="95" stroke="black"/>'
        f'<g font-size="9" text-anchor="middle">{"".join(drawn)}</g></svg>'
    )
