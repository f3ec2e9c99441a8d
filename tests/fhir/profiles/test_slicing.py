"""Elements sorted into slices by each kind of discriminator, and the rules about slices."""

from __future__ import annotations

from typing import Any

import pytest

from bevan.fhir.conformance import Library
from bevan.fhir.definitions import Definitions
from tests.fhir.profiles.building import R4, URL, Trial, extension, profile

KIND = URL + "kind"


def sliced(path: str, kind: str, by: str = "$this", **rest: Any) -> dict[str, Any]:
    slicing = {"discriminator": [{"type": kind, "path": by}], "rules": "open", **rest}
    return {"path": path, "slicing": slicing}


def slice(path: str, name: str, **rest: Any) -> dict[str, Any]:
    return {"path": path, "sliceName": name, **rest}


ID, SYSTEM = "Patient.identifier", "Patient.identifier.system"
NHS = [slice(ID, "nhs", min=1, max="1"), {"path": SYSTEM, "min": 1, "fixedUri": KIND}]
OTHER = [slice(ID, "other"), {"path": SYSTEM, "fixedUri": KIND + "2"}]
SUBJECT = "Observation.subject"


def to(*types: str) -> list[dict[str, Any]]:
    return [{"code": "Reference", "targetProfile": [R4 + type for type in types]}]


OWN = [
    profile("value", "Patient", sliced(ID, "value", "system"), *NHS),
    profile("closed", "Patient", sliced(ID, "value", "system", rules="closed"), *NHS),
    profile("at-end", "Patient", sliced(ID, "value", "system", rules="openAtEnd"), *NHS, *OTHER),
    profile("ordered", "Patient", sliced(ID, "value", "system", ordered=True), *NHS, *OTHER),
    profile("pattern", "Observation", sliced("Observation.category", "pattern"),
            slice("Observation.category", "vital", min=1,
                  patternCodeableConcept={"coding": [{"code": "vital-signs"}]})),
    profile("exists", "Patient", sliced("Patient.name", "exists", "period"),
            slice("Patient.name", "dated", max="1"), {"path": "Patient.name.period", "min": 1},
            slice("Patient.name", "undated", min=1), {"path": "Patient.name.period", "max": "0"}),
    profile("type", "Observation", {"path": "Observation.valueQuantity.unit", "min": 1},
            {"path": "Observation.valueString", "maxLength": 3}),
    profile("default", "Patient", sliced(ID, "value", "system", rules="closed"), *NHS,
            slice(ID, "@default"), {"path": "Patient.identifier.value", "maxLength": 2}),
    profile("again", "Patient", sliced(ID, "value", "system"), *NHS,
            sliced(ID, "exists", "use") | {"sliceName": "nhs"},
            slice(ID, "nhs/used", min=1), {"path": "Patient.identifier.use", "min": 1}),
    profile("target", "Observation", sliced("Observation.hasMember", "type", "resolve()"),
            slice("Observation.hasMember", "answers", min=1,
                  type=to("QuestionnaireResponse"))),
    profile("female", "Patient", {"path": "Patient.gender", "min": 1, "fixedCode": "female"}),
    profile("conforming", "Bundle", sliced("Bundle.entry", "profile", "resource"),
            slice("Bundle.entry", "woman", min=1),
            {"path": "Bundle.entry.resource", "min": 1,
             "type": [{"code": "Patient", "profile": [URL + "female"]}]}),
    profile("extended", "Patient", sliced("Patient.name", "value", f"extension('{KIND}').value"),
            slice("Patient.name", "marked", min=1),
            slice("Patient.name.extension", "kind", min=1,
                  type=[{"code": "Extension", "profile": [KIND]}]),
            {"path": "Patient.name.extension.value[x]", "fixedString": "mark"}),
    extension("kind"),
]  # fmt: skip


@pytest.fixture(scope="module")
def trial(definitions: Definitions, library: Library) -> Trial:
    return Trial(definitions, library, *OWN)


def patient(*systems: str, **more: Any) -> dict[str, Any]:
    identifiers = [{"system": system, "value": "x", **more} for system in systems]
    return {"resourceType": "Patient", "identifier": identifiers}


def observation(**more: Any) -> dict[str, Any]:
    return {"resourceType": "Observation", "status": "final", "code": {"text": "x"}, **more}


def category(*codes: str) -> dict[str, Any]:
    return observation(category=[{"coding": [{"code": code, "display": "x"}]} for code in codes])


def names(*rest: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Patient", "name": [{"text": "x", **each} for each in rest]}


DATED: dict[str, Any] = {"period": {"start": "2020"}}
MARK = {"extension": [{"url": KIND, "valueString": "mark"}]}
WRONG_MARK = {"extension": [{"url": KIND, "valueString": "other"}]}


def members(*references: str) -> dict[str, Any]:
    return observation(hasMember=[{"reference": each} for each in references])


def bundle(gender: str) -> dict[str, Any]:
    entry = {"fullUrl": "urn:uuid:9d5c2cf6-0b2e-4a0f-9a0f-6d9b6e3e7a10",
             "resource": {"resourceType": "Patient", "gender": gender}}  # fmt: skip
    return {"resourceType": "Bundle", "type": "collection", "entry": [entry]}


RIGHT = [
    ("value", patient(KIND, "https://bevan.example/elsewhere")),
    ("closed", patient(KIND)),
    ("at-end", patient(KIND, KIND + "2", "https://bevan.example/x")),
    ("ordered", patient(KIND, "https://bevan.example/x", KIND + "2")),
    ("pattern", category("laboratory", "vital-signs")),
    ("exists", names(DATED, {}, {})),
    ("type", observation(valueQuantity={"value": 1, "unit": "kg"})),
    ("type", observation(valueString="abc")),
    ("default", patient(KIND, "https://bevan.example/x")),
    ("again", patient(KIND, use="usual")),
    ("target", members("QuestionnaireResponse/a", "Observation/b")),
    ("conforming", bundle("female")),
    ("extended", names({}, MARK)),
]
BROKEN: list[tuple[str, dict[str, Any], str, str]] = [
    ("value", patient(KIND + "2"), "Patient.identifier", "Patient.identifier:nhs"),
    ("value", patient(KIND, KIND), "Patient.identifier", "Patient.identifier:nhs"),
    ("closed", patient(KIND, KIND + "2"), "Patient.identifier[1]", "Patient.identifier"),
    ("at-end", patient(KIND, "https://bevan.example/x", KIND + "2"), "Patient.identifier[1]",
     "Patient.identifier"),
    ("ordered", patient(KIND + "2", KIND), "Patient.identifier[1]", "Patient.identifier"),
    ("pattern", category("laboratory"), "Observation.category", "Observation.category:vital"),
    ("exists", names(DATED, DATED, {}), "Patient.name", "Patient.name:dated"),
    ("exists", names(DATED), "Patient.name", "Patient.name:undated"),
    ("type", observation(valueQuantity={"value": 1}), "Observation.valueQuantity.unit",
     "Quantity.unit"),
    ("type", observation(valueString="abcd"), "Observation.valueString", "Observation.value[x]"),
    ("type", observation(valueBoolean=True), "Observation.valueBoolean",
     "Observation.value[x] type"),
    ("again", patient(KIND), "Patient.identifier", "Patient.identifier:nhs/used"),
    ("target", members("Observation/b"), "Observation.hasMember", "Observation.hasMember:answers"),
    ("conforming", bundle("male"), "Bundle.entry", "Bundle.entry:woman"),
    ("extended", names({}, WRONG_MARK), "Patient.name", "Patient.name:marked"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "resource"), RIGHT, ids=[each[0] for each in RIGHT])
def test_what_is_right_has_no_error(trial: Trial, name: str, resource: dict[str, Any]) -> None:
    assert trial.found(resource, name) == []


@pytest.mark.parametrize(
    ("name", "resource", "place", "rule"), BROKEN, ids=[f"{e[0]}-{e[3]}" for e in BROKEN]
)
def test_what_is_wrong_has_one_error_at_its_place(
    trial: Trial, name: str, resource: dict[str, Any], place: str, rule: str
) -> None:
    found = trial.found(resource, name)
    assert [each[0] for each in found] == [place]
    assert rule.split(".")[-1] in found[0][1]


def test_what_goes_into_no_slice_goes_by_the_default_one(trial: Trial) -> None:
    long = {"system": "https://bevan.example/x", "value": "abc"}
    resource = {"resourceType": "Patient", "identifier": [*patient(KIND)["identifier"], long]}
    assert trial.found(resource, "default") == [
        ("Patient.identifier[1].value", "Patient.identifier.value")
    ]
