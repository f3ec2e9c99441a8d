"""HL7's own R4 examples, written and read back over HTTP: equal to the last digit."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.fhir.validation.test_validator import EXCLUSIONS
from tests.support.sites import Serving

_NUMBER = re.compile(rb"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')
_STAMPS = ("versionId", "lastUpdated")


def files(shared: Path) -> list[Path]:
    """All examples but those that break R4, each with its clause where the validator is tested."""
    found = sorted((shared / "data" / "fhir-r4-examples").glob("*.json"))
    assert len(found) == 445
    return [path for path in found if path.name not in EXCLUSIONS]


def bare(resource: dict[str, Any]) -> dict[str, Any]:
    """The resource without what a server stamps on it."""
    meta = {k: v for k, v in resource.get("meta", {}).items() if k not in _STAMPS}
    rest = {k: v for k, v in resource.items() if k != "meta"}
    return rest | ({"meta": meta} if meta else {})


def spelt(value: Any) -> Any:
    """Values with each number as the characters that it was written with."""
    from bevan.fhir import json

    if isinstance(value, dict):
        return {key: spelt(each) for key, each in value.items()}
    if isinstance(value, list):
        return [spelt(each) for each in value]
    if isinstance(value, str | bool) or value is None:
        return value
    return ("number", json.encode(value))


def numbers(content: bytes) -> list[bytes]:
    """The spellings of all numbers in JSON text, in order, found without any JSON library."""
    return _NUMBER.findall(_STRING.sub(b'""', content))


@pytest.mark.shared
async def test_every_example_comes_back_as_it_went_in(served: Serving, shared: Path) -> None:
    from bevan.fhir import json

    faults: list[str] = []
    for path in files(shared):
        content = path.read_bytes()
        sent = json.decode(content)
        name = f"/{sent['resourceType']}/{sent['id']}"
        written = await served.send("PUT", name, content)
        if written.status_code != 201:
            faults.append(f"{path.name}: {written.status_code} {written.text[:300]}")
            continue
        read = await served.send("GET", name)
        received = json.decode(read.content)
        if spelt(bare(sent)) != spelt(bare(received)):
            faults.append(f"{path.name}: read back otherwise")
        if numbers(json.encode(sent)) != numbers(content):
            faults.append(f"{path.name}: numbers spelt otherwise")
        if list(bare(sent)) != list(bare(received)) and set(bare(sent)) != set(bare(received)):
            faults.append(f"{path.name}: other elements")
    assert faults == []


@pytest.mark.shared
async def test_every_example_in_one_transaction_comes_back_too(
    served: Serving, shared: Path
) -> None:
    from bevan.fhir import json

    resources = [json.decode(path.read_bytes()) for path in files(shared)]
    entries = [
        {
            "resource": resource,
            "request": {"method": "PUT", "url": f"{resource['resourceType']}/{resource['id']}"},
        }
        for resource in resources
    ]
    answer = await served.send(
        "POST", "/", {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    )
    assert answer.status_code == 200, answer.text[:2000]
    for resource in resources:
        name = f"/{resource['resourceType']}/{resource['id']}"
        read = json.decode((await served.send("GET", name)).content)
        assert spelt(bare(read)) == spelt(bare(resource)), name
