"""Allergies: recorded by the practice, repeated by the hospital, denied only by a statement."""

from __future__ import annotations

from random import Random
from typing import Final, NamedTuple

from bevan.synthetic.calendar import YEAR
from bevan.synthetic.draws import Weighted, between
from bevan.synthetic.person import Person
from bevan.synthetic.shapes.chart import Chart
from bevan.synthetic.shapes.problem import allergy


class Allergen(NamedTuple):
    """A substance, percent of people with it, its category and its usual reaction."""

    name: str
    percent: float
    category: str = "medication"
    reaction: str = ""
    group: str = ""


_ALLERGENS: Final = (
    Allergen("penicillin", 6.0, group="penicillin"),
    Allergen("amoxicillin", 1.2, group="penicillin"),
    Allergen("flucloxacillin", 0.5, group="penicillin"),
    Allergen("trimethoprim", 1.2),
    Allergen("erythromycin", 1.0, reaction="vomiting", group="macrolide"),
    Allergen("clarithromycin", 0.4, reaction="nausea", group="macrolide"),
    Allergen("doxycycline", 0.3, reaction="nausea"),
    Allergen("nitrofurantoin", 0.5, reaction="nausea"),
    Allergen("aspirin", 0.8, reaction="wheezing"),
    Allergen("ibuprofen", 0.8, group="nsaid"),
    Allergen("naproxen", 0.3, group="nsaid"),
    Allergen("codeine", 1.5, reaction="vomiting", group="opioid"),
    Allergen("ramipril", 0.7, reaction="cough", group="ace"),
    Allergen("atorvastatin", 0.5, reaction="itching-of-skin", group="statin"),
    Allergen("metformin", 0.4, reaction="diarrhoea"),
    Allergen("peanut", 0.35, "food"),
    Allergen("cashew-nut", 0.2, "food"),
    Allergen("eggs", 0.15, "food"),
    Allergen("dairy-foods", 0.15, "food", "diarrhoea"),
    Allergen("seafood", 0.3, "food"),
    Allergen("bee-venom", 0.1, "biologic"),
)
_REACTION: Final = Weighted(
    (
        ("eruption-of-skin", 60),
        ("urticarial-rash", 20),
        ("itching-of-skin", 8),
        ("anaphylactic-reaction", 4),
    )
)
_FOOD_REACTION: Final = Weighted(
    (("urticarial-rash", 50), ("anaphylactic-reaction", 25), ("vomiting", 25))
)
_SEVERITY: Final = Weighted((("mild", 55), ("moderate", 35), ("severe", 10)))
_STATED_NONE: Final = 0.55
"""Of those without an allergy, how many have it said that they have none."""


def _reaction(draws: Random, one: Allergen) -> str:
    """How somebody reacted."""
    if one.reaction and draws.random() < 0.7:
        return one.reaction
    return (_FOOD_REACTION if one.category == "food" else _REACTION).draw(draws)


def _record(person: Person, chart: Chart, one: Allergen) -> None:
    """An allergy of the practice, and in two of five cases of the hospital too."""
    draws = person.draws
    person.allergic.add(one.group or one.name)
    began = between(draws, person.born + 30, max(person.born + 31, person.end - 400))
    recorded = min(began + int(draws.random() * 400), person.end)
    reaction = _reaction(draws, one)
    grave = reaction == "anaphylactic-reaction"
    severity = "severe" if grave else _SEVERITY.draw(draws)
    key = f"allergen.{one.name}"
    allergy(
        chart,
        person.who.practice,
        key,
        recorded,
        by=person.who.gp,
        onset=began,
        reaction=f"reaction.{reaction}",
        severity=severity,
        category=one.category,
        criticality="high" if grave else "low",
    )
    if draws.random() < 0.4:
        again = min(recorded + int(draws.random() * 5 * YEAR), person.end)
        allergy(
            chart,
            person.trust,
            key,
            again,
            category=one.category,
            reaction=f"reaction.{reaction}" if draws.random() < 0.6 else "",
            verified="unconfirmed" if draws.random() < 0.5 else "confirmed",
        )


def write(person: Person, chart: Chart) -> None:
    """Write what somebody is allergic to; where nothing, often the statement that it is so."""
    draws = person.draws
    if person.traits.age < 1:
        return
    more = 1.35 if person.female else 0.65
    age = person.traits.age
    some = False
    for one in _ALLERGENS:
        weight = (
            min(1.5, 0.35 + age / 50)
            if one.category == "medication"
            else (1.8 if age < 18 else 0.8)
        )
        if draws.random() < one.percent / 100 * more * weight:
            _record(person, chart, one)
            some = True
    if not some and draws.random() < _STATED_NONE:
        on = between(draws, person.start, person.end)
        allergy(chart, person.who.practice, "allergy.no-known-allergy", on, by=person.who.gp)
