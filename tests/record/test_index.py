"""What search needs stands beside a row exactly as long as the version that says it."""

from __future__ import annotations

from typing import Any

import pytest

from bevan.record.record import Record
from bevan.record.scope import Scope
from tests.record.conftest import Tables
from tests.record.people import ROBOT, Asked, patient


def coded(*codes: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "urn:x", "code": code} for code in codes]},
        "subject": {"reference": "Patient/p"},
        **more,
    }


async def counted(asked: Asked) -> tuple[int, int, int]:
    """(numbers, strings, codes) that stand beside all rows."""
    found = [
        await asked.value(f"select count(*) from {table}")
        for table in ("idx_num", "idx_str", "idx_code")
    ]
    return found[0], found[1], found[2]


@pytest.mark.parametrize("date", [{}, {"effectiveDateTime": "2026-11-24T09:00:00Z"}])
async def test_further_codes_follow(
    record: Record, robot: Scope, asked: Asked, date: dict[str, str]
) -> None:
    other = (await record.create(robot, coded("a", "b", "c", **date))).version.id
    id = (await record.create(robot, coded("a", "b", "c", **date))).version.id
    assert (await counted(asked))[2] == 4
    await record.update(robot, {**coded("a", "b", **date), "id": id})
    assert (await counted(asked))[2] == 3
    await record.update(robot, {**coded("a", "b", "d", effectiveDateTime="2020"), "id": id})
    dates = await asked.rows("select distinct date is null as none, rkey from idx_code")
    assert len(dates) == 2 and (await counted(asked))[2] == 4
    await record.delete(robot, "Observation", id)
    assert (await counted(asked))[2] == 2
    await record.load(robot, [record.prepare({**coded("a", **date), "id": other})])
    assert (await counted(asked))[2] == 0


async def test_numbers_and_strings_follow(record: Record, robot: Scope, asked: Asked) -> None:
    id = (await record.create(robot, patient(deceasedDateTime="2020-01-01"))).version.id
    before = await counted(asked)
    assert before[0] and before[1]
    await record.update(robot, {**patient(deceasedDateTime="2020-01-01", active=True), "id": id})
    assert await counted(asked) == before
    await record.update(robot, {"resourceType": "Patient", "id": id, "name": [{"family": "New"}]})
    assert await asked.value("select bool_or(val like '%new%') from idx_str")
    assert not await asked.value("select bool_or(val like '%pemberton%') from idx_str")
    await record.delete(robot, "Patient", id)
    assert await counted(asked) == (0, 0, 0)
    await record.update(robot, {**patient(), "id": id})
    assert (await counted(asked))[1]


async def test_hashes_of_sixteen_bits_propose_and_content_decides(
    database: str, tables: Tables
) -> None:
    small = await tables.open(database, bits=16)
    try:
        bodies = [patient(identifier=[{"system": "urn:x", "value": f"{n}"}]) for n in range(500)]
        made = [
            await small.create(ROBOT(), body, if_none_exist=f"identifier=urn:x|{n}")
            for n, body in enumerate(bodies)
        ]
        assert all(written.created for written in made)
        assert len({written.version.id for written in made}) == 500
        for n in (0, 250, 499):
            again = await small.create(ROBOT(), bodies[n], if_none_exist=f"identifier=urn:x|{n}")
            assert (again.created, again.version.id) == (False, made[n].version.id)
    finally:
        await small.close()
