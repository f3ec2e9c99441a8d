"""What an ElementDefinition says of a value itself: fixed and pattern, range and length."""

from __future__ import annotations

from typing import Any

from bevan.fhir.conformance.node import Definition, Node
from bevan.fhir.path.comparison import same_item
from bevan.fhir.path.element import Element, system
from bevan.fhir.path.moments import Moment, compare
from bevan.fhir.path.quantity import Quantity
from bevan.fhir.profiles.report import Report
from bevan.fhir.profiles.spot import Spot

__all__ = ["check", "fits_pattern", "same_item"]


def check(spot: Spot, node: Node, report: Report) -> None:
    """Report what is wrong with the value at a spot."""
    value, definition = spot.value, node.definition
    if value is None:
        return
    demand = node.fixed()
    if demand is not None and not demanded(value, *demand):
        text = "Not the fixed value" if demand[0] == "fixed" else "The pattern isn't met"
        report.error("value", text, spot.path, f"{node.path} {demand[0]}[x]")
    most = definition.get("maxLength")
    if isinstance(most, int) and isinstance(value, str) and len(value) > most:
        report.error("too-long", f"Longer than {most} characters", spot.path, node.path)
    _range(spot, definition, report)


def demanded(value: Any, word: str, wanted: Any) -> bool:
    """True when a value meets a fixed value or a pattern."""
    return bool(value == wanted) if word == "fixed" else fits_pattern(value, wanted)


def fits_pattern(value: Any, pattern: Any) -> bool:
    """True when all of the pattern is in the value (FHIR R4 ElementDefinition.pattern[x])."""
    if isinstance(pattern, dict):
        return isinstance(value, dict) and all(
            name in value and fits_pattern(value[name], inner) for name, inner in pattern.items()
        )
    if isinstance(pattern, list):
        items = value if isinstance(value, list) else [value]
        return all(any(fits_pattern(item, wanted) for item in items) for wanted in pattern)
    return type(value) is type(pattern) and bool(value == pattern)


def _range(spot: Spot, definition: Definition, report: Report) -> None:
    for key, limit in definition.items():
        low = key.startswith("minValue")
        if not low and not key.startswith("maxValue"):
            continue
        kind = key[8:]
        wanted = Element(limit, kind if kind == "Quantity" else kind[:1].lower() + kind[1:])
        order = _order(system(spot.element), system(wanted))
        if order is None:
            report.warning("value", "The range can't be checked for this value", spot.path, key)
        elif (order < 0) if low else (order > 0):
            word = "Less than the least" if low else "More than the most"
            report.error("value", f"{word} allowed", spot.path, key)


def _order(one: Any, other: Any) -> int | None:
    """-1, 0 or 1; None where they can't be compared."""
    if isinstance(one, Quantity) and isinstance(other, Quantity):
        (unit, a), (wanted, b) = one.canonical(), other.canonical()
        return _sign(a, b) if unit == wanted else None
    if isinstance(one, Moment) and isinstance(other, Moment):
        return compare(one, other)
    if isinstance(one, str) or isinstance(other, str):
        return None
    try:
        return _sign(one, other)
    except TypeError:
        return None


def _sign(a: Any, b: Any) -> int:
    return int(a > b) - int(a < b)
