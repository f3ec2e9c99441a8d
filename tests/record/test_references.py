"""References inside a Bundle: the short way and the long way give the same, and change nothing."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bevan.fhir.definitions import load
from bevan.record.bundle.references import References, kinds_of

TARGETS = {
    "urn:uuid:1": "Patient/p",
    "Practitioner?identifier=a|1": "Practitioner/x",
    "https://there.example/fhir/Patient/7": "Patient/q",
}


@pytest.fixture(scope="module")
def references() -> References:
    return References(kinds_of(load()), TARGETS)


def observation(**given: Any) -> dict[str, Any]:
    return {"resourceType": "Observation", **given}


def both_agree(references: References, resource: dict[str, Any]) -> None:
    before = copy.deepcopy(resource)
    expected = references._long(resource, TARGETS.get)
    assert references.rewritten(resource, "urn:uuid:9") == expected
    assert resource == before


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (observation(subject={"reference": "urn:uuid:1"}), {"subject": {"reference": "Patient/p"}}),
        (observation(subject={"reference": "urn:uuid:2"}),
         {"subject": {"reference": "urn:uuid:2"}}),
        (observation(performer=[{"reference": "Practitioner?identifier=a|1"}, {"display": "x"}]),
         {"performer": [{"reference": "Practitioner/x"}, {"display": "x"}]}),
        (observation(subject={"reference": "urn:uuid:1/_history/2"}),
         {"subject": {"reference": "Patient/p"}}),
        (observation(identifier=[{"system": "urn:ietf:rfc:3986", "value": "urn:uuid:1"}]),
         {"identifier": [{"system": "urn:ietf:rfc:3986", "value": "urn:uuid:1"}]}),
        (observation(meta={"source": "urn:uuid:1", "profile": ["urn:uuid:1", "urn:uuid:2"]}),
         {"meta": {"source": "Patient/p", "profile": ["Patient/p", "urn:uuid:2"]}}),
        (observation(extension=[{"url": "urn:uuid:1", "valueUri": "urn:uuid:1"}]),
         {"extension": [{"url": "Patient/p", "valueUri": "Patient/p"}]}),
        (observation(text={"status": "generated", "div": '<div><a href="urn:uuid:1">x</a></div>'}),
         {"text": {"status": "generated", "div": '<div><a href="Patient/p">x</a></div>'}}),
        (observation(text={"status": "generated", "div": "<div>urn:uuid:1</div>"}),
         {"text": {"status": "generated", "div": "<div>urn:uuid:1</div>"}}),
        (observation(contained=[{"resourceType": "List", "source": {"reference": "urn:uuid:1"}}]),
         {"contained": [{"resourceType": "List", "source": {"reference": "Patient/p"}}]}),
        (observation(note=[{"text": "urn:uuid:1"}]), {"note": [{"text": "urn:uuid:1"}]}),
    ],
)  # fmt: skip
def test_what_points_is_replaced(
    references: References, resource: dict[str, Any], expected: dict[str, Any]
) -> None:
    both_agree(references, resource)
    assert references.rewritten(resource, "urn:uuid:9") == observation(**expected)


TEXTS = st.sampled_from(
    [
        *TARGETS,
        "urn:uuid:2",
        "Patient/7",
        "urn:uuid:1/_history/3",
        "plain",
        '<a href="urn:uuid:1"/>',
    ]
)
REFERENCE = st.fixed_dictionaries({}, optional={"reference": TEXTS, "display": TEXTS})
RESOURCE = st.fixed_dictionaries(
    {"resourceType": st.just("Observation")},
    optional={
        "subject": REFERENCE,
        "performer": st.lists(REFERENCE, max_size=3),
        "meta": st.fixed_dictionaries({}, optional={"profile": st.lists(TEXTS), "source": TEXTS}),
        "text": st.fixed_dictionaries({"div": TEXTS}),
        "valueString": TEXTS,
        "status": TEXTS,
        "component": st.lists(st.fixed_dictionaries({"valueString": TEXTS}), max_size=2),
    },
)


@given(resource=RESOURCE)
def test_both_ways_agree(references: References, resource: dict[str, Any]) -> None:
    both_agree(references, resource)


def test_what_needs_no_change_is_passed_on_itself(references: References) -> None:
    resource = observation(subject={"reference": "urn:uuid:1"}, code={"text": "x"})
    made = references.rewritten(resource, "urn:uuid:9")
    assert made["code"] is resource["code"]
    assert made["subject"] is not resource["subject"]


def test_relative_references_are_read_against_their_server(references: References) -> None:
    resource = observation(subject={"reference": "Patient/7"})
    made = references.rewritten(resource, "https://there.example/fhir/Observation/1")
    assert made["subject"]["reference"] == "Patient/q"
    assert references.rewritten(resource, "urn:uuid:9") == resource
