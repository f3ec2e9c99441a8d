from __future__ import annotations

from datetime import date
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bevan.web.charts.lanes import Lane, Stay, lane_chart
from bevan.web.charts.scale import Scale, ticks
from bevan.web.charts.sparkline import beyond, change_in_words, news2_trend, sparkline
from bevan.web.charts.trend import Band, Note, Point, trend_chart

VALUES = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=40)
SVG = "{http://www.w3.org/2000/svg}"


def drawn(text: object) -> ElementTree.Element:
    assert text is not None
    return ElementTree.fromstring(str(text))


@given(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9))
def test_ticks_enclose_their_range(one: float, other: float) -> None:
    low, high = sorted((one, other))
    steps = ticks(low, high)
    slack = (steps[-1] - steps[0]) * 1e-6 + 1e-9
    assert steps[0] <= low + slack and steps[-1] >= high - slack and 2 <= len(steps) <= 12


def test_scale_without_width_gives_the_middle() -> None:
    assert Scale(5, 5, 0, 10).at(5) == 5


@given(VALUES)
def test_sparkline_stays_in_its_box(values: list[float]) -> None:
    line = drawn(sparkline(values)).find(f"{SVG}polyline")
    assert line is not None
    for point in line.attrib["points"].split():
        x, y = (float(part) for part in point.split(","))
        assert 0 <= x <= 110 and 0 <= y <= 28


def test_one_value_is_no_trend() -> None:
    assert sparkline([61]) is None
    assert news2_trend([3]) is None
    assert trend_chart("one", [Point(date(2026, 1, 1), 1, "1")]) is None


def test_diamond_out_of_range_and_dot_in() -> None:
    assert drawn(sparkline([50, 61], 48, 58)).find(f"{SVG}polygon") is not None
    assert drawn(sparkline([50, 57], 48, 58)).find(f"{SVG}circle") is not None


@pytest.mark.parametrize(
    ("value", "low", "high", "out"),
    [(48, 48, 58, False), (59, 48, 58, True), (1, None, 5, False), (44, 45, None, True)],
)
def test_open_ranges(value: float, low: float | None, high: float | None, out: bool) -> None:
    assert beyond(value, low, high) is out


def test_news2_scale_is_fixed() -> None:
    small = drawn(news2_trend([0, 1])).find(f"{SVG}polyline")
    large = drawn(news2_trend([3, 9])).find(f"{SVG}polyline")
    assert small is not None and large is not None

    def rise(line: ElementTree.Element) -> float:
        ys = [float(point.split(",")[1]) for point in line.attrib["points"].split()]
        return ys[0] - ys[1]

    assert rise(large) == pytest.approx(6 * rise(small))


def test_change_in_words() -> None:
    assert [change_in_words(t) for t in ((3, 6), (6, 5), (2, 2), (2,))] == [
        "up 3", "down 1", "same", "same",
    ]  # fmt: skip


def test_trend_escapes_and_prints_values() -> None:
    points = [Point(date(2026, month, 1), value, f"{value}.0") for month, value in ((1, 3), (9, 4))]
    chart = trend_chart('A "<b>" test', points, Band(None, 5, "up to <5>"),
                        [Note(date(2026, 5, 1), "began & ended")])  # fmt: skip
    root = drawn(chart)
    assert root.attrib["aria-label"] == 'A "<b>" test'
    texts = [element.text for element in root.iter(f"{SVG}text")]
    assert {"3.0", "4.0", "up to <5>", "began & ended"} <= set(texts)
    assert "style" not in str(chart)


def test_values_that_would_touch_are_not_printed() -> None:
    days = [date(2026, 1, 1), date(2026, 11, 22), date(2026, 11, 23), date(2026, 11, 24)]
    root = drawn(trend_chart("t", [Point(day, 1 + n, f"v{n}") for n, day in enumerate(days)]))
    texts = {element.text for element in root.iter(f"{SVG}text")}
    assert {"v0", "v3"} <= texts and texts.isdisjoint({"v1", "v2"})


def test_lanes_say_what_is_not_connected() -> None:
    today = date(2026, 11, 24)
    stays = [Stay(date(2026, 3, 4), date(2026, 3, 11), "Ward 7", "#a"),
             Stay(date(2024, 3, 4), None, "too old", "#b")]  # fmt: skip
    lanes = [Lane("hospital", "Hospital", stays), Lane("mental", "Mental health", connected=False)]
    root = drawn(lane_chart(lanes, today))
    texts = {element.text for element in root.iter(f"{SVG}text")}
    assert "Not connected: Bevan gets nothing from this setting yet" in texts
    links = [element.attrib["href"] for element in root.iter(f"{SVG}a")]
    assert links == ["#a"]
    assert "1 contacts" in root.attrib["aria-label"]
