"""Households: people come in blocks of a hundred neighbours who share homes.

A block depends on the seed and its number only. Fifteen blocks make a neighbourhood (about 1,500
people) with one deprivation decile and its own mix of ethnic groups; each block belongs to one
practice. Ages follow England's pyramid, shifted by deprivation.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from random import Random
from typing import Final

from bevan.synthetic.calendar import TODAY, YEAR
from bevan.synthetic.draws import Weighted, chance
from bevan.synthetic.naming import culture, family_name
from bevan.synthetic.towns import Address, address, landline

BLOCK: Final = 100
_NEIGHBOURHOOD: Final = 15
_SIZES: Final = Weighted(((1, 30), (2, 34), (3, 16), (4, 13), (5, 5), (6, 2)))
_SHARES: Final = {
    "A": 73.5,
    "B": 0.9,
    "C": 7.3,
    "D": 0.9,
    "E": 0.4,
    "F": 0.8,
    "G": 0.8,
    "H": 3.3,
    "J": 2.8,
    "K": 1.1,
    "L": 1.7,
    "M": 1.1,
    "N": 2.6,
    "P": 0.5,
    "R": 0.8,
    "S": 2.2,
}


@dataclass(slots=True)
class Member:
    """A place in a household, waiting for a life."""

    sex: str
    age: float
    ethnicity: str
    culture: str
    family: str
    home: Address
    phone: str
    decile: int
    practice: int
    role: str
    place: int


@cache
def _pyramid() -> dict[str, tuple[int, ...]]:
    """People of England by sex and single year of age, 90 and over in the last."""
    text = files("bevan.synthetic").joinpath("tables/pyramid.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    return {sex: tuple(int(row[sex]) for row in rows) for sex in ("female", "male")}


@cache
def _ages(sex: str, low: int, high: int, decile: int, older: float) -> Weighted[int]:
    """Ages between two limits, younger where deprivation is worse, older in small homes."""
    tilt = (decile - 5.5) / 4.5
    counts = _pyramid()[sex]
    return Weighted(
        (
            age,
            counts[min(age, 90)]
            * max(0.2, 1 + tilt * (age - 40) / 130)
            * (max(age, 1) / 50) ** older
            * (1 if age < 90 else 0.8 ** (age - 90) / 5),
        )
        for age in range(low, high + 1)
    )


def _age(draws: Random, sex: str, low: int, high: int, decile: int, older: float) -> float:
    """An age in years with its fraction."""
    return _ages(sex, low, high, decile, older).draw(draws) + draws.random()


def _sex(draws: Random) -> str:
    """A sex; slightly more women."""
    return "female" if draws.random() < 0.508 else "male"


def _together(draws: Random, size: int, decile: int) -> list[tuple[str, float, str]]:
    """(sex, age, role) of the members of a household of a size."""
    if size == 1:
        sex = _sex(draws)
        return [(sex, _age(draws, sex, 20, 101, decile, 1.6), "alone")]
    sex = _sex(draws)
    oldest = 99 if size == 2 else 62
    youngest = 20 if size == 2 else 24
    first = _age(draws, sex, youngest, oldest, decile, 1.5 if size == 2 else 0.5)
    members = [(sex, first, "adult")]
    lone = size > 2 and draws.random() < (0.3 if decile < 4 else 0.17)
    if not lone and not (size == 2 and draws.random() < 0.12):
        other = "male" if sex == "female" else "female"
        gap = 2.5 if sex == "female" else -2.5
        second = min(100, max(18.1, first + gap + (draws.random() - 0.5) * 8))
        members.append((other if draws.random() < 0.96 else sex, second, "partner"))
    mother = min(age for _, age, _ in members)
    while len(members) < size:
        child = mother - 16.5 - draws.random() * 24
        kin = child if child > 0 else draws.random() * 17
        members.append((_sex(draws), max(0.02, kin), "child"))
    return members


def _mix(seed: int, number: int) -> Weighted[str]:
    """The ethnic mix of a neighbourhood: England's shares, spread widely between places."""
    draws = chance(seed, "mix", number)
    spread = {
        code: share * (draws.random() ** 2 * 3) for code, share in _SHARES.items() if code != "A"
    }
    total = sum(spread.values())
    return Weighted([("A", 73.5 * total / 26.5 * (0.6 + draws.random() * 0.8)), *spread.items()])


def _ethnicity(draws: Random, mix: Weighted[str], age: float) -> str:
    """The ethnic group of a household: older people are more often White British."""
    drawn = mix.draw(draws)
    return "A" if drawn != "A" and age > 60 and draws.random() < 0.62 else drawn


@lru_cache(maxsize=8)
def block(seed: int, number: int, practices: int) -> tuple[Member, ...]:
    """The hundred people of a block, household by household."""
    draws = chance(seed, "block", number)
    neighbourhood = number // _NEIGHBOURHOOD
    decile = 1 + (neighbourhood * 7 + seed + number // 3) % 10
    mix = _mix(seed, neighbourhood)
    practice = number % practices
    members: list[Member] = []
    while len(members) < BLOCK:
        people = _together(draws, _SIZES.draw(draws), decile)
        ethnicity = _ethnicity(draws, mix, people[0][1])
        of = culture(draws, ethnicity)
        family = family_name(draws, of)
        home, phone = address(draws, practice), landline(draws)
        for place, (sex, age, role) in enumerate(people):
            own = role == "partner" and draws.random() < 0.3
            other = draws.random() < 0.05
            members.append(
                Member(
                    sex,
                    age,
                    ethnicity,
                    of,
                    family_name(draws, of) if own else family,
                    home,
                    phone,
                    decile,
                    (practice + 1) % practices if other else practice,
                    role,
                    place,
                )
            )
    return tuple(members[:BLOCK])


def born_on(age: float) -> int:
    """The day on which somebody of an age today was born."""
    return TODAY - int(age * YEAR) - 1


def children(seed: int, index: int, practices: int) -> list[int]:
    """Birthdays of the children whom the woman at an index has borne and lives with."""
    neighbours = block(seed, index // BLOCK, practices)
    mother = neighbours[index % BLOCK]
    if mother.sex != "female" or mother.role not in ("adult", "partner"):
        return []
    home = [one for one in neighbours if one.home == mother.home]
    women = [one for one in home if one.sex == "female" and one.role in ("adult", "partner")]
    if women[0] is not mother:
        return []
    ages = (one.age for one in home if one.role == "child")
    return sorted(born_on(age) for age in ages if 15.5 < mother.age - age < 46)


def member(seed: int, index: int, practices: int) -> Member:
    """The member at an index of the whole population."""
    return block(seed, index // BLOCK, practices)[index % BLOCK]
