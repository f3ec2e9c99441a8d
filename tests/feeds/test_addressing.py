"""References inside a Bundle: the short way and the long way give the same."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from bevan.feeds.bulk.addressing import Addressing, conditions
from bevan.fhir.definitions import load
from bevan.record.bundle.references import References, kinds_of

TARGETS = {
    "urn:uuid:1": "Patient/p",
    "Practitioner?identifier=a|1": "Practitioner/x",
    "https://there.example/fhir/Patient/7": "Patient/q",
}


@pytest.fixture(scope="module")
def addressing() -> Addressing:
    return Addressing(load())


def observation(**given: Any) -> dict[str, Any]:
    return {"resourceType": "Observation", **given}


@pytest.mark.parametrize(
    "resource",
    [
        observation(subject={"reference": "urn:uuid:1"}),
        observation(subject={"reference": "urn:uuid:2"}),
        observation(performer=[{"reference": "Practitioner?identifier=a|1"}, {"display": "x"}]),
        observation(subject={"reference": "urn:uuid:1/_history/2"}),
        observation(identifier=[{"system": "urn:ietf:rfc:3986", "value": "urn:uuid:1"}]),
        observation(meta={"source": "urn:uuid:1", "profile": ["urn:uuid:1", "urn:uuid:2"]}),
        observation(extension=[{"url": "urn:uuid:1", "valueUri": "urn:uuid:1"}]),
        observation(text={"status": "generated", "div": '<div><a href="urn:uuid:1">x</a></div>'}),
        observation(text={"status": "generated", "div": "<div>urn:uuid:1</div>"}),
        observation(contained=[{"resourceType": "List", "source": {"reference": "urn:uuid:1"}}]),
        observation(note=[{"text": "urn:uuid:1"}]),
    ],
)  # fmt: skip
def test_both_ways_agree(addressing: Addressing, resource: dict[str, Any]) -> None:
    expected = References(kinds_of(load()), TARGETS).rewritten(
        copy.deepcopy(resource), "urn:uuid:9"
    )
    assert addressing.rewritten([("urn:uuid:9", resource)], TARGETS) == [expected]


def test_relative_references_are_read_against_their_server(addressing: Addressing) -> None:
    resource = observation(subject={"reference": "Patient/7"})
    url = "https://there.example/fhir/Observation/1"
    [found] = addressing.rewritten([(url, resource)], TARGETS)
    assert found["subject"]["reference"] == "Patient/q"


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
