"""One test over time: band, printed values, treatment marks, a larger last value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from bevan.web.charts.marks import label, line, picture, value_mark
from bevan.web.charts.scale import Scale, plain, ticks
from bevan.web.charts.sparkline import beyond
from bevan.web.words import MONTHS

WIDTH, HEIGHT = 480, 232
LEFT, RIGHT, TOP, FOOT = 36, 462, 22, 200
LABEL = 30.0


@dataclass(frozen=True)
class Point:
    """One value on one day; ``text`` is the number as its source wrote it."""

    day: date
    value: float
    text: str


@dataclass(frozen=True)
class Band:
    """A reference range or a person's own target; an end may be open."""

    low: float | None
    high: float | None
    name: str


@dataclass(frozen=True)
class Note:
    """Something that happened, drawn as a dotted vertical with its words."""

    day: date
    text: str


def trend_chart(
    title: str, points: Sequence[Point], band: Band | None = None, notes: Sequence[Note] = ()
) -> Markup | None:
    """The chart as an image with ``title`` for screen readers, or None for fewer than two values.

    The page always shows the same values as a table as well, so nothing hangs on the picture.
    """
    if len(points) < 2:
        return None
    limits = [edge for edge in (band.low, band.high) if edge is not None] if band else []
    steps = ticks(min(limits + [p.value for p in points]), max(limits + [p.value for p in points]))
    down = Scale(steps[0], steps[-1], FOOT, TOP)
    first, last = points[0].day.toordinal(), points[-1].day.toordinal()
    across = Scale(first, last, LEFT + 12, RIGHT - 22)
    body = [
        _frame(steps, down),
        _band(band, down) if band else "",
        *(_note(note, across, first, last) for note in notes),
        _days(points, across),
        _line(points, band, across, down),
    ]
    return Markup(picture("bv-chart", WIDTH, HEIGHT, title, "".join(body)))  # noqa: S704


def _frame(steps: list[float], down: Scale) -> str:
    rows = (
        line(LEFT, down.at(step), RIGHT, down.at(step), "bv-c-grid")
        + label(LEFT - 6, down.at(step) + 4, plain(step), anchor="end")
        for step in steps
    )
    return "".join(rows) + line(LEFT, FOOT, RIGHT, FOOT, "bv-c-axis")


def _band(band: Band, down: Scale) -> str:
    top = max(down.at(band.high), TOP) if band.high is not None else TOP
    foot = min(down.at(band.low), FOOT) if band.low is not None else FOOT
    edges = [y for y, limit in ((top, band.high), (foot, band.low)) if limit is not None]
    hatch = "".join(
        line(x, foot, min(x + (foot - top), RIGHT), top, "bv-c-hatch")
        for x in range(LEFT, int(RIGHT - (foot - top)) + 1, 12)
    )
    return (
        f'<rect class="bv-c-band" x="{LEFT}" y="{top}" width="{RIGHT - LEFT}" '
        f'height="{max(round(foot - top, 1), 2)}"/>'
        + hatch
        + "".join(line(LEFT, y, RIGHT, y, "bv-c-edge") for y in edges)
        + label(
            RIGHT - 5, top + 14 if foot - top > 18 else top - 5, band.name, "bv-c-bandname", "end"
        )
    )


def _note(note: Note, across: Scale, first: int, last: int) -> str:
    if not first <= note.day.toordinal() <= last:
        return ""
    x = across.at(note.day.toordinal())
    return line(x, TOP - 8, x, FOOT, "bv-c-note") + label(x - 4, FOOT - 6, note.text, anchor="end")


def _days(points: Sequence[Point], across: Scale) -> str:
    start, end = points[0].day, points[-1].day
    middle = date.fromordinal((start.toordinal() + end.toordinal()) // 2)
    shown = [start, end] if (end - start).days < 60 else [start, middle, end]
    brief = (end - start).days < 300
    return "".join(
        label(across.at(day.toordinal()), FOOT + 18, _day(day, brief), anchor="middle")
        for day in dict.fromkeys(shown)
    )


def _day(day: date, brief: bool) -> str:
    month = MONTHS[day.month - 1][:3]
    return f"{day.day} {month}" if brief else f"{month} {day.year % 100:02}"


def _beside(places: Sequence[tuple[float, float]]) -> float:
    """Where the last value is written: above its mark, or below when the line falls into it."""
    (x0, y0), (x1, y1) = places[-2:]
    falls = y1 > y0 and x1 - x0 < LABEL and y1 + 22 < FOOT
    return y1 + 20 if falls else y1 - 11


def _room(xs: Sequence[float]) -> set[int]:
    """Which values can be printed without touching their neighbours or the last one."""
    kept: set[int] = set()
    before = -LABEL
    for index, x in enumerate(xs[:-1]):
        if x - before >= LABEL and xs[-1] - x >= LABEL:
            kept.add(index)
            before = x
    return kept


def _line(points: Sequence[Point], band: Band | None, across: Scale, down: Scale) -> str:
    places = [(across.at(p.day.toordinal()), down.at(p.value)) for p in points]
    drawn = " ".join(f"{x},{y}" for x, y in places)
    body = [f'<polyline class="bv-c-line" points="{drawn}"/>']
    room = _room([x for x, _ in places])
    for index, (point, (x, y)) in enumerate(zip(points, places, strict=True)):
        outside = band is not None and beyond(point.value, band.low, band.high)
        body.append(value_mark(x, y, outside))
        if index == len(points) - 1:
            body.append(label(x, _beside(places), point.text, "bv-c-last", "middle"))
        elif len(points) <= 10 and index in room:
            body.append(label(x, y - 10, point.text, "bv-c-value", "middle"))
    return "".join(body)
