"""Who the people with stories are, and questions about what is told of them."""

from __future__ import annotations

import base64

from .conftest import Resource

Told = dict[str, list[Resource]]

DOT, HAROLD, EDITH, RUBY, AMINA = (
    "9990123454",
    "9994100017",
    "9994101021",
    "9994102036",
    "9994103040",
)
TOMASZ, THOMAS, BABY, CLAIRE, DESMOND = (
    "9994104055",
    "9994106074",
    "9994107089",
    "9994108093",
    "9994109103",
)
JAYA, NILS, WINIFRED, CALLUM, OLIVER, MARGARET = (
    "9994111124",
    "9994112139",
    "9994113143",
    "9994114158",
    "9994115162",
    "9994116177",
)
BORN = {
    DOT: ("Dorothy Pemberton", "1948-03-14", "female"),
    HAROLD: ("Harold Okafor-Pym", "1951-03-09", "male"),
    EDITH: ("Edith Marrowby", "1934-11-22", "female"),
    RUBY: ("Ruby Sandhu-Hale", "1999-07-30", "female"),
    AMINA: ("Amina Vale", "1993-01-17", "female"),
    BABY: ("Hodan Vale", "2026-10-23", "female"),
    TOMASZ: ("Tomasz Brindle", "1978-09-05", "male"),
    THOMAS: ("Thomas Brindal", "1978-05-09", "male"),
    CLAIRE: ("Claire Wetherden", "1986-04-27", "female"),
    DESMOND: ("Desmond Tolley", "1957-12-02", "male"),
    JAYA: ("Jaya Lindqvist", "2018-02-14", "female"),
    NILS: ("Nils Lindqvist", "1984-06-21", "male"),
    WINIFRED: ("Winifred Asante", "1964-08-08", "female"),
    CALLUM: ("Callum Reeve", "1991-10-19", "male"),
    OLIVER: ("Oliver Quaintrell", "1988-05-25", "male"),
    MARGARET: ("Margaret Ellery-Voss", "1946-02-03", "female"),
}
NEWS2, WEIGHT, HBA1C, PHQ9, EGFR = (
    "1104051000000101",
    "27113001",
    "999791000000106",
    "720433000",
    "1011481000000105",
)


def of(told: Told, number: str, kind: str) -> list[Resource]:
    """The resources of one type of a person."""
    return [one for one in told[number] if one["resourceType"] == kind]


def values(told: Told, number: str, code: str) -> dict[str, float]:
    """Values of a code by the time at which they were taken."""
    return {
        one["effectiveDateTime"][:16]: one["valueQuantity"]["value"]
        for one in of(told, number, "Observation")
        if one["code"]["coding"][0]["code"] == code
    }


def problems(told: Told, number: str) -> dict[str, str]:
    """Onset by the display of each problem of the list."""
    return {
        one["code"]["coding"][0]["display"]: one["onsetDateTime"]
        for one in of(told, number, "Condition")
    }


def contacts(told: Told, number: str) -> list[tuple[str, str]]:
    """(start, why) of each contact."""
    found = []
    for one in of(told, number, "Encounter"):
        why = one.get("reasonCode", [{}])[0].get("text", "")
        found.append((one["period"]["start"][:16], why))
    return found


def texts(told: Told, number: str) -> str:
    """The text of all letters and reports."""
    letters = (
        base64.b64decode(one["content"][0]["attachment"]["data"]).decode()
        for one in of(told, number, "DocumentReference")
    )
    reports = (one.get("conclusion", "") for one in of(told, number, "DiagnosticReport"))
    return "\n".join((*letters, *reports))


def courses(told: Told, number: str, word: str) -> list[tuple[str, str, str]]:
    """(start, status, dose text) of the courses of a medicine."""
    return [
        (one["authoredOn"][:10], one["status"], one["dosageInstruction"][0]["text"])
        for one in of(told, number, "MedicationRequest")
        if word in one["medicationCodeableConcept"]["coding"][0]["display"]
    ]
