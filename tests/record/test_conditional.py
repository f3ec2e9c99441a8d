"""Conditional writes: the condition is decided inside the transaction."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bevan.fhir.json import decode
from bevan.record.errors import Conflict, Invalid, MultipleMatches, NotFound, PreconditionFailed
from bevan.record.finding import lock_keys
from bevan.record.record import Record
from bevan.record.scope import Scope
from tests.record.conftest import Tables
from tests.record.people import ROBOT, Asked, limited, patient

NHS = "https://fhir.nhs.uk/Id/nhs-number"


def numbered(number: str, **more: Any) -> dict[str, Any]:
    return patient(identifier=[{"system": NHS, "value": number}], **more)


async def test_two_hundred_at_once_create_one(record: Record, asked: Asked) -> None:
    query = f"identifier={NHS}|9990000018"
    results = await asyncio.gather(
        *(record.create(ROBOT(), numbered("9990000018"), if_none_exist=query) for _ in range(200))
    )
    assert sum(result.created for result in results) == 1
    assert len({result.version.id for result in results}) == 1
    assert await asked.value("select count(*) from resource") == 1


async def test_two_processes_create_one(record: Record, database: str, tables: Tables) -> None:
    other = await tables.open(database)
    query = f"identifier={NHS}|9990000026"
    try:
        results = await asyncio.gather(
            *(
                one.create(ROBOT(), numbered("9990000026"), if_none_exist=query)
                for _ in range(10)
                for one in (record, other)
            )
        )
    finally:
        await other.close()
    assert sum(result.created for result in results) == 1


async def test_two_hundred_increments_count_what_was_accepted(
    record: Record, database: str, tables: Tables
) -> None:
    first = (await record.create(ROBOT(), patient(multipleBirthInteger=0))).version
    other = await tables.open(database)

    async def increment(through: Record) -> bool:
        now = await through.read(ROBOT(), "Patient", first.id)
        assert now is not None
        body = decode(now.content)
        body["multipleBirthInteger"] += 1
        try:
            return (await through.update(ROBOT(), body, if_match=now.version)).changed
        except (PreconditionFailed, Conflict):
            return False

    try:
        accepted = sum(
            await asyncio.gather(*(increment(one) for _ in range(100) for one in (record, other)))
        )
    finally:
        await other.close()
    now = await record.read(ROBOT(), "Patient", first.id)
    assert now is not None and accepted >= 1
    assert decode(now.content)["multipleBirthInteger"] == accepted == now.version - 1


async def test_one_match_is_the_answer(record: Record, robot: Scope) -> None:
    first = (await record.create(robot, numbered("1"))).version
    again = await record.create(robot, numbered("1"), if_none_exist=f"identifier={NHS}|1")
    assert (again.created, again.changed, again.version.id) == (False, False, first.id)


async def test_several_matches_are_refused(record: Record, robot: Scope, asked: Asked) -> None:
    for _ in range(2):
        await record.create(robot, numbered("2"))
    with pytest.raises(MultipleMatches):
        await record.create(robot, numbered("2"), if_none_exist="identifier=2")
    with pytest.raises(MultipleMatches):
        await record.delete_where(robot, "Patient", "identifier=2")
    assert [row["outcome"] for row in (await asked.audit())[-2:]] == ["!", "!"]


async def test_update_where(record: Record, robot: Scope) -> None:
    made = await record.update_where(robot, "Patient", "identifier=3", numbered("3"))
    assert made.created
    body = numbered("3", active=True)
    again = await record.update_where(robot, "Patient", "identifier=3", body, if_match=1)
    assert (again.version.id, again.version.version) == (made.version.id, 2)
    with pytest.raises(Invalid):
        await record.update_where(robot, "Patient", "identifier=3", {**body, "id": "other"})
    with pytest.raises(PreconditionFailed):
        await record.update_where(
            robot, "Patient", "identifier=3", numbered("3", active=False), if_match=1
        )
    own = await record.update_where(
        robot, "Patient", "identifier=4", {**numbered("4"), "id": "own"}
    )
    assert own.created and own.version.id == "own"


async def test_patch_and_delete_where(record: Record, robot: Scope) -> None:
    made = await record.create(robot, numbered("5"))
    patch = [{"op": "add", "path": "/active", "value": True}]
    changed = await record.patch_where(robot, "Patient", "identifier=5", patch)
    assert changed.version.version == 2
    gone = await record.delete_where(robot, "Patient", "identifier=5", if_match=2)
    assert gone.version.deleted and gone.version.id == made.version.id
    with pytest.raises(NotFound):
        await record.delete_where(robot, "Patient", "identifier=5")
    with pytest.raises(NotFound):
        await record.patch_where(robot, "Patient", "identifier=5", patch)


async def test_a_condition_that_makes_no_sense(record: Record, robot: Scope) -> None:
    with pytest.raises(Invalid) as caught:
        await record.create(robot, numbered("6"), if_none_exist="wrong=6")
    assert caught.value.answer == 400


async def test_a_condition_sees_only_what_the_scope_shows(
    record: Record, robot: Scope, asked: Asked
) -> None:
    hidden = (await record.create(robot, numbered("7"))).version.id
    nurse = limited("org-1")
    with pytest.raises(NotFound):
        await record.patch_where(
            nurse, "Patient", "identifier=7", [{"op": "add", "path": "/active", "value": True}]
        )
    assert (await record.create(nurse, numbered("7"), if_none_exist="identifier=7")).created
    await asked.relate("org-1", hidden)
    found = await record.create(nurse, numbered("7"), if_none_exist="identifier=7")
    assert found.version.id == hidden


def test_conditions_that_may_meet_share_a_lock() -> None:
    assert lock_keys("Patient", "identifier=7") == lock_keys("Patient", f"identifier={NHS}%7C7")
    assert lock_keys("Patient", "identifier=7") != lock_keys("Group", "identifier=7")
    assert lock_keys("Patient", "family=a&given=b") == lock_keys("Patient", "given=b&family=a")
    assert len(lock_keys("Patient", "identifier=1,2")) == 2
