"""Whatever is sent, validation answers: damaged resources and damaged definitions alike."""

from __future__ import annotations

import random
from typing import Any

import pytest

from bevan.fhir.conformance import Library
from bevan.fhir.definitions import Definitions
from bevan.fhir.profiles import Profiles
from bevan.fhir.validation import Validator
from tests.fhir.profiles.building import URL, profile
from tests.fhir.validation.test_agreement import damage


@pytest.mark.untraced
@pytest.mark.shared
def test_damaged_examples_get_an_answer(
    profiles: Profiles, validator: Validator, examples: dict[str, Any]
) -> None:
    chance = random.Random(2026)
    kept = list(examples.values())
    told = 0
    for _ in range(300):
        resource = damage(chance.choice(kept), chance)
        found = profiles.issues(resource)
        faults = validator.issues(resource)
        assert found[: len(set(faults))] == list(dict.fromkeys(faults))
        told += bool(found)
    assert told > 200


@pytest.mark.untraced
def test_damaged_profiles_get_an_answer(definitions: Definitions, library: Library) -> None:
    chance = random.Random(2027)
    sound = profile(
        "p",
        "Observation",
        {"path": "Observation.category", "min": 1,
         "slicing": {"discriminator": [{"type": "value", "path": "coding"}], "rules": "open"}},
        {"path": "Observation.category", "sliceName": "a", "min": 1},
        {"path": "Observation.category.coding", "patternCoding": {"code": "vital-signs"}},
        {"path": "Observation.valueQuantity.code", "fixedCode": "kg"},
        {"path": "Observation.subject",
         "type": [{"code": "Reference", "targetProfile": ["https://bevan.example/x"]}]},
    )  # fmt: skip
    resource = {
        "resourceType": "Observation", "status": "final", "code": {"text": "x"},
        "category": [{"coding": [{"code": "vital-signs"}]}], "subject": {"reference": "Patient/x"},
        "valueQuantity": {"code": "kg", "value": 1},
    }  # fmt: skip
    count = 0
    for _ in range(300):
        broken = {**damage(sound, chance), "url": URL + "p", "resourceType": "StructureDefinition"}
        trial = Profiles(definitions, library.above([broken]))
        count += isinstance(trial.issues(resource, [URL + "p"]), list)
    assert count == 300
