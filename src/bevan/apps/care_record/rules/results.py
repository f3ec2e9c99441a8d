"""Measurements over time: one series a test, with its range and what the last value means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from bevan.apps.care_record.rules import entries
from bevan.apps.care_record.rules.concepts import Resource, keys, words
from bevan.web.words import amount

Kind = Literal["in", "out", "watch"]
NOTABLE = 0.1
TOO_HIGH, TOO_LOW = {"H", "HH", "HU"}, {"L", "LL", "LU"}


@dataclass(frozen=True)
class Reading:
    """One measured value; ``text`` keeps the source's digits, ``comparator`` its "<" or ">"."""

    resource: dict[str, Any]
    when: str
    value: float
    text: str
    low: float | None
    high: float | None
    flag: str = ""


@dataclass(frozen=True)
class Series:
    """All readings of one test in one unit, oldest first."""

    key: str
    name: str
    unit: str
    readings: tuple[Reading, ...]

    @property
    def last(self) -> Reading:
        """The newest reading."""
        return self.readings[-1]


@dataclass(frozen=True)
class Verdict:
    """What a value means: in range, out of it, or worth watching."""

    kind: Kind
    text: str
    icon: str


def series(observations: Iterable[dict[str, Any]]) -> list[Series]:
    """Numeric results by test and unit; a new unit is a new series, never a step in a line.

    A test's codings (laboratory and SNOMED) may come singly or together: entries that share one
    belong together, and are named as the newest names them.
    """
    grouped: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    known: dict[str, str] = {}
    for one in entries.counted(observations):
        if "valueQuantity" in one and "value" in one["valueQuantity"]:
            grouped[_test(one, known), unit_code(one["valueQuantity"])].append(one)
    made = [_series(*key, members) for key, members in grouped.items()]
    return sorted(made, key=lambda one: one.name.lower())


def _test(observation: Resource, known: dict[str, str]) -> str:
    concept = observation.get("code")
    names = sorted(keys(concept)) or [words(concept).lower()]
    key = next((known[name] for name in names if name in known), names[0])
    known.update(dict.fromkeys(names, key))
    return key


def _series(key: str, unit_text: str, members: list[dict[str, Any]]) -> Series:
    readings = sorted((reading(one) for one in members), key=lambda one: one.when)
    newest = readings[-1].resource
    return Series(key.rsplit("|", 1)[-1], words(newest.get("code")), unit_text, tuple(readings))


def unit_code(quantity: Resource) -> str:
    """What tells units apart: the code, else the words."""
    text: str = quantity.get("code") or quantity.get("unit") or ""
    return text


def reading(observation: dict[str, Any]) -> Reading:
    """One value with the range that its laboratory sent along."""
    quantity = observation["valueQuantity"]
    low, high = limits(observation)
    return Reading(
        observation,
        entries.when(observation),
        float(quantity["value"]),
        quantity.get("comparator", "") + amount(quantity["value"]),
        low,
        high,
        flag(observation),
    )


def limits(observation: Resource) -> tuple[float | None, float | None]:
    """The reference range; either end may be open."""
    for given in observation.get("referenceRange") or []:
        ends = [(given.get(name) or {}).get("value") for name in ("low", "high")]
        if any(end is not None for end in ends):
            low, high = (float(end) if end is not None else None for end in ends)
            return low, high
    return None, None


def flag(observation: Resource) -> str:
    """The laboratory's own word: H, L, N…"""
    for concept in observation.get("interpretation") or []:
        for coding in concept.get("coding") or []:
            if coding.get("code"):
                return str(coding["code"])
    return ""


def verdict(one: Series) -> Verdict:
    """The last value in words. What the laboratory said goes before what we work out."""
    last, side = one.last, side_of(one.last)
    course = _course(one)
    if side == 0:
        known = last.low is not None or last.high is not None or last.flag == "N"
        return Verdict("in", "In range" if known else "No range given", "tick" if known else "dash")
    word = "High" if side > 0 else "Low"
    return Verdict("out", word + (f", {course}" if course else ""), "up" if side > 0 else "down")


def side_of(value: Reading) -> int:
    """1 above its range, -1 below, 0 inside or not known."""
    if value.flag in TOO_HIGH or (value.high is not None and value.value > value.high):
        return 1
    if value.flag in TOO_LOW or (value.low is not None and value.value < value.low):
        return -1
    return 0


def _course(one: Series) -> str:
    if len(one.readings) < 2:
        return ""
    before, now = one.readings[-2].value, one.last.value
    if abs(now - before) <= abs(before) * NOTABLE:
        return ""
    return "rising" if now > before else "falling"


def change(one: Series) -> str:
    """The last step in words: "2 lower", "the same", or nothing for a single value."""
    if len(one.readings) < 2:
        return ""
    step = round(one.last.value - one.readings[-2].value, 3)
    return f"{abs(step):g} {'higher' if step > 0 else 'lower'}" if step else "the same"


def range_text(low: float | None, high: float | None) -> str:
    """A range in words: "88 to 92", "under 5", "60 or more"."""
    if low is not None and high is not None:
        return f"{low:g} to {high:g}" if low else f"up to {high:g}"
    if high is not None:
        return f"up to {high:g}"
    return f"{low:g} or more" if low is not None else ""
