"""The functions of FHIRPath whose arguments are plain collections, by name.

Each takes `Input` (the collection it is called on and what it may know) and one collection for each
argument, and gives a collection. Functions whose argument is an expression for each item
(`where`, `select` …) belong to the compiler.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from bevan.fhir.path import arithmetic, collecting, elements, texts
from bevan.fhir.path.boundaries import boundary, precision
from bevan.fhir.path.conversion import CONVERSIONS, to_quantity
from bevan.fhir.path.element import Items, system
from bevan.fhir.path.errors import PathFailed
from bevan.fhir.path.input import Input
from bevan.fhir.path.moments import Date, DateTime, Time
from bevan.fhir.path.quantity import Quantity
from bevan.fhir.path.single import one, text, whole

Implementation = Callable[..., Items]


class Function(NamedTuple):
    """An implementation, how many arguments it takes, and the type it gives.

    `gives` is a System type, `=` for the types of the input, or empty when it can't be told.
    """

    run: Implementation
    least: int
    most: int
    gives: str


def _conversions() -> dict[str, Function]:
    found: dict[str, Function] = {}
    for name, convert in CONVERSIONS.items():
        if name != "Quantity":
            found[f"to{name}"] = Function(_to(name, convert), 0, 0, name)
            found[f"convertsTo{name}"] = Function(_converts(name, convert), 0, 0, "Boolean")
    found["toQuantity"] = Function(_to_quantity, 0, 1, "Quantity")
    found["convertsToQuantity"] = Function(_converts_to_quantity, 0, 1, "Boolean")
    return found


def _to(name: str, convert: Callable[[object], object]) -> Implementation:
    def run(given: Input) -> Items:
        value = one(given.items, f"to{name}()")
        made = None if value is None else convert(value)
        return [] if made is None else [made]

    return run


def _converts(name: str, convert: Callable[[object], object]) -> Implementation:
    def run(given: Input) -> Items:
        value = one(given.items, f"convertsTo{name}()")
        return [] if value is None else [convert(value) is not None]

    return run


def _to_quantity(given: Input, unit: Items | None = None) -> Items:
    value = one(given.items, "toQuantity()")
    made = None if value is None else to_quantity(value, text(unit or [], "toQuantity()"))
    return [] if made is None else [made]


def _converts_to_quantity(given: Input, unit: Items | None = None) -> Items:
    return [bool(_to_quantity(given, unit))] if given.items else []


def _boundary(high: bool) -> Implementation:
    def run(given: Input, digits: Items | None = None) -> Items:
        value = one(given.items, "a boundary")
        made = None if value is None else boundary(value, whole(digits or [], "it"), high=high)
        return [] if made is None else [made]

    return run


def _precision(given: Input) -> Items:
    found = precision(one(given.items, "precision()"))
    return [] if found is None else [found]


def _comparable(given: Input, other: Items) -> Items:
    a, b = one(given.items, "comparable()"), one(other, "comparable()")
    if a is None or b is None:
        return []
    if not isinstance(a, Quantity) or not isinstance(b, Quantity):
        raise PathFailed("comparable() needs two quantities")
    return [a.canonical()[0] == b.canonical()[0]]


def _now(given: Input) -> Items:
    return [DateTime.parse(given.run.at.isoformat(timespec="milliseconds"))]


def _today(given: Input) -> Items:
    return [Date.parse(given.run.at.date().isoformat())]


def _time(given: Input) -> Items:
    return [Time.parse(given.run.at.time().isoformat(timespec="milliseconds"))]


def _not(given: Input) -> Items:
    value = one(given.items, "not()")
    return [] if value is None else [not value if isinstance(value, bool) else False]


def _trace(given: Input, name: Items, shown: Items | None = None) -> Items:
    if given.run.world.trace is not None:
        items = given.items if shown is None else shown
        given.run.world.trace(str(text(name, "trace()")), [system(item) for item in items])
    return given.items


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        **{name: Function(*rest) for name, rest in collecting.FUNCTIONS.items()},
        **{name: Function(*rest) for name, rest in texts.FUNCTIONS.items()},
        **{name: Function(*rest) for name, rest in arithmetic.FUNCTIONS.items()},
        **{name: Function(*rest) for name, rest in elements.FUNCTIONS.items()},
        **_conversions(),
        "not": Function(_not, 0, 0, "Boolean"),
        "now": Function(_now, 0, 0, "DateTime"),
        "today": Function(_today, 0, 0, "Date"),
        "timeOfDay": Function(_time, 0, 0, "Time"),
        "trace": Function(_trace, 1, 2, "="),
        "lowBoundary": Function(_boundary(high=False), 0, 1, "="),
        "highBoundary": Function(_boundary(high=True), 0, 1, "="),
        "precision": Function(_precision, 0, 0, "Integer"),
        "comparable": Function(_comparable, 1, 1, "Boolean"),
    }
)
