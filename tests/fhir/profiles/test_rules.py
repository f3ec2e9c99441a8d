"""Rules that look beyond their element: variables, other resources, value sets, profiles."""

from __future__ import annotations

from typing import Any

import pytest

from bevan.fhir.conformance import Library
from bevan.fhir.definitions import Definitions
from bevan.fhir.profiles import Profiles
from tests.fhir.profiles.building import URL, Trial, profile

GENDERS = "http://hl7.org/fhir/ValueSet/administrative-gender"
UUID = "urn:uuid:9d5c2cf6-0b2e-4a0f-9a0f-6d9b6e3e7a10"


def ruled(name: str, type: str, path: str, expression: str) -> dict[str, Any]:
    rule = {"key": name, "severity": "error", "human": name, "expression": expression}
    return profile(name, type, {"path": path, "constraint": [rule]})


OWN = [
    ruled("resolved", "Observation", "Observation.subject", "resolve().gender = 'female'"),
    ruled("member", "Patient", "Patient.gender", f"memberOf('{GENDERS}')"),
    ruled("coded", "Patient", "Patient.maritalStatus", f"memberOf('{GENDERS}')"),
    ruled("unknown", "Patient", "Patient.gender", f"memberOf('{URL}nowhere')"),
    profile("woman", "Patient", {"path": "Patient.gender", "min": 1, "fixedCode": "female"}),
    ruled("like", "Patient", "Patient", f"conformsTo('{URL}woman')"),
    ruled("inner", "Patient", "Patient.name", "%resource is Patient"),
    ruled("nothing", "Patient", "Patient.name", "given.first().matches('x')"),
]  # fmt: skip


@pytest.fixture(scope="module")
def trial(definitions: Definitions, library: Library) -> Trial:
    return Trial(definitions, library, *OWN)


def patient(**more: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": "p", **more}


def about(reference: str, **more: Any) -> dict[str, Any]:
    return {"resourceType": "Observation", "status": "final", "code": {"text": "x"},
            "subject": {"reference": reference}, **more}  # fmt: skip


def concept(*codes: str) -> dict[str, Any]:
    system = "http://hl7.org/fhir/administrative-gender"
    return {"coding": [{"system": system, "code": code} for code in codes]}


CASES: list[tuple[str, dict[str, Any], list[str]]] = [
    ("resolved", about("#p", contained=[patient(gender="female")]), []),
    ("resolved", about("#p", contained=[patient(gender="male")]), ["Observation.subject"]),
    ("resolved", about("Patient/elsewhere"), []),  # not checked
    ("member", patient(gender="female"), []),
    ("coded", patient(maritalStatus=concept("male")), []),
    ("coded", patient(maritalStatus={"text": "x"}), ["Patient.maritalStatus"]),
    ("like", patient(gender="female"), []),
    ("like", patient(gender="male"), ["Patient"]),
    ("inner", patient(name=[{"text": "x"}]), []),
    ("nothing", patient(name=[{"text": "x"}]), ["Patient.name[0]"]),  # nothing isn't true
]


@pytest.mark.parametrize(
    ("name", "resource", "places"), CASES, ids=[f"{n}-{each[0]}" for n, each in enumerate(CASES)]
)
def test_rules(trial: Trial, name: str, resource: dict[str, Any], places: list[str]) -> None:
    assert [place for place, rule in trial.found(resource, name) if rule == name] == places


def test_an_entry_of_the_same_bundle_is_found(trial: Trial) -> None:
    claim = {"meta": {"profile": [URL + "resolved"]}}
    for gender, places in (("female", []), ("male", ["Bundle.entry[0].resource.subject"])):
        entries = [
            {"fullUrl": "urn:uuid:1a5c2cf6-0b2e-4a0f-9a0f-6d9b6e3e7a10",
             "resource": about(UUID, **claim)},
            {"fullUrl": UUID, "resource": patient(gender=gender)},
        ]  # fmt: skip
        bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
        found = trial.found(bundle)
        assert [place for place, rule in found if rule == "resolved"] == places


def test_a_caller_may_fetch_what_is_elsewhere(definitions: Definitions, library: Library) -> None:
    profiles = Profiles(definitions, library.above(OWN))
    asked: list[str] = []

    def fetch(reference: str) -> dict[str, Any]:
        asked.append(reference)
        return patient(gender="female")

    found = profiles.issues(about("Patient/x"), [URL + "resolved"], fetch=fetch)
    assert [issue.rule for issue in found if issue.severity == "error"] == []
    assert "Patient/x" in asked


def test_a_value_set_that_isnt_loaded_is_no_error(trial: Trial) -> None:
    resource = patient(gender="female")
    assert trial.found(resource, "unknown") == []
    assert ("Patient.gender", "unknown") in trial.found(resource, "unknown", "information")
