"""Merge, unmerge, move and new identity over FHIR: for systems that may do everything only."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from bevan.people.operations import DECLARED
from tests.people.merging import CLERK, Desk, rate
from tests.people.test_match import person
from tests.support.databases import Databases
from tests.support.sites import Serving, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")
ED = "https://ed.example/record"
REASON = {"name": "reason", "valueString": "Told by the practice"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(databases: Databases) -> AsyncIterator[Desk]:
    name = await databases.migrated()
    async with serving(databases.dsn(name)) as served:
        desk = Desk(served)
        await desk.write(person("tom", "Brindle", "Tomasz", "1978-09-05", "9994104055"))
        await desk.write(person("tim", "Brindal", "Thomas", "1978-05-09", "9994106074", "02"))
        await desk.write(person("una", "Vale", "Una", "1990-01-02", "9990000018"))
        await desk.write(rate("ed-1", "tim", 88, source=ED))
        await desk.write(rate("stray", "una"))
        yield desk
    await databases.drop(name)


def patient(id: str) -> dict[str, str]:
    return {"reference": f"Patient/{id}"}


async def call(served: Serving, id: str, name: str, *parameters: dict[str, Any]) -> Any:
    body = {"resourceType": "Parameters", "parameter": list(parameters)}
    return await served.send("POST", f"/Patient/{id}/${name}", body)


def values(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    found = {}
    for each in answer.json().get("parameter", []):
        [value] = [each[key] for key in each if key.startswith("value")]
        found[each["name"]] = value
    return found


async def test_a_merge_and_its_undoing(desk: Desk) -> None:
    source = {"name": "source-patient", "valueReference": patient("tim")}
    assert values(await call(desk.served, "tom", "merge", source, REASON))["merge"]
    assert await desk.about("tom") == ["ed-1"]
    again = await call(desk.served, "tom", "merge", source, REASON)
    assert again.status_code == 409 and "merged already" in again.text
    await desk.write(rate("silent", "tom"))
    done = values(await call(desk.served, "tim", "unmerge", REASON))
    assert done == {
        "restored": 1, "edited": 0, "placed": 0, "asked": {"reference": "Observation/silent"},
    }  # fmt: skip
    assert await desk.about("tim") == ["ed-1"]
    assert [each.entry for each in await desk.served.made.reviews.queue(CLERK)] == [
        "Observation/silent"
    ]
    assert (await call(desk.served, "tim", "unmerge", REASON)).status_code == 404


async def test_entries_are_moved_or_set_aside(desk: Desk) -> None:
    entry = {"name": "entry", "valueReference": {"reference": "Observation/stray"}}
    right = {"name": "right-patient", "valueReference": patient("tom")}
    assert values(await call(desk.served, "una", "move-entries", entry, right, REASON)) == {}
    assert "stray" in await desk.about("tom")
    again = await call(desk.served, "una", "move-entries", entry, right, REASON)
    assert again.status_code == 409
    await call(desk.served, "tom", "move-entries", entry, REASON)
    stray = (await desk.served.send("GET", "/Observation/stray")).json()
    assert stray["status"] == "entered-in-error"
    assert stray["meta"]["security"][-1]["code"] == "sealed-and-locked"


async def test_a_new_identity(desk: Desk) -> None:
    fresh = person("ignored", "Lark", "Wren", "1990-01-02", "9990123454")
    resource, why = {"name": "resource", "resource": fresh}, {"name": "why", "valueCode": "gender"}
    new = values(await call(desk.served, "una", "new-identity", resource, why, REASON))["patient"]
    opened = (await desk.served.send("GET", f"/{new['reference']}")).json()
    assert opened["name"][0]["family"] == "Lark" and opened["id"] != "ignored"
    again = await call(desk.served, "una", "new-identity", resource, why, REASON)
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("name", "parameters", "words"),
    [
        ("merge", [REASON], "source-patient"),
        ("merge", [{"name": "source-patient", "valueReference": patient("tim")}], "reason"),
        ("unmerge", [{"name": "reason", "valueString": "x"}], "reason"),
        ("unmerge", [{"name": "reason", "valueString": "x" * 501}], "reason"),
        ("new-identity", [REASON], "resource"),
        ("new-identity", [REASON, {"name": "resource", "resource": rate("o", "p")}], "Patient"),
        ("new-identity", [REASON, {"name": "resource", "resource": person()}], "why"),
        ("move-entries", [REASON, {"name": "right-patient", "valueString": "x"}], "right-patient"),
    ],
)
async def test_what_is_missing_is_named(
    desk: Desk, name: str, parameters: list[dict[str, Any]], words: str
) -> None:
    answer = await call(desk.served, "tom", name, *parameters)
    assert answer.status_code == 400 and words in answer.text


@pytest.mark.parametrize("declared", DECLARED, ids=lambda one: one.name)
async def test_to_others_they_are_not_there(desk: Desk, declared: Any) -> None:
    """A token for Patients only would move everything else, so it may not; nobody learns why."""
    full = desk.served.client.headers["authorization"]
    try:
        await desk.served.authorise("system/Patient.cruds")
        known = await call(desk.served, "tom", declared.name, REASON)
        unknown = await call(desk.served, "nobody", declared.name, REASON)
    finally:
        desk.served.client.headers["authorization"] = full
    assert known.status_code == unknown.status_code == 404
    assert known.content == unknown.content
