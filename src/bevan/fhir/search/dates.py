"""The stretch of time that a partial date names, in microseconds since 1970."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
# The widest stretch a value can cover; the record stores open ends as these too.
EARLIEST = -62_135_596_800_000_000
LATEST = 253_402_300_800_000_000

DATE = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?"
    r"(Z|[+\- ]\d\d:\d\d)?)?)?)?"
)


def stretch(text: str) -> tuple[int, int]:
    """The half-open stretch [low, high) of microseconds that `text` names (FHIR R4 3.1.1.4.5).

    A date with no zone is a date in Europe/London, where the record is kept. A plus sign that a
    form turned into a space is taken as a plus. Raises ValueError for anything that isn't a date.
    """
    found = DATE.fullmatch(text)
    if found is None:
        raise ValueError("it is not a date")
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    if hour is None:
        return _days(int(year), month, day)
    at = datetime(int(year), int(month), int(day), int(hour), int(minute), tzinfo=_zone(zone))
    low = micros(at.replace(second=int(second or 0)))
    if second is None:
        return low, low + 60_000_000
    if fraction is None:
        return low, low + 1_000_000
    step = 10 ** max(6 - len(fraction), 0)
    low += int(fraction[:6].ljust(6, "0"))
    return low, low + step


def micros(at: datetime) -> int:
    """Whole microseconds from 1970 to the aware time `at`."""
    return (at - EPOCH) // MICROSECOND


def _zone(text: str | None) -> ZoneInfo | timezone:
    if text is None:
        return LONDON
    if text == "Z":
        return UTC
    hours, minutes = int(text[1:3]), int(text[4:6])
    if hours > 14 or minutes > 59:
        raise ValueError("its time zone doesn't exist")
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text[0] == "-" else offset)


def _days(year: int, month: str | None, day: str | None) -> tuple[int, int]:
    if month is None:
        return _midnight(year, 1, 1), _midnight(year + 1, 1, 1)
    if day is None:
        following = (year + 1, 1) if month == "12" else (year, int(month) + 1)
        return _midnight(year, int(month), 1), _midnight(*following, 1)
    first = date(year, int(month), int(day))
    if first == date.max:
        return _midnight(year, 12, 31), LATEST
    after = first + timedelta(days=1)
    return _midnight(year, first.month, first.day), _midnight(after.year, after.month, after.day)


def _midnight(year: int, month: int, day: int) -> int:
    if year > 9999:
        return LATEST
    return micros(datetime(year, month, day, tzinfo=LONDON))
