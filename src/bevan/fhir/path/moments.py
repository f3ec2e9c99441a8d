"""Dates, date-times and times with the precision they were written in (FHIRPath 2.0.0 §4.1.5-7).

A value keeps only the parts that were given: `@2015-02` has two. Comparing values of different
precision gives None (empty) when the parts that both have are equal, as the standard asks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import ClassVar, Self

from bevan.fhir.path.quantity import Quantity

Part = int | Decimal

_DATE = r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d))?)?"
_TIME = r"(?P<hour>\d\d)(?::(?P<minute>\d\d)(?::(?P<second>\d\d(?:\.\d+)?))?)?"
_ZONE = r"(?P<zone>Z|[+-]\d\d:\d\d)"
_NAMES = ("year", "month", "day", "hour", "minute", "second")
_MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_TO_SECONDS = {"week": 604800, "day": 86400, "hour": 3600, "minute": 60, "second": 1}
_TO_DAYS = {"year": 365, "month": 30}
_RANK = {"year": 1, "month": 2, "week": 3, "day": 3, "hour": 4, "minute": 5, "second": 6}


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """What the three kinds share: the parts given, the zone in minutes, and the source text."""

    parts: tuple[Part, ...]
    zone: int | None
    text: str

    pattern: ClassVar[re.Pattern[str]]
    names: ClassVar[tuple[str, ...]]

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The value of `text`, or None when it isn't one (30 February included)."""
        match = cls.pattern.fullmatch(text)
        if match is None:
            return None
        found = match.groupdict()
        given = [(name, found[name]) for name in cls.names if found.get(name) is not None]
        parts = tuple(Decimal(v) if n == "second" else int(v) for n, v in given)
        if not _real(dict(zip(cls.names, parts, strict=False))):
            return None
        return cls(parts, _minutes(found.get("zone")), text)

    def __str__(self) -> str:
        return self.text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Moment) and (
            (type(self), self.parts, self.zone) == (type(other), other.parts, other.zone)
        )

    def __hash__(self) -> int:
        return hash((self.parts, self.zone))


class Date(Moment):
    """A date of year, month or day precision."""

    pattern = re.compile(_DATE)
    names = _NAMES[:3]


class DateTime(Moment):
    """A date, or a date with a time of hour to sub-second precision and perhaps a zone."""

    pattern = re.compile(rf"{_DATE}(?:(?<=\d{{4}}-\d\d-\d\d)T(?:{_TIME}{_ZONE}?)?|T)?")
    names = _NAMES


class Time(Moment):
    """A time of day."""

    pattern = re.compile(_TIME)
    names = _NAMES[3:]


def _real(parts: dict[str, Part]) -> bool:
    month, day, year = (int(parts.get(n, 1)) for n in ("month", "day", "year"))
    if year < 1 or not 1 <= month <= 12 or not 1 <= day <= _MONTH_DAYS[month - 1]:
        return False
    if month == 2 and day == 29 and (year % 4 or (year % 100 == 0 and year % 400)):
        return False
    return parts.get("hour", 0) < 24 and parts.get("minute", 0) < 60 and parts.get("second", 0) < 61


def _minutes(zone: str | None) -> int | None:
    if zone is None:
        return None
    if zone == "Z":
        return 0
    minutes = int(zone[1:3]) * 60 + int(zone[4:6])
    return -minutes if zone[0] == "-" else minutes


def compare(left: Moment, right: Moment) -> int | None:
    """-1, 0 or 1; None when precision, or a zone given on one side only, leaves it open."""
    a, b = left.parts, right.parts
    if len(a) > 3 and len(b) > 3 and not isinstance(left, Time):
        if (left.zone is None) != (right.zone is None):
            return _far_apart(a, b)
        if left.zone != right.zone:
            a, b = _utc(left), _utc(right)
    for x, y in zip(a, b, strict=False):
        if x != y:
            return -1 if x < y else 1
    return 0 if len(a) == len(b) else None


def _far_apart(a: tuple[Part, ...], b: tuple[Part, ...]) -> int | None:
    days = _whole(a) - _whole(b)
    if abs(days) <= timedelta(days=1):
        return None
    return -1 if days < timedelta() else 1


def _whole(parts: tuple[Part, ...]) -> datetime:
    filled = (*parts, *(1, 1, 1, 0, 0, 0)[len(parts) :])
    year, month, day, hour, minute = (int(part) for part in filled[:5])
    second = Decimal(filled[5])
    micro = int(second % 1 * 1_000_000)
    return datetime(year, month, day, hour, minute, min(int(second), 59), micro)


def _utc(moment: Moment) -> tuple[Part, ...]:
    shifted = _whole(moment.parts) - timedelta(minutes=moment.zone or 0)
    return _split(shifted, moment.parts)


def _split(whole: datetime, like: tuple[Part, ...]) -> tuple[Part, ...]:
    second = Decimal(whole.second) + Decimal(whole.microsecond) / 1_000_000
    every: tuple[Part, ...] = (
        whole.year, whole.month, whole.day, whole.hour, whole.minute, second,
    )  # fmt: skip
    return every[: len(like)]


def shift(moment: Moment, amount: Quantity, sign: int) -> Moment | None:
    """`moment` plus (sign 1) or minus (-1) a calendar duration; None when it leaves the calendar.

    Raises ValueError when the unit isn't one of time that may be added (FHIRPath 2.0.0 §6.7).
    """
    unit = amount.duration
    if unit is None:
        raise ValueError(f"{amount} can't be added to a date or time")
    number = int(amount.value) * sign
    if isinstance(moment, Time):
        return _shift_time(moment, number, unit)
    try:
        return _rendered(moment, _added(moment.parts, number, unit))
    except (OverflowError, ValueError):
        return None


def _added(parts: tuple[Part, ...], number: int, unit: str) -> datetime:
    whole = _whole(parts)
    rank = len(parts)
    if unit == "millisecond":
        return whole + timedelta(milliseconds=number)
    if rank == 1 and unit not in ("year", "month"):
        return _months(whole, 12 * int(_seconds(number, unit) / 86400 / _TO_DAYS["year"]))
    if rank == 2 and unit not in ("year", "month"):
        return _months(whole, int(_seconds(number, unit) / 86400 / _TO_DAYS["month"]))
    if unit in ("year", "month"):
        months = number * (12 if unit == "year" else 1)
        return _months(whole, int(months / 12) * 12 if rank == 1 else months)
    if _RANK[unit] > rank:
        step = (86400, 3600, 60)[rank - 3]
        return whole + timedelta(seconds=int(_seconds(number, unit) / step) * step)
    return whole + timedelta(seconds=_seconds(number, unit))


def _seconds(number: int, unit: str) -> float:
    if unit == "millisecond":
        return number / 1000
    return number * _TO_SECONDS[unit]


def _months(whole: datetime, months: int) -> datetime:
    index = whole.year * 12 + whole.month - 1 + months
    year, month = divmod(index, 12)
    last = 28 if month == 1 and not _leap(year) else _MONTH_DAYS[month]
    return whole.replace(year=year, month=month + 1, day=min(whole.day, last))


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _shift_time(moment: Time, number: int, unit: str) -> Time | None:
    if unit not in ("hour", "minute", "second", "millisecond"):
        raise ValueError(f"a {unit} can't be added to a time")
    base = _whole((2000, 1, 1, *moment.parts))
    seconds = _seconds(number, unit)
    shifted = _split(base + timedelta(seconds=seconds), (2000, 1, 1, *moment.parts))
    return Time(shifted[3:], None, _time_text(shifted[3:], moment.parts))


def _rendered(moment: Moment, whole: datetime) -> Moment:
    parts = _split(whole, moment.parts)
    return type(moment)(parts, moment.zone, text_of(parts, moment.zone, moment.parts))


def text_of(parts: tuple[Part, ...], zone: int | None, like: tuple[Part, ...]) -> str:
    """The literal text (without @) of date-time parts; fractions keep the places of `like`."""
    date = "-".join(
        f"{int(part):0{width}}" for part, width in zip(parts[:3], (4, 2, 2), strict=False)
    )
    if len(parts) <= 3:
        return date
    return f"{date}T{_time_text(parts[3:], like[3:])}{zone_text(zone)}"


def _time_text(parts: tuple[Part, ...], like: tuple[Part, ...]) -> str:
    shown = [f"{int(part):02}" for part in parts[:2]]
    if len(parts) == 3:
        places = _places(like[2]) or _places(Decimal(parts[2]).normalize())
        shown.append(f"{Decimal(parts[2]):0{3 + places if places else 2}.{places}f}")
    return ":".join(shown)


def _places(part: Part) -> int:
    exponent = Decimal(part).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def zone_text(zone: int | None) -> str:
    """`Z`, `+01:00` or nothing."""
    if zone is None:
        return ""
    if zone == 0:
        return "Z"
    return f"{'-' if zone < 0 else '+'}{abs(zone) // 60:02}:{abs(zone) % 60:02}"
