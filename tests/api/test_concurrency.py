"""Many callers at once: one resource for one identifier, no lost increment."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest

from tests.support.sites import Serving

CALLERS = 200


async def test_200_conditional_creates_make_one_resource(served: Serving, dsn: str) -> None:
    resource = {
        "resourceType": "Patient",
        "identifier": [{"system": "urn:hospital", "value": "4711"}],
    }
    answers = await asyncio.gather(
        *(
            served.send("POST", "/Patient", resource, if_none_exist="identifier=urn:hospital|4711")
            for _ in range(CALLERS)
        )
    )
    statuses = [answer.status_code for answer in answers]
    assert statuses.count(201) == 1 and set(statuses) <= {200, 201}, set(statuses)
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert await _count(dsn, "resource") == 1
    assert await _count(dsn, "resource_history") == 0


async def test_conditional_creates_of_different_identifiers_do_not_hinder_each_other(
    served: Serving, dsn: str
) -> None:
    async def create(number: int) -> Any:
        resource = {
            "resourceType": "Patient",
            "identifier": [{"system": "urn:hospital", "value": str(number)}],
        }
        condition = f"identifier=urn:hospital|{number}"
        return await served.send("POST", "/Patient", resource, if_none_exist=condition)

    answers = await asyncio.gather(*(create(n % 50) for n in range(CALLERS)))
    assert sorted(answer.status_code for answer in answers) == [200] * 150 + [201] * 50
    assert await _count(dsn, "resource") == 50


async def test_200_increments_count_exactly_those_accepted(served: Serving) -> None:
    start = {"resourceType": "Basic", "id": "counter", "code": {"text": "0"}}
    assert (await served.send("PUT", "/Basic/counter", start)).status_code == 201

    async def increment() -> int:
        """One try: read, add one, write if nobody else did."""
        read = await served.send("GET", "/Basic/counter")
        value = int(read.json()["code"]["text"])
        changed = start | {"code": {"text": str(value + 1)}}
        written = await served.send("PUT", "/Basic/counter", changed, if_match=read.headers["etag"])
        return int(written.status_code)

    statuses = [
        status
        for _ in range(4)
        for status in await asyncio.gather(*(increment() for _ in range(CALLERS // 4)))
    ]
    accepted = statuses.count(200)
    assert set(statuses) <= {200, 409, 412}
    assert accepted >= 4, "each round has at least one that comes first"
    last = await served.send("GET", "/Basic/counter")
    assert int(last.json()["code"]["text"]) == accepted
    assert last.headers["etag"] == f'W/"{accepted + 1}"'


@pytest.mark.parametrize("kind", ["update", "delete"])
async def test_of_many_that_expect_the_same_version_one_wins(served: Serving, kind: str) -> None:
    start = {"resourceType": "Basic", "id": "one", "code": {"text": "start"}}
    await served.send("PUT", "/Basic/one", start)

    async def attempt(number: int) -> int:
        if kind == "delete" and number % 2:
            answer = await served.send("DELETE", "/Basic/one", if_match='W/"1"')
        else:
            changed = start | {"code": {"text": str(number)}}
            answer = await served.send("PUT", "/Basic/one", changed, if_match='W/"1"')
        return int(answer.status_code)

    statuses = await asyncio.gather(*(attempt(number) for number in range(CALLERS)))
    assert sum(status in (200, 204) for status in statuses) == 1, statuses


async def test_one_callers_fault_fails_nobody_else(served: Serving) -> None:
    async def create(number: int) -> int:
        family = "\x00" if number % 10 == 0 else f"Family {number}"
        resource = {"resourceType": "Patient", "name": [{"family": family}]}
        answer = await served.send("POST", "/Patient", resource)
        return int(answer.status_code)

    statuses = await asyncio.gather(*(create(number) for number in range(100)))
    assert statuses.count(201) == 90
    assert all(statuses[n] in (400, 422) for n in range(0, 100, 10))


async def test_a_caller_who_hangs_up_leaves_no_half_write(served: Serving, dsn: str) -> None:
    resource = {"resourceType": "Patient", "gender": "female"}
    tasks = [asyncio.create_task(served.send("POST", "/Patient", resource)) for _ in range(50)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    kept = [each for each in answers if not isinstance(each, BaseException)]
    assert len(kept) >= 25 and all(each.status_code == 201 for each in kept)
    for each in kept:
        assert (await served.send("GET", f"/Patient/{each.json()['id']}")).status_code == 200


async def _count(dsn: str, table: str) -> int:
    connection = await asyncpg.connect(dsn)
    try:
        return int(await connection.fetchval(f"SELECT count(*) FROM {table}"))
    finally:
        await connection.close()
