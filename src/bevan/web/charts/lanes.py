"""Twelve months of contacts, a lane and a shape for each setting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from xml.sax.saxutils import quoteattr

from markupsafe import Markup

from bevan.web.charts.marks import label, line, picture, setting_mark
from bevan.web.charts.scale import Scale
from bevan.web.words import MONTHS

NOT_CONNECTED = "Not connected: Bevan gets nothing from this setting yet"
WIDTH, LEFT, RIGHT, TOP, STEP = 960, 110, 950, 40, 29


@dataclass(frozen=True)
class Stay:
    """A contact (``end`` None) or a stay of several days; ``href`` jumps to its row."""

    start: date
    end: date | None
    words: str
    href: str


@dataclass(frozen=True)
class Lane:
    """A setting and what happened there; ``connected`` False says that nothing is received."""

    kind: str
    name: str
    stays: Sequence[Stay] = ()
    connected: bool = True


def lane_chart(lanes: Sequence[Lane], today: date) -> Markup:
    """The twelve months up to and including the month of ``today``."""
    first = date(today.year - 1, today.month, 1)
    start = date(first.year + (first.month == 12), first.month % 12 + 1, 1)
    across = Scale(start.toordinal(), (today + timedelta(days=8)).toordinal(), LEFT, RIGHT)
    foot = TOP + STEP * len(lanes)
    body = [_months(start, today, across, foot)]
    for index, lane in enumerate(lanes):
        body.append(_lane(lane, TOP + STEP * index + STEP / 2, across, start))
    body.append(_today(across.at(today.toordinal()), foot))
    total = sum(stay.start >= start for lane in lanes for stay in lane.stays)
    title = f"{total} contacts in the last 12 months, in {len(lanes)} settings; listed below"
    return Markup(  # noqa: S704 - words are escaped by the marks
        picture("bv-chart bv-lanes", WIDTH, foot + 26, title, "".join(body)).replace(
            'role="img"', 'role="group"'
        )
    )


def _months(start: date, today: date, across: Scale, foot: int) -> str:
    drawn, month = [], start
    while month <= today:
        x = across.at(month.toordinal())
        year = f" {month.year}" if month == start or month.month == 1 else ""
        drawn.append(line(x, TOP - 8, x, foot, "bv-c-grid"))
        drawn.append(label(x + 8, TOP - 16, MONTHS[month.month - 1][:3] + year))
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return "".join(drawn)


def _lane(lane: Lane, y: float, across: Scale, start: date) -> str:
    drawn = [
        label(0, y + 4, lane.name, "bv-c-lane"),
        line(LEFT, y, RIGHT, y, "bv-c-grid"),
    ]
    if not lane.connected:
        drawn.append(label(LEFT + 10, y + 4, NOT_CONNECTED))
    shown = (stay for stay in lane.stays if (stay.end or stay.start) >= start)
    drawn.extend(_stay(lane.kind, stay, y, across, start) for stay in shown)
    return "".join(drawn)


def _stay(kind: str, stay: Stay, y: float, across: Scale, start: date) -> str:
    x = across.at(max(stay.start, start).toordinal())
    mark = setting_mark(kind, x, y)
    if stay.end and stay.end > stay.start:
        width = max(across.at(stay.end.toordinal()) - x, 10)
        place = f'x="{x}" y="{y - 6}" width="{width:.1f}" height="12" rx="2"'
        mark = f'<rect class="bv-k-{kind}" {place}/>'
    return f"<a href={quoteattr(stay.href)} aria-label={quoteattr(stay.words)}>{mark}</a>"


def _today(x: float, foot: int) -> str:
    return (
        line(x, TOP - 8, x, foot + 4, "bv-c-today")
        + f'<rect class="bv-c-todaybox" x="{x - 20}" y="{foot + 4}" width="40" height="18" rx="3"/>'
        + label(x, foot + 17, "Today", "bv-c-todayname", "middle")
    )
