"""All of HL7's R4 examples: written, read back equal to the last digit, found in the feed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bevan.fhir.json import decode, encode
from bevan.record.errors import Invalid
from bevan.record.record import Record
from bevan.record.scope import Scope
from bevan.record.version import same

pytestmark = pytest.mark.shared


def examples(shared: Path) -> list[dict[str, Any]]:
    folder = shared / "data" / "fhir-r4-examples"
    found = [decode(path.read_bytes()) for path in sorted(folder.rglob("*.json"))]
    return [one for one in found if isinstance(one, dict) and "resourceType" in one]


async def test_every_example_comes_back(record: Record, robot: Scope, shared: Path) -> None:
    refused: list[str] = []
    prepared: dict[tuple[str, str], Any] = {}
    for one in examples(shared):
        one.setdefault("id", "example-without-id")
        try:
            made = record.prepare(one)
        except Invalid:
            refused.append(f"{one['resourceType']}/{one['id']}")
            continue
        prepared[made.type, made.id] = made
    # What breaks R4 is named, clause by clause, where validation is tested.
    assert len(refused) <= 20, refused
    assert len(prepared) >= 400
    made = list(prepared.values())
    for start in range(0, len(made), 500):
        await record.load(robot, made[start : start + 500])
    for one in made:
        found = await record.read(robot, one.type, one.id)
        assert found is not None
        stored = decode(found.content)
        assert same(stored, one.resource), f"{one.type}/{one.id}"
        assert encode(stored) == found.content
