"""A fictional index of people by NHS number, as PDS holds it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bevan.people.nhs_number import OLDER, PRESENT_AND_VERIFIED, STATUS, SYSTEM, stated
from bevan.record.scope import CONFIDENTIALITY

RESTRICTED, REDACTED = "R", "REDACTED"
_HIDDEN = ("address", "telecom", "contact", "generalPractitioner", "managingOrganization")
_KEPT = ("name", "gender", "birthDate", "deceasedDateTime", "multipleBirthInteger", "address",
         "telecom", "contact", "generalPractitioner", "managingOrganization",
         "extension")  # fmt: skip
_WORDS = {"U": "unrestricted", "R": "restricted", "V": "very restricted", REDACTED: "redacted"}

Resource = Mapping[str, Any]


@dataclass(frozen=True)
class Index:
    """People by number; `superseded` says which number replaced which, `invalid` numbers are
    withdrawn; `related` are people close to somebody, `coverage` is their insurance abroad."""

    people: Mapping[str, Resource]
    superseded: Mapping[str, str] = field(default_factory=dict)
    invalid: frozenset[str] = frozenset()
    related: Mapping[str, Sequence[Resource]] = field(default_factory=dict)
    coverage: Mapping[str, Resource] = field(default_factory=dict)

    def current(self, number: str) -> str:
        """The number that stands for this one now."""
        seen = {number}
        while (after := self.superseded.get(number)) is not None and after not in seen:
            seen.add(after)
            number = after
        return number


def index(
    patients: Iterable[Resource], superseded: Mapping[str, str], invalid: Iterable[str] = ()
) -> Index:
    """An index of Patients of a record; those without an NHS number aren't in it."""
    people = {
        number.number.digits: patient
        for patient in patients
        if (number := stated(patient)) is not None
    }
    gone = {old: new for old, new in superseded.items() if new in people}
    return Index(
        {digits: one for digits, one in people.items() if digits not in gone},
        gone,
        frozenset(invalid),
    )


def confidentiality(patient: Resource) -> str:
    """U, R, V or REDACTED: how much of somebody may be told."""
    codes = [
        str(each.get("code"))
        for each in (patient.get("meta") or {}).get("security") or ()
        if each.get("system") == CONFIDENTIALITY
    ]
    return next((code for code in codes if code in _WORDS), "U")


def shaped(number: str, patient: Resource) -> dict[str, Any]:
    """A Patient as PDS gives it: the number is the id, and a restricted one is without place."""
    level = confidentiality(patient)
    label = {"system": CONFIDENTIALITY, "code": level, "display": _WORDS[level]}
    hidden = _HIDDEN if level != "U" else ()
    return {
        "resourceType": "Patient",
        "id": number,
        "meta": {
            "versionId": str((patient.get("meta") or {}).get("versionId") or "1"),
            "security": [label],
        },
        "identifier": [_identifier(number)],
        **{name: patient[name] for name in _KEPT if name in patient and name not in hidden},
    }


def _identifier(number: str) -> dict[str, Any]:
    coding = {
        "system": OLDER,
        "version": "1.0.0",
        "code": PRESENT_AND_VERIFIED,
        "display": "Number present and verified",
    }
    extension = [{"url": STATUS, "valueCodeableConcept": {"coding": [coding]}}]
    return {"extension": extension, "system": SYSTEM, "value": number}
