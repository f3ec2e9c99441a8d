"""A whole life as resources: the truth first, then what each provider's system holds of it."""

from __future__ import annotations

from collections.abc import Iterator

from bevan.synthetic import (
    admissions,
    allergies,
    clinics,
    diagnoses,
    electives,
    maternity,
    plans,
    prescriptions,
    reviews,
    vaccinations,
    visits,
)
from bevan.synthetic.body import Body
from bevan.synthetic.duplicates import duplicate
from bevan.synthetic.ground import Region
from bevan.synthetic.person import Person, make
from bevan.synthetic.shapes.chart import Chart
from bevan.synthetic.shapes.person import patient


def write(person: Person, chart: Chart) -> None:
    """Write everything about a person after their Patient: each part adds its resources."""
    body = Body(person)
    diagnoses.write(person, chart, body)
    allergies.write(person, chart)
    prescriptions.write(person, chart, body)
    vaccinations.write(person, chart)
    reviews.write(person, chart, body)
    visits.write(person, chart, body)
    clinics.write(person, chart, body)
    electives.write(person, chart)
    admissions.write(person, chart, body)
    maternity.write(person, chart, body)
    plans.write(person, chart)


def life(person: Person) -> list[bytes]:
    """Every resource of one person."""
    chart = Chart(person.draws, person.identifier)
    patient(chart, person.who, person.who.practice.source)
    write(person, chart)
    return chart.out


def people_of(region: Region, start: int, stop: int) -> Iterator[bytes]:
    """The resources of the people from an index up to another, one person after the other."""
    for index in range(start, stop):
        person = make(region, index)
        yield from life(person)
        yield from duplicate(person)
