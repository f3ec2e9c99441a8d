"""Names by culture, sex and year of birth."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from random import Random
from types import MappingProxyType
from typing import Final

from bevan.synthetic.draws import Weighted, pick

_CULTURE: Final = {
    "A": ("british",),
    "B": ("irish",),
    "C": ("polish", "romanian", "italian", "spanish", "portuguese", "turkish", "british"),
    "D": ("british",),
    "E": ("british", "nigerian"),
    "F": ("british", "indian"),
    "G": ("british",),
    "H": ("indian",),
    "J": ("pakistani",),
    "K": ("pakistani",),
    "L": ("indian", "british"),
    "M": ("british",),
    "N": ("nigerian", "ghanaian", "kenyan"),
    "P": ("british", "ghanaian"),
    "R": ("chinese",),
    "S": ("turkish", "pakistani", "spanish"),
}
_LATEST_RANKED: Final = 1996
_PUBLIC: Final = frozenset(
    (
        "David Cameron",
        "Gordon Brown",
        "Elton John",
        "George Harrison",
        "Paul Simon",
        "Keith Richards",
        "John Major",
        "Harry Styles",
        "Emma Watson",
        "Emma Thompson",
        "James Bond",
        "Margaret Thatcher",
        "Theresa May",
        "Tony Blair",
        "Boris Johnson",
        "Kate Bush",
        "George Michael",
        "Charles Dickens",
        "Anne Bronte",
        "Robert Peel",
        "Jane Austen",
        "Harold Shipman",
        "Lucy Letby",
        "Rose West",
        "Fred West",
        "Kate Middleton",
        "Diana Spencer",
        "Harry Kane",
    )
)
"""Pairs that belong to somebody known: drawn again."""


def _rows(name: str) -> list[dict[str, str]]:
    """The rows of one of the generator's own tables."""
    text = files("bevan.synthetic").joinpath("tables", name).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def _cohorts() -> Mapping[str, tuple[tuple[int, Weighted[str]], ...]]:
    """Given names by sex: (year from which they count, names weighted by rank to the -0.8)."""
    found: dict[str, list[tuple[int, Weighted[str]]]] = {"female": [], "male": []}
    for row in _rows("cohort_names.csv"):
        names = row["names"].split("|")
        weights = Weighted((name, (rank + 1) ** -0.8) for rank, name in enumerate(names))
        found[row["sex"]].append((int(row["year"]), weights))
    return MappingProxyType(
        {sex: tuple(sorted(cohorts, key=lambda one: one[0])) for sex, cohorts in found.items()}
    )


@cache
def _cultures() -> Mapping[tuple[str, str], tuple[str, ...]]:
    """Names by (culture, kind)."""
    rows = _rows("culture_names.csv")
    return MappingProxyType(
        {(row["culture"], row["kind"]): tuple(row["names"].split("|")) for row in rows}
    )


def culture(draws: Random, ethnicity: str) -> str:
    """The culture that a household of an ethnic category takes its names from."""
    return pick(draws, _CULTURE[ethnicity])


def family_name(draws: Random, of: str) -> str:
    """A surname of a culture."""
    return pick(draws, _cultures()[of, "family"])


def _cohort_name(draws: Random, sex: str, year: int) -> str:
    """A given name popular among babies of about that year."""
    cohorts = _cohorts()[sex]
    half = 0 if year > _LATEST_RANKED else 5
    chosen = cohorts[0][1]
    for start, names in cohorts:
        if start <= year + half:
            chosen = names
    return chosen.draw(draws)


def given_name(draws: Random, of: str, sex: str, year: int, family: str) -> str:
    """A given name of a culture, sex and year of birth that makes no known person."""
    for _ in range(8):
        own = _cultures().get((of, f"given-{sex}"))
        borrowed = own is None or draws.random() < 0.15
        name = _cohort_name(draws, sex, year) if borrowed or own is None else pick(draws, own)
        if f"{name} {family}" not in _PUBLIC:
            break
    return name
