"""UCUM units that quantities are converted between (FHIR R4 3.1.1.4.11).

The table is closed: it holds HL7's list of common UCUM codes, each with its dimension and what it
is in the dimension's base unit. A code that isn't in it equals only itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib import resources

import msgspec

UCUM = "http://unitsofmeasure.org"
"""The system of UCUM codes (FHIR R4 2.24.0.6)."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A dimension, such as `g1 m-3`, and what one of the unit is in the dimension's base unit."""

    dimension: str
    factor: Fraction


def find(system: str | None, code: str | None) -> Unit | None:
    """The unit of a quantity's system and code; None where nothing is known of it."""
    return _table().get(code) if system == UCUM and code is not None else None


@cache
def factors(dimension: str) -> tuple[Fraction, ...]:
    """What the units of a dimension are in its base unit, each once and the least first."""
    return tuple(sorted({u.factor for u in _table().values() if u.dimension == dimension}))


@cache
def _table() -> Mapping[str, Unit]:
    path = resources.files("bevan.fhir") / "tables" / "units.json"
    rows = msgspec.json.decode(path.read_bytes(), type=dict[str, tuple[str, int, int]])
    return {code: Unit(name, Fraction(above, below)) for code, (name, above, below) in rows.items()}
