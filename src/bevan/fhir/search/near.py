"""Places near a point: `near` of Location (FHIR R4 8.7.6.1)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from math import asin, cos, radians, sin, sqrt
from typing import Any

from bevan.fhir import units
from bevan.fhir.search.separators import split, unescape
from bevan.fhir.search.values import NUMBER, Near

# The mean radius of the Earth in metres (IUGG).
RADIUS = 6_371_008.8
# The standard leaves it to the server how far "near" reaches where no distance is given.
DEFAULT = Decimal(10)


def near(text: str) -> Near:
    """`latitude|longitude`, `…|distance` or `…|distance|unit`, degrees and (by default) km.

    Raises ValueError for anything else, and for a unit that is no length.
    """
    parts = [unescape(part) for part in split(text, "|")]
    if not 2 <= len(parts) <= 4:
        raise ValueError("it is written latitude|longitude|distance|unit")
    latitude, longitude = _number(parts[0]), _number(parts[1])
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise ValueError("a latitude is at most 90 degrees and a longitude at most 180")
    distance = _number(parts[2]) if len(parts) > 2 and parts[2] else DEFAULT
    unit = units.find(units.UCUM, parts[3] if len(parts) > 3 and parts[3] else "km")
    if unit is None or unit.dimension != "m1":
        raise ValueError("its unit is a UCUM code of a length, such as km or m")
    if distance < 0:
        raise ValueError("a distance isn't negative")
    return Near(float(latitude), float(longitude), float(distance) * float(unit.factor))


def is_near(wanted: Near, resource: Mapping[str, Any]) -> bool:
    """Whether a Location's position is no further away, on a sphere, than the distance."""
    position = resource.get("position")
    if not position or "latitude" not in position or "longitude" not in position:
        return False
    here = float(position["latitude"]), float(position["longitude"])
    return metres(here, (wanted.latitude, wanted.longitude)) <= wanted.metres


def metres(here: tuple[float, float], there: tuple[float, float]) -> float:
    """The great-circle distance between two points in degrees, by the haversine formula."""
    north, south = radians(here[0]), radians(there[0])
    rise = sin((north - south) / 2) ** 2
    turn = sin(radians(here[1] - there[1]) / 2) ** 2
    return 2 * RADIUS * asin(min(1.0, sqrt(rise + cos(north) * cos(south) * turn)))


def _number(text: str) -> Decimal:
    if NUMBER.fullmatch(text) is None:
        raise ValueError("its latitude, longitude and distance are numbers")
    return Decimal(text)
