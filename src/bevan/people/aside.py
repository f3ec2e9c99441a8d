"""Setting entries aside: marked as recorded in error, and locked, so that no record shows them.

Pure. For what is on the wrong person's record where nobody knows whose it is, and for records of
an identity that was given up.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bevan.record.scope import SEAL

ERROR = "entered-in-error"
_VERIFIED: Mapping[str, str] = {
    "Condition": "http://terminology.hl7.org/CodeSystem/condition-ver-status",
    "AllergyIntolerance": "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification",
}
# Types whose status may say so (FHIR R4, their required bindings).
_STATUS = frozenset(
    {
        "Appointment", "CarePlan", "CareTeam", "ClinicalImpression", "Communication",
        "CommunicationRequest", "Composition", "DetectedIssue", "DeviceRequest", "DiagnosticReport",
        "DocumentReference", "Encounter", "EpisodeOfCare", "FamilyMemberHistory", "Flag",
        "Immunization", "List", "MedicationAdministration", "MedicationDispense",
        "MedicationRequest", "MedicationStatement", "NutritionOrder", "Observation", "Procedure",
        "QuestionnaireResponse", "RiskAssessment", "ServiceRequest", "Task",
    }
)  # fmt: skip


def set_aside(resource: Mapping[str, Any]) -> dict[str, Any]:
    """An entry that nobody is to read as anybody's."""
    return locked(_in_error(resource))


def locked(resource: Mapping[str, Any]) -> dict[str, Any]:
    """A resource sealed and locked: no search, page or match shows it, and nothing tells of it."""
    meta = resource.get("meta") or {}
    security = [each for each in meta.get("security") or () if each.get("system") != SEAL]
    seal = {"system": SEAL, "code": "sealed-and-locked"}
    return {**resource, "meta": {**meta, "security": [*security, seal]}}


def _in_error(resource: Mapping[str, Any]) -> dict[str, Any]:
    type = resource["resourceType"]
    if type in _STATUS:
        return {**resource, "status": ERROR}
    if type not in _VERIFIED:
        return dict(resource)
    # A clinical status must not stand beside it (con-5, ait-2).
    kept = {name: value for name, value in resource.items() if name != "clinicalStatus"}
    return {**kept, "verificationStatus": {"coding": [{"system": _VERIFIED[type], "code": ERROR}]}}
