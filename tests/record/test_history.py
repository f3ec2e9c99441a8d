"""History: of one resource, of a type, of everything; page by page; under a Scope."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bevan.fhir.json import decode
from bevan.record.errors import Invalid
from bevan.record.record import Record
from bevan.record.scope import Scope
from tests.record.people import Asked, limited, observation, only, patient, sealed


async def grown(record: Record, scope: Scope, versions: int) -> str:
    id = (await record.create(scope, patient(multipleBirthInteger=1))).version.id
    for number in range(2, versions + 1):
        await record.update(scope, {**patient(multipleBirthInteger=number), "id": id})
    return id


async def test_newest_first_with_the_deletion(record: Record, robot: Scope) -> None:
    id = await grown(record, robot, 3)
    await record.delete(robot, "Patient", id)
    page = await record.history(robot, "Patient", id)
    assert [(v.version, v.deleted) for v in page.versions] == [
        (4, True),
        (3, False),
        (2, False),
        (1, False),
    ]
    assert [decode(v.content)["multipleBirthInteger"] for v in page.versions[1:]] == [3, 2, 1]
    assert page.next is None


async def test_pages_neither_repeat_nor_skip(record: Record, robot: Scope) -> None:
    ids = [await grown(record, robot, 3) for _ in range(4)]
    for type in (None, "Patient"):
        seen: list[tuple[str, int]] = []
        cursor = None
        while True:
            page = await record.history(robot, type, count=5, cursor=cursor)
            seen += [(v.id, v.version) for v in page.versions]
            cursor = page.next
            if cursor is None:
                break
            await record.create(robot, observation(ids[0]))  # newer: not on later pages
        patients = [one for one in seen if one[0] in ids]
        assert len(patients) == len(set(patients)) == 12


async def test_since_and_at(record: Record, robot: Scope) -> None:
    id = await grown(record, robot, 1)
    first = (await record.history(robot, "Patient", id)).versions[0]
    later = first.last_updated + timedelta(milliseconds=1)
    assert (await record.history(robot, "Patient", id, since=later)).versions == ()
    assert len((await record.history(robot, since=first.last_updated)).versions) == 1
    assert len((await record.history(robot, at=first.last_updated)).versions) == 1
    before = first.last_updated - timedelta(milliseconds=1)
    assert (await record.history(robot, "Patient", at=before)).versions == ()


async def test_a_foreign_cursor_is_refused(record: Record, robot: Scope) -> None:
    for cursor in ("x", "", "W10", "bm9wZQ"):
        with pytest.raises(Invalid):
            await record.history(robot, cursor=cursor)


async def test_history_obeys_the_scope(record: Record, robot: Scope, asked: Asked) -> None:
    mine = await grown(record, robot, 2)
    other = await grown(record, robot, 2)
    nurse = limited("org-1")
    for type, id in ((None, None), ("Patient", None), ("Patient", mine)):
        assert (await record.history(nurse, type, id)).versions == ()
    await asked.relate("org-1", mine)
    for type, id in ((None, None), ("Patient", None), ("Patient", mine)):
        found = (await record.history(nurse, type, id)).versions
        assert {(v.id, v.version) for v in found} == {(mine, 1), (mine, 2)}
    assert (await record.history(nurse, "Patient", other)).versions == ()
    blind = only(mine, reads=frozenset({"Observation"}))
    for type, id in ((None, None), ("Patient", None), ("Patient", mine)):
        assert (await record.history(blind, type, id)).versions == ()


async def test_what_is_sealed_takes_its_past_with_it(record: Record, robot: Scope) -> None:
    who = (await record.create(robot, patient())).version.id
    id = (await record.create(robot, observation(who))).version.id
    await record.update(robot, {**sealed(observation(who)), "id": id})
    nurse = only(who, hidden=16)
    assert await record.read(nurse, "Observation", id) is None
    assert await record.vread(nurse, "Observation", id, 1) is None
    assert (await record.history(nurse, "Observation", id)).versions == ()
    assert [v.type for v in (await record.history(nurse)).versions] == ["Patient"]
    # And the other way round: what was sealed once stays hidden as it was then.
    await record.update(robot, {**observation(who), "id": id})
    assert [v.version for v in (await record.history(nurse, "Observation", id)).versions] == [3, 1]


async def test_one_audit_entry_per_person(record: Record, robot: Scope, asked: Asked) -> None:
    await grown(record, robot, 3)
    await grown(record, robot, 1)
    await record.history(robot, "Patient")
    await record.history(robot, "Group")
    rows = [row for row in await asked.audit() if row["action"] == "h"]
    assert sorted((row["entries"], row["outcome"]) for row in rows) == [
        (1, "+"),
        (1, "-"),
        (3, "+"),
    ]
