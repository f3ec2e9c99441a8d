"""Rows with the people of another row follow it; nothing carries somebody else's data inside."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bevan.fhir.json import decode
from bevan.fhir.subject import UNKNOWN, who
from bevan.record.errors import Invalid
from bevan.record.record import Record
from bevan.record.scope import Scope, compartment
from tests.record.people import Asked, observation, only, patient

BINARY = {"resourceType": "Binary", "contentType": "text/plain", "data": "YQ=="}
LETTER: dict[str, Any] = {
    **BINARY,
    "id": "b1",
    "securityContext": {"reference": "DocumentReference/d1"},
}
TRACE: dict[str, Any] = {
    "resourceType": "Provenance",
    "id": "t1",
    "target": [{"reference": "Binary/b1"}],
    "recorded": "2026-11-24T09:00:00Z",
    "agent": [{"who": {"display": "x"}}],
}


def document(who: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "DocumentReference",
        "id": "d1",
        "status": "current",
        "subject": {"reference": f"Patient/{who}"},
        "content": [{"attachment": {"url": "Binary/b1"}}],
        **more,
    }


def transaction(*resources: dict[str, Any]) -> dict[str, Any]:
    entries = [
        {
            "resource": one,
            "request": {"method": "PUT", "url": f"{one['resourceType']}/{one['id']}"},
        }
        for one in resources
    ]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


async def readers(record: Record, type: str = "Binary", id: str = "b1") -> str:
    """Which of a and b may read it, by all means."""
    seen = ""
    for person in "ab":
        scope = only(person)
        read = await record.read(scope, type, id) is not None
        assert read == (await record.vread(scope, type, id, 1) is not None)
        found = decode((await record.search(scope, type, f"_id={id}")).bundle)
        assert read == bool(found["total"])
        seen += person if read else ""
    return seen


@pytest.fixture
async def filled(record: Record, robot: Scope) -> Record:
    """A letter and its trace, about a by way of the document."""
    for one in (document("a"), LETTER, TRACE):
        await record.update(robot, one)
    assert await readers(record) == await readers(record, "Provenance", "t1") == "a"
    return record


async def test_they_leave_with_an_update(filled: Record, robot: Scope) -> None:
    await filled.update(robot, document("b"))
    assert await readers(filled) == await readers(filled, "Provenance", "t1") == ""
    while await filled.settle(robot):
        pass
    assert await readers(filled) == await readers(filled, "Provenance", "t1") == "b"


async def test_with_a_patch(filled: Record, robot: Scope) -> None:
    operation = {"op": "replace", "path": "/subject/reference", "value": "Patient/b"}
    await filled.patch(robot, "DocumentReference", "d1", [operation])
    assert await readers(filled) == ""


async def test_with_a_transaction(filled: Record, robot: Scope) -> None:
    await filled.bundle(robot, transaction(document("b")))
    assert await readers(filled) == await readers(filled, "Provenance", "t1") == ""


async def test_with_a_load(filled: Record, robot: Scope) -> None:
    await filled.load(robot, [filled.prepare(document("b"))])
    assert await readers(filled) == await readers(filled, "Provenance", "t1") == ""


async def test_when_they_name_another_row_themselves(filled: Record, robot: Scope) -> None:
    await filled.update(robot, document("b", id="d2"))
    other = {**LETTER, "securityContext": {"reference": "DocumentReference/d2"}}
    await filled.update(robot, other)
    assert await readers(filled, "Provenance", "t1") == ""
    await filled.settle(robot)
    assert await readers(filled, "Provenance", "t1") == "b"
    # The letter doesn't depend on the first document any more.
    await filled.update(robot, document("c"))
    assert await filled.read(only("a", "b"), "Binary", "b1") is not None


async def test_with_the_old_versions_of_what_was_deleted(filled: Record, robot: Scope) -> None:
    nurse = only("a")
    await filled.delete(robot, "Binary", "b1")
    assert await filled.vread(nurse, "Binary", "b1", 1) is not None
    await filled.update(robot, document("b"))
    assert await filled.vread(nurse, "Binary", "b1", 1) is None
    assert not (await filled.history(nurse, "Binary", "b1")).versions


async def test_what_moves_along_in_one_transaction_stays(filled: Record, robot: Scope) -> None:
    await filled.bundle(robot, transaction(document("b"), {**LETTER, "data": "Yg=="}))
    assert await filled.read(only("b"), "Binary", "b1") is not None
    assert await filled.read(only("a"), "Binary", "b1") is None


async def test_they_stay_where_nobody_moved(filled: Record, robot: Scope, asked: Asked) -> None:
    await filled.update(robot, document("a", description="Again"))
    await filled.delete(robot, "DocumentReference", "d1")
    assert await readers(filled) == await readers(filled, "Provenance", "t1") == "a"
    await filled.update(robot, document("b"))
    assert await readers(filled) == ""
    assert await asked.value("select count(*) from resource where patient is null") == 2


async def test_a_move_that_waits_for_another_writer_sees_what_it_wrote(
    filled: Record, robot: Scope, asked: Asked
) -> None:
    """Somebody who looks up the document's people keeps it until what follows is committed."""
    await filled.update(robot, document("b"))
    key, general = compartment("b"), filled._parts.general
    async with general.transaction() as connection:
        await connection.fetch("select from resource where id = 'd1' for share")
        moving = asyncio.create_task(filled.update(robot, document("a")))
        waits = "select count(*) from pg_locks where not granted"
        while not await asked.value(waits):
            pass
        await connection.execute("update resource set patient = $1 where id = 'b1'", key)
    await moving
    assert await readers(filled) == ""


def holding(who: str, *contained: dict[str, Any]) -> dict[str, Any]:
    members = [{"reference": f"#{inner['id']}"} for inner in contained]
    more: dict[str, Any] = {"contained": list(contained), "hasMember": members} if members else {}
    return observation(who, id="o1", **more)


class TestContained:
    """What a resource contains is about whom the resource is about."""

    async def test_somebody_elses_data_is_refused(self, record: Record, robot: Scope) -> None:
        bad = holding("a", observation("a", id="mine"), observation("b", id="theirs"))
        for write in (
            lambda: record.update(robot, bad),
            lambda: record.create(robot, bad),
            lambda: record.bundle(robot, transaction(bad)),
        ):
            with pytest.raises(Invalid) as refused:
                await write()
            (issue,) = refused.value.issues
            assert issue.expression.endswith("Observation.contained[1]")
        with pytest.raises(Invalid):
            record.prepare(bad)
        await record.update(robot, holding("a"))
        adds = [
            {"op": "add", "path": f"/{key}", "value": holding("b", observation("b", id="x"))[key]}
            for key in ("contained", "hasMember")
        ]
        with pytest.raises(Invalid, match="somebody else"):
            await record.patch(robot, "Observation", "o1", adds)

    async def test_their_own_and_nobodys_are_not(self, record: Record, robot: Scope) -> None:
        unnamed = {key: v for key, v in observation("x", id="y").items() if key != "subject"}
        good = holding("a", observation("a", id="x"), unnamed)
        good["contained"].append(patient(id="mother"))
        good["focus"] = [{"reference": "#mother"}]
        absolute = {"reference": "https://bevan.example/fhir/Patient/a"}
        good["contained"].append(observation("a", id="z", subject=absolute))
        good["hasMember"].append({"reference": "#z"})
        assert (await record.update(robot, good)).created

    def test_in_a_bundle(self) -> None:
        def bundle(*people: str) -> dict[str, Any]:
            entries = [{"resource": holding(people[0], observation(one, id="x"))} for one in people]
            return {"resourceType": "Bundle", "type": "collection", "entry": entries}

        assert who(bundle("a", "a")).strange == ()
        assert who(bundle("a", "b")).strange == ("Bundle.entry[1].resource.contained[0]",)

    def test_whose_people_are_not_known_yet(self) -> None:
        """Then only who may see all of them sees it; what only the system sees may stay."""
        trace = {**TRACE, "contained": [observation("b", id="x")]}
        assert who(trace).people == ("b",) and who(trace).via == ("Binary/b1",)
        assert who(holding("", observation("b", id="x")) | {"subject": {}}) == UNKNOWN

    def test_published_examples_hold_nobody_else(self, shared: Path) -> None:
        files = sorted((shared / "data/fhir-r4-examples").glob("*.json"))
        assert files
        for file in files:
            assert who(decode(file.read_bytes())).strange == (), file.name
