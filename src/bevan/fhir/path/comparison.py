"""Equality, equivalence and order of items (FHIRPath 2.0.0 §6.1 and §6.2). None means empty."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from bevan.fhir.path.element import Element, Item, Items, freeze, system
from bevan.fhir.path.errors import PathFailed
from bevan.fhir.path.moments import Date, Moment, Time, compare
from bevan.fhir.path.quantity import Quantity


def equal(left: Items, right: Items) -> bool | None:
    """`=`: as many items, equal one by one; None when either is empty or it can't be told."""
    if not left or not right:
        return None
    if len(left) != len(right):
        return False
    unknown = False
    for a, b in zip(left, right, strict=True):
        same = same_item(a, b)
        if same is False:
            return False
        unknown = unknown or same is None
    return None if unknown else True


def same_item(left: Item, right: Item) -> bool | None:
    """Whether two items are equal."""
    a, b = system(left), system(right)
    if _number(a) and _number(b):
        return bool(a == b)
    if isinstance(a, Moment) and isinstance(b, Moment):
        if isinstance(a, Time) != isinstance(b, Time):
            return False
        order = compare(a, b)
        return None if order is None else order == 0
    if isinstance(a, Quantity) and isinstance(b, Quantity):
        return _same_quantity(a, b)
    if isinstance(a, Element) and isinstance(b, Element):
        return freeze(a.value) == freeze(b.value) and freeze(a.extra) == freeze(b.extra)
    return type(a) is type(b) and bool(a == b)


def _same_quantity(a: Quantity, b: Quantity) -> bool | None:
    (one, x), (other, y) = a.canonical(), b.canonical()
    if one == other:
        return x == y
    # A calendar year and UCUM's are of one kind but of no fixed ratio (FHIRPath 2.0.0 §6.1.1).
    return None if {one, other} == {"month", "calendar month"} else False


def _number(value: object) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def equivalent(left: Items, right: Items) -> bool:
    """`~`: the same items in any order, case, space and precision forgiven."""
    if len(left) != len(right):
        return False
    rest = list(right)
    for item in left:
        found = next((i for i, other in enumerate(rest) if like(item, other)), None)
        if found is None:
            return False
        del rest[found]
    return True


def like(left: Item, right: Item) -> bool:
    """Whether two items are equivalent."""
    a, b = system(left), system(right)
    if _number(a) and _number(b):
        return _rounded(Decimal(a), Decimal(b))
    if isinstance(a, str) and isinstance(b, str):
        return _folded(a) == _folded(b)
    if isinstance(a, Quantity) and isinstance(b, Quantity):
        (one, x), (other, y) = a.canonical(equivalent=True), b.canonical(equivalent=True)
        return one == other and _rounded(x, y)
    if isinstance(a, Moment) and isinstance(b, Moment):
        return isinstance(a, Time) == isinstance(b, Time) and compare(a, b) == 0
    if isinstance(a, Element) and isinstance(b, Element):
        return bool(_loose(a.value) == _loose(b.value))
    return type(a) is type(b) and bool(a == b)


def _rounded(a: Decimal, b: Decimal) -> bool:
    places = min(_places(a), _places(b))
    return bool(round(a, places) == round(b, places))


def _places(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _loose(value: Any) -> Any:
    if isinstance(value, Mapping):
        return frozenset((k, _loose(v)) for k, v in value.items() if k != "id")
    if isinstance(value, list):
        return frozenset(_loose(v) for v in value)
    return _folded(value) if isinstance(value, str) else value


def order(left: Item, right: Item) -> int | None:
    """-1, 0 or 1, None when precision or units leave it open; raises PathFailed for two kinds."""
    a, b = system(left), system(right)
    if isinstance(a, Moment) and isinstance(b, Moment) and _one_kind(a, b):
        return compare(a, b)
    if isinstance(a, Quantity) and isinstance(b, Quantity):
        (one, x), (other, y) = a.canonical(), b.canonical()
        return (x > y) - (x < y) if one == other else None
    if (_number(a) and _number(b)) or (isinstance(a, str) and isinstance(b, str)):
        return int(a > b) - int(a < b)
    raise PathFailed(f"{_name(a)} and {_name(b)} have no order")


def _one_kind(a: Moment, b: Moment) -> bool:
    return isinstance(a, Time) == isinstance(b, Time)


def _name(value: Item) -> str:
    if isinstance(value, Element):
        return f"a {value.type}"
    if isinstance(value, Date):
        return "a date"
    return f"a {type(value).__name__}"
