"""`toX()` and `convertsToX()` (FHIRPath 2.0.0 §5.5). None means that there is no such value."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType

from bevan.fhir.path.element import Item
from bevan.fhir.path.moments import Date, DateTime, Moment, Time
from bevan.fhir.path.quantity import CALENDAR_WORDS, Quantity

_WHOLE = re.compile(r"[+-]?\d+")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_QUANTITY = re.compile(r"(?P<value>[+-]?\d+(?:\.\d+)?)\s*(?:'(?P<unit>[^']+)'|(?P<word>[a-z]+))?")
_TRUE = frozenset({"true", "t", "yes", "y", "1", "1.0"})
_FALSE = frozenset({"false", "f", "no", "n", "0", "0.0"})


def to_boolean(value: Item) -> bool | None:
    """`true`, `'yes'`, `1` and the like."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | Decimal):
        return bool(value) if value in (0, 1) else None
    if isinstance(value, str):
        lower = value.lower()
        return True if lower in _TRUE else False if lower in _FALSE else None
    return None


def to_integer(value: Item) -> int | None:
    """An integer, a boolean as 1 or 0, or the digits of one."""
    if isinstance(value, int):
        return int(value)
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value)
    return None


def to_decimal(value: Item) -> Decimal | None:
    """A number, a boolean as 1 or 0, or the digits of one."""
    if isinstance(value, int | Decimal):
        return Decimal(value)
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return Decimal(value)
    return None


def to_string(value: Item) -> str | None:
    """The text that a literal of the value would have."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, int | str | Moment | Quantity):
        return str(value)
    return None


def to_date(value: Item) -> Date | None:
    """A date, the date of a date-time, or the text of one."""
    if isinstance(value, DateTime):
        return Date(value.parts[:3], None, value.text.partition("T")[0])
    if isinstance(value, Date):
        return value
    if not isinstance(value, str):
        return None
    found = DateTime.parse(value)
    return None if found is None else to_date(found)


def to_date_time(value: Item) -> DateTime | None:
    """A date-time, a date as one, or the text of one."""
    if isinstance(value, DateTime):
        return value
    if isinstance(value, Date):
        return DateTime(value.parts, None, value.text)
    return DateTime.parse(value) if isinstance(value, str) else None


def to_time(value: Item) -> Time | None:
    """A time, or the text of one."""
    if isinstance(value, Time):
        return value
    return Time.parse(value.removeprefix("T")) if isinstance(value, str) else None


def to_quantity(value: Item, unit: str | None = None) -> Quantity | None:
    """A quantity, a number of unit 1, or the text of one; with `unit`, only what can be in it."""
    found = _quantity(value)
    if found is None or unit is None:
        return found
    wanted = Quantity(Decimal(1), CALENDAR_WORDS.get(unit, unit), calendar=unit in CALENDAR_WORDS)
    (one, x), (other, factor) = found.canonical(), wanted.canonical()
    return Quantity(x / factor, wanted.unit, wanted.calendar) if one == other else None


def _quantity(value: Item) -> Quantity | None:
    if isinstance(value, Quantity):
        return value
    if isinstance(value, int | Decimal):
        return Quantity(Decimal(value), "1")
    match = _QUANTITY.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    number, unit, word = Decimal(match["value"]), match["unit"], match["word"]
    if word is not None:
        known = CALENDAR_WORDS.get(word)
        return Quantity(number, known, calendar=True) if known else None
    return Quantity(number, unit or "1")


CONVERSIONS: Mapping[str, Callable[[Item], Item | None]] = MappingProxyType(
    {
        "Boolean": to_boolean,
        "Integer": to_integer,
        "Decimal": to_decimal,
        "String": to_string,
        "Date": to_date,
        "DateTime": to_date_time,
        "Time": to_time,
        "Quantity": to_quantity,
    }
)
