"""Which of a type's parameters the record keeps in columns: its clinical date and its main code.

The date orders a person's record: when it happened rather than when it was written down, where a
type has both. The code is what the entry says. Types without an entry have none.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_DATES = {
    "Account": "period",
    "AuditEvent": "date",
    "Basic": "created",
    "Bundle": "timestamp",
    "ChargeItem": "occurrence",
    "Claim": "created",
    "ClaimResponse": "created",
    "Communication": "sent",
    "CommunicationRequest": "authored",
    "Condition": "onset-date",
    "Contract": "issued",
    "CoverageEligibilityRequest": "created",
    "CoverageEligibilityResponse": "created",
    "DetectedIssue": "identified",
    "DeviceRequest": "authored-on",
    "DocumentManifest": "created",
    "ExplanationOfBenefit": "created",
    "Goal": "start-date",
    "ImagingStudy": "started",
    "Media": "created",
    "Medication": "expiration-date",
    "MedicationAdministration": "effective-time",
    "MedicationDispense": "whenhandedover",
    "MedicationRequest": "authoredon",
    "MedicationStatement": "effective",
    "NutritionOrder": "datetime",
    "Patient": "birthdate",
    "PaymentNotice": "created",
    "PaymentReconciliation": "created",
    "Person": "birthdate",
    "Provenance": "recorded",
    "QuestionnaireResponse": "authored",
    "RelatedPerson": "birthdate",
    "RequestGroup": "authored",
    "Schedule": "date",
    "ServiceRequest": "authored",
    "Slot": "start",
    "Specimen": "collected",
    "Substance": "expiry",
    "SupplyRequest": "date",
    "Task": "authored-on",
    "TestReport": "issued",
    "VisionPrescription": "datewritten",
}
_CODES = {
    "Appointment": "service-type",
    "CarePlan": "category",
    "CareTeam": "category",
    "Communication": "category",
    "Composition": "type",
    "Consent": "category",
    "Device": "type",
    "DocumentManifest": "type",
    "DocumentReference": "type",
    "Encounter": "type",
    "EpisodeOfCare": "type",
    "Goal": "category",
    "ImagingStudy": "modality",
    "Immunization": "vaccine-code",
    "ImmunizationRecommendation": "vaccine-type",
    "Location": "type",
    "Media": "type",
    "Organization": "type",
    "PractitionerRole": "role",
    "RelatedPerson": "relationship",
    "Specimen": "type",
    "SupplyRequest": "category",
}

DATES: Mapping[str, str] = MappingProxyType(_DATES)
CODES: Mapping[str, str] = MappingProxyType(_CODES)
