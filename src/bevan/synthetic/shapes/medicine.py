"""MedicationRequest and MedicationDispense with dm+d products."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

from bevan.fhir.codes import code as clinical
from bevan.synthetic.calendar import ISO, instant
from bevan.synthetic.places import Place
from bevan.synthetic.shapes.chart import (
    SNOMED,
    UCUM,
    Chart,
    at,
    concept,
    hl7,
    noted,
    optional,
    quote,
)
from bevan.synthetic.staff import Worker

_COURSE: Final = {
    "acute": hl7("medicationrequest-course-of-therapy", "acute", "Short course (acute) therapy"),
    "repeat": hl7(
        "medicationrequest-course-of-therapy", "continuous", "Continuous long term therapy"
    ),
}
_CATEGORY: Final = {
    code: hl7("medicationrequest-category", code, code.capitalize())
    for code in ("community", "inpatient", "discharge", "outpatient")
}


_BRANDS: Final = (
    ("eliquis", "Take one twice a day"),
    ("trimbow", "Inhale two puffs twice a day"),
    ("trelegy", "Inhale one puff once a day"),
)
"""Dose texts of the brands that are prescribed by name; the code list has none for brands."""


class Product(NamedTuple):
    """A product of dm+d: its code and dose as JSON, dose text, course, units a day."""

    code: str
    text: str
    course: str
    dose: str
    unit: str


@cache
def products() -> dict[str, Product]:
    """Every medicine by the last part of its key."""
    found = {}
    text = files("bevan.synthetic").joinpath("tables/doses.csv").read_text("utf-8")
    for row in csv.DictReader(text.splitlines()):
        unit = ""
        if row["unit"]:
            one = clinical(row["unit"])
            unit = f'"unit":"{one.display}","system":"{SNOMED}","code":"{one.code}"'
        dose = f'"doseQuantity":{{"value":{row["dose"]},{unit}}}' if unit and row["dose"] else ""
        name = row["key"].removeprefix("medicine.")
        words = row["text"] or next(
            (text for brand, text in _BRANDS if name.startswith(brand)), "Use as directed"
        )
        found[name] = Product(concept(row["key"]), words, row["course"], dose, unit)
    return found


class Course(NamedTuple):
    """A course of a medicine. `ended` is the last day; None means that it goes on."""

    name: str
    start: int
    ended: int | None = None
    text: str = ""
    kind: str = ""
    status: str = ""
    why_stopped: str = ""
    note: str = ""
    reason: str = ""
    days: int = 28
    quantity: int = 28
    category: str = "community"
    prior: str = ""
    minute: int = 600


def _supply(course: Course, product: Product) -> str:
    """What may be supplied, and for how long the authorisation lasts."""
    end = f',"end":"{ISO[course.ended]}"' if course.ended is not None else ""
    amount = f',"quantity":{{"value":{course.quantity},{product.unit}}}' if product.unit else ""
    return (
        f'"dispenseRequest":{{"validityPeriod":{{"start":"{ISO[course.start]}"{end}}}{amount},'
        f'"expectedSupplyDuration":{{"value":{course.days},"unit":"day","system":"{UCUM}",'
        f'"code":"d"}}}}'
    )


def request(
    chart: Chart,
    place: Place,
    by: Worker,
    course: Course,
    *,
    encounter: str = "",
    identifier: str = "",
) -> str:
    """A prescription, or the authorisation of a repeat medicine."""
    product = products()[course.name]
    kind = course.kind or product.course
    status = course.status or ("active" if course.ended is None else "completed")
    why = f',"statusReason":{{"text":{quote(course.why_stopped)}}}' if course.why_stopped else ""
    dose = f',"doseAndRate":[{{{product.dose}}}]' if product.dose and not course.text else ""
    reason = f"[{at(course.reason)}]" if course.reason else ""
    body = (
        f'"status":"{status}"{why},"intent":"order","category":[{_CATEGORY[course.category]}],'
        f'"medicationCodeableConcept":{product.code},{chart.subject}'
        f"{optional('encounter', encounter and at(encounter))},"
        f'"authoredOn":"{instant(course.start, course.minute)}","requester":{by.ref}'
        f"{optional('reasonReference', reason)}{noted(course.note)},"
        f'"courseOfTherapyType":{_COURSE[kind]},'
        f'"dosageInstruction":[{{"text":{quote(course.text or product.text)}{dose}}}],'
        f'{_supply(course, product)},"substitution":{{"allowedBoolean":false}}'
        f"{optional('priorPrescription', course.prior and at(course.prior))}"
    )
    return chart.add("MedicationRequest", identifier or chart.new(), place.source, body)


def dispense(
    chart: Chart,
    pharmacy: Place,
    name: str,
    prescription: str,
    on: int,
    minute: int,
    quantity: int,
    days: int,
) -> str:
    """What a pharmacy handed over on a day."""
    product = products()[name]
    amount = f'"quantity":{{"value":{quantity},{product.unit}}},' if product.unit else ""
    body = (
        f'"status":"completed","medicationCodeableConcept":{product.code},{chart.subject},'
        f'"performer":[{{"actor":{pharmacy.ref}}}],'
        f'"authorizingPrescription":[{at(prescription)}],{amount}'
        f'"daysSupply":{{"value":{days},"unit":"day","system":"{UCUM}","code":"d"}},'
        f'"whenHandedOver":"{instant(on, minute)}",'
        f'"dosageInstruction":[{{"text":{quote(product.text)}}}]'
    )
    return chart.add("MedicationDispense", chart.new(), pharmacy.source, body)
