"""HL7's and HL7 UK's own examples conform to the profiles they claim, or break what we can name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bevan.fhir.definitions import Definitions
from bevan.fhir.profiles import Profiles
from tests.fhir.validation.test_validator import EXCLUSIONS
from tests.support.fhir_xml import FhirXml

# Units that HL7's examples write as "Tab"; the code system has TAB, and says that case matters.
TABLETS = {
    "Medication-med0309.json",
    "MedicationAdministration-medadmin0312.json",
    "MedicationDispense-meddisp0325.json",
    "MedicationRequest-medrx0313.json",
    "MedicationStatement-example001.json",
    "MedicationStatement-example002.json",
}

# Other faults of HL7's examples, with the clause that each breaks.
OTHERS = {
    "Bundle-10bb101f-a121-4264-a920-67be9cb82c74.json": "R4 2.36.4",  # fullUrl and id differ
    "Bundle-lri-example.json": "R4 2.36.4",
    "NutritionOrder-enteralcontinuous.json": "",  # a SNOMED CT code whose check digit is wrong
    "Organization-2.16.840.1.113883.19.5.json": "R4 Identifier",  # an OID that is no URI
    "TerminologyCapabilities-example.json": "RFC 4122",  # a UUID in capitals
}

# Faults of UK Core's examples: a value of two types at once, fullUrls that are relative, and
# two references that are none.
FAULTS = {
    "Extension-UKCore-ConditionEpisode-Example.xml": "Condition.extension[0].value",
    "UKCore-Bundle-NEWS2Observations-Example.xml": "Bundle.entry[0].fullUrl",
    "UKCore-MedicationDispense-CiprofloxacinIV-Example.xml": (
        "MedicationDispense.authorizingPrescription[0].reference"
    ),
    "UKCore-Provenance-RARecordConsent-Example.xml": "Provenance.agent[0].onBehalfOf.reference",
}


@pytest.mark.untraced
@pytest.mark.shared
def test_hl7s_examples_have_no_false_error(profiles: Profiles, examples: dict[str, Any]) -> None:
    assert len(examples) == 445
    wrong: dict[str, set[str]] = {}
    broken: dict[str, str] = {}
    for name, resource in examples.items():
        for issue in profiles.issues(resource):
            if issue.severity == "error":
                wrong.setdefault(name, set()).add(issue.text)
                broken[name] = issue.rule
    assert wrong.keys() == EXCLUSIONS.keys() | TABLETS | OTHERS.keys()
    assert {name: broken[name] for name in OTHERS} == OTHERS
    assert all({text[:21] for text in wrong[name]} == {"There is no such code"} for name in TABLETS)


@pytest.mark.untraced
@pytest.mark.shared
def test_uk_cores_examples_have_no_false_error(
    profiles: Profiles, definitions: Definitions, shared: Path
) -> None:
    reader = FhirXml(definitions)
    wrong = {}
    count = 0
    for path in sorted((shared / "data/ukcore/examples").glob("*.xml")):
        resource = reader.read(path.read_bytes())
        count += 1
        errors = [each for each in profiles.issues(resource) if each.severity == "error"]
        if errors:
            wrong[path.name] = errors[0].expression
    assert count == 128
    assert wrong == FAULTS
