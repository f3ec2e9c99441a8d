"""HL7's examples: whatever a parameter reads in a resource, a search for it finds the resource."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote_plus

import pytest

from bevan.fhir import json
from bevan.fhir.extraction import (
    DateValue,
    NumberValue,
    QuantityValue,
    ReferenceValue,
    StringValue,
    TokenValue,
    UriValue,
    Value,
)
from bevan.fhir.search.conditions import destinations
from bevan.fhir.search.dates import EARLIEST, EPOCH
from bevan.fhir.validation import Validator
from tests.record.search.conftest import World

STEP = 6


def escaped(text: str) -> str:
    return "".join(f"\\{c}" if c in "\\,$|" else c for c in text)


def questions(value: Value) -> Iterator[str]:
    """Values of a search that this value must answer."""
    match value:
        case TokenValue(system=system, code=str(code)) if code.strip():
            yield escaped(code)
            yield f"{escaped(system or '')}|{escaped(code)}"
        case ReferenceValue(type=str(type), id=str(id), url=None):
            yield f"{type}/{id}"
        case ReferenceValue(url=str(url)) if " " not in url and "/" in url:
            yield escaped(url)
        case StringValue(text=text) if text.strip():
            yield escaped(text)
            yield escaped(text[:3] if text[:3].strip() else text)
        case UriValue(uri=uri) if " " not in uri:
            yield escaped(uri)
        case DateValue(low=low) if low > EARLIEST:
            yield f"ge{EPOCH + timedelta(microseconds=low):%Y-%m-%dT%H:%M:%S.%fZ}"
        case NumberValue(value=number):
            yield f"{number:f}"
        case QuantityValue(value=number, system=system, code=code) if number is not None:
            if value.low.is_finite() and value.high.is_finite():
                yield f"{number:f}"
                if system and code:
                    yield f"{number:f}|{escaped(system)}|{escaped(code)}"


def test_what_is_in_a_resource_finds_it(shared: Path, world: World) -> None:
    validator = Validator(world.extractor.registry.definitions)
    files = sorted((shared / "data/fhir-r4-examples").glob("*.json"))[::STEP]
    asked = 0
    for path in files:
        resource = json.decode(path.read_bytes())
        if not validator.valid(resource) or "id" not in resource:
            continue
        world.put(resource)
        type, id = resource["resourceType"], resource["id"]
        for code, parameter in world.extractor.registry.of(type).items():
            if parameter.type in ("composite", "special") or code.startswith("_"):
                continue
            types = destinations(world.extractor.registry, parameter)
            for value in world.extractor.values(resource, type, code)[:2]:
                if isinstance(value, ReferenceValue) and types and value.type not in (None, *types):
                    continue
                for text in questions(value):
                    query = f"{code}={quote_plus(text)}&_id={id}"
                    assert world.ids(type, query) == [id], (path.name, query)
                    asked += 1
                    if asked % 7 == 0:
                        everybody = f"{code}={quote_plus(text)}&_count=1000"
                        assert id in world.ids(type, everybody), (path.name, everybody)
    if asked < 300:
        pytest.fail(f"only {asked} questions were asked")
