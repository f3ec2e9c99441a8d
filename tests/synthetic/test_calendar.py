"""Days, minutes and their text."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bevan.synthetic.calendar import ISO, NOW, TODAY, day, instant, minute, weekday, words, working

LONDON = ZoneInfo("Europe/London")


def test_today_is_the_tuesday_of_the_demonstration() -> None:
    assert ISO[TODAY] == "2026-11-24"
    assert weekday(TODAY) == 1
    assert instant(TODAY, NOW) == "2026-11-24T10:42:00+00:00"


@pytest.mark.parametrize("text", ["1900-01-01", "1948-03-14", "2000-02-29", "2026-11-24"])
def test_days_come_back(text: str) -> None:
    assert ISO[day(text)] == text
    assert weekday(day(text)) == date.fromisoformat(text).weekday()


def test_offsets_are_those_of_london() -> None:
    first = day("2010-01-01")
    for on in range(first, first + 18 * 365):
        text = instant(on, minute("12:00"))
        assert datetime.fromisoformat(text).astimezone(LONDON).isoformat() == text


def test_minutes_past_midnight_run_into_the_next_day() -> None:
    assert instant(day("2026-01-31"), 1440 + 5) == "2026-02-01T00:05:00+00:00"
    assert instant(day("2026-01-31"), 2 * 1440) == "2026-02-02T00:00:00+00:00"


def test_working_days() -> None:
    saturday = day("2026-11-21")
    assert working(saturday) == day("2026-11-23")
    assert working(saturday + 1) == day("2026-11-23")
    assert working(saturday + 2) == saturday + 2
    assert all(weekday(working(on)) < 5 for on in range(saturday, saturday + 400))


def test_words() -> None:
    assert words(day("2026-10-03")) == "3 October 2026"
    assert words(day("2026-05-18") + timedelta(days=1).days) == "19 May 2026"


def test_bad_dates_are_refused() -> None:
    with pytest.raises(ValueError, match="day"):
        day("2026-02-30")
