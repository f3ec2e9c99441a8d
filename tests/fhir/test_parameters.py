"""The search parameters of each type."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bevan.fhir.definitions import Definitions, SearchParameter, load
from bevan.fhir.parameters import LAST_BIT, Registry


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    return load()


@pytest.fixture(scope="module")
def registry(definitions: Definitions) -> Registry:
    return Registry(definitions)


def test_inherited_parameters_are_found_under_each_type(registry: Registry) -> None:
    for type in ("Patient", "Binary", "Bundle"):
        tag = registry.find(type, "_tag")
        assert tag is not None
        assert (tag.resource, tag.type) == (type, "token")
    assert registry.find("Patient", "nonsense") is None
    assert registry.find("Nonsense", "_tag") is None
    assert registry.of("Nonsense") == {}


def test_what_a_parameter_says(registry: Registry) -> None:
    subject = registry.find("Observation", "subject")
    assert subject is not None
    assert set(subject.targets) == {"Group", "Device", "Patient", "Location"}
    assert subject.url == "http://hl7.org/fhir/SearchParameter/Observation-subject"
    composite = registry.find("Observation", "code-value-quantity")
    assert composite is not None
    assert [(c.code, c.type) for c in composite.components] == [
        ("code", "token"),
        ("value-quantity", "quantity"),
    ]
    assert composite.number is None


def test_hl7_s_samples_are_no_parameters(registry: Registry) -> None:
    every = [p.url for type in ("Condition", "Patient") for p in registry.of(type).values()]
    assert not any("SearchParameter/example" in url for url in every)


def test_bits_are_distinct_and_fit(registry: Registry, definitions: Definitions) -> None:
    for type in definitions.resource_types:
        bits = [p.number for p in registry.of(type).values() if p.number is not None]
        assert len(set(bits)) == len(bits)
        assert max(bits) <= LAST_BIT


def custom(code: str, expression: str = "Observation.method") -> SearchParameter:
    return SearchParameter(
        url=f"urn:{code}", code=code, type="token", base=("Observation",), expression=expression
    )


def test_custom_parameters_change_no_bits(registry: Registry, definitions: Definitions) -> None:
    more = Registry(definitions, [custom("aaa"), custom("zzz")])
    for code, parameter in registry.of("Observation").items():
        found = more.find("Observation", code)
        assert found is not None
        assert found.number == parameter.number
    last = max(p.number or 0 for p in registry.of("Observation").values())
    added = [more.of("Observation")[code].number for code in ("aaa", "zzz")]
    assert added == [last + 1, last + 2]


def test_beyond_the_last_bit_there_is_none(definitions: Definitions) -> None:
    many = Registry(definitions, [custom(f"c{number:02}") for number in range(60)])
    numbers = [p.number for p in many.of("Observation").values()]
    assert numbers.count(LAST_BIT) == 1
    assert many.of("Observation")["c59"].number is None


def test_a_custom_parameter_replaces_one_of_the_same_code(definitions: Definitions) -> None:
    changed = Registry(definitions, [custom("code", "Observation.method")])
    found = changed.find("Observation", "code")
    assert found is not None
    assert found.url == "urn:code"


@pytest.mark.parametrize(
    ("type", "code", "index"),
    [
        ("Observation", "combo-code", {"code", "component-code"}),
        ("Observation", "combo-value-quantity", {"value-quantity", "component-value-quantity"}),
        (
            "Observation",
            "combo-code-value-concept",
            {"code-value-concept", "component-code-value-concept"},
        ),
        ("Patient", "phonetic", {"name"}),
        ("Observation", "code", {"code"}),
        ("Observation", "patient", {"patient"}),
        ("Coverage", "patient", {"patient"}),
    ],
)
def test_values_are_stored_once(registry: Registry, type: str, code: str, index: set[str]) -> None:
    found = registry.find(type, code)
    assert found is not None
    assert set(found.index) == index


def test_whoever_stands_in_is_stored_itself(registry: Registry, definitions: Definitions) -> None:
    for type in definitions.resource_types:
        parameters = registry.of(type)
        for parameter in parameters.values():
            for code in parameter.index:
                assert parameters[code].index == (code,), (type, parameter.code)


def test_an_expression_without_a_type_starts_at_the_resource(definitions: Definitions) -> None:
    bare = replace_expression(custom("bare"), "method | Condition.code | Observation.code")
    found = Registry(definitions, [bare]).find("Observation", "bare")
    assert found is not None
    assert len(found.paths) == 2


def replace_expression(parameter: SearchParameter, expression: str) -> SearchParameter:
    return SearchParameter(
        url=parameter.url,
        code=parameter.code,
        type=parameter.type,
        base=parameter.base,
        expression=expression,
    )


def test_a_parameter_is_a_value(registry: Registry) -> None:
    found = registry.find("Observation", "code")
    assert found is not None
    assert replace(found) == found
