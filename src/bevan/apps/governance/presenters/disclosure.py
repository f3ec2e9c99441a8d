"""The disclosure of a subject access request in sections and sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bevan.apps.governance.service.disclosure import HARM, WAITING, Disclosure
from bevan.fhir.codes import displays
from bevan.web.words import counted, long_date, nhs_number

MOST = 200
TITLES: Mapping[str, str] = {
    "Patient": "Who they are", "AllergyIntolerance": "Allergies", "Condition": "Health problems",
    "MedicationRequest": "Medicines", "MedicationStatement": "Medicines",
    "Observation": "Readings and results", "DiagnosticReport": "Reports of tests",
    "Immunization": "Vaccinations", "Procedure": "Operations and treatments",
    "Encounter": "Visits and stays", "Appointment": "Appointments", "CarePlan": "Care plans",
    "Goal": "Care plans", "CareTeam": "Who looks after them",
    "EpisodeOfCare": "Who looks after them", "DocumentReference": "Letters and documents",
    "Composition": "Letters and documents", "ServiceRequest": "Referrals and tests asked for",
    "Communication": "Messages", "Consent": "Their choices", "Flag": "Alerts",
    "RelatedPerson": "Family and friends", "Task": "Work about their care",
}  # fmt: skip
REASONS: Mapping[str, str] = {
    HARM: "A clinician marked it as not for the person, as it could do serious harm to them or to"
    " somebody else. Ask that clinician whether it still could.",
    WAITING: "A result that its laboratory hasn't finished, or that nobody has looked at yet. It"
    " can be given as soon as somebody has filed it.",
}
NEVER = (
    "What their care team sealed and locked to itself. It isn't counted here: whether there is any"
    " must not be told.",
    "Who looked at the record: people see that themselves, under Who looked at my record.",
)
WHEN = (
    "effectiveDateTime", "occurrenceDateTime", "performedDateTime", "authoredOn", "recordedDate",
    "dateAsserted", "dateTime", "date", "created", "start", "sent", "issued",
)  # fmt: skip
NAMED = ("code", "medicationCodeableConcept", "vaccineCode", "type", "category", "class")


@dataclass(frozen=True, slots=True)
class Section:
    """One section: its entries (what, when), and how many there are."""

    title: str
    count: str
    lines: tuple[tuple[str, str], ...]
    more: str


@dataclass(frozen=True, slots=True)
class Given:
    """The page: sections, what is kept back and why, and what is never given by this door."""

    total: str
    sections: tuple[Section, ...]
    kept: tuple[tuple[str, str], ...]
    never: tuple[str, ...]


def page(found: Disclosure) -> Given:
    """A disclosure as a page shows it."""
    grouped: dict[str, list[dict[str, Any]]] = {}
    for type, many in found.given.items():
        grouped.setdefault(TITLES.get(type, "Other entries"), []).extend(many)
    order = [*dict.fromkeys(TITLES.values()), "Other entries"]
    total = sum(len(many) for many in grouped.values())
    return Given(
        counted(total, "entry", "entries"),
        tuple(_section(title, grouped[title]) for title in order if title in grouped),
        tuple((counted(found.kept[why], "entry", "entries"), REASONS[why])
              for why in REASONS if why in found.kept),
        NEVER,
    )  # fmt: skip


def _section(title: str, many: list[dict[str, Any]]) -> Section:
    lines = sorted(((_what(one), _when(one)) for one in many), key=lambda line: line[1],
                   reverse=True)  # fmt: skip
    more = f"{len(many) - MOST} more in the file." if len(many) > MOST else ""
    shown = tuple((what, long_date(at[:10]) if at else "") for what, at in lines[:MOST])
    return Section(title, counted(len(many), "entry", "entries"), shown, more)


def _what(one: Mapping[str, Any]) -> str:
    if one["resourceType"] == "Patient":
        return _person(one)
    for name in ("title", "description"):
        if isinstance(one.get(name), str):
            return str(one[name])
    for name in NAMED:
        text = _words(one.get(name))
        if text:
            return text
    return str(one["resourceType"])


def _person(one: Mapping[str, Any]) -> str:
    name = (one.get("name") or [{}])[0]
    parts = [*name.get("given", ()), str(name.get("family", ""))]
    numbers = [str(each.get("value", "")) for each in one.get("identifier") or ()]
    born = one.get("birthDate")
    return ", ".join(
        part
        for part in (
            " ".join(parts).strip(),
            f"born {long_date(born)}" if born else "",
            *(nhs_number(number) for number in numbers),
        )
        if part
    )


def _words(value: Any) -> str:
    concept = value[0] if isinstance(value, list) and value else value
    if not isinstance(concept, dict):
        return ""
    if concept.get("text"):
        return str(concept["text"])
    for coding in concept.get("coding") or ([concept] if "code" in concept else []):
        pair = (coding.get("system", ""), coding.get("code", ""))
        text = coding.get("display") or displays().get(pair) or coding.get("code")
        if text:
            return str(text)
    return ""


def _when(one: Mapping[str, Any]) -> str:
    for name in WHEN:
        if isinstance(one.get(name), str):
            return str(one[name])
    return str((one.get("period") or {}).get("start", ""))
