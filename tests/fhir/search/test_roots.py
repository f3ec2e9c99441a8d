from __future__ import annotations

from typing import Any

import pytest

from bevan.fhir.definitions import Definitions
from bevan.fhir.extraction import Extractor
from bevan.fhir.parameters import Registry
from bevan.fhir.search.roots import keys, masked, single


@pytest.mark.parametrize(
    ("type", "code", "found"),
    [
        ("Observation", "code", {"code"}),
        ("Observation", "patient", {"subject"}),
        ("Observation", "date",
         {"effectiveDateTime", "effectivePeriod", "effectiveTiming", "effectiveInstant"}),
        ("Observation", "combo-code", {"code", "component"}),
        ("Observation", "code-value-quantity", {"code", "valueQuantity"}),
        ("Observation", "component-code-value-quantity", {"component"}),
        ("Patient", "family", {"name"}),
        ("Patient", "_tag", {"meta"}),
        ("Patient", "_id", {"id"}),
        ("Patient", "deceased", None),
    ],
)  # fmt: skip
def test_which_elements_a_parameter_reads(
    definitions: Definitions, registry: Registry, type: str, code: str, found: set[str] | None
) -> None:
    parameter = registry.find(type, code)
    assert parameter is not None
    assert keys(definitions, parameter) == found


@pytest.mark.parametrize(
    ("type", "code", "answer"),
    [
        ("Observation", "date", True),
        ("Observation", "subject", True),
        ("Patient", "birthdate", True),
        ("Condition", "onset-date", True),
        ("Patient", "identifier", False),
        ("Observation", "performer", False),
        ("Patient", "deceased", False),
        ("Observation", "combo-code", False),
    ],
)
def test_which_parameters_have_one_value(
    definitions: Definitions, registry: Registry, type: str, code: str, answer: bool
) -> None:
    parameter = registry.find(type, code)
    assert parameter is not None and single(definitions, parameter) is answer


@pytest.mark.untraced
def test_every_parameter_reads_nothing_else(
    registry: Registry, extractor: Extractor, examples: dict[str, Any]
) -> None:
    """On HL7's examples: the values are the same with only those elements left."""
    seen = 0
    for resource in list(examples.values())[::3]:
        type = resource["resourceType"]
        for code, parameter in registry.of(type).items():
            kept = keys(registry.definitions, parameter)
            if kept is None or parameter.type == "special":
                continue
            wanted = kept | {"resourceType"}
            part = {key: value for key, value in resource.items() if key in wanted}
            found = extractor.values(resource, type, code)
            assert extractor.values(part, type, code) == found, (type, code)
            assert not single(registry.definitions, parameter) or len(found) <= 1 or (
                parameter.type in ("token", "string", "quantity")
            ), (type, code)  # fmt: skip
            seen += bool(found)
    assert seen > 1_000


def test_what_a_mask_takes() -> None:
    assert masked("address", "address") and masked("value", "valueQuantity")
    assert masked("value[x]", "valueQuantity") and not masked("value", "valuesetting")
    assert not masked("address", "addresses") and not masked("valueQuantity", "value")
