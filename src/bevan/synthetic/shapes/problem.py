"""Condition, AllergyIntolerance and Flag."""

from __future__ import annotations

from typing import Final

from bevan.synthetic.calendar import ISO, instant
from bevan.synthetic.places import Place
from bevan.synthetic.shapes.chart import Chart, at, concept, hl7, noted, optional, quote
from bevan.synthetic.staff import Worker

_CLINICAL: Final = {
    code: hl7("condition-clinical", code, code.capitalize())
    for code in ("active", "inactive", "resolved", "remission")
}
_CONFIRMED: Final = hl7("condition-ver-status", "confirmed", "Confirmed")
_CATEGORY: Final = {
    "problem": hl7("condition-category", "problem-list-item", "Problem List Item"),
    "diagnosis": hl7("condition-category", "encounter-diagnosis", "Encounter Diagnosis"),
}
_ALLERGY: Final = {
    code: hl7("allergyintolerance-clinical", code, code.capitalize())
    for code in ("active", "inactive", "resolved")
}
_VERIFIED: Final = {
    "confirmed": hl7("allergyintolerance-verification", "confirmed", "Confirmed"),
    "unconfirmed": hl7("allergyintolerance-verification", "unconfirmed", "Unconfirmed"),
}


def condition(
    chart: Chart,
    place: Place,
    key: str,
    onset: int,
    *,
    recorded: int | None = None,
    by: Worker | None = None,
    text: str = "",
    status: str = "active",
    ended: int | None = None,
    kind: str = "problem",
    encounter: str = "",
    note: str = "",
    security: str = "",
    identifier: str = "",
) -> str:
    """A problem of the list, or the diagnosis of one contact."""
    abated = f'"{ISO[ended]}"' if ended is not None else ""
    body = (
        f'"clinicalStatus":{_CLINICAL[status]},"verificationStatus":{_CONFIRMED},'
        f'"category":[{_CATEGORY[kind]}],"code":{concept(key, text)},{chart.subject}'
        f'{optional("encounter", encounter and at(encounter))},"onsetDateTime":"{ISO[onset]}"'
        f"{optional('abatementDateTime', abated)},"
        f'"recordedDate":"{ISO[onset if recorded is None else recorded]}"'
        f"{optional('recorder', by.ref if by else '')}"
        f"{noted(note)}"
    )
    return chart.add("Condition", identifier or chart.new(), place.source, body, security=security)


def allergy(
    chart: Chart,
    place: Place,
    key: str,
    recorded: int,
    *,
    by: Worker | None = None,
    text: str = "",
    reaction: str = "",
    reaction_text: str = "",
    severity: str = "",
    onset: int | str | None = None,
    criticality: str = "",
    category: str = "medication",
    verified: str = "confirmed",
    status: str = "active",
    note: str = "",
    asserter: str = "",
    identifier: str = "",
) -> str:
    """An allergy, or the positive statement that there is none (`allergy.no-known-allergy`)."""
    none = key.startswith("allergy.no-known")
    began = onset if isinstance(onset, str) else ISO[onset] if onset is not None else ""
    event = ""
    if reaction:
        event = (
            f'[{{"manifestation":[{concept(reaction, reaction_text)}]'
            f"{optional('severity', severity and quote(severity))}}}]"
        )
    sort = "" if none else f',"type":"allergy","category":["{category}"]'
    body = (
        f'"clinicalStatus":{_ALLERGY[status]},"verificationStatus":{_VERIFIED[verified]}{sort}'
        f"{optional('criticality', criticality and quote(criticality))},"
        f'"code":{concept(key, text)},"patient":{{"reference":"{chart.patient}"}}'
        f"{optional('onsetDateTime', began and quote(began))},"
        f'"recordedDate":"{ISO[recorded]}"{optional("recorder", by.ref if by else "")}'
        f"{optional('asserter', asserter)}"
        f"{noted(note)}"
        f"{optional('reaction', event)}"
    )
    return chart.add("AllergyIntolerance", identifier or chart.new(), place.source, body)


def flag(
    chart: Chart,
    place: Place,
    text: str,
    start: int,
    *,
    at_minute: int = 540,
    key: str = "",
    kind: str = "clinical",
    end: int | None = None,
    by: Worker | None = None,
    status: str = "active",
    identifier: str = "",
) -> str:
    """Something that everybody must know: a need, a target, a risk.

    `kind` is a code of flag-category (`clinical`, `safety`, `contact`, `admin`); without a key
    the flag is in words only.
    """
    shown = {
        "clinical": "Clinical",
        "safety": "Safety",
        "contact": "Subject Contact",
        "admin": "Administrative",
        "behavioral": "Behavioral",
    }[kind]
    code = concept(key, text) if key else f'{{"text":{quote(text)}}}'
    until = f',"end":"{instant(end, 1020)}"' if end is not None else ""
    body = (
        f'"status":"{status}","category":[{hl7("flag-category", kind, shown)}],"code":{code},'
        f'{chart.subject},"period":{{"start":"{instant(start, at_minute)}"{until}}},'
        f'"author":{by.ref if by else place.ref}'
    )
    return chart.add("Flag", identifier or chart.new(), place.source, body)
