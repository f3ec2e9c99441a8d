"""Units: what can be compared, and what a unit may be added to."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bevan.fhir.path.quantity import Quantity


def quantity(value: str, unit: str, *, calendar: bool = False) -> Quantity:
    return Quantity(Decimal(value), unit, calendar)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (quantity("1", "g"), quantity("1000", "mg")),
        (quantity("1", "kg"), quantity("1000000", "mg")),
        (quantity("1", "m"), quantity("100", "cm")),
        (quantity("1", "L"), quantity("10", "dL")),
        (quantity("7", "d"), quantity("1", "wk")),
        (quantity("1", "day", calendar=True), quantity("24", "h")),
        (quantity("1", "year", calendar=True), quantity("12", "month", calendar=True)),
        (quantity("50", "%"), quantity("0.5", "1")),
        (quantity("1", "[in_i]"), quantity("2.54", "cm")),
    ],
)
def test_units_of_one_dimension_are_converted(left: Quantity, right: Quantity) -> None:
    assert left.canonical() == right.canonical()


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (quantity("1", "mmol/L"), quantity("1", "mg/dL")),
        (quantity("1", "g"), quantity("1", "m")),
        (quantity("1", "year", calendar=True), quantity("1", "a")),
    ],
)
def test_others_are_of_another_dimension(left: Quantity, right: Quantity) -> None:
    assert left.canonical()[0] != right.canonical()[0]


def test_a_calendar_year_is_equivalent_to_another() -> None:
    year = quantity("1", "year", calendar=True)
    assert year.canonical(equivalent=True) == quantity("1", "a").canonical(equivalent=True)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (quantity("1", "week", calendar=True), "1 week"),
        (quantity("2", "week", calendar=True), "2 weeks"),
        (quantity("1.50", "mg"), "1.50 'mg'"),
    ],
)
def test_text(given: Quantity, text: str) -> None:
    assert str(given) == text


def test_durations() -> None:
    assert quantity("1", "d").duration == "day"
    assert quantity("1", "month", calendar=True).duration == "month"
    assert quantity("1", "mo").duration is None
    assert quantity("1", "mg").duration is None
