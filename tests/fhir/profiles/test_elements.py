"""What a profile asks of single elements: cardinality, values, rules, codes, targets."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from bevan.fhir.conformance import Library
from bevan.fhir.definitions import Definitions
from tests.fhir.profiles.building import R4, URL, Trial, profile

RULE = {"key": "own-1", "severity": "error", "human": "Nobody is called x",
        "expression": "family != 'x'"}  # fmt: skip
ADVICE = {**RULE, "key": "own-2", "severity": "warning", "expression": "given.exists()"}
BAD = {**RULE, "key": "own-3", "expression": "nonsense("}
COLOURS = {"resourceType": "CodeSystem", "url": URL + "colours", "content": "complete",
           "concept": [{"code": "red"}, {"code": "blue"}]}  # fmt: skip
RED = {"system": URL + "colours", "concept": [{"code": "red"}]}
REDS = {"resourceType": "ValueSet", "url": URL + "reds", "compose": {"include": [RED]}}
SNOMED = {"resourceType": "ValueSet", "url": URL + "sct",
          "compose": {"include": [{"system": "http://snomed.info/sct"}]}}  # fmt: skip
MOST = "http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet"


def bound(strength: str, to: str = "reds", **rest: Any) -> dict[str, Any]:
    binding = {"strength": strength, "valueSet": URL + to, **rest}
    return {"path": "Observation.method", "binding": binding}


def to(*profiles: str, **rest: Any) -> dict[str, Any]:
    kind = {"code": "Reference", "targetProfile": list(profiles), **rest}
    return {"path": "Observation.subject", "type": [kind]}


OWN = [
    COLOURS, REDS, SNOMED,
    profile("none", "Patient", {"path": "Patient.photo", "max": "0"}),
    profile("some", "Patient", {"path": "Patient.name.given", "min": 2}),
    profile("fixed", "Patient", {"path": "Patient.maritalStatus",
                                 "fixedCodeableConcept": {"text": "single"}}),
    profile("pattern", "Patient", {"path": "Patient.maritalStatus",
                                   "patternCodeableConcept": {"coding": [{"code": "S"}]}}),
    profile("length", "Patient", {"path": "Patient.name.family", "maxLength": 3}),
    profile("range", "Observation",
            {"path": "Observation.valueQuantity", "minValueQuantity": {"value": 1, "code": "g",
             "system": "http://unitsofmeasure.org"}, "maxValueQuantity": {"value": 2, "code": "g",
             "system": "http://unitsofmeasure.org"}}),
    profile("since", "Patient", {"path": "Patient.birthDate", "minValueDate": "1900-01-01"}),
    profile("few", "Patient", {"path": "Patient.multipleBirthInteger", "maxValueInteger": 3}),
    profile("rule", "Patient", {"path": "Patient.name", "constraint": [RULE, ADVICE]}),
    profile("bad-rule", "Patient", {"path": "Patient.name", "constraint": [BAD]}),
    profile("required", "Observation", bound("required")),
    profile("extensible", "Observation", bound("extensible")),
    profile("preferred", "Observation", bound("preferred")),
    profile("snomed", "Observation", bound("required", "sct")),
    profile("most", "Observation", bound("preferred", "sct", extension=[
        {"url": MOST, "valueCanonical": URL + "reds"}])),
    profile("woman", "Patient", {"path": "Patient.gender", "min": 1, "fixedCode": "female"}),
    profile("of-group", "Observation", to(R4 + "Group")),
    profile("of-woman", "Observation", to(URL + "woman")),
    profile("of-stranger", "Observation", to("https://bevan.example/none")),
    profile("held", "Observation", to(R4 + "Patient", aggregation=["contained"])),
    profile("typed", "Observation", {"path": "Observation.value[x]",
                                     "type": [{"code": "Quantity"}, {"code": "string"}]}),
    profile("derived", "Patient", {"path": "Patient.name", "max": "1"}, base=URL + "woman"),
]  # fmt: skip


@pytest.fixture(scope="module")
def trial(definitions: Definitions, library: Library) -> Trial:
    return Trial(definitions, library, *OWN)


def patient(**more: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": "p", **more}


def observation(**more: Any) -> dict[str, Any]:
    return {"resourceType": "Observation", "status": "final", "code": {"text": "x"}, **more}


def method(code: str, system: str = "colours") -> dict[str, Any]:
    system = URL + system if ":" not in system else system
    return observation(method={"coding": [{"system": system, "code": code}]})


def grams(value: str, code: str = "g") -> dict[str, Any]:
    quantity = {"value": Decimal(value), "code": code, "unit": code,
                "system": "http://unitsofmeasure.org"}  # fmt: skip
    return observation(valueQuantity=quantity)


def about(*contained: dict[str, Any], **reference: Any) -> dict[str, Any]:
    inside = {"contained": list(contained)} if contained else {}
    return observation(**inside, subject=reference)


INSIDE = {"reference": "#p"}
OTHER = {"text": "single", "coding": [{"code": "M"}]}
CASES: list[tuple[str, dict[str, Any], list[str]]] = [
    ("none", patient(), []),
    ("none", patient(photo=[{"title": "x"}]), ["Patient.photo"]),
    ("some", patient(), []),  # no name: nothing to ask of it
    ("some", patient(name=[{"given": ["a"]}]), ["Patient.name[0].given"]),
    ("some", patient(name=[{"given": ["a", "b"]}]), []),
    ("fixed", patient(maritalStatus={"text": "single"}), []),
    ("fixed", patient(maritalStatus=OTHER), ["Patient.maritalStatus"]),
    ("pattern", patient(maritalStatus={"coding": [{"code": "M"}, {"code": "S"}]}), []),
    ("pattern", patient(maritalStatus=OTHER), ["Patient.maritalStatus"]),
    ("length", patient(name=[{"family": "Wren"}]), ["Patient.name[0].family"]),
    ("length", patient(name=[{"family": "Jay"}]), []),
    ("range", grams("0.9"), ["Observation.valueQuantity"]),
    ("range", grams("1.0"), []),
    ("range", grams("2.1"), ["Observation.valueQuantity"]),
    ("range", grams("1500", "mg"), []),
    ("since", patient(birthDate="1899-12-31"), ["Patient.birthDate"]),
    ("since", patient(birthDate="1900-01-01"), []),
    ("few", patient(multipleBirthInteger=4), ["Patient.multipleBirthInteger"]),
    ("few", patient(multipleBirthInteger=3), []),
    ("rule", patient(name=[{"family": "x"}, {"family": "y"}]), ["Patient.name[0]"]),
    ("bad-rule", patient(name=[{"family": "x"}]), []),
    ("required", method("red"), []),
    ("required", method("blue"), ["Observation.method"]),
    ("required", observation(method={"text": "red"}), ["Observation.method"]),
    ("extensible", method("blue"), []),
    ("preferred", method("blue"), []),
    ("snomed", method("138875005", "http://snomed.info/sct"), []),
    ("snomed", method("blue"), ["Observation.method"]),
    ("most", method("blue"), ["Observation.method"]),
    ("most", method("red"), []),
    ("of-group", about(reference="Group/g"), []),
    ("of-group", about(reference="Patient/p"), ["Observation.subject.reference"]),
    ("of-group", about(type="Patient", display="x"), []),
    ("of-woman", about(patient(gender="female"), **INSIDE), []),
    ("of-woman", about(patient(gender="male"), **INSIDE), ["Observation.subject.reference"]),
    ("of-woman", about(reference="Patient/elsewhere"), []),
    ("of-stranger", about(patient(), **INSIDE), []),
    ("held", about(patient(), **INSIDE), []),
    ("held", about(reference="Patient/p"), ["Observation.subject.reference"]),
    ("typed", observation(valueBoolean=True), ["Observation.valueBoolean"]),
    ("typed", observation(valueString="x"), []),
    ("derived", patient(gender="female"), []),
    ("derived", patient(gender="male", name=[{"text": "x"}, {"text": "y"}]),
     ["Patient.gender", "Patient.name"]),
    ("woman", observation(), ["Observation"]),  # a profile of another type
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "resource", "places"), CASES, ids=[f"{n}-{each[0]}" for n, each in enumerate(CASES)]
)
def test_errors_are_where_they_should_be(
    trial: Trial, name: str, resource: dict[str, Any], places: list[str]
) -> None:
    assert sorted(place for place, _ in trial.found(resource, name)) == sorted(places)


def test_severity_key_and_words_of_a_rule_are_the_profiles(trial: Trial) -> None:
    resource = patient(name=[{"family": "x"}])
    assert ("Patient.name[0]", "own-1") in trial.found(resource, "rule")
    assert ("Patient.name[0]", "own-2") in trial.found(resource, "rule", "warning")
    assert "Nobody is called x" in trial.texts(resource, "rule")


def test_what_cant_be_decided_is_told_and_is_no_error(trial: Trial) -> None:
    taxi = method("138875005", "http://snomed.info/sct")
    assert ("Observation.method", "required binding") in trial.found(taxi, "snomed", "information")
    assert trial.found(patient(name=[{"family": "x"}]), "bad-rule", "warning")[-1][1] == "own-3"
    assert trial.found(method("blue"), "extensible", "warning")[-1][1] == "extensible binding"
    stranger = trial.texts(about(patient(), **INSIDE), "of-stranger", "information")
    assert any(text.startswith("Not checked") for text in stranger)
    assert trial.found(grams("1", "m"), "range", "warning")[-1][0] == "Observation.valueQuantity"
    assert any("not loaded" in text for text in trial.texts(patient(), "nowhere", "warning"))


def test_a_code_that_its_system_hasnt_is_an_error(trial: Trial) -> None:
    found = trial.found(method("green"), "preferred")
    assert [place for place, _ in found] == ["Observation.method.coding[0].code"]
