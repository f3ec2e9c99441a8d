"""Dates and times of limited precision: reading, comparing, adding."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bevan.fhir.path.moments import Date, DateTime, Moment, Time, compare, shift
from bevan.fhir.path.quantity import Quantity


def moment(text: str) -> Moment:
    kind = Time if text.startswith("T") else DateTime if "T" in text else Date
    found = kind.parse(text.removeprefix("T"))
    assert found is not None, text
    return found


@pytest.mark.parametrize(
    "text",
    ["2015-02-29", "2015-00", "2015-13-01", "2015-04-31", "0000", "1900-02-29", "15-01-01", "x"],
)
def test_days_that_never_were(text: str) -> None:
    assert Date.parse(text) is None


@pytest.mark.parametrize(
    "text",
    ["2015-02-04T24:00", "2015-02-04T10:60", "2015-02T10:00", "2015-02-04T10:00:61", "T10:00"],
)
def test_times_that_never_were(text: str) -> None:
    assert DateTime.parse(text) is None


@pytest.mark.parametrize("text", ["2016-02-29", "2000-02-29", "2015", "2015-02"])
def test_real_days(text: str) -> None:
    found = Date.parse(text)
    assert found is not None
    assert str(found) == text


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("2015", "2016", -1),
        ("2015-02", "2015-01", 1),
        ("2015-02-04", "2015-02-04", 0),
        ("2015", "2015-02", None),
        ("2015-02-04", "2015-02-04T10:00", None),
        ("2015-02-04", "2015-02-05T10:00", -1),
        ("2015-02-04T10:00:00Z", "2015-02-04T11:00:00+01:00", 0),
        ("2015-02-04T10:00:00Z", "2015-02-04T10:00:00+01:00", 1),
        ("2015-02-04T23:00:00-02:00", "2015-02-05T01:00:00Z", 0),
        ("2015-02-04T10:00:00Z", "2015-02-04T10:00:00", None),
        ("2015-02-04T10:00:00Z", "2015-02-09T10:00:00", -1),
        ("2015-02-04T10:00:00", "2015-01-09T10:00:00Z", 1),
        ("2015-02-04T10:00:00.0", "2015-02-04T10:00:00", 0),
        ("2015-02-04T10:00:00.1", "2015-02-04T10:00:00", 1),
        ("T10:30", "T10:30:00", None),
        ("T10:30", "T10:31", -1),
    ],
)
def test_order_stops_where_precision_does(left: str, right: str, expected: int | None) -> None:
    assert compare(moment(left), moment(right)) == expected
    turned = None if expected is None else -expected
    assert compare(moment(right), moment(left)) == turned


@pytest.mark.parametrize(
    ("start", "amount", "unit", "end"),
    [
        ("2015-01-31", 1, "month", "2015-02-28"),
        ("2016-01-31", 1, "month", "2016-02-29"),
        ("2016-02-29", 1, "year", "2017-02-28"),
        ("2015-12-31", 1, "day", "2016-01-01"),
        ("2015-01-01", -1, "week", "2014-12-25"),
        ("2015", 24, "month", "2017"),
        ("2015", 25, "month", "2017"),
        ("2015", 366, "day", "2016"),
        ("2015-03", 60, "day", "2015-05"),
        ("2015-03-01", 47, "hour", "2015-03-02"),
        ("2015-03-01T10:00:00Z", 90, "minute", "2015-03-01T11:30:00Z"),
        ("2015-03-01T10:00:00+01:00", 1, "day", "2015-03-02T10:00:00+01:00"),
        ("2015-03-01T10:00:00.250", 1, "second", "2015-03-01T10:00:01.250"),
        ("2015-03-01T10:00:00", 5, "millisecond", "2015-03-01T10:00:00.005"),
        ("T23:30", 1, "hour", "00:30"),
        ("T10:30:00.5", 2, "second", "10:30:02.5"),
    ],
)
def test_adding_keeps_precision(start: str, amount: int, unit: str, end: str) -> None:
    assert str(shift(moment(start), Quantity(Decimal(amount), unit, calendar=True), 1)) == end


def test_what_leaves_the_calendar_is_empty() -> None:
    century = Quantity(Decimal(100), "year", calendar=True)
    assert shift(moment("9999-01-01"), century, 1) is None
    assert shift(moment("0050"), century, -1) is None


@pytest.mark.parametrize(("start", "unit"), [("2015", "mg"), ("2015", "mo"), ("T10:30", "a")])
def test_what_is_no_calendar_duration_is_refused(start: str, unit: str) -> None:
    with pytest.raises(ValueError, match="can't be added"):
        shift(moment(start), Quantity(Decimal(1), unit), 1)


def test_a_day_is_not_added_to_a_time() -> None:
    with pytest.raises(ValueError, match="time"):
        shift(moment("T10:30"), Quantity(Decimal(1), "day", calendar=True), 1)


def test_equal_moments_are_one_key() -> None:
    assert {moment("2015-02"), moment("2015-02")} == {moment("2015-02")}
    assert moment("2015-02") != moment("2015-03")
    assert moment("2015-02") != "2015-02"


@given(st.dates(), st.integers(-400, 400))
def test_days_added_and_taken_away_cancel(day: object, number: int) -> None:
    start = moment(str(day))
    amount = Quantity(Decimal(number), "day", calendar=True)
    there = shift(start, amount, 1)
    if there is not None:
        back = shift(there, amount, -1)
        assert back == start
