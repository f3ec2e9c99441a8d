"""Going home early to a virtual ward: nine days or so, a set of signs every morning."""

from __future__ import annotations

from typing import Final

from bevan.synthetic.body import Body
from bevan.synthetic.calendar import TODAY, YEAR
from bevan.synthetic.draws import between, normal
from bevan.synthetic.person import Person
from bevan.synthetic.shapes.chart import Chart
from bevan.synthetic.shapes.contact import encounter, episode, site
from bevan.synthetic.shapes.measurement import Signs, Taken, signs_set

_SINCE: Final = TODAY - int(4 * YEAR)
"""The service began four years ago."""
_SHARE: Final = 0.3


def _signs(person: Person, body: Body, on: int, ill: float) -> Signs:
    """A morning's signs at home, getting better."""
    draws = person.draws
    high, low = body.blood_pressure(on)
    usual = 92 if person.has("copd", on) else 96
    return Signs(
        breathing=max(12, round(normal(draws, 17 + ill * 4, 1))),
        oxygen=max(84, min(99, round(normal(draws, usual - ill * 2, 1)))),
        on_oxygen=False,
        systolic=high,
        diastolic=low,
        pulse=max(50, round(body.pulse + ill * 14)),
        alert="A",
        temperature=round(normal(draws, 36.6 + ill * 0.5, 0.2), 1),
    )


def step_down(person: Person, chart: Chart, body: Body, start: int, ill: float) -> None:
    """Some of those who were ill go home with a kit; what it sends, until they are discharged."""
    draws = person.draws
    if start < _SINCE or person.traits.age < 18 or draws.random() >= _SHARE:
        return
    last = start + between(draws, 5, 13)
    if last >= person.end:
        return
    place = person.region.place("hospital-at-home")
    lead = person.region.worker("ama-osei" if draws.random() < 0.5 else "edwin-marsh")
    ward = episode(chart, place, "Virtual ward", start, last, by=lead)
    stay = encounter(
        chart,
        place,
        "home-health",
        "telemedicine-consultation-with-patient",
        (start, 1110),
        (last, 690),
        by=person.region.worker("priya-nair"),
        reason_text="Step-down from hospital",
        episode=ward,
        where=site(f"bed-v{between(draws, 1, 24):02}", "North team ward"),
    )
    for number in range(1, last - start):
        better = ill * max(0.0, 1 - number / 7)
        taken = Taken(start + number, 545 + between(draws, -20, 40), place, "", stay)
        signs_set(chart, taken, _signs(person, body, start + number, better))
