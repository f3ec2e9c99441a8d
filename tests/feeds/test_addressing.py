"""Conditional references are found in text, and addressed like full URLs."""

from __future__ import annotations

import json

import pytest

from bevan.feeds.bulk.addressing import Addressing, conditions
from bevan.fhir.definitions import load


def test_each_resource_is_read_against_its_own_address() -> None:
    targets = {"https://there.example/fhir/Patient/7": "Patient/q"}
    given = [
        (url, {"resourceType": "Observation", "subject": {"reference": "Patient/7"}})
        for url in ("https://there.example/fhir/Observation/1", "urn:uuid:1")
    ]
    found = Addressing(load()).rewritten(given, targets)
    assert [one["subject"]["reference"] for one in found] == ["Patient/q", "Patient/7"]


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ({"reference": "Practitioner?identifier=a|1"}, {("Practitioner", "identifier=a|1")}),
        ({"reference": "Patient/1"}, set()),
        ({"display": '"reference": "Practitioner?identifier=a|1"'}, set()),
        ({"reference": "?identifier=1"}, set()),
        ({"url": "https://x.example?y=1"}, set()),
    ],
)
def test_conditions_in_text(resource: dict[str, str], expected: set[tuple[str, str]]) -> None:
    for indent in (None, 2):
        assert conditions(json.dumps(resource, indent=indent).encode()) == expected
