from __future__ import annotations

from typing import Any

from bevan.fhir.definitions import Definitions
from bevan.fhir.search.subset import subset
from bevan.fhir.validation import Validator

PATIENT = {
    "resourceType": "Patient",
    "id": "p",
    "meta": {"versionId": "1", "tag": [{"code": "x"}]},
    "text": {"status": "empty", "div": "<div/>"},
    "name": [{"family": "Smith"}],
    "_birthDate": {"extension": []},
    "birthDate": "1980",
    "active": True,
    "maritalStatus": {"text": "single"},
}


def test_elements_keep_what_was_named_and_what_changes_meaning(definitions: Definitions) -> None:
    found = subset(definitions, PATIENT, "false", ("birthDate",))
    assert set(found) == {"resourceType", "id", "meta", "birthDate", "_birthDate", "active"}
    assert [tag["code"] for tag in found["meta"]["tag"]] == ["x", "SUBSETTED"]
    assert len(PATIENT["meta"]["tag"]) == 1  # type: ignore[index]


def test_a_choice_is_named_with_or_without_its_type(definitions: Definitions) -> None:
    resource = {"resourceType": "Observation", "status": "final", "code": {}, "valueString": "x"}
    for name in ("value", "valueString"):
        assert "valueString" in subset(definitions, resource, "false", (name,))
    assert "valueString" not in subset(definitions, resource, "false", ("valueQuantity",))


def test_summaries(definitions: Definitions) -> None:
    assert "maritalStatus" not in subset(definitions, PATIENT, "true", ())
    assert "text" not in subset(definitions, PATIENT, "data", ())
    assert set(subset(definitions, PATIENT, "text", ())) == {
        "resourceType", "id", "meta", "text", "active",
    }  # fmt: skip


def test_a_summary_of_hl7s_examples_is_still_valid(
    definitions: Definitions, validator: Validator, examples: dict[str, Any]
) -> None:
    for name, resource in list(examples.items())[::5]:
        if not validator.valid(resource):
            continue
        faults = validator.issues(subset(definitions, resource, "data", ()))
        assert not [fault for fault in faults if fault.code in ("required", "structure")], name
