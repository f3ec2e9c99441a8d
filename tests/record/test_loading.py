"""Bulk loading: one commit, idempotent, beside other loaders."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bevan.fhir.json import decode
from bevan.kernel.database import Connection
from bevan.record.errors import NotFound, TooCostly
from bevan.record.loading import Loaded
from bevan.record.record import Record
from bevan.record.scope import Scope, compartment
from tests.record.conftest import Tables
from tests.record.people import ROBOT, Asked, feed_ready, limited, observation, only, patient


def region(record: Record, start: int, count: int, **more: Any) -> list[Any]:
    return [
        record.prepare({**observation(f"p{n % 7}", n), "id": f"o{n}", **more})
        for n in range(start, start + count)
    ]


async def test_again_changes_nothing(record: Record, robot: Scope, asked: Asked) -> None:
    prepared = region(record, 0, 50)
    assert await record.load(robot, prepared) == Loaded(created=50)
    assert await record.load(robot, prepared) == Loaded(same=50)
    assert await asked.value("select count(*) from resource_history") == 0


async def test_new_changed_and_same_together(record: Record, robot: Scope) -> None:
    await record.load(robot, region(record, 0, 10))
    mixed = [*region(record, 0, 4), *region(record, 4, 3, status="amended"), *region(record, 10, 5)]
    assert await record.load(robot, mixed) == Loaded(created=5, changed=3, same=4)
    now = await record.read(robot, "Observation", "o5")
    assert now is not None and now.version == 2 and decode(now.content)["status"] == "amended"
    assert await record.load(robot, []) == Loaded()


async def test_what_was_deleted_comes_back(record: Record, robot: Scope) -> None:
    await record.load(robot, region(record, 0, 1))
    await record.delete(robot, "Observation", "o0")
    assert await record.load(robot, region(record, 0, 1)) == Loaded(changed=1)


async def test_of_equal_ids_the_last_counts(record: Record, robot: Scope) -> None:
    twice = [*region(record, 0, 1), *region(record, 0, 1, status="amended")]
    assert await record.load(robot, twice) == Loaded(created=1)
    now = await record.read(robot, "Observation", "o0")
    assert now is not None and decode(now.content)["status"] == "amended"


async def test_a_ledger_in_the_same_commit(record: Record, robot: Scope, asked: Asked) -> None:
    async def ledger(connection: Connection) -> bool:
        added = await connection.fetchval(
            "insert into source (uri) values ('ledger:1') on conflict do nothing returning n"
        )
        return added is not None

    async def failing(connection: Connection) -> bool:
        await ledger(connection)
        raise RuntimeError("cut off")

    with pytest.raises(RuntimeError):
        await record.load(robot, region(record, 0, 3), within=failing)
    assert await asked.value("select count(*) from source") == 0
    assert await record.load(robot, region(record, 0, 3), within=ledger) == Loaded(created=3)
    assert await record.load(robot, region(record, 3, 3), within=ledger) == Loaded(same=3)
    assert await record.read(robot, "Observation", "o3") is None


async def test_two_loaders_of_the_same(record: Record, database: str, tables: Tables) -> None:
    other = await tables.open(database)
    try:
        done = await asyncio.gather(
            *(
                one.load(ROBOT(), region(one, start, 40))
                for start in (0, 20, 40, 0)
                for one in (record, other)
            )
        )
    finally:
        await other.close()
    assert sum(one.created for one in done) == 80
    assert sum(one.changed for one in done) == 0


async def test_bounds_of_loading(record: Record, robot: Scope) -> None:
    one = region(record, 0, 1)
    with pytest.raises(TooCostly):
        await record.load(robot, one * 1_001)
    for scope in (limited("org-1"), only("p0"), ROBOT_NARROW()):
        with pytest.raises(NotFound):
            await record.load(scope, one)


def ROBOT_NARROW() -> Scope:
    robot = ROBOT()
    return Scope(robot.ticket, None, None, writes=frozenset({"Patient"}), system=True)


async def test_one_audit_entry_per_person(record: Record, robot: Scope, asked: Asked) -> None:
    await record.load(robot, region(record, 0, 14))
    rows = await asked.audit()
    assert {(row["action"], row["entries"]) for row in rows} == {("i", 2)}
    assert {row["patient"] for row in rows} == {compartment(f"p{n}") for n in range(7)}


PROVENANCE = {
    "resourceType": "Provenance",
    "id": "prov",
    "target": [{"reference": "Observation/o0"}],
    "recorded": "2026-11-24T09:00:00Z",
    "agent": [{"who": {"display": "x"}}],
}


async def test_a_row_before_the_one_it_names_waits(
    record: Record, robot: Scope, asked: Asked
) -> None:
    await record.load(robot, [record.prepare(PROVENANCE)])
    nurse = only("p0")
    assert await record.read(nurse, "Provenance", "prov") is None
    assert await record.settle(robot) == 0
    await record.load(robot, region(record, 0, 1))
    await feed_ready(record)
    cursor = (await record.feed(robot)).cursor
    assert await record.settle(nurse) == 0
    assert await record.settle(robot) == 1
    assert await record.settle(robot) == 0
    assert await record.read(nurse, "Provenance", "prov") is not None
    await feed_ready(record)
    again = (await record.feed(robot, cursor)).entries
    assert [(one.id, one.patient) for one in again] == [("prov", compartment("p0"))]
    assert await asked.value("select count(*) from resource_history") == 0


async def test_a_row_beside_the_one_it_names(record: Record, robot: Scope) -> None:
    await record.load(robot, [record.prepare(PROVENANCE), *region(record, 0, 1)])
    assert await record.read(only("p0"), "Provenance", "prov") is not None
    created = await record.create(robot, {k: v for k, v in PROVENANCE.items() if k != "id"})
    assert await record.read(only("p0"), "Provenance", created.version.id) is not None
    assert await record.read(only("p1"), "Provenance", created.version.id) is None


async def test_a_person_is_a_patient(record: Record, robot: Scope) -> None:
    await record.load(robot, [record.prepare({**patient(), "id": "p0"})])
    assert await record.read(only("p0"), "Patient", "p0") is not None
