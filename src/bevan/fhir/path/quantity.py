"""Quantities of FHIRPath (FHIRPath 2.0.0 §4.1.8): a decimal and a UCUM unit or a calendar word.

Only units of one dimension and a fixed factor are converted: time up to the week, length, mass,
volume. Anything else is comparable with its own unit alone: that gives empty, never a wrong
answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

CALENDAR_WORDS = {
    form: word
    for word in ("year", "month", "week", "day", "hour", "minute", "second", "millisecond")
    for form in (word, f"{word}s")
}
_UCUM_DURATIONS = {
    "wk": "week",
    "d": "day",
    "h": "hour",
    "min": "minute",
    "s": "second",
    "ms": "millisecond",
}
_PREFIXES = {
    "k": Decimal(1000),
    "d": Decimal("0.1"),
    "c": Decimal("0.01"),
    "m": Decimal("0.001"),
    "u": Decimal("0.000001"),
    "n": Decimal("0.000000001"),
}
_BASES = {"g": "mass", "m": "length", "L": "volume", "l": "volume"}
_FIXED = {
    "1": ("one", Decimal(1)),
    "%": ("one", Decimal("0.01")),
    "wk": ("time", Decimal(604800)),
    "d": ("time", Decimal(86400)),
    "h": ("time", Decimal(3600)),
    "min": ("time", Decimal(60)),
    "s": ("time", Decimal(1)),
    "ms": ("time", Decimal("0.001")),
    "mo": ("month", Decimal(1)),
    "a": ("month", Decimal(12)),
    "[in_i]": ("length", Decimal("0.0254")),
    "[ft_i]": ("length", Decimal("0.3048")),
    "[lb_av]": ("mass", Decimal("453.59237")),
    "[oz_av]": ("mass", Decimal("28.349523125")),
}
_WORD_UNITS = {word: unit for unit, word in _UCUM_DURATIONS.items()}
_LONG = {"year": Decimal(12), "month": Decimal(1)}


@dataclass(frozen=True, slots=True)
class Quantity:
    """`value` with `unit`; `calendar` when the unit is a word such as `day`."""

    value: Decimal
    unit: str
    calendar: bool = False

    def __str__(self) -> str:
        if not self.calendar:
            return f"{self.value:f} '{self.unit}'"
        return f"{self.value:f} {self.unit}{'' if abs(self.value) == 1 else 's'}"

    @property
    def duration(self) -> str | None:
        """The word of a unit that may be added to a date; UCUM years and months may not."""
        return self.unit if self.calendar else _UCUM_DURATIONS.get(self.unit)

    def canonical(self, *, equivalent: bool = False) -> tuple[str, Decimal]:
        """(dimension, value in its base unit); an unknown unit is its own dimension.

        Calendar years and months differ from UCUM's (365.25 days), except for `~`.
        """
        if self.calendar and self.unit in _LONG:
            dimension = "month" if equivalent else "calendar month"
            return dimension, self.value * _LONG[self.unit]
        unit = _WORD_UNITS.get(self.unit, self.unit) if self.calendar else self.unit
        dimension, factor = _scale(unit)
        return dimension, self.value * factor


def _scale(unit: str) -> tuple[str, Decimal]:
    if unit in _FIXED:
        return _FIXED[unit]
    if unit in _BASES:
        return _BASES[unit], Decimal(1)
    if len(unit) == 2 and unit[0] in _PREFIXES and unit[1] in _BASES:
        return _BASES[unit[1]], _PREFIXES[unit[0]]
    return unit, Decimal(1)
