"""One resource in and out, under a Scope, with its audit: the walking skeleton of the record."""

from __future__ import annotations

import asyncio

import pytest

from bevan.fhir.json import decode
from bevan.record.errors import Invalid, NotFound, PreconditionFailed
from bevan.record.record import Record
from bevan.record.scope import Scope, compartment
from tests.record.people import ROBOT, Asked, limited, observation, only, patient


async def test_what_is_created_is_read_back(record: Record, robot: Scope) -> None:
    written = await record.create(robot, patient(birthDate="1951-03-02"))
    assert written.created and written.changed and written.version.version == 1
    found = await record.read(robot, "Patient", written.version.id)
    assert found is not None and found.content == written.version.content
    body = decode(found.content)
    assert body["id"] == written.version.id and body["meta"]["versionId"] == "1"
    assert body["birthDate"] == "1951-03-02"
    assert found.agent == robot.ticket.actor


async def test_digits_survive(record: Record, robot: Scope) -> None:
    body = {**observation("p"), "valueQuantity": decode('{"value":72.50}')}
    written = await record.create(robot, body)
    found = await record.read(robot, "Observation", written.version.id)
    assert found is not None and b'"value":72.50}' in found.content


async def test_an_update_makes_a_version_and_keeps_the_old(record: Record, robot: Scope) -> None:
    first = (await record.create(robot, patient())).version
    body = {**decode(first.content), "active": True}
    second = await record.update(robot, body)
    assert (second.version.version, second.created) == (2, False)
    old = await record.vread(robot, "Patient", first.id, 1)
    assert old is not None and old.content == first.content


async def test_the_same_content_makes_no_version(record: Record, robot: Scope) -> None:
    first = (await record.create(robot, patient())).version
    again = await record.update(robot, decode(first.content))
    assert not again.changed and again.version.version == 1
    other_digits = {**decode(first.content), "multipleBirthInteger": 2}
    assert (await record.update(robot, other_digits)).changed


async def test_a_trailing_zero_is_a_change(record: Record, robot: Scope) -> None:
    first = decode((await record.create(robot, observation("p"))).version.content)
    first["valueQuantity"]["value"] = decode("72.0")
    assert (await record.update(robot, first)).version.version == 2


async def test_a_deletion_leaves_a_tombstone(record: Record, robot: Scope) -> None:
    first = (await record.create(robot, patient())).version
    gone = await record.delete(robot, "Patient", first.id)
    assert gone.version.deleted and gone.version.version == 2
    found = await record.read(robot, "Patient", first.id)
    assert found is not None and found.deleted and found.content == b""
    assert not (await record.delete(robot, "Patient", first.id)).changed
    back = await record.update(robot, {**patient(), "id": first.id})
    assert back.created and back.version.version == 3


async def test_conditions_on_the_version(record: Record, robot: Scope) -> None:
    first = (await record.create(robot, patient())).version
    body = {**patient(active=True), "id": first.id}
    with pytest.raises(PreconditionFailed):
        await record.update(robot, body, if_match=2)
    with pytest.raises(PreconditionFailed):
        await record.update(robot, body, if_none_match=True)
    assert (await record.update(robot, body, if_match=1)).version.version == 2
    with pytest.raises(PreconditionFailed):
        await record.update(robot, {**body, "id": "nobody"}, if_match=1)


async def test_a_patch_changes_what_it_names(record: Record, robot: Scope) -> None:
    first = (await record.create(robot, patient())).version
    patch = [{"op": "add", "path": "/active", "value": True}]
    second = await record.patch(robot, "Patient", first.id, patch)
    assert decode(second.version.content)["active"] is True
    with pytest.raises(Invalid):
        await record.patch(
            robot, "Patient", first.id, [{"op": "replace", "path": "/id", "value": "x"}]
        )
    with pytest.raises(Invalid):
        await record.patch(
            robot, "Patient", first.id, [{"op": "add", "path": "/wrong", "value": 1}]
        )
    with pytest.raises(NotFound):
        await record.patch(robot, "Patient", "nobody", patch)


async def test_what_breaks_fhir_is_refused_whole(
    record: Record, robot: Scope, asked: Asked
) -> None:
    with pytest.raises(Invalid) as caught:
        await record.create(robot, patient(birthDate="1951-02-30", gender="wrong"))
    assert {issue.expression for issue in caught.value.issues} == {
        "Patient.birthDate",
        "Patient.gender",
    }
    assert await asked.value("select count(*) from resource") == 0


async def test_forty_at_once_and_three_that_fail(record: Record, robot: Scope) -> None:
    bodies = [observation(f"p{n}", n) for n in range(40)]
    for n in (3, 17, 39):
        bodies[n]["code"] = {"text": "poison \x00"}
    results = await asyncio.gather(
        *(record.create(robot, body) for body in bodies), return_exceptions=True
    )
    failed = [n for n, result in enumerate(results) if isinstance(result, Exception)]
    assert failed == [3, 17, 39]
    assert all(isinstance(results[n], Invalid) for n in failed)


async def test_audit_stands_beside_every_interaction(
    record: Record, robot: Scope, asked: Asked
) -> None:
    who = (await record.create(robot, patient())).version.id
    await record.read(robot, "Patient", who)
    await record.read(robot, "Patient", "nobody")
    await record.update(robot, {**patient(active=True), "id": who})
    await record.vread(robot, "Patient", who, 1)
    await record.delete(robot, "Patient", who)
    found = [(row["action"], row["outcome"], row["patient"]) for row in await asked.audit()]
    key = compartment(who)
    assert found == [
        ("c", "+", key),
        ("r", "+", key),
        ("r", "-", None),
        ("u", "+", key),
        ("v", "+", key),
        ("d", "+", key),
    ]
    assert {row["request"] for row in await asked.audit()} == {robot.ticket.request}


async def test_no_relationship_no_record(record: Record, robot: Scope, asked: Asked) -> None:
    who = (await record.create(robot, patient())).version.id
    nurse = limited("org-1")
    assert await record.read(nurse, "Patient", who) is None
    assert await record.read(nurse, "Patient", "nobody") is None
    rows = [row for row in await asked.audit() if row["action"] == "r"]
    assert [{**row, "id": ""} for row in rows[:1]] == [{**row, "id": ""} for row in rows[1:]]
    await asked.relate("org-1", who)
    assert await record.read(nurse, "Patient", who) is not None


async def test_a_relationship_ends(record: Record, robot: Scope, asked: Asked) -> None:
    who = (await record.create(robot, patient())).version.id
    await asked.relate("org-1", who, days=9, until=-1)
    await asked.relate("org-2", who, days=-1)
    assert await record.read(limited("org-1", "org-2"), "Patient", who) is None


async def test_writing_needs_a_relationship_too(record: Record, robot: Scope, asked: Asked) -> None:
    who = (await record.create(robot, patient())).version.id
    nurse = limited("org-1")
    with pytest.raises(NotFound):
        await record.create(nurse, observation(who))
    assert (await asked.audit())[-1]["outcome"] == "-"
    await asked.relate("org-1", who)
    mine = (await record.create(nurse, observation(who))).version.id
    with pytest.raises(NotFound):
        await record.update(nurse, {**observation("another"), "id": mine})
    with pytest.raises(NotFound):
        await record.update(nurse, {**observation(who), "id": "my-own-choice"})
    assert (await record.update(nurse, {**observation(who, 80), "id": mine})).changed


async def test_types_that_may_not_be_read_or_written(record: Record, robot: Scope) -> None:
    who = (await record.create(robot, patient())).version.id
    narrow = only(who, reads=frozenset({"Observation"}), writes=frozenset({"Observation"}))
    assert await record.read(narrow, "Patient", who) is None
    assert await record.vread(narrow, "Patient", who, 1) is None
    with pytest.raises(NotFound):
        await record.update(narrow, {**patient(active=True), "id": who})
    with pytest.raises(NotFound):
        await record.create(narrow, patient())
    assert (await record.create(narrow, observation(who))).created


async def test_a_caller_who_hangs_up_does_not_cancel_the_batch(
    record: Record, asked: Asked
) -> None:
    calls = [asyncio.create_task(record.create(ROBOT(), observation(f"p{n}"))) for n in range(10)]
    await asyncio.sleep(0)
    calls[0].cancel()
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert isinstance(results[0], asyncio.CancelledError)
    assert sum(not isinstance(result, BaseException) for result in results) == 9
