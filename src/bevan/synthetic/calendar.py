"""Days as small integers, and their text, for a region whose today is 24 November 2026.

A day is the number of days since 1 January 1900; a time is a day and a minute of that day in
Europe/London. The texts are made once, since millions of resources carry several each.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

_FIRST: Final = date(1900, 1, 1)
_YEARS: Final = 140
YEAR: Final = 365.25


def _last_sunday(year: int, month: int) -> date:
    """The last Sunday of a month of 31 days."""
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)


def _texts() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The ISO text and the UTC offset (from 02:00) of every day."""
    days, offsets = [], []
    for year in range(_FIRST.year, _FIRST.year + _YEARS):
        start, end = _last_sunday(year, 3), _last_sunday(year, 10)
        day = date(year, 1, 1)
        while day.year == year:
            days.append(day.isoformat())
            offsets.append(":00+01:00" if start <= day < end else ":00+00:00")
            day += timedelta(days=1)
    return tuple(days), tuple(offsets)


ISO, _OFFSET = _texts()
_MINUTE: Final = tuple(f"T{minute // 60:02}:{minute % 60:02}" for minute in range(1440))
_MONTH: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def day(text: str) -> int:
    """The day of an ISO date."""
    return (date.fromisoformat(text) - _FIRST).days


def minute(text: str) -> int:
    """The minute of the day of a clock time such as 07:40."""
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def moment(text: str) -> tuple[int, int]:
    """(day, minute) of `2026-11-24 10:31`; nine o'clock where no time is given."""
    on, _, clock = text.partition(" ")
    return day(on), minute(clock) if clock else 540


def instant(on: int, at: int) -> str:
    """The FHIR dateTime of a day and minute; minutes past midnight run into the next day."""
    if at >= 1440:
        on, at = on + at // 1440, at % 1440
    return ISO[on] + _MINUTE[at] + _OFFSET[on]


def words(on: int) -> str:
    """A day as people write it: 3 October 2026."""
    year, month, number = ISO[on].split("-")
    return f"{int(number)} {_MONTH[int(month) - 1]} {year}"


def weekday(on: int) -> int:
    """0 for Monday to 6 for Sunday (1 January 1900 was a Monday)."""
    return on % 7


def working(on: int) -> int:
    """The same day, or the next Monday when it falls on a weekend."""
    over = on % 7
    return on if over < 5 else on + 7 - over


TODAY: Final = day("2026-11-24")
"""The morning that every demo page shows."""
NOW: Final = minute("10:42")
