"""Numbers and quantities as half-open ranges that their written precision covers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from bevan.fhir.extraction.values import NumberValue, QuantityValue

INFINITY = Decimal("Infinity")
CURRENCIES = "urn:iso:std:iso:4217"
"""The system of a Money's currency (FHIR R4 2.24.0.7)."""


def precision(value: Decimal) -> tuple[Decimal, Decimal]:
    """[low, high) around a number: half a unit of its last written digit to each side.

    5.40 is [5.395, 5.405), 100 is [99.5, 100.5), and with an exponent, as the standard has it,
    1e2 is [95, 105).
    """
    exponent = value.as_tuple().exponent
    unit = exponent if isinstance(exponent, int) else 0
    half = Decimal((0, (5,), (unit - 1 if unit > 0 else unit) - 1))
    return value - half, value + half


def number(value: Any) -> NumberValue:
    """A JSON number as a NumberValue."""
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    return NumberValue(exact, *precision(exact))


def quantity(value: Mapping[str, Any]) -> QuantityValue | None:
    """A Quantity (or Age, Duration …) or Money; None without a number."""
    raw = value.get("value")
    if raw is None:
        return None
    exact = raw if isinstance(raw, Decimal) else Decimal(str(raw))
    low, high = _compared(exact, value.get("comparator"))
    if "currency" in value:
        return QuantityValue(exact, low, high, CURRENCIES, value["currency"], None)
    return QuantityValue(
        exact, low, high, value.get("system"), value.get("code"), value.get("unit")
    )


def _compared(value: Decimal, comparator: str | None) -> tuple[Decimal, Decimal]:
    if comparator is None:
        return precision(value)
    if comparator in ("<", "<="):
        return -INFINITY, value
    return value, INFINITY


def ranged(value: Mapping[str, Any]) -> QuantityValue | None:
    """A Range, open where a limit is missing; the unit is that of a limit given."""
    low, high = value.get("low"), value.get("high")
    named = low or high
    if named is None:
        return None
    least = quantity(low) if low else None
    most = quantity(high) if high else None
    return QuantityValue(
        None,
        least.low if least else -INFINITY,
        most.high if most else INFINITY,
        named.get("system"),
        named.get("code"),
        named.get("unit"),
    )


def sampled(value: Mapping[str, Any]) -> QuantityValue | None:
    """A SampledData: from its least to its greatest sample, in the unit of its origin."""
    origin = value.get("origin", {})
    samples = list(_samples(value, origin))
    if not samples:
        return None
    return QuantityValue(
        None,
        min(precision(s)[0] for s in samples),
        max(precision(s)[1] for s in samples),
        origin.get("system"),
        origin.get("code"),
        origin.get("unit"),
    )


def _samples(value: Mapping[str, Any], origin: Mapping[str, Any]) -> Iterator[Decimal]:
    zero = Decimal(str(origin.get("value", 0)))
    factor = Decimal(str(value.get("factor", 1)))
    for word in str(value.get("data", "")).split():
        # E (error), U and L (beyond the limits) stand among the numbers (FHIR R4 2.24.0.12).
        try:
            yield zero + Decimal(word) * factor
        except InvalidOperation:
            continue
