"""Operators and functions on numbers, quantities and dates (FHIRPath 2.0.0 §5.7 and §6.6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, Decimal, DecimalException
from types import MappingProxyType

from bevan.fhir.path.element import Item, Items
from bevan.fhir.path.errors import PathFailed
from bevan.fhir.path.input import Input
from bevan.fhir.path.moments import Moment, shift
from bevan.fhir.path.quantity import Quantity
from bevan.fhir.path.single import number, one, whole

Number = int | Decimal


def _is_number(value: Item) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def apply(operator: str, left: Items, right: Items) -> Items:
    """`left operator right` for + - * / div mod and &; empty when an operand is, except for &."""
    a, b = one(left, operator), one(right, operator)
    if operator == "&":
        return [_joined(a) + _joined(b)]
    if a is None or b is None:
        return []
    try:
        made = _OPERATORS[operator](a, b)
    except DecimalException as error:
        raise PathFailed(f"{operator} has no result that can be written") from error
    return [] if made is None else [made]


def _joined(value: Item | None) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    raise PathFailed("& needs strings")


def _unfit(operator: str) -> PathFailed:
    return PathFailed(f"{operator} can't work on these two kinds of value")


def _plus(a: Item, b: Item) -> Item:
    if isinstance(a, str) and isinstance(b, str):
        return a + b
    return _shifted(a, b, 1, "+")


def _minus(a: Item, b: Item) -> Item:
    return _shifted(a, b, -1, "-")


def _shifted(a: Item, b: Item, sign: int, operator: str) -> Item:
    if _is_number(a) and _is_number(b):
        return a + b * sign
    if isinstance(a, Moment) and isinstance(b, Quantity):
        try:
            return shift(a, b, sign)
        except ValueError as error:
            raise PathFailed(str(error)) from error
    if isinstance(a, Quantity) and isinstance(b, Quantity):
        return _sum(a, b, sign)
    raise _unfit(operator)


def _sum(a: Quantity, b: Quantity, sign: int) -> Quantity | None:
    if (a.unit, a.calendar) == (b.unit, b.calendar):
        return Quantity(a.value + sign * b.value, a.unit, a.calendar)
    (one_kind, x), (other_kind, y) = a.canonical(), b.canonical()
    # Years and months of the calendar have no common unit that either could be written in.
    if one_kind != other_kind or "calendar" in one_kind or x == 0:
        return None
    factor = x / a.value
    return Quantity(a.value + sign * y / factor, a.unit, a.calendar)


def _times(a: Item, b: Item) -> Item:
    if _is_number(a) and _is_number(b):
        return a * b
    if isinstance(a, Quantity) and isinstance(b, Quantity) and "1" in (a.unit, b.unit):
        return Quantity(a.value * b.value, b.unit if a.unit == "1" else a.unit)
    if isinstance(a, Quantity) and _is_number(b):
        return Quantity(a.value * b, a.unit, a.calendar)
    if _is_number(a) and isinstance(b, Quantity):
        return Quantity(a * b.value, b.unit, b.calendar)
    raise _unfit("*")


def _over(a: Item, b: Item) -> Item | None:
    if _is_number(a) and _is_number(b):
        return Decimal(a) / Decimal(b) if b else None
    if isinstance(a, Quantity) and _is_number(b):
        return Quantity(a.value / b, a.unit, a.calendar) if b else None
    if isinstance(a, Quantity) and isinstance(b, Quantity):
        (one_kind, x), (other_kind, y) = a.canonical(), b.canonical()
        return Quantity(x / y, "1") if one_kind == other_kind and y else None
    raise _unfit("/")


def _div(a: Item, b: Item) -> int | None:
    if not (_is_number(a) and _is_number(b)):
        raise _unfit("div")
    return int((Decimal(a) / Decimal(b)).to_integral_value(ROUND_DOWN)) if b else None


def _mod(a: Item, b: Item) -> Number | None:
    if not (_is_number(a) and _is_number(b)):
        raise _unfit("mod")
    if not b:
        return None
    rest = Decimal(a) % Decimal(b)
    return int(rest) if isinstance(a, int) and isinstance(b, int) else rest


_OPERATORS: Mapping[str, Callable[[Item, Item], Item | None]] = {
    "+": _plus,
    "-": _minus,
    "*": _times,
    "/": _over,
    "div": _div,
    "mod": _mod,
}


def negate(items: Items) -> Items:
    """`-x` of a number or a quantity."""
    value = one(items, "-")
    if value is None:
        return []
    if isinstance(value, Quantity):
        return [Quantity(-value.value, value.unit, value.calendar)]
    if not _is_number(value):
        raise PathFailed("- needs a number")
    return [-value]


# -- functions --


def _numeric(name: str, work: Callable[..., Number | None]) -> Callable[..., Items]:
    def run(given: Input, *arguments: Items) -> Items:
        value = number(given.items, name)
        others = [number(argument, name) for argument in arguments]
        if value is None or None in others:
            return []
        try:
            made = work(value, *others)
        except (DecimalException, OverflowError):
            return []
        return [] if made is None else [made]

    return run


def _abs(given: Input) -> Items:
    value = one(given.items, "abs()")
    if isinstance(value, Quantity):
        return [Quantity(abs(value.value), value.unit, value.calendar)]
    found = number(given.items, "abs()")
    return [] if found is None else [abs(found)]


def _whole(rounding: str) -> Callable[[Number], int]:
    return lambda value: int(Decimal(value).to_integral_value(rounding))


def _round(given: Input, places: Items | None = None) -> Items:
    value = number(given.items, "round()")
    digits = whole(places, "round()") if places is not None else 0
    if value is None or digits is None:
        return []
    if digits < 0:
        raise PathFailed("round() needs no less than 0 places")
    return [Decimal(value).quantize(Decimal((0, (1,), -digits)), ROUND_HALF_UP)]


def _log(value: Number, base: Number) -> Decimal | None:
    if value <= 0 or base <= 0 or base == 1:
        return None
    # 16 places hide the last digits' error, so that 16.log(2) is 4.
    return round(Decimal(value).ln() / Decimal(base).ln(), 16).normalize()


def _power(value: Number, exponent: Number) -> Number | None:
    if value < 0 and Decimal(exponent) % 1:
        return None
    made = Decimal(value) ** Decimal(exponent)
    whole_numbers = isinstance(value, int) and isinstance(exponent, int) and exponent >= 0
    return int(made) if whole_numbers else made


def _ln(value: Number) -> Decimal | None:
    return Decimal(value).ln() if value > 0 else None


def _sqrt(value: Number) -> Decimal | None:
    return Decimal(value).sqrt() if value >= 0 else None


FUNCTIONS: Mapping[str, tuple[Callable[..., Items], int, int, str]] = MappingProxyType(
    {
        "abs": (_abs, 0, 0, "="),
        "ceiling": (_numeric("ceiling()", _whole(ROUND_CEILING)), 0, 0, "Integer"),
        "floor": (_numeric("floor()", _whole(ROUND_FLOOR)), 0, 0, "Integer"),
        "truncate": (_numeric("truncate()", _whole(ROUND_DOWN)), 0, 0, "Integer"),
        "exp": (_numeric("exp()", lambda value: Decimal(value).exp()), 0, 0, "Decimal"),
        "ln": (_numeric("ln()", _ln), 0, 0, "Decimal"),
        "log": (_numeric("log()", _log), 1, 1, "Decimal"),
        "power": (_numeric("power()", _power), 1, 1, ""),
        "sqrt": (_numeric("sqrt()", _sqrt), 0, 0, "Decimal"),
        "round": (_round, 0, 1, "Decimal"),
    }
)
