"""What a FHIRPath collection holds: values of FHIR, with their type, or of FHIRPath itself.

A FHIR value is an `Element`; a literal or computed value is a bare Python one: bool, int, Decimal,
str, Date, DateTime, Time or Quantity (the types of the System model, FHIRPath 2.0.0 §4.1).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from bevan.fhir.path.moments import Date, DateTime, Moment, Time
from bevan.fhir.path.quantity import CALENDAR_WORDS, Quantity

Item = Any
Items = list[Any]

QUANTITIES = frozenset({"Quantity", "Age", "Count", "Distance", "Duration", "SimpleQuantity"})
_UCUM = "http://unitsofmeasure.org"
_CALENDAR = MappingProxyType({"a": "year", "mo": "month"})


class Element:
    """A value of FHIR: its JSON, its FHIR type, and for a primitive what `_name` says about it."""

    __slots__ = ("extra", "type", "value")

    def __init__(self, value: Any, type: str, extra: Mapping[str, Any] | None = None) -> None:
        self.value = value
        self.type = type
        self.extra = extra

    def __repr__(self) -> str:
        return f"Element({self.type}: {self.value!r})"


def system(item: Item) -> Item:
    """The bare value of a primitive or a Quantity; anything else as it is (FHIR R4 2.1.18.1)."""
    if not isinstance(item, Element):
        return item
    convert = _CONVERT.get(item.type)
    if convert is None or item.value is None:
        return item
    converted = convert(item.value)
    return item if converted is None else converted


def _quantity(value: Mapping[str, Any]) -> Quantity | None:
    number = value.get("value")
    if number is None or "comparator" in value:
        return None
    unit = value.get("code") or value.get("unit") or "1"
    if value.get("system") == _UCUM and unit in _CALENDAR:
        return Quantity(_decimal(number), _CALENDAR[unit], calendar=True)
    if "code" not in value and unit in CALENDAR_WORDS:
        return Quantity(_decimal(number), CALENDAR_WORDS[unit], calendar=True)
    return Quantity(_decimal(number), unit)


def _decimal(value: Any) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(value))


_CONVERT: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        **dict.fromkeys(("boolean", "integer", "positiveInt", "unsignedInt"), lambda value: value),
        **dict.fromkeys(
            ("string", "code", "id", "markdown", "uri", "url", "canonical", "oid", "uuid"), str
        ),
        "base64Binary": str,
        "xhtml": str,
        "decimal": _decimal,
        "date": Date.parse,
        "dateTime": DateTime.parse,
        "instant": DateTime.parse,
        "time": Time.parse,
        **dict.fromkeys(QUANTITIES, _quantity),
    }
)


def plain(item: Item) -> Any:
    """The JSON of an item: what callers outside this package get."""
    if isinstance(item, Element):
        return item.value
    if isinstance(item, Moment | Quantity):
        return str(item)
    return item


def key(item: Item) -> Hashable:
    """A hashable that two items share when they are equal (`=`), used to tell items apart."""
    value = system(item)
    if isinstance(value, bool):
        return ("boolean", value)
    if isinstance(value, int | Decimal):
        return ("number", Decimal(value))
    if isinstance(value, Quantity):
        return ("quantity", *value.canonical())
    if isinstance(value, Element):
        return ("element", freeze(value.value), freeze(value.extra))
    return value if isinstance(value, Hashable) else repr(value)


def freeze(value: Any) -> Hashable:
    """JSON as a hashable value; the order of keys doesn't count."""
    if isinstance(value, dict):
        return frozenset((name, freeze(inner)) for name, inner in value.items())
    if isinstance(value, list):
        return tuple(freeze(inner) for inner in value)
    return (isinstance(value, bool), value)


def distinct(items: Items) -> Items:
    """The items without repeats, in order."""
    found: dict[Hashable, Item] = {}
    for item in items:
        found.setdefault(key(item), item)
    return list(found.values())
