"""Vaccinations by age, risk and year: childhood, influenza, COVID-19, older people's."""

from __future__ import annotations

from typing import Final

from bevan.synthetic.calendar import ISO, YEAR, day, working
from bevan.synthetic.draws import between
from bevan.synthetic.person import Person
from bevan.synthetic.schedule import (
    CHILDHOOD,
    COVID,
    COVID_SEASONAL,
    FLU,
    PNEUMOCOCCAL,
    RSV,
    SHINGLES,
)
from bevan.synthetic.shapes.chart import Chart
from bevan.synthetic.shapes.treatment import Vaccine, immunization

_AT_RISK: Final = (
    "type-1-diabetes",
    "type-2-diabetes",
    "copd",
    "asthma",
    "chd",
    "heart-failure",
    "stroke",
    "chronic-kidney-disease",
    "severe-mental-illness",
    "learning-disability",
)
_SINCE: Final = 2004
"""Records of vaccinations before this year aren't in the systems of today."""
_FIRST_RSV: Final = day("2024-09-02")
_FIRST_SHINGRIX: Final = day("2023-09-01")
_COVID_DAYS: Final = tuple((day(when), percent / 100, dose) for when, percent, dose in COVID)


def _give(
    person: Person, chart: Chart, dose: Vaccine, on: int, *, at_pharmacy: bool = False
) -> None:
    """Give a dose, if the person is there on that day."""
    on = working(on)
    if person.born < on <= person.end:
        place = person.pharmacy if at_pharmacy else person.who.practice
        draws = person.draws
        lot = f"{'ABCDEFGH'[int(draws.random() * 8)]}{draws.getrandbits(18):06}"
        immunization(chart, place, dose, on, between(draws, 520, 1040), lot=lot)


def _childhood(person: Person, chart: Chart, keen: float) -> None:
    """The routine programme of those young enough to have it on record."""
    if int(ISO[person.born][:4]) < _SINCE:
        return
    for age, percent, dose in CHILDHOOD:
        if person.draws.random() < percent / 100 * keen and not (
            dose.product.startswith("vaccine.hpv")
            and not person.female
            and person.born < day("2007-09-01")
        ):
            _give(person, chart, dose, person.born + age + int(person.draws.random() ** 2 * 90))


def _at_risk(person: Person, on: int) -> bool:
    """Whether influenza would be dangerous."""
    return any(person.has(name, on) for name in _AT_RISK)


def _flu(person: Person, chart: Chart, keen: float) -> None:
    """Each autumn: people of 65 and over, at risk, and small children."""
    draws = person.draws
    loyal = draws.random()
    for year in range(max(2012, int(ISO[person.start][:4])), 2027):
        on = day(f"{year}-09-20") + between(draws, 0, 75)
        age = person.age(on)
        if age >= 65:
            share, dose = 0.749, FLU["older" if year > 2018 else "historic"]
        elif 2 <= age < 11:
            share, dose = 0.43, FLU["child"]
        elif age >= 16 and _at_risk(person, on):
            share, dose = 0.40, FLU["at risk" if year > 2022 else "historic"]
        else:
            continue
        if loyal * 0.6 + draws.random() * 0.4 < share * keen:
            _give(person, chart, dose, on, at_pharmacy=age > 16 and draws.random() < 0.3)


def _covid(person: Person, chart: Chart, keen: float) -> None:
    """The first course of adults, and seasonal doses from 75."""
    draws = person.draws
    willing = draws.random()
    for on, share, dose in _COVID_DAYS:
        if person.age(on) >= 16 and willing < share * keen:
            delay = 0 if person.age(on) > 65 else 60
            _give(person, chart, dose, on + delay + between(draws, -20, 30))
    for year in (2024, 2025, 2026):
        on = day(f"{year}-04-15") + between(draws, 0, 50)
        if person.age(on) >= 75 and willing < 0.6 * keen:
            _give(person, chart, COVID_SEASONAL, on)


def _older(person: Person, chart: Chart, keen: float) -> None:
    """Pneumococcal at 65, shingles from 65 or 70, RSV from 75."""
    draws = person.draws
    birthday = person.born + int(65 * YEAR)
    if birthday > person.start and draws.random() < 0.7 * keen:
        _give(person, chart, PNEUMOCOCCAL, birthday + between(draws, 20, 300))
    seventy = max(person.born + int(70 * YEAR), _FIRST_SHINGRIX) + between(draws, 10, 300)
    if person.age(seventy) < 80 and draws.random() < 0.55 * keen:
        _give(person, chart, SHINGLES[0], seventy)
        _give(person, chart, SHINGLES[1], seventy + between(draws, 60, 180))
    rsv = max(person.born + int(75 * YEAR), _FIRST_RSV) + between(draws, 10, 200)
    if person.age(rsv) < 80 and draws.random() < 0.6 * keen:
        _give(person, chart, RSV, rsv)


def write(person: Person, chart: Chart) -> None:
    """Write every vaccination; uptake is lower where deprivation is worse."""
    keen = 0.75 if person.decile == 1 else 0.9 if person.decile < 4 else 1.04
    _childhood(person, chart, keen)
    if person.age(person.end) > 2:
        _flu(person, chart, keen)
        _covid(person, chart, keen)
    if person.age(person.end) > 65:
        _older(person, chart, keen)
