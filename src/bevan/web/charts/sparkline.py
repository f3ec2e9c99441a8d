"""A trend in the height of a line of text, over its range or target."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from bevan.web.charts.marks import line, picture, value_mark
from bevan.web.charts.scale import Scale, plain

WIDTH, HEIGHT, EDGE = 110, 28, 5


def sparkline(
    values: Sequence[float], low: float | None = None, high: float | None = None
) -> Markup | None:
    """110 × 28: band from ``low`` to ``high`` (either end may be open), only the last point marked.

    Fewer than two values are no trend: the answer is None and the page says so in words.
    """
    if len(values) < 2:
        return None
    known = [*values, *(edge for edge in (low, high) if edge is not None)]
    down = Scale(min(known), max(known), HEIGHT - EDGE, EDGE)
    across = Scale(0, len(values) - 1, 2, WIDTH - 7)
    points = [(across.at(index), down.at(value)) for index, value in enumerate(values)]
    outside = beyond(values[-1], low, high)
    drawn = " ".join(f"{x},{y}" for x, y in points)
    body = f'{_band(down, low, high)}<polyline class="bv-c-line" points="{drawn}"/>'
    title = f"Trend of {len(values)} values, last {plain(values[-1])}"
    return Markup(  # noqa: S704 - every text inside is escaped by its mark
        picture("bv-spark", WIDTH, HEIGHT, title, body + value_mark(*points[-1], outside, 5))
    )


def beyond(value: float, low: float | None, high: float | None) -> bool:
    """Whether a value lies outside its range; an open end lets everything through."""
    return (low is not None and value < low) or (high is not None and value > high)


def _band(down: Scale, low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return ""
    top = down.at(high) if high is not None else 0.0
    foot = down.at(low) if low is not None else float(HEIGHT)
    return (
        f'<rect class="bv-c-band" x="0" y="{top}" width="{WIDTH}" '
        f'height="{max(round(foot - top, 1), 2)}"/>'
    )


def news2_trend(totals: Sequence[int]) -> Markup | None:
    """58 × 26 on a **fixed** scale of 0 to 10 with lines at 5 and 7.

    Scaled to its own data, a step from 0 to 1 would look like one from 3 to 9.
    """
    if len(totals) < 2:
        return None
    down, across = Scale(0, 10, 23, 3), Scale(0, len(totals) - 1, 2, 52)
    points = [(across.at(i), down.at(min(total, 10))) for i, total in enumerate(totals)]
    drawn = " ".join(f"{x},{y}" for x, y in points)
    body = (
        line(0, down.at(5), 58, down.at(5), "bv-c-limit")
        + line(0, down.at(7), 58, down.at(7), "bv-c-limit bv-c-limit--high")
        + line(0, 25, 58, 25, "bv-c-axis")
        + f'<polyline class="bv-c-line" points="{drawn}"/>'
        + value_mark(*points[-1], False, 4.5)
    )
    title = f"NEWS2 from {totals[0]} to {totals[-1]}, {change_in_words(totals)}"
    return Markup(picture("bv-spark--news2", 58, 26, title, body))  # noqa: S704


def change_in_words(totals: Sequence[int]) -> str:
    """The last step: ``up 3``, ``down 1`` or ``same``."""
    step = totals[-1] - totals[-2] if len(totals) > 1 else 0
    return f"{'up' if step > 0 else 'down'} {abs(step)}" if step else "same"
