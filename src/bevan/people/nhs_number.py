"""The NHS number of a Patient: which it is, and how far it is known to be theirs.

The number itself, its check digit and its ranges are `bevan.fhir.nhs_number`. Its status is the
extension of UK Core; two code systems are in use for it, and both are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bevan.fhir.nhs_number import SYSTEM, InvalidNhsNumber, NhsNumber, check_digit, parse

__all__ = [
    "SYSTEM",
    "InvalidNhsNumber",
    "NhsNumber",
    "Stated",
    "check_digit",
    "parse",
    "stated",
    "verified",
]

STATUS = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus"
ENGLAND = "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland"
OLDER = "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatus"
# Tokens of NHS login still name the number so; read, never written.
SYSTEMS = frozenset({SYSTEM, "http://fhir.nhs.net/Id/nhs-number"})
PRESENT_AND_VERIFIED = "01"
_WORDS: Mapping[str, str] = {"number-present-and-verified": PRESENT_AND_VERIFIED}


@dataclass(frozen=True, slots=True)
class Stated:
    """A number as a Patient states it; `status` is 01 to 08, empty where none is given."""

    number: NhsNumber
    status: str = ""

    @property
    def verified(self) -> bool:
        """Whether it was traced and is known to be this person's."""
        return self.status == PRESENT_AND_VERIFIED


def stated(patient: Mapping[str, Any]) -> Stated | None:
    """The NHS number that a Patient carries now; None for none, or for one that can't be one.

    A number that isn't in use any more (`use` old) isn't carried.
    """
    for identifier in _numbers(patient):
        try:
            number = parse(str(identifier.get("value", "")))
        except InvalidNhsNumber:
            continue
        return Stated(number, _status(identifier))
    return None


def verified(patient: Mapping[str, Any]) -> NhsNumber | None:
    """The number that was traced to this Patient, if there is one."""
    found = stated(patient)
    return found.number if found is not None and found.verified else None


def _numbers(patient: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for identifier in patient.get("identifier") or ():
        current = identifier.get("use") != "old"
        if current and identifier.get("system") in SYSTEMS:
            yield identifier


def _status(identifier: Mapping[str, Any]) -> str:
    for extension in identifier.get("extension") or ():
        if extension.get("url") != STATUS:
            continue
        for coding in (extension.get("valueCodeableConcept") or {}).get("coding") or ():
            if coding.get("system") in (ENGLAND, OLDER):
                code = str(coding.get("code", ""))
                return _WORDS.get(code, code)
    return ""
