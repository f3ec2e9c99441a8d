"""A second record of the same person, made in a hurry at another hospital's front door.

Three in a thousand people have one: the name misheard, the day and month of birth swapped where
that gives a date, no NHS number. It is what the person index has to find.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

from bevan.synthetic.calendar import ISO, day
from bevan.synthetic.draws import between, chance
from bevan.synthetic.person import Person
from bevan.synthetic.shapes.chart import Chart
from bevan.synthetic.shapes.contact import encounter, site
from bevan.synthetic.shapes.measurement import Taken, blood_pressure
from bevan.synthetic.shapes.person import Identity, patient

_SHARE: Final = 0.003
_SOUNDS: Final = (
    ("ph", "f"),
    ("ck", "k"),
    ("ee", "ea"),
    ("ie", "ei"),
    ("son", "sen"),
    ("th", "t"),
    ("ll", "l"),
    ("y", "i"),
    ("c", "k"),
    ("s", "z"),
)


def misheard(name: str) -> str:
    """A name as somebody else would spell it: one sound changed, or the last letter lost."""
    head, rest = name[:1], name[1:]
    for heard, written in _SOUNDS:
        if heard in rest:
            return head + rest.replace(heard, written, 1)
    return name[:-1] if len(name) > 4 else name


def swapped(born: int) -> int:
    """The day with day and month changed over, where that is a date; else the same day."""
    year, month, number = map(int, ISO[born].split("-"))
    if number > 12:
        return born
    return day(date(year, number, month).isoformat())


def _other(who: Identity, hospital: str, number: str) -> Identity:
    """How the hospital wrote the person down."""
    born = swapped(who.born)
    return replace(
        who,
        family=misheard(who.family),
        born=born,
        number=None,
        test_number="",
        hospital_numbers=((hospital, number),),
        phone="",
        email="",
        marital="",
        ethnicity="99",
        contact="",
        links="",
    )


def duplicate(person: Person) -> list[bytes]:
    """The second record of a person, if they have one: a Patient and one attendance."""
    draws = chance(person.region.seed, "duplicate", person.identifier)
    if draws.random() >= _SHARE or person.traits.age < 2 or person.who.died is not None:
        return []
    slug = "kelding-infirmary" if person.trust.slug.startswith("thorn") else "thornbeck-general"
    trust = person.region.place(slug)
    who = _other(person.who, slug, f"T{draws.getrandbits(24) % 10_000_000:07}")
    chart = Chart(draws)
    patient(chart, who, trust.source)
    on = between(draws, max(person.start, who.born + 1), person.end - 1)
    minute = between(draws, 60, 1300)
    seen = encounter(
        chart,
        trust,
        "emergency",
        "emergency-room-admission",
        (on, minute),
        (on, minute + 110),
        by=person.region.specialist(trust, "180"),
        reason_text="Minor injury",
        where=site(f"{slug}-emergency", "Emergency department"),
    )
    if person.age(on) >= 16:
        blood_pressure(
            chart,
            Taken(on, minute + 9, trust, "", seen),
            between(draws, 110, 150),
            between(draws, 62, 90),
        )
    return chart.out
