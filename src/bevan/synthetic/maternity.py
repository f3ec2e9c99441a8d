"""Having a child and being born: booking, scans, blood tests, contacts, birth.

The children of a household are those that its mother bore: her pregnancies end on their
birthdays, give or take nothing.
"""

from __future__ import annotations

from typing import Final

from bevan.synthetic.body import Body
from bevan.synthetic.calendar import working
from bevan.synthetic.draws import between, normal, pick
from bevan.synthetic.panels import panel
from bevan.synthetic.person import Person
from bevan.synthetic.schedule import PERTUSSIS
from bevan.synthetic.shapes.chart import Chart
from bevan.synthetic.shapes.contact import encounter, site
from bevan.synthetic.shapes.laboratory import Ordered, imaging
from bevan.synthetic.shapes.measurement import Taken, blood_pressure, vital
from bevan.synthetic.shapes.paper import document
from bevan.synthetic.shapes.problem import condition
from bevan.synthetic.shapes.treatment import immunization, procedure
from bevan.synthetic.staff import Worker

_CONTACTS: Final = (16, 25, 28, 31, 34, 36, 38, 40)
"""Weeks of pregnancy in which the midwife sees everyone."""
_CAESAREAN: Final = 0.37


def _midwife(person: Person) -> Worker:
    """A midwife of the trust."""
    team = person.region.staff[person.trust.slug]
    return pick(person.draws, [one for one in team if one.job == "midwife"])


def _seen(
    person: Person, chart: Chart, body: Body, by: Worker, began: int, week: int, born: int
) -> None:
    """One contact with blood pressure and, later, the baby's heart."""
    on = working(began + week * 7)
    if on >= born - 1:
        return
    draws, minute = person.draws, between(person.draws, 540, 960)
    contact = encounter(
        chart,
        person.trust,
        "ambulatory",
        "encounter-for-check-up",
        (on, minute),
        (on, minute + 20),
        by=by,
        reason_text=f"Midwife, {week} weeks",
        where=site(f"{person.trust.slug}-maternity", "Maternity unit"),
    )
    taken = Taken(on, minute + 3, person.trust, by.ref, contact)
    blood_pressure(chart, taken, *body.blood_pressure(on))
    if week >= 16:
        vital(chart, taken, "fetal-heart-rate", normal(draws, 142, 7))
    if week == 28:
        panel(
            person,
            chart,
            body,
            Ordered(on, minute + 8, person.trust, by, person.laboratory, contact),
            "blood",
        )


def _scans(person: Person, chart: Chart, by: Worker, began: int) -> None:
    """Scans at 12 and 20 weeks."""
    for week, text in ((12, "Dates agree, single baby."), (20, "Anatomy looks normal.")):
        on = working(began + week * 7 + 2)
        imaging(
            chart,
            Ordered(on, 660, person.trust, by, person.imaging),
            "procedure.ultrasound-scan-obstetric",
            f"{week} week scan: {text}",
        )


def _booking(person: Person, chart: Chart, body: Body, by: Worker, began: int) -> None:
    """Booking at eight to ten weeks, with bloods."""
    on = working(began + between(person.draws, 56, 70))
    contact = encounter(
        chart,
        person.trust,
        "ambulatory",
        "patient-encounter-procedure",
        (on, 600),
        (on, 660),
        by=by,
        reason_text="Midwife booking",
    )
    blood_pressure(chart, Taken(on, 605, person.trust, by.ref, contact), *body.blood_pressure(on))
    panel(
        person, chart, body, Ordered(on, 620, person.trust, by, person.laboratory, contact), "blood"
    )


def _birth(person: Person, chart: Chart, by: Worker, born: int) -> None:
    """The stay in which the child was born."""
    draws, trust = person.draws, person.trust
    operated = draws.random() < _CAESAREAN
    planned = draws.random() < 0.43
    key = ("opcs.r17.2" if planned else "opcs.r18.2") if operated else "opcs.r24.9"
    minute = between(draws, 20, 1380)
    nights = between(draws, 2, 3) if operated else between(draws, 0, 2)
    stay = encounter(
        chart,
        trust,
        "inpatient-encounter",
        "hospital-admission",
        (born - 1, 1100),
        (born + nights + (nights == 0), 780),
        by=by,
        reason_text="Birth",
        where=site(f"{trust.slug}-maternity", "Maternity unit"),
        admitted="31",
        source="19",
        discharged="1",
        destination="19",
    )
    procedure(chart, trust, key, born, minute, by=by, encounter=stay)
    document(
        chart,
        trust,
        "document.discharge-summary",
        "Maternity discharge summary",
        "Mother and baby well. Community midwife to visit on day 5 and day 10.",
        born + nights + (nights == 0),
        780,
        by=by,
        encounter=stay,
    )
    for day in (5, 10):
        encounter(
            chart,
            trust,
            "home-health",
            "home-visit",
            (born + day, 660),
            (born + day, 690),
            by=by,
            reason_text=f"Midwife at home, day {day}",
        )


def _pregnancy(person: Person, chart: Chart, body: Body, born: int) -> None:
    """From the last period to ten days after the birth."""
    draws = person.draws
    began = born - round(normal(draws, 39.3, 1.4) * 7)
    by = _midwife(person)
    condition(
        chart,
        person.trust,
        "problem.pregnant",
        began,
        recorded=began + 60,
        by=by,
        status="resolved",
        ended=born,
    )
    _booking(person, chart, body, by, began)
    _scans(person, chart, by, began)
    for week in _CONTACTS:
        _seen(person, chart, body, by, began, week, born)
    if draws.random() < 0.6:
        on = working(began + 18 * 7)
        immunization(chart, person.who.practice, PERTUSSIS, on, 610, lot="PX4410")
    if draws.random() < 0.08:
        condition(
            chart,
            person.trust,
            "problem.gestational-diabetes-mellitus",
            began + 190,
            by=by,
            status="resolved",
            ended=born,
        )
    _birth(person, chart, by, born)


def _own_birth(person: Person, chart: Chart) -> None:
    """Being born: the stay, the weight, the health visitor."""
    draws, trust, born = person.draws, person.trust, person.born
    home = born + between(draws, 1, 3)
    if home + 13 > person.end:
        return
    stay = encounter(
        chart,
        trust,
        "inpatient-encounter",
        "hospital-admission",
        (born, between(draws, 20, 1380)),
        (home, 780),
        reason_text="Birth",
        where=site(f"{trust.slug}-maternity", "Maternity unit"),
        admitted="82",
        source="79",
        discharged="1",
        destination="19",
    )
    taken = Taken(born, 1400, trust, "", stay)
    vital(chart, taken, "body-weight", max(1.8, normal(draws, 3.38, 0.48)), decimals=2)
    vital(chart, taken, "head-circumference-measure", normal(draws, 34.8, 1.2))
    place = person.region.place("harrowmere-community")
    encounter(
        chart,
        place,
        "home-health",
        "home-visit",
        (born + 12, 640),
        (born + 12, 680),
        by=pick(draws, person.region.staff[place.slug]),
        reason_text="Health visitor: new birth visit",
        service="service.health-visiting-service",
    )


def write(person: Person, chart: Chart, body: Body) -> None:
    """Write the births of a mother, and a child's own."""
    for born in person.births:
        _pregnancy(person, chart, body, born)
    if person.start == person.born + 1:
        _own_birth(person, chart)
