"""What the record of the matrix holds about each of its people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from bevan.access.choices import stated
from bevan.people.nhs_number import SYSTEM
from bevan.record.scope import ACT_CODE, CONFIDENTIALITY, HANDLING, SEAL, SEALED_BY
from prove import oracle
from prove.people import NOTHING_HELD, Person

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
LABEL = "urn:bevan:matrix:label"
SUBSTANCE, MEDICINE = "Substance of the matrix", "Medicine of the matrix"
_CLINICAL = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
_CHOICES = {"objects to sharing": "sharing", "opted out": "national", "type 1": "type-1"}
_LISTED: dict[str, dict[str, Any]] = {
    "AllergyIntolerance": {
        "code": {"text": SUBSTANCE},
        "clinicalStatus": {"coding": [{"system": _CLINICAL, "code": "active"}]},
        "recorder": {"reference": "Practitioner/doctor"},
    },
    "MedicationRequest": {
        "status": "active",
        "intent": "order",
        "requester": {"reference": "Practitioner/doctor"},
        "medicationCodeableConcept": {"text": MEDICINE},
    },
    "MedicationStatement": {
        "status": "active",
        "informationSource": {"reference": "Practitioner/doctor"},
        "medicationCodeableConcept": {"text": MEDICINE},
    },
}
LISTED = tuple(_LISTED)


def resources(person: Person) -> Iterator[dict[str, Any]]:
    """Everything that the record holds about somebody, who they are and their links included."""
    subject = {"reference": f"Patient/{person.id}"}
    yield _patient(person)
    yield from _links(person, subject)
    if person.state in _CHOICES:
        said = stated(person.id, _CHOICES[person.state], refused=True, at="2026-01-01")
        yield {**said, "id": f"c-{person.id}"[:64]}
    if person.holds:
        yield from _lists(person, subject)
        return
    observations = [_observation(person, label) for label in oracle.LABELS]
    yield from observations
    yield {
        "resourceType": "DiagnosticReport",
        "id": f"r-{person.id}"[:64],
        "status": "final",
        "code": {"text": "Everything"},
        "subject": subject,
        "result": [{"reference": f"Observation/{one['id']}"} for one in observations],
    }


def _patient(person: Person) -> dict[str, Any]:
    secret = [{"system": CONFIDENTIALITY, "code": "R"}] if person.state == "protected" else []
    practice = [{"reference": "Organization/alpha"}] if person.link == "registered" else []
    return {
        "resourceType": "Patient",
        "id": person.id,
        "name": [{"family": person.id}],
        "identifier": [{"system": SYSTEM, "value": person.number}],
        "address": [{"text": "1 Long Road"}],
        **({"meta": {"security": secret}} if secret else {}),
        **({"generalPractitioner": practice} if practice else {}),
    }


def _day(days: int) -> str:
    return (NOW - timedelta(days=days)).isoformat()


def _links(person: Person, subject: dict[str, str]) -> Iterator[dict[str, Any]]:
    alpha = {"reference": "Organization/alpha"}
    stays = {
        "here now": ("in-progress", {"start": _day(2)}),
        "left 10 days ago": ("finished", {"start": _day(12), "end": _day(10)}),
        "left 200 days ago": ("finished", {"start": _day(202), "end": _day(200)}),
        "expected": ("planned", {"start": _day(-2)}),
    }
    caseloads = {
        "on the caseload": ("active", {"start": _day(9)}, "Virtual ward"),
        "off the caseload 200 days ago": (
            "finished",
            {"start": _day(300), "end": _day(200)},
            "Virtual ward",
        ),
        "lives here": ("active", {"start": _day(900)}, "Care home resident"),
        "moved out 20 days ago": (
            "finished",
            {"start": _day(900), "end": _day(20)},
            "Care home resident",
        ),
    }
    id = f"l-{person.id}"[:64]
    if person.link in stays:
        status, period = stays[person.link]
        yield {
            "resourceType": "Encounter", "id": id, "status": status, "class": {"code": "IMP"},
            "subject": subject, "serviceProvider": alpha, "period": period,
        }  # fmt: skip
    if person.link in caseloads:
        status, period, text = caseloads[person.link]
        yield {
            "resourceType": "EpisodeOfCare", "id": id, "status": status, "type": [{"text": text}],
            "patient": subject, "managingOrganization": alpha, "period": period,
        }  # fmt: skip
    if person.link == "looked after by a team":
        yield {
            "resourceType": "CareTeam", "id": id, "status": "active", "subject": subject,
            "participant": [{"member": alpha}],
        }  # fmt: skip
    if person.link.startswith("referred") and person.link.endswith("ago"):
        yield referral(person, int(person.link.split()[1]))


def _lists(person: Person, subject: dict[str, str]) -> Iterator[dict[str, Any]]:
    """One entry in each list that nobody may take for empty; none for who holds nothing."""
    if person.holds == NOTHING_HELD:
        return
    marked = {"meta": {"security": security(person.holds)}} if security(person.holds) else {}
    for type, fields in _LISTED.items():
        about = "patient" if type == "AllergyIntolerance" else "subject"
        yield {
            "resourceType": type,
            "id": f"{type[:12]}-{person.id}"[:64],
            about: subject,
            **fields,
            **marked,
        }


def referral(person: Person, days: int) -> dict[str, Any]:
    """A referral to Alpha, asked for some days ago."""
    return {
        "resourceType": "ServiceRequest",
        "id": f"l-{person.id}"[:64],
        "status": "active",
        "intent": "order",
        "subject": {"reference": f"Patient/{person.id}"},
        "requester": {"reference": "Organization/beta"},
        "performer": [{"reference": "Organization/alpha"}],
        "authoredOn": _day(days),
    }


def _observation(person: Person, label: str) -> dict[str, Any]:
    place = oracle.LABELS.index(label)
    return {
        "resourceType": "Observation",
        "id": person.entry(label),
        "status": "preliminary" if label == "unfinished" else "final",
        "category": [{"coding": [{"code": "laboratory"}]}],
        "code": {"coding": [{"system": LABEL, "code": str(place)}]},
        "subject": {"reference": f"Patient/{person.id}"},
        "performer": [{"reference": "Practitioner/doctor"}],
        "effectiveDateTime": f"2026-01-{place + 1:02}",
        **({"meta": {"security": security(label)}} if security(label) else {}),
    }


def security(label: str) -> list[dict[str, Any]]:
    """The marks of a label, as `meta.security` has them."""
    plain = {
        "restricted": (CONFIDENTIALITY, "R"),
        "very restricted": (CONFIDENTIALITY, "V"),
        "not for patient": (ACT_CODE, "NOPAT"),
        "held": (HANDLING, "held"),
        **{code: (ACT_CODE, code) for code in oracle.SENSITIVE},
    }
    if label in plain:
        return [{"system": plain[label][0], "code": plain[label][1]}]
    if label not in oracle.SEALED | oracle.LOCKED:
        return []
    code = "sealed" if label in oracle.SEALED else "sealed-and-locked"
    team = label.rpartition(" ")[2].lower()
    by = {"url": SEALED_BY, "valueReference": {"reference": f"Organization/{team}"}}
    extra = {} if team == "nobody" else {"extension": [by]}
    return [{"system": SEAL, "code": code, **extra}]
