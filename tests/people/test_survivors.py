"""After a merge: the old id, the old number and old references lead to the record that stands."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from bevan.fhir import json
from bevan.people.merge import MergeRefused
from bevan.people.nhs_number import SYSTEM, parse
from bevan.people.survivors import Survivors
from tests.people.merging import CLERK, SCOPE, Desk, rate
from tests.people.test_match import person
from tests.support.databases import Databases
from tests.support.sites import Serving, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")
TOM, TIM = "9994104055", "9994106074"
ED = "https://ed.example/record"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(databases: Databases) -> AsyncIterator[Desk]:
    """Tim was merged into Tom, and Tom into Tam."""
    name = await databases.migrated()
    async with serving(databases.dsn(name)) as served:
        desk = Desk(served)
        await desk.write(person("tam", "Brindle", "Tomasz", "1978-09-05", TOM))
        await desk.write(person("tom", "Brindle", "Tom", "1978-09-05"))
        await desk.write(person("tim", "Brindal", "Thomas", "1978-05-09", TIM, "02"))
        await desk.write(rate("ed-1", "tim", 88, source=ED))
        for survivor, merged in (("tom", "tim"), ("tam", "tom")):
            await desk.merging.merge(CLERK, survivor, merged, "One man")
        await served.made.survivors.renew()
        yield desk
    await databases.drop(name)


async def found(served: Serving, query: str) -> list[str]:
    answer = await served.send("GET", f"/{query}")
    assert answer.status_code == 200, answer.text
    return sorted(each["resource"]["id"] for each in answer.json().get("entry", []))


@pytest.mark.parametrize(
    "query",
    [
        "Observation?patient=tim",
        "Observation?patient=Patient/tim",
        "Observation?subject=Patient%2Ftim",
        "Observation?subject:Patient=tim",
        "Observation?patient=nobody,tim",
        "Observation?patient=tom",
        "Observation?patient.identifier=" + TIM,
        "Observation?patient._id=tim",
        "Observation?status=final&patient=tim&_count=5",
    ],
)
async def test_a_search_for_the_old_id_finds_what_is_with_the_survivor(
    desk: Desk, query: str
) -> None:
    assert await found(desk.served, query) == ["ed-1"]


async def test_the_old_id_and_the_old_number_find_the_survivor(desk: Desk) -> None:
    assert await found(desk.served, "Patient?_id=tim") == ["tam", "tim"]
    assert "tam" in await found(desk.served, f"Patient?identifier={SYSTEM}|{TIM}")
    by_number = await desk.served.made.people.by_number(SCOPE, parse(TIM))
    assert [(each.id, each.match) for each in by_number] == [("tam", "certain")]
    # An id of another type is no Patient, and one that nobody merged stays as it is.
    assert await found(desk.served, "Observation?_id=tim") == []
    assert await found(desk.served, "Observation?encounter=tim") == []


async def test_the_old_address_says_what_stands_now(desk: Desk) -> None:
    answer = (await desk.served.send("GET", "/Patient/tim")).json()
    assert answer["active"] is False
    assert answer["link"][-1] == {"other": {"reference": "Patient/tom"}, "type": "replaced-by"}


async def test_a_number_of_the_survivor_stays_the_one_in_use(desk: Desk) -> None:
    tam = (await desk.served.send("GET", "/Patient/tam")).json()
    uses = {each["value"]: each.get("use") for each in tam["identifier"]}
    assert uses == {TOM: None, TIM: "old"}


async def test_a_condition_on_the_old_number_means_the_survivor(desk: Desk) -> None:
    """A feed that knows the old number only goes on writing to the right record."""
    made = desk.served.made
    note = rate("by-number", "x")
    note["subject"] = {"reference": f"Patient?identifier={SYSTEM}|{TIM}"}
    bundle = {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [{"resource": note, "request": {"method": "POST", "url": "Observation"}}],
    }
    answer = json.decode(await made.record.bundle(SCOPE, bundle))
    id = answer["entry"][0]["response"]["location"].split("/")[1]
    version = await made.record.read(SCOPE, "Observation", id)
    assert version is not None
    assert json.decode(version.content)["subject"]["reference"] == "Patient/tam"
    await made.record.delete(SCOPE, "Observation", id)


async def test_what_a_source_writes_over_a_merged_record_is_linked_again(desk: Desk) -> None:
    await desk.write(person("tim", "Brindal", "Thomas", "1978-05-09", TIM, "02"))
    await desk.following.follow(CLERK)
    await desk.write(person("tim", "Brindal", "Tommy", "1978-05-09", TIM, "02"))
    assert await desk.following.follow(CLERK) == 1
    answer = (await desk.served.send("GET", "/Patient/tim")).json()
    assert (answer["active"], answer["name"][0]["given"]) == (False, ["Tommy"])
    assert await desk.following.follow(CLERK) <= 1


async def test_a_merge_on_which_another_rests_is_not_undone(desk: Desk) -> None:
    [first, *_] = await desk.merging.standing("tim")
    with pytest.raises(MergeRefused, match="undo that first"):
        await desk.unmerging.undo(CLERK, first.id)


async def test_a_record_without_the_verified_number_is_not_the_one_to_keep(desk: Desk) -> None:
    await desk.write(person("new", "Brindle", "Tomasz", "1978-09-05", "9990123454", "02"))
    await desk.write(person("old", "Brindle", "Tomasz", "1978-09-05", "9994108093"))
    with pytest.raises(MergeRefused, match="keep that one instead"):
        await desk.merging.merge(CLERK, "new", "old", "A guess")


def know(*merges: tuple[str, str, str]) -> Survivors:
    """Merges (merged, survivor, state) without a database."""
    known = Survivors(None)  # type: ignore[arg-type]
    for turn, (merged, survivor, state) in enumerate(merges, 1):
        known.learn(merged, survivor, state, turn)
    return known


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("", ""),
        ("code=tim", "code=tim"),
        ("patient=tim", "patient=tom"),
        ("patient=a,tim", "patient=a%2Ctom"),
        ("performer=Patient/tim", "performer=Patient%2Ftom"),
        ("performer=tim", "performer=tim"),
        ("patient=on-the-way", "patient=on-the-way%2Ctom"),
        ("patient", "patient"),
        ("patient=a%20b&name=x+y", "patient=a%20b&name=x+y"),
    ],
)
async def test_only_what_names_a_merged_record_is_read_otherwise(query: str, meant: str) -> None:
    known = know(("tim", "tom", "merged"), ("on-the-way", "tom", "moving"))
    assert known.query("Observation", query) == meant


async def test_an_undone_merge_is_forgotten_and_a_circle_ends() -> None:
    known = know(("tim", "tom", "merged"), ("tim", "tom", "undone"))
    assert known.of("tim") is None and known.merged_into("tom") == set()
    circle: Any = know(("a", "b", "merged"), ("b", "a", "merged"))
    assert circle.of("a") in ("a", "b")
