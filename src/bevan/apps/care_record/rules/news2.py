"""NEWS2, the national early warning score (Royal College of Physicians, 2017).

Seven parts score 0 to 3; the total never stands without all seven, and any single 3 is said
whatever the total. Oxygen levels are scored on scale 2 only where somebody set that for the person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Word = Literal["High", "Medium", "Low-medium", "Low"]
Steps = tuple[tuple[float, int], ...]

BREATHING: Steps = ((8, 3), (11, 1), (20, 0), (24, 2))
OXYGEN_1: Steps = ((91, 3), (93, 2), (95, 1), (100, 0))
OXYGEN_2: Steps = ((83, 3), (85, 2), (87, 1), (92, 0), (94, 1), (96, 2))
SYSTOLIC: Steps = ((90, 3), (100, 2), (110, 1), (219, 0))
PULSE: Steps = ((40, 3), (50, 1), (90, 0), (110, 1), (130, 2))
TEMPERATURE: Steps = ((35.0, 3), (36.0, 1), (38.0, 0), (39.0, 1))
PARTS: Mapping[str, str] = {
    "breathing": "breathing rate",
    "oxygen": "oxygen level",
    "air": "air or oxygen",
    "systolic": "blood pressure",
    "pulse": "pulse",
    "alertness": "alertness",
    "temperature": "temperature",
}


@dataclass(frozen=True)
class Signs:
    """One set of vital signs; None where a part wasn't taken. Temperature in °C."""

    breathing: float | None = None
    oxygen: float | None = None
    on_oxygen: bool | None = None
    systolic: float | None = None
    pulse: float | None = None
    alert: bool | None = None
    temperature: float | None = None
    scale: Literal[1, 2] = 1


@dataclass(frozen=True)
class Score:
    """The parts that were scored; ``total`` is None while one is missing."""

    parts: Mapping[str, int]

    @property
    def total(self) -> int | None:
        """The sum of seven parts, or None."""
        return sum(self.parts.values()) if len(self.parts) == len(PARTS) else None

    @property
    def threes(self) -> tuple[str, ...]:
        """The names of parts that score 3."""
        return tuple(PARTS[name] for name, points in self.parts.items() if points == 3)


def score(signs: Signs) -> Score:
    """Scores whatever parts were taken."""
    given = {
        "breathing": _step(signs.breathing, BREATHING, 3),
        "oxygen": _oxygen(signs),
        "air": None if signs.on_oxygen is None else 2 * signs.on_oxygen,
        "systolic": _step(signs.systolic, SYSTOLIC, 3),
        "pulse": _step(signs.pulse, PULSE, 3),
        "alertness": None if signs.alert is None else 3 * (not signs.alert),
        "temperature": _step(signs.temperature, TEMPERATURE, 2),
    }
    return Score({name: points for name, points in given.items() if points is not None})


def word(total: int, single_three: bool) -> Word:
    """The risk: high from 7, medium from 5, low-medium with a single 3, else low."""
    if total >= 7:
        return "High"
    if total >= 5:
        return "Medium"
    return "Low-medium" if single_three else "Low"


def _oxygen(signs: Signs) -> int | None:
    if signs.scale == 1 or signs.oxygen is None:
        return _step(signs.oxygen, OXYGEN_1, 0)
    if signs.oxygen >= 93 and signs.on_oxygen is None:
        return None
    if signs.oxygen >= 93 and not signs.on_oxygen:
        return 0
    return _step(signs.oxygen, OXYGEN_2, 3)


def _step(value: float | None, steps: Steps, beyond: int) -> int | None:
    if value is None:
        return None
    return next((points for limit, points in steps if value <= limit), beyond)
