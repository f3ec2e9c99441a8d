"""Which conditions somebody has, and since when.

Recorded prevalence in England by age band, sex ratio and deprivation comes from the region's
parameters (QOF 2019-20 and general knowledge). People differ by a frailty (gamma, variance 0.5)
and conditions bring others with them (odds ratios). Starting odds are calibrated to give the
recorded prevalence back: `scripts/calibrate_risks.py` writes them to `tables/risks.csv`.
"""

from __future__ import annotations

import csv
from collections.abc import Container
from functools import cache
from importlib.resources import files
from math import log
from random import Random
from typing import Final, NamedTuple

BANDS: Final = (18, 40, 60, 75)
"""Ages at which a new band begins: 0-17, 18-39, 40-59, 60-74, 75 and over."""


def band(age: float) -> int:
    """The number of an age's band."""
    return sum(age >= limit for limit in BANDS)


class Risk(NamedTuple):
    """A condition: percent recorded by age band, male to female ratio, how much likelier in the
    most deprived tenth than in the least, mean years since its onset, youngest age."""

    name: str
    percent: tuple[float, float, float, float, float]
    male_ratio: float
    deprivation: float
    years: float
    youngest: float
    brings: tuple[tuple[str, float], ...] = ()


RISKS: Final = (
    Risk("smoking", (0.5, 17, 16, 12, 6.5), 1.25, 3.0, 15, 15),
    Risk("ex-smoking", (0, 12, 24, 34, 36), 1.3, 1.2, 14, 20),
    Risk("obesity", (0, 9, 15, 18, 11), 0.85, 1.8, 9, 18),
    Risk("learning-disability", (0.4, 0.7, 0.5, 0.4, 0.2), 1.5, 1.7, 99, 0),
    Risk("autism", (2.5, 1.2, 0.3, 0.1, 0), 3.0, 1.2, 99, 3),
    Risk("adhd", (2.2, 0.9, 0.4, 0.05, 0), 3.0, 1.2, 8, 6),
    Risk("hypertension", (0, 2.5, 14, 38, 58), 1.0, 1.2, 9, 20, (("obesity", 2.2),)),
    Risk("type-1-diabetes", (0.28, 0.4, 0.5, 0.4, 0.3), 1.2, 1.0, 15, 1),
    Risk(
        "type-2-diabetes",
        (0.02, 0.8, 6.0, 15.6, 19.7),
        1.3,
        1.9,
        8,
        16,
        (("obesity", 4), ("hypertension", 2.8)),
    ),
    Risk("prediabetes", (0, 1.5, 7, 17, 20), 1.0, 1.3, 5, 20, (("obesity", 2),)),
    Risk("asthma", (4, 6.5, 7, 8, 8), 0.8, 1.15, 18, 2),
    Risk("copd", (0, 0.05, 1.3, 6, 8), 1.1, 3.0, 7, 38, (("smoking", 9), ("ex-smoking", 5))),
    Risk(
        "chd",
        (0, 0.1, 1.7, 8.5, 15),
        2.0,
        1.6,
        8,
        30,
        (("type-2-diabetes", 2.2), ("smoking", 2), ("hypertension", 1.8)),
    ),
    Risk(
        "atrial-fibrillation", (0, 0.05, 0.6, 4.5, 14), 1.4, 0.95, 6, 35, (("hypertension", 2.2),)
    ),
    Risk(
        "heart-failure",
        (0, 0.03, 0.35, 2, 7),
        1.3,
        1.6,
        4,
        30,
        (("chd", 7), ("atrial-fibrillation", 6), ("copd", 2.5)),
    ),
    Risk(
        "stroke",
        (0.02, 0.1, 0.9, 4.2, 10),
        1.2,
        1.4,
        6,
        20,
        (("atrial-fibrillation", 3.5), ("hypertension", 2)),
    ),
    Risk(
        "peripheral-arterial-disease",
        (0, 0, 0.3, 1.8, 3),
        1.9,
        2.2,
        6,
        40,
        (("chd", 4), ("smoking", 4)),
    ),
    Risk(
        "chronic-kidney-disease",
        (0, 0.2, 1.3, 7, 22),
        0.85,
        1.3,
        5,
        25,
        (("hypertension", 2.5), ("type-2-diabetes", 2.6)),
    ),
    Risk("cancer", (0.1, 0.5, 2.6, 8, 15), 0.85, 0.9, 6, 5),
    Risk("depression", (1, 11, 16, 14, 10), 0.6, 1.5, 8, 13, (("type-2-diabetes", 1.5),)),
    Risk("anxiety", (2, 11, 10, 8, 7), 0.5, 1.4, 7, 10, (("copd", 2), ("depression", 3))),
    Risk("severe-mental-illness", (0.05, 0.8, 1.4, 1.4, 1.2), 1.1, 2.2, 14, 16, (("smoking", 3),)),
    Risk("dementia", (0, 0, 0.03, 0.9, 7), 0.6, 1.1, 3, 50, (("stroke", 2),)),
    Risk("epilepsy", (0.4, 0.7, 0.85, 0.9, 0.9), 1.1, 1.6, 20, 1, (("learning-disability", 15),)),
    Risk("rheumatoid-arthritis", (0.02, 0.2, 0.8, 1.8, 2), 0.4, 1.2, 9, 16),
    Risk("osteoporosis", (0, 0, 0.2, 0.9, 2.5), 0.15, 1.0, 5, 50, (("rheumatoid-arthritis", 2),)),
    Risk("hypothyroidism", (0.1, 1.5, 4.5, 8, 11), 0.2, 1.0, 9, 12),
    Risk("osteoarthritis", (0, 0.5, 6, 20, 33), 0.65, 1.3, 8, 35, (("obesity", 2.2),)),
    Risk("migraine", (1.2, 6, 7, 4, 2), 0.4, 1.0, 10, 10),
    Risk("eczema", (8, 4, 3, 3, 3), 0.95, 1.0, 8, 0.3),
    Risk("hay-fever", (5, 9, 8, 5, 3), 1.0, 0.9, 12, 4),
    Risk("reflux", (0.3, 3, 8, 12, 14), 0.9, 1.2, 7, 16),
    Risk("gout", (0, 0.3, 2.2, 4.5, 6), 3.5, 1.1, 7, 30),
    Risk("prostate-enlargement", (0, 0, 3, 16, 24), 999, 1.0, 6, 45),
    Risk("glaucoma", (0, 0.05, 0.6, 2.5, 5), 1.0, 1.0, 6, 40),
    Risk("cataract", (0, 0, 0.5, 7, 24), 0.8, 1.0, 4, 45),
    Risk("hearing-loss", (0.5, 0.6, 2.5, 9, 22), 1.2, 1.1, 7, 3),
    Risk("sickle-cell", (0.02, 0.02, 0.015, 0.005, 0), 1.0, 1.0, 99, 0),
    Risk("frailty", (0, 0, 0, 24, 78), 0.7, 1.4, 3, 65, (("dementia", 5),)),
    Risk(
        "palliative",
        (0, 0.03, 0.15, 0.8, 2.8),
        0.9,
        1.1,
        0.5,
        18,
        (("cancer", 8), ("heart-failure", 3), ("dementia", 3)),
    ),
)
BY_NAME: Final = {risk.name: risk for risk in RISKS}

_SOUTH_ASIAN: Final = frozenset("HJK")
_BLACK: Final = frozenset("MNP")
_BY_ETHNICITY: Final = {
    "type-2-diabetes": (2.5, 2.0),
    "chd": (1.4, 1.0),
    "copd": (0.5, 0.6),
    "hypertension": (1.0, 1.6),
    "severe-mental-illness": (1.0, 2.5),
    "atrial-fibrillation": (0.6, 0.6),
    "sickle-cell": (0, 12),
}
"""Odds of South Asian and Black people against White people."""


def _ethnic(name: str, ethnicity: str) -> float:
    """The odds of an ethnic group for a condition."""
    south_asian, black = _BY_ETHNICITY.get(name, (1.0, 1.0))
    if ethnicity in _SOUTH_ASIAN:
        return south_asian
    if ethnicity in _BLACK:
        return black
    return 0.0 if name == "sickle-cell" else 1.0


@cache
def starting_odds() -> dict[str, tuple[float, ...]]:
    """Calibrated odds of each condition by age band, for an average person with nothing else."""
    text = files("bevan.synthetic").joinpath("tables/risks.csv").read_text("utf-8")
    return {
        row["name"]: tuple(float(row[f"band{number}"]) for number in range(5))
        for row in csv.DictReader(text.splitlines())
    }


def frailty(draws: Random) -> float:
    """How prone to illness somebody is: gamma with mean 1 and variance 0.5."""
    return -0.5 * (log(1 - draws.random()) + log(1 - draws.random()))


class Traits(NamedTuple):
    """What bears on risk: age, sex, deprivation decile (1 most deprived), ethnicity, frailty."""

    age: float
    female: bool
    decile: int
    ethnicity: str
    frailty: float


def odds(risk: Risk, who: Traits, base: float, have: Container[str]) -> float:
    """The odds that somebody with these traits and conditions has a condition."""
    share = 2 * risk.male_ratio / (1 + risk.male_ratio)
    found = base * (2 - share if who.female else share) * who.frailty
    found *= float(risk.deprivation ** ((5.5 - who.decile) / 9))
    found *= _ethnic(risk.name, who.ethnicity)
    for other, ratio in risk.brings:
        if other in have:
            found *= ratio
    return found


_EXCLUDES: Final = {
    "ex-smoking": "smoking",
    "type-2-diabetes": "type-1-diabetes",
    "prediabetes": "type-2-diabetes",
}


def draw_conditions(
    draws: Random, who: Traits, bases: dict[str, tuple[float, ...]] | None = None
) -> dict[str, float]:
    """The conditions of somebody: name to age at onset, in the order of the table."""
    number = band(who.age)
    have: dict[str, float] = {}
    for risk in RISKS:
        base = (bases or starting_odds())[risk.name][number]
        chance = draws.random()
        if not base or (risk.name == "prostate-enlargement" and who.female):
            continue
        if _EXCLUDES.get(risk.name) in have or (
            risk.name == "prediabetes" and "type-1-diabetes" in have
        ):
            continue
        found = odds(risk, who, base, have)
        if chance < found / (1 + found) and who.age > risk.youngest + 0.1:
            have[risk.name] = _onset(draws, risk, who.age)
    return have


def _onset(draws: Random, risk: Risk, age: float) -> float:
    """Age at onset: years ago are exponential, never before the youngest age."""
    if risk.years > 90:
        return risk.youngest + draws.random() * 3 * (age > 3)
    ago = -risk.years * log(1 - draws.random())
    onset = age - ago
    if onset < risk.youngest:
        onset = risk.youngest + draws.random() * (age - risk.youngest)
    return min(onset, age - 0.05)
