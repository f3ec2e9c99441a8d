from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bevan.fhir.search.dates import EARLIEST, LATEST, micros, stretch

DAY = 86_400_000_000


def at(*parts: int) -> int:
    return micros(datetime(*parts, tzinfo=UTC))


def test_a_winter_day_in_london_is_a_day_in_utc() -> None:
    assert stretch("2026-01-15") == (at(2026, 1, 15), at(2026, 1, 16))


def test_a_summer_day_in_london_starts_an_hour_earlier() -> None:
    assert stretch("2026-07-15") == (at(2026, 7, 14, 23), at(2026, 7, 15, 23))


def test_the_day_the_clocks_go_forward_has_23_hours() -> None:
    low, high = stretch("2026-03-29")
    assert high - low == DAY * 23 // 24


def test_a_year_and_a_month() -> None:
    assert stretch("2026") == (at(2026, 1, 1), at(2027, 1, 1))
    assert stretch("2026-12") == (at(2026, 12, 1), at(2027, 1, 1))
    assert stretch("2026-02") == (at(2026, 2, 1), at(2026, 3, 1))


@pytest.mark.parametrize(
    ("text", "low", "length"),
    [
        ("2026-01-15T10:20Z", at(2026, 1, 15, 10, 20), 60_000_000),
        ("2026-01-15T10:20:30Z", at(2026, 1, 15, 10, 20, 30), 1_000_000),
        ("2026-01-15T10:20:30.5Z", at(2026, 1, 15, 10, 20, 30, 500_000), 100_000),
        ("2026-01-15T10:20:30.123Z", at(2026, 1, 15, 10, 20, 30, 123_000), 1_000),
        ("2026-01-15T10:20:30.123456789Z", at(2026, 1, 15, 10, 20, 30, 123_456), 1),
        ("2026-01-15T10:20:30+02:00", at(2026, 1, 15, 8, 20, 30), 1_000_000),
        ("2026-01-15T10:20:30-01:30", at(2026, 1, 15, 11, 50, 30), 1_000_000),
        ("2026-07-15T10:20:30", at(2026, 7, 15, 9, 20, 30), 1_000_000),
    ],
)
def test_times(text: str, low: int, length: int) -> None:
    assert stretch(text) == (low, low + length)


def test_a_plus_that_a_form_turned_into_a_space_is_a_plus() -> None:
    assert stretch("2026-01-15T10:20:30 02:00") == stretch("2026-01-15T10:20:30+02:00")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "20260115",
        "2026-13",
        "2026-00",
        "2026-02-30",
        "0000",
        "2026-01-15T24:00Z",
        "2026-1-5",
        "2026-01-15T10Z",
        "2026-01-15T10:20:61Z",
        "2026-01-15T10:20:30+15:00",
        "today",
        "2026-01-15 ",
    ],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        stretch(text)


def test_the_ends_of_time() -> None:
    assert stretch("9999")[1] == LATEST
    assert stretch("9999-12-31")[1] == LATEST
    assert stretch("0001")[0] >= EARLIEST


@given(st.dates())
def test_days_follow_one_another_without_gap(day: datetime) -> None:
    try:
        following = day + timedelta(days=1)
    except OverflowError:
        return
    assert stretch(day.isoformat())[1] == stretch(following.isoformat())[0]
