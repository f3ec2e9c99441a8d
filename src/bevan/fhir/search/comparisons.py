"""What the prefixes of dates, numbers and quantities mean (FHIR R4 3.1.1.4.4 to 3.1.1.4.6).

Dates are stretches on both sides. A number is compared exactly by `gt lt ge le sa eb` and within
its written precision by `eq` and `ne`; a Range, a SampledData or a value with a comparator is a
stretch.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Context, Decimal
from fractions import Fraction

from bevan.fhir.extraction.values import DateValue, NumberValue, QuantityValue
from bevan.fhir.search.values import Moment, Number

TENTH = Decimal("0.1")
# Wide enough for any product of a number that may be asked for or stored and a unit's factor.
EXACT = Context(prec=400, traps=[])


def date_matches(wanted: Moment, found: DateValue, now: int) -> bool:
    """Whether a stretch of time stands to the wanted one as its prefix says.

    `now` (microseconds) matters to `ap`, whose margin is a tenth of the way from now.
    """
    low, high = found.low, found.high
    match wanted.prefix:
        case "eq":
            return wanted.low <= low and high <= wanted.high
        case "ne":
            return not (wanted.low <= low and high <= wanted.high)
        case "gt":
            return high > wanted.high
        case "lt":
            return low < wanted.low
        case "ge":
            return high > wanted.high or (wanted.low <= low and high <= wanted.high)
        case "le":
            return low < wanted.low or (wanted.low <= low and high <= wanted.high)
        case "sa":
            return low >= wanted.high
        case "eb":
            return high <= wanted.low
        case "ap":
            around = approximate(wanted, now)
            return low < around[1] and high > around[0]


def approximate(wanted: Moment, now: int) -> tuple[int, int]:
    """The stretch of `ap`: wider at both ends by a tenth of its distance from now."""
    margin = min(abs(now - wanted.low), abs(now - wanted.high)) // 10
    return wanted.low - margin, wanted.high + margin


def number_matches(wanted: Number, found: NumberValue | QuantityValue) -> bool:
    """Whether a number, or a range of numbers, stands to the wanted one as its prefix says."""
    if found.value is None or not (found.low.is_finite() and found.high.is_finite()):
        return _range_matches(wanted, found.low, found.high)
    value, aim = found.value, wanted.value
    match wanted.prefix:
        case "eq":
            return wanted.low <= value < wanted.high
        case "ne":
            return not wanted.low <= value < wanted.high
        case "gt" | "sa":
            return value > aim
        case "lt" | "eb":
            return value < aim
        case "ge":
            return value >= aim
        case "le":
            return value <= aim
        case "ap":
            low, high = around(wanted)
            return low <= value <= high


def converted_matches(wanted: Number, found: QuantityValue, ratio: Fraction) -> bool:
    """The same for numbers in two units, where one of the wanted is `ratio` of the found.

    Both sides are multiplied with whole numbers, so that no division rounds.
    """
    if ratio == 1:
        return number_matches(wanted, found)
    above, below = Decimal(ratio.numerator), Decimal(ratio.denominator)
    times = EXACT.multiply
    asked = replace(
        wanted,
        value=times(wanted.value, above),
        low=times(wanted.low, above),
        high=times(wanted.high, above),
    )
    value = None if found.value is None else times(found.value, below)
    low, high = times(found.low, below), times(found.high, below)
    return number_matches(asked, replace(found, value=value, low=low, high=high))


def _range_matches(wanted: Number, low: Decimal, high: Decimal) -> bool:
    aim = wanted.value
    match wanted.prefix:
        case "eq":
            return wanted.low <= low and high <= wanted.high
        case "ne":
            return not (wanted.low <= low and high <= wanted.high)
        case "gt" | "ge":
            return high > aim
        case "lt":
            return low < aim
        case "le":
            return low <= aim
        case "sa":
            return low > aim
        case "eb":
            return high <= aim
        case "ap":
            least, most = around(wanted)
            return low <= most and high >= least


def around(wanted: Number) -> tuple[Decimal, Decimal]:
    """The range of `ap`: a tenth of the value to each side, or its precision if that is wider."""
    margin = abs(wanted.value) * TENTH
    return min(wanted.value - margin, wanted.low), max(wanted.value + margin, wanted.high)
