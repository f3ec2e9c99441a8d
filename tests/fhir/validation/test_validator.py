"""What R4 allows passes; every fault is found, with its path."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bevan.fhir import json
from bevan.fhir.validation import Validator

NARRATIVE = {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">x</div>'}
UNKNOWN = {"extension": [{"url": "http://example.org/absent", "valueCode": "unknown"}]}


def patient(**rest: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", **rest}


def observation(**rest: Any) -> dict[str, Any]:
    return {"resourceType": "Observation", "status": "final", "code": {"text": "x"}, **rest}


GOOD: dict[str, Any] = {
    "nothing but a type": patient(),
    "narrative": patient(text=NARRATIVE),
    "choice": observation(valueBoolean=False),
    "decimal": observation(valueQuantity={"value": json.decode("72.50")}),
    "exact": observation(valueQuantity={"value": json.decode("1e2")}),
    "an extension instead of a value": patient(_birthDate=UNKNOWN),
    "an extension beside a value": patient(birthDate="1932-05-04", _birthDate=UNKNOWN),
    "a required value by extension": {"resourceType": "Observation", "_status": UNKNOWN,
                                      "code": {"text": "x"}},
    "an id beside a value": patient(birthDate="1932-05-04", _birthDate={"id": "x"}),
    "padded arrays": patient(name=[{"given": ["Dot", None, "May"],
                                    "_given": [None, UNKNOWN, None]}]),
    "extensions only": patient(name=[{"_given": [UNKNOWN]}]),
    "an extended choice": observation(_valueString=UNKNOWN),
    "relative reference": observation(subject={"reference": "Patient/a"}),
    "versioned reference": observation(subject={"reference": "Patient/a/_history/1"}),
    "absolute reference": observation(subject={"reference": "https://x.example/fhir/Patient/a"}),
    "foreign reference": observation(subject={"reference": "https://x.example/anything?a=b"}),
    "urn": observation(subject={"reference": "urn:uuid:0b5a3a5e-6d0e-4a51-9c0c-9d0d3f2f6b11"}),
    "logical reference": observation(subject={"identifier": {"value": "1"}, "type": "Patient"}),
    "typed reference": observation(subject={"reference": "Patient/a", "type": "Patient"}),
    "reference by display": observation(subject={"display": "x"}),
    "any type": observation(focus=[{"reference": "Slot/a"}]),
    "contained": observation(subject={"reference": "#p"}, contained=[patient(id="p")]),
    "contained, referring back": observation(
        contained=[{"resourceType": "Provenance", "id": "p", "target": [{"reference": "#"}],
                    "recorded": "2026-11-24T09:00:00Z", "agent": [{"who": {"display": "x"}}]}]),
    "bound concept with a further coding": {
        "resourceType": "Condition", "subject": {"reference": "Patient/a"},
        "clinicalStatus": {"coding": [
            {"system": "urn:local", "code": "x"},
            {"system": "http://terminology.hl7.org/CodeSystem/condition-clinical",
             "code": "active"}]}},
    "media type": {"resourceType": "Binary", "contentType": "text/plain; charset=utf-8"},
    "conditional references in a transaction": {
        "resourceType": "Bundle", "type": "transaction", "entry": [
            {"resource": observation(subject={"reference": "Patient?identifier=urn:x|1"}),
             "request": {"method": "POST", "url": "Observation"}}]},
    "a resource in a resource": {
        "resourceType": "Parameters", "parameter": [{"name": "x", "part": [
            {"name": "y", "resource": patient(active=True)}]}]},
    "nested items": {"resourceType": "Questionnaire", "status": "active", "item": [
        {"linkId": "1", "type": "group", "item": [{"linkId": "1.1", "type": "string"}]}]},
}  # fmt: skip

BAD: list[tuple[Any, list[str]]] = [
    # what isn't a resource
    (None, ["Resource"]),
    ([], ["Resource"]),
    ({}, ["Resource"]),
    ({"resourceType": "Nonsense"}, ["Resource"]),
    ({"resourceType": ["Patient"]}, ["Resource"]),
    ({"resourceType": "DomainResource"}, ["Resource"]),
    ({"resourceType": "Quantity"}, ["Resource"]),
    # elements
    (patient(birthday="1932-05-04"), ["Patient.birthday"]),
    (patient(name=[{"surname": "x"}]), ["Patient.name[0].surname"]),
    (patient(_name=[{}]), ["Patient._name"]),
    (patient(fhir_comments=["x"]), ["Patient.fhir_comments"]),
    (patient(**{"<b>": 1}), ["Patient.?"]),
    (patient(name=[{"resourceType": "HumanName"}]), ["Patient.name[0].resourceType"]),
    (patient(deceased=True), ["Patient.deceased"]),
    (patient(deceasedString="x"), ["Patient.deceasedString"]),
    (patient(deceasedBoolean=True, deceasedDateTime="2020"), ["Patient.deceased"]),
    (patient(deceasedBoolean=True, _deceasedDateTime=UNKNOWN), ["Patient.deceased"]),
    ({"resourceType": "Observation"}, ["Observation.status", "Observation.code"]),
    # cardinality and JSON
    (patient(name={"family": "x"}), ["Patient.name"]),
    (patient(gender=["male"]), ["Patient.gender"]),
    (patient(maritalStatus=[{"text": "x"}]), ["Patient.maritalStatus"]),
    (patient(name=[]), ["Patient.name"]),
    (patient(name=[{}]), ["Patient.name[0]"]),
    (patient(name=[None]), ["Patient.name[0]"]),
    (patient(name=["x"]), ["Patient.name[0]"]),
    (patient(name=None), ["Patient.name"]),
    (patient(gender=None), ["Patient.gender"]),
    (patient(meta={}), ["Patient.meta"]),
    (patient(name=[{"id": "x"}]), ["Patient.name[0]"]),
    (patient(name=[{"given": []}]), ["Patient.name[0].given"]),
    (patient(name=[{"given": ["Dot", None]}]), ["Patient.name[0].given[1]"]),
    (patient(name=[{"given": [None]}]), ["Patient.name[0].given[0]"]),
    (patient(name=[{"given": ["a"], "_given": [UNKNOWN, None]}]), ["Patient.name[0].given"]),
    (patient(name=[{"given": [None], "_given": [None]}]), ["Patient.name[0].given[0]"]),
    (patient(name=[{"given": ["a"], "_given": UNKNOWN}]), ["Patient.name[0].given"]),
    (patient(_birthDate=[UNKNOWN]), ["Patient.birthDate"]),
    (patient(_birthDate={}), ["Patient.birthDate"]),
    (patient(_birthDate={"id": "x"}), ["Patient.birthDate"]),
    (patient(birthDate="2020", _birthDate={"id": 1}), ["Patient.birthDate.id"]),
    (patient(_birthDate={"x": 1}), ["Patient.birthDate.x"]),
    (patient(_birthDate={"extension": []}), ["Patient.birthDate.extension"]),
    # primitives
    (patient(id="a b"), ["Patient.id"]),
    (patient(id="x" * 65), ["Patient.id"]),
    (patient(active="true"), ["Patient.active"]),
    (patient(birthDate="2021-02-29"), ["Patient.birthDate"]),
    (patient(meta={"lastUpdated": "2021-02-01"}), ["Patient.meta.lastUpdated"]),
    (patient(multipleBirthInteger=2**31), ["Patient.multipleBirthInteger"]),
    (patient(name=[{"family": ""}]), ["Patient.name[0].family"]),
    (patient(name=[{"given": ["a", ""]}]), ["Patient.name[0].given[1]"]),
    (observation(valueQuantity={"value": "72.50"}), ["Observation.valueQuantity.value"]),
    (observation(component=[{"code": {"text": "a"}}, {"code": {"text": "b"}}, {
        "code": {"text": "c"}, "valueQuantity": {"value": True}}]),
     ["Observation.component[2].valueQuantity.value"]),
    (patient(text={"status": "generated", "div": "<p>x</p>"}), ["Patient.text.div"]),
    # bindings
    (patient(gender="m"), ["Patient.gender"]),
    (observation(status="done"), ["Observation.status"]),
    ({"resourceType": "Condition", "subject": {"reference": "Patient/a"},
      "clinicalStatus": {"text": "active"}}, ["Condition.clinicalStatus"]),
    ({"resourceType": "Condition", "subject": {"reference": "Patient/a"},
      "clinicalStatus": {"coding": [{"code": "active"}]}}, ["Condition.clinicalStatus"]),
    # references
    (observation(subject={"reference": "Medication/a"}), ["Observation.subject.reference"]),
    (observation(subject={"reference": "https://x.example/fhir/Medication/a"}),
     ["Observation.subject.reference"]),
    (observation(subject={"reference": "Patient"}), ["Observation.subject.reference"]),
    (observation(subject={"reference": "Patient/"}), ["Observation.subject.reference"]),
    (observation(subject={"reference": "Patient/a b"}), ["Observation.subject.reference"]),
    (observation(subject={"reference": "patient/a"}), ["Observation.subject.reference"]),
    (observation(subject={"reference": "Patient/a/b"}), ["Observation.subject.reference"]),
    (observation(subject={"reference": "/Patient/a"}), ["Observation.subject.reference"]),
    (observation(subject={"reference": "Patient?identifier=1"}),
     ["Observation.subject.reference"]),
    (observation(subject={"reference": 1}), ["Observation.subject.reference"]),
    (observation(subject={"reference": ""}), ["Observation.subject.reference"]),
    (observation(subject="Patient/a"), ["Observation.subject"]),
    (observation(subject={"reference": "Patient/a", "type": "Group"}),
     ["Observation.subject.type"]),
    (observation(subject={"reference": "Patient/a", "type": ["Group"]}),
     ["Observation.subject.type"]),
    (observation(subject={"reference": "#p"}), ["Observation.subject.reference"]),
    (observation(subject={"reference": "#m"}, contained=[{"resourceType": "Medication",
                                                          "id": "m"}]),
     ["Observation.subject.reference"]),
    # contained resources
    (observation(contained=[patient(id="p")]), ["Observation.contained[0]"]),
    (observation(subject={"reference": "#p"}, contained=[patient(id="p", meta={"versionId": "1"})]),
     ["Observation.contained[0].meta"]),
    (observation(subject={"reference": "#p"},
                 contained=[patient(id="p", meta={"security": [{"code": "R"}]})]),
     ["Observation.contained[0].meta"]),
    (observation(subject={"reference": "#p"}, contained=[
        patient(id="p", generalPractitioner=[{"reference": "#q"}], contained=[
            {"resourceType": "Practitioner", "id": "q"}])]),
     ["Observation.contained[0]", "Observation.contained[0].generalPractitioner[0].reference"]),
    (observation(subject={"reference": "#p"}, contained=[patient(id="p", gender="m")]),
     ["Observation.contained[0].gender"]),
    (observation(contained=[]), ["Observation.contained"]),
    (observation(contained=["x"]), ["Observation.contained[0]"]),
    # entries
    ({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": patient()}, {
        "resource": observation(status="x")}]}, ["Bundle.entry[1].resource.status"]),
    ({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": {"id": "x"}}]},
     ["Bundle.entry[0].resource"]),
    ({"resourceType": "Bundle", "type": "collection", "entry": [
        {"resource": observation(subject={"reference": "Patient?identifier=1"})}]},
     ["Bundle.entry[0].resource.subject.reference"]),
]  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_what_r4_allows_passes(validator: Validator, name: str) -> None:
    assert validator.issues(GOOD[name]) == []
    assert validator.valid(GOOD[name])


@pytest.mark.parametrize(("resource", "paths"), BAD)
def test_every_fault_is_found_with_its_path(
    validator: Validator, resource: Any, paths: list[str]
) -> None:
    found = validator.issues(resource)
    assert sorted({issue.expression for issue in found}) == sorted(set(paths))
    assert not validator.valid(resource)
    assert all(issue.severity == "error" and issue.rule for issue in found)


def test_all_faults_are_told_at_once(validator: Validator) -> None:
    found = patient(gender="m", birthDate="x", name=[{"family": ""}], x=1)
    assert [issue.expression for issue in validator.issues(found)] == [
        "Patient.x",
        "Patient.name[0].family",
        "Patient.gender",
        "Patient.birthDate",
    ]


def test_a_fault_names_the_clause_it_breaks(validator: Validator) -> None:
    faults = {
        "R4 Observation.status 1..1": {"resourceType": "Observation", "code": {"text": "x"}},
        "R4 Patient.name 0..*": patient(name={}),
        "R4 Patient.gender binding": patient(gender="m"),
        "R4 datatypes, date": patient(birthDate="x"),
        "R4 json": patient(name=[]),
        "R4 references": observation(subject={"reference": "x"}),
        "R4 Device.patient Reference(Patient)": {
            "resourceType": "Device",
            "patient": {"reference": "Group/a"},
        },
    }
    for clause, resource in faults.items():
        assert [issue.rule for issue in validator.issues(resource)] == [clause]


def test_a_fault_never_repeats_a_value(validator: Validator) -> None:
    found = patient(
        gender="Pemberton",
        birthDate="Pemberton",
        id="Pemberton !",
        text={"status": "Pemberton", "div": "<script>Pemberton</script>"},
        generalPractitioner=[{"reference": "Pemberton"}],
        name=[{"given": "Pemberton", "Dot Pemberton": 1}],
    )
    issues = validator.issues(found)
    assert len(issues) >= 7
    assert "Pemberton" not in str(issues)


def test_conditional_references_pass_where_they_are_expected(validator: Validator) -> None:
    found = observation(subject={"reference": "Patient?identifier=urn:x|1"})
    assert validator.valid(found, conditional=True)
    assert validator.issues(found, conditional=True) == []
    assert not validator.valid(found)
    for text in ("Nonsense?x=1", "Medication?x=1"):
        assert not validator.valid(observation(subject={"reference": text}), conditional=True)


def test_a_batch_in_a_collection_keeps_its_licence_to_itself(validator: Validator) -> None:
    conditional = observation(subject={"reference": "Patient?identifier=1"})
    request = {"method": "POST", "url": "Observation"}
    entries = [{"resource": conditional, "request": request}]
    batch = {"resourceType": "Bundle", "type": "batch", "entry": entries}
    whole = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": batch}]}
    assert validator.valid(whole)
    whole["entry"].append({"resource": conditional})  # type: ignore[attr-defined]
    assert [i.expression for i in validator.issues(whole)] == [
        "Bundle.entry[1].resource.subject.reference"
    ]


# HL7's examples, each exclusion with the clause that it breaks -----------------------------------

EXCLUSIONS = {
    "ActivityDefinition-blood-tubes-supply.json": "R4 narrative",
    "ActivityDefinition-heart-valve-replacement.json": "R4 narrative",
    "DeviceMetric-example.json": "R4 DeviceMetric.parent Reference(Device)",
    "DeviceUseStatement-example.json": "R4 DeviceUseStatement.reasonReference Reference("
    "Condition, Observation, DiagnosticReport, DocumentReference, Media)",
    "EventDefinition-example.json": "R4 narrative",
    "Observation-clinical-gender.json": "R4 Observation.performer Reference(Practitioner, "
    "PractitionerRole, Organization, CareTeam, Patient, RelatedPerson)",
    "Questionnaire-qs1.json": "R4 Questionnaire.item.linkId 1..1",
    "Questionnaire-zika-virus-exposure-assessment.json": "R4 narrative",
}


@pytest.mark.shared
def test_hl7s_examples_have_no_faults_but_their_own(
    validator: Validator, examples: dict[str, Any]
) -> None:
    assert len(examples) == 445
    refused = {}
    for name, resource in examples.items():
        issues = validator.issues(resource)
        assert validator.valid(resource) is not bool(issues)
        if issues:
            refused[name] = {issue.rule for issue in issues}
    assert refused == {name: {rule} for name, rule in EXCLUSIONS.items()}


@pytest.mark.untraced
@pytest.mark.shared
def test_synthetic_patients_are_valid(
    validator: Validator, synthea: Callable[[int], Iterator[Any]]
) -> None:
    count = 0
    for bundle in synthea(12):
        assert validator.valid(bundle)
        for entry in bundle["entry"]:
            assert validator.valid(entry["resource"], conditional=True)
            count += 1
    assert count > 4_000
