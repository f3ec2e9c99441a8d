"""`$meta`: what a reader may see of a resource's marks."""

from __future__ import annotations

from typing import Any

import pytest

from bevan.fhir.operation import Invocation
from bevan.record.errors import NotFound
from bevan.record.meta import Meta
from bevan.record.record import Record
from bevan.record.scope import Scope
from tests.record.people import Asked, limited, observation, only, patient, sealed


async def marks(record: Record, scope: Scope, id: str) -> Any:
    answer = await Meta(record).run(scope, Invocation("", "Observation", id))
    assert isinstance(answer.resource, dict)
    (part,) = answer.resource["parameter"]
    assert part["name"] == "return"
    return part["valueMeta"]


async def test_meta_under_a_scope(record: Record, robot: Scope, asked: Asked) -> None:
    tag = {"system": "urn:x", "code": "a"}
    await record.update(robot, patient(id="wren"))
    await record.update(robot, observation("wren", id="o1", meta={"tag": [tag], "source": "urn:s"}))
    await record.update(robot, sealed(observation("wren", id="o2")))
    found = await marks(record, robot, "o1")
    assert (found["tag"], found["versionId"], found["source"]) == ([tag], "1", "urn:s")
    assert (await marks(record, robot, "o2"))["security"][0]["code"] == "sealed-and-locked"
    rows = await asked.rows("select id from audit where action = 'r' and outcome = '+'")
    assert [row["id"] for row in rows] == ["o1", "o2"]
    veiled = only("wren", masked={"*": frozenset({"meta.source"})})
    assert "source" not in await marks(record, veiled, "o1")
    for scope, id in ((limited("org-1"), "o1"), (only("wren", hidden=16), "o2"), (robot, "o3")):
        with pytest.raises(NotFound):
            await marks(record, scope, id)
    await record.delete(robot, "Observation", "o1")
    with pytest.raises(NotFound):
        await marks(record, robot, "o1")
