"""Search expressions as walks."""

from __future__ import annotations

import pytest

from bevan.fhir.definitions import Definitions
from bevan.fhir.extraction.plan import Branch, Field, Item, Unplanned, Where, branches
from bevan.fhir.extraction.reading import Reading
from bevan.fhir.extraction.typed import READERS
from bevan.fhir.parameters import Registry
from bevan.fhir.path import Engine, parse


def walks(definitions: Definitions, expression: str, type: str) -> list[Branch]:
    return branches(definitions, parse(expression), type)


def test_choices_become_keys(definitions: Definitions) -> None:
    assert [b.type for b in walks(definitions, "Patient.deceased", "Patient")] == [
        "boolean",
        "dateTime",
    ]
    [found] = walks(definitions, "(Observation.value as Quantity)", "Observation")
    assert found == Branch((Field("valueQuantity", False),), "Quantity")
    [also] = walks(definitions, "Observation.value.ofType(DateTime)", "Observation")
    assert also.steps == (Field("valueDateTime", False),)


def test_arrays_and_nested_elements(definitions: Definitions) -> None:
    [found] = walks(definitions, "Observation.component.code", "Observation")
    assert found.steps == (Field("component", True), Field("code", False))
    [deep] = walks(definitions, "Questionnaire.item.item.code", "Questionnaire")
    assert [step.many for step in deep.steps if isinstance(step, Field)] == [True, True, True]


def test_filters_and_items(definitions: Definitions) -> None:
    [found] = walks(definitions, "Patient.telecom.where(system = 'phone')", "Patient")
    assert found.steps == (
        Field("telecom", True),
        Where(parse("system = 'phone'"), "ContactPoint"),
    )
    [first] = walks(definitions, "Bundle.entry[0].resource", "Bundle")
    assert first.steps == (Field("entry", False), Item(0), Field("resource", False))
    [extended] = walks(definitions, "Patient.extension('urn:x')", "Patient")
    assert extended.steps == (Field("extension", True), Where(parse("url = 'urn:x'"), "Extension"))


def test_other_types_and_unknown_names_give_no_walk(definitions: Definitions) -> None:
    assert walks(definitions, "Condition.code", "Observation") == []
    assert walks(definitions, "Observation.nonsense", "Observation") == []
    assert walks(definitions, "Resource.id", "Patient")[0].steps == (Field("id", False),)


@pytest.mark.parametrize(
    "expression",
    [
        "Patient.name.exists()",
        "Patient.active = true",
        "Patient.name.first()",
        "Patient.name.given[0]",
        "Patient.birthDate[0]",
        "Patient.name.where(use = 'x', 1)",
        "'x'",
    ],
)
def test_more_than_a_walk(definitions: Definitions, expression: str) -> None:
    with pytest.raises(Unplanned):
        walks(definitions, expression, "Patient")


def test_all_of_r4_is_planned(definitions: Definitions) -> None:
    """Only one expression needs the engine, and only special parameters have no values."""
    registry, reading = Registry(definitions), Reading(definitions, Engine(definitions))
    unplanned: list[tuple[str, str]] = []
    empty: list[tuple[str, str]] = []
    count = 0
    for type in definitions.resource_types:
        for code, parameter in registry.of(type).items():
            count += 1
            if parameter.type not in READERS:
                empty += [(type, code)] * (parameter.type == "special")
                continue
            try:
                found = [w for p in parameter.paths for w in reading.walks(parameter.type, p, type)]
            except Unplanned:
                unplanned.append((type, code))
                continue
            if not found:
                empty.append((type, code))
    assert unplanned == [("Patient", "deceased")]
    assert empty == [("Location", "near")]
    assert count > 2_000
