"""Conditions on the rows of `idx_num`: dates in seconds, numbers and quantities as [lo, hi).

The columns are binary fractions of what the content says. A date asked for is turned into one in
the same way, so equal dates stay equal; numbers are compared without strictness, so that rounding
never leaves out a match.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from bevan.fhir import units
from bevan.fhir.search.comparisons import approximate, around
from bevan.fhir.search.values import Moment, Number, Quantity, Value
from bevan.record.visibility import Bind

SECOND = 1e6
TRACE = Decimal("1e-12")


def condition(value: Value, bind: Bind, now: int) -> str:
    """What a row of `idx_num`, alias `n`, must satisfy to be proposed."""
    match value:
        case Moment():
            return _date(value, bind, now)
        case Number():
            return _number(value, bind)
        case Quantity():
            return _quantity(value, bind)
    raise TypeError(f"{type(value).__name__} is not a range")


def _date(wanted: Moment, bind: Bind, now: int) -> str:
    def put(micros: int) -> str:
        return bind(micros / SECOND, "float8")

    low, high = wanted.low, wanted.high
    match wanted.prefix:
        case "eq":
            return _within(put(low), put(high))
        case "ne":
            return f"(n.lo < {put(low)} or n.hi > {put(high)})"
        case "gt":
            return f"n.hi > {put(high)}"
        case "lt":
            return f"n.lo < {put(low)}"
        case "ge":
            return f"(n.hi > {put(high)} or {_within(put(low), put(high))})"
        case "le":
            return f"(n.lo < {put(low)} or {_within(put(low), put(high))})"
        case "sa":
            return f"n.lo >= {put(high)}"
        case "eb":
            return f"n.hi <= {put(low)}"
        case "ap":
            start, end = approximate(wanted, now)
            return f"(n.lo < {put(end)} and n.hi > {put(start)})"


def _within(low: str, high: str) -> str:
    return f"(n.lo >= {low} and n.lo < {high} and n.hi <= {high})"


def _quantity(wanted: Quantity, bind: Bind) -> str:
    """The number in every unit that the unit asked for can be converted to."""
    unit = units.find(wanted.system, wanted.unit)
    if unit is None:
        return _number(wanted.number, bind)
    ratios = [unit.factor / factor for factor in units.factors(unit.dimension)]
    # Going up, `gt` of the least number says what all others say; and the other way with `lt`.
    if wanted.number.prefix in ("gt", "ge", "sa"):
        ratios = [min(ratios) if wanted.number.value >= 0 else max(ratios)]
    elif wanted.number.prefix in ("lt", "le", "eb"):
        ratios = [max(ratios) if wanted.number.value >= 0 else min(ratios)]
    elif wanted.number.prefix == "ne":
        ratios = ratios[:1]
    found = [_number(_scaled(wanted.number, ratio), bind) for ratio in ratios]
    return found[0] if len(found) == 1 else f"({' or '.join(found)})"


def _scaled(number: Number, ratio: Fraction) -> Number:
    """A number in another unit, a trace wider than it is, so that rounding leaves nothing out."""
    times = Decimal(ratio.numerator) / Decimal(ratio.denominator)
    slack = abs(number.value * times) * TRACE
    low, high = number.low * times, number.high * times
    value = number.value * times
    match number.prefix:
        case "gt" | "ge" | "sa":
            value -= slack
        case "lt" | "le" | "eb":
            value += slack
    return Number(number.prefix, value, low - slack, high + slack)


def _number(wanted: Number, bind: Bind) -> str:
    match wanted.prefix:
        case "eq":
            low, high = bind(float(wanted.low), "float8"), bind(float(wanted.high), "float8")
            return f"(n.lo <= {high} and n.hi >= {low})"
        case "ne":
            return "true"
        case "gt" | "ge" | "sa":
            return f"n.hi >= {bind(float(wanted.value), 'float8')}"
        case "lt" | "le" | "eb":
            return f"n.lo <= {bind(float(wanted.value), 'float8')}"
        case "ap":
            least, most = (bind(float(end), "float8") for end in around(wanted))
            return f"(n.lo <= {most} and n.hi >= {least})"
