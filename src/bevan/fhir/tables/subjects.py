"""Where each R4 type says whom it is about. Our own table: see ``bevan.fhir.subject``.

``SUBJECTS`` are references to the person, or to a row that has the same person.

Every one of the 146 types stands in exactly one of ``OPEN``, ``OPEN_UNLESS``, ``SUBJECTS``,
``SPECIAL`` and ``REFUSED``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

OPEN: frozenset[str] = frozenset(
    {
        # Who gives care, and where
        "Endpoint",
        "HealthcareService",
        "InsurancePlan",
        "Location",
        "Organization",
        "OrganizationAffiliation",
        "Practitioner",
        "PractitionerRole",
        "Slot",  # when a place is free: Appointment says for whom it was taken
        # What things are
        "CatalogEntry",
        "DeviceDefinition",
        "Medication",
        "MedicationKnowledge",
        "MedicinalProduct",
        "MedicinalProductAuthorization",
        "MedicinalProductContraindication",
        "MedicinalProductIndication",
        "MedicinalProductIngredient",
        "MedicinalProductInteraction",
        "MedicinalProductManufactured",
        "MedicinalProductPackaged",
        "MedicinalProductPharmaceutical",
        "MedicinalProductUndesirableEffect",
        "ObservationDefinition",
        "SpecimenDefinition",
        "Substance",
        "SubstanceNucleicAcid",
        "SubstancePolymer",
        "SubstanceProtein",
        "SubstanceReferenceInformation",
        "SubstanceSourceMaterial",
        "SubstanceSpecification",
        # How care is meant to be given, and what is known
        "ActivityDefinition",
        "ChargeItemDefinition",
        "EffectEvidenceSynthesis",
        "EventDefinition",
        "Evidence",
        "EvidenceVariable",
        "Library",
        "Measure",
        "PlanDefinition",
        "Questionnaire",
        "ResearchDefinition",
        "ResearchElementDefinition",
        "ResearchStudy",
        "RiskEvidenceSynthesis",
        # Terminology and conformance
        "CapabilityStatement",
        "CodeSystem",
        "CompartmentDefinition",
        "ConceptMap",
        "ExampleScenario",
        "GraphDefinition",
        "ImplementationGuide",
        "MessageDefinition",
        "NamingSystem",
        "OperationDefinition",
        "SearchParameter",
        "StructureDefinition",
        "StructureMap",
        "TerminologyCapabilities",
        "TestReport",
        "TestScript",
        "ValueSet",
    }
)

OPEN_UNLESS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Schedule": ("actor",),  # a clinic's or a practitioner's is open, a patient's is theirs
        "VerificationResult": ("target",),
    }
)

SUBJECTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Account": ("subject",),
        "AdverseEvent": ("subject",),
        "AllergyIntolerance": ("patient",),
        "Appointment": (),
        "AppointmentResponse": ("actor", "appointment"),
        "AuditEvent": (),
        "Basic": ("subject",),
        "Binary": ("securityContext",),
        "BiologicallyDerivedProduct": ("collection.source",),
        "BodyStructure": ("patient",),
        "CarePlan": ("subject",),
        "CareTeam": ("subject",),
        "ChargeItem": ("subject",),
        "Claim": ("patient",),
        "ClaimResponse": ("patient",),
        "ClinicalImpression": ("subject",),
        "Communication": ("subject",),
        "CommunicationRequest": ("subject",),
        "Composition": ("subject",),
        "Condition": ("subject",),
        "Consent": ("patient",),
        "Contract": ("subject",),
        "Coverage": ("beneficiary",),
        "CoverageEligibilityRequest": ("patient",),
        "CoverageEligibilityResponse": ("patient",),
        "DetectedIssue": ("patient",),
        "Device": ("patient",),
        "DeviceMetric": ("source", "parent"),
        "DeviceRequest": ("subject",),
        "DeviceUseStatement": ("subject",),
        "DiagnosticReport": ("subject",),
        "DocumentManifest": ("subject",),
        "DocumentReference": ("subject",),
        "Encounter": ("subject",),
        "EnrollmentRequest": ("candidate",),
        "EnrollmentResponse": ("request",),
        "EpisodeOfCare": ("patient",),
        "ExplanationOfBenefit": ("patient",),
        "FamilyMemberHistory": ("patient",),
        "Flag": ("subject",),
        "Goal": ("subject",),
        "GuidanceResponse": ("subject",),
        "ImagingStudy": ("subject",),
        "Immunization": ("patient",),
        "ImmunizationEvaluation": ("patient",),
        "ImmunizationRecommendation": ("patient",),
        "Invoice": ("subject",),
        "Linkage": ("item.resource",),
        "List": ("subject",),
        "MeasureReport": ("subject",),
        "Media": ("subject",),
        "MedicationAdministration": ("subject",),
        "MedicationDispense": ("subject",),
        "MedicationRequest": ("subject",),
        "MedicationStatement": ("subject",),
        "MessageHeader": ("focus",),
        "MolecularSequence": ("patient",),
        "NutritionOrder": ("patient",),
        "Observation": ("subject",),
        "PaymentNotice": ("request", "response"),
        "PaymentReconciliation": ("request", "detail.request", "detail.response"),
        "Person": ("link.target",),
        "Procedure": ("subject",),
        "Provenance": ("target",),
        "QuestionnaireResponse": ("subject",),
        "RelatedPerson": ("patient",),
        "RequestGroup": ("subject",),
        "ResearchSubject": ("individual",),
        "RiskAssessment": ("subject",),
        "ServiceRequest": ("subject",),
        "Specimen": ("subject",),
        "SupplyDelivery": ("patient",),
        "SupplyRequest": ("deliverTo",),
        "Task": ("for",),
        "VisionPrescription": ("patient",),
    }
)

ALSO: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        # Patients named here count as well; other rows named here do not.
        "Appointment": ("participant.actor",),
        "AuditEvent": ("agent.who", "entity.what"),
        "Communication": ("about",),
        "CommunicationRequest": ("about",),
        "List": ("entry.item",),
    }
)

FALLBACKS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        # Where to look when the subject is absent.
        "Appointment": ("participant.actor",),
        "AuditEvent": ("entity.what",),
        "Communication": ("about", "recipient", "sender"),
        "CommunicationRequest": ("about", "recipient", "sender"),
        "List": ("entry.item",),
        "Task": ("focus",),
    }
)

SOLELY_PATIENT: frozenset[str] = frozenset(
    kind for kind, paths in SUBJECTS.items() if paths == ("patient",)
) | {"Coverage", "EnrollmentRequest", "ResearchSubject"}
"""Types whose subject can only be a Patient, whatever the reference looks like."""

SPECIAL: frozenset[str] = frozenset({"Bundle", "Group", "Patient"})

REFUSED: frozenset[str] = frozenset({"OperationOutcome", "Parameters", "Subscription"})
"""About nobody in particular, yet not harmless: a Subscription carries criteria and credentials."""
