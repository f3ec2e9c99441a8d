"""Immunization and Procedure."""

from __future__ import annotations

from typing import Final, NamedTuple

from bevan.synthetic.calendar import instant
from bevan.synthetic.places import Place
from bevan.synthetic.shapes.chart import PROFILE, Chart, at, concept, noted, optional
from bevan.synthetic.staff import Worker

_VACCINATION: Final = f"{PROFILE}Extension-UKCore-VaccinationProcedure"


class Vaccine(NamedTuple):
    """A dose of a vaccine: product, the procedure that gives it, what it protects against."""

    product: str
    procedure: str
    diseases: tuple[str, ...]
    dose: int = 1
    site: str = "site.left-upper-arm-structure"
    route: str = "route.intramuscular"


def immunization(
    chart: Chart,
    place: Place,
    vaccine: Vaccine,
    on: int,
    minute: int = 600,
    *,
    by: Worker | None = None,
    lot: str = "",
    declined: bool = False,
) -> str:
    """A vaccination given, or declined."""
    state = "not-done" if declined else "completed"
    diseases = ",".join(map(concept, vaccine.diseases))
    protocol = (
        f',"protocolApplied":[{{"targetDisease":[{diseases}],'
        f'"doseNumberPositiveInt":{vaccine.dose}}}]'
    )
    why = ',"statusReason":{"text":"Declined"}' if declined else ""
    given = (
        "" if declined else (f',"site":{concept(vaccine.site)},"route":{concept(vaccine.route)}')
    )
    batch = f',"lotNumber":"{lot}"' if lot else ""
    body = (
        f'"extension":[{{"url":"{_VACCINATION}","valueCodeableConcept":'
        f'{concept(vaccine.procedure)}}}],"status":"{state}"{why},'
        f'"vaccineCode":{concept(vaccine.product)},'
        f'"patient":{{"reference":"{chart.patient}"}},'
        f'"occurrenceDateTime":"{instant(on, minute)}","primarySource":true{batch}{given},'
        f'"performer":[{{"actor":{by.ref if by else place.ref}}}]{protocol}'
    )
    return chart.add("Immunization", chart.new(), place.source, body)


def procedure(
    chart: Chart,
    place: Place,
    key: str,
    on: int,
    minute: int = 600,
    *,
    by: Worker | None = None,
    encounter: str = "",
    text: str = "",
    note: str = "",
    reason: str = "",
) -> str:
    """Something done to or with the person."""
    who = by.ref if by else place.ref
    body = (
        f'"status":"completed","code":{concept(key, text)},{chart.subject}'
        f"{optional('encounter', encounter and at(encounter))},"
        f'"performedDateTime":"{instant(on, minute)}","performer":[{{"actor":{who}}}]'
        f"{optional('reasonReference', reason and f'[{at(reason)}]')}{noted(note)}"
    )
    return chart.add("Procedure", chart.new(), place.source, body)
