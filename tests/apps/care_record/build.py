"""Small resources for the tests of the shared record, in the shapes that sources send."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bevan.apps.care_record.rules.senders import Organisation, Sender, Senders
from bevan.apps.care_record.service.chart import ALWAYS, COUNTED, WANTED, Chart
from bevan.apps.care_record.service.reader import Gathered, Reader
from bevan.fhir.codes import code
from bevan.record.scope import Actor, system

NOW = datetime(2026, 11, 24, 10, 42, tzinfo=UTC)
GP, HOSPITAL = "https://mill-lane.example/gp", "https://thornbeck.example/epr"
HL7 = "http://terminology.hl7.org/CodeSystem/"
PERSON = "0b7a7b1e-0000-4000-8000-000000000002"


def status(type: str, name: str, value: str) -> dict[str, Any]:
    return {"coding": [{"system": f"{HL7}{type}-{name}", "code": value}]}


def allergy(
    key: str = "allergen.penicillin",
    *,
    id: str = "a1",
    source: str = GP,
    text: str = "",
    state: str = "active",
    certainty: str = "confirmed",
    day: str = "2026-10-03",
    **more: Any,
) -> dict[str, Any]:
    """An AllergyIntolerance by a key of the code table."""  # fmt: skip
    return {
        "resourceType": "AllergyIntolerance", "id": id,
        "meta": {"source": source, "versionId": "1"},
        "clinicalStatus": status("allergyintolerance", "clinical", state),
        "verificationStatus": status("allergyintolerance", "verification", certainty),
        "code": code(key).concept(text or None),
        "patient": {"reference": f"Patient/{PERSON}"}, "recordedDate": day, **more,
    }  # fmt: skip


def reaction(key: str, severity: str = "") -> dict[str, Any]:
    made: dict[str, Any] = {"manifestation": [code(key).concept()]}
    return made | ({"severity": severity} if severity else {})


def medicine(
    name: str,
    dose: str,
    *,
    id: str = "m1",
    source: str = GP,
    state: str = "active",
    start: str = "2026-10-06",
    end: str = "",
    codes: tuple[str, str] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """A MedicationRequest with free words, and a (system, code) where one matters."""  # fmt: skip
    coding = [{"system": codes[0], "code": codes[1]}] if codes else []
    period = {"dispenseRequest": {"validityPeriod": {"start": start, "end": end}}} if end else {}
    return {
        "resourceType": "MedicationRequest", "id": id,
        "meta": {"source": source, "versionId": "1"}, "status": state, "intent": "order",
        "medicationCodeableConcept": {"coding": coding, "text": name},
        "subject": {"reference": f"Patient/{PERSON}"}, "authoredOn": start,
        "dosageInstruction": [{"text": dose}], **period, **more,
    }  # fmt: skip


def result(
    value: Any,
    day: str,
    *,
    key: str = "observable.hba1c",
    unit: str = "mmol/mol",
    low: Any = 48,
    high: Any = 58,
    state: str = "final",
    source: str = HOSPITAL,
    **more: Any,
) -> dict[str, Any]:
    """A laboratory Observation with its range."""  # fmt: skip
    ends = {name: {"value": v} for name, v in (("low", low), ("high", high)) if v is not None}
    return {
        "resourceType": "Observation", "id": f"o-{day}", "status": state,
        "meta": {"source": source, "versionId": "1"}, "code": code(key).concept(),
        "subject": {"reference": f"Patient/{PERSON}"}, "effectiveDateTime": day,
        "valueQuantity": {"value": value, "code": unit, "unit": unit,
                          "system": "http://unitsofmeasure.org"},
        **({"referenceRange": [ends]} if ends else {}), **more,
    }  # fmt: skip


def patient(**more: Any) -> dict[str, Any]:
    """Dot, as her practice knows her."""
    return {
        "resourceType": "Patient", "id": PERSON, "meta": {"source": GP, "versionId": "1"},
        "identifier": [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990123454"}],
        "name": [{"use": "official", "family": "Pemberton", "given": ["Dorothy"],
                  "prefix": ["Mrs"]}, {"use": "nickname", "given": ["Dot"]}],
        "gender": "female", "birthDate": "1948-03-14",
        "address": [{"use": "home", "line": ["7 Tannery Court"], "city": "Thornbeck"}],
        "generalPractitioner": [{"display": "Mill Lane Surgery"}, {"display": "Dr Leila Haddad"}],
        **more,
    }  # fmt: skip


def senders(*, failed: str = "", heard: datetime | None = NOW) -> Senders:
    """A practice and a hospital; ``failed`` is what is wrong with the hospital's system."""
    return Senders(
        {
            GP: Sender(GP, "o-gp", "GP system", heard),
            HOSPITAL: Sender(HOSPITAL, "o-hospital", "Hospital system", NOW, failed),
        },
        {
            "o-gp": Organisation("o-gp", "Mill Lane Surgery", "gp"),
            "o-hospital": Organisation("o-hospital", "Thornbeck General", "hospital"),
        },
    )


def chart(
    *,
    person: dict[str, Any] | None = None,
    withheld: tuple[str, ...] = (),
    sending: Senders | None = None,
    **lists: list[dict[str, Any]],
) -> Chart:
    """A chart with these lists; everything else is empty."""  # fmt: skip
    names = [*ALWAYS, *WANTED]
    found = {n: Gathered(tuple(lists.get(n, ())), n in withheld) for n in names}
    scope = system("tests", Actor("system", "tests", "Tests"))
    return Chart(
        person or patient(), Reader(None, scope), sending or senders(), found,  # type: ignore[arg-type]
        dict.fromkeys(COUNTED, 0), {}, NOW,
    )  # fmt: skip
