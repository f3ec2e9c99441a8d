"""`Patient/$match`: who is meant by what is known of somebody (FHIR R4 Patient operation match).

Under the caller's Scope: somebody outside it isn't found, exactly like somebody who doesn't exist.
A record that was merged into another answers with the survivor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bevan.fhir.nhs_number import InvalidNhsNumber, parse
from bevan.fhir.operation import Answer, Declared, Invocation
from bevan.fhir.outcome import Issue
from bevan.people.candidates import Candidates
from bevan.people.features import Features, features
from bevan.people.links import given_up
from bevan.people.model import GRADES, Likeness, Model
from bevan.people.nhs_number import SYSTEMS
from bevan.record.errors import Invalid
from bevan.record.record import Record
from bevan.record.scope import Scope

GRADE = "http://hl7.org/fhir/StructureDefinition/match-grade"
DECLARED = Declared(
    name="match",
    definition="http://hl7.org/fhir/OperationDefinition/Patient-match",
    says="Finds who is meant by what is known of a person, with a score and a grade for each.",
    letter="s",
    levels=("type",),
    types=("Patient",),
)
USUAL, MOST = 10, 50
_MORE = "At least an NHS number, or two of family name, given name, birth date and postcode."


@dataclass(frozen=True, slots=True)
class Found:
    """A Patient who may be meant, and how alike."""

    patient: Mapping[str, Any]
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class _Asked:
    patient: Mapping[str, Any]
    known: Sequence[Features]
    only_certain: bool
    count: int


class Match:
    """The operation, and the look-up behind it for other callers."""

    declared = DECLARED

    def __init__(self, record: Record, model: Model) -> None:
        self._candidates = Candidates(record)
        self._model = model

    async def run(self, scope: Scope, asked: Invocation) -> Answer:
        """A searchset, best first. Raises Invalid (400) for parameters that can't be used."""
        wanted = _read(asked)
        found = await self.find(scope, wanted.patient)
        certain = [each for each in found if each.likeness.grade == "certain"]
        if wanted.only_certain:
            # Two certain matches are none: never the first of several.
            found = certain if len(certain) == 1 else []
        return Answer(_bundle(found[: wanted.count], asked.base))

    async def find(self, scope: Scope, patient: Mapping[str, Any]) -> list[Found]:
        """Everybody visible who may be this Patient, likeliest first.

        The one that has the Patient's own id isn't among them, and neither is anybody less likely
        than possible, save those whose verified number says that they are somebody else.
        """
        known = features(patient)
        own = patient.get("id")
        found: dict[str, Found] = {}
        for each in await self._candidates.of(scope, known):
            if given_up(each):
                continue
            likeness = self._model.best(known, features(each))
            person = await self._candidates.survivor(scope, each)
            id = str(person["id"])
            if id == own or (likeness.grade == "certainly-not" and not likeness.barred):
                continue
            other = found.get(id)
            if other is None or _order(Found(person, likeness)) < _order(other):
                found[id] = Found(person, likeness)
        return sorted(found.values(), key=_order)


def _order(found: Found) -> tuple[int, float, str]:
    likeness = found.likeness
    return GRADES.index(likeness.grade), -likeness.bits, str(found.patient["id"])


def _bundle(found: Sequence[Found], base: str) -> dict[str, Any]:
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": len(found),
        **({"entry": [_entry(each, base) for each in found]} if found else {}),
    }


def _entry(found: Found, base: str) -> dict[str, Any]:
    likeness = found.likeness
    return {
        "fullUrl": f"{base}/Patient/{found.patient['id']}",
        "resource": found.patient,
        "search": {
            "extension": [{"url": GRADE, "valueCode": likeness.grade}],
            "mode": "match",
            "score": round(likeness.score, 4),
        },
    }


def _read(asked: Invocation) -> _Asked:
    patient = _patient(asked)
    _check_numbers(patient)
    known = features(patient)
    if not any(each.names_somebody for each in known):
        raise _invalid("required", "Parameters.parameter.resource", _MORE)
    only = _value(asked, "onlyCertainMatches", "valueBoolean", bool)
    count = _value(asked, "count", "valueInteger", int)
    if count is not None and not 1 <= count <= MOST:
        path = "Parameters.parameter.valueInteger"
        raise _invalid("value", path, f"The count is a whole number from 1 to {MOST}.")
    return _Asked(patient, known, bool(only), count or USUAL)


def _patient(asked: Invocation) -> Mapping[str, Any]:
    body = asked.body or {}
    if body.get("resourceType") == "Patient":
        return body
    given = [each.get("resource") for each in asked.parameters("resource")]
    if len(given) != 1 or not isinstance(given[0], dict):
        text = "One parameter `resource` with a Patient is needed."
        raise _invalid("required", "Parameters.parameter", text)
    if given[0].get("resourceType") != "Patient":
        raise _invalid("value", "Parameters.parameter.resource", "Only a Patient can be matched.")
    patient: Mapping[str, Any] = given[0]
    return patient


def _check_numbers(patient: Mapping[str, Any]) -> None:
    """A number that can't be one is a slip of the caller's, which must not go unnoticed."""
    for place, identifier in enumerate(patient.get("identifier") or ()):
        if isinstance(identifier, dict) and identifier.get("system") in SYSTEMS:
            try:
                parse(str(identifier.get("value", "")))
            except InvalidNhsNumber as fault:
                raise _invalid("value", f"Patient.identifier[{place}].value", str(fault)) from None


def _value(asked: Invocation, name: str, element: str, kind: type) -> Any:
    given = [each.get(element) for each in asked.parameters(name)]
    if not given:
        return None
    if len(given) > 1 or type(given[0]) is not kind:
        text = f"The parameter {name} has one {element}."
        raise _invalid("value", "Parameters.parameter", text)
    return given[0]


def _invalid(code: str, path: str, text: str) -> Invalid:
    return Invalid([Issue("error", code, path, text)], 400)
