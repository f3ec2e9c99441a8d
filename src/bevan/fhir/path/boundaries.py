"""`lowBoundary`, `highBoundary` and `precision`: what a value of limited precision could be.

Not normative in FHIRPath 2.0.0; as the R4 test suite and SQL-on-FHIR use them.
"""

from __future__ import annotations

from calendar import monthrange
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from bevan.fhir.path.element import Item
from bevan.fhir.path.moments import Date, DateTime, Moment, Part, Time, text_of
from bevan.fhir.path.quantity import Quantity

_MOST = 28
_LENGTHS = {Date: (4, 6, 8), DateTime: (4, 6, 8, 10, 12, 17), Time: (2, 4, 9)}
_EARLIEST_ZONE, _LATEST_ZONE = 14 * 60, -12 * 60


def boundary(value: Item, digits: int | None, *, high: bool) -> Item | None:
    """The greatest (`high`) or least value that `value` may stand for, to so many digits."""
    if isinstance(value, Quantity):
        number = _decimal(value.value, digits, high=high)
        return None if number is None else Quantity(number, value.unit, value.calendar)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return _decimal(Decimal(value), digits, high=high)
    if isinstance(value, Moment):
        return _moment(value, digits, high=high)
    return None


def _decimal(value: Decimal, digits: int | None, *, high: bool) -> Decimal | None:
    places = 8 if digits is None else digits
    if not 0 <= places <= _MOST:
        return None
    half = Decimal((0, (5,), int(value.as_tuple().exponent) - 1))
    edge = value + half if high else value - half
    rounded = edge.quantize(Decimal((0, (1,), -places)), ROUND_CEILING if high else ROUND_FLOOR)
    return abs(rounded) if rounded == 0 else rounded


def _moment(value: Moment, digits: int | None, *, high: bool) -> Moment | None:
    kind = type(value)
    lengths = _LENGTHS[kind]
    wanted = lengths[-1] if digits is None else digits
    if wanted not in lengths:
        return None
    count = lengths.index(wanted) + 1
    parts = _filled(value, count, high=high)
    zone = value.zone
    if kind is DateTime and count > 3 and zone is None:
        zone = _LATEST_ZONE if high else _EARLIEST_ZONE
    if kind is Time:
        text = text_of((2000, 1, 1, *parts), None, (2000, 1, 1, *parts)).partition("T")[2]
    else:
        text = text_of(parts, zone, parts)
    return kind(parts, zone, text)


def _filled(value: Moment, count: int, *, high: bool) -> tuple[Part, ...]:
    parts: list[Part] = list(value.parts[:count])
    names = value.names
    for at in range(len(parts), count):
        parts.append(_extreme(names[at], parts, high=high))
    if names[count - 1] == "second":
        parts[-1] = _milliseconds(Decimal(parts[-1]), value, count, high=high)
    return tuple(parts)


def _extreme(name: str, parts: list[Part], *, high: bool) -> Part:
    if name == "day" and high:
        return monthrange(int(parts[0]), int(parts[1]))[1]
    low, most = {
        "month": (1, 12),
        "day": (1, 31),
        "hour": (0, 23),
        "minute": (0, 59),
        "second": (0, 59),
    }[name]
    return most if high else low


def _milliseconds(second: Decimal, value: Moment, count: int, *, high: bool) -> Decimal:
    given = len(value.parts) == count and second.as_tuple().exponent != 0
    if given or not high:
        return second.quantize(Decimal("0.001"))
    return second + Decimal("0.999")


def precision(value: Item) -> int | None:
    """How many digits a value was written with."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return len(str(abs(value)))
    if isinstance(value, Decimal):
        return max(0, -int(value.as_tuple().exponent))
    if isinstance(value, Moment):
        return _LENGTHS[type(value)][len(value.parts) - 1]
    return None
